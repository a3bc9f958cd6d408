"""A visit that begins at home: booked on a phone, checked in by voucher, a number and a label a piece.

The camera sees the phone as a hand holds it up: askew, a little blurred, with the noise of a cheap sensor.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from server.protocol import codes
from tests.afternoon import afternoon
from tests.browser import browsing, chromium, new_page, photographed_page
from tests.conftest import need
from tests.reading import label_codes
from tests.waiting import until

from .album import Album
from .apps import PORTRAIT, Kiosk, start_kiosk
from .hall import ROOT, Hall

pytestmark = [pytest.mark.screen, pytest.mark.browser, pytest.mark.timeout(300)]
FOLDER = ROOT / "var" / "journey" / "booked"
PHONE = (390, 844)
NAME, MOBILE, SHOP = "某某人乙", "13812345678", "明亮眼镜店"


@dataclass(slots=True)
class Stage:
    hall: Hall
    album: Album
    kiosk: Kiosk
    browser: Browser
    phone: Page
    slot: str
    """The slot to book: the next one, whose visitors may check in already."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need(shutil.which("Xvfb"), "Xvfb")
    need(chromium(), "Chromium")
    shutil.rmtree(FOLDER, ignore_errors=True)
    album = Album(FOLDER)
    hall = Hall(FOLDER / "hall")
    try:
        for program in (hall.server, hall.printer, hall.label_printer):
            program.start()
            program.wait_ready()
        _, slot = afternoon(lambda *asked: hall.as_("manager", *asked))
        kiosk = start_kiosk(hall, album, "kiosk", PORTRAIT, at_home=True)
        with browsing() as browser:
            yield Stage(hall, album, kiosk, browser, new_page(browser, *PHONE, scale=2), slot)
    finally:
        hall.close()


def photographed(screen: bytes) -> Image.Image:
    """A phone's screen as the kiosk's camera sees it: 1280 x 720, turned, foreshortened, blurred, noisy."""
    dice = numpy.random.default_rng(20261121)
    phone = cv2.imdecode(numpy.frombuffer(screen, numpy.uint8), cv2.IMREAD_COLOR)
    height, width = phone.shape[:2]
    corners = numpy.array([[0, 0], [width, 0], [width, height], [0, height]], numpy.float32)
    held = numpy.array([[430, 8], [812, 92], [700, 722], [292, 612]], numpy.float32)
    scene = numpy.full((720, 1280, 3), (74, 82, 90), numpy.uint8)
    cv2.circle(scene, (1050, 210), 170, (120, 132, 148), -1)  # somebody stands behind
    onto = cv2.getPerspectiveTransform(corners, held)
    cv2.warpPerspective(phone, onto, (1280, 720), dst=scene, borderMode=cv2.BORDER_TRANSPARENT)
    blurred = cv2.GaussianBlur(scene, (0, 0), 1.1).astype(numpy.float32) * 0.82
    noisy = numpy.clip(blurred + dice.normal(0, 4, blurred.shape), 0, 255).astype(numpy.uint8)
    return Image.fromarray(cv2.cvtColor(noisy, cv2.COLOR_BGR2RGB))


def onward(page: Page) -> None:
    page.locator(".onward .button").click()


def test_a_customer_books_at_home_in_four_steps(stage: Stage) -> None:
    hall, album, page = stage.hall, stage.album, stage.phone
    album.chapter("At home: booking on the phone")
    page.goto(f"{hall.url}/book/main")
    album.add(photographed_page(page), "book-what", "Step one: which instruments, how many.")
    page.locator('input[name="as"][value="sole_trader"]').check(force=True)
    for name, item, pieces in (("焦度计", "lensmeter", "2"), ("验光仪", "refractometer", "1")):
        page.fill("#find-text", name)
        page.fill(f'[id="p.{item}"]', pieces)
    album.add(photographed_page(page), "book-found", "An instrument found by its name.")
    onward(page)
    expect(page.locator("h1")).to_have_text("您什么时候来？")
    album.add(
        photographed_page(page, whole=True), "book-when", "Step two: when, waited for or left, and why."
    )
    page.locator(f'button[value$="{stage.slot}"]').first.click()
    expect(page.locator("#phone")).to_be_visible()
    page.fill("#name", NAME)
    page.fill("#phone", MOBILE)
    page.fill("#company", SHOP)
    onward(page)
    album.add(photographed_page(page), "book-unread", "Without the notices ticked there is no booking.")
    expect(page.locator("h1")).not_to_have_text("请核对，确认后预约成功")
    for tick in page.locator('[type="checkbox"]').all():
        tick.check()
    album.add(photographed_page(page, whole=True), "book-who", "Step three: who comes, and what to mind.")
    onward(page)
    expect(page.locator("h1")).to_have_text("请核对，确认后预约成功")
    album.add(photographed_page(page, whole=True), "book-check", "Step four: one look at all of it.")
    onward(page)
    expect(page.locator(".voucher .qr svg")).to_be_visible()
    album.add(photographed_page(page, whole=True), "voucher", "The voucher.")
    for secret in (NAME, MOBILE, SHOP):
        expect(page.locator("body")).not_to_contain_text(secret)


