"""Work at the benches: the list by section, one piece with its form, beginning a test, the rooms' air."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.catalogue import Item
from server.domain.equipment import usable
from server.domain.hall import Hall
from server.domain.lab import ClimateRecord
from server.domain.negotiation import WAITING
from server.domain.promise import Piece, parts
from server.domain.refusal import Refusal
from server.domain.results import Result
from server.protocol import lab as l
from server.protocol import offer
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import Conclusion, SampleState
from server.store import bench, climate, credentials, equipment, negotiations, orders, results

from . import case_sentences, sentences, signing
from .bench import Looked, benches, look, sections
from .case_finding import find_case, find_piece
from .equipment import standard_view
from .halls import Halls
from .negotiations import views
from .offer import reading_body
from .people import Who
from .refused import Refused
from .results import Results
from .staff_names import names
from .stages import move, settle
from .work import Ledger, Once, Record

MOST: Final = 200
"""Pieces told at once; the rest is counted."""
HISTORY: Final = 50


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
            looked = look(at, of, [one for one, _ in found], who, now)
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
                rows=tuple(looked.row(one) for one, _ in found),
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
            return self._sheet(at, of, sample, item, look(at, of, [sample], who, now))

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
                rows = tuple(looked.row(one) for one in own)
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

    def _sheet(
        self, at: Connection, of: Hall, sample: orders.Sample, item: Item, looked: Looked
    ) -> l.SheetView:
        today = of.day(looked.now)
        record = climate.last(at, of.id, sample.section, looked.now)
        found = list(reversed(results.of_sample(at, sample.code)))
        asked = list(reversed(negotiations.of_sample(at, sample.code)))
        may, why = self._may(at, of, sample, item, found, looked)
        limits = item.climate
        calibrates = item.kind == "calibration"
        conclusions: tuple[Conclusion, ...] = ("calibrated",) if calibrates else ("qualified", "unqualified")
        return l.SheetView(
            row=looked.row(sample),
            flow=sample.flow,
            regulation=item.regulation(today) or "",
            readings=tuple(offer.ReadingBody.model_validate(reading_body(one)) for one in item.readings),
            climate=(*limits.celsius, *limits.humidity) if limits else None,
            room=room_view(of, sample.section, record, looked),
            least_standards=item.standards,
            offered=tuple(
                standard_view(one, today)
                for one in equipment.of_hall(at, of.id)
                if one.standard and one.section == sample.section and usable(one, today) is None
            ),
            results=tuple(result_view(one, item, looked) for one in found),
            questions=tuple(views(at, of, asked)),
            fragile=item.fragile,
            conclusions=conclusions,
            may=tuple(may),
            why=why,
        )

    def _may(
        self,
        at: Connection,
        of: Hall,
        sample: orders.Sample,
        item: Item,
        found: list[Result],
        looked: Looked,
    ) -> tuple[list[l.Act], Text | None]:
        """What ``who`` may do with the piece now; and why not more, as a sentence."""
        today = of.day(looked.now)
        held = credentials.of_hall(at, of.id, looked.who.user)
        last = found[0] if found else None

        def holds(kind: rules.CredentialKind) -> bool:
            on = last.tested_on if last and kind != "verifier" else today
            return rules.holds(held, kind, item.id, on)

        acts: list[l.Act] = []
        why: Refusal | None = None
        if sample.state in STARTS:
            against = may_start(of, sample, item, looked)
            if against is None:
                acts.append("rest" if _must_rest(sample, item) else "start")
            why = against
        if sample.state == "testing" or (last is not None and last.version > 1 and last.state == "draft"):
            if holds("verifier"):
                acts += ["save", "sign"]
                record = climate.last(at, of.id, sample.section, looked.now)
                why = rules.air(record, item.climate, sample.section, looked.now, of.offer.lab)
            else:
                why = signing.may_sign(at, of, looked.who.user, "verifier", item, today)
            if sample.state == "testing":
                acts.append("hold")
        if last is not None and last.state in SIGNED_NEXT:
            kind, act = SIGNED_NEXT[last.state]
            if holds(kind):
                acts += ([act] if last.verifier != looked.who.user else []) + ["send_back"]
                why = Refusal("same_person") if last.verifier == looked.who.user else None
            else:
                why = signing.may_sign(at, of, looked.who.user, kind, item, last.tested_on)
        if last is not None and last.state == "approved" and holds("verifier"):
            acts.append("correct")
        if sample.state == "fault_hold":
            state = looked.questions.get(sample.code)
            acts += ["execute"] if state == "agreed" else ["propose"] if state != "proposed" else []
            why = Refusal("negotiation_open") if state in WAITING else None
        return acts, _sentence(why)

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
            if _must_rest(sample, item):
                until = ledger.now + timedelta(minutes=item.rest_minutes)
                return _resting(of, until)
            if rules.resting(sample.state, sample.rests_until, ledger.now):
                return _resting(of, sample.rests_until or ledger.now)
            if sample.state in ("received", "acclimatising"):
                queued = move(ledger, sample, "queue")
                if isinstance(queued, Refusal):
                    return queued
                sample = queued
            started = move(ledger, sample, "start", by=who.user)
            return _settled(ledger, started)

        await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    # The rooms' air ----------------------------------------------------------------------------

    async def record_climate(self, hall: str, body: l.ClimateBody, who: Who, once: Once | None) -> None:
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

    async def climate(self, hall: str, section: str, who: Who) -> l.ClimateView:
        """The rooms as they are, and a section's last records."""
        of, now = self._halls.floor(hall).hall, self._halls.now()

        def read(at: Connection) -> l.ClimateView:
            newest = climate.newest(at, hall)
            looked = look(at, of, [], who, now)
            called = names(at, of)
            return l.ClimateView(
                rooms=tuple(room_view(of, name, newest.get(name), looked) for name in sections(of)),
                history=tuple(
                    l.ClimateRow(
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


STARTS: Final[tuple[SampleState, ...]] = ("received", "acclimatising", "queued")
DONE: Final[tuple[SampleState, ...]] = ("ready", "released", "refused_at_intake", "returned_untested")
SIGNED_NEXT: Final[dict[str, tuple[rules.CredentialKind, l.Act]]] = {
    "tested": ("reviewer", "review"),
    "reviewed": ("approver", "approve"),
}


def may_start(of: Hall, sample: orders.Sample, item: Item, looked: Looked) -> Refusal | None:
    """Why ``who`` can't begin with the piece. Refused: wrong_custodian, still_resting."""
    if looked.holder(sample) not in ("me", "bench"):
        return Refusal("wrong_custodian", {"holder": looked.called.holder(sample.holder).name})
    if rules.resting(sample.state, sample.rests_until, looked.now):
        return _resting(of, sample.rests_until or looked.now)
    return None


def room_view(of: Hall, section: str, record: ClimateRecord | None, looked: Looked) -> l.RoomView:
    if record is None:
        return l.RoomView(section=section, celsius=None, humidity=None, at=None, fresh=False)
    fresh = rules.air(record, None, section, looked.now, of.offer.lab) is None
    by = looked.called.staff.get(record.by, record.by)
    return l.RoomView(
        section=section,
        celsius=record.celsius,
        humidity=record.humidity,
        at=record.at,
        fresh=fresh,
        by=by,
    )


def result_view(one: Result, item: Item, looked: Looked) -> l.ResultView:
    said = one.content
    marks = (
        ("verifier", one.verifier, one.verified_at),
        ("reviewer", one.reviewer, one.reviewed_at),
        ("approver", one.approver, one.approved_at),
    )
    return l.ResultView(
        id=one.id,
        version=one.version,
        state=one.state,
        regulation=one.regulation,
        tested_on=one.tested_on,
        values=tuple(
            l.ValueView(
                reading=value.reading,
                name=value.name,
                text=value.text,
                unit=value.unit,
                limits=value.limits,
                good=value.good,
            )
            for value in said.values
        ),
        standards=tuple(
            l.StandardView(
                code=used.code,
                number=used.number,
                name=used.name,
                model=used.model,
                uncertainty=used.uncertainty,
                certificate=used.certificate,
                until=used.until,
                factors=used.factors,
            )
            for used in said.standards
        ),
        celsius=said.room.celsius if said.room else None,
        humidity=said.room.humidity if said.room else None,
        place=said.place,
        remark=said.remark,
        maker=said.maker,
        model=said.model,
        interval=said.interval,
        proposed=rules.proposal(item, said.values),
        conclusion=one.conclusion,
        source=one.source,
        signatures=tuple(
            l.SignatureView.model_validate(
                {"role": role, "by": looked.called.staff.get(user, user), "at": at}
            )
            for role, user, at in marks
            if user and at
        ),
    )


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


def _must_rest(sample: orders.Sample, item: Item) -> bool:
    return sample.state == "received" and item.rest_minutes > 0


def _resting(of: Hall, until: datetime) -> Refusal:
    return Refusal("still_resting", {"until": f"{of.local(until):%H:%M}"})


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


def _sentence(against: Refusal | None) -> Text | None:
    """A refusal as a sentence in both languages."""
    if against is None:
        return None
    zh, en = (sentences.refusal(against, language) for language in ("zh", "en"))
    return Text(zh=f"{zh[0]}：{zh[1]}", en=f"{en[0]}. {en[1]}")


def _told(found: T | Refusal) -> T:
    if isinstance(found, Refusal):
        raise Refused(found)
    return found
