"""What has happened on the floor. An event holds all that ``evolve`` needs: it looks nothing up by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from server.protocol.words import Hold

from .floor import CallMade, Ticket, Undoable
from .leases import Block
from .ranking import Why


@dataclass(frozen=True, slots=True)
class TicketIssued:
    ticket: Ticket
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TicketHandedIn:
    """Number ``n`` of the lent ``block`` was given while its kiosk was cut off."""

    ticket: Ticket
    block: str
    n: int


@dataclass(frozen=True, slots=True)
class NumbersLent:
    block: Block


@dataclass(frozen=True, slots=True)
class NumbersTakenBack:
    block: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CounterOpened:
    counter: str
    staff: str
    name: str
    badge: str
    duty_zh: str
    duty_en: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CounterClosed:
    counter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CounterPaused:
    counter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CounterResumed:
    counter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """``passed``: the returned tickets that have now let one more go first."""

    call: CallMade
    green: bool
    passed: tuple[str, ...]
    again: bool
    """Called by itself from the missed or the parked, not as the next of the queue."""
    why: Why


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    call: CallMade


@dataclass(frozen=True, slots=True)
class TicketStarted:
    ticket: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketDone:
    ticket: str
    at: datetime
    minutes: float
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class TicketMissed:
    ticket: str
    at: datetime
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class TicketParked:
    ticket: str
    hold: Hold
    at: datetime
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class TicketReturned:
    """Back among the waiting, from parking or from a miss."""

    ticket: str
    at: datetime
    ranked_at: datetime
    skip: int
    missed: bool


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """On to another service under the same number; ``minutes`` were spent at the old one."""

    ticket: str
    service: str
    later: tuple[str, ...]
    at: datetime
    ranked_at: datetime
    minutes: float


@dataclass(frozen=True, slots=True)
class TicketCancelled:
    ticket: str
    at: datetime
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class StepUndone:
    ticket: str
    step: Undoable
    counter: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketExpired:
    ticket: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DayEnded:
    day: date
    at: datetime


Event: TypeAlias = (
    TicketIssued
    | TicketHandedIn
    | NumbersLent
    | NumbersTakenBack
    | CounterOpened
    | CounterClosed
    | CounterPaused
    | CounterResumed
    | TicketCalled
    | TicketRecalled
    | TicketStarted
    | TicketDone
    | TicketMissed
    | TicketParked
    | TicketReturned
    | TicketTransferred
    | TicketCancelled
    | StepUndone
    | TicketExpired
    | DayEnded
)


def touched(event: Event) -> tuple[str, ...]:
    """The ids of the tickets that ``event`` changes."""
    match event:
        case TicketIssued(ticket) | TicketHandedIn(ticket):
            return (ticket.id,)
        case TicketCalled(call, _, passed):
            return (call.ticket, *passed)
        case TicketRecalled(call):
            return (call.ticket,)
        case CounterOpened() | CounterClosed() | CounterPaused() | CounterResumed() | DayEnded():
            return ()
        case NumbersLent() | NumbersTakenBack():
            return ()
        case _:
            return (event.ticket,)
