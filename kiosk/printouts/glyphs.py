"""Which characters the fonts can draw, read from their cmap tables; the others print as a boxed sign."""

from __future__ import annotations

import logging
import re
import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

BOXED = "□"
"""Printed where the font has no sign, so that a person sees that one is missing."""

_YUAN = re.compile(r"[¥￥]\s*(\d+(?:\.\d+)?)")
"""Money is printed with 元: ¥ and the yen sign look alike, and printers mangle both."""
_SAME = str.maketrans({"\t": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " "})
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\r")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters of one font, as ranges of code points in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def has(self, character: str) -> bool:
        place = bisect_right(self.starts, ord(character)) - 1
        return place >= 0 and ord(character) <= self.ends[place]


@cache
def coverage(font: Path) -> Coverage:
    """The characters of ``font`` (TrueType or OpenType with a cmap of format 12). Raises ValueError."""
    data = font.read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack_from(">L", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    if b"cmap" not in tables:
        raise ValueError(f"{font.name} has no cmap table")
    start = tables[b"cmap"]
    (count,) = struct.unpack_from(">H", data, start + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">L", data, start + 4 + 8 * number + 4)
        if struct.unpack_from(">H", data, start + offset)[0] == 12:
            return _groups(data, start + offset)
    raise ValueError(f"{font.name} has no cmap of format 12")


def _groups(data: bytes, at: int) -> Coverage:
    (count,) = struct.unpack_from(">L", data, at + 12)
    groups = sorted(struct.iter_unpack(">LLL", data[at + 16 : at + 16 + 12 * count]))
    return Coverage(tuple(group[0] for group in groups), tuple(group[1] for group in groups))


def printable(text: str, font: Path) -> str:
    """``text`` with what ``font`` can't draw as BOXED, and without what nothing can draw.

    Line ends stay. A missing sign is logged, once, by its code point.
    """
    have = coverage(font)
    signs = []
    for sign in _YUAN.sub(r"\1元", text).translate(_SAME):
        if sign in _INVISIBLE or (sign < " " and sign != "\n"):
            continue
        if sign != "\n" and not have.has(sign):
            _tell_once(ord(sign))
            sign = BOXED
        signs.append(sign)
    return "".join(signs)


@cache
def _tell_once(code_point: int) -> None:
    log.warning("the ticket font has no sign for U+%04X; a box is printed", code_point)
