"""The label of one piece: 50 x 30 mm, composed once as dots, whatever language its printer speaks.

    ┌──────────────────────────────────┐
    │ ▓▓▓▓▓▓  item, on one or two lines │
    │ ▓▓▓▓▓▓  第 1 件 / 共 3 件         │
    │ ▓▓▓▓▓▓  order               ┌───┐ │
    │ hall               due day  │易碎│ │
    │  ║▌│║▌║│▌║│║▌║│▌│║▌│║▌║│▌║│║▌│║   │
    │          S7K2 M9QX H4TB W         │
    └──────────────────────────────────┘

DataMatrix and Code 128 hold the same identity code, so that a camera and a laser read the same piece. The
code is what a machine needs; the item and which piece it is are what a hand at the bench needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil

from PIL import Image, ImageDraw

from hardware.printers.base import Sheet
from server.protocol import codes
from server.protocol.booking import LabelView

from .glyphs import printable
from .page import Page, Type
from .symbol import code128_symbol, data_matrix_symbol

WIDTH, HEIGHT = 400, 240
"""Dots of a label at 203 dpi (8 dots a mm)."""

MODULE = 6
"""Dots a module of the DataMatrix: 0.75 mm, which a kiosk's camera reads at an arm's length."""
SQUARE = 108
"""Dots of the largest DataMatrix that an identity code needs, without its quiet zone."""
BAR = 2
"""Dots of the narrowest bar."""
BAR_QUIET = 10 * BAR
"""White dots that must stay at both sides of the bars."""

_MARGIN = 12
_LEFT = _MARGIN + SQUARE + 2 * MODULE
_RIGHT = WIDTH - _MARGIN
_BARS_TOP, _BARS_HEIGHT = 160, 46
_SIGN = (62, 50)
_FEWEST_DOTS = 18
INK = 178
"""Fuller than on tickets: the fine strokes of small Chinese type would break."""
_NAME_SIZES = (34, 30, 27, 24)
_NAME_TOP, _NAME_ROWS = 5, 68
_PIECE_TOP = 75


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one piece's label. ``index`` counts from 1 to ``count``, the pieces of the order.

    Raises ValueError for a code that is no sample identity, or a piece that is not of the order.
    """

    code: str
    order: str
    item: str
    index: int
    count: int
    hall: str
    """The hall's short name."""
    due: date | None = None
    """The day by which the work is to be done, where one was promised."""
    fragile: bool = False

    def __post_init__(self) -> None:
        reading = codes.read(self.code)
        if not isinstance(reading, codes.Code) or reading.kind != "S" or reading.text != self.code:
            raise ValueError("a label carries the identity code of a sample, as it is printed")
        if not 1 <= self.index <= self.count:
            raise ValueError(f"there is no piece {self.index} of {self.count}")


def label_of(view: LabelView) -> Label:
    """The label as it is composed, from what the server says of the piece. Raises ValueError as ``Label``."""
    number = view.order
    return Label(
        code=view.code,
        order=codes.spaced(number) if len(number) == codes.NUMBER_DIGITS and number.isdigit() else number,
        item=view.item.zh,
        index=view.index,
        count=view.count,
        hall=view.hall.zh,
        due=view.due,
        fragile=view.fragile,
    )


def compose_labels(labels: Iterable[Label]) -> Iterator[Sheet]:
    """A sheet for each label, composed when it is asked for: a batch of thousands is never held whole."""
    return (compose_label(label) for label in labels)


def compose_label(label: Label) -> Sheet:
    """The dots of ``label``: always WIDTH x HEIGHT. Its ``job`` names order and piece, not the code.

    A long item is set smaller, then cut with an ellipsis. A sign that the font lacks is printed as a box.
    """
    page = Page(WIDTH, _MARGIN)
    _square(page, label)
    _words(page, label)
    _foot(page, label)
    _bars(page, label.code)
    page.top = HEIGHT
    return Sheet(page.finish(INK), job=f"{label.order}-{label.index}", title=f"{label.order} {_piece(label)}")


