"""Draws pictures with Kivy: only marks that changed since the last picture are made anew.

No full-screen rectangles (each costs 20 ms in software GL): the ground is the window's clear colour.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cache, partial
from itertools import zip_longest
from typing import Any, assert_never

from kivy.core.image import Image as CoreImage
from kivy.core.text import Label as CoreLabel
from kivy.core.window import Window
from kivy.graphics import Color, InstructionGroup, Rectangle, RoundedRectangle
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from server.protocol.places import FONT_BOLD, FONT_REGULAR, ICONS, tokens

from .layout import Box
from .marks import Align, Fill, Icon, Mark, Paragraph, Picture, Span, Words
from .wrap import wrap

ASCENT = 1.16
"""The typeface's ascent in ems; the line box is taller than the signs."""
MIDDLE = 0.37
"""Height of the middle of digits and Chinese signs over the base line, in ems."""
LINE = 1.4
"""From base line to base line in a paragraph, in ems."""
GAP = 0.2
"""Between two paragraphs of different sizes, in ems of the upper one."""
SMALLEST = 0.7
"""How far a paragraph may shrink before it is cut."""
TEXTURES = 160
"""Pieces of text kept as textures; the oldest unused go."""


@cache
def colour(name: str) -> tuple[float, ...]:
    return tuple(get_color_from_hex(tokens()["colour"][name]))


class Type:
    """Measures and sets text in the two weights of the typeface."""

    def __init__(self) -> None:
        self._textures: OrderedDict[tuple[str, int, bool], Any] = OrderedDict()
        self._rulers: dict[tuple[int, bool], Any] = {}

    def width(self, text: str, size: float, bold: bool) -> float:
        key = (max(1, round(size)), bold)
        if key not in self._rulers:
            if len(self._rulers) >= 64:
                self._rulers.clear()
            self._rulers[key] = self._label("", *key)
        return float(self._rulers[key].get_extents(text)[0])

    def texture(self, text: str, size: float, bold: bool) -> Any:
        """The text in white, to be tinted; None for text without any ink."""
        if not text.strip():
            return None
        key = (text, max(1, round(size)), bold)
        if key in self._textures:
            self._textures.move_to_end(key)
            return self._textures[key]
        label = self._label(*key)
        label.refresh()
        self._textures[key] = label.texture
        while len(self._textures) > TEXTURES:
            self._textures.popitem(last=False)
        return label.texture

    @staticmethod
    def _label(text: str, size: int, bold: bool) -> Any:
        return CoreLabel(text=text, font_size=size, font_name=str(FONT_BOLD if bold else FONT_REGULAR))


