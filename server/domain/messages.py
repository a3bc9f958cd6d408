"""What a customer is told, and when: messages as facts. Pure; the words are made when one is sent.

A message names its customer by id and its occasion by ``subject``; no name and no phone number stands in it.
Its id follows from what it is about, so that the same message put twice is one message, and a receiver can
tell a second try from a second message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from server.protocol.outbox import MessageKind
from server.protocol.views import Text
from server.protocol.words import Language

from .booking import Appointment

KINDS: Final[tuple[MessageKind, ...]] = get_args(MessageKind)
OF_MACHINES: Final[tuple[MessageKind, ...]] = ("alarm", "alarm_over")
"""What is told to who looks after the hall's machines, and to no customer."""
REMINDERS: Final[tuple[MessageKind, ...]] = ("reminder_eve", "reminder_day")
"""What no longer holds when an appointment is moved, given up or checked in."""
OF_APPOINTMENTS: Final[tuple[MessageKind, ...]] = ("booked", "moved", *REMINDERS)
"""All that speaks of an appointment that stands."""

EVE: Final = time(18, 0)
MORNING: Final = time(7, 30)
"""On the hall's clock."""
AHEAD: Final = timedelta(hours=1)
"""A reminder of the morning comes at least so long before its slot."""
PUSHED_FROM: Final = time(9, 0)
PUSHED_UNTIL: Final = time(20, 0)
"""Nobody is told at night that an instrument falls due."""
FRESH: Final = timedelta(hours=2)
"""Who has just been told needs no reminder yet."""
TOLD_LATE: Final = timedelta(days=2)
"""Until so long after the fact it is still worth telling that an appointment was cancelled."""
TOLD_OF_CASES: Final = timedelta(days=7)
"""News of a case that could not be told for so long is told no more."""
TOLD_OF_MACHINES: Final = timedelta(days=1)
"""So is news of a machine."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)
JITTER: Final = 0.2
"""A pause is longer or shorter by up to this share, so that tries do not come in step."""
MOST_TRIES: Final = 12
"""A little more than a day of them."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to be told to one customer."""

    id: str
    hall: str
    kind: MessageKind
    subject: str
    """The id of what it is about: an appointment, a due item."""
    customer: str
    """The customer's id; empty where ``subject`` itself has the address."""
    due_at: datetime
    expires_at: datetime
    """From then on it is not worth sending."""
    made_at: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a customer is reached; empty: not there."""

    phone: str = ""
    email: str = ""
    language: Language = "zh"
    """What they read rather; the words go out in both."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message put into words, ready for a channel."""

    id: str
    """The message's: the same at every try."""
    hall: str
    hall_name: Text
    kind: MessageKind
    to: Address
    subject: Text
    body: Text
    link: str
    """Empty where there is nothing to look at."""
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    """What a machine that reads it goes by, where there is such a thing; nothing of customers."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has taken it: a definite yes."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The receiver will never take it: a definite no."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not now, or nobody knows: to be tried again. ``wait``: seconds that the receiver asked for."""

    reason: str
    wait: float = 0.0


Outcome: TypeAlias = Delivered | Rejected | Unclear


