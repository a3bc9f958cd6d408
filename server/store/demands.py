"""One-time notices (一次性告知) in their table: all that was missing, as it was told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from . import tables as t
from .halls import pack


@dataclass(frozen=True, slots=True)
class Demand:
    id: str
    hall: str
    order: str
    missing: tuple[str, ...]
    late: bool
    """It asked for something that an earlier notice of the same order did not name."""
    at: datetime
    by: str
    answered_at: datetime | None = None


def add(connection: Connection, one: Demand) -> None:
    values = {name: getattr(one, name) for name in Demand.__dataclass_fields__}
    connection.execute(insert(t.demands).values(values | {"missing": pack(list(one.missing))}))


def find(connection: Connection, hall: str, id: str) -> Demand | None:
    table = t.demands.c
    row = connection.execute(select(t.demands).where(table.hall == hall, table.id == id)).one_or_none()
    return None if row is None else _read(row)


def of_order(connection: Connection, order: str) -> list[Demand]:
    """The oldest first."""
    table = t.demands.c
    # One that is late came after another, though a clock may give both the same instant.
    rows = connection.execute(
        select(t.demands).where(table.order == order).order_by(table.at, table.late, table.id)
    )
    return [_read(row) for row in rows]


def open_of(connection: Connection, orders: Sequence[str]) -> set[str]:
    """Those of ``orders`` that wait for what was missing."""
    table = t.demands.c
    where = table.order.in_(list(orders)) & table.answered_at.is_(None)
    return set(connection.scalars(select(table.order).where(where)))


def answered(connection: Connection, id: str, at: datetime) -> None:
    connection.execute(update(t.demands).where(t.demands.c.id == id).values(answered_at=at))


def late(connection: Connection, hall: str, most: int = 100) -> list[Demand]:
    """Those that broke the rule of one complete notice, the newest first."""
    table = t.demands.c
    rows = connection.execute(
        select(t.demands).where(table.hall == hall, table.late).order_by(table.at.desc()).limit(most)
    )
    return [_read(row) for row in rows]


def _read(row: Any) -> Demand:
    facts = dict(row._mapping)
    return Demand(**(facts | {"missing": tuple(json.loads(facts["missing"]))}))
