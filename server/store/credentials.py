"""Credentials and training records of the people at the benches."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from server.domain.lab import Credential

from . import tables as t


def add(connection: Connection, one: Credential) -> None:
    connection.execute(insert(t.credentials).values(_row(one)))


def save(connection: Connection, one: Credential) -> None:
    connection.execute(update(t.credentials).where(t.credentials.c.id == one.id).values(_row(one)))


def remove(connection: Connection, id: str) -> None:
    connection.execute(delete(t.credentials).where(t.credentials.c.id == id))


def find(connection: Connection, hall: str, id: str) -> Credential | None:
    table = t.credentials.c
    row = connection.execute(select(t.credentials).where(table.hall == hall, table.id == id)).one_or_none()
    return None if row is None else _read(row)


def of_hall(connection: Connection, hall: str, user: str = "") -> list[Credential]:
    """All of a hall's, or of one of its people; by person, kind and last day."""
    table = t.credentials.c
    where = [table.hall == hall, *([table.user == user] if user else [])]
    rows = connection.execute(
        select(t.credentials).where(*where).order_by(table.user, table.kind, table.until, table.id)
    )
    return [_read(row) for row in rows]


def _row(one: Credential) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in Credential.__dataclass_fields__}
    return row | {"items": json.dumps(sorted(one.items))}


def _read(row: Any) -> Credential:
    return Credential(**(dict(row._mapping) | {"items": frozenset(json.loads(row.items))}))
