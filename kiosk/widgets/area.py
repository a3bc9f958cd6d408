"""Rectangles that cut themselves into parts: how every screen is laid out. Pure.

Kivy's origin is at the lower left; ``top`` and ``bottom`` mean what they say on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

MM_PER_INCH = 25.4
BASE = 1080
"""The shorter side, in px, that all sizes in the tokens are meant for."""


@dataclass(frozen=True, slots=True)
class Area:
    x: float
    y: float
    width: float
    height: float

    @property
    def right_edge(self) -> float:
        return self.x + self.width

    @property
    def top_edge(self) -> float:
        return self.y + self.height

    def inset(self, dx: float, dy: float | None = None) -> Area:
        """This area without a margin of ``dx`` at the sides and ``dy`` (or ``dx``) above and below."""
        dy = dx if dy is None else dy
        return Area(self.x + dx, self.y + dy, max(0.0, self.width - 2 * dx), max(0.0, self.height - 2 * dy))

    def top(self, height: float, gap: float = 0.0) -> tuple[Area, Area]:
        """The upper part of this height, and the rest below a gap."""
        height = min(height, self.height)
        rest = max(0.0, self.height - height - gap)
        return (
            Area(self.x, self.y + self.height - height, self.width, height),
            Area(self.x, self.y, self.width, rest),
        )

    def bottom(self, height: float, gap: float = 0.0) -> tuple[Area, Area]:
        """The lower part of this height, and the rest above a gap."""
        height = min(height, self.height)
        rest = max(0.0, self.height - height - gap)
        return (
            Area(self.x, self.y, self.width, height),
            Area(self.x, self.y + self.height - rest, self.width, rest),
        )

    def left(self, width: float, gap: float = 0.0) -> tuple[Area, Area]:
        """The left part of this width, and the rest beyond a gap."""
        width = min(width, self.width)
        rest = max(0.0, self.width - width - gap)
        return (
            Area(self.x, self.y, width, self.height),
            Area(self.x + self.width - rest, self.y, rest, self.height),
        )

    def right(self, width: float, gap: float = 0.0) -> tuple[Area, Area]:
        """The right part of this width, and the rest before a gap."""
        width = min(width, self.width)
        rest = max(0.0, self.width - width - gap)
        return (
            Area(self.x + self.width - width, self.y, width, self.height),
            Area(self.x, self.y, rest, self.height),
        )

    def rows(self, count: int, gap: float) -> list[Area]:
        """``count`` equal rows, the upper one first."""
        height = (self.height - gap * (count - 1)) / count
        return [
            Area(self.x, self.top_edge - height * (row + 1) - gap * row, self.width, height)
            for row in range(count)
        ]

    def columns(self, count: int, gap: float) -> list[Area]:
        """``count`` equal columns, the left one first."""
        width = (self.width - gap * (count - 1)) / count
        return [Area(self.x + (width + gap) * column, self.y, width, self.height) for column in range(count)]

    def grid(self, columns: int, rows: int, gap: float) -> list[Area]:
        """Cells row by row, the upper left first."""
        return [cell for row in self.rows(rows, gap) for cell in row.columns(columns, gap)]

    def middle(self, width: float, height: float) -> Area:
        """An area of this size (at most this one's) in the middle."""
        width, height = min(width, self.width), min(height, self.height)
        return Area(self.x + (self.width - width) / 2, self.y + (self.height - height) / 2, width, height)


@dataclass(frozen=True, slots=True)
class Metrics:
    """How large things are on this screen: px, from its size in px and its diagonal in inches."""

    width: int
    height: int
    diagonal_inches: float
    large: bool = False

    @property
    def portrait(self) -> bool:
        return self.height >= self.width

    @property
    def unit(self) -> float:
        """One px of the tokens in px of this screen."""
        return min(self.width, self.height) / BASE

    @property
    def text(self) -> float:
        """What a token's text size is multiplied with."""
        return self.unit * (1.3 if self.large else 1.0)

    def mm(self, millimetres: float) -> float:
        """That many millimetres on the glass, in px."""
        return millimetres / MM_PER_INCH * hypot(self.width, self.height) / self.diagonal_inches

    @property
    def target(self) -> float:
        """The least side of anything to touch: 20 mm, and never under 150 of 1080."""
        return max(150 * self.unit, min(self.mm(20), 200 * self.unit))

    @property
    def gap(self) -> float:
        """Between two things to touch: at least 3 mm."""
        return max(24 * self.unit, min(self.mm(3), 40 * self.unit))

    @property
    def margin(self) -> float:
        return 48 * self.unit
