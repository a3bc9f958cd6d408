"""What must hold before a result is signed: credentials, climate, form, regulation, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, get_args

CredentialKind: TypeAlias = Literal["verifier", "reviewer", "approver", "training"]
"""检定员 · 核验员 · 批准人 · 培训"""
CREDENTIAL_KINDS: tuple[CredentialKind, ...] = get_args(CredentialKind)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a person may sign, or was trained in (资格/培训)."""

    id: str
    hall: str
    user: str
    kind: CredentialKind
    number: str
    """Of the registration or the training's certificate."""
    items: frozenset[str]
    """Ids that it is for; empty: all."""
    title: str
    since: date
    until: date
    """The last day on which it holds."""

    def covers(self, item: str, day: date) -> bool:
        return (not self.items or item in self.items) and self.since <= day <= self.until


def holds(credentials: Iterable[Credential], kind: CredentialKind, item: str, day: date) -> bool:
    """Whether one of a person's credentials lets them sign for ``item`` on ``day``."""
    return any(one.kind == kind and one.covers(item, day) for one in credentials)


def lapsing(credentials: Iterable[Credential], today: date, days: int) -> list[Credential]:
    """Those that have lapsed or will within ``days`` and that no later one of the same person, kind and
    items replaces; the earliest first."""
    known = list(credentials)

    def replaced(one: Credential) -> bool:
        return any(
            other.user == one.user
            and other.kind == one.kind
            and (not other.items or (one.items and one.items <= other.items))
            and other.until > one.until
            and (one.kind != "training" or other.title == one.title)
            for other in known
        )

    limit = today + timedelta(days=days)
    return sorted(
        (one for one in known if one.until <= limit and not replaced(one)),
        key=lambda one: (one.until, one.user, one.kind),
    )


@dataclass(frozen=True, slots=True)
class ClimateRecord:
    """Temperature and humidity of a section's room."""

    id: str
    hall: str
    section: str
    at: datetime
    celsius: float
    humidity: float
    by: str
