"""TSPL2 bytes → commands: strict, and only what a label of pictures needs.

SIZE, GAP, DIRECTION, REFERENCE, CLS, BITMAP (mode 0), PRINT, and <ESC>!? wherever it stands, within the
dots of a picture too. Never raises for what it is fed: anything else becomes ``Malformed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image

from . import commands as c

LARGEST = 1 << 20
"""Bytes of one picture."""
LONGEST = 200
"""Bytes of one line."""
MOST_MM = 500
MOST_COPIES = 100
DOTS_PER_MM = 8

_QUESTION = b"\x1b!?"
_BITMAP = re.compile(rb"BITMAP (\d{1,4}),(\d{1,4}),(\d{1,3}),(\d{1,4}),0,")
_SIZE = re.compile(r"SIZE (\d{1,3}) mm,(\d{1,3}) mm")
_PRINT = re.compile(r"PRINT (\d{1,3}),(\d{1,3})")
_SETTING = re.compile(r"GAP \d{1,2} mm,\d{1,2} mm|DIRECTION [01]|REFERENCE 0,0")


class TsplParser:
    """Feeds on portions of bytes and gives the commands that have come whole; it holds the drawing."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._size = (0, 0)
        self._canvas: Image.Image | None = None

    @property
    def unfinished(self) -> bool:
        """Whether a command has begun and not ended, or a drawing is not printed."""
        return bool(self._held) or self._canvas is not None

    def feed(self, data: bytes) -> Iterator[c.Command]:
        """The commands that ``data`` completes, in order. Take them all before feeding again."""
        self._held += data
        while self._held:
            before = len(self._held)
            yield from self._one()
            if len(self._held) == before:
                return

    def _one(self) -> Iterator[c.Command]:
        """The first command in what is held; takes nothing while that is not whole."""
        held = self._held
        if held.startswith(b"\x1b"):
            if held.startswith(_QUESTION):
                del held[:3]
                yield c.AskStatus(0)
            elif not _QUESTION.startswith(bytes(held[:3])):
                wrong = bytes(held[:3])
                del held[:3]
                yield c.Malformed(f"unknown immediate command {wrong.hex(' ')}")
        elif bitmap := _BITMAP.match(held):
            x, y, row, rows = (int(part) for part in bitmap.groups())
            start, end = bitmap.end(), bitmap.end() + row * rows
            if row * rows > LARGEST:
                del held[:start]
                yield c.Malformed(f"BITMAP of {row} bytes by {rows} rows")
            elif len(held) >= end + 2:
                picture, after = bytes(held[start:end]), bytes(held[end : end + 2])
                del held[: end + 2]
                yield from (c.AskStatus(0) for _ in range(picture.count(_QUESTION)))
                if after != b"\r\n":
                    yield c.Malformed("BITMAP whose data is longer than it tells")
                else:
                    yield from self._draw(x, y, row, rows, picture)
        elif (end := held.find(b"\r\n")) >= 0 or len(held) > LONGEST:
            line = bytes(held[:end] if 0 <= end <= LONGEST else held[:LONGEST])
            del held[: len(line) + 2 if len(line) == end else len(line)]
            yield from self._line(line.decode("ascii", "replace"))

    def _line(self, line: str) -> Iterator[c.Command]:
        if size := _SIZE.fullmatch(line):
            self._size = (int(size[1]) * DOTS_PER_MM, int(size[2]) * DOTS_PER_MM)
            if not all(0 < side <= MOST_MM * DOTS_PER_MM for side in self._size):
                self._size = (0, 0)
                yield c.Malformed(line)
        elif line == "CLS" and all(self._size):
            self._canvas = Image.new("1", self._size, 255)
        elif copies := _PRINT.fullmatch(line):
            yield self._printed(int(copies[1]) * int(copies[2]))
        elif not _SETTING.fullmatch(line):
            yield c.Malformed(f"not understood here: {line[:40]!r}")

    def _draw(self, x: int, y: int, row: int, rows: int, data: bytes) -> Iterator[c.Command]:
        canvas = self._canvas
        if canvas is None or not data or x + row * 8 > canvas.width or y + rows > canvas.height:
            yield c.Malformed(f"BITMAP of {row} bytes by {rows} rows at {x},{y} has no place")
            return
        # Mode 0 writes over what was there; a clear bit is black.
        canvas.paste(Image.frombytes("1", (row * 8, rows), data), (x, y))

    def _printed(self, copies: int) -> c.Command:
        canvas, self._canvas = self._canvas, None
        if canvas is None or not 0 < copies <= MOST_COPIES:
            return c.Malformed(f"PRINT of {copies} labels, or without a drawing")
        return c.Label(canvas.width, canvas.height, canvas.tobytes(), copies)
