"""What may be asked of the floor. Ids, codes and actors are made outside and passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from server.protocol.words import Hold, Language, Priority


@dataclass(frozen=True, slots=True)
class Issue:
    """Take a number. ``later`` services follow under the same number."""

    id: str
    code: str
    service: str
    priority: Priority = "ordinary"
    language: Language = "zh"
    later: tuple[str, ...] = ()
    reason: str = ""
    """Why a priority was given, for the journal."""
    callable_from: datetime | None = None
    """With the priority ``appointment``: from when it may be called."""


@dataclass(frozen=True, slots=True)
class IssueOffline:
    """Hand in number ``n`` of ``block``, which ``device`` gave by itself; at ``issued_at``, by its word."""

    id: str
    code: str
    device: str
    block: str
    n: int
    issued_at: datetime
    priority: Priority = "ordinary"
    language: Language = "zh"
    callable_from: datetime | None = None
    """With the priority ``appointment``: from when it may be called."""


@dataclass(frozen=True, slots=True)
class LendNumbers:
    """Lend ``device`` a block for ``service``, if it has too few numbers left. ``id``: the block's."""

    id: str
    device: str
    service: str


@dataclass(frozen=True, slots=True)
class TakeBackNumbers:
    """Take the blocks of ``device`` back: all, or those that are not ``known``."""

    device: str
    known: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class OpenCounter:
    counter: str
    staff: str
    name: str = ""
    badge: str = ""
    duty_zh: str = ""
    duty_en: str = ""


@dataclass(frozen=True, slots=True)
class CloseCounter:
    counter: str
    staff: str
    for_another: bool = False
    """A manager closes it for somebody who has left without doing so."""


@dataclass(frozen=True, slots=True)
class PauseCounter:
    counter: str
    staff: str


@dataclass(frozen=True, slots=True)
class ResumeCounter:
    counter: str
    staff: str


@dataclass(frozen=True, slots=True)
class CallNext:
    counter: str
    staff: str
    call: str
    """Id of the call to announce."""


@dataclass(frozen=True, slots=True)
class CallTicket:
    """Call one ticket by itself: one of the last missed, or a parked one."""

    counter: str
    staff: str
    ticket: str
    call: str


@dataclass(frozen=True, slots=True)
class Recall:
    ticket: str
    staff: str
    call: str


@dataclass(frozen=True, slots=True)
class Start:
    ticket: str
    staff: str


@dataclass(frozen=True, slots=True)
class Done:
    ticket: str
    staff: str


@dataclass(frozen=True, slots=True)
class Miss:
    ticket: str
    staff: str


@dataclass(frozen=True, slots=True)
class Park:
    ticket: str
    staff: str
    hold: Hold = "papers"


@dataclass(frozen=True, slots=True)
class Resume:
    """Back to the queue: a parked ticket with priority, a missed one behind some others."""

    ticket: str
    staff: str


@dataclass(frozen=True, slots=True)
class Transfer:
    ticket: str
    staff: str
    service: str


@dataclass(frozen=True, slots=True)
class Cancel:
    ticket: str
    staff: str


@dataclass(frozen=True, slots=True)
class Undo:
    ticket: str
    staff: str


@dataclass(frozen=True, slots=True)
class EndDay:
    """Everything open expires and the counters close."""


Command: TypeAlias = (
    Issue
    | IssueOffline
    | LendNumbers
    | TakeBackNumbers
    | OpenCounter
    | CloseCounter
    | PauseCounter
    | ResumeCounter
    | CallNext
    | CallTicket
    | Recall
    | Start
    | Done
    | Miss
    | Park
    | Resume
    | Transfer
    | Cancel
    | Undo
    | EndDay
)
