"""What the commands leave on the paper: a strip of dots that a cut ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, assert_never

from PIL import Image, ImageDraw, ImageFont, ImageOps

from . import commands as c

LONGEST = 24_000
"""Rows of dots (3 m) after which an uncut strip is cut and marked."""

CELL = 24
"""The height of a character in dots; a Chinese one is as wide, another half as wide."""

MARGIN = 32
"""White to the left and right of the printed dots: 576 dots stand on a roll of 640."""

_FONT = Path(__file__).resolve().parents[3] / "assets" / "fonts" / "NotoSansSC-Regular.ttf"


@dataclass(frozen=True, slots=True)
class Cutting:
    """One piece of paper as cut off: the printed dots (1-bit, 0 black) and what went wrong on the way."""

    image: Image.Image
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Style:
    align: c.Align = "left"
    bold: bool = False
    wide: int = 1
    high: int = 1
    spacing: int = 30


class Paper:
    """The strip under the head. ``width`` is the printed dots across."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._pieces: list[tuple[int, Image.Image]] = []
        self._problems: list[str] = []
        self._row = 0
        self._reset()

    @property
    def touched(self) -> bool:
        """Whether something was printed since the last cut."""
        return bool(self._pieces or self._problems or self._line)

    def obey(self, command: c.Command) -> Iterator[Cutting]:
        """Do ``command``; give the piece of paper when it cuts one off. Take it before the next command."""
        match command:
            case c.Text(data):
                self._line += self._decoder.decode(data)
                if len(self._line) > 4096:
                    self._end_line()
            case c.LineFeed():
                self._end_line()
            case c.Initialise():
                self._reset()
            case c.Feed(rows):
                self._finish_text()
                self._row += rows
            case c.FeedLines(lines):
                self._finish_text()
                self._row += lines * self._style.spacing
            case c.LineSpacing() | c.Aligned() | c.Bold() | c.Size():
                self._restyle(command)
            case c.Raster():
                self._finish_text()
                self._raster(command)
            case c.QrSet() | c.QrStore() | c.BarSet():
                self._symbol_setting(command)
            case c.QrPrint():
                self._finish_text()
                self._print_qr()
            case c.Code128(text):
                self._finish_text()
                self._print_bars(text)
            case c.Cut(_, feed):
                self._finish_text()
                self._row += feed
                yield self._cut()
            case c.Malformed(why):
                self.mark(why)
            case c.Label():
                self.mark("a label on a roll of tickets")
            case c.AskStatus() | c.AutoStatus() | c.Nothing():
                pass
            case _:
                assert_never(command)
        if self._row > LONGEST:
            self.mark("3 m of paper without a cut")
            yield self._cut()

    def mark(self, problem: str) -> None:
        """Note ``problem`` on the piece under the head; ten are kept."""
        if len(self._problems) < 10:
            self._problems.append(problem)

    def tear(self) -> Cutting | None:
        """Take off what hangs uncut, or None when nothing was printed."""
        self._finish_text()
        return self._cut() if self.touched else None

    def _reset(self) -> None:
        self._style = _Style()
        self._line = ""
        self._decoder = codecs.getincrementaldecoder("gb18030")(errors="replace")
        self._module, self._level, self._qr = 3, 1, b""
        self._bar_height, self._bar_module, self._bar_text = 162, 3, 0

    def _restyle(self, command: c.LineSpacing | c.Aligned | c.Bold | c.Size) -> None:
        # Styles hold for a whole line here; a printer that mixes them within one is not what we drive.
        s = self._style
        if self._line:
            self._end_line()
        match command:
            case c.LineSpacing(rows):
                self._style = _Style(s.align, s.bold, s.wide, s.high, rows)
            case c.Aligned(align):
                self._style = _Style(align, s.bold, s.wide, s.high, s.spacing)
            case c.Bold(on):
                self._style = _Style(s.align, on, s.wide, s.high, s.spacing)
            case c.Size(wide, high):
                self._style = _Style(s.align, s.bold, wide, high, s.spacing)

    def _symbol_setting(self, command: c.QrSet | c.QrStore | c.BarSet) -> None:
        match command:
            case c.QrSet("module", value):
                self._module = value
            case c.QrSet(_, value):
                self._level = value
            case c.QrStore(data):
                self._qr = data
            case c.BarSet("height", value):
                self._bar_height = value
            case c.BarSet("module", value):
                self._bar_module = value
            case c.BarSet(_, value):
                self._bar_text = value

    def _finish_text(self) -> None:
        if self._line:
            self._end_line()

    def _end_line(self) -> None:
        height = max(self._style.spacing, CELL * self._style.high)
        for line in self._wrapped() or [""]:
            if line:
                self._place(self._drawn(line), advance=height)
            else:
                self._row += height
        self._line = ""

    def _wrapped(self) -> list[str]:
        lines, line, used = [], "", 0
        for character in self._line:
            cell = _cell(character) * self._style.wide
            if used + cell > self._width:
                lines.append(line)
                line, used = "", 0
            line, used = line + character, used + cell
        return [*lines, line] if line else lines

    def _drawn(self, line: str) -> Image.Image:
        width = sum(_cell(character) for character in line)
        image = Image.new("L", (width, CELL), 255)
        draw = ImageDraw.Draw(image)
        x = 0
        for character in line:
            draw.text(
                (x + _cell(character) / 2, 20),
                character,
                font=_font(),
                fill=0,
                anchor="ms",
                stroke_width=int(self._style.bold),
            )
            x += _cell(character)
        dots = image.point(lambda level: 255 if level > 128 else 0, mode="1")
        return dots.resize((width * self._style.wide, CELL * self._style.high), Image.Resampling.NEAREST)

    def _raster(self, raster: c.Raster) -> None:
        data = Image.frombytes("1", (raster.row_bytes * 8, raster.rows), raster.data)
        image = ImageOps.invert(data.convert("L")).convert("1", dither=Image.Dither.NONE)
        if raster.wide > 1 or raster.high > 1:
            size = (image.width * raster.wide, image.height * raster.high)
            image = image.resize(size, Image.Resampling.NEAREST)
        self._place(image, advance=image.height)

    def _print_qr(self) -> None:
        import zxingcpp

        if not self._qr:
            self.mark("GS ( k prints a QR Code and none is stored")
            return
        level = "LMQH"[self._level - 1]
        try:
            code = zxingcpp.create_barcode(self._qr, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
        except ValueError as error:
            self.mark(f"the QR Code can't be made: {error}")
            return
        self._place_symbol(
            zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False), self._module
        )

    def _print_bars(self, text: str) -> None:
        import zxingcpp

        try:
            code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
        except ValueError as error:
            self.mark(f"the Code 128 can't be made: {error}")
            return
        bars = _grey(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
        row = bars.crop((0, 0, bars.width, 1))
        if row.width * self._bar_module > self._width:
            self.mark("the Code 128 is wider than the paper")
            return
        image = row.resize((row.width * self._bar_module, self._bar_height), Image.Resampling.NEAREST)
        self._place(image.convert("1", dither=Image.Dither.NONE), advance=image.height)

    def _place_symbol(self, symbol: Any, module: int) -> None:
        grey = _grey(symbol)
        image = grey.resize((grey.width * module, grey.height * module), Image.Resampling.NEAREST)
        self._place(image.convert("1", dither=Image.Dither.NONE), advance=image.height)

    def _place(self, image: Image.Image, *, advance: int) -> None:
        if image.width > self._width:
            self.mark(f"{image.width} dots across a head of {self._width}")
            image = image.crop((0, 0, self._width, image.height))
        spare = self._width - image.width
        left = {"left": 0, "centre": spare // 2, "right": spare}[self._style.align]
        line = Image.new("1", (self._width, image.height), 1)
        line.paste(image, (left, 0))
        self._pieces.append((self._row, line))
        self._row += advance

    def _cut(self) -> Cutting:
        bottom = max((top + image.height for top, image in self._pieces), default=0)
        strip = Image.new("1", (self._width, min(LONGEST * 2, max(self._row, bottom, 1))), 1)
        for top, image in self._pieces:
            strip.paste(image, (0, top))
        cutting = Cutting(strip, tuple(self._problems))
        self._pieces, self._problems, self._row = [], [], 0
        return cutting


def picture(cutting: Cutting) -> Image.Image:
    """``cutting`` as a person sees it: on white paper with its margins, problems in red at the foot."""
    foot = 36 * len(cutting.problems) + (12 if cutting.problems else 0)
    size = (cutting.image.width + 2 * MARGIN, cutting.image.height + MARGIN + foot)
    paper = Image.new("RGB" if foot else "L", size, "white")
    paper.paste(cutting.image, (MARGIN, MARGIN))
    if foot:
        draw = ImageDraw.Draw(paper)
        top = size[1] - foot
        draw.rectangle((0, top, size[0], size[1]), fill="#A3201A")
        for number, problem in enumerate(cutting.problems):
            draw.text((MARGIN, top + 6 + 36 * number), problem, font=_font(), fill="white")
    return paper


def _cell(character: str) -> int:
    return CELL // 2 if ord(character) < 0x80 else CELL


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Noto Sans SC where set-up has put it, else Pillow's own, which has no Chinese."""
    return ImageFont.truetype(_FONT, 22) if _FONT.exists() else ImageFont.load_default(20)


def _grey(symbol: Any) -> Image.Image:
    """A zxing-cpp picture, which speaks the buffer protocol, as grey."""
    view = memoryview(symbol)
    height, width = view.shape or (1, 1)
    return Image.frombytes("L", (width, height), view.tobytes())
