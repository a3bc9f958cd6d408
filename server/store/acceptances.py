"""The acceptor's sheet of each order in its table; the sheet is JSON as the domain's value has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from server.domain.acceptance import Acceptance, Sheet

from . import tables as t

SHEET = TypeAdapter(Sheet)
FIELDS = tuple(name for name in Acceptance.__dataclass_fields__ if name != "sheet")


def find(connection: Connection, order: str) -> Acceptance | None:
    """None: nobody has written anything on its sheet."""
    row = connection.execute(select(t.acceptances).where(t.acceptances.c.order == order)).one_or_none()
    return None if row is None else _read(row)


def of_orders(connection: Connection, orders: Sequence[str]) -> dict[str, Acceptance]:
    rows = connection.execute(select(t.acceptances).where(t.acceptances.c.order.in_(list(orders))))
    return {row.order: _read(row) for row in rows}


def save(connection: Connection, one: Acceptance) -> None:
    """Add the sheet, or put it in the place of the one before."""
    values: dict[str, Any] = {name: getattr(one, name) for name in FIELDS if name != "order"}
    values["sheet"] = SHEET.dump_json(one.sheet).decode()
    written = connection.execute(
        update(t.acceptances).where(t.acceptances.c.order == one.order).values(values)
    )
    if written.rowcount == 0:
        connection.execute(insert(t.acceptances).values(order=one.order, **values))


def _read(row: Any) -> Acceptance:
    facts = {name: getattr(row, name) for name in FIELDS}
    return Acceptance(**facts, sheet=SHEET.validate_json(row.sheet))
