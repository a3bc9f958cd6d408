"""The pen that draws a screen: the look's tokens, the person's language and text size, where touches go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex
from PIL.Image import Image

from kiosk import model as m
from kiosk.ports import Finder
from server.protocol.language import catalogue
from server.protocol.places import tokens
from server.protocol.words import Language

from .area import Area, Metrics
from .finder import Viewfinder
from .shapes import Card, Code, Colour, Disc, Dots, Icon, Picture, Pressable
from .text import Words, extents, fit
from .wrap import narrow

Size = Literal["body", "large", "title", "head", "number"]
Tone = Literal["accent", "good", "warn", "bad"]
Kind = Literal["primary", "plain", "quiet", "unseen", "chosen", "danger"]
Make = Callable[[], "m.Touch"]
"""Makes the touch as the finger lifts; a press of "take" makes its key there."""


def always(touch: m.Touch) -> Make:
    """Makes the same ``touch`` each time."""
    return lambda: touch


_KINDS: dict[Kind, tuple[str, str, str | None, str]] = {
    "primary": ("accent", "board-surface", None, "on-accent"),
    "plain": ("surface", "accent-soft", "line", "accent"),
    "quiet": ("surface", "accent-soft", None, "ink"),
    "unseen": ("ground", "ground", None, "ink"),
    "chosen": ("accent-soft", "line", "accent", "accent"),
    "danger": ("surface", "bad-soft", "bad", "bad"),
}
"""Kind → fill, fill while pressed, border, text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a stack."""

    text: str
    size: Size | float = "body"
    bold: bool = False
    colour: str = "ink"
    lines: int = 0
    even: bool = False


class Pen:
    """Places widgets on ``root``. Every text goes through ``say``, every touch through ``feed``."""

    def __init__(
        self,
        root: Widget,
        metrics: Metrics,
        language: Language,
        feed: Callable[[m.Touch], None],
        finder: Finder | None = None,
    ) -> None:
        self.root = root
        self.metrics = metrics
        self.language = language
        self.say = catalogue("kiosk", language)
        self.clock: Words | None = None
        self._feed = feed
        self._finder = finder
        self._tokens = tokens()

    @property
    def page(self) -> Area:
        return Area(0, 0, self.metrics.width, self.metrics.height)

    def px(self, units: float) -> float:
        """Px of this screen for px of the design."""
        return units * self.metrics.unit

    def size(self, size: Size | float) -> int:
        """A text size in px of this screen, enlarged in large-text mode."""
        wanted = size if isinstance(size, int | float) else self._tokens["size"][size]
        return round(wanted * self.metrics.text)

    def colour(self, name: str) -> Colour:
        return list(get_color_from_hex(self._tokens["colour"][name]))

    def height(self, text: str, width: float, size: Size | float, *, bold: bool = False) -> float:
        """How high ``text`` is when broken into ``width`` at its full size."""
        px = self.size(size)
        return fit(text, int(width), 10**6, px, px, bold, 0, False).height

    def width(self, text: str, size: Size | float, *, bold: bool = False) -> float:
        """How wide ``text`` is in one line at its full size."""
        return extents(narrow(text), self.size(size), bold)[0]

    def text(
        self,
        area: Area,
        text: str,
        size: Size | float = "body",
        *,
        bold: bool = False,
        colour: str = "ink",
        align: str = "left",
        valign: str = "middle",
        lines: int = 0,
        least: float = 28,
        even: bool = False,
    ) -> Words:
        """``text`` in ``area``, smaller (to ``least``) where it must be; at most ``lines`` lines.

        Lines are of ``even`` length where they are centred, or on request.
        """
        fitted = fit(
            text,
            int(area.width),
            int(area.height),
            self.size(size),
            min(self.size(size), round(least * self.metrics.unit)),
            bold,
            lines,
            even or align == "center",
        )
        words = Words(
            area, fitted, text=text, bold=bold, colour=self.colour(colour), align=align, valign=valign
        )
        self.root.add_widget(words)
        return words

    def stack(
        self,
        area: Area,
        lines: Sequence[Line],
        *,
        align: str = "left",
        valign: str = "middle",
        gap: float = 0,
        most: float = 1.0,
    ) -> None:
        """Texts one under another, as a block in ``area``; all give way where it is too low for them.

        ``most``: the scale to begin with, where several stacks share the smallest of their ``scale``.
        """
        told = [line for line in lines if line.text]
        if not told:
            return
        scale = self.scale(area, told, align=align, gap=gap, most=most)
        high = self._high(told, area.width, align, scale)
        total = sum(high) + gap * (len(told) - 1)
        if valign == "middle":
            area = area.middle(area.width, total)
        for line, tall in zip(told, high, strict=True):
            box, area = area.top(tall, gap)
            self.text(
                box,
                line.text,
                self._scaled(line, scale),
                bold=line.bold,
                colour=line.colour,
                align=align,
                lines=line.lines,
                even=line.even,
            )

    def scale(
        self, area: Area, lines: Sequence[Line], *, align: str = "left", gap: float = 0, most: float = 1.0
    ) -> float:
        """What the sizes of a stack's lines are multiplied with so that it fits into ``area``."""
        told = [line for line in lines if line.text]
        room = area.height - gap * (len(told) - 1)
        scale = most
        while sum(self._high(told, area.width, align, scale)) > room + 2 and scale > 0.4:
            scale -= 0.04
        return scale

    def fits(self, area: Area, lines: Sequence[Line]) -> bool:
        """Whether a stack of these lines can be read whole in ``area``, be it at the least sizes."""
        told = [line for line in lines if line.text]
        return sum(self._high(told, area.width, "left", 0.4)) <= area.height + 2

    def stack_height(self, lines: Sequence[Line], width: float, scale: float = 1.0) -> float:
        """How high a stack of these lines is when made smaller by ``scale``."""
        return sum(self._high([line for line in lines if line.text], width, "left", scale))

    def stacks(self, areas: Sequence[Area], stacks: Sequence[Sequence[Line]], *, align: str = "left") -> None:
        """Stacks side by side that are read together: each row of lines has one size and one height."""
        scale = 1.0
        while True:
            high = [
                self._high(lines, area.width, align, scale) for area, lines in zip(areas, stacks, strict=True)
            ]
            rows = [max(row) for row in zip(*high, strict=True)]
            if sum(rows) <= min(area.height for area in areas) + 2 or scale <= 0.4:
                break
            scale -= 0.04
        sizes = [
            min(self._fitting(line, area.width, tall, scale) for line, area in zip(lines, areas, strict=True))
            for lines, tall in zip(zip(*stacks, strict=True), rows, strict=True)
        ]
        for area, lines in zip(areas, stacks, strict=True):
            rest = area.middle(area.width, sum(rows))
            for line, tall, size in zip(lines, rows, sizes, strict=True):
                box, rest = rest.top(tall)
                self.text(
                    box, line.text, size, bold=line.bold, colour=line.colour, align=align, lines=line.lines
                )

    def _fitting(self, line: Line, width: float, height: float, scale: float) -> float:
        """The size, in px of the design, at which the line fits into its place."""
        px = self.size(self._scaled(line, scale))
        least = min(px, round(28 * self.metrics.unit))
        return (
            fit(line.text, int(width), int(height), px, least, line.bold, line.lines, False).size
            / self.metrics.text
        )

    def _scaled(self, line: Line, scale: float) -> float:
        """The line's size in px of the design, made smaller but not under 28."""
        size = line.size if isinstance(line.size, int | float) else self._tokens["size"][line.size]
        least: float = 28 * self.metrics.unit / self.metrics.text
        return max(size * scale, least)

    def _high(self, lines: Sequence[Line], width: float, align: str, scale: float) -> list[float]:
        """How high each line of a stack is when all are made smaller by ``scale``."""
        least = round(28 * self.metrics.unit)
        return [
            fit(
                line.text,
                int(width),
                10**6,
                self.size(self._scaled(line, scale)),
                min(self.size(line.size), least),
                line.bold,
                line.lines,
                line.even or align == "center",
            ).height
            for line in lines
        ]

    def number(self, area: Area, text: str, colour: str = "accent") -> None:
        """A number as large as ``area`` takes it: digits and capitals fill it from top to bottom."""
        size = min(
            area.height / 0.95, area.width / max(1.0, self.width(text, 100, bold=True)) * self.size(100)
        )
        high = size * 1.5
        box = Area(area.x, area.y + (area.height - high) / 2, area.width, high)
        self.text(box, text, size / self.metrics.text, bold=True, colour=colour, align="center", least=28)

    def card(self, area: Area, *, fill: str = "surface", line: str | None = "line") -> None:
        self.root.add_widget(
            Card(
                area,
                fill=self.colour(fill),
                line=self.colour(line) if line else None,
                radius=self.px(self._tokens["radius"]),
                border=max(1.0, self.px(2)),
            )
        )

    def bar(self, area: Area, *, fill: str = "surface") -> None:
        """A plain strip across the screen."""
        self.root.add_widget(Card(area, fill=self.colour(fill), line=None, radius=1, border=0))

    def icon(self, area: Area, name: str, colour: str = "accent") -> None:
        side = min(area.width, area.height)
        self.root.add_widget(Icon(area.middle(side, side), name=name, colour=self.colour(colour)))

    def badge(self, area: Area, icon: str, tone: Tone) -> None:
        """An icon in a soft circle."""
        side = min(area.width, area.height)
        box = area.middle(side, side)
        self.root.add_widget(Disc(box, colour=self.colour(f"{tone}-soft")))
        self.icon(box.inset(side * 0.24), icon, tone)

    def code(self, area: Area, text: str) -> None:
        self.root.add_widget(Code(area, text=text))

    def viewfinder(self, area: Area, hint: Callable[[str], None]) -> None:
        """What the camera sees. ``hint`` hears ``waiting``, ``dark``, ``closer`` or nothing to say."""
        if self._finder is not None:
            marks = self.colour("on-accent")
            ground = self.colour("board-ground")
            self.root.add_widget(Viewfinder(area, self._finder, ground=ground, marks=marks, hint=hint))

    def picture(self, area: Area, image: Image) -> None:
        self.root.add_widget(Picture(area, image=image))

    def dots(self, area: Area) -> None:
        self.root.add_widget(Dots(area, on=self.colour("accent"), off=self.colour("line")))

    def touch(self, area: Area, name: str, says: str, make: Make, kind: Kind = "plain") -> None:
        """Something to touch, still without words; ``name`` is what scripts call it."""
        fill, pressed, line, _ink = _KINDS[kind]
        self.root.add_widget(
            Pressable(
                area,
                name=name,
                says=says,
                act=lambda: self._feed(make()),
                fill=self.colour(fill),
                pressed=self.colour(pressed),
                line=self.colour(line) if line else None,
                radius=self.px(self._tokens["radius"]),
                border=self.px(4 if kind == "chosen" else 2),
            )
        )

    def button(
        self,
        area: Area,
        name: str,
        label: str,
        make: Make,
        *,
        kind: Kind = "plain",
        icon: str | None = None,
        size: Size | float = "large",
        stacked: bool = False,
    ) -> None:
        """A button with its label, and its icon before or (``stacked``) above it."""
        self.touch(area, name, label, make, kind)
        ink = _KINDS[kind][3]
        inside = area.inset(self.px(16), self.px(10))
        if icon is None:
            self.text(inside, label, size, bold=True, colour=ink, align="center", lines=2)
            return
        if stacked:
            side = min(self.px(52 if not self.metrics.large else 60), inside.height * 0.45)
            words = min(inside.height - side - self.px(4), self.size(size) * 1.5)
            both = inside.middle(inside.width, side + self.px(4) + words)
            upper, lower = both.top(side, self.px(4))
            self.icon(upper, icon, ink if kind != "quiet" else "accent")
            self.text(lower, label, size, bold=kind != "quiet", colour=ink, align="center", lines=1)
            return
        side = min(self.size(size) * 1.25, inside.height)
        gap = self.px(18)
        room = int(inside.width - side - gap)
        fitted = fit(
            label, room, int(inside.height), self.size(size), round(28 * self.metrics.unit), True, 2, True
        )
        row = inside.middle(side + gap + fitted.width + 4, inside.height)
        left, right = row.left(side, gap)
        self.icon(left, icon, ink)
        self.text(right, label, size, bold=True, colour=ink, align="left", lines=2)
