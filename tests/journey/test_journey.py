"""The hall as people meet it: real server, kiosk, display, printer on a line and Chromium at the desk.

Each test is a stretch of one day in the same hall, and leaves its pictures in ``var/journey``.
"""

from __future__ import annotations

import os
import shutil
import signal
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import browsing, chromium, new_page
from tests.conftest import need
from tests.waiting import until

from .album import Album
from .apps import LANDSCAPE, PORTRAIT, Display, Kiosk, start_display, start_kiosk
from .hall import ROOT, Hall

pytestmark = [pytest.mark.screen, pytest.mark.browser, pytest.mark.timeout(300)]
FOLDER = ROOT / "var" / "journey"
DIGITS = "零一二三四五六七八九"


@dataclass(slots=True)
class Stage:
    """Everything the journey plays with."""

    hall: Hall
    album: Album
    kiosk: Kiosk
    display: Display
    browser: Browser
    desk: Page
    """Clerk 1's page; signed out at first."""

    def board(self, name: str, shows: str) -> None:
        """The board's page and the window screen, as a smart TV shows them."""
        page = new_page(self.browser, *LANDSCAPE)
        page.goto(f"{self.hall.url}/board/main")
        page.wait_for_load_state("networkidle")
        self.album.add(page.screenshot(), name, shows)
        page.context.close()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need(shutil.which("Xvfb"), "Xvfb")
    need(chromium(), "Chromium")
    shutil.rmtree(FOLDER, ignore_errors=True)
    album = Album(FOLDER)
    hall = Hall(FOLDER / "hall")
    try:
        for program in (hall.server, hall.printer):
            program.start()
            program.wait_ready()
        kiosk = start_kiosk(hall, album, "kiosk", PORTRAIT)
        display = start_display(hall, album)
        with browsing() as browser:
            yield Stage(hall, album, kiosk, display, browser, new_page(browser, 1366, 768))
    finally:
        hall.close()


def spoken_sentence(number: str, counter: str) -> str:
    """What the voice says of a call: the number sign by sign."""
    said = "".join(DIGITS[int(sign)] if sign.isdigit() else sign for sign in number)
    return f"请{said}号到{DIGITS[int(counter)]}号窗口办理"


def decoded(sheet: Path) -> list[str]:
    """Every code on a printed sheet."""
    return [code.text for code in zxingcpp.read_barcodes(Image.open(sheet).convert("L"))]


def new_sheet(hall: Hall, before: int) -> Path:
    """The one sheet cut since there were ``before``."""
    until("a printed sheet", lambda: len(hall.sheets()) > before)
    sheets = hall.sheets()
    assert len(sheets) == before + 1
    return sheets[-1]


def state_of(page: Page) -> str:
    return page.locator("#main").get_attribute("data-state") or ""


def in_state(page: Page, state: str) -> None:
    expect(page.locator("#main")).to_have_attribute("data-state", state, timeout=10_000)


