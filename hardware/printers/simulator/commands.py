"""What the simulated printers can be told: the closed set, of ESC/POS and of labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Initialise:
    """ESC @"""


@dataclass(frozen=True, slots=True)
class Text:
    """A run of printable bytes: ASCII and GB18030."""

    data: bytes


@dataclass(frozen=True, slots=True)
class LineFeed:
    """LF"""


@dataclass(frozen=True, slots=True)
class Feed:
    """ESC J n: rows of dots."""

    rows: int


@dataclass(frozen=True, slots=True)
class FeedLines:
    """ESC d n"""

    lines: int


@dataclass(frozen=True, slots=True)
class LineSpacing:
    """ESC 2 and ESC 3 n: rows of dots a line."""

    rows: int


@dataclass(frozen=True, slots=True)
class Aligned:
    """ESC a n"""

    align: Align


@dataclass(frozen=True, slots=True)
class Bold:
    """ESC E n"""

    on: bool


@dataclass(frozen=True, slots=True)
class Size:
    """GS ! n: times wider and higher, 1 to 8."""

    wide: int
    high: int


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0: a set bit is a black dot; each row is ``row_bytes`` long."""

    row_bytes: int
    rows: int
    data: bytes
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class QrSet:
    """GS ( k, functions 167 and 169: the dots a module, the level of correction."""

    what: Literal["module", "level"]
    value: int


@dataclass(frozen=True, slots=True)
class QrStore:
    """GS ( k, function 180"""

    data: bytes


@dataclass(frozen=True, slots=True)
class QrPrint:
    """GS ( k, function 181"""


@dataclass(frozen=True, slots=True)
class BarSet:
    """GS h, GS w, GS H: height and module width in dots, where the text stands (0-3)."""

    what: Literal["height", "module", "text"]
    value: int


@dataclass(frozen=True, slots=True)
class Code128:
    """GS k 73 n: the payload with its code set marks already taken out."""

    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """GS V"""

    full: bool
    feed: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """One label, composed, so many times: ``data`` is packed rows in which a set bit is white."""

    width: int
    rows: int
    data: bytes
    copies: int = 1


@dataclass(frozen=True, slots=True)
class AskStatus:
    """DLE EOT n, n from 1 to 4; for a label language its one question, n = 0."""

    n: int


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """GS a n: which changes are told unasked; 0 for none."""

    mask: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """A command that is understood and changes nothing on paper (drawer pulse, Chinese mode, code page …)."""

    name: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no command, or a command with impossible parameters."""

    why: str


Command = (
    Initialise
    | Text
    | LineFeed
    | Feed
    | FeedLines
    | LineSpacing
    | Aligned
    | Bold
    | Size
    | Raster
    | QrSet
    | QrStore
    | QrPrint
    | BarSet
    | Code128
    | Cut
    | Label
    | AskStatus
    | AutoStatus
    | Nothing
    | Malformed
)
