"""A sheet of due items: read line by line, with a sentence for whatever is wrong; all of it or nothing.

The headings are those of ``COLUMNS``, in any order; item and due day must be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.domain import customers
from server.domain.due import DueItem
from server.domain.hall import Hall
from server.protocol.language import both
from server.protocol.sheets import Fault

from .sheets import Unreadable, read

MOST_FAULTS: Final = 50
MOST_ROWS: Final = 5000
MOST_LINES: Final = 10_000
FURTHEST: Final = timedelta(days=3660)
"""The longest cycle is six years; what lies further ahead, or so far back, is a slip of the keyboard."""
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("器具", "器具名称", "item"),
    "due_on": ("到期日", "到期日期", "有效期至", "due_on", "due"),
    "pieces": ("件数", "数量", "pieces"),
    "company": ("单位", "单位名称", "company"),
    "name": ("联系人", "姓名", "name"),
    "phone": ("电话", "手机", "联系电话", "phone"),
    "email": ("邮箱", "email"),
    "reference": ("编号", "器具编号", "证书编号", "reference"),
}
NEEDED: Final = ("item", "due_on")
LONGEST: Final = {"company": 128, "name": 64, "email": 128, "reference": 64}
DAY: Final = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?")


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


NO_COLUMN = _("缺少“{column}”这一列")
HEADINGS = _("表头可以有：器具、到期日、件数、单位、联系人、电话、邮箱、编号。")
TWICE = _("有两列是同一项内容")
ONE_OF_THEM = _("请删掉其中一列。")
EMPTY_CELL = _("没有填写")
FILL_IN = _("请填写{column}。")
NO_ITEM = _("目录里没有“{told}”")
AS_LISTED = _("请填目录中的器具名称或编号。")
NO_DAY = _("“{told}”不是日期")
WRITE_DAY = _("请写成 2026-12-31。")
FAR_DAY = _("“{told}”离今天太远")
CHECK_YEAR = _("请核对年份。")
NO_COUNT = _("“{told}”不是件数")
WRITE_COUNT = _("请填1到9999的整数；只有一件可以不填。")
NO_PHONE = _("电话号码有误")
WRITE_PHONE = _("请填11位手机号，或带区号的固定电话。")
NO_EMAIL = _("邮箱地址有误")
WRITE_EMAIL = _("请核对邮箱地址；有电话时可以不填。")
NO_CONTACT = _("没有联系方式")
WRITE_CONTACT = _("电话和邮箱至少填一个。")
NO_OWNER = _("不知道是谁的器具")
WRITE_OWNER = _("单位和联系人至少填一个。")
TOO_LONG = _("内容太长")
AT_MOST = _("最多{most}个字。")


@dataclass(frozen=True, slots=True)
class Read:
    """What stood in a sheet: items, or what is wrong."""

    items: tuple[DueItem, ...]
    faults: tuple[Fault, ...]
    more_faults: int = 0


class _Wrong(Exception):
    """One cell is wrong."""

    def __init__(self, wrong: str, write: str, **places: object) -> None:
        super().__init__(wrong)
        self.wrong = both("server", wrong, **places)
        self.write = both("server", write, **places)


def read_sheet(content: bytes, hall: Hall, source: str, now: datetime, new_id: Callable[[], str]) -> Read:
    """The due items of a CSV or XLSX file."""
    try:
        sheet = read(content, MOST_LINES)
    except Unreadable as error:
        return Read((), (error.fault,))
    places = places_of(sheet.heads, COLUMNS, NEEDED, HEADINGS)
    if isinstance(places, Fault):
        return Read((), (places,))
    names = item_names(hall)
    items: list[DueItem] = []
    faults: list[Fault] = []
    for row, cells in sheet.rows:
        told = {field: cells[at].strip() if at < len(cells) else "" for field, at in places.items()}
        found = list(_wrongs(told, names, hall.day(now), row))
        faults += found
        if not found:
            items.append(_item(told, names, hall, source, now, new_id()))
    if faults:
        return Read((), tuple(faults[:MOST_FAULTS]), max(0, len(faults) - MOST_FAULTS))
    return Read(tuple(items), ())


def item_names(hall: Hall) -> dict[str, str]:
    """What an item may be called in a sheet → its id."""
    named: dict[str, str] = {}
    for id, item in hall.offer.catalogue.items.items():
        for name in (item.name.en.casefold(), item.name.zh, id):
            if name:
                named[name] = id
    return named


def day_of(text: str) -> date | None:
    """``2026-12-31``, ``2026/12/31``, ``2026年12月31日``; a time of midnight after it does not matter."""
    match = DAY.fullmatch(text.removesuffix(" 00:00:00"))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def places_of(
    heads: Sequence[str], columns: Mapping[str, Sequence[str]], needed: Sequence[str], form: str
) -> dict[str, int] | Fault:
    """Field → in which column it stands. ``columns``: field → what its heading may say, the first in faults.

    ``form``: the sentence that says which headings there must be.
    """
    fields = {name: field for field, names in columns.items() for name in names}
    places: dict[str, int] = {}
    for at, head in enumerate(heads):
        field = fields.get(head.strip().casefold())
        if field in places:
            return Fault(row=1, column=head, wrong=both("server", TWICE), write=both("server", ONE_OF_THEM))
        if field is not None:
            places[field] = at
    for field in needed:
        if field not in places:
            column = columns[field][0]
            wrong = both("server", NO_COLUMN, column=column)
            return Fault(row=1, column=column, wrong=wrong, write=both("server", form))
    return places


def _wrongs(told: Mapping[str, str], names: Mapping[str, str], today: date, row: int) -> Iterator[Fault]:
    """All that is wrong in a line."""
    checks: dict[str, Callable[[], object]] = {
        "item": lambda: _item_id(told, names),
        "due_on": lambda: _due_on(told, today),
        "pieces": lambda: _pieces(told),
        "phone": lambda: _phone(told),
        "email": lambda: _email(told),
        "company": lambda: _owner(told),
        **{field: lambda field=field: _short(told, field) for field in ("name", "reference")},  # type: ignore[misc]
    }
    for field, check in checks.items():
        try:
            check()
        except _Wrong as wrong:
            yield Fault(row=row, column=COLUMNS[field][0], wrong=wrong.wrong, write=wrong.write)


def _item(
    told: Mapping[str, str], names: Mapping[str, str], hall: Hall, source: str, now: datetime, id: str
) -> DueItem:
    return DueItem(
        id=id,
        hall=hall.id,
        customer=None,
        name=told.get("name", ""),
        company=told.get("company", ""),
        phone=_phone(told),
        email=told.get("email", ""),
        item=_item_id(told, names),
        pieces=_pieces(told),
        due_on=_due_on(told, hall.day(now)),
        reference=told.get("reference", ""),
        source=source,
        made_at=now,
    )


def _item_id(told: Mapping[str, str], names: Mapping[str, str]) -> str:
    said = told["item"]
    if not said:
        raise _Wrong(EMPTY_CELL, FILL_IN, column=COLUMNS["item"][0])
    id = names.get(said) or names.get(said.casefold())
    if id is None:
        raise _Wrong(NO_ITEM, AS_LISTED, told=said[:32])
    return id


def _due_on(told: Mapping[str, str], today: date) -> date:
    said = told["due_on"]
    if not said:
        raise _Wrong(EMPTY_CELL, FILL_IN, column=COLUMNS["due_on"][0])
    day = day_of(said)
    if day is None:
        raise _Wrong(NO_DAY, WRITE_DAY, told=said[:32])
    if abs(day - today) > FURTHEST:
        raise _Wrong(FAR_DAY, CHECK_YEAR, told=said)
    return day


def _pieces(told: Mapping[str, str]) -> int:
    said = told.get("pieces", "")
    if not said:
        return 1
    if not re.fullmatch(r"[0-9]{1,4}", said) or int(said) < 1:
        raise _Wrong(NO_COUNT, WRITE_COUNT, told=said[:32])
    return int(said)


def _phone(told: Mapping[str, str]) -> str:
    said = told.get("phone", "")
    if not said:
        if not told.get("email"):
            raise _Wrong(NO_CONTACT, WRITE_CONTACT)
        return ""
    number = customers.phone(said)
    if number is None:
        raise _Wrong(NO_PHONE, WRITE_PHONE)
    return number


def _email(told: Mapping[str, str]) -> None:
    _short(told, "email")
    if told.get("email") and customers.email(told["email"]) is None:
        raise _Wrong(NO_EMAIL, WRITE_EMAIL)


def _owner(told: Mapping[str, str]) -> None:
    _short(told, "company")
    if not told.get("company") and not told.get("name"):
        raise _Wrong(NO_OWNER, WRITE_OWNER)


def _short(told: Mapping[str, str], field: str) -> None:
    if len(told.get(field, "")) > LONGEST[field]:
        raise _Wrong(TOO_LONG, AT_MOST, most=LONGEST[field])