def test_one_visit_from_the_first_touch_to_the_announcement(stage: Stage) -> None:
    hall, album, kiosk, display, desk = stage.hall, stage.album, stage.kiosk, stage.display, stage.desk

    album.chapter("A visit")
    kiosk.picture("kiosk-home", "The kiosk at rest: every service with its queue as it stands now.")
    kiosk.choose("accept")
    kiosk.wait(screen="Choosing")
    kiosk.picture(
        "kiosk-choosing", "One touch on: what this service is, how long it takes, what to have ready."
    )
    kiosk.tap("take")
    held = kiosk.wait(screen="Holding", paper="printed")
    number = held["number"]
    kiosk.picture("kiosk-number", f"Two touches on: {number} is given and printed.")

    sheet = new_sheet(hall, 0)
    album.add(sheet, "sheet", "The ticket as the printer on the line cut it.")
    [address] = decoded(sheet)
    assert address.startswith(f"{hall.url}/t/"), "the QR leads to the ticket's live page"

    phone = new_page(stage.browser, 390, 844, scale=2)
    phone.goto(address)
    expect(phone.locator("#number")).to_have_text(number)
    in_state(phone, "waiting")
    album.add(phone.screenshot(), "phone-waiting", "The QR of the sheet, decoded and opened on a phone.")

    desk.goto(f"{hall.url}/desk")
    album.add(desk.screenshot(), "desk-sign-in", "Staff sign in.")
    desk.fill("#user", "clerk1")
    desk.fill("#password", hall.sign_ins["users"]["clerk1"])
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".counter-card")
    album.add(desk.screenshot(), "desk-choose", "They choose their counter.")
    desk.locator('[data-counter="1"] .counter-card').focus()
    desk.keyboard.press("Enter")
    in_state(desk, "open")
    album.add(
        desk.screenshot(), "desk-waiting", f"The desk of counter 1: {number} waits, and why it is next."
    )

    desk.keyboard.press("F2")
    in_state(desk, "called")
    display.until_calls(number, "1")
    display.picture("display-call", f"The waiting area: {number} is called to window 1.")
    expect(phone.locator("#title")).to_contain_text("1")
    in_state(phone, "called")
    album.add(phone.screenshot(), "phone-called", "The phone says so too, by itself.")
    album.add(desk.screenshot(), "desk-called", "The desk after F2.")
    stage.board("board-page", "The same board as a page, for a smart TV.")

    said = until("the announcement", lambda: [line for line in display.spoken() if line["seconds"]])
    assert [(line["text"], line["times"], line["fault"]) for line in said] == [
        (spoken_sentence(number, "1"), 2, "")
    ]
    [voice] = sorted(hall.voice.glob("*.wav"))
    with wave.open(str(voice), "rb") as sound:
        samples = numpy.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        assert len(samples) / sound.getframerate() == pytest.approx(said[0]["seconds"], abs=0.01)
    assert numpy.abs(samples.astype(int)).max() > 3000, "it can be heard"

    window = new_page(stage.browser, 1280, 720)
    window.goto(f"{hall.url}/counter/1")
    expect(window.locator("body")).to_contain_text(number)
    album.add(window.screenshot(), "window-screen", "The small screen above window 1.")

    desk.keyboard.press("s")
    in_state(desk, "serving")
    album.add(desk.screenshot(), "desk-serving", "The visitor has come: serving.")
    desk.keyboard.press("d")
    in_state(desk, "open")
    in_state(phone, "done")
    album.add(desk.screenshot(), "desk-done", "Done, with ten seconds to take it back.")
    album.add(phone.screenshot(), "phone-done", "The phone at the end.")
    phone.context.close()
    window.context.close()


def test_an_english_speaker_is_led_printed_for_and_called_in_english(stage: Stage) -> None:
    hall, album, kiosk, display, desk = stage.hall, stage.album, stage.kiosk, stage.display, stage.desk
    album.chapter("In English")
    kiosk.home()
    before = len(hall.sheets())
    kiosk.tap("language")
    kiosk.wait(text="中文")
    kiosk.picture("kiosk-english-home", "English at one touch.")
    kiosk.choose("submit")
    kiosk.wait(screen="Choosing")
    kiosk.picture("kiosk-english-choosing", "The service in English.")
    kiosk.tap("take")
    number = kiosk.wait(screen="Holding", paper="printed")["number"]
    kiosk.picture("kiosk-english-number", "The number in English.")
    album.add(
        new_sheet(hall, before), "sheet-english", "A ticket for an English speaker carries both languages."
    )

    heard = len(display.spoken())
    desk.keyboard.press("Space")
    in_state(desk, "called")
    display.until_calls(number, "1")
    display.picture("display-english", "The call of an English speaker's number.")
    said = until("the English announcement", lambda: display.spoken()[heard:])
    assert said[0]["language"] == "en"
    desk.keyboard.press("s")
    in_state(desk, "serving")
    desk.keyboard.press("d")
    in_state(desk, "open")


def test_large_text_leads_to_a_number_too(stage: Stage) -> None:
    stage.album.chapter("Large text")
    kiosk = stage.kiosk
    kiosk.home()
    kiosk.tap("large")
    until("large text", lambda: kiosk.shown()["large"])
    kiosk.picture("kiosk-large-home", "Large text: the same home, enlarged.")
    kiosk.choose("pickup")
    kiosk.wait(screen="Choosing")
    kiosk.picture("kiosk-large-choosing", "Large text: one service.")
    kiosk.tap("take")
    kiosk.wait(screen="Holding", paper="printed")
    kiosk.picture("kiosk-large-number", "Large text: the number.")
    kiosk.tap("done")
    kiosk.wait(screen="Home")
    kiosk.tap("help")
    kiosk.wait(screen="Guidance")
    kiosk.picture("kiosk-help", "Help: how to take a number.")
    kiosk.home()
    kiosk.tap("notices")
    kiosk.wait(screen="Notices")
    kiosk.picture("kiosk-notices", "Notices and disclosure.")


