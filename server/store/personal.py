"""Personal data in the tables: whose it is, what is old enough to be cleared, and clearing it.

What is cleared follows ``server.domain.personal``; rows stay, so that everything that refers to them holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, or_, select, update

from server.domain.customers import NATURAL

from . import outbox
from . import tables as t
from .orders import OUT_OF_THE_HOUSE

NOT_IN_THE_HOUSE = ("registered", "labelled", *OUT_OF_THE_HOUSE)
CUSTOMER, ORDER, BOOKED, DUE = t.customers.c, t.orders.c, t.appointments.c, t.due_items.c
PORTION = 400
"""Ids in one statement."""
MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class Open:
    """A matter that is not over: an order or an appointment."""

    number: str
    state: str
    booking: bool = False


def same_person(connection: Connection, hall: str, *, id: str = "", phone: str = "") -> list[str]:
    """The ids under which the customer ``id``, or whoever has ``phone``, was written down; none: cleared."""
    if id:
        phone = connection.scalar(select(CUSTOMER.phone).where(CUSTOMER.id == id)) or ""
        if not phone:
            left = select(CUSTOMER.id).where(CUSTOMER.id == id, CUSTOMER.erased_at.is_(None))
            return list(connection.scalars(left))
    rows = select(CUSTOMER.id).where(CUSTOMER.hall == hall, CUSTOMER.phone == phone)
    return list(connection.scalars(rows.where(CUSTOMER.phone != "").order_by(CUSTOMER.id)))


def phones(connection: Connection, ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in _portions(ids):
        found |= set(connection.scalars(select(CUSTOMER.phone).where(CUSTOMER.id.in_(some))))
    return found - {""}


def open_matters(connection: Connection, ids: Collection[str], today: date) -> list[Open]:
    """What of theirs is not over. What was registered on an earlier day and never handed in is nothing."""
    found: list[Open] = []
    for some in _portions(ids):
        rows = connection.execute(
            select(ORDER.number, ORDER.state)
            .where(ORDER.customer.in_(some), _order_is_open(today))
            .order_by(ORDER.made_at)
            .limit(MOST_OPEN)
        )
        found += [Open(row.number, row.state) for row in rows]
        booked = select(BOOKED.number).where(
            BOOKED.customer.in_(some), BOOKED.state == "booked", BOOKED.day >= today
        )
        found += [Open(number, "booked", booking=True) for number in connection.scalars(booked)]
    return found[:MOST_OPEN]


def orders_of(connection: Connection, ids: Collection[str]) -> list[str]:
    found: list[str] = []
    for some in _portions(ids):
        found += connection.scalars(select(ORDER.id).where(ORDER.customer.in_(some)).order_by(ORDER.made_at))
    return found


def rows_of(connection: Connection, table: Any, column: Any, values: Collection[str]) -> list[dict[str, Any]]:
    """All of the rows of ``table`` whose ``column`` is one of ``values``."""
    found: list[dict[str, Any]] = []
    for some in _portions(values):
        rows = connection.execute(select(table).where(column.in_(some)).order_by(*table.primary_key.columns))
        found += [dict(row._mapping) for row in rows]
    return found


def due_items_of(
    connection: Connection, hall: str, ids: Collection[str], numbers: Collection[str]
) -> list[dict[str, Any]]:
    """The due items of these customers: by their id, or by their phone numbers."""
    found = {row["id"]: row for row in rows_of(connection, t.due_items, DUE.customer, ids)}
    found |= {row["id"]: row for row in rows_of(connection, t.due_items, DUE.phone, numbers)}
    return [row for row in found.values() if row["hall"] == hall]


def samples_of(connection: Connection, orders: Collection[str]) -> list[str]:
    found: list[str] = []
    for some in _portions(orders):
        found += connection.scalars(select(t.samples.c.code).where(t.samples.c.order.in_(some)))
    return found


def count(connection: Connection, column: Any, values: Collection[str], *more: ColumnElement[bool]) -> int:
    total = 0
    for some in _portions(values):
        total += connection.scalar(select(func.count()).where(column.in_(some), *more)) or 0
    return total


# What is old enough -------------------------------------------------------------------------------


def stale_customers(connection: Connection, hall: str, before: datetime, day: date, most: int) -> list[str]:
    """Customers for whom nothing was done since ``before`` (business day ``day``), and nothing is open."""
    order = t.orders
    piece = t.samples
    moved = exists().where(piece.c.order == order.c.id, piece.c.changed_at >= before)
    of_them = order.c.customer == CUSTOMER.id
    fresh_order = exists().where(of_them, or_(order.c.made_at >= before, moved, _order_is_open(day)))
    fresh_booking = exists().where(BOOKED.customer == CUSTOMER.id, BOOKED.day >= day)
    asked = (
        select(CUSTOMER.id)
        .where(
            CUSTOMER.hall == hall,
            CUSTOMER.erased_at.is_(None),
            CUSTOMER.consent_at < before,
            ~fresh_order,
            ~fresh_booking,
        )
        .order_by(CUSTOMER.consent_at, CUSTOMER.id)
        .limit(most)
    )
    return list(connection.scalars(asked))


def stale_due_items(connection: Connection, hall: str, before: datetime, day: date, most: int) -> list[str]:
    """Due items that were done, or fell due, long ago, and still name somebody."""
    over = or_(DUE.done_at < before, DUE.due_on < day)
    named = or_(DUE.name != "", DUE.company != "", DUE.phone != "", DUE.email != "")
    asked = select(DUE.id).where(DUE.hall == hall, DUE.made_at < before, over, named)
    return list(connection.scalars(asked.order_by(DUE.due_on, DUE.id).limit(most)))


def stale_photos(connection: Connection, hall: str, before: datetime, most: int) -> list[str]:
    """Photos of pieces that have left the house, and were moved before ``before``."""
    photo, piece = t.files.c, t.samples.c
    gone = exists().where(
        piece.code == photo.subject, piece.state.in_(NOT_IN_THE_HOUSE), piece.changed_at < before
    )
    asked = select(photo.id).where(photo.hall == hall, photo.kind == "photo", photo.made_at < before, gone)
    return list(connection.scalars(asked.limit(most)))


def stale_referrals(connection: Connection, hall: str, before: datetime, most: int) -> list[str]:
    """Matters without a case that were closed long ago, and still say something."""
    row = t.referrals.c
    asked = select(row.id).where(
        row.hall == hall, row.closed_at < before, or_(row.reason != "", row.outcome != "")
    )
    return list(connection.scalars(asked.limit(most)))


# Clearing -----------------------------------------------------------------------------------------


def clear_customers(connection: Connection, ids: Collection[str], now: datetime, why: str) -> dict[str, int]:
    """Empty what is known of these customers and of their orders; what and how many."""
    orders = orders_of(connection, ids)
    cleared = {"customers": 0, "addresses": 0, "texts": 0, "messages": 0}
    for some in _portions(ids):
        whose = CUSTOMER.id.in_(some)
        gone = {"name": "", "phone": "", "email": "", "erased_at": now, "erased_why": why}
        persons = update(t.customers).where(whose, CUSTOMER.type.in_(sorted(NATURAL)))
        connection.execute(persons.values(company="", uscc=""))
        cleared["customers"] += connection.execute(update(t.customers).where(whose).values(gone)).rowcount
        row = outbox.ROW
        waiting = row.customer.in_(some) & row.state.in_(("waiting", *outbox.AGAIN))
        taken_back = update(t.outbox).where(waiting).values(state="withdrawn", ended_at=now)
        cleared["messages"] += connection.execute(taken_back).rowcount
    for some in _portions(orders):
        row = t.fulfilments.c
        told = or_(row.address != "", row.tracking != "")
        emptied = update(t.fulfilments).where(row.order.in_(some), told).values(address="", tracking="")
        cleared["addresses"] += connection.execute(emptied).rowcount
        for table, names in (
            (t.negotiations, ("remark",)),
            (t.pickups, ("reason",)),
            (t.referrals, ("reason", "outcome")),
        ):
            said = or_(*(table.c[name] != "" for name in names))
            wiped = update(table).where(table.c.order.in_(some), said).values({name: "" for name in names})
            cleared["texts"] += connection.execute(wiped).rowcount
    return cleared


def clear_due_items(connection: Connection, ids: Collection[str], now: datetime) -> int:
    """Empty whose they are; they count as done, and nothing more is told of them."""
    row = outbox.ROW
    for some in _portions(ids):
        told = row.subject.in_(some) & (row.kind == "due_item") & row.state.in_(("waiting", *outbox.AGAIN))
        connection.execute(update(t.outbox).where(told).values(state="withdrawn", ended_at=now))
        connection.execute(
            update(t.due_items).where(DUE.id.in_(some), DUE.done_at.is_(None)).values(done_at=now)
        )
        # Its digest was made of what is cleared: a new one says nothing.
        gone = {"name": "", "company": "", "phone": "", "email": "", "digest": bindparam("nothing")}
        connection.execute(
            update(t.due_items).where(DUE.id == bindparam("which")).values(gone),
            [{"which": id, "nothing": _nothing()} for id in some],
        )
    return len(ids)


def drop_photos(connection: Connection, ids: Collection[str]) -> int:
    total = 0
    for some in _portions(ids):
        gone = delete(t.files).where(t.files.c.id.in_(some), t.files.c.kind == "photo")
        total += connection.execute(gone).rowcount
    return total


def clear_referrals(connection: Connection, ids: Collection[str]) -> int:
    total = 0
    for some in _portions(ids):
        wiped = update(t.referrals).where(t.referrals.c.id.in_(some)).values(reason="", outcome="")
        total += connection.execute(wiped).rowcount
    return total


def photos_of(connection: Connection, hall: str, samples: Collection[str]) -> list[str]:
    photo = t.files.c
    found: list[str] = []
    for some in _portions(samples):
        asked = select(photo.id).where(photo.hall == hall, photo.kind == "photo", photo.subject.in_(some))
        found += connection.scalars(asked)
    return found


def forget_answers(connection: Connection, words: Collection[str]) -> int:
    """Drop stored answers in which one of ``words`` stands: they are kept 48 hours at most anyway."""
    total = 0
    for word in words:
        if word:
            told = t.answers.c.body.contains(word, autoescape=True)
            total += connection.execute(delete(t.answers).where(told)).rowcount
    return total


def _order_is_open(today: date) -> ColumnElement[bool]:
    """The order is not over, as far as anybody still has to do something for it."""
    piece = t.samples
    inside = exists().where(piece.c.order == ORDER.id, piece.c.state.not_in(NOT_IN_THE_HOUSE))
    way = t.fulfilments
    unsent = exists().where(
        way.c.order == ORDER.id, way.c.way.in_(("post", "deliver")), way.c.sent_at.is_(None)
    )
    return or_(
        ORDER.state.in_(("accepted", "in_progress", "ready", "partly_released")),
        ORDER.state.in_(("registered", "supplement_required")) & or_(ORDER.day >= today, inside),
        (ORDER.state == "released") & unsent,
    )


def _nothing() -> str:
    return uuid.uuid4().hex * 2


def _portions(values: Collection[str]) -> Sequence[Sequence[str]]:
    held = list(values)
    return [held[start : start + PORTION] for start in range(0, len(held), PORTION)]
