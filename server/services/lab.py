"""Work at the benches: the list by section, one piece with its form, beginning a test, the rooms' air."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.catalogue import Item
from server.domain.hall import Hall
from server.domain.lab import ClimateRecord
from server.domain.negotiation import WAITING
from server.domain.promise import Piece, parts
from server.domain.refusal import Refusal
from server.protocol import lab as l
from server.protocol import lab_book as k
from server.protocol.language import both
from server.protocol.words import SampleState
from server.store import bench, climate, negotiations, orders

from . import case_sentences, signing
from .bench import Looked, benches, look, sections
from .bench_sheet import STARTS, must_rest, resting_refused, room_view, sheet
from .case_finding import find_case, find_piece
from .halls import Halls
from .people import Who
from .refused import Refused
from .results import Results
from .staff_names import names
from .stages import move, settle
from .work import Ledger, Once, Record

MOST: Final = 100
"""Pieces told at once; the rest is counted."""
HISTORY: Final = 50
MOST_OF_A_PART: Final = 500
"""Pieces of a section's part of a case; its figures are of all."""


T = TypeVar("T")


class Lab:
    def __init__(self, halls: Halls, results: Results) -> None:
        self._halls = halls
        self._results = results

    # Seeing ------------------------------------------------------------------------------------

    async def bench(self, hall: str, section: str, states: tuple[SampleState, ...], who: Who) -> l.BenchView:
        """What is at the benches of ``section`` (or of all), in ``states`` (or any)."""
        of, now = self._halls.floor(hall).hall, self._halls.now()

        def read(at: Connection) -> l.BenchView:
            wanted = [one for one in bench.AT_THE_BENCH if not states or one in states]
            found = bench.listed(at, hall, section, wanted, MOST)
            looked = look(at, of, found, who, now)
            counted = bench.counts(at, hall)
            newest = climate.newest(at, hall)
            known = list(dict.fromkeys([*sections(of), *(name for name in counted if name)]))
            total = sum(
                pieces
                for name, by_state in counted.items()
                if not section or name == section
                for state, pieces in by_state.items()
                if state in wanted
            )
            return l.BenchView(
                hall=hall,
                section=section,
                sections=tuple(
                    l.SectionView(
                        name=name,
                        counts=counted.get(name, {}),
                        room=room_view(of, name, newest.get(name), looked),
                    )
                    for name in known
                ),
                rows=tuple(looked.row(one) for one in found),
                more=max(0, total - len(found)),
                to_sign=self._results.to_sign(at, hall, who),
                escalated=len(negotiations.in_states(at, hall, ("timed_out",))),
            )

        return await asyncio.to_thread(self._halls.read, read)

    async def sheet(self, hall: str, code: str, who: Who) -> l.SheetView:
        """One piece with its form, results and questions, and what may be done now.

        Raises Refused: sample_unknown, item_unknown, and those of a code that can't be read.
        """
        of, now = self._halls.floor(hall).hall, self._halls.now()

        def read(at: Connection) -> l.SheetView | Refusal:
            sample = find_piece(at, hall, code)
            if isinstance(sample, Refusal):
                return sample
            item = of.offer.catalogue.items.get(sample.item)
            if item is None:
                return Refusal("item_unknown", {"item": sample.item})
            return sheet(at, of, sample, item, look(at, of, [sample], who, now))

        return _told(await asyncio.to_thread(self._halls.read, read))

    async def order(self, hall: str, code: str, who: Who) -> l.LabOrderView:
        """A case in its sections' parts, by any of its codes. Raises Refused: order_unknown."""
        floor, now = self._halls.floor(hall), self._halls.now()
        of = floor.hall

        def read(at: Connection) -> l.LabOrderView | Refusal:
            found = find_case(at, floor, code)
            if isinstance(found, Refusal):
                return found
            pieces = orders.samples(at, found.order.id)
            looked = look(at, of, pieces, who, now)
            by_section: dict[str, list[orders.Sample]] = {}
            for one in pieces:
                by_section.setdefault(one.section, []).append(one)
            told = []
            for name, own in by_section.items():
                rows = tuple(looked.row(one) for one in own[:MOST_OF_A_PART])
                clock = _part(of, looked, name, own)
                told.append(
                    l.LabPart(
                        section=name,
                        done=sum(one.state in DONE for one in own),
                        total=len(own),
                        due=clock[0],
                        colour=clock[1],
                        pieces=rows,
                    )
                )
            return l.LabOrderView(
                number=found.order.number,
                state_text=both("server", case_sentences.ORDER_STATES[found.order.state]),
                done=all(one.done == one.total for one in told),
                parts=tuple(told),
            )

        return _told(await asyncio.to_thread(self._halls.read, read))

    # Doing -------------------------------------------------------------------------------------

    async def rest(self, hall: str, code: str, who: Who, once: Once | None) -> None:
        """It stands in the lab's air from now on.

        Raises Refused: sample_unknown, wrong_custodian, sample_state, negotiation_open.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = _begun(ledger, hall, code, who)
            if isinstance(found, Refusal):
                return found
            sample, item = found
            until = ledger.now + timedelta(minutes=item.rest_minutes)
            resting = move(ledger, replace(sample, rests_until=until), "rest", minutes=item.rest_minutes)
            return _settled(ledger, resting)

        await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    async def start(self, hall: str, code: str, who: Who, once: Once | None) -> None:
        """Its test begins, under the hands of who scans it.

        Raises Refused: sample_unknown, wrong_custodian, still_resting, negotiation_open, sample_state,
        credential_missing.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = _begun(ledger, hall, code, who)
            if isinstance(found, Refusal):
                return found
            sample, item = found
            of = ledger.floor.hall
            against = signing.may_sign(ledger.connection, of, who.user, "verifier", item, of.day(ledger.now))
            if against is not None:
                return against
            if must_rest(sample, item):
                until = ledger.now + timedelta(minutes=item.rest_minutes)
                return resting_refused(of, until)
            if rules.resting(sample.state, sample.rests_until, ledger.now):
                return resting_refused(of, sample.rests_until or ledger.now)
            if sample.state in ("received", "acclimatising"):
                queued = move(ledger, sample, "queue")
                if isinstance(queued, Refusal):
                    return queued
                sample = queued
            started = move(ledger, sample, "start", by=who.user)
            return _settled(ledger, started)

        await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    # The rooms' air ----------------------------------------------------------------------------

    async def record_climate(self, hall: str, body: k.ClimateBody, who: Who, once: Once | None) -> None:
        """Write down a section's temperature and humidity. Raises Refused: climate_bad."""
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            if body.section not in sections(ledger.floor.hall):
                return Refusal("climate_bad")
            one = ClimateRecord(
                id, hall, body.section, ledger.now, round(body.celsius, 1), round(body.humidity, 1), who.user
            )
            climate.add(ledger.connection, one)
            note = {"section": one.section, "celsius": one.celsius, "humidity": one.humidity}
            ledger.note("climate.recorded", id, note)
            return id

        await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def climate(self, hall: str, section: str, who: Who) -> k.ClimateView:
        """The rooms as they are, and a section's last records."""
        of, now = self._halls.floor(hall).hall, self._halls.now()

        def read(at: Connection) -> k.ClimateView:
            newest = climate.newest(at, hall)
            looked = look(at, of, [], who, now)
            called = names(at, of)
            return k.ClimateView(
                rooms=tuple(room_view(of, name, newest.get(name), looked) for name in sections(of)),
                history=tuple(
                    k.ClimateRow(
                        section=one.section,
                        celsius=one.celsius,
                        humidity=one.humidity,
                        at=one.at,
                        by=called.staff.get(one.by, one.by),
                    )
                    for one in (climate.history(at, hall, section, HISTORY) if section else ())
                ),
                minutes=of.offer.lab.climate_minutes,
            )

        return await asyncio.to_thread(self._halls.read, read)


