"""The catalogue as a sheet: which columns there are, and how a whole sheet is read.

One row an item. Export and import are each other's inverse: a sheet that was exported changes nothing when it
is imported.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from server.domain.hall import Hall
from server.protocol.language import both
from server.protocol.offer import ItemBody
from server.protocol.sheets import Fault
from server.protocol.views import Text

from . import sheets_words as w
from .offer import item_body
from .sheets import Cell, Sheet, number
from .sheets_cells import (
    FIRST_ONLY,
    KIND,
    MODE,
    NO,
    WHO,
    YES,
    Choice,
    Names,
    Wrong,
    a_fee,
    a_regulation,
    customers,
    customers_shown,
    cycle,
    dated,
    days,
    decimal,
    entries,
    fee_shown,
    found,
    listed,
    plain,
    short,
    shown,
    whole,
    worded,
    worded_shown,
    yes,
)
from .sheets_words import fault

# The columns ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """``key``: where the value goes in an ``ItemBody``. ``form``: what to write into it."""

    key: str
    zh: str
    en: str
    form: str
    write: Callable[[ItemBody, Names], Cell]
    read: Callable[[str, Names], Any]
    needed: bool = False
    choices: Callable[[Names], str] = lambda names: ""
    wide: int = 12

    @cached_property
    def heads(self) -> frozenset[str]:
        return frozenset(plain(head).replace(" ", "") for head in (self.zh, self.en, self.key))


def _word(key: str, told: str, names: Names) -> str:
    return told


def _text(key: str, zh: str, en: str, form: str, needed: bool = False, wide: int = 12) -> Column:
    path = key.split(".")

    def write(body: ItemBody, names: Names) -> str:
        value: Any = body
        for step in path:
            value = getattr(value, step) if value is not None else None
        return value or ""

    return Column(key, zh, en, form, write, lambda told, names: told, needed, wide=wide)


def _amount(key: str, zh: str, en: str, form: str, read: Callable[[str], float], needed: bool) -> Column:
    path = key.split(".")

    def write(body: ItemBody, names: Names) -> Cell:
        value: Any = body
        for step in path:
            value = getattr(value, step)
        amount: Cell = value
        return amount

    return Column(key, zh, en, form, write, lambda told, names: read(told), needed)


def _flag(key: str, zh: str, en: str) -> Column:
    def write(body: ItemBody, names: Names) -> str:
        return YES[0] if getattr(body, key) else NO[0]

    return Column(
        key, zh, en, w.FORM_CHOICE, write, lambda told, names: yes(told), choices=lambda names: w.YES_NO
    )


def _chosen(key: str, zh: str, en: str, choice: Choice) -> Column:
    def write(body: ItemBody, names: Names) -> str:
        return choice.write(getattr(body, key))

    return Column(
        key,
        zh,
        en,
        w.FORM_CHOICE,
        write,
        lambda told, names: choice.read(told),
        choices=lambda names: str(choice),
    )


def _named(key: str, zh: str, en: str, known: Callable[[Names], Mapping[str, Text]]) -> Column:
    return Column(
        key,
        zh,
        en,
        w.FORM_CHOICE,
        lambda body, names: shown(getattr(body, key), known(names)),
        lambda told, names: found(told, known(names)),
        True,
        lambda names: "、".join(shown(id, known(names)) for id in known(names)),
    )


COLUMNS: tuple[Column, ...] = (
    _text("id", "编号", "Id", w.FORM_ID, True, 22),
    _text("name.zh", "名称", "Name (Chinese)", w.FORM_NAME, True, 20),
    _text("name.en", "英文名称", "Name (English)", w.FORM_ENGLISH, wide=24),
    _named("field", "民生领域", "Field", lambda names: names.fields),
    _text("section", "科室", "Section", w.FORM_SECTION, True),
    _named("service", "业务", "Service", lambda names: names.services),
    Column(
        "regulations",
        "检定规程",
        "Regulations",
        w.FORM_REGULATIONS,
        lambda body, names: listed(f"{one.since} {one.value}" for one in body.regulations),
        lambda told, names: dated(told, a_regulation),
        True,
        wide=34,
    ),
    Column(
        "cycle_months",
        "检定周期（月）",
        "Cycle (months)",
        w.FORM_CYCLE,
        lambda body, names: FIRST_ONLY[0] if body.cycle_months is None else body.cycle_months,
        lambda told, names: cycle(told),
        True,
    ),
    _chosen("kind", "性质", "Kind", KIND),
    _chosen("mode", "办理方式", "Where", MODE),
    _flag("while_you_wait", "可立等", "While you wait"),
    _amount("unit_minutes", "单件分钟", "Minutes a piece", w.FORM_UNIT, decimal, True),
    _amount("setup_minutes", "准备分钟", "Set-up minutes", w.FORM_MINUTES, decimal, False),
    _amount("review_minutes", "审核分钟", "Review minutes", w.FORM_MINUTES, decimal, False),
    _amount("rest_minutes", "静置分钟", "Standing minutes", w.FORM_REST, whole, False),
    _amount("caps.order", "每单上限", "Most in an order", w.FORM_PIECES, whole, True),
    _amount("caps.slot", "每时段上限", "Most in a slot", w.FORM_PIECES, whole, True),
    _amount("caps.day", "每天上限", "Most a day", w.FORM_PIECES, whole, True),
    Column(
        "for_whom",
        "服务对象",
        "For whom",
        w.FORM_WHO,
        lambda body, names: customers_shown(body.for_whom),
        lambda told, names: customers(told),
        choices=lambda names: str(WHO),
        wide=24,
    ),
    _flag("fragile", "易碎", "Fragile"),
    Column(
        "accessories",
        "附件",
        "Accessories",
        w.FORM_ACCESSORIES,
        lambda body, names: listed(map(worded_shown, body.accessories)),
        lambda told, names: [worded(one) for one in entries(told)],
        wide=30,
    ),
    _text("notice.zh", "送检须知", "Notice (Chinese)", w.FORM_NOTICE, wide=50),
    _text("notice.en", "送检须知（英文）", "Notice (English)", w.FORM_NOTICE, wide=50),
    Column(
        "fees",
        "收费",
        "Fees",
        w.FORM_FEES,
        lambda body, names: listed(map(fee_shown, body.fees)),
        lambda told, names: dated(told, a_fee),
        wide=50,
    ),
    Column(
        "promise_days",
        "承诺工作日",
        "Working days promised",
        w.FORM_DAYS,
        lambda body, names: listed(f"{one.since} {one.value}" for one in body.promise_days),
        lambda told, names: dated(told, days),
        wide=26,
    ),
    _text("contact", "联系电话", "Phone", w.FORM_PHONE, wide=16),
    _flag("active", "启用", "Active"),
)


def exported(hall: Hall) -> list[list[Cell]]:
    """The hall's catalogue, one row an item, in the order of ``COLUMNS``."""
    names = Names.of(hall)
    bodies = [item_body(one) for one in hall.offer.catalogue.items.values()]
    return [[column.write(body, names) for column in COLUMNS] for body in bodies]


