"""Pieces at the benches as their people see them: rows with clock, custody, question and signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from server.domain.custody import CUSTOMER
from server.domain.hall import Hall
from server.domain.lab import resting
from server.domain.negotiation import NegotiationState
from server.domain.promise import Clock, Pause, Promise, clock, limit_of
from server.domain.samples import IN_THE_LAB
from server.protocol import lab as l
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import SampleState
from server.store import bench
from server.store.orders import Sample

from . import case_sentences as s
from .offering import item_name
from .people import Who
from .staff_names import Names, names


@dataclass(frozen=True, slots=True)
class Looked:
    """What rows need to know, read once for all of them."""

    hall: Hall
    who: Who
    now: datetime
    called: Names
    orders: dict[str, Any]
    pauses: dict[str, list[Any]]
    questions: dict[str, NegotiationState]
    results: dict[str, Any]
    clocks: dict[Promise, Clock] = field(default_factory=dict)
    limits: dict[tuple[date, date], int] = field(default_factory=dict)
    """Hundreds of pieces share a handful of promises."""

    def row(self, one: Sample) -> l.BenchRow:
        of = self.orders[one.order]
        told = self.clock(one)
        result = self.results.get(one.code)
        last = (result.reviewer or result.verifier) if result is not None else ""
        return l.BenchRow(
            code=one.code,
            order=of.number,
            index=one.position,
            count=of.pieces,
            item=item_name(self.hall, one.item),
            serial=one.serial,
            section=one.section,
            state=one.state,
            state_text=state_text(one.state),
            due=told.due if told else one.due,
            colour=told.colour if told else "none",
            green=bool(of.green),
            rests_until=one.rests_until if resting(one.state, one.rests_until, self.now) else None,
            holder=self.holder(one),
            question=self.questions.get(one.code) if one.state == "fault_hold" else None,
            result=result.state if result is not None else None,
            by=self.called.staff.get(last, last),
        )

    def clock(self, one: Sample) -> Clock | None:
        """The clock of what was promised for one piece; None before it was accepted."""
        told = self.promise(one)
        if told is None:
            return None
        if told not in self.clocks:
            self.clocks[told] = clock(told, self.hall.offer.calendar, self.hall.day(self.now))
        return self.clocks[told]

    def promise(self, one: Sample) -> Promise | None:
        """What was promised for one piece; None before it was accepted."""
        of = self.orders[one.order]
        if of.accepted_at is None:
            return None
        day = self.hall.day
        accepted = day(of.accepted_at)
        waits = tuple(
            Pause(day(row.since), None if row.until is None else day(row.until))
            for row in self.pauses.get(one.order, ())
            if row.sample is None or row.sample == one.code
        )
        done = one.state not in IN_THE_LAB and one.state != "received"
        limit = self._limit(accepted, one.due) if one.due else 0
        finished = day(one.changed_at) if done and one.changed_at else None
        return Promise(accepted, limit, waits, finished)

    def _limit(self, accepted: date, due: date) -> int:
        if (accepted, due) not in self.limits:
            self.limits[accepted, due] = limit_of(accepted, due, self.hall.offer.calendar)
        return self.limits[accepted, due]

    def holder(self, one: Sample) -> str:
        """``me``, ``bench``, ``customer``, or a name."""
        if one.holder == f"staff:{self.who.user}":
            return "me"
        if one.holder == CUSTOMER:
            return "customer"
        if one.holder in benches(self.hall, one.section):
            return "bench"
        return self.called.holder(one.holder).name.zh


def look(connection: Connection, hall: Hall, samples: Sequence[Sample], who: Who, now: datetime) -> Looked:
    codes = {one.code for one in samples}
    return Looked(
        hall=hall,
        who=who,
        now=now,
        called=names(connection, hall),
        orders=bench.facts_of(connection, samples),
        pauses=bench.pauses_of(connection, {one.order for one in samples}),
        questions=bench.questions_of(connection, codes),
        results=bench.results_of(connection, codes),
    )


def benches(hall: Hall, section: str) -> frozenset[str]:
    """The holders that are a section's own shelves: those named after it."""
    own = {f"shelf:{one.id}" for one in hall.offer.shelves if section and section in one.name.zh}
    return frozenset({*own, f"shelf:{section}"})


def state_text(state: SampleState) -> Text:
    return both("server", s.SAMPLE_STATES[state])


def sections(hall: Hall) -> list[str]:
    """The lab's sections, in the order in which the catalogue names them."""
    return list(dict.fromkeys(one.section for one in hall.offer.catalogue.items.values()))
