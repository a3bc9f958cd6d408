"""ESC/POS bytes → commands: a strict state machine that takes bytes in any portions.

It never raises for what it is fed: bytes that are no command become ``Malformed``. It holds at most one
unfinished command, at most LARGEST bytes long; a longer one is refused and passed over uncollected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import commands as c

LARGEST = 1 << 20
"""Bytes of one command's data."""

MOST_ROWS = 4095
"""Rows of one raster: what real printers take."""

_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]+")
_ASKED = re.compile(rb"\x10\x04[\x01-\x04]")
_ALIGN: dict[int, c.Align] = {0: "left", 48: "left", 1: "centre", 49: "centre", 2: "right", 50: "right"}
_LEVELS = {48: 1, 49: 2, 50: 3, 51: 4}


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A command with a fixed number of parameter bytes."""

    parameters: int
    make: Callable[[bytes], c.Command]


def _size(p: bytes) -> c.Command:
    return c.Size(wide=(p[0] >> 4 & 7) + 1, high=(p[0] & 7) + 1)


def _mode(p: bytes) -> c.Command:
    """ESC ! n, of which only the doubling of width and height is drawn."""
    return c.Size(wide=2 if p[0] & 0x20 else 1, high=2 if p[0] & 0x10 else 1)


def _align(p: bytes) -> c.Command:
    align = _ALIGN.get(p[0])
    return c.Aligned(align) if align else c.Malformed(f"ESC a {p[0]}")


def _ask(p: bytes) -> c.Command:
    return c.AskStatus(p[0]) if 1 <= p[0] <= 4 else c.Malformed(f"DLE EOT {p[0]}")


def _bar(what: str) -> Callable[[bytes], c.Command]:
    def make(p: bytes) -> c.Command:
        if what == "height" and p[0]:
            return c.BarSet("height", p[0])
        if what == "module" and 2 <= p[0] <= 6:
            return c.BarSet("module", p[0])
        if what == "text" and p[0] % 48 <= 3:
            return c.BarSet("text", p[0] % 48)
        return c.Malformed(f"bar code {what} {p[0]}")

    return make


def _nothing(name: str) -> Callable[[bytes], c.Command]:
    return lambda _: c.Nothing(name)


_FIXED: dict[bytes, _Fixed] = {
    b"\n": _Fixed(0, lambda _: c.LineFeed()),
    b"\r": _Fixed(0, _nothing("CR")),
    b"\x10\x04": _Fixed(1, _ask),
    b"\x10\x05": _Fixed(1, _nothing("DLE ENQ")),
    b"\x1b@": _Fixed(0, lambda _: c.Initialise()),
    b"\x1bJ": _Fixed(1, lambda p: c.Feed(p[0])),
    b"\x1bd": _Fixed(1, lambda p: c.FeedLines(p[0])),
    b"\x1b2": _Fixed(0, lambda _: c.LineSpacing(30)),
    b"\x1b3": _Fixed(1, lambda p: c.LineSpacing(p[0])),
    b"\x1ba": _Fixed(1, _align),
    b"\x1bE": _Fixed(1, lambda p: c.Bold(bool(p[0] & 1))),
    b"\x1bG": _Fixed(1, lambda p: c.Bold(bool(p[0] & 1))),
    b"\x1b!": _Fixed(1, _mode),
    b"\x1b-": _Fixed(1, _nothing("ESC -")),
    b"\x1bM": _Fixed(1, _nothing("ESC M")),
    b"\x1bR": _Fixed(1, _nothing("ESC R")),
    b"\x1bt": _Fixed(1, _nothing("ESC t")),
    b"\x1bp": _Fixed(3, _nothing("ESC p")),
    b"\x1c&": _Fixed(0, _nothing("FS &")),
    b"\x1c.": _Fixed(0, _nothing("FS .")),
    b"\x1cC": _Fixed(1, _nothing("FS C")),
    b"\x1d!": _Fixed(1, _size),
    b"\x1da": _Fixed(1, lambda p: c.AutoStatus(p[0])),
    b"\x1dh": _Fixed(1, _bar("height")),
    b"\x1dw": _Fixed(1, _bar("module")),
    b"\x1dH": _Fixed(1, _bar("text")),
    b"\x1df": _Fixed(1, _nothing("GS f")),
}

_Parsed = tuple[c.Command, int]
"""A command, and how many bytes it took."""


def _cut(data: memoryview) -> _Parsed | None:
    """GS V m, or GS V m n."""
    if len(data) < 3:
        return None
    m = data[2]
    if m in (0, 48, 1, 49):
        return c.Cut(full=m in (0, 48)), 3
    if m in (65, 66):
        return (c.Cut(full=m == 65, feed=data[3]), 4) if len(data) >= 4 else None
    return c.Malformed(f"GS V {m}"), 3


def _raster(data: memoryview) -> _Parsed | None:
    """GS v 0 m xL xH yL yH data."""
    if len(data) >= 3 and data[2] != 48:
        return c.Malformed(f"GS v {data[2]}"), 3
    if len(data) < 8:
        return None
    m, row, rows = data[3], data[4] | data[5] << 8, data[6] | data[7] << 8
    if m % 48 > 3 or not row or not rows:
        return c.Malformed(f"GS v 0 with m={m}, {row} bytes by {rows} rows"), 8
    end = 8 + row * rows
    if row * rows > LARGEST or rows > MOST_ROWS:
        return c.Malformed(f"GS v 0 of {row} bytes by {rows} rows"), end
    if len(data) < end:
        return None
    m %= 48
    return c.Raster(row, rows, bytes(data[8:end]), wide=1 + (m & 1), high=1 + (m >> 1)), end


def _symbol(data: memoryview) -> _Parsed | None:
    """GS ( k pL pH cn fn …: QR Code is cn 49."""
    if len(data) >= 3 and data[2] != 0x6B:
        return c.Malformed(f"GS ( {data[2]}"), 3
    if len(data) < 5:
        return None
    end = 5 + (data[3] | data[4] << 8)
    if len(data) < end:
        return None
    body = bytes(data[5:end])
    if len(body) < 3 or body[0] != 49:
        return c.Malformed(f"GS ( k with {body[:2].hex(' ')}"), end
    function, rest = body[1], body[2:]
    match function:
        case 65:
            return c.Nothing("QR model"), end
        case 67 if 1 <= rest[0] <= 16:
            return c.QrSet("module", rest[0]), end
        case 69 if rest[0] in _LEVELS:
            return c.QrSet("level", _LEVELS[rest[0]]), end
        case 80 if len(rest) > 1 and rest[0] == 48:
            return c.QrStore(rest[1:]), end
        case 81 if rest[0] == 48:
            return c.QrPrint(), end
        case _:
            return c.Malformed(f"GS ( k function {function} with {rest[:1].hex()}"), end


def _bar_code(data: memoryview) -> _Parsed | None:
    """GS k 73 n data: Code 128 with its {A {B {C marks."""
    if len(data) >= 3 and data[2] != 73:
        return c.Malformed(f"GS k {data[2]}"), 3
    if len(data) < 4 or len(data) < 4 + data[3]:
        return None
    end = 4 + data[3]
    return _code128(bytes(data[4:end])), end


def _code128(payload: bytes) -> c.Command:
    text, code_set, i = "", "", 0
    while i < len(payload):
        pair = payload[i : i + 2]
        if pair in (b"{A", b"{B", b"{C"):
            code_set = pair[1:].decode()
            i += 2
        elif not code_set or (payload[i] == 0x7B and pair != b"{{"):
            return c.Malformed("Code 128 data without a code set, or with an unknown mark")
        elif code_set == "C":
            if payload[i] > 99:
                return c.Malformed("Code 128 pair above 99")
            text += f"{payload[i]:02d}"
            i += 1
        elif payload[i] > 127:
            return c.Malformed("Code 128 data that is not ASCII")
        else:
            text += chr(payload[i])
            i += 2 if pair == b"{{" else 1
    return c.Code128(text) if text else c.Malformed("Code 128 without data")


_VARIABLE: dict[bytes, Callable[[memoryview], _Parsed | None]] = {
    b"\x1dV": _cut,
    b"\x1dv": _raster,
    b"\x1d(": _symbol,
    b"\x1dk": _bar_code,
}

_LEADS = frozenset(key[0] for key in (*_FIXED, *_VARIABLE) if len(key) == 2)


def parse_one(data: memoryview) -> _Parsed | None:
    """The first command in ``data`` and its length, which may reach beyond ``data`` for a refused one.

    None when the command has not come whole yet. ``data`` is not empty.
    """
    text = _TEXT.match(data)
    if text:
        return c.Text(text[0]), text.end()
    lead = data[0]
    if lead in _LEADS and len(data) < 2:
        return None
    name = bytes(data[:2]) if lead in _LEADS else bytes(data[:1])
    if fixed := _FIXED.get(name):
        end = len(name) + fixed.parameters
        return (fixed.make(bytes(data[len(name) : end])), end) if len(data) >= end else None
    if variable := _VARIABLE.get(name):
        return variable(data)
    return c.Malformed(f"unknown command {name.hex(' ')}"), len(name)


class Parser:
    """Feeds on portions of bytes and gives the commands that have come whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._pass_over = 0

    @property
    def unfinished(self) -> bool:
        """Whether a command has begun and not ended."""
        return bool(self._held) or self._pass_over > 0

    def feed(self, data: bytes) -> Iterator[c.Command]:
        """The commands that ``data`` completes, in order. Take them all before feeding again."""
        passed = min(self._pass_over, len(data))
        self._pass_over -= passed
        self._held += data[passed:]
        while self._held:
            with memoryview(self._held) as view:
                parsed = parse_one(view)
            if parsed is None:
                return
            command, end = parsed
            self._pass_over = max(0, end - len(self._held))
            del self._held[:end]
            if isinstance(command, c.Raster):
                # A real printer obeys real-time requests even where they are meant as dots.
                for asked in _ASKED.finditer(command.data):
                    yield c.AskStatus(asked[0][2])
            yield command
