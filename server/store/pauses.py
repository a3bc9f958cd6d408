"""Pauses of promises' clocks: from when until when the customer was waited for, and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection, insert, select, update

from . import tables as t

Reason: TypeAlias = Literal["negotiation", "papers"]
"""A fault about which the customer was asked, or papers of theirs that were missing."""
ROW = t.pauses.c


@dataclass(frozen=True, slots=True)
class Paused:
    id: str
    hall: str
    order: str
    sample: str | None
    """None: all of the order waits."""
    reason: Reason
    since: datetime
    until: datetime | None = None


def begin(
    connection: Connection, hall: str, order: str, reason: Reason, now: datetime, sample: str | None = None
) -> None:
    """The customer is waited for from now on; nothing happens where they are for that reason already."""
    known = select(ROW.id).where(ROW.order == order, ROW.reason == reason, ROW.until.is_(None))
    known = known.where(ROW.sample.is_(None) if sample is None else ROW.sample == sample)
    if connection.execute(known.limit(1)).first() is None:
        connection.execute(
            insert(t.pauses).values(
                id=uuid.uuid4().hex, hall=hall, order=order, sample=sample, reason=reason, since=now
            )
        )


def end(connection: Connection, order: str, reason: Reason, now: datetime, sample: str | None = None) -> None:
    """The answer, or the papers, have come."""
    ours = update(t.pauses).where(ROW.order == order, ROW.reason == reason, ROW.until.is_(None))
    ours = ours.where(ROW.sample.is_(None) if sample is None else ROW.sample == sample)
    connection.execute(ours.values(until=now))


def of_order(connection: Connection, order: str) -> list[Paused]:
    """The oldest first."""
    rows = connection.execute(select(t.pauses).where(ROW.order == order).order_by(ROW.since, ROW.id))
    return [Paused(**row._mapping) for row in rows]
