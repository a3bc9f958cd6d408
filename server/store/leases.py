"""Lent blocks of numbers in the tables. Those of the present day are part of the floor."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from server.domain.floor import Ticket
from server.domain.leases import Block, Blocks

from . import tables as t


def block(row: Any) -> Block:
    return Block(
        id=row.id,
        device=row.device,
        service=row.service,
        prefix=row.prefix,
        first=row.first,
        last=row.last,
        made_at=row.made_at,
        used=frozenset(json.loads(row.used)),
        returned_at=row.returned_at,
    )


def save(connection: Connection, hall: str, day: date, before: Blocks, after: Blocks) -> None:
    """Write what differs between the two."""
    for one in after.values():
        known = before.get(one.id)
        if known is one:
            continue
        changing = {"used": json.dumps(sorted(one.used)), "returned_at": one.returned_at}
        if known is not None:
            connection.execute(update(t.leases).where(t.leases.c.id == one.id).values(changing))
            continue
        names = ("id", "device", "service", "prefix", "first", "last", "made_at")
        values = {name: getattr(one, name) for name in names}
        connection.execute(insert(t.leases).values(hall=hall, day=day, **values, **changing))


def find(connection: Connection, hall: str, id: str) -> tuple[date, Block] | None:
    """(its day, the block), of whatever day."""
    row = connection.execute(
        select(t.leases).where(t.leases.c.id == id, t.leases.c.hall == hall)
    ).one_or_none()
    return None if row is None else (row.day, block(row))


def retie(connection: Connection, ticket: str, to: str) -> None:
    """What was registered, checked in or is to be collected with ``ticket`` goes on with ticket ``to``."""
    for table in (t.orders, t.appointments, t.pickups):
        connection.execute(update(table).where(table.c.ticket == ticket).values(ticket=to))


def keep_late(connection: Connection, hall: str, day: date, lent: Block, n: int, ticket: Ticket) -> None:
    """``ticket`` of a ``day`` that is over, number ``n`` of ``lent``: its row says that it is over.

    Its order of issue in that day is made here.
    """
    used = json.dumps(sorted(lent.used | {n}))
    connection.execute(update(t.leases).where(t.leases.c.id == lent.id).values(used=used))
    last = connection.scalar(
        select(func.max(t.tickets.c.order)).where(t.tickets.c.hall == hall, t.tickets.c.day == day)
    )
    names = [name for name in Ticket.__dataclass_fields__ if name not in ("promised", "later", "order")]
    values = {name: getattr(ticket, name) for name in names}
    low, high = ticket.promised
    connection.execute(
        insert(t.tickets).values(
            hall=hall,
            day=day,
            later=json.dumps(ticket.later),
            promised_low=low,
            promised_high=high,
            order=(last or 0) + 1,
            **values,
        )
    )


def issued_late(
    lent: Block, code: str, id: str, n: int, language: str, at: datetime, now: datetime
) -> Ticket:
    """The number as its row is to be: over before anybody could call it."""
    return Ticket(
        id=id,
        code=code,
        number=f"{lent.prefix}{n:03d}",
        prefix=lent.prefix,
        order=0,
        service=lent.service,
        later=(),
        state="expired",
        priority="ordinary",
        language="en" if language == "en" else "zh",
        issued_at=at,
        callable_at=at,
        ranked_at=at,
        promised=(0, 0),
        ended_at=now,
        handed_in_at=now,
    )
