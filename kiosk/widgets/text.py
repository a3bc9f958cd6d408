"""Text that fits: measured with the font that draws it, broken by our own rules, shrunk if it must be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from server.protocol.places import FONT_BOLD, FONT_REGULAR

from .area import Area
from .wrap import balance, narrow, wrap


def font(bold: bool) -> str:
    return str(FONT_BOLD if bold else FONT_REGULAR)


@lru_cache(maxsize=32)
def _pen(size: int, bold: bool) -> CoreLabel:
    return CoreLabel(font_name=font(bold), font_size=size)


@lru_cache(maxsize=8192)
def extents(text: str, size: int, bold: bool) -> tuple[int, int]:
    """Width and height of one line, in px."""
    width, height = _pen(size, bold).get_extents(text)
    return int(width), int(height)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text at the size at which it fits. ``whole`` is False when even the least size was too large."""

    lines: tuple[str, ...]
    size: int
    width: int
    height: int
    whole: bool


@lru_cache(maxsize=4096)
def fit(
    text: str, width: int, height: int, size: int, least: int, bold: bool, most_lines: int, even: bool
) -> Fitted:
    """The largest size from ``size`` down to ``least`` at which ``text`` fits into width and height."""
    text = narrow(text)
    now = size
    while True:
        fitted = _at(text, width, height, now, bold, most_lines, even)
        if fitted.whole:
            return fitted
        if now <= least:
            return _cut(fitted, width, height, bold, most_lines)
        now = max(least, now - max(1, now // 24))


def _cut(fitted: Fitted, width: int, height: int, bold: bool, most_lines: int) -> Fitted:
    """What is too long even at the least size ends in "…" rather than running over its neighbours."""
    row = extents("国", fitted.size, bold)[1]
    room = max(1, (height + 2) // row)
    lines = fitted.lines[: min(room, most_lines or room)]
    last = lines[-1]
    while last and extents(last + "…", fitted.size, bold)[0] > width:
        last = last[:-1]
    return Fitted((*lines[:-1], narrow(last + "…")), fitted.size, fitted.width, row * len(lines), False)


def _at(text: str, width: int, height: int, size: int, bold: bool, most_lines: int, even: bool) -> Fitted:
    def measure(piece: str) -> float:
        return extents(piece, size, bold)[0]

    lines = tuple((balance if even else wrap)(text, width, measure))
    row = extents("国", size, bold)[1]
    tall = row * len(lines)
    wide = max(int(measure(line)) for line in lines)
    whole = wide <= width + 1 and tall <= height + 2 and (not most_lines or len(lines) <= most_lines)
    return Fitted(lines, size, wide, tall, whole)


@lru_cache(maxsize=256)
def _drawn(lines: tuple[str, ...], size: int, bold: bool, align: str) -> Texture:
    """White letters on nothing, to be tinted; texts come again and again, so they are kept."""
    label = CoreLabel(
        text="\n".join(lines), font_name=font(bold), font_size=size, halign=align, color=(1, 1, 1, 1)
    )
    label.refresh()
    return label.texture


class Words(Widget):
    """Text in an area. ``whole`` tells whether all of it can be read; ``ink`` is where its letters are."""

    def __init__(
        self,
        area: Area,
        fitted: Fitted,
        *,
        text: str,
        bold: bool,
        colour: list[float],
        align: str,
        valign: str,
    ) -> None:
        super().__init__(
            size_hint=(None, None), size=(area.width, area.height), pos=(round(area.x), round(area.y))
        )
        self.said = text
        self.whole = fitted.whole
        self.fitted = fitted
        self.colour = colour
        self._area = area
        self._look = (bold, align, valign)
        with self.canvas:
            Color(*colour)
            self._drawing = Rectangle()
        self._show(fitted)

    def change(self, text: str) -> None:
        """Show another text in the same place, at the same size."""
        size = self.fitted.size
        bold = self._look[0]
        self.said = text
        self.fitted = fit(text, int(self._area.width), int(self._area.height), size, size, bold, 0, False)
        self._show(self.fitted)

    def _show(self, fitted: Fitted) -> None:
        bold, align, valign = self._look
        area = self._area
        texture = _drawn(fitted.lines, fitted.size, bold, align)
        width, height = texture.size
        # The type sits a little low in its line: lift it to look centred.
        lift = fitted.size * 0.04 if valign == "middle" else 0
        x = {"left": 0.0, "center": (area.width - width) / 2, "right": area.width - width}[align]
        y = {"top": area.height - height, "middle": (area.height - height) / 2 + lift, "bottom": 0.0}[valign]
        self.ink = Area(round(area.x + x), round(area.y + y), width, height)
        self._drawing.texture = texture
        self._drawing.pos = (self.ink.x, self.ink.y)
        self._drawing.size = (width, height)
