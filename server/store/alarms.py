"""Alarms in the tables: what of a hall's machines needs, or needed, somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from server.domain.upkeep import Alarm
from server.protocol.devices import Part

from . import tables as t

ROW = t.alarms.c
NAMES = tuple(Alarm.__dataclass_fields__)


def add(connection: Connection, one: Alarm) -> None:
    connection.execute(insert(t.alarms).values({name: getattr(one, name) for name in NAMES}))


def find(connection: Connection, hall: str, id: str) -> Alarm | None:
    row = connection.execute(select(t.alarms).where(ROW.id == id, ROW.hall == hall)).one_or_none()
    return None if row is None else _alarm(row)


def standing(connection: Connection, hall: str) -> list[Alarm]:
    """The open ones."""
    return standing_in(connection, [hall])


def standing_in(connection: Connection, halls: Sequence[str]) -> list[Alarm]:
    """The open ones of several halls."""
    rows = connection.execute(select(t.alarms).where(ROW.hall.in_(halls), ROW.until.is_(None)))
    return [_alarm(row) for row in rows]


def of_part(connection: Connection, hall: str, device: str, part: Part, most: int) -> list[Alarm]:
    """The last ``most`` of one part of a device, open and ended, the last first."""
    asked = select(t.alarms).where(ROW.hall == hall, ROW.device == device, ROW.part == part)
    return [_alarm(row) for row in connection.execute(asked.order_by(ROW.since.desc()).limit(most))]


def lately(connection: Connection, hall: str, since: datetime, most: int) -> list[Alarm]:
    """Those that ended after ``since``, the last first."""
    asked = select(t.alarms).where(ROW.hall == hall, ROW.until > since)
    return [_alarm(row) for row in connection.execute(asked.order_by(ROW.until.desc()).limit(most))]


def close(connection: Connection, id: str, now: datetime) -> None:
    connection.execute(update(t.alarms).where(ROW.id == id, ROW.until.is_(None)).values(until=now))


def seen(connection: Connection, id: str, user: str, now: datetime) -> None:
    """Somebody takes care of it."""
    connection.execute(update(t.alarms).where(ROW.id == id).values(seen_by=user, seen_at=now))


def forget(connection: Connection, before: datetime) -> None:
    """Drop what ended long ago: the journal still says that it was."""
    connection.execute(delete(t.alarms).where(ROW.until < before))


def _alarm(row: Any) -> Alarm:
    return Alarm(**{name: getattr(row, name) for name in NAMES})
