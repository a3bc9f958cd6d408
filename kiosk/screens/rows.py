"""Lists that come in pages: a row with a mark, what it is, how it stands, and what may be touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Kind, Line, Make, Pen, Tone


@dataclass(frozen=True, slots=True)
class Key:
    """Something to touch at a row's end."""

    name: str
    icon: str
    label: str
    make: Make
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    icon: str
    tone: Tone
    lines: tuple[Line, ...]
    keys: tuple[Key, ...] = ()


Foot = Callable[[Area], None]


def listed(
    pen: Pen, area: Area, rows: Sequence[Row], page: int, *, least: float, most: float = 210
) -> tuple[int, int]:
    """As many rows as there is room for; which page that is, and of how many. ``least`` and ``most``: px."""
    gap = pen.px(16)
    low = _least(pen, rows, area.width, least)
    fit = fitting(pen, area, rows, least)
    pages = max(1, ceil(len(rows) / fit))
    now = page % pages
    shown = rows[now * fit :][:fit]
    high = (area.height - gap * (len(shown) - 1)) / max(1, len(shown))
    high = max(min(high, pen.px(most)), min(low, high))
    for row in shown:
        box, area = area.top(high, gap)
        _row(pen, box, row)
    return now, pages


def fitting(pen: Pen, area: Area, rows: Sequence[Row], least: float) -> int:
    """How many rows there is room for."""
    gap = pen.px(16)
    return max(1, int((area.height + gap) // (_least(pen, rows, area.width, least) + gap)))


def _least(pen: Pen, rows: Sequence[Row], width: float, least: float) -> float:
    """The height in which each row can be read whole."""
    low = pen.px(least)
    for row in rows:
        room = width - pen.px(48 + 84 + 24) - _keys_width(pen, row)
        low = max(low, pen.stack_height(row.lines, room, SNUG) + pen.px(24))
        if row.keys:
            low = max(low, pen.metrics.target + pen.px(20))
    return low


SNUG = 0.85
"""How much smaller the texts of a row may become so that more rows find room."""


def _keys_width(pen: Pen, row: Row) -> float:
    if not row.keys:
        return 0.0
    wide = pen.px(200 if pen.metrics.large else 180)
    return wide * len(row.keys) + pen.metrics.gap * (len(row.keys) - 1) + pen.px(20)


def _row(pen: Pen, area: Area, row: Row) -> None:
    pen.card(area)
    inner = area.inset(pen.px(24), pen.px(10))
    side = min(inner.height, pen.px(84))
    badge, text = inner.left(side, pen.px(24))
    pen.badge(badge.middle(side, side), row.icon, row.tone)
    if row.keys:
        keys, text = text.right(_keys_width(pen, row) - pen.px(20), pen.px(20))
        keys = keys.middle(keys.width, max(pen.metrics.target, min(keys.height, pen.px(170))))
        for cell, key in zip(keys.columns(len(row.keys), pen.metrics.gap), row.keys, strict=True):
            pen.button(
                cell, key.name, key.label, key.make, kind=key.kind, icon=key.icon, size=30, stacked=True
            )
    pen.stack(text, row.lines)


def foot(pen: Pen, area: Area, now: int, pages: int, *, back: Make) -> None:
    """Back on the left, and the keys that turn pages where there are some."""
    _ = pen.say
    left, middle, right = area.columns(3, pen.metrics.gap)
    pen.button(left, "back", _("返回"), back, icon="back", size=40)
    if now > 0:
        pen.button(middle, "page:previous", _("上一页"), lambda: m.PageTouched(now - 1), icon="previous")
    if now < pages - 1:
        pen.button(right, "page:next", _("下一页"), lambda: m.PageTouched(now + 1), icon="next")


def foot_height(pen: Pen) -> float:
    return max(pen.metrics.target, pen.px(150))
