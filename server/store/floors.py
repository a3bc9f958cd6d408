"""The Floor in the tables: loaded whole, written by what changed.

Writing is guarded twice: the hall's row is locked for the transaction and its version must still be the
one the Floor was read at; and the tables' own constraints stand behind that (a number once a day, a
ticket at one counter, a person at one counter).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from server.domain.evolve import CALLS_KEPT
from server.domain.floor import CallMade, Floor, Pace, Place, Post, Ticket

from . import leases
from . import tables as t
from .halls import load_hall

OPEN = ("waiting", "called", "serving", "parked", "missed")
OVER = ("done", "cancelled", "expired")
CALLS_SHOWN = timedelta(minutes=2)


class StaleFloor(Exception):
    """Another process moved the hall on: reload and decide again."""


class Head:
    """The hall's row as locked for this transaction."""

    __slots__ = ("day", "journal", "version")

    def __init__(self, version: int, day: date, journal: tuple[int, str]) -> None:
        self.version = version
        self.day = day
        self.journal = journal


# Statements of the hot path are built once: building one costs more than running it.
LOCK = (
    select(t.halls.c.version, t.halls.c.day, t.halls.c.journal_seq, t.halls.c.journal_hash)
    .where(t.halls.c.id == bindparam("hall"))
    .with_for_update()
)
MOVE_ON = (
    update(t.halls)
    .where(t.halls.c.id == bindparam("of"), t.halls.c.version == bindparam("was"))
    .values(
        version=bindparam("now"),
        since_green=bindparam("green"),
        orders=bindparam("issued"),
        journal_seq=bindparam("seq"),
        journal_hash=bindparam("last"),
    )
)
HEAD = select(
    t.halls.c.version, t.halls.c.setup, t.halls.c.day, t.halls.c.orders, t.halls.c.since_green
).where(t.halls.c.id == bindparam("hall"))
ON_DAY = (t.tickets.c.hall == bindparam("hall"), t.tickets.c.day == bindparam("day"))
OPEN_TICKETS = select(t.tickets).where(*ON_DAY, t.tickets.c.state.in_(OPEN)).order_by(t.tickets.c.order)
RECENT_TICKETS = (
    select(t.tickets)
    .where(*ON_DAY, t.tickets.c.state.in_(OVER), t.tickets.c.undo_until >= bindparam("now"))
    .order_by(t.tickets.c.ended_at, t.tickets.c.order)
)
NUMBERS = select(t.numbers).where(t.numbers.c.hall == bindparam("hall"), t.numbers.c.day == bindparam("day"))
POSTS = select(t.posts).where(t.posts.c.hall == bindparam("hall"))
PACES = select(t.paces).where(t.paces.c.hall == bindparam("hall"), t.paces.c.day == bindparam("day"))
CALLS = (
    select(t.calls)
    .where(t.calls.c.hall == bindparam("hall"), t.calls.c.at >= bindparam("since"))
    .order_by(t.calls.c.at.desc(), t.calls.c.id.desc())
    .limit(CALLS_KEPT)
)
LEASES = (
    select(t.leases)
    .where(t.leases.c.hall == bindparam("hall"), t.leases.c.day == bindparam("day"))
    .order_by(t.leases.c.first)
)
ADD_TICKETS = insert(t.tickets)
ADD_CALLS = insert(t.calls)
ADD_NUMBER = insert(t.numbers)
ADD_POSTS = insert(t.posts)
CLEAR_POST = delete(t.posts).where(t.posts.c.hall == bindparam("of"), t.posts.c.counter == bindparam("at"))
CLEAR_PACE = delete(t.paces).where(
    t.paces.c.hall == bindparam("of"), t.paces.c.day == bindparam("on"), t.paces.c.service == bindparam("for")
)
ADD_PACE = insert(t.paces)
MOVE_NUMBER = (
    update(t.numbers)
    .where(
        t.numbers.c.hall == bindparam("of"),
        t.numbers.c.day == bindparam("on"),
        t.numbers.c.prefix == bindparam("letter"),
        t.numbers.c.last == bindparam("was"),
    )
    .values(last=bindparam("now"))
)
CHANGE_TICKET = (
    update(t.tickets)
    .where(t.tickets.c.id == bindparam("new_id"))
    .values(
        {
            column.name: bindparam(f"new_{column.name}")
            for column in t.tickets.c
            if column.name not in ("id", "hall", "day")
        }
    )
)


