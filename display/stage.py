"""Which call has the stage: each fresh call once, for six seconds at least, one after another.

A call is fresh for a minute by the hall's time. It is shown and said together: while its voice still
speaks, the next one waits. ``hear`` takes in what a board brings, ``advance`` lets time pass; both pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.protocol.views import Call

FRESH = timedelta(seconds=60)
DWELL = 6.0
"""Seconds that each call stays, whatever follows."""
LONGEST = 20.0
"""Seconds after which a call gives way even if its voice has not ended."""
HOLD = 40.0
"""Seconds that the last call stays when none follows."""
FLASHING = 8.0
PHASE = 0.5
"""Seconds lit and seconds dimmed in turn: one flash a second, well under the two that are allowed."""
REMEMBERED = 256
"""Ids kept so as not to call twice; a hall's two minutes of calls are far fewer."""
WAITING = 32
"""Calls that may wait; of more, the oldest go: they would be too old at their turn."""
CROWDED = 3
"""With so many still behind it a call is said once, not twice, so that none grows too old to be said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The call that has the stage since ``since`` (ticks), to be said ``times`` over."""

    call: Call
    since: float
    times: int


@dataclass(frozen=True, slots=True)
class Memory:
    seen: tuple[str, ...] = ()
    waiting: tuple[Call, ...] = ()
    shown: Shown | None = None


def is_fresh(call: Call, hall_time: datetime) -> bool:
    return hall_time - call.at <= FRESH


def hear(memory: Memory, calls: Iterable[Call], hall_time: datetime) -> Memory:
    """The memory after a board with ``calls``: what was never seen and is fresh waits for the stage."""
    known = set(memory.seen)
    fresh: list[Call] = []
    new: list[str] = []
    for call in calls:
        if call.id in known:
            continue
        known.add(call.id)
        new.append(call.id)
        if is_fresh(call, hall_time):
            fresh.append(call)
    if not new:
        return memory
    return replace(
        memory,
        seen=(*memory.seen, *new)[-REMEMBERED:],
        waiting=(*memory.waiting, *fresh)[-WAITING:],
    )


def advance(memory: Memory, hall_time: datetime, ticks: float, *, speaking: bool) -> Memory:
    """The memory at ``ticks``; ``speaking``: the voice still says the call that has the stage."""
    shown = memory.shown
    if shown is not None:
        age = ticks - shown.since
        if age < DWELL or (speaking and age < LONGEST):
            return memory
    waiting = tuple(call for call in memory.waiting if is_fresh(call, hall_time))
    if waiting:
        times = 1 if len(waiting) - 1 >= CROWDED else 2
        return replace(memory, waiting=waiting[1:], shown=Shown(waiting[0], ticks, times))
    if shown is not None and ticks - shown.since >= HOLD:
        shown = None
    if waiting == memory.waiting and shown == memory.shown:
        return memory
    return replace(memory, waiting=waiting, shown=shown)


def is_lit(shown: Shown, ticks: float) -> bool:
    """Whether the call is bright at ``ticks``: flashing at first, then steady."""
    age = ticks - shown.since
    return age >= FLASHING or int(age / PHASE) % 2 == 0


def is_new(shown: Shown, ticks: float) -> bool:
    """Whether the call is still in its first seconds, before which nothing else takes its place."""
    return ticks - shown.since < FLASHING
