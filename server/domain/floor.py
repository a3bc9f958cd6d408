"""The Floor: the live state of one hall on one business day, a frozen value.

Tickets that are over (done, cancelled, expired) leave ``tickets``; the last few stay in ``recent`` while
their last step can be taken back. ``queues`` holds, by service, the waiting tickets in rank order: the
rank of a ticket does not change while it waits (its head start moves its arrival back), so the order is
kept on insertion and the next ticket is found without looking at all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

from server.protocol.words import Hold, Language, Priority, TicketState

from .hall import Hall
from .leases import Blocks

Undoable = Literal["done", "miss", "park", "cancel"]
Place: TypeAlias = tuple[datetime, int, str]
"""A waiting ticket's place: (ranked arrival, order of issue, ticket id)."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number (号) and all that the rules know of it."""

    id: str
    code: str
    number: str
    prefix: str
    order: int
    """Order of issue in the hall on that day: the tie-breaker."""
    service: str
    later: tuple[str, ...]
    state: TicketState
    priority: Priority
    language: Language
    issued_at: datetime
    callable_at: datetime
    """Since when it waits in this service; the clock of its effective waiting time."""
    ranked_at: datetime
    """``callable_at`` less the head start."""
    promised: tuple[int, int]
    """The wait range given at issue, minutes."""
    skip: int = 0
    """So many tickets go first (after a return from a miss)."""
    counter: str | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    recalls: int = 0
    returns: int = 0
    hold: Hold | None = None
    held_since: datetime | None = None
    held_seconds: int = 0
    missed_at: datetime | None = None
    ended_at: datetime | None = None
    undo: Undoable | None = None
    undo_until: datetime | None = None
    undo_counter: str | None = None
    handed_in_at: datetime | None = None
    """When it was handed in by a kiosk that had given it while cut off (离线). It was promised no range."""

    @property
    def place(self) -> Place:
        return (self.ranked_at, self.order, self.id)


@dataclass(frozen=True, slots=True)
class Post:
    """A counter as it is manned now: open while somebody is signed in to it."""

    counter: str
    staff: str | None = None
    staff_name: str = ""
    badge: str = ""
    duty_zh: str = ""
    duty_en: str = ""
    paused: bool = False
    ticket: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the day's visits to one service took: how many, sum and sum of squares of minutes."""

    visits: int = 0
    total: float = 0.0
    squares: float = 0.0

    def with_(self, minutes: float) -> Pace:
        return Pace(self.visits + 1, self.total + minutes, self.squares + minutes * minutes)

    def without(self, minutes: float) -> Pace:
        return Pace(self.visits - 1, self.total - minutes, self.squares - minutes * minutes)


@dataclass(frozen=True, slots=True)
class CallMade:
    """A call as it was announced; a recall is a new one."""

    id: str
    ticket: str
    number: str
    counter: str
    at: datetime
    language: Language
    service: str


@dataclass(frozen=True, slots=True)
class Floor:
    hall: Hall
    day: date
    version: int = 0
    setup: int = field(default=-1, compare=False)
    """At which version of its set-up the hall was read; -1: it was not read."""
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    queues: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    issued: Mapping[str, int] = field(default_factory=dict)
    """Last number given, by prefix."""
    orders: int = 0
    """Tickets issued this day."""
    since_green: int = 1_000
    """Calls since the last one that went to the green channel."""
    paces: Mapping[str, Pace] = field(default_factory=dict)
    calls: tuple[CallMade, ...] = ()
    """The last calls, newest last."""
    recent: Mapping[str, Ticket] = field(default_factory=dict)
    """Tickets that are over, while their last step can be taken back."""
    missed: tuple[str, ...] = ()
    """Ids of the missed, oldest first."""
    lent: Blocks = field(default_factory=dict)
    """The blocks of numbers that were lent to kiosks for this day, by id."""

    def post(self, counter: str) -> Post:
        return self.posts.get(counter) or Post(counter)

    def post_of(self, staff: str) -> Post | None:
        """The counter that ``staff`` is signed in to."""
        return next((post for post in self.posts.values() if post.staff == staff), None)

    def ticket(self, id: str) -> Ticket | None:
        """The open ticket, or a recent one that is over."""
        return self.tickets.get(id) or self.recent.get(id)

    def queue(self, service: str) -> tuple[Place, ...]:
        return self.queues.get(service, ())

    def waiting(self) -> int:
        return sum(map(len, self.queues.values()))

    def ahead(self, ticket: Ticket) -> int:
        """How many waiting tickets of its service rank before it."""
        if ticket.state != "waiting":
            return 0
        before = bisect_left(self.queue(ticket.service), ticket.place)
        behind = len(self.queue(ticket.service)) - before - 1
        return before + min(ticket.skip, max(0, behind))

    def open_posts(self, service: str) -> Iterator[Post]:
        """Manned counters, not paused, that serve ``service``."""
        # In the hall's own order, so that a floor gives the same figures however its posts were loaded.
        for counter in self.hall.counters.values():
            post = self.posts.get(counter.number)
            if post and post.staff and not post.paused and counter.tier(service) is not None:
                yield post
