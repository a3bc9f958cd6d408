"""Draws every page in every state: ``python -m tests.ui.web.gallery OUT [NAME …]``.

Pages of the fake hall need no server; those of the manager come from a real one.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page

from server.protocol.errors import Problem
from tests import browser
from tests.servers import ServerProcess
from tests.waiting import until

from . import fake as f
from .conftest import lose
from .states import BOARDS, DESKS, PANELS, TICKETS, fresh

PHONE = (390, 844)
DESK = (1440, 900)
BOARD_SIZES = {"1080p": (1920, 1080), "4k": (3840, 2160), "portrait": (1080, 1920), "720p": (1280, 720)}
WRONG = Problem(
    type="about:blank",
    title="账号或密码不对",
    status=401,
    code="wrong_password",
    detail="请检查大小写后再试一次。",
)


class Album:
    def __init__(self, out: Path, wanted: Sequence[str], chromium: Browser) -> None:
        self.out = out
        self.wanted = wanted
        self.chromium = chromium

    def wants(self, name: str) -> bool:
        return not self.wanted or any(name.startswith(one) for one in self.wanted)

    @contextmanager
    def page(self, size: tuple[int, int], cookie: tuple[str, str] | None = None) -> Iterator[Page]:
        page = browser.new_page(self.chromium, *size)
        if cookie:
            page.context.add_cookies([{"name": "liqu_session", "value": cookie[0], "url": cookie[1]}])
        try:
            yield page
        finally:
            page.context.close()

    def keep(self, page: Page, name: str, whole: bool = False) -> None:
        page.evaluate("document.fonts.ready")
        page.screenshot(path=self.out / f"{name}.png", full_page=whole)


def tickets(album: Album, fake: f.FakeServer) -> None:
    for device, size in (("phone", PHONE), ("desktop", (1280, 800))):
        for language in ("zh", "en"):
            for state, facts in TICKETS.items():
                name = f"ticket-{device}-{language}-{state.replace(' ', '-')}"
                if not album.wants(name):
                    continue
                fake.hall.now_ticket = f.TICKET.model_copy(update=facts)
                with album.page(size) as page:
                    page.goto(f"{fake.url}/t/{f.CODE}?lang={language}")
                    album.keep(page, name, whole=device == "phone")
    for language in ("zh", "en"):
        if album.wants(f"ticket-phone-{language}-lost"):
            fake.hall.now_ticket = f.TICKET
            with album.page(PHONE) as page:
                page.goto(f"{fake.url}/t/{f.CODE}?lang={language}")
                fake.cut()
                lose(page)
                album.keep(page, f"ticket-phone-{language}-lost")
                page.goto(f"{fake.url}/t/UNKNOWNCODE12345")
                album.keep(page, f"ticket-phone-{language}-unknown")
                fake.mend()
                page.goto(f"{fake.url}/?lang={language}")
                album.keep(page, f"ticket-phone-{language}-hall", whole=True)


def boards(album: Album, fake: f.FakeServer) -> None:
    for size_name, size in BOARD_SIZES.items():
        for language in ("zh", "en"):
            for state, board in BOARDS.items():
                name = f"board-{size_name}-{language}-{state.replace(' ', '-')}"
                if not album.wants(name):
                    continue
                fake.hall.now_board = fresh(board)
                with album.page(size) as page:
                    page.goto(f"{fake.url}/board/main?lang={language}")
                    page.wait_for_function("document.readyState === 'complete'")
                    page.wait_for_timeout(300)
                    album.keep(page, name)
            name = f"board-{size_name}-{language}-lost"
            if album.wants(name):
                fake.hall.now_board = BOARDS["quiet"]
                with album.page(size) as page:
                    page.goto(f"{fake.url}/board/main?lang={language}")
                    page.wait_for_function("document.readyState === 'complete'")
                    lose(page)
                    album.keep(page, name)
    for language in ("zh", "en"):
        for state, panel in PANELS.items():
            name = f"counter-{language}-{state}"
            if album.wants(name):
                calls = tuple(one.model_copy(update={"at": f.now()}) for one in panel.calls)
                fake.hall.now_panel = panel.model_copy(update={"calls": calls})
                with album.page((1280, 720)) as page:
                    page.goto(f"{fake.url}/counter/1?lang={language}")
                    page.wait_for_function("document.readyState === 'complete'")
                    page.wait_for_timeout(300)
                    album.keep(page, name)


def desks(album: Album, fake: f.FakeServer) -> None:
    for size in (DESK, (1920, 1080), (1366, 768)):
        for language in ("zh", "en"):
            for state, desk in DESKS.items():
                name = f"desk-{size[0]}-{language}-{state}"
                if not album.wants(name):
                    continue
                fake.hall.now_desk = desk
                with album.page(size, ("good", fake.url)) as page:
                    page.goto(f"{fake.url}/desk/main/1?lang={language}")
                    page.wait_for_timeout(150)
                    album.keep(page, name)
            for key, name in (("p", "park"), ("t", "transfer"), ("lost", "lost")):
                name = f"desk-{size[0]}-{language}-{name}"
                if not album.wants(name):
                    continue
                fake.hall.now_desk = DESKS["serving"]
                with album.page(size, ("good", fake.url)) as page:
                    page.goto(f"{fake.url}/desk/main/1?lang={language}")
                    page.wait_for_timeout(150)
                    if key == "lost":
                        lose(page)
                    else:
                        page.keyboard.press(key)
                    album.keep(page, name)


def staff(album: Album, fake: f.FakeServer) -> None:
    for language in ("zh", "en"):
        if album.wants(f"sign-in-{language}"):
            with album.page(DESK) as page:
                page.goto(f"{fake.url}/sign-in?lang={language}")
                album.keep(page, f"sign-in-{language}")
                fake.hall.problem = WRONG
                page.fill("#user", "clerk1")
                page.fill("#password", "wrong")
                page.click("button[type=submit]")
                album.keep(page, f"sign-in-{language}-wrong")
                fake.hall.problem = None
        if album.wants(f"choose-{language}"):
            with album.page(DESK, ("good", fake.url)) as page:
                page.goto(f"{fake.url}/desk?lang={language}")
                album.keep(page, f"choose-{language}")
                lose(page)
                album.keep(page, f"choose-{language}-lost")
                fake.hall.who = replace(f.CLERK_IN, roles=frozenset())
                page.goto(f"{fake.url}/manage")
                album.keep(page, f"choose-{language}-forbidden")
                fake.hall.who = f.CLERK_IN


def manage(album: Album) -> None:
    if not album.wants("manage"):
        return
    with tempfile.TemporaryDirectory() as folder:
        real = ServerProcess(Path(folder) / "hall")
        with album.page(DESK, (real.sign_in("manager"), real.url)) as page:
            for language in ("zh", "en"):
                for part in (
                    "today",
                    "health",
                    "services",
                    "counters",
                    "staff",
                    "devices",
                    "settings",
                    "emergency",
                ):
                    page.goto(f"{real.url}/manage/{part}?lang={language}")
                    page.wait_for_selector('#panel[aria-busy="false"]')
                    album.keep(page, f"manage-{language}-{part}", whole=True)
                    if page.locator("#add").is_visible():
                        page.click("#add")
                        page.click("#sheet-save")
                        album.keep(page, f"manage-{language}-{part}-adding")
        real.stop()


def main() -> int:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    server = f.FakeServer()
    until("the fake hall being up", server.started)
    with browser.browsing() as chromium:
        album = Album(out, sys.argv[2:], chromium)
        for draw in (tickets, boards, desks, staff):
            draw(album, server)
        manage(album)
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
