"""The twelve keys of our own: digits, delete and enter."""

from __future__ import annotations

from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Pen


def keypad(pen: Pen, area: Area, *, enter: str) -> None:
    """Digits as on a telephone, delete on the lower left, ``enter`` on the lower right."""
    _ = pen.say
    gap = pen.metrics.gap
    for cell, key in zip(area.grid(3, 4, gap), ("1", "2", "3", "4", "5", "6", "7", "8", "9"), strict=False):
        _digit(pen, cell, key)
    left, middle, right = area.grid(3, 4, gap)[9:]
    pen.button(left, "key:delete", _("删除"), lambda: m.KeyTouched("delete"), icon="delete", size=40)
    _digit(pen, middle, "0")
    pen.button(right, "key:enter", enter, m.EnterTouched, kind="primary", size=48)


def _digit(pen: Pen, area: Area, key: str) -> None:
    pen.button(area, f"key:{key}", key, lambda: m.KeyTouched(key), size=64)
