"""Results of tests in their table; the content is JSON as the domain's value has it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from server.domain.results import Content, Result

from . import tables as t

CONTENT = TypeAdapter(Content)


def add(connection: Connection, result: Result) -> None:
    connection.execute(insert(t.results).values(_row(result)))


def save(connection: Connection, result: Result) -> None:
    connection.execute(update(t.results).where(t.results.c.id == result.id).values(_row(result)))


def find(connection: Connection, hall: str, id: str) -> Result | None:
    table = t.results.c
    row = connection.execute(select(t.results).where(table.hall == hall, table.id == id)).one_or_none()
    return None if row is None else _read(row)


def of_sample(connection: Connection, sample: str) -> list[Result]:
    """Every version, the oldest first."""
    table = t.results.c
    rows = connection.execute(select(t.results).where(table.sample == sample).order_by(table.version))
    return [_read(row) for row in rows]


def in_state(connection: Connection, hall: str, state: str) -> list[Result]:
    """Those that wait for a signature, the oldest first."""
    table = t.results.c
    rows = connection.execute(
        select(t.results).where(table.hall == hall, table.state == state).order_by(table.changed_at, table.id)
    )
    return [_read(row) for row in rows]


def _row(result: Result) -> dict[str, Any]:
    names = (name for name in Result.__dataclass_fields__ if name != "content")
    row = {name: getattr(result, name) for name in names}
    return row | {"content": CONTENT.dump_json(result.content).decode()}


def _read(row: Any) -> Result:
    facts = dict(row._mapping)
    return Result(**(facts | {"content": CONTENT.validate_json(facts["content"])}))
