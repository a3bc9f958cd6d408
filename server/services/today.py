"""The hall's day at one glance: who waits, what was done, what is late, which machine needs somebody."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from server.domain import upkeep as rules
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.promise import Colour, clock
from server.domain.samples import IN_THE_LAB
from server.protocol.today import ServiceToday, TodayView
from server.store import alarms, bench
from server.store import tables as t

from .bench import Looked
from .halls import Halls
from .people import Who
from .staff_names import Names

MOST: Final = 2000
"""Pieces whose promises are looked at: those due first."""
MINUTE: Final = 60_000_000
"""In the tables' unit of time."""
SERVED: Final = ("done",)


class _Told(NamedTuple):
    """The day's tickets of one service, out of the tables."""

    issued: int
    served: int
    missed: int
    called: int
    waited: int
    """Microseconds up to the first call, of all that were called together."""
    handed_in: int


NONE: Final = _Told(0, 0, 0, 0, 0, 0)


class Today:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def seen(self, hall: str, who: Who) -> TodayView:
        floor = self._halls.floor(hall)

        def look(at: Connection) -> TodayView:
            return self._view(at, floor, who)

        return await asyncio.to_thread(self._halls.read, look)

    def _view(self, at: Connection, floor: Floor, who: Who) -> TodayView:
        hall, now = floor.hall, self._halls.now()
        told = _tickets(at, floor)
        waiting = [one for one in floor.tickets.values() if one.state == "waiting"]
        longest = min(waiting, key=lambda one: one.issued_at, default=None)
        queued = Counter(one.service for one in waiting)
        standing = [one for one in alarms.standing(at, hall.id) if one.kind not in rules.HINTS]
        manned = [floor.post(number) for number, one in hall.counters.items() if one.active]
        colours = _promises(at, hall, who, self._halls)
        return TodayView(
            at=hall.local(now),
            day=floor.day,
            open=hall.gives_numbers(now),
            emergency=hall.emergency is not None,
            issued=sum(one.issued for one in told.values()),
            waiting=len(waiting),
            longest_wait=(now - longest.issued_at) // timedelta(minutes=1) if longest else None,
            longest_number=longest.number if longest else "",
            average_wait=_average(told.values()),
            served=sum(one.served for one in told.values()),
            missed=sum(one.missed for one in told.values()),
            handed_in=sum(one.handed_in for one in told.values()),
            counters_open=sum(post.staff is not None for post in manned),
            counters=len(manned),
            paused=sum(post.staff is not None and post.paused for post in manned),
            promises_amber=colours["amber"],
            promises_red=colours["red"],
            alarms=sum(one.seen_by is None for one in standing),
            alarms_taken=sum(one.seen_by is not None for one in standing),
            services=tuple(
                ServiceToday(
                    id=one.id,
                    name=one.name,
                    prefix=one.prefix,
                    waiting=queued[one.id],
                    issued=(of := told.get(one.id, NONE)).issued,
                    served=of.served,
                    average_wait=_average([of]),
                )
                for one in hall.services.values()
                if one.active or one.id in told
            ),
        )


def _average(told: Iterable[_Told]) -> float | None:
    """Minutes to the first call, on average."""
    all_ = list(told)
    called = sum(one.called for one in all_)
    return round(sum(one.waited for one in all_) / called / MINUTE, 1) if called else None


def _tickets(at: Connection, floor: Floor) -> Mapping[str, _Told]:
    """Service → the day's figures. A ticket that went on to another service counts where it is now."""
    ticket, call = t.tickets.c, t.calls.c
    begun = datetime.combine(floor.day, time(0), ZoneInfo(floor.hall.zone))
    first = (
        select(call.ticket, func.min(type_coerce(call.at, BigInteger)).label("at"))
        .where(call.hall == floor.hall.id, call.at >= begun)
        .group_by(call.ticket)
        .subquery()
    )
    waited = first.c.at - type_coerce(ticket.issued_at, BigInteger)
    rows = at.execute(
        select(
            ticket.service,
            ticket.state,
            func.count().label("many"),
            func.count(first.c.at).label("called"),
            func.coalesce(func.sum(waited), 0).label("waited"),
            func.count(ticket.handed_in_at).label("handed_in"),
        )
        .select_from(t.tickets.outerjoin(first, first.c.ticket == ticket.id))
        .where(ticket.hall == floor.hall.id, ticket.day == floor.day)
        .group_by(ticket.service, ticket.state)
    )
    told: dict[str, _Told] = {}
    for row in rows:
        was = told.get(row.service, NONE)
        told[row.service] = _Told(
            was.issued + row.many,
            was.served + row.many * (row.state in SERVED),
            was.missed + row.many * (row.state == "missed"),
            was.called + row.called,
            was.waited + int(row.waited),
            was.handed_in + row.handed_in,
        )
    return told


def _promises(at: Connection, hall: Hall, who: Who, halls: Halls) -> Counter[str]:
    """How many orders in the house are red, and how many amber and not red."""
    now, amber = halls.now(), hall.offer.rules.amber_days
    found = bench.listed(at, hall.id, "", ("received", *sorted(IN_THE_LAB)), MOST)
    looked = Looked(
        hall=hall,
        who=who,
        now=now,
        called=Names({}, {}),
        orders=bench.facts_of(at, found),
        pauses=bench.pauses_of(at, {one.order for one in found}),
        questions={},
        results={},
    )
    worst: dict[str, Colour] = {}
    for one in found:
        promise = looked.promise(one)
        if promise is None:
            continue
        colour = clock(promise, hall.offer.calendar, hall.day(now), amber).colour
        if colour == "red" or (colour == "amber" and worst.get(one.order) != "red"):
            worst[one.order] = colour
    return Counter(worst.values())
