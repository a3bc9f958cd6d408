"""The hall (大厅) as its manager has set it up: services, counters, and the rules' numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from server.protocol.views import Text
from server.protocol.words import Priority

from .offer import Offer
from .personal import Retention

HEAD_STARTS: Mapping[Priority, int] = MappingProxyType(
    {
        "ordinary": 0,
        "appointment": 15,
        "elderly": 20,
        "disabled": 20,
        "expectant": 20,
        "military": 20,
        "green": 60,
    }
)
"""Minutes by which each class is ranked earlier than it came."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The queue's settings; every figure here is the hall's to change."""

    head_starts: Mapping[Priority, int] = field(default_factory=lambda: HEAD_STARTS)
    parked_head_start: int = 15
    """Minutes of head start for a ticket that returns from parking."""
    green_cap: int = 3
    """At most one call in this many goes to the green channel while others wait."""
    patience: int = 45
    """After this many minutes of effective waiting a ticket ranks with a counter's first services."""
    most_recalls: int = 3
    most_returns: int = 2
    return_behind: int = 3
    """A missed ticket that returns lets this many tickets go first."""
    missed_kept: int = 5
    """The last so many missed can be called again."""
    most_waiting: int = 2000
    """Tickets waiting in one hall; further ones are refused, so that nothing grows without bound."""
    undo_seconds: int = 10


@dataclass(frozen=True, slots=True)
class Service:
    """What a ticket is for (业务)."""

    id: str
    name: Text
    prefix: str
    """One capital letter; stays on the ticket through every transfer."""
    minutes: float
    """Minutes that one visit usually takes: the estimate's prior before the day has data."""
    bring: Text
    about: Text
    green: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Counter:
    """A numbered window (窗口) with its functions."""

    number: str
    name: Text
    functions: tuple[tuple[str, int], ...]
    """(service id, tier): the lower tier is called first. A service not named here is never called here."""
    active: bool = True

    def tier(self, service: str) -> int | None:
        """The tier at which this counter serves ``service``, or None when it does not."""
        for name, tier in self.functions:
            if name == service:
                return tier
        return None


@dataclass(frozen=True, slots=True)
class Hours:
    """When numbers are given: the same hours on each of ``weekdays`` (Monday is 0)."""

    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset(range(7))

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class Hall:
    """One hall's set-up."""

    id: str
    name: Text
    zone: str
    services: Mapping[str, Service]
    counters: Mapping[str, Counter]
    rules: Rules = field(default_factory=Rules)
    hours: Hours | None = None
    """None: numbers are given at any hour."""
    shut: bool = False
    """Shut by hand, whatever the hours say."""
    complaint_phone: str = ""
    notices: tuple[tuple[Text, Text], ...] = ()
    """(title, body) pages of the disclosure carousel (公示)."""
    guidance: tuple[tuple[Text, Text], ...] = ()
    """(title, body) help pages of the kiosk."""
    emergency: Text | None = None
    offer: Offer = field(default_factory=Offer)
    retention: Retention = field(default_factory=Retention)

    def local(self, now: datetime) -> datetime:
        """``now`` on the hall's own clock."""
        return now.astimezone(ZoneInfo(self.zone))

    def day(self, now: datetime) -> date:
        """The business day: the hall's local date."""
        return self.local(now).date()

    def gives_numbers(self, now: datetime) -> bool:
        """Whether a number can be taken now."""
        if self.shut:
            return False
        if self.hours is None:
            return True
        local = self.local(now)
        return local.weekday() in self.hours.weekdays and self.hours.opens <= local.time() < self.hours.closes


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
