"""What DLE EOT's answers mean, and which bytes are answers at all."""

from __future__ import annotations

import pytest

from hardware.printers.base import CoverOpen, DeviceError, OutOfPaper, PrinterFault, PrinterStatus
from hardware.printers.escpos.status import Replies, is_reply, judge, refusal

WELL = 0x12


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        (Replies(WELL, WELL, WELL, WELL), "ready"),
        (Replies(WELL, WELL, WELL, WELL | 0x0C), "paper_low"),
        (Replies(WELL | 8, WELL | 0x20, WELL, WELL | 0x6C), "out_of_paper"),
        (Replies(WELL, WELL, WELL, WELL | 0x60), "out_of_paper"),
        (Replies(WELL | 8, WELL | 0x04, WELL, WELL), "cover_open"),
        (Replies(WELL | 8, WELL | 0x40, WELL | 0x08, WELL), "error"),
        (Replies(WELL | 8, WELL, WELL | 0x20, WELL), "error"),
        (Replies(WELL, WELL, WELL | 0x40, WELL), "error"),
        (Replies(WELL | 8, WELL | 0x40, WELL, WELL), "error"),
        (Replies(WELL | 8, WELL | 0x08, WELL, WELL), "error"),
        (Replies(WELL | 8, WELL, WELL, WELL), "error"),
    ],
)
def test_each_answer_has_one_meaning(replies: Replies, state: str) -> None:
    assert judge(replies).state == state


def test_an_open_cover_is_told_before_the_paper_that_it_hides() -> None:
    assert judge(Replies(WELL | 8, WELL | 0x24, WELL, WELL | 0x60)).state == "cover_open"


def test_automatic_status_and_flow_control_are_no_answers() -> None:
    first_of_asb = [byte for byte in range(256) if byte & 0x93 == 0x10]
    rest_of_asb = [byte for byte in range(256) if byte & 0x90 == 0]
    assert not any(is_reply(byte) for byte in (*first_of_asb, *rest_of_asb, 0x11, 0x13))
    assert all(is_reply(WELL | bits) for bits in (0, 4, 8, 0x20, 0x40, 0x6C))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (PrinterStatus("out_of_paper"), OutOfPaper),
        (PrinterStatus("cover_open"), CoverOpen),
        (PrinterStatus("error"), PrinterFault),
    ],
)
def test_a_printer_that_cannot_print_is_refused_by_its_cause(
    status: PrinterStatus, error: type[DeviceError]
) -> None:
    assert type(refusal(status)) is error


@pytest.mark.parametrize("state", ["ready", "paper_low"])
def test_low_paper_still_prints(state: str) -> None:
    assert refusal(PrinterStatus("ready" if state == "ready" else "paper_low")) is None
