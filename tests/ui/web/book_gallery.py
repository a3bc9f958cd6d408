"""Draws every booking page in every state: ``python -m tests.ui.web.book_gallery OUT [NAME …]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests import browser
from tests.waiting import until

from . import book_fake as f
from .fake import FakeServer

PHONE = (360, 640)


@contextmanager
def opened(chromium: Browser, language: str, scripts: bool = True, width: int = 360) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": 640},
        locale=language,
        java_script_enabled=scripts,
        device_scale_factor=1.5,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def press(page: Page, button: str) -> None:
    """Press what brings another page, and be on that page: what is asked next is asked of it."""
    with page.expect_navigation():
        page.click(button)


def walk(page: Page, server: FakeServer) -> Iterator[str]:
    """Every page of a booking, its change and its end, each as it comes; yields its name."""
    hall = server.hall
    assert isinstance(hall, f.BookingHall)
    page.goto(f"{server.url}/book/main")
    yield "what"
    press(page, '.onward [value="when"]')
    yield "what-wrong"
    page.fill('[id="p.sphyg"]', "2")
    page.fill('[id="p.caliper"]', "abc")
    page.fill('[id="p.gauge"]', "1")
    press(page, '.onward [value="when"]')
    yield "what-wrong-items"
    page.fill('[id="p.caliper"]', "1")
    page.fill('[id="p.gauge"]', "")
    page.check('[name="as"][value="company"]', force=True)
    press(page, '.onward [value="when"]')
    yield "when"
    press(page, ".back button")
    page.fill('[id="p.lens-box"]', "1")
    press(page, '.onward [value="when"]')
    yield "when-leave"
    press(page, ".earliest .button")
    yield "who"
    press(page, '.onward [value="check"]')
    yield "who-wrong"
    page.fill("#company", "杭州市西湖区某某仪器有限公司")
    page.fill("#name", "某某人乙")
    page.fill("#phone", "138 1234 5678")
    for tick in page.locator('[type="checkbox"]').all():
        tick.check()
    press(page, '.onward [value="check"]')
    yield "check"
    hall.refuse["book"] = f.problem("slot_full", "这个时段刚刚约满", "请另选一个时段，填过的内容都在。")
    press(page, 'button[value="book"]')
    yield "check-full"
    del hall.refuse["book"]
    press(page, ".earliest .button")
    if page.locator('.onward [value="check"]').count():
        press(page, '.onward [value="check"]')
    press(page, 'button[value="book"]')
    yield "voucher"
    code = next(reversed(hall.made))
    page.goto(f"{server.url}/book/main/find")
    yield "find"
    page.fill("#code", code)
    page.fill("#tail", "0000")
    press(page, '.onward [value="find"]')
    yield "find-wrong"
    page.fill("#tail", "5678")
    press(page, '.onward [value="find"]')
    yield "mine"
    press(page, '.onward [value="change"]')
    yield "change"
    press(page, ".earliest .button")
    yield "move"
    press(page, 'button[value="move"]')
    yield "moved"
    page.fill("#tail", "5678")
    press(page, 'button[value="find"]')
    press(page, '.onward [value="cancel"]')
    yield "cancel"
    press(page, 'button[value="give-up"]')
    yield "cancelled"
    hall.full = True
    page.goto(f"{server.url}/book/main?as=resident&p.sphyg=2&step=when")
    yield "when-full"
    hall.full = False
    hall.offered = f.EMPTY
    page.goto(f"{server.url}/book/main")
    yield "none"
    hall.offered = f.CATALOGUE
    page.goto(f"{server.url}/book/nowhere")
    yield "unknown"
    page.goto(f"{server.url}/v/V000")
    yield "no-voucher"


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:]
    with browser.browsing() as chromium:
        for language, scripts in (("zh-CN", True), ("en-GB", True), ("zh-CN", False)):
            server = FakeServer(f.BookingHall())
            until("the fake hall being up", server.started)
            with opened(chromium, language, scripts) as page:
                for name in walk(page, server):
                    title = f"{name}-{language[:2]}{'' if scripts else '-plain'}"
                    if not wanted or any(title.startswith(one) for one in wanted):
                        page.screenshot(path=out / f"{title}.png", full_page=True)
            server.stop()


if __name__ == "__main__":
    main()
