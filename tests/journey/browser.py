"""Chromium for the journey: the machine's own, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FONTS = Path(__file__).resolve().parents[2] / "assets" / "setup" / "fonts.conf"


def chromium() -> str | None:
    """Where this machine's Chromium is, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server"],
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
