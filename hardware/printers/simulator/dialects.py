"""The languages of the simulated printer: how bytes are read, what they leave, how it tells its health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from . import commands as c
from .labels import LabelRoll
from .paper import Cutting, Paper
from .parser import Parser
from .tspl import TsplParser
from .zpl import ZplParser


@dataclass(frozen=True, slots=True)
class Health:
    """What ails the printer, and how many commands it holds until it can print."""

    out_of_paper: bool
    paper_low: bool
    cover_open: bool
    jammed: bool
    waiting: int


class Reads(Protocol):
    @property
    def unfinished(self) -> bool: ...

    def feed(self, data: bytes) -> Iterator[c.Command]: ...


class Strip(Protocol):
    @property
    def touched(self) -> bool: ...

    def obey(self, command: c.Command) -> Iterator[Cutting]: ...

    def mark(self, problem: str) -> None: ...

    def tear(self) -> Cutting | None: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """One language. ``chatter`` is what such a printer may say unasked."""

    parser: Callable[[], Reads]
    paper: Callable[[int], Strip]
    answer: Callable[[int, Health], bytes]
    chatter: bytes


def _escpos(n: int, health: Health) -> bytes:
    """The answer to DLE EOT ``n``, by the Epson ESC/POS reference."""
    out, open_, jammed = health.out_of_paper, health.cover_open, health.jammed
    match n:
        case 1:
            bits = 0x08 if out or open_ or jammed else 0
        case 2:
            bits = (0x04 if open_ else 0) | (0x20 if out else 0) | (0x40 if jammed else 0)
        case 3:
            bits = 0x08 if jammed else 0
        case _:
            bits = (0x0C if health.paper_low or out else 0) | (0x60 if out else 0)
    return bytes([0x12 | bits])


def _zpl(n: int, health: Health) -> bytes:
    """The three lines of ~HS, by the ZPL II programming guide; a jam pauses the printer."""
    paper, paused, head = int(health.out_of_paper), int(health.jammed), int(health.cover_open)
    lines = (
        f"030,{paper},{paused},0240,{min(health.waiting, 999):03d},0,0,0,000,0,0,0",
        f"000,0,{head},0,0,2,4,0,{0:08d},1,000",
        "1234,0",
    )
    return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in lines)


def _tspl(n: int, health: Health) -> bytes:
    """The byte of <ESC>!?, by the TSPL2 programming manual."""
    bits = (
        (health.cover_open, 0x01),
        (health.jammed, 0x02),
        (health.out_of_paper, 0x04),
        (health.waiting > 0, 0x20),
    )
    return bytes([sum(bit for on, bit in bits if on)])


ESCPOS = Dialect(Parser, Paper, _escpos, chatter=b"\x10\x00\x00\x00")
DIALECTS: dict[str, Dialect] = {
    "escpos": ESCPOS,
    "zpl": Dialect(ZplParser, LabelRoll, _zpl, chatter=b"ALERT: 0,1,2\r\n\x02031,0\x03\r\n"),
    "tspl": Dialect(TsplParser, LabelRoll, _tspl, chatter=b"{LIQU0001}"),
}
"""Languages by the names of ``--language``."""