@pytest.mark.parametrize("fault", ["out_of_paper", "cover_open"])
def test_a_printer_that_cannot_print_costs_no_number(stage: Stage, fault: str) -> None:
    hall, kiosk = stage.hall, stage.kiosk
    stage.album.chapter(f"Printer: {fault.replace('_', ' ')}")
    before = len(hall.sheets())
    hall.fault(fault, on=True)
    try:
        number = kiosk.take("accept")
        kiosk.wait(screen="Holding", paper=fault)
        kiosk.picture(f"kiosk-{fault}", f"{number} is kept, large, with its code; nothing was printed.")
        assert len(hall.sheets()) == before
    finally:
        hall.fault(fault, on=False)
    kiosk.tap("print-again")
    assert kiosk.wait(screen="Holding", paper="printed")["number"] == number
    [code] = decoded(stage.album.add(new_sheet(hall, before), f"sheet-{fault}", "Printed after all."))
    assert code.startswith(f"{hall.url}/t/")


def test_a_printer_gone_from_the_network_costs_no_number(stage: Stage) -> None:
    hall, kiosk = stage.hall, stage.kiosk
    stage.album.chapter("Printer: gone")
    hall.printer.stop()
    number = kiosk.take("consult")
    kiosk.wait(screen="Holding", paper="offline")
    kiosk.picture("kiosk-printer-gone", f"{number} is kept, large; the printer does not answer.")
    manager = new_page(stage.browser, 1366, 768)
    manager.goto(f"{hall.url}/sign-in?next=/manage/health")
    manager.fill("#user", "manager")
    manager.fill("#password", hall.sign_ins["users"]["manager"])
    manager.keyboard.press("Enter")
    alarm = manager.locator(".alarm").filter(has_text="1号自助机：小票打印机没有响应")
    expect(alarm).to_be_visible()
    stage.album.add(
        manager.screenshot(), "manage-alarm", "Whoever looks after the hall sees it, and what to do."
    )
    hall.printer.start()
    hall.printer.wait_ready()
    kiosk.tap("print-again")
    assert kiosk.wait(screen="Holding", paper="printed")["number"] == number
    expect(alarm).to_have_count(0)
    manager.context.close()


def test_a_killed_server_comes_back_and_everyone_finds_it(stage: Stage) -> None:
    hall, album, kiosk, display, desk = stage.hall, stage.album, stage.kiosk, stage.display, stage.desk
    album.chapter("The server is gone, and comes back")
    kiosk.home()
    kiosk.choose("accept")
    kiosk.wait(screen="Choosing")
    assert hall.server.pid is not None
    os.kill(hall.server.pid, signal.SIGKILL)
    until("the server's end", lambda: not hall.server.alive)

    until("the kiosk noticing", lambda: kiosk.shown()["link"] == "lost", limit=40)
    kiosk.tap("take")
    number = kiosk.wait(screen="Holding", limit=40)["number"]
    kiosk.picture("kiosk-alone", f"The server does not answer: {number} comes from the kiosk's own block.")
    until("the display's banner", lambda: display.scene()["stale"], limit=40)
    display.picture("display-lost", "The display says that its numbers are not live.")
    expect(desk.locator("#link")).to_be_visible(timeout=40_000)
    album.add(desk.screenshot(), "desk-lost", "The desk says so and takes no orders.")

    hall.server.start()
    hall.server.wait_ready()
    until("the display being live again", lambda: not display.scene()["stale"], limit=30)
    display.picture("display-back", "The display, right again.")
    expect(desk.locator("#link")).to_be_hidden(timeout=30_000)
    expect(desk.locator("#queue")).to_contain_text(number, timeout=40_000)
    album.add(desk.screenshot(), "desk-back", f"The desk, right again: {number} was handed in and waits.")


def test_home_says_when_its_figures_are_old(stage: Stage) -> None:
    hall, kiosk = stage.hall, stage.kiosk
    kiosk.home()
    hall.server.stop()
    until("the kiosk noticing", lambda: kiosk.shown()["link"] == "lost", limit=40)
    kiosk.picture("kiosk-stale", "Home without a server: no stale figures stand as if they were live.")
    hall.server.start()
    hall.server.wait_ready()
    until("the kiosk being live again", lambda: kiosk.shown()["link"] == "live", limit=40)