def lock(connection: Connection, hall: str) -> Head | None:
    """Lock the hall for this transaction; None when there is no such hall.

    SQLite's write lock is taken at BEGIN IMMEDIATE; PostgreSQL locks the row.
    """
    row = connection.execute(LOCK, {"hall": hall}).one_or_none()
    return None if row is None else Head(row.version, row.day, (row.journal_seq, row.journal_hash))


def versions(connection: Connection) -> dict[str, int]:
    """Every hall's version: how a process notices what another has done."""
    return {row.id: row.version for row in connection.execute(select(t.halls.c.id, t.halls.c.version))}


def load_floor(connection: Connection, id: str, now: datetime, before: Floor | None = None) -> Floor | None:
    """The hall's live state on its current business day.

    ``before``: the floor as it was known. Its set-up serves again where nobody has changed it: to read that
    takes longer than all the rest, and another process's every change is a reason to look.
    """
    head = connection.execute(HEAD, {"hall": id}).one_or_none()
    if head is None:
        return None
    hall = before.hall if before is not None and before.setup == head.setup else load_hall(connection, id)
    if hall is None:
        return None
    of_day = {"hall": id, "day": head.day}
    open_rows = connection.execute(OPEN_TICKETS, of_day)
    tickets = {row.id: _ticket(row) for row in open_rows}
    recent_rows = connection.execute(RECENT_TICKETS, of_day | {"now": now})
    queues: dict[str, list[Place]] = {}
    for ticket in tickets.values():
        if ticket.state == "waiting":
            queues.setdefault(ticket.service, []).append(ticket.place)
    missed = sorted(
        (one for one in tickets.values() if one.state == "missed"), key=lambda one: (one.missed_at, one.order)
    )
    numbers = connection.execute(NUMBERS, of_day)
    posts = connection.execute(POSTS, {"hall": id})
    paces = connection.execute(PACES, of_day)
    calls = connection.execute(CALLS, {"hall": id, "since": now - CALLS_SHOWN}).all()
    lent = connection.execute(LEASES, of_day)
    return Floor(
        hall=hall,
        day=head.day,
        version=head.version,
        setup=head.setup,
        tickets=tickets,
        queues={service: tuple(sorted(places)) for service, places in queues.items()},
        posts={row.counter: _post(row) for row in posts},
        issued={row.prefix: row.last for row in numbers},
        orders=head.orders,
        since_green=head.since_green,
        paces={row.service: Pace(row.visits, row.total, row.squares) for row in paces},
        calls=tuple(_call(row) for row in reversed(calls)),
        recent={row.id: _ticket(row) for row in recent_rows},
        missed=tuple(one.id for one in missed),
        lent={row.id: leases.block(row) for row in lent},
    )


def find_ticket(connection: Connection, *, code: str = "", id: str = "") -> tuple[str, date, Ticket] | None:
    """(hall, day, ticket) by public code or by id, whatever its day."""
    where = t.tickets.c.code == code if code else t.tickets.c.id == id
    row = connection.execute(select(t.tickets).where(where)).one_or_none()
    return None if row is None else (row.hall, row.day, _ticket(row))


def find_number(connection: Connection, hall: str, day: date, number: str) -> Ticket | None:
    row = connection.execute(
        select(t.tickets).where(
            t.tickets.c.hall == hall, t.tickets.c.day == day, t.tickets.c.number == number
        )
    ).one_or_none()
    return None if row is None else _ticket(row)


