"""The journal (台账): append-only, one hash chain a hall.

A line's hash is SHA-256 over the hash before it and the line's own canonical JSON, so that a changed,
removed or inserted line breaks every hash after it. ``check`` finds the first broken line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from server.domain.personal import for_the_journal

from . import tables as t
from .halls import GENESIS, pack

APPEND = insert(t.journal)
ABOUT = (
    select(t.journal)
    .where(t.journal.c.hall == bindparam("of"), t.journal.c.subject == bindparam("about"))
    .order_by(t.journal.c.seq.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """One change: who did what to which subject. The payload refers to customers by id, never by name."""

    at: datetime
    actor: str
    kind: str
    subject: str
    payload: dict[str, Any]


def chained(before: str, hall: str, seq: int, at: datetime, line: tuple[str, str, str, str]) -> str:
    """The hash of line ``seq``: (actor, kind, subject, canonical payload) after the hash ``before``."""
    content = pack([before, hall, seq, t.microseconds(at), *line])
    return hashlib.sha256(content.encode()).hexdigest()


def append(
    connection: Connection, hall: str, head: tuple[int, str], lines: Sequence[Line]
) -> tuple[int, str]:
    """Write ``lines`` after ``head`` (last seq, last hash) and answer the new head.

    The caller holds the hall's lock and writes the head back to the hall's row.
    """
    seq, last = head
    rows = []
    for line in lines:
        seq += 1
        payload = pack(for_the_journal(line.payload))
        last = chained(last, hall, seq, line.at, (line.actor, line.kind, line.subject, payload))
        rows.append(
            {
                "hall": hall,
                "seq": seq,
                "at": line.at,
                "actor": line.actor,
                "kind": line.kind,
                "subject": line.subject,
                "payload": payload,
                "hash": last,
            }
        )
    if rows:
        connection.execute(APPEND, rows)
    return seq, last


def check(connection: Connection, hall: str, see: Callable[[Any], None] = lambda row: None) -> int | None:
    """The seq of the first line that does not follow from the one before it; None when the chain is whole.

    A chain cut off at its end is found by the head that the hall's row keeps: its seq is answered then.
    ``see`` is shown each line that follows.
    """
    expected, last = 1, GENESIS
    # In portions: years of lines must not stand in memory at once.
    with connection.execute(
        select(t.journal).where(t.journal.c.hall == hall).order_by(t.journal.c.seq),
        execution_options={"yield_per": 1000},
    ) as rows:
        for row in rows:
            line = (row.actor, row.kind, row.subject, row.payload)
            if row.seq != expected or row.hash != chained(last, hall, row.seq, row.at, line):
                return expected
            see(row)
            expected, last = expected + 1, row.hash
    head = connection.execute(
        select(t.halls.c.journal_seq, t.halls.c.journal_hash).where(t.halls.c.id == hall)
    ).one()
    return None if (head.journal_seq, head.journal_hash) == (expected - 1, last) else expected


def last_at(connection: Connection, hall: str, seq: int) -> datetime | None:
    """When line ``seq`` was written; None where there is none."""
    where = (t.journal.c.hall == hall, t.journal.c.seq == seq)
    at: datetime | None = connection.scalar(select(t.journal.c.at).where(*where))
    return at


def last_instant(connection: Connection) -> datetime | None:
    """When anything was last written in any hall."""
    ends = connection.execute(select(t.halls.c.id, t.halls.c.journal_seq)).all()
    known = (last_at(connection, row.id, row.journal_seq) for row in ends)
    return max((at for at in known if at is not None), default=None)


def history(connection: Connection, hall: str, subject: str, limit: int = 50) -> list[Any]:
    """The last ``limit`` lines about ``subject``, oldest first."""
    rows = connection.execute(ABOUT, {"of": hall, "about": subject, "most": limit}).all()
    return list(reversed(rows))


def of_subjects(connection: Connection, hall: str, subjects: Sequence[str], limit: int = 1000) -> list[Any]:
    """The last ``limit`` lines about any of ``subjects``, oldest first."""
    table = t.journal.c
    rows = connection.execute(
        select(t.journal)
        .where(table.hall == hall, table.subject.in_(list(subjects)))
        .order_by(table.seq.desc())
        .limit(limit)
    ).all()
    return list(reversed(rows))