@dataclass(frozen=True, slots=True)
class Over:
    """It is at its end."""

    state: Literal["sent", "given_up"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """It is tried again, not before ``at``."""

    at: datetime
    reason: str


def of_booking(one: Appointment, zone: str, now: datetime) -> list[Message]:
    """What is told of an appointment that has just been booked: that it stands, and reminders."""
    return [_told(one, "booked", zone, now), *_reminders(one, zone, now)]


def of_moving(one: Appointment, zone: str, now: datetime) -> list[Message]:
    """What is told of ``one`` after it was moved. What was to be told before (``OF_APPOINTMENTS``) is
    withdrawn first."""
    return [_told(one, "moved", zone, now), *_reminders(one, zone, now)]


def of_cancelling(one: Appointment, zone: str, now: datetime) -> list[Message]:
    """What is told of ``one`` after it was given up. What was to be told before is withdrawn first."""
    return [_told(one, "cancelled", zone, now)]


def of_due(
    id: str,
    hall: str,
    due_on: date,
    days_before: Sequence[int],
    zone: str,
    now: datetime,
    parameters: Mapping[str, str],
) -> Message | None:
    """The push that is to go out by now for an item that is due, if any.

    Of several that should have gone out already only the latest does. Its id is made of the item, the due
    date and the day: it is the same however often this is asked.
    """
    left = (due_on - now.astimezone(ZoneInfo(zone)).date()).days
    reached = [days for days in days_before if left <= days]
    if left < 0 or not reached:
        return None
    ahead = min(reached)
    return Message(
        id=message_id(hall, "due_item", id, f"{due_on}/{ahead}"),
        hall=hall,
        kind="due_item",
        subject=id,
        customer="",
        due_at=awake(now, zone),
        expires_at=_local(due_on + timedelta(days=1), time(0), zone),
        made_at=now,
        parameters=parameters,
    )


def of_case(
    order: str,
    hall: str,
    kind: MessageKind,
    customer: str,
    occasion: str,
    zone: str,
    now: datetime,
    parameters: Mapping[str, str],
) -> Message:
    """News of a case: told at once by day, in the morning where it happens at night.

    The same ``occasion`` of the same case is one message.
    """
    return Message(
        id=message_id(hall, kind, order, occasion),
        hall=hall,
        kind=kind,
        subject=order,
        customer=customer,
        due_at=awake(now, zone),
        expires_at=now + TOLD_OF_CASES,
        made_at=now,
        parameters=parameters,
    )


def of_machine(
    alarm: str, hall: str, kind: MessageKind, now: datetime, parameters: Mapping[str, str]
) -> Message:
    """News of an alarm, that it began or that it is over: told at once, at any hour, and each once."""
    return Message(
        id=message_id(hall, kind, alarm, ""),
        hall=hall,
        kind=kind,
        subject=alarm,
        customer="",
        due_at=now,
        expires_at=now + TOLD_OF_MACHINES,
        made_at=now,
        parameters=parameters,
    )


def awake(now: datetime, zone: str) -> datetime:
    """``now``, or the next morning's hour from which on people are told of things."""
    local = now.astimezone(ZoneInfo(zone))
    late = local.time() >= PUSHED_UNTIL
    first = _local(local.date() + timedelta(days=late), PUSHED_FROM, zone)
    return first if late or local < first else now


def message_id(hall: str, kind: MessageKind, subject: str, occasion: str) -> str:
    """32 hexadecimal digits that say nothing to who reads them, and are the same for the same occasion."""
    return hashlib.sha256("\n".join(("message", hall, kind, subject, occasion)).encode()).hexdigest()[:32]


def after(outcome: Outcome, tries: int, now: datetime, dice: float) -> Over | Again:
    """What becomes of a message after its ``tries``-th try; ``dice`` in [0, 1) spreads the pauses."""
    match outcome:
        case Delivered():
            return Over("sent")
        case Rejected(reason):
            return Over("given_up", reason)
        case Unclear(reason, wait):
            if tries >= MOST_TRIES:
                return Over("given_up", reason)
            return Again(now + pause(tries, wait, dice), reason)


def pause(tries: int, wait: float, dice: float) -> timedelta:
    """How long to wait after ``tries`` tries: doubled each time, spread, and as long as asked (in bounds)."""
    doubled = min(FIRST_PAUSE * 2.0 ** min(tries - 1, 30), LONGEST_PAUSE)
    spread = doubled * (1 - JITTER + 2 * JITTER * dice)
    return max(spread, min(timedelta(seconds=min(wait, 1e6)), LONGEST_PAUSE))


def _told(one: Appointment, kind: MessageKind, zone: str, now: datetime) -> Message:
    expires = max(one.ends_at, now + TOLD_LATE) if kind == "cancelled" else one.ends_at
    return _message(one, kind, zone, now, due_at=now, expires_at=expires)


def _reminders(one: Appointment, zone: str, now: datetime) -> list[Message]:
    eve = _local(one.day - timedelta(days=1), EVE, zone)
    morning = min(_local(one.day, MORNING, zone), one.starts_at - AHEAD)
    midnight = _local(one.day, time(0), zone)
    # Past midnight "tomorrow" is no longer true.
    times: tuple[tuple[MessageKind, datetime, datetime], ...] = (
        ("reminder_eve", eve, midnight),
        ("reminder_day", morning, one.starts_at),
    )
    return [
        _message(one, kind, zone, now, due_at=at, expires_at=until)
        for kind, at, until in times
        if at >= now + FRESH
    ]


def _message(
    one: Appointment, kind: MessageKind, zone: str, now: datetime, *, due_at: datetime, expires_at: datetime
) -> Message:
    place = ZoneInfo(zone)
    return Message(
        id=message_id(one.hall, kind, one.id, str(one.moved)),
        hall=one.hall,
        kind=kind,
        subject=one.id,
        customer=one.customer,
        due_at=due_at,
        expires_at=expires_at,
        made_at=now,
        parameters={
            "code": one.code,
            "number": one.number,
            "day": one.day.isoformat(),
            "opens": f"{one.starts_at.astimezone(place):%H:%M}",
            "closes": f"{one.ends_at.astimezone(place):%H:%M}",
            "service": one.service,
            "lines": " ".join(f"{line.item}:{line.pieces}" for line in one.lines),
        },
    )


def _local(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone))