def on_roll(sheet: Sheet, dots: int) -> Sheet:
    """``sheet`` in the middle of label paper ``dots`` wide, for a ticket printer. ValueError if too wide."""
    if sheet.width > dots:
        raise ValueError(f"a label {sheet.width} dots wide does not fit on paper of {dots}")
    image = Image.new("1", (dots, sheet.height), 255)
    # At a whole byte, as rasters are packed.
    image.paste(sheet.image, ((dots - sheet.width) // 16 * 8, 0))
    return Sheet(image, job=sheet.job, title=sheet.title)


def _square(page: Page, label: Label) -> None:
    symbol = data_matrix_symbol(label.code, MODULE)
    page.picture(symbol, _MARGIN + (SQUARE - symbol.width) // 2, _MARGIN + (SQUARE - symbol.height) // 2)


def _foot(page: Page, label: Label) -> None:
    """The line above the bars: the hall, and the day, which is never cut; room for the sign stays beside."""
    right = _RIGHT - _SIGN[0] - 6
    page.top = _MARGIN + SQUARE + MODULE
    room = right - _MARGIN
    if label.due is not None:
        kind, day = one_line(f"应完成 {label.due:%Y-%m-%d}", 21, right - _LEFT)
        wide = ceil(kind.width(day))
        page.line(day, kind, right - wide, wide)
        room -= wide + 2 * MODULE
    kind, hall = one_line(label.hall, 20, room)
    page.line(hall, kind, _MARGIN, room)


def _words(page: Page, label: Label) -> None:
    """Right of the DataMatrix: the item above, piece and order beneath it, the sign at their side."""
    width = _RIGHT - _LEFT
    kind, lines = _name(label.item, width)
    row = round(kind.size * 1.18)
    page.top = _NAME_TOP + (_NAME_ROWS - row * len(lines)) // 2 - (kind.leading - row) // 2
    for line in lines:
        page.line(line, kind, _LEFT, width)
        page.top += row
    beside = width - _SIGN[0] - 6 if label.fragile else width
    page.top = _PIECE_TOP
    for text, size, bold, room, step in (
        (_piece(label), 24, True, width, 28),
        (label.order, 21, False, beside, 25),
    ):
        kind, words = one_line(text, size, room, bold=bold)
        above = (step - kind.leading) // 2
        page.top += above
        page.line(words, kind, _LEFT, room)
        page.top += step - above
    if label.fragile:
        page.picture(_fragile_sign(), _RIGHT - _SIGN[0], _PIECE_TOP + 29)


def _bars(page: Page, code: str) -> None:
    symbol = code128_symbol(code, BAR, _BARS_HEIGHT)
    left = (WIDTH - symbol.width) // 2
    if left < BAR_QUIET:
        raise ValueError("the code is too long for bars of whole dots on this label")
    page.picture(symbol, left, _BARS_TOP)
    groups = [code[at : at + 4] for at in range(0, len(code), 4)]
    # A lone last sign is easily missed when somebody types the code: it stays with those before it.
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    page.top = _BARS_TOP + _BARS_HEIGHT
    page.line("   ".join(groups), Type(24, bold=True), _MARGIN, WIDTH - 2 * _MARGIN, "centre")


def _piece(label: Label) -> str:
    return f"第 {label.index} 件 / 共 {label.count} 件"


def _name(item: str, width: int) -> tuple[Type, list[str]]:
    """The largest type in which ``item`` fits on two lines; in the smallest it ends with an ellipsis."""
    words = " ".join(item.split())
    for size in _NAME_SIZES:
        kind = Type(size, bold=True)
        lines = kind.lines(words, width)
        if len(lines) <= 2 and round(size * 1.18) * len(lines) <= _NAME_ROWS:
            return kind, lines
    return kind, [lines[0], _cut(lines[1] + "".join(lines[2:]), kind, width)]


def one_line(text: str, size: int, width: int, *, bold: bool = False) -> tuple[Type, str]:
    """The largest type up to ``size`` in which ``text`` fits; in the smallest it ends with an ellipsis."""
    words = " ".join(printable(text, Type(size, bold=bold).path).split())
    kind = Type(size, bold=bold)
    while kind.size > _FEWEST_DOTS and kind.width(words) > width:
        kind = Type(kind.size - 1, bold=bold)
    return kind, _cut(words, kind, width)


def _cut(text: str, kind: Type, width: int) -> str:
    """``text``, or as much of its beginning as fits before an ellipsis."""
    if kind.width(text) <= width:
        return text
    end = len(text)
    while end and kind.width(text[:end] + "…") > width:
        end -= 1
    return text[:end].rstrip() + "…"


@cache
def _fragile_sign() -> Image.Image:
    """A glass and 易碎 in a frame; drawn four times as large, then made small, for smooth edges."""
    (wide, high), times = _SIGN, 4
    large = Image.new("L", (wide * times, high * times), 255)
    draw = ImageDraw.Draw(large)

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * times, y * times) for x, y in points]

    draw.rounded_rectangle((0, 0, wide * times - 1, high * times - 1), 6 * times, outline=0, width=2 * times)
    draw.polygon(at((7, 8), (29, 8), (27, 20), (23, 26), (20, 28), (16, 28), (13, 26), (9, 20)), fill=0)
    draw.rectangle((16.5 * times, 27 * times, 19.5 * times, 39 * times), fill=0)
    draw.rounded_rectangle((9 * times, 38 * times, 27 * times, 41.5 * times), times, fill=0)
    # The crack from the rim down.
    draw.line(at((20, 7), (16.5, 13), (20, 16), (17, 23)), fill=255, width=2 * times)
    sign = large.resize((wide, high), Image.Resampling.LANCZOS)
    kind, pen = Type(21, bold=True), ImageDraw.Draw(sign)
    for character, baseline in (("易", 22), ("碎", 43)):
        pen.text((45, baseline), character, font=kind.font, fill=0, anchor="ms")
    return sign
