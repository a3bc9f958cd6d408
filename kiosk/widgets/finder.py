"""The viewfinder: what the camera sees now, as in a mirror, and a sentence on how to hold the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle, StencilPop, StencilPush, StencilUnUse, StencilUse
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.ports import Finder

from .area import Area
from .shapes import Colour

PICTURES = 1 / 12
"""Seconds between two pictures: a hand that moves a phone sees itself follow."""
ACROSS = 480
"""The most px of a picture's side that are shown: more cost time and show no more."""
DARK = 45.0
"""Mean brightness, of 255, under which a code can hardly be read."""


class Viewfinder(Widget):
    """Shows ``finder`` in ``area`` while it is on the screen; ``hint`` hears what could be done better."""

    def __init__(
        self, area: Area, finder: Finder, *, ground: Colour, marks: Colour, hint: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.size_hint = (None, None)
        self.pos = (area.x, area.y)
        self.size = (area.width, area.height)
        self._finder = finder
        self._hint = hint
        self._texture: Texture | None = None
        with self.canvas:
            Color(*ground)
            Rectangle(pos=self.pos, size=self.size)
            StencilPush()
            Rectangle(pos=self.pos, size=self.size)
            StencilUse()
            self._light = Color(1, 1, 1, 0)
            self._picture = Rectangle(pos=self.pos, size=self.size)
            StencilUnUse()
            Rectangle(pos=self.pos, size=self.size)
            StencilPop()
            Color(*marks)
            self._marks(area)
        self.look(0)
        self._beat = Clock.schedule_interval(self.look, PICTURES)

    def look(self, _dt: float) -> bool:
        """Show the newest picture; False, so that the clock forgets it, once it is off the screen."""
        if _dt and self.parent is None:
            return False
        seen = self._finder()
        if seen is None:
            self._light.a = 0
            self._hint("waiting")
            return True
        step = max(1, max(seen.frame.shape[:2]) // ACROSS)
        small = seen.frame[::step, ::step]
        self._show(small)
        self._hint("dark" if float(small[::4, ::4].mean()) < DARK else "closer" if seen.unread else "")
        return True

    def _show(self, frame: Any) -> None:
        """``frame``: grey, or blue, green, red; the upper row first."""
        high, wide = frame.shape[:2]
        if self._texture is None or self._texture.size != (wide, high):
            self._texture = Texture.create(size=(wide, high), colorfmt="rgb")
            # As in a mirror, and the right way up: the frame's first row is the upper one.
            self._picture.texture = self._texture
            self._picture.tex_coords = (1, 1, 0, 1, 0, 0, 1, 0)
            scale = max(self.width / wide, self.height / high)
            self._picture.size = (wide * scale, high * scale)
            self._picture.pos = (
                self.x + (self.width - wide * scale) / 2,
                self.y + (self.height - high * scale) / 2,
            )
        rgb = frame[:, :, None].repeat(3, axis=2) if frame.ndim == 2 else frame[:, :, 2::-1]
        self._texture.blit_buffer(rgb.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        self._light.a = 1

    def _marks(self, area: Area) -> None:
        """Four corners: where to hold the code."""
        side = min(area.width, area.height) * 0.72
        box = area.middle(side, side)
        leg, thick = side * 0.18, max(2.0, side * 0.016)
        for x, y, dx, dy in (
            (box.x, box.y, 1, 1),
            (box.right_edge, box.y, -1, 1),
            (box.x, box.top_edge, 1, -1),
            (box.right_edge, box.top_edge, -1, -1),
        ):
            Line(points=[x + dx * leg, y, x, y, x, y + dy * leg], width=thick, cap="square", joint="miter")