# Reading ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """The rows as items to ask for; nothing may be taken of it while there is any fault."""

    bodies: tuple[ItemBody, ...]
    faults: tuple[Fault, ...]


def imported(sheet: Sheet, hall: Hall) -> Reading:
    """What the sheet asks for. A column that it lacks stays as it is, or has its default in a new item."""
    columns, faults = _headed(sheet.heads, Names.of(hall))
    if faults:
        return Reading((), tuple(faults))
    names = Names.of(hall)
    known = hall.offer.catalogue.items
    rows: dict[str, int] = {}
    bodies = []
    for row, cells in sheet.rows:
        told, wrong = _told(row, cells, columns, names)
        id = told.get("id", "")
        if id in rows:
            wrong.append(fault(row, COLUMNS[0].zh, w.DUPLICATE, w.DUPLICATE_OF, row=rows[id]))
        elif id:
            rows[id] = row
        if wrong:
            faults.extend(wrong)
            continue
        base = item_body(known[id]).model_dump() if id in known else {}
        try:
            bodies.append(ItemBody.model_validate(_joined(base, told)))
        except ValidationError as error:
            found = [_fault_of(row, one, names) for one in error.errors()]
            # What is wrong in an entry makes its list wrong too: the first thing told of a cell is enough.
            faults.extend({one.column: one for one in reversed(found)}.values())
    return Reading(tuple(bodies), tuple(faults))


