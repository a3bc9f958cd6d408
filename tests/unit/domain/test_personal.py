"""One list says what the tables hold about people; what is typed into the journal loses its numbers."""

from __future__ import annotations

import pytest
from sqlalchemy import LargeBinary, String, Text

from server.domain.personal import HARMLESS, PERSONAL, for_the_journal, held, without_numbers
from server.store import tables as t

COLUMNS = {
    f"{table.name}.{column.name}"
    for table in t.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, String | Text | LargeBinary) and not column.foreign_keys
}


def test_every_column_of_text_is_classed() -> None:
    """A new one fails here, until somebody has thought about whom it speaks of."""
    assert sorted(column for column in COLUMNS if held(column) is None) == []


def test_nothing_is_classed_that_is_not_there() -> None:
    assert sorted(set(PERSONAL) - COLUMNS) == []
    named = {column for columns in HARMLESS.values() for column in columns if not column.startswith("*")}
    assert sorted(named - COLUMNS) == []


def test_what_is_personal_is_not_harmless_too() -> None:
    named = {column for columns in HARMLESS.values() for column in columns}
    assert sorted(set(PERSONAL) & named) == []


@pytest.mark.parametrize(
    "typed",
    [
        "张先生 13812345678 来电",
        "138 1234 5678",
        "电话+86 13812345678。",
        "固话0571-88123456",
        "身份证11010119900307451X",
        "写信到someone.else@example.com",
    ],
)
def test_a_number_that_somebody_typed_is_not_kept_for_ever(typed: str) -> None:
    kept = without_numbers(typed)
    assert "***" in kept
    assert not any(part in kept for part in ("1381234", "5678", "8812", "1990", "someone", "example"))


@pytest.mark.parametrize(
    "typed",
    [
        "委托单202611200015缺附件",
        "2024-0117号压力表",
        "a13812345678b0",
        "JJG 580-2005 第3页",
        "量程0-400kPa，2026-11-20 14:00",
        "",
    ],
)
def test_numbers_of_cases_regulations_and_instruments_stay(typed: str) -> None:
    assert without_numbers(typed) == typed


def test_only_free_text_is_touched() -> None:
    line = {"reason": "致电13812345678", "number": "13812345678", "count": 3, "samples": ["S1"]}
    assert for_the_journal(line) == line | {"reason": "致电***"}
