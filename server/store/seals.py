"""Daily seals in their table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from server.domain.seals import FIRST, DaySeal, Signed

from . import tables as t

ROW = t.seals.c


def last(connection: Connection, hall: str) -> DaySeal | None:
    """The hall's newest seal."""
    asked = select(t.seals).where(ROW.hall == hall).order_by(ROW.day.desc()).limit(1)
    row = connection.execute(asked).one_or_none()
    return None if row is None else _signed(row).seal


def add(connection: Connection, signed: Iterable[Signed]) -> None:
    names = DaySeal.__dataclass_fields__
    rows = [
        {name: getattr(one.seal, name) for name in names} | {"signature": one.signature} for one in signed
    ]
    if rows:
        connection.execute(insert(t.seals), rows)


def listed(connection: Connection, hall: str, most: int | None = None) -> list[Signed]:
    """The hall's seals by day, the newest ``most`` of them."""
    asked = select(t.seals).where(ROW.hall == hall).order_by(ROW.day.desc())
    rows = connection.execute(asked if most is None else asked.limit(most)).all()
    return [_signed(row) for row in reversed(rows)]


def find(connection: Connection, hall: str, day: date) -> Signed | None:
    row = connection.execute(select(t.seals).where(ROW.hall == hall, ROW.day == day)).one_or_none()
    return None if row is None else _signed(row)


def ended(connection: Connection, hall: str, after: date | None, today: date) -> dict[date, int]:
    """Business day → seq of the line with which it ended, of the days between ``after`` and ``today``.

    ``after`` None: the newest such day alone.
    """
    line = t.journal.c
    asked = select(line.subject, line.seq).where(line.hall == hall, line.kind == "day.ended")
    if after is None:
        rows = connection.execute(asked.order_by(line.seq.desc()).limit(1)).all()
    else:
        # A day's name is the line's subject, which has an index; of a long absence there are many.
        days = [date.fromordinal(n).isoformat() for n in range(after.toordinal() + 1, today.toordinal())]
        rows = []
        for start in range(0, len(days), 400):
            rows += connection.execute(asked.where(line.subject.in_(days[start : start + 400]))).all()
    return {date.fromisoformat(row.subject): row.seq for row in rows}


def line_hash(connection: Connection, hall: str, seq: int) -> str:
    """The hash of the journal's line ``seq``."""
    line = t.journal.c
    found = connection.scalar(select(line.hash).where(line.hall == hall, line.seq == seq))
    return FIRST if found is None else str(found)


def _signed(row: Any) -> Signed:
    facts = {name: getattr(row, name) for name in DaySeal.__dataclass_fields__}
    return Signed(DaySeal(**facts), row.signature)