def _headed(heads: Sequence[str], names: Names) -> tuple[list[Column | None], list[Fault]]:
    faults: list[Fault] = []
    columns: list[Column | None] = []
    for head in heads:
        wanted = plain(head).replace(" ", "")
        column = next((one for one in COLUMNS if wanted in one.heads), None)
        columns.append(column)
        if not head:
            continue
        if column is None:
            close = difflib.get_close_matches(head, [one.zh for one in COLUMNS], 1, 0.5)
            write = w.PERHAPS if close else w.DELETE_COLUMN
            faults.append(fault(1, head[:32], w.UNKNOWN_COLUMN, write, close=close[0] if close else ""))
        elif columns.count(column) > 1:
            faults.append(fault(1, head, w.TWICE_COLUMN, w.DELETE_COLUMN))
    for column in COLUMNS:
        if column.needed and column not in columns:
            form = both("server", column.form, choices=column.choices(names))
            found = fault(1, column.zh, w.MISSING_COLUMN, w.ADD_COLUMN, form=form.zh)
            said = both("server", w.ADD_COLUMN, form=form.en).en
            faults.append(found.model_copy(update={"write": Text(zh=found.write.zh, en=said)}))
    return columns, faults


def _told(
    row: int, cells: Sequence[str], columns: Sequence[Column | None], names: Names
) -> tuple[dict[str, Any], list[Fault]]:
    told: dict[str, Any] = {}
    wrong: list[Fault] = []
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    for place, cell in enumerate(padded):
        column = columns[place] if place < len(columns) else None
        if column is None:
            if cell:
                wrong.append(fault(row, str(place + 1), w.NO_HEADING, w.DELETE_COLUMN))
        elif cell:
            try:
                told[column.key] = column.read(cell, names)
            except Wrong as error:
                wrong.append(_fault(row, column, error.wrong, error.told, names))
        elif column.needed:
            wrong.append(_fault(row, column, w.NEEDED, "", names))
        else:
            told[column.key] = "" if "." in column.key else NOTHING
    return told, wrong


NOTHING = object()
"""An empty cell: the default of its field."""


def _joined(base: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """``told`` over ``base``: the cells of one item as an ``ItemBody`` takes them."""
    made = dict(base)
    for key, value in told.items():
        first, _, second = key.partition(".")
        if value is NOTHING:
            made.pop(first, None)
        elif second:
            made[first] = {**(made.get(first) or {}), second: value}
        else:
            made[first] = value
    notice = made.get("notice")
    if notice is not None and not notice.get("zh") and not notice.get("en"):
        made["notice"] = None
    return made


def _fault(row: int, column: Column, wrong: str, told: str, names: Names) -> Fault:
    choices = column.choices(names)
    translated = both("server", choices) if choices == w.YES_NO else Text(zh=choices, en=choices)
    said = both("server", column.form, choices=translated.zh)
    english = both("server", column.form, choices=translated.en).en
    return Fault(
        row=row,
        column=column.zh,
        wrong=both("server", wrong, told=told),
        write=Text(zh=said.zh, en=english),
    )


RANGE = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


def _fault_of(row: int, error: Any, names: Names) -> Fault:
    """What the wire's own rules have against a cell."""
    steps = [str(step) for step in error["loc"]]
    key = ".".join(steps[:2])
    column = next((one for one in COLUMNS if one.key in (key, steps[0] if steps else "")), None)
    if column is None:
        # Only one rule looks at two cells at once.
        column = next(one for one in COLUMNS if one.key == "caps.slot")
        return _fault(row, column, w.SLOT_OVER_DAY, "", names)
    value = error["input"]
    told = number(value) if isinstance(value, int | float) else str(value)
    if error["type"] in ("string_too_long", "too_long") and isinstance(value, str):
        most = both("server", w.AT_MOST, most=error["ctx"]["max_length"])
        return Fault(row=row, column=column.zh, wrong=both("server", w.TOO_LONG), write=most)
    wrong = w.BAD_RANGE if error["type"] in RANGE else w.NOT_THIS
    return _fault(row, column, wrong, short(told), names)
