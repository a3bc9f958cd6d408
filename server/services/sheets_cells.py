"""One cell of the catalogue's sheet: how each sort of value is written into it and read from it.

What is dated stands in one cell, ``2026-01-01 …；2027-01-08 …``. Who reads a cell that makes no sense raises
``Wrong``, which says what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.domain.hall import Hall
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import CUSTOMER_TYPES

from . import sheets_words as w
from .sentences import CUSTOMERS

PARTED = re.compile(r"[\n;；]")
DATED = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?起?(?:\s+(.*))?$", re.DOTALL)
FEE = re.compile(r"(\d{1,7}(?:\.\d{1,2})?)\s*元?(?:\s+(\d{1,3})[%％])?(?:\s+(.*))?$", re.DOTALL)
FIRST_ONLY = ("首次", "首检", "无", "first", "none")
YES, NO = ("是", "yes", "true", "1", "有", "y"), ("否", "no", "false", "0", "无", "n", "")
EVERYBODY = ("全部", "all", "")


def short(told: str) -> str:
    return told if len(told) <= 24 else f"{told[:23]}…"


class Wrong(Exception):
    """A cell that cannot be read: what is wrong with it."""

    def __init__(self, wrong: str, told: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.told = short(told)


def plain(told: str) -> str:
    """Full-width digits and letters as half-width ones, without case."""
    return unicodedata.normalize("NFKC", told).strip().casefold()


@dataclass(frozen=True)
class Names:
    """The hall's names of what an item refers to."""

    fields: Mapping[str, Text]
    services: Mapping[str, Text]

    @staticmethod
    def of(hall: Hall) -> Names:
        services = {one.id: one.name for one in hall.services.values()}
        return Names(hall.offer.catalogue.fields, services)


def found(told: str, known: Mapping[str, Text]) -> str:
    """The id of what was meant by its id or its name. Raises Wrong."""
    if told in known:
        return told
    for id, name in known.items():
        if told in (name.zh, name.en):
            return id
    raise Wrong(w.BAD_CHOICE, told)


def shown(id: str, known: Mapping[str, Text]) -> str:
    """The name by which ``found`` finds this id again, or the id itself."""
    name = known[id].zh if id in known else id
    try:
        return name if found(name, known) == id else id
    except Wrong:
        return id


class Choice:
    """A closed set: each value with its word; the English one and the value itself are understood too."""

    def __init__(self, **words: tuple[str, ...]) -> None:
        self.words = words

    def write(self, value: str) -> str:
        return self.words[value][0]

    def read(self, told: str) -> str:
        for value, words in self.words.items():
            if plain(told) in (value, *map(plain, words)):
                return value
        raise Wrong(w.BAD_CHOICE, told)

    def __str__(self) -> str:
        return "、".join(words[0] for words in self.words.values())


KIND = Choice(
    compulsory=("强制检定", "compulsory verification"), calibration=("校准", "其他检定", "calibration")
)
MODE = Choice(
    hall=("大厅", "at the hall"),
    vehicle_lane=("车辆通道", "vehicle lane"),
    on_site=("上门", "现场", "on site"),
)
WHO = Choice(**{one: (CUSTOMERS[one], both("server", CUSTOMERS[one]).en) for one in CUSTOMER_TYPES})


# One cell ---------------------------------------------------------------------------------------


def whole(told: str) -> int:
    try:
        return int(plain(told))
    except ValueError:
        raise Wrong(w.BAD_NUMBER, told) from None


def decimal(told: str) -> float:
    try:
        value = float(plain(told))
    except ValueError:
        raise Wrong(w.BAD_NUMBER, told) from None
    if value != value or abs(value) > 1e9:
        raise Wrong(w.BAD_NUMBER, told)
    return value


def yes(told: str) -> bool:
    if plain(told) in YES:
        return True
    if plain(told) in NO:
        return False
    raise Wrong(w.BAD_CHOICE, told)


def cycle(told: str) -> int | None:
    return None if plain(told) in FIRST_ONLY else whole(told)


def customers(told: str) -> list[str]:
    if plain(told) in EVERYBODY:
        return list(CUSTOMER_TYPES)
    return [WHO.read(one) for one in re.split(r"[、,，;；\n]", told) if one.strip()]


def customers_shown(types: Sequence[str]) -> str:
    return EVERYBODY[0] if len(types) == len(CUSTOMER_TYPES) else "、".join(map(WHO.write, types))


def entries(told: str) -> list[str]:
    return [entry for entry in (part.strip() for part in PARTED.split(told)) if entry]


def worded(told: str) -> dict[str, str]:
    zh, _, en = told.partition("|")
    return {"zh": zh.strip(), "en": en.strip()}


def worded_shown(words: Any) -> str:
    return f"{words.zh} | {words.en}" if words.en else str(words.zh)


def dated(told: str, value: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = []
    for entry in entries(told):
        parts = DATED.match(entry)
        if parts is None:
            raise Wrong(w.BAD_ENTRY, entry)
        year, month, day = (int(part) for part in parts.groups()[:3])
        try:
            since = date(year, month, day)
        except ValueError:
            raise Wrong(w.BAD_DATE, f"{year}-{month:02}-{day:02}") from None
        if any(one["since"] == since for one in history):
            raise Wrong(w.SAME_DAY)
        history.append({"since": since, **value((parts[4] or "").strip())})
    return history


def a_regulation(told: str) -> dict[str, Any]:
    if not told:
        raise Wrong(w.BAD_ENTRY, told)
    return {"value": told}


def a_fee(told: str) -> dict[str, Any]:
    parts = FEE.match(told)
    if parts is None:
        raise Wrong(w.BAD_ENTRY, told)
    return {"yuan": parts[1], "percent": int(parts[2] or 100), "reason": worded(parts[3] or "")}


def days(told: str) -> dict[str, Any]:
    return {"value": whole(told)}


def fee_shown(one: Any) -> str:
    reason = "" if one.reason.zh == one.reason.en == "" else f" {worded_shown(one.reason)}"
    return f"{one.since} {one.yuan}元 {one.percent}%{reason}"


def listed(entries: Iterable[str]) -> str:
    return "；".join(entries)
