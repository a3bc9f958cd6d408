"""Where everything stands on a screen of a given size, in pixels from the top left; pure.

All lengths follow the shorter side, so that a number has the same share of it on a wall-wide screen, a
portrait one and a small one. Called numbers are set in at least a ninth of the shorter side.
"""

from __future__ import annotations

from dataclasses import dataclass

from .scene import Room

NINTH = 9


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left top corner and its size."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, dx: float, dy: float = 0.0) -> Box:
        return Box(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)

    def columns(self, *shares: float) -> tuple[Box, ...]:
        """Cut into columns whose widths are as ``shares``."""
        total = sum(shares)
        boxes: list[Box] = []
        x = self.x
        for share in shares:
            width = self.w * share / total
            boxes.append(Box(x, self.y, width, self.h))
            x += width
        return tuple(boxes)

    def lines(self, *heights: float) -> tuple[Box, ...]:
        """Cut from the top into lines of ``heights`` pixels."""
        boxes: list[Box] = []
        y = self.y
        for height in heights:
            boxes.append(Box(self.x, y, self.w, height))
            y += height
        return tuple(boxes)

    def holds(self, other: Box, slack: float = 0.5) -> bool:
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.x + other.w <= self.x + self.w + slack
            and other.y + other.h <= self.y + self.h + slack
        )

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a board. ``u`` is one pixel of a design whose shorter side is 1080."""

    screen: Box
    u: float
    head: Box
    stage: Box
    table: Box
    queues: Box
    foot: Box
    room: Room
    portrait: bool

    @property
    def full(self) -> Box:
        """Everything between head and foot."""
        return Box(
            self.stage.x, self.head.y + self.head.h, self.head.w, self.foot.y - self.head.y - self.head.h
        ).inset(0, 16 * self.u)


def layout(width: int, height: int) -> Layout:
    """The layout for a screen of ``width`` × ``height`` pixels, of at least 320 a side."""
    screen = Box(0, 0, width, height)
    u = min(width, height) / 1080
    edge = 40 * u
    inner = screen.inset(edge)
    if height > width:
        head, rest, foot = _bands(inner, 104 * u, 136 * u)
        gap = 20 * u
        stage = Box(rest.x, rest.y + gap, rest.w, rest.h * 0.275)
        table = Box(rest.x, stage.y + stage.h + gap, rest.w, rest.h * 0.42)
        queues = Box(rest.x, table.y + table.h + gap, rest.w, rest.y + rest.h - table.y - table.h - 2 * gap)
        room = Room(rows=_rows(table, u), services=5, ready=3)
        return Layout(screen, u, head, stage, table, queues, foot, room, True)
    head, rest, foot = _bands(inner, 92 * u, 84 * u)
    gap = 20 * u
    rest = Box(rest.x, rest.y + gap, rest.w, rest.h - 2 * gap)
    split = rest.w * 0.575
    left = Box(rest.x, rest.y, split - 30 * u, rest.h)
    table = Box(rest.x + split + 10 * u, rest.y, rest.w - split - 10 * u, rest.h)
    stage = Box(left.x, left.y, left.w, left.h * 0.515)
    queues = Box(left.x, stage.y + stage.h + gap, left.w, left.h - stage.h - gap)
    return Layout(screen, u, head, stage, table, queues, foot, Room(_rows(table, u), 5, 3), False)


HEADING = 46
"""Height of a table's heading, in ``u``."""


def _rows(table: Box, u: float) -> int:
    """As many rows as leave each number a ninth of the shorter side; eight at most."""
    return max(1, min(8, int((table.h - HEADING * u + 0.5) // (1080 * u / NINTH))))


def _bands(box: Box, head: float, foot: float) -> tuple[Box, Box, Box]:
    return (
        Box(box.x, box.y, box.w, head),
        Box(box.x, box.y + head, box.w, box.h - head - foot),
        Box(box.x, box.y + box.h - foot, box.w, foot),
    )
