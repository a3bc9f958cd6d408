"""From any scene of a display to its picture. Pure."""

from __future__ import annotations

from .enrolment import EnrolScene
from .enrolment_paint import paint_enrolment
from .layout import Layout
from .marks import Picture
from .paint import paint
from .panel import PanelScene
from .panel_paint import paint_panel
from .watch import AnyScene


def draw(seen: AnyScene | EnrolScene, place: Layout) -> Picture:
    """The picture of ``seen`` in ``place``."""
    if isinstance(seen, EnrolScene):
        return paint_enrolment(seen, place)
    if isinstance(seen, PanelScene):
        return paint_panel(seen, place)
    return paint(seen, place)
