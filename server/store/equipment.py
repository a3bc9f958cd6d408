"""The institution's own equipment: one row a piece, what may change as JSON of the domain's value."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from server.domain.equipment import Equipment

from . import tables as t

CONTENT = TypeAdapter(Equipment)


def add(connection: Connection, one: Equipment) -> None:
    connection.execute(insert(t.equipment).values(_row(one)))


def save(connection: Connection, one: Equipment) -> None:
    connection.execute(update(t.equipment).where(t.equipment.c.code == one.code).values(_row(one)))


def find(connection: Connection, hall: str, *, code: str = "", number: str = "") -> Equipment | None:
    table = t.equipment.c
    where = table.code == code if code else table.number == number
    content = connection.scalar(select(table.content).where(table.hall == hall, where))
    return None if content is None else CONTENT.validate_json(content)


def of_hall(connection: Connection, hall: str) -> list[Equipment]:
    """All of a hall's, by section and number."""
    table = t.equipment.c
    rows = connection.scalars(
        select(table.content).where(table.hall == hall).order_by(table.section, table.number)
    )
    return [CONTENT.validate_json(content) for content in rows]


def _row(one: Equipment) -> dict[str, Any]:
    return {
        "code": one.code,
        "hall": one.hall,
        "number": one.number,
        "section": one.section,
        "state": one.state,
        "content": CONTENT.dump_json(one).decode(),
    }
