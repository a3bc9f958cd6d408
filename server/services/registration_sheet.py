"""A sheet of many instruments that are handed in together (a fleet): one line a piece, all of it or nothing.

The headings are those of ``COLUMNS``, in any order. The maker's number tells one piece from another, so that
none is registered twice: not in the sheet, and not while it is in the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.domain.eligibility import refused
from server.domain.hall import Hall
from server.domain.slots import Line
from server.protocol.language import both
from server.protocol.sheets import Fault
from server.protocol.words import CustomerType

from .due_sheet import AS_LISTED, EMPTY_CELL, FILL_IN, NO_ITEM, item_names, places_of
from .offering import against
from .sheets import Unreadable, read

MOST_FAULTS: Final = 50
MOST_PIECES: Final = 10_000
"""Pieces of one fleet."""
LONGEST_SERIAL: Final = 64
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("器具", "器具名称", "item"),
    "serial": ("出厂编号", "编号", "器具编号", "serial"),
}


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


HEADINGS = _("表头要有：器具、出厂编号。一行一件。")
SAME_SERIAL = _("与第{other}行的出厂编号相同")
ONE_LINE_A_PIECE = _("一件只写一行；请核对编号。")
IN_THE_HOUSE = _("这件器具已经登记在单号{order}里")
TAKE_OUT = _("请从表里删去这一行。")
SERIAL_TOO_LONG = _("出厂编号太长")
AT_MOST_SIGNS = _("最多{most}个字符。")
NOT_TAKEN = _("不能办理")


@dataclass(frozen=True, slots=True)
class Fleet:
    """(item, maker's number) of each piece with the row it stands in; or what is wrong."""

    pieces: tuple[tuple[int, str, str], ...]
    faults: tuple[Fault, ...]
    more_faults: int = 0


def read_fleet(content: bytes, hall: Hall) -> Fleet:
    """The pieces of a CSV or XLSX file, their items by the hall's catalogue."""
    try:
        sheet = read(content, MOST_PIECES)
    except Unreadable as error:
        return Fleet((), (error.fault,))
    places = places_of(sheet.heads, COLUMNS, tuple(COLUMNS), HEADINGS)
    if isinstance(places, Fault):
        return Fleet((), (places,))
    names = item_names(hall)
    pieces: list[tuple[int, str, str]] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for row, cells in sheet.rows:
        said, serial = (
            cells[places[field]].strip() if places[field] < len(cells) else "" for field in ("item", "serial")
        )
        item = names.get(said) or names.get(said.casefold())
        found = _wrongs(row, said, item, serial)
        if item is not None and not found:
            other = seen.setdefault((item, serial), row)
            if other != row:
                found = [fault(row, "serial", SAME_SERIAL, ONE_LINE_A_PIECE, other=other)]
        faults += found
        if item is not None and not found:
            pieces.append((row, item, serial))
    return Fleet(tuple(pieces), tuple(faults[:MOST_FAULTS]), max(0, len(faults) - MOST_FAULTS))


def not_taken(fleet: Fleet, hall: Hall, customer: CustomerType, day: date) -> list[Fault]:
    """Items that the hall does not take: how many come was arranged, every other rule stands."""
    items = {item: row for row, item, _ in reversed(fleet.pieces)}
    stands = refused(hall.offer.catalogue, [Line(item, 1) for item in items], customer, day)
    return [
        Fault(
            row=items[one.item],
            column=COLUMNS["item"][0],
            wrong=both("server", NOT_TAKEN),
            write=against(hall, one, customer),
        )
        for one in stands
    ]


def in_the_house(row: int, order: str) -> Fault:
    return fault(row, "serial", IN_THE_HOUSE, TAKE_OUT, order=order)


def fault(row: int, field: str, wrong: str, write: str, **places: object) -> Fault:
    return Fault(
        row=row,
        column=COLUMNS[field][0],
        wrong=both("server", wrong, **places),
        write=both("server", write, **places),
    )


def _wrongs(row: int, said: str, item: str | None, serial: str) -> list[Fault]:
    found = []
    if not said:
        found.append(fault(row, "item", EMPTY_CELL, FILL_IN, column=COLUMNS["item"][0]))
    elif item is None:
        found.append(fault(row, "item", NO_ITEM, AS_LISTED, told=said[:32]))
    if not serial:
        found.append(fault(row, "serial", EMPTY_CELL, FILL_IN, column=COLUMNS["serial"][0]))
    elif len(serial) > LONGEST_SERIAL:
        found.append(fault(row, "serial", SERIAL_TOO_LONG, AT_MOST_SIGNS, most=LONGEST_SERIAL))
    return found