class BoardScreen(Widget):  # type: ignore[misc, unused-ignore]
    """Shows one picture; ``show`` is cheap when little changed. ``drawn`` counts the marks made anew."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._type = Type()
        self._marks: dict[str, Mark] = {}
        self._groups: dict[str, Any] = {}
        self._order: tuple[str, ...] = ()
        self._ground = ""
        self._tall = 0.0
        self.drawn = 0

    def show(self, picture: Picture) -> None:
        if self._tall != Window.height:
            self._tall = Window.height
            self._marks.clear()
        if picture.ground != self._ground:
            self._ground = picture.ground
            Window.clearcolor = colour(picture.ground)
        for mark in picture.marks:
            if self._marks.get(mark.key) != mark:
                group = self._groups.setdefault(mark.key, InstructionGroup())
                group.clear()
                self._make(group, mark)
                self._marks[mark.key] = mark
                self.drawn += 1
        order = tuple(mark.key for mark in picture.marks)
        if order != self._order:
            self.canvas.clear()
            for key in order:
                self.canvas.add(self._groups[key])
            for key in set(self._groups) - set(order):
                del self._groups[key]
                self._marks.pop(key, None)
            self._order = order

    def _make(self, group: Any, mark: Mark) -> None:
        match mark:
            case Fill():
                x, y = self._corner(mark.box)
                group.add(Color(*colour(mark.colour)))
                size = (mark.box.w, mark.box.h)
                if mark.radius:
                    group.add(RoundedRectangle(pos=(x, y), size=size, radius=[mark.radius]))
                else:
                    group.add(Rectangle(pos=(x, y), size=(size[0], max(1.0, size[1]))))
            case Icon():
                texture = _icon(mark.name)
                if texture is not None:
                    group.add(Color(*colour(mark.colour)))
                    group.add(
                        Rectangle(texture=texture, pos=self._corner(mark.box), size=(mark.box.w, mark.box.h))
                    )
            case Words():
                self._set(group, mark.spans, mark.box, mark.align, level=mark.level)
            case Paragraph():
                self._flow(group, mark)
            case _:
                assert_never(mark)

    def _corner(self, box: Box) -> tuple[float, float]:
        """The left bottom corner as Kivy counts, from below; whole pixels keep text sharp."""
        return round(box.x), round(self._tall - box.y - box.h)

    def _set(
        self, group: Any, spans: tuple[Span, ...], box: Box, align: Align, *, level: bool = False
    ) -> None:
        """One line: all spans on one base line; the middle of the largest is the middle of the box."""
        widths = [self._type.width(span.text, span.size, span.bold) for span in spans]
        total = sum(widths)
        scale = min(1.0, box.w / total) if total else 1.0
        if scale < 1.0:
            spans = tuple(Span(s.text, s.size * scale * 0.995, s.colour, s.bold) for s in spans)
            widths = [self._type.width(span.text, span.size, span.bold) for span in spans]
            total = sum(widths)
        largest = max((span.size for span in spans), default=0.0)
        middle = self._tall - box.y - box.h / 2
        x = box.x + {"left": 0.0, "center": (box.w - total) / 2, "right": box.w - total}[align]
        for span, width in zip(spans, widths, strict=True):
            texture = self._type.texture(span.text, span.size, span.bold)
            if texture is not None:
                base = middle - MIDDLE * (span.size if level else largest)
                top = base + ASCENT * round(span.size)
                group.add(Color(*colour(span.colour)))
                group.add(
                    Rectangle(texture=texture, pos=(round(x), round(top - texture.height)), size=texture.size)
                )
            x += width

    def _flow(self, group: Any, mark: Paragraph) -> None:
        spans = mark.spans
        lines = self._lines(spans, mark.box.w)
        scale = 1.0
        while sum(LINE * line.size for line in lines) > mark.box.h and scale > SMALLEST:
            scale *= 0.94
            spans = tuple(Span(s.text, s.size * scale, s.colour, s.bold) for s in mark.spans)
            lines = self._lines(spans, mark.box.w)
        y = mark.box.y
        bottom = mark.box.y + mark.box.h
        for line, following in zip_longest(lines, lines[1:]):
            height = LINE * line.size
            if following is not None and y + height + LINE * following.size > bottom + 1:
                self._set(
                    group, (self._cut(line, mark.box.w),), Box(mark.box.x, y, mark.box.w, height), mark.align
                )
                return
            self._set(group, (line,), Box(mark.box.x, y, mark.box.w, height), mark.align)
            y += height + (GAP * line.size if following is not None and following.size != line.size else 0.0)

    def _cut(self, line: Span, width: float) -> Span:
        text = line.text
        while text and self._type.width(text + "…", line.size, line.bold) > width:
            text = text[:-1]
        return Span(text + "…", line.size, line.colour, line.bold)

    def _lines(self, spans: tuple[Span, ...], width: float) -> list[Span]:
        return [
            Span(line, span.size, span.colour, span.bold)
            for span in spans
            if span.text
            for line in wrap(span.text, width, partial(self._type.width, size=span.size, bold=span.bold))
        ]


@cache
def _icon(name: str) -> Any:
    """The icon's texture; None where set-up did not make it: the words beside it say the same."""
    path = ICONS / f"{name}.png"
    return CoreImage(str(path), mipmap=True).texture if path.is_file() else None