def save_floor(
    connection: Connection,
    before: Floor,
    after: Floor,
    changed: Mapping[str, Ticket],
    journal_head: tuple[int, str],
) -> None:
    """Write what changed: the ``changed`` tickets, by id, and all else that differs between the two.

    Raises StaleFloor when the hall's version is not ``before.version``.
    """
    hall = after.hall.id
    moved = connection.execute(
        MOVE_ON,
        {
            "of": hall,
            "was": before.version,
            "now": after.version,
            "green": after.since_green,
            "issued": after.orders,
            "seq": journal_head[0],
            "last": journal_head[1],
        },
    )
    if moved.rowcount != 1:
        raise StaleFloor(hall)
    _save_tickets(connection, before, changed)
    _save_numbers(connection, before, after)
    _save_posts(connection, before, after)
    _save_paces(connection, before, after)
    if after.lent is not before.lent:
        leases.save(connection, after.hall.id, after.day, before.lent, after.lent)
    if after.calls is not before.calls:
        known = {call.id for call in before.calls}
        calls = [call for call in after.calls if call.id not in known]
        if calls:  # None is new when the day's end has cleared them.
            connection.execute(ADD_CALLS, [{"hall": hall, **_columns(call)} for call in calls])


def open_day(connection: Connection, floor: Floor) -> None:
    """Begin the business day of ``floor``, which is fresh; the caller holds the hall's lock."""
    connection.execute(
        update(t.halls)
        .where(t.halls.c.id == floor.hall.id)
        .values(day=floor.day, since_green=floor.since_green, orders=floor.orders)
    )


def _save_tickets(connection: Connection, before: Floor, changed: Mapping[str, Ticket]) -> None:
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    for ticket in changed.values():
        values = _columns(ticket)
        low, high = values.pop("promised")
        values |= {"later": json.dumps(ticket.later), "promised_low": low, "promised_high": high}
        if ticket.order > before.orders:
            new.append({"hall": before.hall.id, "day": before.day, **values})
        else:
            old.append({f"new_{name}": value for name, value in values.items()})
    if new:
        connection.execute(ADD_TICKETS, new)
    if old:
        connection.execute(CHANGE_TICKET, old)


def _save_paces(connection: Connection, before: Floor, after: Floor) -> None:
    for service, pace in after.paces.items():
        if before.paces.get(service) is pace:
            continue
        hall, day = after.hall.id, after.day
        connection.execute(CLEAR_PACE, {"of": hall, "on": day, "for": service})
        connection.execute(ADD_PACE, {"hall": hall, "day": day, "service": service, **_columns(pace)})


def _save_numbers(connection: Connection, before: Floor, after: Floor) -> None:
    for prefix, last in after.issued.items():
        earlier = before.issued.get(prefix, 0)
        if last == earlier:
            continue
        if earlier == 0:
            values = {"hall": after.hall.id, "day": after.day, "prefix": prefix, "last": last}
            connection.execute(ADD_NUMBER, values)
            continue
        key = {"of": after.hall.id, "on": after.day, "letter": prefix}
        moved = connection.execute(MOVE_NUMBER, {**key, "was": earlier, "now": last})
        if moved.rowcount != 1:
            raise StaleFloor(after.hall.id)


def _save_posts(connection: Connection, before: Floor, after: Floor) -> None:
    changed = [post for key, post in after.posts.items() if before.posts.get(key) is not post]
    if not changed:
        return
    # All are removed before any is written: a ticket or a person may have moved between two of them.
    connection.execute(CLEAR_POST, [{"of": after.hall.id, "at": post.counter} for post in changed])
    connection.execute(ADD_POSTS, [{"hall": after.hall.id, **_columns(post)} for post in changed])


_Row = TypeVar("_Row", Ticket, Post, CallMade)


_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in (Ticket, Post, CallMade, Pace)}


def _columns(value: Ticket | Post | CallMade | Pace) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _NAMES[type(value)]}


def _from(kind: type[_Row], row: Any, **other: Any) -> _Row:
    return kind(**{name: getattr(row, name) for name in _NAMES[kind] if name not in other}, **other)


def _ticket(row: Any) -> Ticket:
    later = tuple(json.loads(row.later))
    return _from(Ticket, row, later=later, promised=(row.promised_low, row.promised_high))


def _post(row: Any) -> Post:
    return _from(Post, row)


def _call(row: Any) -> CallMade:
    return _from(CallMade, row)
