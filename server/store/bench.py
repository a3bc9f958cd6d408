"""The benches: which pieces are where in the lab, read in few statements however many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, select

from server.domain.negotiation import NegotiationState
from server.protocol.words import SampleState

from . import tables as t
from .orders import ROWS, Sample

AT_THE_BENCH: Final[tuple[SampleState, ...]] = (
    "received",
    "acclimatising",
    "queued",
    "testing",
    "fault_hold",
    "tested",
    "reviewed",
)
SAMPLE: Final = [getattr(t.samples.c, name) for name in Sample.__dataclass_fields__]
GREEN: Final = case((t.tickets.c.priority == "green", 1), else_=0)


def listed(
    connection: Connection, hall: str, section: str, states: Collection[SampleState], most: int
) -> list[Sample]:
    """Pieces of the green channel first, then by due date, then as they came."""
    table = t.samples.c
    # Few orders are green: they are looked for apart, so that the others come straight from the index.
    first = _green(connection, hall)
    wanted = [table.hall == hall, table.state.in_(list(states))]
    if section:
        wanted.append(table.section == section)
    else:
        wanted.append(table.section >= "")
    order = (table.due.is_(None), table.due, table.received_at, table.order, table.position)

    def those(*which: ColumnElement[bool], count: int) -> list[Sample]:
        rows = connection.execute(select(*SAMPLE).where(*wanted, *which).order_by(*order).limit(count))
        return [Sample(*row) for row in rows]

    if not first:
        return those(count=most)
    green = those(table.order.in_(first), count=most)
    left = most - len(green)
    return green + (those(table.order.not_in(first), count=left) if left else [])


def _green(connection: Connection, hall: str) -> list[str]:
    """The orders of the green channel that are being worked on."""
    table = t.orders.c
    rows = connection.scalars(
        select(table.id)
        .join(t.tickets, t.tickets.c.id == table.ticket)
        .where(table.hall == hall, table.state.in_(("accepted", "in_progress", "partly_released")))
        .where(t.tickets.c.priority == "green")
        .limit(ROWS)
    )
    return list(rows)


def counts(connection: Connection, hall: str) -> dict[str, dict[SampleState, int]]:
    """Section → state → how many pieces."""
    table = t.samples.c
    rows = connection.execute(
        select(table.section, table.state, func.count().label("pieces"))
        .where(table.hall == hall, table.state.in_(list(AT_THE_BENCH)))
        .group_by(table.section, table.state)
    )
    found: dict[str, dict[SampleState, int]] = {}
    for row in rows:
        found.setdefault(row.section, {})[row.state] = row.pieces
    return found


def facts_of(connection: Connection, samples: Sequence[Sample]) -> dict[str, Any]:
    """Order id → (its case number, when it was accepted, pieces, whether it is of the green channel)."""
    ids = sorted({one.order for one in samples})
    table = t.orders.c
    found: dict[str, Any] = {}
    for start in range(0, len(ids), ROWS):
        part = ids[start : start + ROWS]
        pieces = (
            select(t.samples.c.order, func.count().label("pieces"))
            .where(t.samples.c.order.in_(part))
            .group_by(t.samples.c.order)
            .subquery()
        )
        rows = connection.execute(
            select(table.id, table.number, table.accepted_at, pieces.c.pieces, GREEN.label("green"))
            .join(pieces, pieces.c.order == table.id)
            .outerjoin(t.tickets, t.tickets.c.id == table.ticket)
            .where(table.id.in_(part))
        )
        found |= {row.id: row for row in rows}
    return found


def pauses_of(connection: Connection, orders: Collection[str]) -> dict[str, list[Any]]:
    """Order id → its pauses."""
    found: dict[str, list[Any]] = {}
    ids = sorted(orders)
    for start in range(0, len(ids), ROWS):
        rows = connection.execute(
            select(t.pauses).where(t.pauses.c.order.in_(ids[start : start + ROWS])).order_by(t.pauses.c.since)
        )
        for row in rows:
            found.setdefault(row.order, []).append(row)
    return found


def questions_of(connection: Connection, samples: Collection[str]) -> dict[str, NegotiationState]:
    """Sample → the state of its newest question."""
    table = t.negotiations.c
    found: dict[str, NegotiationState] = {}
    codes = sorted(samples)
    for start in range(0, len(codes), ROWS):
        rows = connection.execute(
            select(table.sample, table.state)
            .where(table.sample.in_(codes[start : start + ROWS]))
            .order_by(table.opened_at, table.id)
        )
        found |= {row.sample: row.state for row in rows}
    return found


def results_of(connection: Connection, samples: Collection[str]) -> dict[str, Any]:
    """Sample → state and signers of its newest result."""
    table = t.results.c
    found: dict[str, Any] = {}
    codes = sorted(samples)
    for start in range(0, len(codes), ROWS):
        rows = connection.execute(
            select(table.sample, table.state, table.verifier, table.reviewer)
            .where(table.sample.in_(codes[start : start + ROWS]))
            .order_by(table.version)
        )
        found |= {row.sample: row for row in rows}
    return found


WAITS: Final = ("tested", "reviewed")
"""Results that somebody must sign next."""


def waiting(connection: Connection, hall: str, most: int) -> list[tuple[Any, Sample]]:
    """(result without its content, its sample) of those that wait for a signature; the longest waiting
    first."""
    table, of = t.results.c, t.samples.c
    names = ("id", "state", "conclusion", "verifier", "tested_on", "changed_at")
    rows = connection.execute(
        select(*[getattr(table, name).label(f"r_{name}") for name in names], *SAMPLE)
        .join(t.samples, of.code == table.sample)
        .where(table.hall == hall, table.state.in_(WAITS))
        .order_by(table.changed_at, table.id)
        .limit(most)
    )
    return [(row, Sample(*row[len(names) :])) for row in rows]


def waiting_counts(connection: Connection, hall: str, user: str) -> list[Any]:
    """How many results that ``user`` did not test wait, by state, item and test date."""
    table, of = t.results.c, t.samples.c
    return list(
        connection.execute(
            select(table.state, of.item, table.tested_on, func.count().label("results"))
            .join(t.samples, of.code == table.sample)
            .where(table.hall == hall, table.state.in_(WAITS), table.verifier != user)
            .group_by(table.state, of.item, table.tested_on)
        )
    )
