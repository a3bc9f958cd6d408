"""Appointments (预约): booked, moved, given up, and what happens when somebody comes with one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from server.protocol.words import AppointmentState, Arrival, Channel, CustomerType

from .eligibility import Refused, refused
from .slots import Full, Line, Slot, Timetable

By: TypeAlias = Literal["customer", "staff"]
Against: TypeAlias = Literal[
    "slot_unknown",
    "slot_not_held",
    "slot_begun",
    "too_far",
    "slot_full",
    "not_taken",
    "nothing_chosen",
    "notices_not_read",
    "not_booked",
    "cut_off",
    "reason_needed",
]


@dataclass(frozen=True, slots=True)
class BookingRules:
    horizon_days: int = 30
    """How far ahead one may book."""
    cut_off_minutes: int = 60
    """Until so long before the slot customers change and cancel by themselves; staff may later, with a
    reason."""
    callable_before: int = 10
    """Minutes before its slot at which an appointment becomes callable."""
    early_minutes: int = 30
    """From so long before the slot it is 'on time' to check in."""
    most_lines: int = 10
    most_open: int = 5
    """Appointments to come that one phone number may hold: nobody books a hall empty."""
    while_you_wait: str = "accept"
    """The service of those whose instruments are done while they wait (立等受理); the others take that of
    their instrument."""
    collect: str = "pickup"
    """The service of those who come to collect (取件)."""
    amber_days: int = 1
    """Working days left from which on a promise's clock is amber."""


@dataclass(frozen=True, slots=True)
class Appointment:
    id: str
    code: str
    """The voucher's code (server.protocol.codes, kind V)."""
    number: str
    """The same to type."""
    hall: str
    service: str
    day: date
    slot: str
    starts_at: datetime
    ends_at: datetime
    lines: tuple[Line, ...]
    customer: str
    customer_type: CustomerType
    channel: Channel
    state: AppointmentState
    made_at: datetime
    notices: Mapping[str, int] = field(default_factory=dict)
    """Item → the version of its notice that was acknowledged."""
    ticket: str | None = None
    """The ticket it was checked in with."""
    moved: int = 0
    """How often it was rescheduled."""


@dataclass(frozen=True, slots=True)
class Not:
    """Why not, with all that a person needs to do better."""

    why: Against
    lines: tuple[Refused, ...] = ()
    full: Full | None = None
    items: tuple[str, ...] = ()
    """Items whose notices must be read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A slot on a day."""

    day: date
    slot: Slot
    starts_at: datetime
    ends_at: datetime


def place(
    table: Timetable, rules: BookingRules, day: date, slot: str, lines: Sequence[Line], now: datetime
) -> Place | Not:
    """The place for ``lines`` in ``slot`` on ``day``, if there is one."""
    known = table.slots.get(slot)
    if known is None:
        return Not("slot_unknown")
    if not known.held_on(day, table.calendar):
        return Not("slot_not_held")
    start, end = known.span(day, table.zone)
    if start <= now:
        return Not("slot_begun")
    if day > now.astimezone(start.tzinfo).date() + timedelta(days=rules.horizon_days):
        return Not("too_far")
    burst = table.full(day, known, lines)
    return Not("slot_full", full=burst) if burst else Place(day, known, start, end)


def may_book(
    table: Timetable,
    rules: BookingRules,
    day: date,
    slot: str,
    lines: Sequence[Line],
    customer: CustomerType,
    acknowledged: Mapping[str, int],
    now: datetime,
) -> Place | Not:
    """Whether ``lines`` may be booked there: they are taken, their notices read, and there is room."""
    if not lines or len(lines) > rules.most_lines or any(line.pieces < 1 for line in lines):
        return Not("nothing_chosen")
    if len({line.item for line in lines}) < len(lines):
        return Not("nothing_chosen")
    against = refused(table.catalogue, lines, customer, day)
    if against:
        return Not("not_taken", lines=against)
    unread = tuple(
        line.item
        for line in lines
        if (notice := table.catalogue.items[line.item].notice) is not None
        and acknowledged.get(line.item) != notice.version
    )
    if unread:
        return Not("notices_not_read", items=unread)
    return place(table, rules, day, slot, lines, now)


def may_change(one: Appointment, rules: BookingRules, by: By, reason: str, now: datetime) -> Not | None:
    """Whether it may be moved or given up now: by the customer until the cut-off, by staff with a reason."""
    if one.state != "booked":
        return Not("not_booked")
    if now <= one.starts_at - timedelta(minutes=rules.cut_off_minutes):
        return None
    if by == "customer":
        return Not("cut_off")
    return None if reason.strip() else Not("reason_needed")


def arrival(one: Appointment, hall: str, today: date, rules: BookingRules, now: datetime) -> Arrival:
    """What it is to come with this voucher to ``hall`` now."""
    if one.state in ("checked_in", "fulfilled"):
        return "already_used"
    if one.state == "cancelled":
        return "cancelled"
    if one.hall != hall:
        return "wrong_hall"
    if one.state == "no_show" or one.day < today:
        return "over"
    if one.day > today:
        return "wrong_day"
    if now > one.ends_at:
        return "late"
    return "early" if now < one.starts_at - timedelta(minutes=rules.early_minutes) else "on_time"


def callable_from(one: Appointment, rules: BookingRules, now: datetime) -> datetime:
    """From when its ticket may be called: ten minutes before its slot at the earliest."""
    return max(now, one.starts_at - timedelta(minutes=rules.callable_before))
