"""Certificates in their table; what stands on one is JSON as the domain's value has it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select, update

from server.domain.certificates import Content
from server.protocol.words import CertificateKind, CertificateState

from . import tables as t

CONTENT = TypeAdapter(Content)


@dataclass(frozen=True, slots=True)
class Certificate:
    id: str
    hall: str
    order: str
    sample: str
    result: str
    number: str
    code: str
    """Z…: to check it with."""
    kind: CertificateKind
    state: CertificateState
    content: Content
    made_at: datetime
    file: str | None = None
    signed: bool = False
    """Signed electronically; else 样张 stands across its pages."""
    issued_at: datetime | None = None
    valid_until: date | None = None
    ended_at: datetime | None = None
    """When it was superseded or revoked, and why."""
    reason: str = ""
    successor: str | None = None
    tries: int = 0
    """To make and sign it."""
    next_at: datetime | None = None
    """While it is drafted: when it may be tried again, or until when it is claimed."""
    claim: str | None = None
    fault: str = ""
    """Why it could not be made the last time, in a word."""
    pages: int = 0


def take_count(connection: Connection, hall: str, name: str) -> int:
    """The next of the sequence ``name``, from 1. The caller holds the hall's lock."""
    table = t.sequences.c
    row = connection.scalar(select(table.last).where(table.hall == hall, table.name == name))
    if row is None:
        connection.execute(insert(t.sequences).values(hall=hall, name=name, last=1))
        return 1
    connection.execute(update(t.sequences).where(table.hall == hall, table.name == name).values(last=row + 1))
    return int(row) + 1


def add(connection: Connection, one: Certificate) -> None:
    connection.execute(insert(t.certificates).values(_row(one)))


def save(connection: Connection, one: Certificate) -> None:
    connection.execute(update(t.certificates).where(t.certificates.c.id == one.id).values(_row(one)))


def find(
    connection: Connection, *, id: str = "", code: str = "", number: str = "", hall: str = ""
) -> Certificate | None:
    """By its id, its code, or its ``number`` in ``hall``."""
    table = t.certificates.c
    if id:
        where = [table.id == id]
    elif code:
        where = [table.code == code]
    else:
        where = [table.number == number, table.hall == hall]
    row = connection.execute(select(t.certificates).where(*where)).one_or_none()
    return None if row is None else _read(row)


def of_order(connection: Connection, order: str) -> list[Certificate]:
    """Every certificate of an order, the oldest first."""
    table = t.certificates.c
    rows = connection.execute(
        select(t.certificates).where(table.order == order).order_by(table.made_at, table.number)
    )
    return [_read(row) for row in rows]


def of_sample(connection: Connection, sample: str) -> list[Certificate]:
    """Every certificate of a sample, the oldest first; the last is its present one."""
    table = t.certificates.c
    rows = connection.execute(
        select(t.certificates).where(table.sample == sample).order_by(table.made_at, table.number)
    )
    return [_read(row) for row in rows]


def listed(
    connection: Connection,
    hall: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    state: CertificateState | None = None,
    number: str = "",
    most: int = 200,
) -> list[Certificate]:
    """Drafted from ``since`` to before ``until``, in a state, with ``number`` in theirs; newest first."""
    table = t.certificates.c
    query = select(t.certificates).where(table.hall == hall)
    if since is not None:
        query = query.where(table.made_at >= since)
    if until is not None:
        query = query.where(table.made_at < until)
    if state is not None:
        query = query.where(table.state == state)
    if number:
        query = query.where(table.number.contains(number, autoescape=True))
    rows = connection.execute(query.order_by(table.made_at.desc(), table.id.desc()).limit(most))
    return [_read(row) for row in rows]


def in_trouble(connection: Connection, hall: str, most: int = 50) -> list[Certificate]:
    """Those that could not be made so far, the oldest first."""
    table = t.certificates.c
    rows = connection.execute(
        select(t.certificates)
        .where(table.hall == hall, table.state == "drafted", table.fault != "")
        .order_by(table.made_at)
        .limit(most)
    )
    return [_read(row) for row in rows]


def numbers(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Id → number."""
    table = t.certificates.c
    rows = connection.execute(select(table.id, table.number).where(table.id.in_(list(ids))))
    return {row.id: row.number for row in rows}


def numbered(connection: Connection, number: str, most: int = 5) -> list[Certificate]:
    """Those with that number, of every hall."""
    table = t.certificates.c
    rows = connection.execute(
        select(t.certificates).where(table.number == number).order_by(table.hall).limit(most)
    )
    return [_read(row) for row in rows]


# The press's own ---------------------------------------------------------------------------------


def waits(connection: Connection, halls: Sequence[str], now: datetime) -> bool:
    """Whether any certificate is to be made now."""
    return connection.scalar(_due(halls, now).with_only_columns(t.certificates.c.id).limit(1)) is not None


def claim(
    connection: Connection, halls: Sequence[str], token: str, now: datetime, lease: datetime, most: int
) -> list[Certificate]:
    """Take up to ``most`` that are to be made now, in the order of their drafting; nobody else has them
    until ``lease``."""
    table = t.certificates.c
    query = _due(halls, now).order_by(table.made_at, table.number).limit(most)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    found = [_read(row) for row in connection.execute(query)]
    if found:
        connection.execute(
            update(t.certificates)
            .where(table.id.in_([one.id for one in found]))
            .values(claim=token, next_at=lease, tries=table.tries + 1)
        )
    return found


def postpone(connection: Connection, id: str, token: str, next_at: datetime, fault: str) -> None:
    """It could not be made: it is due again at ``next_at``."""
    table = t.certificates.c
    connection.execute(
        update(t.certificates)
        .where(table.id == id, table.claim == token, table.state == "drafted")
        .values(claim=None, next_at=next_at, fault=fault)
    )


def let_go(connection: Connection) -> None:
    """End every claim: whoever made them is gone."""
    table = t.certificates.c
    connection.execute(
        update(t.certificates)
        .where(table.state == "drafted", table.claim.is_not(None))
        .values(claim=None, next_at=None)
    )


def counts(connection: Connection, hall: str) -> dict[str, int]:
    """State → how many."""
    table = t.certificates.c
    rows = connection.execute(
        select(table.state, func.count()).where(table.hall == hall).group_by(table.state)
    )
    return {state: int(count) for state, count in rows}


def _due(halls: Sequence[str], now: datetime) -> Any:
    table = t.certificates.c
    return select(t.certificates).where(
        table.hall.in_(halls),
        table.state == "drafted",
        (table.next_at.is_(None)) | (table.next_at <= now),
    )


def _row(one: Certificate) -> dict[str, Any]:
    names = (name for name in Certificate.__dataclass_fields__ if name != "content")
    return {name: getattr(one, name) for name in names} | {"content": CONTENT.dump_json(one.content).decode()}


def _read(row: Any) -> Certificate:
    facts = dict(row._mapping)
    return Certificate(**(facts | {"content": CONTENT.validate_json(facts["content"])}))
