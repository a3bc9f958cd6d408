"""Items that fall due, in their table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.domain.due import DueItem

from . import tables as t

ROW = t.due_items.c
PORTION = 500
"""Digests asked for in one statement."""
FIELDS = tuple(DueItem.__dataclass_fields__)


def add(connection: Connection, items: Iterable[DueItem]) -> int:
    """Write ``items``; one that is there already stays as it is. Answers how many are new."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    rows = [{name: getattr(one, name) for name in FIELDS} | {"digest": one.digest} for one in items]
    if not rows:
        return 0
    return len(connection.execute(insert(t.due_items).on_conflict_do_nothing().returning(ROW.id), rows).all())


def find(connection: Connection, id: str) -> DueItem | None:
    row = connection.execute(select(t.due_items).where(ROW.id == id)).one_or_none()
    return None if row is None else _item(row)


def close(connection: Connection, hall: str, id: str, now: datetime) -> bool:
    """Mark it done; whether it was open."""
    done = update(t.due_items).where(ROW.hall == hall, ROW.id == id, ROW.done_at.is_(None))
    return connection.execute(done.values(done_at=now)).rowcount == 1


def known(connection: Connection, hall: str, digests: Sequence[str]) -> int:
    """How many of these items are there already."""
    found = 0
    for at in range(0, len(digests), PORTION):
        some = digests[at : at + PORTION]
        asked = select(func.count()).select_from(t.due_items)
        found += connection.scalar(asked.where(ROW.hall == hall, ROW.digest.in_(some))) or 0
    return found


def between(connection: Connection, hall: str, first: date, last: date) -> list[DueItem]:
    """The open items of these days, first to last."""
    asked = select(t.due_items).where(_open(hall), ROW.due_on >= first, ROW.due_on <= last)
    return [_item(row) for row in connection.execute(asked.order_by(ROW.due_on, ROW.id))]


def listed(
    connection: Connection,
    hall: str,
    *,
    open_only: bool = True,
    until: date | None = None,
    item: str = "",
    text: str = "",
    limit: int = 200,
) -> tuple[int, list[DueItem]]:
    """(how many, the first ``limit`` by due day). ``text``: part of a company's name or a reference, or the
    last digits of a phone number."""
    where = _open(hall) if open_only else ROW.hall == hall
    if until is not None:
        where &= ROW.due_on <= until
    if item:
        where &= ROW.item == item
    if text:
        where &= or_(
            ROW.company.contains(text, autoescape=True),
            ROW.reference.contains(text, autoescape=True),
            ROW.phone.endswith(text, autoescape=True),
        )
    total = connection.scalar(select(func.count()).select_from(t.due_items).where(where)) or 0
    rows = connection.execute(select(t.due_items).where(where).order_by(ROW.due_on, ROW.id).limit(limit))
    return total, [_item(row) for row in rows]


def _open(hall: str) -> ColumnElement[bool]:
    return (ROW.hall == hall) & ROW.done_at.is_(None)


def _item(row: Any) -> DueItem:
    return DueItem(**{name: getattr(row, name) for name in FIELDS})
