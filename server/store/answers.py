"""Idempotency: key → the answer given, for 48 hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from . import tables as t

KEPT = timedelta(hours=48)
KEEP = insert(t.answers)


@dataclass(frozen=True, slots=True)
class Stored:
    actor: str
    key: str
    digest: str
    status: int
    body: str


def find(connection: Connection, actor: str, key: str) -> Stored | None:
    row = connection.execute(
        select(t.answers).where(t.answers.c.actor == actor, t.answers.c.key == key)
    ).one_or_none()
    return None if row is None else Stored(row.actor, row.key, row.digest, row.status, row.body)


def keep(connection: Connection, answers: Sequence[Stored], at: datetime) -> None:
    rows = [
        {
            "actor": answer.actor,
            "key": answer.key,
            "digest": answer.digest,
            "status": answer.status,
            "body": answer.body,
            "at": at,
        }
        for answer in answers
    ]
    connection.execute(KEEP, rows)


def forget_old(connection: Connection, now: datetime) -> int:
    """Remove answers past their time; how many."""
    return connection.execute(delete(t.answers).where(t.answers.c.at < now - KEPT)).rowcount
