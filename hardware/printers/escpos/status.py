"""The printer's own words about itself: DLE EOT 1-4, asked one by one and told apart from ASB.

A reply to DLE EOT is one byte ``0xx1xx10``. Everything else that may arrive unasked has another form
and is thrown away: the first byte of an automatic status (ASB) is ``0xx1xx00``, its others ``0xx0xxxx``,
XON and XOFF end in ``01`` and ``11``. Bits are those of the Epson ESC/POS reference.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..base import CoverOpen, NotSent, OutOfPaper, PrinterFault, PrinterStatus

QUESTIONS: tuple[bytes, ...] = (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")
"""Printer, causes of being off-line, causes of errors, paper sensors."""


def is_reply(byte: int) -> bool:
    """Whether ``byte`` answers a DLE EOT."""
    return byte & 0x93 == 0x12


@dataclass(frozen=True, slots=True)
class Replies:
    """The four answers, in the order of QUESTIONS."""

    printer: int
    offline: int
    errors: int
    paper: int


def judge(replies: Replies) -> PrinterStatus:
    """What the four answers mean; the cause that a person must clear first comes first."""
    if replies.offline & 0x04:
        return PrinterStatus("cover_open", "the cover is open")
    if replies.paper & 0x60 or replies.offline & 0x20:
        return PrinterStatus("out_of_paper", "the roll is at its end")
    if replies.errors & 0x08:
        return PrinterStatus("error", "the cutter is jammed")
    if replies.errors & 0x20:
        return PrinterStatus("error", "an error that only switching off and on clears")
    if replies.errors & 0x40:
        return PrinterStatus("error", "the head is too hot and will print again when it has cooled")
    if replies.offline & 0x40 or replies.errors & 0x04:
        return PrinterStatus("error", "an error that the printer does not name")
    if replies.offline & 0x08:
        return PrinterStatus("error", "the feed button is pressed")
    if replies.printer & 0x08:
        return PrinterStatus("error", "the printer says it is off-line and not why")
    if replies.paper & 0x0C:
        return PrinterStatus("paper_low", "the roll is near its end")
    return PrinterStatus("ready")


def refusal(status: PrinterStatus) -> NotSent | None:
    """Why nothing may be sent now, or None when the printer can print."""
    if status.can_print:
        return None
    if status.state == "out_of_paper":
        return OutOfPaper(status.detail)
    if status.state == "cover_open":
        return CoverOpen(status.detail)
    return PrinterFault(status.detail)
