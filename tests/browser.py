"""Chromium for tests: the machine's own, driven by Playwright.

Playwright's link holds the thread's event loop while it is open, so whoever opens one closes it before other
tests go on: a fixture around ``browsing`` lives as long as a module, never as long as the session.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

FONTS = Path(__file__).resolve().parents[1] / "assets" / "setup" / "fonts.conf"

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --no-proxy-server "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()

# A condition is waited for; only a page that never gets there, on a busy machine too, is a failure.
expect.set_options(timeout=30_000)


def chromium() -> str | None:
    """Where this machine's Chromium is, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=ARGUMENTS,
            env={**os.environ, "FONTCONFIG_FILE": str(FONTS)},
        )
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Browser, width: int, height: int, *, language: str = "zh-CN", scale: float = 1) -> Page:
    """A page of a person of its own (cookies apart)."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        timezone_id="Asia/Shanghai",
        device_scale_factor=scale,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def painted(page: Page) -> None:
    """Wait until ``page`` has been painted: before that Chromium drops what is typed, without a word."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def photographed_page(page: Page, *, whole: bool = False) -> bytes:
    """A PNG of what the page shows; ``whole``: with what must be scrolled to.

    A busy machine's Chromium now and then has no picture to give at the first asking.
    """
    for left in (2, 1, 0):
        try:
            return page.screenshot(full_page=whole)
        except Error as failed:
            if not left or "Unable to capture" not in failed.message:
                raise
    raise AssertionError("unreachable")
