"""The ticket on paper: what it says, that its code can be read, that its number dominates."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops

from hardware.printers.base import DOTS, Sheet, Width
from kiosk.printouts import compose_ticket, device_test_sheet
from kiosk.printouts.ticket import wait_words
from server.protocol.views import Text, WaitRange
from tests.unit.kiosk.printouts.ticket_samples import LONG, PRINTED_AT, URL, alone, composed, facts, ticket

GOLDEN = Path(__file__).resolve().parents[3] / "golden" / "tickets"
WIDTHS: tuple[Width, ...] = (58, 80)

CASES: dict[str, tuple[dict[str, Any], bool]] = {
    "chinese": ({}, False),
    "english": ({"language": "en"}, False),
    "reprint": ({}, True),
    "long": (LONG, False),
    "english-reprint": ({"language": "en", **LONG}, True),
    "appointment": ({}, False),
    "appointment-english": ({"language": "en"}, False),
    "left": ({"number": "B004", "service_name": Text(zh="普通受理", en="Drop-off")}, False),
    "alone": ({"number": "A901"}, False),
    "alone-english": ({"number": "A901", "language": "en"}, True),
    "alone-voucher": ({"number": "A902"}, False),
    "alone-voucher-english": ({"number": "A902", "language": "en"}, False),
}
VISITS = {
    "appointment": facts(),
    "appointment-english": facts(),
    "left": facts(left=True, booked=False),
}


def sheet_of(case: str, width_mm: Width) -> Sheet:
    changes, reprint = CASES[case]
    if case.startswith("alone"):
        return composed(alone(booked="voucher" in case, **changes), width_mm, reprint=reprint)
    return composed(ticket(**changes), width_mm, reprint=reprint, visit=VISITS.get(case))


@pytest.mark.parametrize("width_mm", WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_a_ticket_looks_as_it_was_judged_good(case: str, width_mm: Width) -> None:
    """Write the golden pictures anew with LIQU_GOLDEN=write, and look at them."""
    made = sheet_of(case, width_mm).image
    path = GOLDEN / f"{case}-{width_mm}.png"
    if os.environ.get("LIQU_GOLDEN") == "write":
        made.save(path)
    with Image.open(path) as golden:
        assert golden.size == made.size
        different = ImageChops.difference(golden.convert("L"), made.convert("L"))
    # A dot or two may differ where another FreeType rounds an edge.
    assert different.histogram()[255] <= made.width * made.height // 500


@pytest.mark.parametrize("width_mm", WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_the_code_on_every_ticket_opens_its_page(case: str, width_mm: Width) -> None:
    sheet = sheet_of(case, width_mm)
    codes = zxingcpp.read_barcodes(sheet.image.convert("L"))
    assert [(code.text, code.format.name) for code in codes] == [(URL, "QRCode")]


@pytest.mark.parametrize("width_mm", WIDTHS)
def test_a_sheet_is_as_wide_as_the_head_and_names_its_job(width_mm: Width) -> None:
    sheet = composed(ticket(), width_mm)
    assert sheet.width == DOTS[width_mm]
    assert sheet.job == "A016"
    assert sheet.title == "A016 立等受理"


@pytest.mark.parametrize("width_mm", WIDTHS)
@pytest.mark.parametrize("number", ["A001", "G1024"])
def test_the_number_is_the_largest_thing_on_the_paper(width_mm: Width, number: str) -> None:
    sheet = composed(ticket(number=number), width_mm)
    ink = sheet.image.convert("L").point(lambda level: 255 - level)
    rows = [ink.crop((0, row, sheet.width, row + 1)).getbbox() is not None for row in range(sheet.height)]
    runs, run = [], 0
    for inked in [*rows[: sheet.height // 2], False]:
        run = run + 1 if inked else 0
        runs.append(run)
    # Its figures fill the width, so they are at least a fifth of it high.
    assert max(runs) >= sheet.width // 5


def test_a_number_given_without_the_server_promises_no_wait() -> None:
    shorter, longer = (
        composed(alone(booked=False, ahead=ahead, wait=WaitRange(low=0, high=ahead))) for ahead in (0, 40)
    )
    assert ImageChops.difference(shorter.image.convert("L"), longer.image.convert("L")).getbbox() is None


def test_a_reprint_differs_from_the_first_paper_only_by_its_mark() -> None:
    first, second = composed(ticket()), composed(ticket(), reprint=True)
    more = second.height - first.height
    assert more > 20
    beneath = second.image.crop((0, more + 8, second.width, second.height))
    assert beneath.tobytes() == first.image.crop((0, 8, first.width, first.height)).tobytes()
    mark = second.image.crop((0, 8, second.width, 8 + more)).convert("L")
    assert mark.histogram()[0] > mark.width * mark.height // 3


def test_the_hour_of_a_reprint_is_the_halls() -> None:
    same_instant = PRINTED_AT.astimezone(ticket().issued_at.tzinfo)
    in_utc = compose_ticket(ticket(), width_mm=80, printed_at=PRINTED_AT, reprint=True)
    in_zone = compose_ticket(ticket(), width_mm=80, printed_at=same_instant, reprint=True)
    later = compose_ticket(ticket(), width_mm=80, printed_at=PRINTED_AT + timedelta(hours=1), reprint=True)
    assert in_utc.image.tobytes() == in_zone.image.tobytes() != later.image.tobytes()


def test_when_it_was_printed_leaves_no_trace_on_a_first_paper() -> None:
    later = compose_ticket(ticket(), width_mm=80, printed_at=PRINTED_AT + timedelta(days=1))
    assert later.image.tobytes() == composed(ticket()).image.tobytes()


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (0, 0, "马上", "very soon"),
        (0, 5, "5 分钟以内", "within 5 min"),
        (10, 10, "约 10 分钟", "about 10 min"),
        (10, 15, "约 10–15 分钟", "about 10–15 min"),
    ],
)
def test_a_wait_is_said_as_people_say_it(low: int, high: int, zh: str, en: str) -> None:
    assert wait_words(WaitRange(low=low, high=high)) == Text(zh=zh, en=en)


@pytest.mark.parametrize("width_mm", WIDTHS)
@pytest.mark.parametrize(
    "changes",
    [
        {"complaint_phone": ""},
        {"bring": Text(zh="", en=""), "missed_rule": Text(zh="", en="")},
        {"bring": Text(zh="备" * 2000, en="")},
        {"service_name": Text(zh="检定" * 100, en="W" * 400), "language": "en"},
        {"hall_name": Text(zh="缺😀字𠀀", en="")},
        {"bring": Text(zh="一\n二\r\n三\t四\u200b\x07", en="")},
        {"service_name": Text(zh="立等受理", en=""), "language": "en"},
        {"ahead": 99999, "wait": WaitRange(low=100000, high=999999)},
        {"number": "WWWW99999999"},
    ],
)
def test_no_words_from_a_hall_break_a_ticket(changes: dict[str, Any], width_mm: Width) -> None:
    sheet = composed(ticket(**changes), width_mm)
    codes = zxingcpp.read_barcodes(sheet.image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in codes] == [URL]
    side = sheet.image.crop((sheet.width - 8, 0, sheet.width, sheet.height)).convert("L")
    assert side.getextrema() == (255, 255)


@pytest.mark.parametrize("url", ["", "http://大厅/t/1"])
def test_a_code_that_is_not_ascii_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        composed(ticket(url=url))


@pytest.mark.parametrize("width_mm", WIDTHS)
def test_the_trial_sheet_uses_every_dot(width_mm: Width) -> None:
    sheet = device_test_sheet(
        hall="计量检定服务大厅", device="kiosk-1", width_mm=width_mm, printed_at=PRINTED_AT, detail="正常"
    )
    black_rows = [
        row
        for row in range(sheet.height)
        if sheet.image.crop((0, row, sheet.width, row + 1)).convert("L").getextrema() == (0, 0)
    ]
    assert len(black_rows) == 48
    codes = zxingcpp.read_barcodes(sheet.image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in codes] == ["LIQU-PRINTER-TEST"]
