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
    """One line of spans, centred in the height of ``box``; shrunk to fit its width.

    The spans stand on one base line, or with ``level`` have their middles at one height.
    """

    key: str
    box: Box
    spans: tuple[Span, ...]
    align: Align = "left"
    level: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Texts that wrap in ``box`` from its top, one under the other, shrunk until they fit.

    If that is not enough, the last line that fits ends in "…".
    """

    key: str
    box: Box
    spans: tuple[Span, ...]
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
