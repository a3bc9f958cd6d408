"""Text that fits: measured with the font that draws it, broken by our own rules, shrunk if it must be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kivy.core.text import Label as CoreLabel
from kivy.uix.label import Label

from server.protocol.places import FONT_BOLD, FONT_REGULAR

from .area import Area
from .wrap import balance, wrap

LINE = 1.0
"""Line spacing over the font's own, which is 1.45 em."""


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


@lru_cache(maxsize=2048)
def fit(
    text: str, width: int, height: int, size: int, least: int, bold: bool, most_lines: int, even: bool
) -> Fitted:
    """The largest size from ``size`` down to ``least`` at which ``text`` fits into width and height."""
    now = size
    while True:
        fitted = _at(text, width, height, now, bold, most_lines, even)
        if fitted.whole or now <= least:
            return fitted
        now = max(least, now - max(1, now // 24))


def _at(text: str, width: int, height: int, size: int, bold: bool, most_lines: int, even: bool) -> Fitted:
    def measure(piece: str) -> float:
        return extents(piece, size, bold)[0]

    lines = tuple((balance if even else wrap)(text, width, measure))
    row = extents("国", size, bold)[1]
    tall = row * len(lines)
    wide = max(int(measure(line)) for line in lines)
    whole = wide <= width and tall <= height and (not most_lines or len(lines) <= most_lines)
    return Fitted(lines, size, wide, tall, whole)


class Words(Label):
    """Text in an area. ``whole`` tells whether all of it can be read."""

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
        # The type sits a little low in its line: lift it to look centred.
        lift = round(fitted.size * 0.04) if valign == "middle" else 0
        super().__init__(
            text="\n".join(fitted.lines),
            font_name=font(bold),
            font_size=fitted.size,
            color=colour,
            halign=align,
            valign=valign,
            text_size=(area.width + 4, area.height),
            size_hint=(None, None),
            size=(area.width, area.height),
            pos=(area.x, area.y + lift),
        )
        self.said = text
        self.whole = fitted.whole
        self.fitted = fitted
