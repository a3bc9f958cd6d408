"""Questions to customers about faults (故障协商) in their table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from server.domain.negotiation import WAITING, Negotiation, Option, Signature

from . import tables as t
from .halls import pack

OPTIONS = TypeAdapter(tuple[Option, ...])
SIGNATURES = TypeAdapter(tuple[Signature, ...])


def add(connection: Connection, one: Negotiation) -> None:
    connection.execute(insert(t.negotiations).values(_row(one)))


def save(connection: Connection, one: Negotiation) -> None:
    connection.execute(update(t.negotiations).where(t.negotiations.c.id == one.id).values(_row(one)))


def find(connection: Connection, id: str) -> Negotiation | None:
    row = connection.execute(select(t.negotiations).where(t.negotiations.c.id == id)).one_or_none()
    return None if row is None else _read(row)


def of_sample(connection: Connection, sample: str) -> list[Negotiation]:
    """The oldest first."""
    table = t.negotiations.c
    rows = connection.execute(
        select(t.negotiations).where(table.sample == sample).order_by(table.opened_at, table.id)
    )
    return [_read(row) for row in rows]


def of_order(connection: Connection, order: str) -> list[Negotiation]:
    """The oldest first."""
    table = t.negotiations.c
    rows = connection.execute(
        select(t.negotiations).where(table.order == order).order_by(table.opened_at, table.id)
    )
    return [_read(row) for row in rows]


def in_states(
    connection: Connection, hall: str, states: Collection[str], most: int = 500
) -> list[Negotiation]:
    """Those of a hall, the first due first."""
    table = t.negotiations.c
    rows = connection.execute(
        select(t.negotiations)
        .where(table.hall == hall, table.state.in_(list(states)))
        .order_by(table.due_at, table.id)
        .limit(most)
    )
    return [_read(row) for row in rows]


def overdue(connection: Connection, halls: Collection[str], now: datetime) -> list[str]:
    """The halls in which a question is unanswered whose time is over."""
    table = t.negotiations.c
    found = connection.scalars(
        select(table.hall)
        .where(table.hall.in_(list(halls)), table.state == "proposed", table.due_at <= now)
        .distinct()
    )
    return list(found)


def waiting_for(connection: Connection, samples: Collection[str]) -> frozenset[str]:
    """Those of ``samples`` about which a customer's answer is waited for."""
    table = t.negotiations.c
    found = connection.scalars(
        select(table.sample).where(table.sample.in_(list(samples)), table.state.in_(list(WAITING)))
    )
    return frozenset(found)


def _row(one: Negotiation) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in Negotiation.__dataclass_fields__}
    return row | {
        "options": pack(list(one.options)),
        "signatures": SIGNATURES.dump_json(one.signatures).decode(),
    }


def _read(row: Any) -> Negotiation:
    facts = {name: getattr(row, name) for name in Negotiation.__dataclass_fields__}
    return Negotiation(
        **(
            facts
            | {
                "options": OPTIONS.validate_json(facts["options"]),
                "signatures": SIGNATURES.validate_json(facts["signatures"]),
            }
        )
    )
