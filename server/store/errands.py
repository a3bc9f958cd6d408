"""Errands: what a manager asks a device to do, what became of it, and the picture of a screen for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from server.protocol.devices import ErrandKind, ErrandState

from . import tables as t

ROW = t.errands.c
OPEN: Final[tuple[ErrandState, ...]] = ("asked", "taken")
PLAIN = [column for column in t.errands.c if column.name != "picture"]
"""All but the picture, which is only read when somebody looks at it."""


@dataclass(frozen=True, slots=True)
class Errand:
    id: str
    hall: str
    device: str
    kind: ErrandKind
    subject: str
    """The number of a ticket; empty where the kind needs none."""
    by: str
    """The user who asked."""
    at: datetime
    state: ErrandState = "asked"
    ended_at: datetime | None = None
    remark: str = ""
    pictured: bool = False


def add(connection: Connection, one: Errand) -> None:
    connection.execute(
        insert(t.errands).values(
            id=one.id,
            hall=one.hall,
            device=one.device,
            kind=one.kind,
            subject=one.subject,
            by=one.by,
            at=one.at,
            state=one.state,
            remark=one.remark,
        )
    )


def find(connection: Connection, id: str) -> Errand | None:
    return next(iter(_read(connection, ROW.id == id, 1)), None)


def of_device(connection: Connection, hall: str, device: str, most: int) -> list[Errand]:
    """The newest first."""
    return _read(connection, (ROW.hall == hall) & (ROW.device == device), most)


def open_of(connection: Connection, device: str, since: datetime, most: int) -> list[Errand]:
    """What the device is still to do, the first asked first: asked after ``since``."""
    asked = (ROW.device == device) & ROW.state.in_(OPEN) & (ROW.at > since)
    return list(reversed(_read(connection, asked, most)))


def overdue(connection: Connection, halls: Sequence[str], until: datetime) -> list[str]:
    """The halls in which an errand that was asked by ``until`` is still open. Only reads."""
    late = select(ROW.hall).where(ROW.hall.in_(halls), ROW.state.in_(OPEN), ROW.at <= until)
    return sorted(connection.execute(late.distinct()).scalars())


def late(connection: Connection, hall: str, until: datetime) -> list[Errand]:
    return _read(connection, (ROW.hall == hall) & ROW.state.in_(OPEN) & (ROW.at <= until), None)


def taken(connection: Connection, device: str) -> None:
    """The device has been told, in answer to its own report."""
    told = update(t.errands).where(ROW.device == device, ROW.state == "asked")
    connection.execute(told.values(state="taken"))


def end(connection: Connection, id: str, state: ErrandState, now: datetime, remark: str) -> None:
    connection.execute(update(t.errands).where(ROW.id == id).values(state=state, ended_at=now, remark=remark))


def put_picture(connection: Connection, id: str, content: bytes) -> None:
    connection.execute(update(t.errands).where(ROW.id == id).values(picture=content))


def picture(connection: Connection, hall: str, id: str) -> bytes | None:
    asked = select(ROW.picture).where(ROW.id == id, ROW.hall == hall)
    found: bytes | None = connection.execute(asked).scalar_one_or_none()
    return found


def forget(connection: Connection, pictures: datetime, errands: datetime) -> None:
    """Drop the pictures of errands asked before ``pictures``, and errands asked before ``errands``: the
    journal still says that they were."""
    old = update(t.errands).where(ROW.picture.is_not(None), ROW.at < pictures)
    connection.execute(old.values(picture=None))
    connection.execute(delete(t.errands).where(ROW.at < errands))


def _read(connection: Connection, where: ColumnElement[bool], most: int | None) -> list[Errand]:
    pictured = (func.coalesce(func.length(ROW.picture), 0) > 0).label("pictured")
    asked = select(*PLAIN, pictured).where(where).order_by(ROW.at.desc(), ROW.id)
    return [_errand(row) for row in connection.execute(asked.limit(most) if most else asked)]


def _errand(row: Any) -> Errand:
    one = Errand(row.id, row.hall, row.device, row.kind, row.subject, row.by, row.at, row.state)
    return replace(one, ended_at=row.ended_at, remark=row.remark, pictured=bool(row.pictured))
