"""A growing page of dots: things are put beneath each other, and the page ends as a 1-bit image."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from server.protocol.places import FONT_BOLD, FONT_REGULAR

from .glyphs import printable
from .lines import balanced_lines, break_lines

Align = Literal["left", "centre", "right"]

INK = 150
"""Grey below this becomes black: a little above the middle, since a thermal head thins fine strokes."""

LEADING = 1.36
"""From one baseline to the next, in sizes of the type."""

ASCENT, DESCENT = 0.88, 0.12
"""The square in which a Chinese sign stands, above and beneath the baseline, in sizes of the type."""


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    # Basic layout: nothing here needs shaping, and it is three times as quick.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _advance(path: Path, size: int, sign: str) -> float:
    return _font(path, size).getlength(sign)


class Type:
    """A weight and size of the typeface; sizes are in dots."""

    def __init__(self, size: int, *, bold: bool = False) -> None:
        self.size = size
        self.bold = bold
        self.path = FONT_BOLD if bold else FONT_REGULAR
        self.font = _font(self.path, size)

    @property
    def leading(self) -> int:
        return round(self.size * LEADING)

    def width(self, text: str) -> float:
        """In dots. The basic layout sets signs side by side, so their widths add up."""
        return sum(_advance(self.path, self.size, sign) for sign in text)

    def lines(self, text: str, width: int, *, balanced: bool = False) -> list[str]:
        """``text`` broken into lines at most ``width`` wide, with only signs that can be drawn."""
        wrap = balanced_lines if balanced else break_lines
        return wrap(printable(text, self.path), width, self.width)


def fitted(text: str, size: int, width: int, *, bold: bool = True, smallest: int = 20) -> Type:
    """The largest type up to ``size`` in which ``text`` is at most ``width`` wide, or ``smallest``."""
    wide = Type(size, bold=bold).width(text)
    return Type(size if wide <= width else max(smallest, int(size * width / wide)), bold=bold)


class Page:
    """Paper of ``width`` dots with ``margin`` at both sides; ``top`` is where the next thing goes."""

    def __init__(self, width: int, margin: int) -> None:
        self.width = width
        self.margin = margin
        self.top = 0
        self._image = Image.new("L", (width, 1600), 255)
        self._draw = ImageDraw.Draw(self._image)

    @property
    def inner(self) -> int:
        """The width between the margins."""
        return self.width - 2 * self.margin

    def skip(self, rows: int) -> None:
        self.top += rows

    def line(
        self, text: str, kind: Type, left: int, width: int, align: Align = "left", fill: int = 0
    ) -> None:
        """Put one line into the ``width`` from ``left``, at ``top``; does not move ``top``."""
        self._grow(self.top + kind.leading)
        spare = width - kind.width(text)
        x = left + {"left": 0.0, "centre": spare / 2, "right": spare}[align]
        # Half the leading's surplus above, half beneath: the signs stand in the middle of their row.
        baseline = self.top + (kind.leading - kind.size) / 2 + kind.size * ASCENT
        self._draw.text((round(x), round(baseline)), text, font=kind.font, fill=fill, anchor="ls")

    def text(
        self,
        text: str,
        kind: Type,
        *,
        align: Align = "left",
        left: int | None = None,
        width: int | None = None,
    ) -> None:
        """Put a text, broken into lines, and move beneath it. Centred text has lines of about one length."""
        left = self.margin if left is None else left
        width = self.inner if width is None else width
        for line in kind.lines(text, width, balanced=align == "centre"):
            self.line(line, kind, left, width, align)
            self.top += kind.leading

    def figures(self, text: str, kind: Type) -> None:
        """Put one line of capitals and figures in the middle, from its very top to its very bottom."""
        left, top, right, bottom = (round(edge) for edge in kind.font.getbbox(text, anchor="ls"))
        self._grow(self.top + bottom - top)
        x = (self.width - (right - left)) // 2 - left
        self._draw.text((x, self.top - top), text, font=kind.font, fill=0, anchor="ls")
        self.top += bottom - top

    def rule(self, thick: int = 2, *, dashed: bool = False) -> None:
        """Put a line across, and move beneath it."""
        self._grow(self.top + thick)
        end = self.width - self.margin
        for left in range(self.margin, end, 12) if dashed else (self.margin,):
            right = min(left + 6, end) if dashed else end
            self.box(left, self.top, right - left, thick)
        self.top += thick

    def box(self, left: int, top: int, width: int, height: int, fill: int = 0) -> None:
        """Fill a rectangle; does not move ``top``."""
        self._grow(top + height)
        self._draw.rectangle((left, top, left + width - 1, top + height - 1), fill=fill)

    def picture(self, image: Image.Image, left: int, top: int) -> None:
        """Put a picture; does not move ``top``."""
        self._grow(top + image.height)
        self._image.paste(image, (left, top))

    def finish(self, ink: int = INK) -> Image.Image:
        """The page down to ``top``, as dots: black where it is darker than ``ink``."""
        self._grow(self.top)
        page = self._image.crop((0, 0, self.width, max(1, self.top)))
        return page.point([0 if level < ink else 255 for level in range(256)], mode="1")

    def _grow(self, rows: int) -> None:
        if rows <= self._image.height:
            return
        larger = Image.new("L", (self.width, max(rows, 2 * self._image.height)), 255)
        larger.paste(self._image, (0, 0))
        self._image, self._draw = larger, ImageDraw.Draw(larger)
