"""Coming back to the real kiosk before the real server: collecting, following, printing, and booking.

The printer of certificates is a real IPP printer; the ticket printer is simulated. The laboratory's work is
done by the use cases themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from hardware.printers.simulator.server import SimulatedPrinter
from server.protocol.codes import number_of
from tests.certified import certify
from tests.ipp import IppPeer, ippeve
from tests.journey.apps import Kiosk
from tests.servers import Clock, ServerThread, furnished_copy, served
from tests.ui.kiosk_program import kiosk_at
from tests.ui.test_kiosk_visits import AFTER_LUNCH
from tests.waiting import until

pytestmark = pytest.mark.screen

PHONE = "13912345678"
TAIL = "5678"
ITEM = "price-scale"


@dataclass(slots=True)
class Stage:
    kiosk: Kiosk
    hall: ServerThread
    tickets: SimulatedPrinter
    printer: IppPeer

    @property
    def token(self) -> str:
        return self.hall.credentials["devices"]["kiosk-1"]

    def handed_in(self, pieces: int = 2) -> Any:
        """The order of a booked visit that has been checked in."""
        catalogue = self.hall.ask("GET", "/halls/main/catalogue")
        notices = {item["id"]: item["notice"]["version"] for item in catalogue["items"] if item["notice"]}
        body = {
            "day": "2026-11-20",
            "slot": "accept-1330",
            "lines": [{"item": ITEM, "pieces": pieces}],
            "customer": {"type": "sole_trader", "name": "某某甲", "phone": PHONE, "company": "某某秤店"},
            "acknowledged": {ITEM: notices[ITEM]},
            "consent": catalogue["consent"]["version"],
        }
        booked = self.hall.ask("POST", "/halls/main/appointments", body)
        came = self.hall.ask("POST", "/halls/main/check-ins", {"code": booked["code"]}, self.token)
        return came["order"]

    def certified(self, order: Any, *positions: int) -> None:
        for position in positions:
            certify(self.hall, order["id"], position)

    def proved(self, order: Any) -> Any:
        """The case with the pick-up code, as its customer sees it."""
        return self.hall.ask(
            "POST", "/halls/main/progress", {"code": order["number"], "tail": TAIL}, self.token
        )

    def ready(self, pieces: int = 2) -> tuple[Any, str]:
        """An order of which each piece has its certificate, and its pick-up code."""
        order = self.handed_in(pieces)
        self.certified(order, *range(1, pieces + 1))
        until("the certificates", lambda: self.proved(order)["state"] == "ready")
        return order, self.proved(order)["pickup_code"]

    def type(self, digits: str) -> None:
        for digit in digits:
            self.kiosk.tap(f"key:{digit}")
        self.kiosk.tap("key:enter")

    def certificates(self, code: str) -> Any:
        proof = {"code": code, "tail": TAIL}
        return self.hall.ask("POST", "/halls/main/certificates/find", proof, self.token)["certificates"]

    def copies_left(self, code: str) -> list[int]:
        return [one["prints_left"] for one in self.certificates(code)]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("kiosk-returning")
    with ExitStack() as open_:
        printer = open_.enter_context(ippeve(folder / "ipp"))
        tickets = open_.enter_context(SimulatedPrinter(folder / "tickets"))
        hall = open_.enter_context(served(*furnished_copy(folder), Clock(AFTER_LUNCH)))
        token = hall.credentials["devices"]["kiosk-1"]
        kiosk = open_.enter_context(
            kiosk_at(hall.url, tickets.port, folder, token, certificates=printer.address)
        )
        kiosk.wait(screen="Home", name="pickup", limit=40)
        until("the certificate printer", lambda: kiosk.shown()["document_printer"] == "ready")
        yield Stage(kiosk, hall, tickets, printer)


def test_scanned_or_typed_the_same_order_is_found_and_a_number_taken_for_it(stage: Stage) -> None:
    kiosk = stage.kiosk
    order, code = stage.ready()
    number = stage.proved(order)["pickup_number"]
    for route in ("scan", "type"):
        kiosk.home()
        kiosk.tap("pickup")
        kiosk.wait(screen="Showing")
        if route == "scan":
            kiosk.scan(f"{stage.hall.url}/p/{code}")
        else:
            stage.type(number)
        kiosk.wait(screen="Tail")
        stage.type(TAIL)
        seen = kiosk.wait(screen="Collecting", name="collect")
        assert any("全部可取" in text for text in seen["texts"])
        assert not any("某某甲" in text or PHONE in text for text in seen["texts"])
        assert seen["clipped"] == []
    sheets = len(stage.tickets.sheets)
    kiosk.tap("collect")
    held = kiosk.wait(screen="Holding", paper="printed", limit=40)
    assert held["number"].startswith("C")
    assert len(stage.tickets.sheets) == sheets + 1
    kiosk.tap("done")


def test_a_wrong_tail_and_an_unknown_number_are_told_alike(stage: Stage) -> None:
    kiosk = stage.kiosk
    _order, code = stage.ready(1)
    told = []
    for text, tail in ((code, "0000"), (number_of(8123456789), TAIL)):
        kiosk.home()
        kiosk.tap("pickup")
        kiosk.wait(screen="Showing")
        if text == code:
            kiosk.scan(text)
        else:
            stage.type(text)
        kiosk.wait(screen="Tail")
        stage.type(tail)
        told.append(kiosk.wait(screen="Refused")["texts"])
    assert told[0] == told[1]


def test_a_change_in_the_house_stands_on_the_screen_without_a_touch(stage: Stage) -> None:
    kiosk = stage.kiosk
    order = stage.handed_in(1)
    stage.certified(order, 1)
    until("the case's code", lambda: stage.proved(order)["code"])
    second = stage.handed_in(2)
    stage.certified(second, 1)
    until("one being ready", lambda: any(one["ready"] for one in stage.proved(second)["pieces"]))
    kiosk.home()
    kiosk.tap("progress")
    kiosk.wait(screen="Showing")
    stage.type(second["number"])
    kiosk.wait(screen="Tail")
    stage.type(TAIL)
    seen = kiosk.wait(screen="Following")
    assert sum("可取件" in text for text in seen["texts"]) >= 1
    before = sum("可取件" in text for text in seen["texts"])
    stage.certified(second, 2)
    until(
        "the change on the screen",
        lambda: sum("可取件" in text for text in kiosk.shown()["texts"]) > before,
        limit=10,
    )
    assert kiosk.shown()["screen"] == "Following"


def to_certificates(stage: Stage, code: str) -> Any:
    kiosk = stage.kiosk
    kiosk.home()
    kiosk.tap("certificates")
    kiosk.wait(screen="Showing")
    kiosk.scan(code)
    kiosk.wait(screen="Tail")
    stage.type(TAIL)
    return kiosk.wait(screen="Certificates")


def test_all_certificates_are_printed_and_counted_only_when_the_printer_is_done(stage: Stage) -> None:
    kiosk, printer = stage.kiosk, stage.printer
    _order, code = stage.ready()
    before, left = len(printer.printed()), stage.copies_left(code)
    printer.hold()
    try:
        seen = to_certificates(stage, code)
        assert {"print-all"} <= set(seen["names"])
        kiosk.tap("print-all")
        kiosk.wait(screen="Printing", stage="printing", limit=30)
        assert len(printer.printed()) == before
    finally:
        printer.go_on()
    done = kiosk.wait(screen="Printing", stage="printed", limit=60)
    assert done["certificates"] == {"out": 2, "left": 0}
    papers = printer.wait_printed(before + 2)[before:]
    assert all(paper.startswith(b"%PDF-") for paper in papers)
    assert len(set(papers)) == 2
    until("both being told", lambda: stage.copies_left(code) == [one - 1 for one in left])
    kiosk.tap("done")


def test_without_paper_the_job_waits_and_goes_on_by_itself(stage: Stage) -> None:
    kiosk, printer = stage.kiosk, stage.printer
    _order, code = stage.ready(1)
    to_certificates(stage, code)
    (one,) = stage.certificates(code)
    printer.empty_tray()
    try:
        kiosk.tap(f"print:{one['id']}")
        seen = kiosk.wait(screen="Printing", stage="out_of_paper", limit=30)
        assert any("没有纸" in text for text in seen["texts"])
        assert seen["clipped"] == []
        until("the alarm", lambda: alarm(stage) == "out_of_paper", limit=30)
    finally:
        printer.load()
    kiosk.wait(screen="Printing", stage="printed", limit=40)
    kiosk.tap("done")
    until("the alarm's end", lambda: alarm(stage) is None, limit=30)


def test_a_jam_is_told_and_what_is_called_off_is_not_counted(stage: Stage) -> None:
    kiosk, printer = stage.kiosk, stage.printer
    _order, code = stage.ready(1)
    left = stage.copies_left(code)
    to_certificates(stage, code)
    (one,) = stage.certificates(code)
    printer.jam()
    try:
        kiosk.tap(f"print:{one['id']}")
        kiosk.wait(screen="Printing", stage="jam", limit=30)
        kiosk.tap("stop")
        seen = kiosk.wait(screen="Printing", stage="stopped", limit=40)
        assert any("没有打印" in text for text in seen["texts"])
    finally:
        printer.mend()
    until("the copy being given back", lambda: stage.copies_left(code) == left)
    printer.wait_idle()
    kiosk.home()


def test_a_certificate_is_taken_away_on_the_phone(stage: Stage) -> None:
    kiosk = stage.kiosk
    _order, code = stage.ready(1)
    to_certificates(stage, code)
    (one,) = stage.certificates(code)
    kiosk.tap(f"download:{one['id']}")
    kiosk.wait(screen="Downloading", text="扫码")

    def on_the_glass() -> list[zxingcpp.Barcode]:
        picture = kiosk.glass.picture().convert("L")
        return list(zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode))

    (found,) = until("the code on the glass", lambda: on_the_glass() or None)
    path = found.text.split("/d/", 1)[1]
    answer = stage.hall.request("GET", f"/d/{path}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    kiosk.tap("back")
    kiosk.wait(screen="Certificates")
    kiosk.home()


def test_a_visit_is_booked_by_touch_alone_and_its_printed_code_scans_back(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.home()
    kiosk.tap("book")
    kiosk.wait(screen="ChoosingCustomer")
    kiosk.tap("customer:sole_trader")
    kiosk.wait(screen="ChoosingField")
    kiosk.tap("field:trade")
    kiosk.wait(screen="ChoosingItem")
    kiosk.tap(f"item:{ITEM}")
    kiosk.wait(screen="Counting")
    if "complete" in kiosk.shown()["names"]:
        kiosk.tap("complete")
    kiosk.tap("add")
    kiosk.wait(screen="Basket", name="times")
    kiosk.tap("times")
    kiosk.wait(screen="ChoosingDay", name="day:2026-11-23")
    kiosk.tap("day:2026-11-23")
    slot = next(name for name in kiosk.wait(screen="ChoosingSlot")["names"] if name.startswith("slot:"))
    kiosk.tap(slot)
    kiosk.wait(screen="Phoning")
    stage.type(PHONE)
    kiosk.wait(screen="Agreeing")
    kiosk.tap(f"tick:{ITEM}")
    kiosk.wait(name="tick:consent")
    kiosk.tap("tick:consent")
    seen = kiosk.wait(screen="Confirming")
    assert seen["clipped"] == []
    sheets = len(stage.tickets.sheets)
    kiosk.tap("book")
    done = kiosk.wait(screen="Appointed", paper="printed", limit=40)
    assert done["clipped"] == []
    assert len(stage.tickets.sheets) == sheets + 1
    with Image.open(stage.tickets.sheets[-1].path) as paper:
        (found,) = zxingcpp.read_barcodes(paper.convert("L"), zxingcpp.BarcodeFormat.QRCode)
    kiosk.tap("done")
    kiosk.wait(screen="Home")
    kiosk.scan(found.text)
    again = kiosk.wait(screen="Arrived")
    assert any("预约不是今天" in text for text in again["texts"])
    kiosk.home()


def alarm(stage: Stage) -> str | None:
    token = stage.hall.sign_in("manager")
    devices = stage.hall.ask("GET", "/halls/main/devices", token=token)
    found: str | None = next(one["alarm"] for one in devices if one["name"] == "kiosk-1")
    return found
