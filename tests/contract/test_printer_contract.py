"""What every printer driver promises, seen at the paper of a simulated printer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image, ImageChops, ImageDraw

from hardware.printers.base import (
    DOTS,
    BadConfiguration,
    CoverOpen,
    NotSent,
    OutOfPaper,
    PrinterFault,
    Sheet,
    Width,
)
from hardware.printers.simulator.paper import Cutting
from tests.contract.printer_rigs import RIGS, Rig

WIDTHS: tuple[Width, ...] = (58, 80)


@pytest.fixture(params=RIGS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=WIDTHS, ids=["58mm", "80mm"])
def width_mm(request: pytest.FixtureRequest) -> Width:
    width: Width = request.param
    return width


@pytest.fixture
def rig(kind: str, width_mm: Width, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[kind](tmp_path, width_mm) as made:
        yield made


def drawn(dots: int, height: int = 300, mark: int = 0) -> Sheet:
    image = Image.new("1", (dots, height), 1)
    draw = ImageDraw.Draw(image)
    draw.ellipse((0, 0, dots - 1, height - 1), outline=0, width=5)
    draw.rectangle((20 + 30 * mark, 20, 40 + 30 * mark, 60), fill=0)
    return Sheet(image, job=f"A{mark:03}", title="")


def assert_shows(cutting: Cutting, sheet: Sheet) -> None:
    assert cutting.problems == ()
    assert cutting.image.width == sheet.width
    printed = cutting.image.crop((0, 0, sheet.width, sheet.height))
    assert printed.tobytes() == sheet.image.tobytes()


def test_a_sheet_comes_out_dot_by_dot(rig: Rig) -> None:
    sheet = drawn(rig.printer.width)
    rig.printer.print(sheet)
    (cutting,) = rig.sheets(1)
    assert_shows(cutting, sheet)


def test_sheets_come_out_apart_and_in_order(rig: Rig) -> None:
    sheets = [drawn(rig.printer.width, mark=mark) for mark in range(3)]
    for sheet in sheets:
        rig.printer.print(sheet)
    for cutting, sheet in zip(rig.sheets(3), sheets, strict=True):
        assert_shows(cutting, sheet)


def test_dots_that_look_like_questions_harm_nothing(rig: Rig) -> None:
    black = b"\x10\x04\x01\x10\x04\x04" * (rig.printer.width // 48) * 40
    image = ImageChops.invert(Image.frombytes("1", (rig.printer.width, 40), black).convert("L")).convert("1")
    sheet = Sheet(image, job="A001", title="")
    rig.printer.print(sheet)
    (cutting,) = rig.sheets(1)
    assert_shows(cutting, sheet)
    assert rig.printer.status().state == "ready"


def test_dots_that_look_like_immediate_commands_harm_nothing(rig: Rig) -> None:
    row = rig.printer.width // 8
    # Within a row, at its edges, from row to row, and one after another.
    data = bytearray(b"\xff" * row * 12)
    for at in (0, 7, 2 * row - 2, 4 * row - 1, 6 * row - 1, 7 * row - 1, 9 * row, 9 * row + 3, 12 * row - 3):
        data[at : at + 3] = b"\x1b!R"[: len(data) - at]
    for at in (10 * row, 10 * row + 2, 10 * row + 5):
        data[at : at + 3] = b"\x1b!?"
    sheet = Sheet(Image.frombytes("1", (rig.printer.width, 12), bytes(data)), job="A001", title="")
    rig.printer.print(sheet)
    (cutting,) = rig.sheets(1)
    assert_shows(cutting, sheet)


def test_a_sheet_of_another_width_is_refused_and_nothing_comes_out(rig: Rig) -> None:
    other = next(dots for dots in DOTS.values() if dots != rig.printer.width)
    with pytest.raises(BadConfiguration):
        rig.printer.print(drawn(other))
    rig.printer.print(drawn(rig.printer.width))
    assert len(rig.sheets(1)) == 1


def test_a_well_printer_says_it_is_ready(rig: Rig) -> None:
    assert rig.printer.status().state == "ready"


def test_closing_twice_is_harmless(rig: Rig) -> None:
    rig.printer.close()
    rig.printer.close()


Condition = Literal["out_of_paper", "cover_open", "cutter_jammed"]


@pytest.mark.parametrize(
    ("fault", "state", "error"),
    [
        ("out_of_paper", "out_of_paper", OutOfPaper),
        ("cover_open", "cover_open", CoverOpen),
        ("cutter_jammed", "error", PrinterFault),
    ],
)
def test_a_printer_that_answers_refuses_by_its_cause_and_prints_after_the_remedy(
    rig: Rig, fault: Condition, state: str, error: type[NotSent]
) -> None:
    if rig.device is None:
        assert rig.printer.status().detail == "this connection brings no status back"
        return
    rig.device.fault(fault)
    assert rig.printer.status().state == state
    with pytest.raises(error):
        rig.printer.print(drawn(rig.printer.width, mark=1))
    rig.device.fault(fault, on=False)
    assert rig.printer.status().state == "ready"
    remedied = drawn(rig.printer.width, mark=2)
    rig.printer.print(remedied)
    (cutting,) = rig.sheets(1)
    assert_shows(cutting, remedied)


def test_low_paper_is_told_and_still_prints(rig: Rig) -> None:
    if rig.device is not None:
        rig.device.fault("paper_low")
        assert rig.printer.status().state == ("paper_low" if rig.tells_low_paper else "ready")
    rig.printer.print(drawn(rig.printer.width))
    assert len(rig.sheets(1)) == 1


def test_status_that_nobody_asked_for_is_not_taken_for_an_answer(rig: Rig) -> None:
    if rig.device is not None:
        rig.device.fault("chatter")
    assert rig.printer.status().state == "ready"
    rig.printer.print(drawn(rig.printer.width))
    assert len(rig.sheets(1)) == 1


def test_a_real_ticket_comes_out_and_its_code_can_be_read(rig: Rig, width_mm: Width) -> None:
    import zxingcpp

    from kiosk.printouts import device_test_sheet

    sheet = device_test_sheet(
        hall="大厅", device="kiosk-1", width_mm=width_mm, printed_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    rig.printer.print(sheet)
    (cutting,) = rig.sheets(1)
    assert [code.text for code in zxingcpp.read_barcodes(cutting.image.convert("L"))] == ["LIQU-PRINTER-TEST"]
