"""What a hall's writer may be asked to do, and what it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Connection

from server.domain.commands import Command
from server.domain.events import Event
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.store.halls import pack


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a floor command has done: the floor after it, and its events."""

    floor: Floor
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key with the digest of the request that it stands for."""

    key: str
    digest: str

    @staticmethod
    def of(key: str, *request: Any) -> Once:
        return Once(key, hashlib.sha256(pack(request).encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Act:
    """A floor command. ``answer`` makes the body from the outcome; it is stored with the key."""

    command: Command
    actor: str
    answer: Callable[[Outcome], str]
    status: int = 200
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the journal that changes no floor, such as what became of a ticket's paper."""

    actor: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Rearrange:
    """A change of the hall's set-up: its line goes into the journal, its floor stays."""

    actor: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    change: Callable[[Floor], Hall | Refusal]
    once: Once | None = None


class Ledger(Protocol):
    """What a ``Record`` works with: the transaction it is part of."""

    connection: Connection
    now: datetime
    actor: str
    """Who asked for the change."""

    @property
    def floor(self) -> Floor: ...

    def note(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        """A line of the journal, by who asked."""

    def act(self, command: Command) -> Refusal | None:
        """A floor command in the same transaction."""

    def touch(self, order: str) -> None:
        """This order is not as it was: those who follow it and the boards are told after the commit."""


@dataclass(frozen=True, slots=True)
class Record:
    """A change of rows beside the floor, such as a booking, in one transaction with its lines.

    ``change`` writes and answers the body to keep with the key. When it refuses, nothing that it did stays.
    """

    actor: str
    change: Callable[[Ledger], str | Refusal]
    status: int = 200
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Refresh:
    """Look whether another process moved the hall on, or a new business day began."""

    actor: str = "server"
    once: None = None


Work: TypeAlias = Act | Note | Rearrange | Record | Refresh


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: HTTP status and JSON body. ``replayed``: told again for a key seen before."""

    status: int
    body: str
    replayed: bool = False
