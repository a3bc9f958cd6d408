"""The outbox: messages that were written with the change that causes them, and what became of them.

A message waits from ``next_at`` on. Who sends it *claims* it first, which moves ``next_at`` behind a lease:
when the sender dies, the message is simply due again once the lease is over. Only the holder of the claim
says what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, CursorResult, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.domain.messages import Message
from server.protocol.outbox import MessageKind

from . import tables as t
from .halls import pack, unpack

State = Literal["waiting", "sent", "given_up", "no_address", "withdrawn", "expired"]
AGAIN: tuple[State, ...] = ("given_up", "no_address")
"""What may be asked for once more."""
ROW = t.outbox.c


@dataclass(frozen=True, slots=True)
class Entry:
    """A message and how far it has come."""

    message: Message
    state: State
    next_at: datetime
    tries: int
    claim: str | None
    channel: str
    reason: str
    ended_at: datetime | None


def put(connection: Connection, messages: Iterable[Message]) -> int:
    """Write ``messages`` in the transaction of the change that causes them. One that stands there already
    (by its id) stays as it is. Answers how many are new."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new = 0
    for one in messages:
        values = {
            "id": one.id,
            "hall": one.hall,
            "kind": one.kind,
            "subject": one.subject,
            "customer": one.customer,
            "parameters": pack(dict(one.parameters)),
            "due_at": one.due_at,
            "expires_at": one.expires_at,
            "made_at": one.made_at,
            "state": "waiting",
            "next_at": one.due_at,
            "tries": 0,
            "channel": "",
            "reason": "",
        }
        written = insert(t.outbox).values(values).on_conflict_do_nothing().returning(ROW.id)
        new += connection.execute(written).first() is not None
    return new


def withdraw(connection: Connection, subject: str, kinds: Sequence[MessageKind], now: datetime) -> int:
    """Take back what is not sent yet of these kinds about ``subject``. Answers how many.

    One that is on its way at this moment may still arrive; then it counts as sent.
    """
    return _count(
        connection.execute(
            update(t.outbox)
            .where(ROW.subject == subject, ROW.kind.in_(kinds), ROW.state.in_(("waiting", *AGAIN)))
            .values(state="withdrawn", ended_at=now)
        )
    )


def waits(connection: Connection, halls: Sequence[str], kinds: Sequence[str], now: datetime) -> bool:
    """Whether there is anything to claim. Only reads."""
    found = select(ROW.id).where(_due(halls, kinds, now)).limit(1)
    return connection.execute(found).first() is not None


def over(connection: Connection, halls: Sequence[str], now: datetime) -> list[str]:
    """The halls in which something is to expire. Only reads."""
    old = select(ROW.hall).where(ROW.hall.in_(halls), ROW.state == "waiting", ROW.expires_at <= now)
    return sorted(connection.execute(old.distinct()).scalars())


def sent(connection: Connection, subjects: Sequence[str]) -> dict[str, list[datetime]]:
    """Subject → when messages about it were sent, first to last."""
    found: dict[str, list[datetime]] = {}
    asked = select(ROW.subject, ROW.ended_at).where(ROW.subject.in_(subjects), ROW.state == "sent")
    for subject, at in connection.execute(asked.order_by(ROW.ended_at)):
        found.setdefault(subject, []).append(at)
    return found


def claim(
    connection: Connection,
    halls: Sequence[str],
    kinds: Sequence[str],
    token: str,
    now: datetime,
    until: datetime,
    most: int,
) -> list[Entry]:
    """Take up to ``most`` messages that are due for sending; nobody else takes them before ``until``.

    ``token`` is new at every call. Each counts one try more.
    """
    # Those that another process claims at this moment are skipped, not waited for; SQLite has one writer.
    # In two steps: PostgreSQL may run a subquery with a limit more than once, and take more than that.
    some = select(ROW.id).where(_due(halls, kinds, now)).order_by(ROW.next_at, ROW.id).limit(most)
    ids = connection.execute(some.with_for_update(skip_locked=True)).scalars().all()
    if not ids:
        return []
    taken = update(t.outbox).where(ROW.id.in_(ids))
    connection.execute(taken.values(claim=token, next_at=until, tries=ROW.tries + 1))
    rows = connection.execute(select(t.outbox).where(ROW.claim == token).order_by(ROW.due_at, ROW.id))
    return [_entry(row) for row in rows]


