"""TSPL2: a label as one ``BITMAP``, and the immediate status ``<ESC>!?``.

SIZE w mm,h mm · GAP g mm,0 mm · DIRECTION 0 · REFERENCE 0,0 · CLS · BITMAP x,y,bytes,rows,0,data · PRINT 1,1

In a BITMAP a *clear* bit is a black dot. Immediate commands (``<ESC>!`` and a sign: ask, reset, feed …) are
obeyed wherever they stand in the stream, so a picture whose dots look like the start of one is sent in parts
that never have ESC and ``!`` side by side. By the TSPL2 programming manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base import PrinterStatus, Sheet
from .language import Answer, Stock

_IMMEDIATE = b"\x1b!"
_MESSAGE = re.compile(rb"\{[^{}]*(?:\}|$)")
"""What a printer set to report each label sends unasked."""

_CAUSES: tuple[tuple[int, PrinterStatus], ...] = (
    (0x01, PrinterStatus("cover_open", "the head is open")),
    (0x04, PrinterStatus("out_of_paper", "the roll is at its end")),
    (0x02, PrinterStatus("error", "the labels are jammed")),
    (0x08, PrinterStatus("error", "the ribbon is at its end")),
    (0x80, PrinterStatus("error", "an error that the printer does not name")),
    (0x10, PrinterStatus("error", "the printer is paused")),
)
"""Bits of the answer; the cause that a person must clear first comes first."""
_PRINTING = 0x20
_NEVER = 0x40


class Tspl:
    question = b"\x1b!?"

    def encode(self, sheet: Sheet, stock: Stock) -> bytes:
        head = (
            f"SIZE {stock.width} mm,{stock.height} mm\r\nGAP {stock.gap} mm,0 mm\r\n"
            "DIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n"
        )
        return b"".join((head.encode(), *bitmaps(sheet), b"PRINT 1,1\r\n"))

    def answer(self, heard: bytes) -> Answer | None:
        for byte in _MESSAGE.sub(b"", heard):
            if not byte & _NEVER:
                status = next((status for bit, status in _CAUSES if byte & bit), PrinterStatus("ready"))
                return Answer(status, 1 if byte & _PRINTING else 0)
        return None


def bitmaps(sheet: Sheet) -> Iterator[bytes]:
    """``sheet`` as BITMAP commands: one, or as many as keep ESC and ``!`` apart."""
    row = sheet.width // 8
    # Pillow packs white as a set bit, as the language wants it.
    data = sheet.image.tobytes()
    top = 0
    while (at := data.find(_IMMEDIATE, top * row)) >= 0:
        above, column = divmod(at, row)
        if column == row - 1:
            yield _bitmap(0, top, row, data[top * row : (above + 1) * row])
        else:
            if above > top:
                yield _bitmap(0, top, row, data[top * row : above * row])
            yield from _parted(above, data[above * row : (above + 1) * row])
        top = above + 1
    if top < sheet.height:
        yield _bitmap(0, top, row, data[top * row :])


def _parted(y: int, data: bytes) -> Iterator[bytes]:
    """One row, parted after each ESC that stands before a ``!``."""
    left = 0
    while (at := data.find(_IMMEDIATE, left)) >= 0:
        yield _bitmap(left, y, at + 1 - left, data[left : at + 1])
        left = at + 1
    yield _bitmap(left, y, len(data) - left, data[left:])


def _bitmap(column: int, y: int, row: int, data: bytes) -> bytes:
    return f"BITMAP {column * 8},{y},{row},{len(data) // row},0,".encode() + data + b"\r\n"
