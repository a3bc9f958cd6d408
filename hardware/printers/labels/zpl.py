"""ZPL II: a label as one compressed graphic, and the host status ``~HS``.

^XA ^PW width ^LL length ^LH0,0 ^FO0,0 ^GFA,bytes,bytes,row,:Z64:data:crc ^FS ^PQ1 ^XZ

Z64 is zlib, then base64, then the CRC-16 (polynomial 1021 hex, from 0) of the base64 text as four hex
digits; a set bit is a black dot. By the ZPL II programming guide.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import crc_hqx
from zlib import compress

from ..base import PrinterStatus, Sheet
from .language import Answer, Stock

_INVERTED = bytes(255 - byte for byte in range(256))
_FRAMES = re.compile(rb"\x02([0-9A-Z,]*)\x03")
_FIELDS = (12, 11, 2)
"""Fields of the three lines of a host status."""


class Zpl:
    question = b"~HS"

    def encode(self, sheet: Sheet, stock: Stock) -> bytes:
        width, length = stock.dots
        graphic = z64(sheet.image.tobytes().translate(_INVERTED))
        row = sheet.width // 8
        size = row * sheet.height
        return (
            f"^XA^PW{width}^LL{length}^LH0,0^FO0,0^GFA,{size},{size},{row},".encode()
            + graphic
            + b"^FS^PQ1^XZ\n"
        )

    def answer(self, heard: bytes) -> Answer | None:
        frames = [frame.split(b",") for frame in _FRAMES.findall(heard)]
        for at in range(len(frames) - 2):
            if tuple(len(frame) for frame in frames[at : at + 3]) == _FIELDS:
                return _judge(frames[at], frames[at + 1])
        return None


def z64(data: bytes) -> bytes:
    """``data`` as ``:Z64:base64:crc``."""
    # The highest level: a label is small, and many of these printers sit behind a slow line.
    text = b64encode(compress(data, 9))
    return b":Z64:" + text + b":%04X" % crc_hqx(text, 0)


def _judge(first: list[bytes], second: list[bytes]) -> Answer:
    """The two lines that matter; the cause that a person must clear first comes first."""
    waiting = _number(first[4]) + _number(second[8])
    if _on(second[2]):
        status = PrinterStatus("cover_open", "the head is open")
    elif _on(first[1]):
        status = PrinterStatus("out_of_paper", "the roll is at its end")
    elif _on(second[3]):
        status = PrinterStatus("error", "the ribbon is at its end")
    elif _on(first[11]):
        status = PrinterStatus("error", "the head is too hot and will print again when it has cooled")
    elif _on(first[10]):
        status = PrinterStatus("error", "the head is too cold")
    elif _on(first[9]):
        status = PrinterStatus("error", "the printer has lost its settings")
    elif _on(first[2]):
        status = PrinterStatus("error", "the printer is paused")
    else:
        status = PrinterStatus("ready")
    return Answer(status, waiting)


def _on(field: bytes) -> bool:
    return field == b"1"


def _number(field: bytes) -> int:
    return int(field) if field.isdigit() else 0