def test_a_closed_hall_and_an_emergency_stand_on_every_screen(stage: Stage) -> None:
    hall, album, kiosk, display = stage.hall, stage.album, stage.kiosk, stage.display
    album.chapter("Closed, and an emergency")
    kiosk.home()
    alarm = {"zh": "请立即从最近的出口离开大厅", "en": "Leave the hall by the nearest exit now"}
    hall.as_("manager", "POST", "/halls/main/emergency", {"text": alarm})
    kiosk.wait(screen="Emergency")
    until("the display's emergency", lambda: display.scene()["kind"] == "emergency")
    kiosk.picture("kiosk-emergency", "An emergency fills the kiosk.")
    display.picture("display-emergency", "And the display.")
    stage.board("board-emergency", "And the board's page.")
    hall.as_("manager", "POST", "/halls/main/emergency", {"text": None})
    kiosk.wait(screen="Home")

    settings = hall.as_("manager", "GET", "/halls/main/settings")
    hall.as_("manager", "PUT", "/halls/main/settings", settings | {"shut": True})
    kiosk.wait(screen="HallClosed")
    kiosk.picture("kiosk-closed", "The hall is closed: when it opens, whom to call.")
    display.picture("display-closed", "The display of a closed hall where tickets are still open.")
    hall.as_("manager", "PUT", "/halls/main/settings", settings)
    kiosk.wait(screen="Home")


def test_the_staff_corner_opens_to_a_pin(stage: Stage) -> None:
    kiosk = stage.kiosk
    stage.album.chapter("Staff corner")
    kiosk.home()
    kiosk.hold_corner()
    kiosk.wait(screen="StaffSignIn")
    kiosk.picture("kiosk-pin", "Five seconds on the corner, and a PIN.")
    for digit in "123456":
        kiosk.tap(f"key:{digit}")
    kiosk.tap("key:enter")
    kiosk.wait(screen="StaffMenu")
    kiosk.picture("kiosk-staff", "Device tests, reprint, close.")
    kiosk.tap("staff:reprint")
    kiosk.wait(screen="Reprinting")
    kiosk.picture("kiosk-reprint", "Reprint by number.")


def test_a_busy_hall_is_shown_whole(stage: Stage) -> None:
    hall, kiosk, display = stage.hall, stage.kiosk, stage.display
    stage.album.chapter("A busy hall")
    kiosk.home()
    for clerk, counter in (("clerk2", "2"), ("clerk3", "3"), ("clerk4", "4")):
        hall.as_(clerk, "POST", f"/halls/main/counters/{counter}/open", {})
    for service in ("accept", "submit", "pickup", "consult", "accept", "submit", "pickup", "accept"):
        hall.as_("clerk2", "POST", "/halls/main/tickets", {"service": service})
    called = ""
    for clerk, counter in (("clerk3", "3"), ("clerk4", "4"), ("clerk2", "2")):
        answer = hall.as_(clerk, "POST", f"/halls/main/counters/{counter}/call-next", {})
        called = answer["ticket"]["number"]
    display.until_calls(called, "2")
    display.picture("display-busy", "The waiting area at work.")
    stage.board("board-busy", "The same as a page.")
    kiosk.wait(text=called)
    kiosk.picture("kiosk-busy", "The kiosk at work: who waits, about how long, who is being called.")


def test_a_landscape_kiosk_shows_the_same(stage: Stage) -> None:
    hall, album = stage.hall, stage.album
    album.chapter("Landscape")
    stage.kiosk.program.stop()
    kiosk = start_kiosk(hall, album, "kiosk-landscape", LANDSCAPE)
    kiosk.picture("landscape-home", "Home.")
    kiosk.choose("consult")
    kiosk.wait(screen="Choosing")
    kiosk.picture("landscape-choosing", "A service.")
    kiosk.tap("take")
    kiosk.wait(screen="Holding", paper="printed")
    kiosk.picture("landscape-number", "The number.")
    kiosk.tap("done")
    kiosk.wait(screen="Home")
    kiosk.tap("language")
    kiosk.wait(text="中文")
    kiosk.tap("large")
    until("large text", lambda: kiosk.shown()["large"])
    kiosk.picture("landscape-large-english", "Home in large English text.")
    kiosk.choose("accept")
    kiosk.wait(screen="Choosing")
    kiosk.picture("landscape-large-english-choosing", "A service in large English text.")
    kiosk.tap("take")
    kiosk.wait(screen="Holding", paper="printed")
    kiosk.picture("landscape-large-english-number", "The number in large English text.")


def test_the_journal_is_whole_after_such_a_day(stage: Stage) -> None:
    assert stage.hall.checked() == "main: the journal is whole\n"
