"""The clock of what was promised (限时办结): working days of a piece, of a section's part, of an order. Pure.

It begins on the next working day after acceptance and ends on the last day of its limit. What waits for the
customer (a pause) stops it: each working day after the pause began, up to and with the day on which it ended,
counts in the gross figure only and moves the last day on. That is the same rule as for acceptance: the day on
which something happens is never counted, the next working day is the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from .calendar import DAY, Calendar

Colour: TypeAlias = Literal["none", "green", "amber", "red", "done"]
"""none: not accepted yet. amber: its last day is near. red: it has passed."""

AMBER_DAYS: Final = 1
"""Working days left from which on a promise is amber."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The customer's answer or papers were waited for. ``until`` None: still."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised for one piece on the day of its acceptance."""

    accepted: date
    limit: int
    """Working days; 0: on the same day, while the customer waits."""
    pauses: tuple[Pause, ...] = ()
    finished: date | None = None
    """The day on which it was ready."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a promise stands on a day."""

    due: date
    provisional: bool
    """The span touches a year whose working days are not announced yet (暂估)."""
    gross: int
    """Working days since it began, up to the day asked for or that on which it was ready."""
    net: int
    """Without those on which the customer was waited for."""
    limit: int
    left: int
    """Working days that are left after the day asked for; negative: so many too many."""
    paused: bool
    colour: Colour
    late: bool
    """Ready after its last day, or past it and not ready."""


def clock(promise: Promise, calendar: Calendar, today: date, amber: int = AMBER_DAYS) -> Clock:
    """How ``promise`` stands on ``today``. While it is paused its last day is as if the answer came today."""
    until = promise.finished if promise.finished is not None else max(today, promise.accepted)
    waited = waited_days(promise, calendar, until)
    due = _due(promise, calendar, waited)
    gross = calendar.between(promise.accepted, until)
    left = calendar.between(until, due) or -calendar.between(due, until)
    late = until > due
    paused = promise.finished is None and any(pause.until is None for pause in promise.pauses)
    colour: Colour = "done"
    if promise.finished is None:
        near = left <= amber and promise.limit > 0
        colour = "red" if late else "amber" if near else "green"
    return Clock(
        due=due,
        provisional=calendar.provisional(promise.accepted, due),
        gross=gross,
        net=gross - len(waited),
        limit=promise.limit,
        left=left,
        paused=paused,
        colour=colour,
        late=late,
    )


def limit_of(accepted: date, due: date, calendar: Calendar) -> int:
    """The limit that was told as the last day ``due`` on the day of acceptance."""
    return calendar.between(accepted, due)


def waited_days(promise: Promise, calendar: Calendar, until: date) -> frozenset[date]:
    """The working days, up to and with ``until``, on which the customer was waited for; each counts once."""
    found: set[date] = set()
    for pause in promise.pauses:
        day = max(pause.since, promise.accepted)
        end = until if pause.until is None else min(pause.until, until)
        while day < end:
            day += DAY
            if calendar.works(day):
                found.add(day)
    return frozenset(found)


def _due(promise: Promise, calendar: Calendar, waited: frozenset[date]) -> date:
    """The last day: after ``limit`` working days on which nobody was waited for.

    Waiting that began after the last day moves nothing: it was late already.
    """
    day, left = promise.accepted, promise.limit
    while left > 0:
        day = calendar.after(day, 1)
        left -= day not in waited
    if promise.limit == 0:
        while (following := calendar.after(day, 1)) in waited:
            day = following
    return day


# Parts: the share of each lab section -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """One sample, as the clock of its order sees it."""

    section: str
    promise: Promise

    @property
    def done(self) -> bool:
        return self.promise.finished is not None


@dataclass(frozen=True, slots=True)
class Part:
    """A section's share of an order, and the clock of that of its pieces which is due last."""

    section: str
    done: int
    total: int
    clock: Clock

    @property
    def complete(self) -> bool:
        return self.done == self.total


def parts(
    pieces: Iterable[Piece], calendar: Calendar, today: date, amber: int = AMBER_DAYS
) -> tuple[Part, ...]:
    """The order's parts by section, in the order in which the sections first come."""
    by_section: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_section.setdefault(piece.section, []).append(piece)
    made = []
    for section, own in by_section.items():
        whole = _whole(own, calendar, today, amber)
        made.append(Part(section, sum(piece.done for piece in own), len(own), whole))
    return tuple(made)


def whole(pieces: Sequence[Piece], calendar: Calendar, today: date, amber: int = AMBER_DAYS) -> Clock | None:
    """The clock of all of an order: done only when every piece is; None without pieces."""
    return _whole(pieces, calendar, today, amber) if pieces else None


def _whole(pieces: Sequence[Piece], calendar: Calendar, today: date, amber: int) -> Clock:
    """Of those that are not done the one due last; when all are, the one that was ready last."""
    # Hundreds of pieces of a fleet share a handful of promises.
    running = {piece.promise for piece in pieces if not piece.done}
    if running:
        clocks = [clock(promise, calendar, today, amber) for promise in running]
        last = max(clocks, key=lambda one: (one.due, one.net))
        if any(one.colour == "red" for one in clocks):
            # One piece past its day makes the order late, whatever the others were promised.
            return max((one for one in clocks if one.colour == "red"), key=lambda one: (-one.left, one.net))
        return last
    ended = {piece.promise for piece in pieces}
    clocks = [clock(promise, calendar, today, amber) for promise in ended]
    return max(clocks, key=lambda one: (one.late, one.due, one.gross))


def first_day(promise: Promise, calendar: Calendar) -> date:
    """The first working day of the clock."""
    return calendar.after(promise.accepted, 1)
