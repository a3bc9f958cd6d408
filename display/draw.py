"""From any scene of a display to its picture. Pure."""

from __future__ import annotations

from .layout import Layout
from .marks import Picture
from .paint import paint
from .panel import PanelScene
from .panel_paint import paint_panel
from .watch import AnyScene


def draw(seen: AnyScene, place: Layout) -> Picture:
    """The picture of ``seen`` in ``place``."""
    if isinstance(seen, PanelScene):
        return paint_panel(seen, place)
    return paint(seen, place)