def close(
    connection: Connection, id: str, token: str, state: State, now: datetime, channel: str, reason: str = ""
) -> bool:
    """Say how a claimed message ended; whether it was still ours to say.

    What was withdrawn while it was on its way and has arrived all the same is ``sent``: that is the truth.
    """
    ours = update(t.outbox).where(ROW.id == id, ROW.claim == token)
    if state != "sent":
        ours = ours.where(ROW.state == "waiting")
    done = ours.values(state=state, claim=None, ended_at=now, channel=channel, reason=reason)
    return _count(connection.execute(done)) == 1


def postpone(
    connection: Connection, id: str, token: str, next_at: datetime, channel: str, reason: str
) -> bool:
    """Give a claimed message back, to be tried again from ``next_at`` on; whether it was still ours."""
    back = (
        update(t.outbox)
        .where(ROW.id == id, ROW.claim == token)
        .values(claim=None, next_at=next_at, channel=channel, reason=reason)
    )
    return _count(connection.execute(back)) == 1


def expire(connection: Connection, hall: str, now: datetime) -> int:
    """End what is no longer worth sending; how many. What is on its way at this moment is left to its end."""
    return _count(
        connection.execute(
            update(t.outbox)
            .where(ROW.hall == hall, ROW.state == "waiting", ROW.expires_at <= now)
            .where(or_(ROW.claim.is_(None), ROW.next_at <= now))
            .values(state="expired", claim=None, ended_at=now)
        )
    )


def retry(connection: Connection, id: str, now: datetime) -> bool:
    """Let a message that ended without success begin anew, under its own id; whether it was such a one, and
    still worth sending."""
    again = (
        update(t.outbox)
        .where(ROW.id == id, ROW.state.in_(AGAIN), ROW.expires_at > now)
        .values(state="waiting", next_at=now, tries=0, claim=None, ended_at=None, reason="")
    )
    return _count(connection.execute(again)) == 1


def find(connection: Connection, id: str) -> Entry | None:
    row = connection.execute(select(t.outbox).where(ROW.id == id)).one_or_none()
    return None if row is None else _entry(row)


def counts(connection: Connection, hall: str) -> dict[tuple[State, MessageKind, bool], int]:
    """(state, kind, whether claimed) → how many."""
    claimed = ROW.claim.is_not(None)
    rows = connection.execute(
        select(ROW.state, ROW.kind, claimed.label("claimed"), func.count().label("many"))
        .where(ROW.hall == hall)
        .group_by(ROW.state, ROW.kind, claimed)
    )
    return {(row.state, row.kind, bool(row.claimed)): row.many for row in rows}


def listed(
    connection: Connection,
    hall: str,
    *,
    states: Sequence[State] = (),
    kinds: Sequence[str] | None = None,
    subject: str = "",
    limit: int = 200,
) -> list[Entry]:
    """The hall's messages, the newest first."""
    asked = select(t.outbox).where(ROW.hall == hall)
    if states:
        asked = asked.where(ROW.state.in_(states))
    if kinds is not None:
        asked = asked.where(ROW.kind.in_(kinds))
    if subject:
        asked = asked.where(ROW.subject == subject)
    rows = connection.execute(asked.order_by(ROW.made_at.desc(), ROW.id).limit(limit))
    return [_entry(row) for row in rows]


def forget(connection: Connection, before: datetime) -> int:
    """Drop what ended long ago: the journal still says that it was sent."""
    old = t.outbox.delete().where(ROW.state != "waiting", ROW.ended_at < before, ROW.expires_at < before)
    return _count(connection.execute(old))


def _due(halls: Sequence[str], kinds: Sequence[str], now: datetime) -> ColumnElement[bool]:
    return (
        (ROW.state == "waiting")
        & (ROW.next_at <= now)
        & (ROW.expires_at > now)
        & ROW.hall.in_(halls)
        & ROW.kind.in_(kinds)
    )


def _count(result: CursorResult[Any]) -> int:
    return result.rowcount


def _entry(row: Any) -> Entry:
    parameters: Mapping[str, str] = unpack(row.parameters)
    message = Message(
        id=row.id,
        hall=row.hall,
        kind=row.kind,
        subject=row.subject,
        customer=row.customer,
        due_at=row.due_at,
        expires_at=row.expires_at,
        made_at=row.made_at,
        parameters=parameters,
    )
    return Entry(message, row.state, row.next_at, row.tries, row.claim, row.channel, row.reason, row.ended_at)
