"""Copies of certificates that kiosks print, and links that open one for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection, delete, func, insert, select, update

from . import tables as t

Outcome: TypeAlias = Literal["printing", "printed", "failed", "unknown"]
COUNTED: tuple[Outcome, ...] = ("printing", "printed", "unknown")
"""What takes a copy of the quota: only what is known to have failed gives it back."""


@dataclass(frozen=True, slots=True)
class Print:
    id: str
    hall: str
    certificate: str
    device: str
    """The kiosk's name."""
    outcome: Outcome
    at: datetime
    reason: str = ""
    ended_at: datetime | None = None


def add(connection: Connection, one: Print) -> None:
    connection.execute(insert(t.prints).values({name: getattr(one, name) for name in _FIELDS}))


def save(connection: Connection, one: Print) -> None:
    changed = {name: getattr(one, name) for name in ("outcome", "reason", "ended_at")}
    connection.execute(update(t.prints).where(t.prints.c.id == one.id).values(changed))


def find(connection: Connection, id: str) -> Print | None:
    row = connection.execute(select(t.prints).where(t.prints.c.id == id)).one_or_none()
    return None if row is None else Print(**row._mapping)


def counted(connection: Connection, certificates: Sequence[str]) -> dict[str, dict[Outcome, int]]:
    """Certificate → outcome → copies."""
    found: dict[str, dict[Outcome, int]] = {}
    if not certificates:
        return found
    table = t.prints.c
    rows = connection.execute(
        select(table.certificate, table.outcome, func.count())
        .where(table.certificate.in_(certificates))
        .group_by(table.certificate, table.outcome)
    )
    for certificate, outcome, count in rows:
        found.setdefault(certificate, {})[outcome] = int(count)
    return found


def used(connection: Connection, certificate: str) -> int:
    """Copies of the quota that are taken."""
    outcomes = counted(connection, [certificate]).get(certificate, {})
    return sum(outcomes.get(outcome, 0) for outcome in COUNTED)


def unheard(connection: Connection, hall: str, before: datetime, most: int = 100) -> list[Print]:
    """Copies set aside before ``before`` of which the kiosk has told nothing since."""
    table = t.prints.c
    rows = connection.execute(
        select(t.prints)
        .where(table.hall == hall, table.outcome == "printing", table.at < before)
        .order_by(table.at)
        .limit(most)
    )
    return [Print(**row._mapping) for row in rows]


# Links -------------------------------------------------------------------------------------------


def add_link(connection: Connection, token: str, certificate: str, ends_at: datetime) -> None:
    """``token``: its SHA-256, never itself."""
    connection.execute(insert(t.links).values(token=token, certificate=certificate, ends_at=ends_at))


def linked(connection: Connection, token: str, now: datetime) -> str | None:
    """The certificate that the link with this hash opens now."""
    table = t.links.c
    found = connection.scalar(select(table.certificate).where(table.token == token, table.ends_at > now))
    return None if found is None else str(found)


def forget_links(connection: Connection, now: datetime) -> None:
    connection.execute(delete(t.links).where(t.links.c.ends_at <= now))


_FIELDS = tuple(Print.__dataclass_fields__)
