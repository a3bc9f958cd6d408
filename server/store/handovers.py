"""Hand-overs of samples (样品交接) in their table, and who holds what."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from server.domain.custody import CUSTOMER, Handover, HandoverState

from . import tables as t
from .halls import pack
from .orders import OUT_OF_THE_HOUSE, Sample


def add(connection: Connection, hall: str, one: Handover, at: datetime) -> None:
    connection.execute(
        insert(t.handovers).values(
            id=one.id,
            hall=hall,
            giver=one.giver,
            taker=one.taker,
            samples=pack(list(one.pieces)),
            state=one.state,
            offered_at=at,
        )
    )


def end(connection: Connection, id: str, state: HandoverState, at: datetime) -> None:
    table = t.handovers
    connection.execute(update(table).where(table.c.id == id).values(state=state, ended_at=at))


def find(connection: Connection, hall: str, id: str) -> Handover | None:
    table = t.handovers.c
    row = connection.execute(select(t.handovers).where(table.hall == hall, table.id == id)).one_or_none()
    return None if row is None else _read(row)


def offered(
    connection: Connection, hall: str, holder: str, most: int = 100
) -> list[tuple[Handover, datetime]]:
    """The open ones that ``holder`` gives or is to take, with when they were offered; the oldest first."""
    table = t.handovers.c
    rows = connection.execute(
        select(t.handovers)
        .where(
            table.hall == hall,
            table.state == "offered",
            or_(table.giver == holder, table.taker == holder),
        )
        .order_by(table.offered_at, table.id)
        .limit(most)
    )
    return [(_read(row), row.offered_at) for row in rows]


def held_by(connection: Connection, hall: str, holder: str, most: int = 500) -> list[Sample]:
    """The pieces that ``holder`` has, the longest held first."""
    table = t.samples.c
    rows = connection.execute(
        select(t.samples)
        .where(table.hall == hall, table.holder == holder, table.state.not_in(OUT_OF_THE_HOUSE))
        .order_by(table.held_since, table.code)
        .limit(most)
    )
    return [Sample(**row._mapping) for row in rows]


def counts(connection: Connection, hall: str) -> dict[str, int]:
    """Holder → pieces, of all in the house."""
    table = t.samples.c
    rows = connection.execute(
        select(table.holder, func.count())
        .where(table.hall == hall, table.holder != CUSTOMER, table.state.not_in(OUT_OF_THE_HOUSE))
        .group_by(table.holder)
    )
    return {holder: count for holder, count in rows}


def _read(row: Any) -> Handover:
    return Handover(row.id, row.giver, row.taker, tuple(json.loads(row.samples)), row.state)
