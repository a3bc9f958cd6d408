"""The status label (状态标识) of a piece: 50 x 30 mm in black alone, for a label printer.

    ╔══════════════════════════════════╗
    ║ ▓▓▓▓▓▓▓  ✓ 合格  QUALIFIED  ▓▓▓▓ ║
    ║ ▓QR▓▓▓   item                    ║
    ║ ▓▓▓▓▓▓   编号  检定  有效期至     ║
    ║ institution            S7K2 M9QX ║
    ╚══════════════════════════════════╝

Where a colour printer has green, yellow and red, this one has a word, a drawing, a ground and a frame of its
own for each: 合格 white on black in a plain frame, 准用 on stripes in a dashed one, 停用 in a double frame
with a bar across.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from PIL import Image, ImageDraw

from hardware.printers.base import Sheet
from server.protocol import codes
from server.protocol.certificates import StatusLabelView

from .label import HEIGHT, INK, WIDTH, one_line
from .page import Page, Type
from .symbol import qr_symbol

State: TypeAlias = Literal["good", "limited", "stopped"]
WORDS: dict[State, tuple[str, str]] = {
    "good": ("合格", "QUALIFIED"),
    "limited": ("准用", "LIMITED USE"),
    "stopped": ("停用", "OUT OF USE"),
}
MODULE = 3
"""Dots a module of the QR code: 0.375 mm, read by a phone at a hand's breadth."""
SQUARE = 37 * MODULE
_FRAME = 6
_MARGIN = 18
_BAND = (_MARGIN, 16, WIDTH - _MARGIN, 76)
_TOP = 84


@dataclass(frozen=True, slots=True)
class StatusLabel:
    """What stands on it. Raises ValueError for a code that is neither a sample's nor equipment's."""

    state: State
    code: str
    name: str
    number: str
    institution: str
    url: str
    """Behind its QR code."""
    on: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        reading = codes.read(self.code)
        if not isinstance(reading, codes.Code) or reading.kind not in ("S", "E"):
            raise ValueError("a status label carries the code of a sample or of a piece of equipment")


def status_label_of(view: StatusLabelView) -> StatusLabel:
    """The label as it is composed, from what the server says of the piece. Raises ValueError."""
    return StatusLabel(
        state=view.state,
        code=view.code,
        name=view.name.zh,
        number=view.number,
        institution=view.institution.zh,
        url=view.url,
        on=view.on,
        until=view.until,
    )


def compose_status_label(label: StatusLabel) -> Sheet:
    """The dots of ``label``: always WIDTH x HEIGHT."""
    page = Page(WIDTH, _MARGIN)
    page.top = HEIGHT
    page.picture(_ground(label.state), 0, 0)
    _band(page, label.state)
    symbol = _square(label.url)
    page.picture(symbol, _MARGIN + (SQUARE - symbol.width) // 2, _TOP + (SQUARE - symbol.height) // 2)
    _words(page, label)
    page.top = HEIGHT
    return Sheet(
        page.finish(INK), job=f"{label.code}-status", title=f"{WORDS[label.state][0]} {label.number}"
    )


def _words(page: Page, label: StatusLabel) -> None:
    left = _MARGIN + SQUARE + 12
    room = WIDTH - _MARGIN - left
    page.top = _TOP - 2
    kind, name = one_line(label.name, 28, room, bold=True)
    page.line(name, kind, left, room)
    page.top += 36
    for title, value in (
        ("编号", label.number),
        ("检定", label.on.isoformat() if label.on else ""),
        ("有效期至", label.until.isoformat() if label.until else ""),
    ):
        if not value:
            continue
        kind, said = one_line(f"{title} {value}", 21, room, bold=title == "有效期至")
        page.line(said, kind, left, room)
        page.top += 27
    page.top = HEIGHT - _FRAME - 34
    room = WIDTH - 2 * _MARGIN
    kind, code = one_line(" ".join(label.code[at : at + 4] for at in range(0, len(label.code), 4)), 18, room)
    wide = round(kind.width(code)) + 2
    page.line(code, kind, WIDTH - _MARGIN - wide, wide)
    kind, institution = one_line(label.institution, 18, room - wide - 8)
    page.line(institution, kind, _MARGIN, room - wide - 8)


def _square(url: str) -> Image.Image:
    """The QR code, with smaller modules where the address is long."""
    symbol = qr_symbol(url, MODULE)
    return symbol if symbol.width <= SQUARE else qr_symbol(url, MODULE - 1)


def _ground(state: State) -> Image.Image:
    """The frame, and the band that the word stands on."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    edge = (2, 2, WIDTH - 3, HEIGHT - 3)
    if state == "good":
        draw.rounded_rectangle(edge, 10, outline=0, width=4)
        draw.rounded_rectangle(_BAND, 6, fill=0)
    elif state == "limited":
        _dashed(draw, edge)
        _striped(draw)
    else:
        draw.rounded_rectangle(edge, 10, outline=0, width=4)
        draw.rounded_rectangle((9, 9, WIDTH - 10, HEIGHT - 10), 8, outline=0, width=3)
        draw.rounded_rectangle(_BAND, 6, outline=0, width=4)
        middle = (_BAND[1] + _BAND[3]) // 2
        draw.rectangle((_BAND[0] + 12, middle - 5, (_BAND[0] + _BAND[2]) // 2, middle + 5), fill=0)
    return image


def _dashed(draw: ImageDraw.ImageDraw, edge: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = edge
    for x in range(left, right, 24):
        for y in (top, bottom - 4):
            draw.rectangle((x, y, min(x + 14, right), y + 4), fill=0)
    for y in range(top, bottom, 24):
        for x in (left, right - 4):
            draw.rectangle((x, y, x + 4, min(y + 14, bottom)), fill=0)


def _striped(draw: ImageDraw.ImageDraw) -> None:
    left, top, right, bottom = _BAND
    high = bottom - top
    for x in range(left - high, right, 20):
        points = [(x, bottom), (x + high, top), (x + high + 7, top), (x + 7, bottom)]
        draw.polygon([(min(max(px, left), right), py) for px, py in points], fill=0)
    draw.rectangle(_BAND, outline=0, width=3)


def _band(page: Page, state: State) -> None:
    """The word on its ground; white around it where the ground is not even."""
    word, english = WORDS[state]
    big, small = Type(46, bold=True), Type(20, bold=True)
    left, top, right, bottom = _BAND
    wide = round(big.width(word)) + 20
    middle = (left + right - wide) // 2 - 40
    fill = 255 if state == "good" else 0
    if state != "good":
        page.box(middle - 4, top + 3, wide + 8, bottom - top - 5, 255)
        beside = round(small.width(english)) + 40
        page.box(right - 3 - beside, top + 3, beside, bottom - top - 5, 255)
    page.top = top + (bottom - top - big.leading) // 2
    page.line(word, big, middle, wide, "centre", fill=fill)
    page.top = top + (bottom - top - small.leading) // 2
    page.line(english, small, left, right - left - 22, "right", fill=fill)