DONE: Final[tuple[SampleState, ...]] = ("ready", "released", "refused_at_intake", "returned_untested")


def _begun(ledger: Ledger, hall: str, code: str, who: Who) -> tuple[orders.Sample, Item] | Refusal:
    """The piece, in the hands of who asks or on their section's bench, and about which nothing is open."""
    connection, of = ledger.connection, ledger.floor.hall
    sample = find_piece(connection, hall, code)
    if isinstance(sample, Refusal):
        return sample
    item = of.offer.catalogue.items.get(sample.item)
    if item is None:
        return Refusal("item_unknown", {"item": sample.item})
    if any(one.state in WAITING for one in negotiations.of_sample(connection, sample.code)):
        return Refusal("negotiation_open")
    if sample.state not in STARTS:
        return Refusal("sample_state", {"state": sample.state})
    if sample.holder != f"staff:{who.user}" and sample.holder not in benches(of, sample.section):
        return Refusal("wrong_custodian", {"holder": names(connection, of).holder(sample.holder).name})
    return sample, item


def _settled(ledger: Ledger, moved: orders.Sample | Refusal) -> str | Refusal:
    if isinstance(moved, Refusal):
        return moved
    order = orders.find(ledger.connection, id=moved.order)
    if order is not None:
        settle(ledger, order)
    return moved.code


def _part(of: Hall, looked: Looked, section: str, own: list[orders.Sample]) -> tuple[date | None, l.Colour]:
    pieces = [Piece(section, promise) for one in own if (promise := looked.promise(one)) is not None]
    found = parts(pieces, of.offer.calendar, of.day(looked.now))
    return (found[0].clock.due, found[0].clock.colour) if found else (None, "none")


def _told(found: T | Refusal) -> T:
    if isinstance(found, Refusal):
        raise Refused(found)
    return found