def test_the_voucher_before_the_camera_brings_a_number_and_a_label_for_each_piece(stage: Stage) -> None:
    hall, album, kiosk, page = stage.hall, stage.album, stage.kiosk, stage.phone
    album.chapter("In the hall: one scan, one touch")
    kiosk.home()
    kiosk.picture("kiosk-home", "Home, with checking in and labels.")
    kiosk.tap("check-in")
    kiosk.wait(screen="Showing")
    kiosk.picture("kiosk-finder", "Hold the voucher before the camera, or type its number.")

    page.locator(".voucher .qr").scroll_into_view_if_needed()
    seen = photographed(photographed_page(page))
    album.add(seen, "camera", "What the camera sees: the phone, held askew.")
    hall.before_camera(seen)
    arrived = kiosk.wait(screen="Arrived", limit=30)
    hall.before_camera(None)
    assert not any(secret in text for text in arrived["texts"] for secret in (NAME, MOBILE, SHOP))
    kiosk.picture("kiosk-arrived", "It is valid: what was booked, how long it will take, one button.")
    kiosk.tap("more:lensmeter")
    kiosk.wait(text="3 件")
    kiosk.picture("kiosk-pieces", "One more came along.")

    sheets, labels = len(hall.sheets()), len(hall.labels())
    kiosk.tap("check-in")
    done = kiosk.wait(screen="Labelling", paper="printed", limit=60)
    kiosk.picture("kiosk-labels", "The number, and a label for each piece.")
    number = done["number"]
    assert done["labels"] == {"out": 4, "left": 0}
    until("the ticket", lambda: len(hall.sheets()) == sheets + 1)
    album.add(hall.sheets()[-1], "sheet", f"The ticket {number}.")
    found = []
    for at, label in enumerate(hall.labels()[labels:], 1):
        read = label_codes(album.add(label, f"label-{at}", f"Label {at} of 4."))
        text = read["DataMatrix"]
        assert read == dict.fromkeys(("DataMatrix", "Code128"), text)
        assert isinstance(codes.read(text), codes.Code)
        found.append(text)
    assert len(set(found)) == 4
    kiosk.tap("done")
    kiosk.wait(screen="Home")

    hall.as_("clerk1", "POST", "/halls/main/counters/1/open")
    hall.as_("clerk1", "POST", "/halls/main/tickets", {"service": "accept"})
    line = hall.as_("clerk1", "GET", f"/samples/{found[0]}")
    assert (line["index"], line["count"]) == (1, 4)

    page.reload()
    expect(page.locator("body")).to_contain_text("已签到")
    album.add(photographed_page(page, whole=True), "voucher-after", "The voucher says what has been done.")


def test_a_voucher_that_was_used_leads_to_its_labels_again(stage: Stage) -> None:
    hall, album, kiosk, page = stage.hall, stage.album, stage.kiosk, stage.phone
    album.chapter("Once more")
    number = re.sub(r"\D", "", page.locator("dl.number dd").inner_text())
    kiosk.tap("check-in")
    kiosk.wait(screen="Showing")
    for digit in number[:11]:
        kiosk.tap(f"key:{digit}")
    kiosk.tap("key:enter")
    kiosk.picture("kiosk-torn", "A digit is missing: said at once, nothing is lost.")
    kiosk.tap(f"key:{number[11]}")
    kiosk.tap("key:enter")
    kiosk.wait(screen="Arrived")
    kiosk.picture("kiosk-used", "Used already: with which number, and where to go on.")
    before = len(hall.labels())
    kiosk.tap("labels")
    kiosk.wait(screen="LabelsFound")
    kiosk.picture("kiosk-again", "The labels again: a reprint, and said so.")
    kiosk.tap("print")
    kiosk.wait(screen="Labelling", paper="printed", limit=60)
    assert len(hall.labels()) == before + 4
    kiosk.home()


def test_who_comes_without_an_appointment_chooses_from_the_catalogue(stage: Stage) -> None:
    hall, album, kiosk = stage.hall, stage.album, stage.kiosk
    album.chapter("Without an appointment")
    before = len(hall.labels())
    kiosk.home()
    kiosk.tap("take-number")
    kiosk.wait(screen="Services")
    kiosk.picture("kiosk-services", "Take a number by service, or by instrument.")
    kiosk.tap("register")
    kiosk.picture("kiosk-as", "For whom.")
    shown = kiosk.shown()
    if shown["screen"] == "ChoosingCustomer":
        kiosk.tap("customer:company")
    kiosk.wait(screen="ChoosingField")
    kiosk.picture("kiosk-field", "Which field.")
    field = next(name for name in kiosk.shown()["names"] if name.startswith("field:"))
    kiosk.tap(field)
    kiosk.wait(screen="ChoosingItem")
    kiosk.picture("kiosk-item", "Which instrument.")
    item = next(name for name in kiosk.shown()["names"] if name.startswith("item:"))
    kiosk.tap(item)
    kiosk.wait(screen="Counting")
    kiosk.picture("kiosk-counting", "How many; what to mind.")
    if "complete" in kiosk.shown()["names"]:
        kiosk.tap("complete")
    kiosk.wait(name="add")
    kiosk.tap("add")
    kiosk.wait(screen="Basket")
    kiosk.picture("kiosk-basket", "All of it, whether it is waited for, and for how long.")
    kiosk.tap("register")
    kiosk.wait(screen="Labelling", paper="printed", limit=60)
    kiosk.picture("kiosk-registered", "A number and labels for who just walked in.")
    assert len(hall.labels()) > before
    kiosk.home()


def test_the_journal_is_whole_after_such_a_visit(stage: Stage) -> None:
    assert stage.hall.checked() == "main: the journal is whole\n"
    log = (stage.hall.folder / "log" / "server.log").read_text(encoding="utf-8")
    for secret in (NAME, MOBILE, SHOP):
        assert secret not in log
