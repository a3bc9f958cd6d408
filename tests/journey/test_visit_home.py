"""The way home: what was booked is accepted, tested, signed for, certified, collected, printed and checked.

Every program is real: server, kiosk, display, Chromium, and an IPP printer that lets the certificates out.
``pdfsig`` and ``pdftotext`` look at what came out of it.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from server.protocol import codes
from tests.afternoon import afternoon
from tests.browser import browsing, chromium, new_page, photographed_page
from tests.conftest import need
from tests.integration.server.benches import GOOD, STANDARD
from tests.integration.server.counter import REVIEWS
from tests.reading import label_codes
from tests.waiting import until

from .album import Album
from .apps import PORTRAIT, Display, Kiosk, start_display, start_kiosk
from .hall import ROOT, Hall

pytestmark = [pytest.mark.screen, pytest.mark.browser, pytest.mark.timeout(400)]
FOLDER = ROOT / "var" / "journey" / "home"
PHONE, DESK = (390, 844), (1440, 900)
NAME, MOBILE, SHOP = "某某人丙", "13812345678", "明亮眼镜店"
TAIL = MOBILE[-4:]
AIR = {"section": "光学室", "celsius": 20, "humidity": 50}


@dataclass(slots=True)
class Stage:
    hall: Hall
    album: Album
    kiosk: Kiosk
    display: Display
    browser: Browser
    phone: Page
    slot: str
    desks: dict[str, Page] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    case: dict[str, Any] = field(default_factory=dict)
    pickup: str = ""
    certificates: list[bytes] = field(default_factory=list)

    def do(self, user: str, method: str, path: str, body: object = None) -> Any:
        return self.hall.as_(user, method, f"/halls/main{path}", body)

    def desk(self, user: str) -> Page:
        """A screen at which ``user`` has signed in."""
        if user not in self.desks:
            page = new_page(self.browser, *DESK)
            page.goto(f"{self.hall.url}/sign-in")
            page.fill('[name="user"]', user)
            page.fill('[name="password"]', self.hall.sign_ins["users"][user])
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
            self.desks[user] = page
        return self.desks[user]

    def look(self, user: str, path: str, name: str, shows: str) -> None:
        """``user`` opens a page; it is photographed whole."""
        page = self.desk(user)
        page.goto(f"{self.hall.url}{path}")
        page.wait_for_load_state("networkidle")
        self.album.add(photographed_page(page, whole=True), name, shows)

    def carry(self, giver: str, taker: str) -> None:
        """A pair of scans: who has the pieces gives them, and who gets them takes them."""
        self.do(giver, "POST", "/handovers", {"taker": taker, "samples": self.pieces, "careful": True})
        [waiting] = self.do(taker, "GET", "/handovers")["handovers"]
        self.do(taker, "POST", f"/handovers/{waiting['id']}/take", {"samples": self.pieces, "careful": True})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need(shutil.which("Xvfb"), "Xvfb")
    need(chromium(), "Chromium")
    need(shutil.which("ippeveprinter"), "ippeveprinter (Debian: cups-ipp-utils)")
    need(shutil.which("pdfsig"), "pdfsig (Debian: poppler-utils)")
    shutil.rmtree(FOLDER, ignore_errors=True)
    album = Album(FOLDER)
    hall = Hall(FOLDER / "hall")
    try:
        for program in (hall.server, hall.printer, hall.label_printer):
            program.start()
            program.wait_ready()
        hall.documents.start()
        _, slot = afternoon(lambda *asked: hall.as_("manager", *asked))
        kiosk = start_kiosk(hall, album, "kiosk", PORTRAIT, at_home=True)
        display = start_display(hall, album)
        with browsing() as browser:
            yield Stage(hall, album, kiosk, display, browser, new_page(browser, *PHONE, scale=2), slot)
    finally:
        hall.close()


def qr_codes(picture: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def onward(page: Page) -> None:
    page.locator(".onward .button").click()


def test_it_is_booked_on_the_phone_and_checked_in_at_the_kiosk(stage: Stage) -> None:
    hall, album, page, kiosk = stage.hall, stage.album, stage.phone, stage.kiosk
    album.chapter("Booked and checked in")
    page.goto(f"{hall.url}/book/main")
    page.locator('input[name="as"][value="sole_trader"]').check(force=True)
    page.fill("#find-text", "焦度计")
    page.fill('[id="p.lensmeter"]', "2")
    onward(page)
    page.locator(f'button[value$="{stage.slot}"]').first.click()
    page.fill("#name", NAME)
    page.fill("#phone", MOBILE)
    page.fill("#company", SHOP)
    for tick in page.locator('[type="checkbox"]').all():
        tick.check()
    onward(page)
    onward(page)
    expect(page.locator(".voucher .qr svg")).to_be_visible()
    [voucher] = qr_codes(Image.open(io.BytesIO(photographed_page(page, whole=True))))

    labels = len(hall.labels())
    kiosk.home()
    kiosk.picture("kiosk-home", "Home: every errand of a visit begins here.")
    kiosk.tap("check-in")
    kiosk.wait(screen="Showing")
    kiosk.scan(voucher)
    kiosk.wait(screen="Arrived")
    kiosk.tap("check-in")
    kiosk.wait(screen="Labelling", paper="printed", limit=60)
    stage.pieces = [label_codes(label)["DataMatrix"] for label in hall.labels()[labels:]]
    assert len(stage.pieces) == 2
    kiosk.home()


def test_the_counter_accepts_what_was_counted_and_looked_at(stage: Stage) -> None:
    album = stage.album
    album.chapter("At the counter")
    case = stage.do("clerk1", "POST", "/cases/open", {"code": stage.pieces[0]})
    stage.look("clerk1", "/cases/main", "cases", "The cases of the day.")
    stage.look("clerk1", f"/cases/main/orders/{case['id']}", "case-open", "What is still to be looked at.")
    sheet = {
        "version": case["version"],
        "counted": {"lensmeter": 1},
        "all_good": ["lensmeter"],
        "reviewed": REVIEWS,
        "pieces": {
            piece["code"]: {"serial": f"JD-20260{piece['index']}", "seen": "scan", "careful": True}
            for piece in case["pieces"]
        },
    }
    case = stage.do("clerk1", "PUT", f"/cases/{case['id']}/sheet", sheet)
    assert not case["may_sign"], "one of two was counted"
    stage.look(
        "clerk1", f"/cases/main/orders/{case['id']}", "case-gap", "Two declared, one counted: no signing."
    )
    again = sheet | {"version": case["version"], "counted": {"lensmeter": 2}}
    case = stage.do("clerk1", "PUT", f"/cases/{case['id']}/sheet", again)
    assert case["may_sign"]
    stage.case = stage.do("clerk1", "POST", f"/cases/{case['id']}/sign", {"version": case["version"]})
    assert stage.case["state"] == "accepted"
    assert {piece["holder"]["id"] for piece in stage.case["pieces"]} == {"staff:clerk1"}
    stage.look("clerk1", f"/cases/main/orders/{case['id']}", "case-signed", "Signed: with whom, until when.")


def test_the_customer_sees_each_step_on_the_phone_as_it_is_taken(stage: Stage) -> None:
    page, album = stage.phone, stage.album
    album.chapter("In the lab, and seen from outside")
    page.goto(f"{stage.hall.url}/c/{stage.case['code']}")
    expect(page.locator("h1")).to_have_text("已受理")
    album.add(photographed_page(page, whole=True), "progress-accepted", "Accepted: what comes, and by when.")
    for secret in (NAME, MOBILE, SHOP):
        expect(page.locator("body")).not_to_contain_text(secret)
    stage.carry("clerk1", "verifier1")
    stage.do("verifier1", "POST", "/lab/climate", AIR)
    stage.look("verifier1", "/lab", "bench", "The bench: what waits, until when.")
    stage.do("verifier1", "POST", f"/lab/samples/{stage.pieces[0]}/start")
    # The page was not touched: the server has told it.
    expect(page.locator("h1")).to_have_text("检定中", timeout=5000)
    album.add(
        photographed_page(page, whole=True), "progress-testing", "Being tested; nobody reloaded the page."
    )
    stage.look("verifier1", f"/lab/sample/{stage.pieces[0]}", "sheet", "The form of results.")


def test_a_fault_stops_the_test_until_the_customer_has_answered(stage: Stage) -> None:
    page, album = stage.phone, stage.album
    piece = stage.pieces[0]
    fault = {"fault": "示值不稳定，光源闪烁", "options": ["repair_and_retest", "conclude_unqualified"]}
    stage.do("verifier1", "POST", f"/lab/samples/{piece}/hold", fault)
    expect(page.locator("body")).to_contain_text("示值不稳定", timeout=5000)
    album.add(photographed_page(page, whole=True), "progress-question", "A fault: the customer is asked.")
    stage.look("verifier1", f"/lab/sample/{piece}", "sheet-held", "Nothing goes on before the answer.")
    question = stage.do("verifier1", "GET", f"/lab/samples/{piece}")["questions"][0]["id"]
    form = page.locator("form", has=page.locator('[value="repair_and_retest"]'))
    form.locator('[value="repair_and_retest"]').check(force=True)
    form.locator('[name="tail"]').fill(TAIL)
    form.locator("button").last.click()
    expect(page.locator('[value="repair_and_retest"]')).to_have_count(0)
    album.add(photographed_page(page, whole=True), "progress-answered", "Answered on the phone.")
    stage.do("verifier1", "POST", f"/lab/negotiations/{question}/execute")
    assert stage.do("verifier1", "GET", f"/lab/samples/{piece}")["row"]["state"] == "testing"


def test_three_people_sign_and_the_certificate_is_out(stage: Stage) -> None:
    page, album = stage.phone, stage.album
    for at, piece in enumerate(stage.pieces):
        if at:
            stage.do("verifier1", "POST", f"/lab/samples/{piece}/start")
        draft = {"values": GOOD, "standards": [STANDARD], "maker": "某某光学仪器厂", "model": "JD-7"}
        sheet = stage.do("verifier1", "PUT", f"/lab/samples/{piece}/result", draft)
        result = sheet["results"][0]["id"]
        if not at:
            stage.look("verifier1", f"/lab/sample/{piece}", "sheet-filled", "Filled in, to be signed.")
        stage.do("verifier1", "POST", f"/lab/results/{result}/test", {"conclusion": "qualified"})
        if not at:
            stage.look("reviewer1", "/lab/sign", "signing", "What waits for the reviewer's signature.")
        stage.do("reviewer1", "POST", f"/lab/results/{result}/review")
        stage.do("approver1", "POST", f"/lab/results/{result}/approve")
    expect(page.locator("h1")).to_have_text("可取件", timeout=20_000)
    album.add(photographed_page(page, whole=True), "progress-ready", "Ready to be collected.")
    until("the display telling it", lambda: (stage.display.scene().get("foot") or {}).get("ready") or None)
    stage.display.picture("display-ready", "The waiting area: who can collect, masked.")
    assert SHOP not in str(stage.display.scene())
    stage.look("clerk1", "/certificates/main", "certificates", "The certificates of the day.")
    stage.carry("verifier1", "clerk1")
    # The digits were given with the answer: this page keeps them as long as it stands.
    expect(page.locator("body")).to_contain_text("取件码")
    album.add(
        photographed_page(page, whole=True), "progress-code", "With the phone's digits: the pick-up code."
    )
    found = qr_codes(Image.open(io.BytesIO(photographed_page(page, whole=True))))
    [stage.pickup] = [text for text in found if text.startswith("P")]
    assert isinstance(codes.read(stage.pickup), codes.Code)


def with_tail(kiosk: Kiosk) -> None:
    for digit in TAIL:
        kiosk.tap(f"key:{digit}")
    kiosk.tap("key:enter")


def test_the_kiosk_prints_the_certificates_and_waits_for_paper(stage: Stage) -> None:
    kiosk, album, printer = stage.kiosk, stage.album, stage.hall.documents
    album.chapter("Back at the kiosk")
    kiosk.home()
    kiosk.tap("certificates")
    kiosk.wait(screen="Showing")
    kiosk.scan(stage.pickup)
    kiosk.wait(screen="Tail")
    kiosk.picture("kiosk-tail", "The last four digits of the phone.")
    with_tail(kiosk)
    kiosk.wait(screen="Certificates")
    kiosk.picture("kiosk-certificates", "Both certificates, and how many copies are left.")
    printer.empty_tray()
    kiosk.tap("print-all")
    kiosk.wait(screen="Printing", stage="out_of_paper", limit=40)
    kiosk.picture("kiosk-no-paper", "Out of paper: nothing is lost, the staff know.")
    printer.load()
    kiosk.wait(stage="printed", limit=60)
    kiosk.picture("kiosk-printed", "Both are out.")
    stage.certificates = printer.wait_printed(2)
    kiosk.home()


def test_the_paper_is_genuine_and_a_flipped_byte_is_not(stage: Stage, tmp_path: Path) -> None:
    album = stage.album
    album.chapter("The certificate")
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(stage.certificates[0])
    subprocess.run(["pdftoppm", "-r", "150", "-png", paper, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page-*.png"))
    for at, page_ in enumerate(pages, 1):
        album.add(page_, f"certificate-{at}", f"Page {at}.")
    signed = subprocess.run(["pdfsig", "-nocert", paper], capture_output=True, text=True)
    assert "Signature is Valid" in signed.stdout, signed.stdout
    broken = bytearray(stage.certificates[0])
    broken[broken.index(b"/Contents") - 400] ^= 1
    torn = tmp_path / "torn.pdf"
    torn.write_bytes(bytes(broken))
    told = subprocess.run(["pdfsig", "-nocert", torn], capture_output=True, text=True)
    assert "Signature is Valid" not in told.stdout
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True).stdout
    plain = re.sub(r"\s", "", text)
    for word in ("检定证书", "焦度计", SHOP, "合格", "JJG580-2005", "JD-20260", "以下空白"):
        assert word in plain, word
    seen = [qr for one in pages for qr in qr_codes(Image.open(one))]
    [address] = {text for text in seen if "/check/" in text}
    page = stage.phone
    page.goto(stage.hall.url + address[address.index("/check/") :])
    expect(page.locator("h1, .verdict").first).to_be_visible()
    album.add(photographed_page(page, whole=True), "check-genuine", "Anybody can check it: genuine.")
    expect(page.locator("body")).not_to_contain_text(SHOP)
    for name, file in (("check-file", paper), ("check-altered", torn)):
        page.goto(f"{stage.hall.url}/check")
        page.set_input_files('[type="file"]', file)
        page.locator('form:has([type="file"]) button').click()
        page.wait_for_load_state("networkidle")
        album.add(photographed_page(page, whole=True), name, "An uploaded file, byte for byte.")


def test_a_scan_pair_releases_the_instruments(stage: Stage) -> None:
    kiosk, album = stage.kiosk, stage.album
    album.chapter("Collected")
    kiosk.home()
    kiosk.tap("pickup")
    kiosk.wait(screen="Showing")
    kiosk.scan(stage.pickup)
    kiosk.wait(screen="Tail")
    with_tail(kiosk)
    kiosk.wait(screen="Collecting")
    kiosk.picture("kiosk-collect", "Each instrument with its state.")
    kiosk.tap("collect")
    number = kiosk.wait(screen="Holding")["number"]
    kiosk.picture("kiosk-collect-number", "A number for the pick-up counter.")
    assert number.startswith("C")
    page = stage.desk("clerk1")
    page.goto(f"{stage.hall.url}/pickup")
    for text in (stage.pickup, *stage.pieces):
        page.locator("#code").press_sequentially(text)
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
    album.add(
        photographed_page(page, whole=True), "pickup-scanned", "Customer's code and each piece: scanned."
    )
    page.locator("#release").click()
    expect(page.locator("#verdict")).to_have_attribute("data-tone", "good")
    album.add(photographed_page(page, whole=True), "pickup-released", "Handed out.")
    phone = stage.phone
    phone.goto(f"{stage.hall.url}/c/{stage.case['code']}")
    expect(phone.locator("h1")).to_have_text("已办结")
    album.add(photographed_page(phone, whole=True), "progress-released", "The end of the case.")
    stage.look("clerk1", f"/cases/main/orders/{stage.case['id']}", "case-over", "Who had it, and when.")


def test_the_journal_is_whole_and_nobody_is_named_in_the_logs(stage: Stage) -> None:
    assert stage.hall.checked() == "main: the journal is whole\n"
    for log in (stage.hall.folder / "log").glob("*.log"):
        said = log.read_text(encoding="utf-8", errors="replace")
        for secret in (NAME, MOBILE, SHOP, stage.pickup, TAIL + '"'):
            assert secret not in said, (log.name, secret)
