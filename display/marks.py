"""What a picture is made of: text, filled boxes and icons, as plain values that a renderer can compare.

Every mark has a key; between two pictures only marks whose value changed are drawn anew. Colours are
names of tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .layout import Box

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text of one size (pixels an em) and colour."""

    text: str
    size: float
    colour: str = "board-ink"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One line of spans on one base line, centred in the height of ``box``; shrunk to fit its width."""

    key: str
    box: Box
    spans: tuple[Span, ...]
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that wraps in ``box`` from its top, shrunk until it fits; if that is not enough, cut with "…"."""

    key: str
    box: Box
    span: Span
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Fill:
    key: str
    box: Box
    colour: str
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Icon:
    """A white picture of ``assets/icons``, tinted."""

    key: str
    box: Box
    name: str
    colour: str


Mark = Words | Paragraph | Fill | Icon


@dataclass(frozen=True, slots=True)
class Picture:
    """Marks from back to front over a ground of one colour."""

    ground: str
    marks: tuple[Mark, ...]
