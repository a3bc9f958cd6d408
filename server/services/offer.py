"""A hall's offer, changed by its manager: catalogue, slots, calendar, authorisations, promises.

Every change goes through the hall's writer with a line in the journal. A changed text of a notice or a
promise becomes the next version by itself; no version is ever given to two texts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from server.domain.calendar import Calendar
from server.domain.catalogue import Authorisation, Caps, Climate, Dated, Fee, Item, Notice, Reading
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.lab import LabRules
from server.domain.offer import Offer, Promise
from server.domain.refusal import Refusal
from server.domain.slots import Load, Slot, Timetable
from server.protocol import booking as b
from server.protocol import offer as o
from server.protocol.admin import Named
from server.protocol.views import Text
from server.store.bookings import loads
from server.store.engine import reading

from .halls import Halls
from .people import Who
from .work import Once, Rearrange

Payload = dict[str, Any]


def text(told: Named | o.Worded | o.Reason | o.Told | o.Lines) -> Text:
    return Text(zh=told.zh, en=told.en)


# What is asked, as the rules know it ------------------------------------------------------------


def item_from(body: o.ItemBody, was: Item | None) -> Item:
    """The item as asked; its notice keeps its version while the text is the same."""
    given = was.notices_given if was else 0
    before = was.notice if was else None
    notice = None
    if body.notice is not None:
        told = text(body.notice)
        if before is not None and before.text == told:
            notice = before
        else:
            given = max(given, before.version if before else 0) + 1
            notice = Notice(given, told)
    elif before is not None:
        given = max(given, before.version)
    return Item(
        id=body.id,
        name=text(body.name),
        field=body.field,
        section=body.section,
        service=body.service,
        regulations=tuple(Dated(one.since, one.value) for one in body.regulations),
        caps=Caps(body.caps.order, body.caps.slot, body.caps.day),
        unit_minutes=body.unit_minutes,
        setup_minutes=body.setup_minutes,
        review_minutes=body.review_minutes,
        rest_minutes=body.rest_minutes,
        cycle_months=body.cycle_months,
        kind=body.kind,
        mode=body.mode,
        while_you_wait=body.while_you_wait,
        for_whom=frozenset(body.for_whom),
        fragile=body.fragile,
        accessories=tuple(text(one) for one in body.accessories),
        notice=notice,
        notices_given=given,
        fees=tuple(
            Dated(one.since, Fee(Decimal(one.yuan), one.percent, text(one.reason))) for one in body.fees
        ),
        promise_days=tuple(Dated(one.since, one.value) for one in body.promise_days),
        contact=body.contact,
        active=body.active,
        looks=tuple(text(one) for one in body.looks),
        readings=tuple(reading_from(one) for one in body.readings),
        climate=Climate(body.climate.celsius, body.climate.humidity) if body.climate else None,
        standards=body.standards,
    )


def reading_from(body: o.ReadingBody) -> Reading:
    return Reading(
        id=body.id,
        name=text(body.name),
        kind=body.kind,
        unit=body.unit,
        digits=body.digits,
        low=None if body.low is None else Decimal(body.low),
        high=None if body.high is None else Decimal(body.high),
        choices=tuple(text(one) for one in body.choices),
        needed=body.needed,
    )


def reading_body(one: Reading) -> dict[str, Any]:
    """A line of the form as it could be asked for again."""
    return {
        "id": one.id,
        "name": one.name.model_dump(),
        "kind": one.kind,
        "unit": one.unit,
        "digits": one.digits,
        "low": None if one.low is None else f"{one.low:f}",
        "high": None if one.high is None else f"{one.high:f}",
        "choices": [choice.model_dump() for choice in one.choices],
        "needed": one.needed,
    }


def slot_from(body: o.SlotBody) -> Slot:
    return Slot(
        id=body.id,
        service=body.service,
        opens=time.fromisoformat(body.opens),
        closes=time.fromisoformat(body.closes),
        minutes=body.minutes,
        pieces=body.pieces,
        weekdays=None if body.weekdays is None else frozenset(body.weekdays),
        active=body.active,
    )


# What stands, as it is told ---------------------------------------------------------------------


def item_body(one: Item) -> o.ItemBody:
    """The item as it could be asked for again."""
    return o.ItemBody.model_validate(
        {
            "id": one.id,
            "name": one.name.model_dump(),
            "field": one.field,
            "section": one.section,
            "service": one.service,
            "regulations": [{"since": entry.since, "value": entry.value} for entry in one.regulations],
            "caps": {"order": one.caps.order, "slot": one.caps.slot, "day": one.caps.day},
            "unit_minutes": one.unit_minutes,
            "setup_minutes": one.setup_minutes,
            "review_minutes": one.review_minutes,
            "rest_minutes": one.rest_minutes,
            "cycle_months": one.cycle_months,
            "kind": one.kind,
            "mode": one.mode,
            "while_you_wait": one.while_you_wait,
            "for_whom": tuple(one.for_whom),
            "fragile": one.fragile,
            "accessories": [word.model_dump() for word in one.accessories],
            "notice": one.notice.text.model_dump() if one.notice else None,
            "fees": [
                {
                    "since": entry.since,
                    "yuan": f"{entry.value.yuan:f}",
                    "percent": entry.value.percent,
                    "reason": entry.value.reason.model_dump(),
                }
                for entry in one.fees
            ],
            "promise_days": [{"since": entry.since, "value": entry.value} for entry in one.promise_days],
            "contact": one.contact,
            "active": one.active,
            "looks": [word.model_dump() for word in one.looks],
            "readings": [reading_body(line) for line in one.readings],
            "climate": one.climate and {"celsius": one.climate.celsius, "humidity": one.climate.humidity},
            "standards": one.standards,
        }
    )


def item_answer(one: Item, authorisations: Iterable[Authorisation], today: date) -> o.ItemAnswer:
    told = item_body(one).model_dump()
    told["notice"] = b.NoticeView(version=one.notice.version, text=one.notice.text) if one.notice else None
    until = [held.until for held in authorisations if held.covers(one.id, today)]
    return o.ItemAnswer.model_validate(told | {"authorised_until": max(until, default=None)})


def slot_body(one: Slot) -> o.SlotBody:
    return o.SlotBody(
        id=one.id,
        service=one.service,
        opens=f"{one.opens:%H:%M}",
        closes=f"{one.closes:%H:%M}",
        minutes=one.minutes,
        pieces=one.pieces,
        weekdays=None if one.weekdays is None else tuple(sorted(one.weekdays)),
        active=one.active,
    )


def day_load(table: Timetable, day: date) -> o.DayLoad:
    held = [slot for slot in table.slots.values() if slot.held_on(day, table.calendar)]
    told = []
    for slot in sorted(held, key=lambda one: (one.opens, one.id)):
        load = table.load(day, slot.id)
        body = slot_body(slot)
        told.append(
            o.SlotLoad(
                id=slot.id,
                service=slot.service,
                opens=body.opens,
                closes=body.closes,
                minutes=slot.minutes,
                pieces=slot.pieces,
                booked_minutes=round(load.minutes, 1),
                booked_pieces=load.count,
            )
        )
    return o.DayLoad(day=day, works=table.calendar.works(day), slots=tuple(told))


def calendar_answer(calendar: Calendar) -> o.CalendarAnswer:
    days = dict(sorted(calendar.exceptions.items()))
    return o.CalendarAnswer(days=days, announced=tuple(sorted(calendar.announced)))


def offer_answer(offer: Offer) -> o.OfferAnswer:
    rules = {name: getattr(offer.rules, name) for name in o.RulesBody.model_fields}
    catalogue = offer.catalogue
    return o.OfferAnswer(
        fields=tuple(b.FieldView(id=id, name=name) for id, name in catalogue.fields.items()),
        terms=tuple(b.Term(word=word, note=note) for word, note in catalogue.terms),
        authorisations=tuple(
            o.AuthorisationBody(
                number=one.number, items=tuple(sorted(one.items)), since=one.since, until=one.until
            )
            for one in catalogue.authorisations
        ),
        rules=o.RulesBody.model_validate(rules),
        lab=o.LabBody(**asdict(offer.lab)),
        promises=tuple(
            o.PromiseAnswer(id=one.id, title=one.title, body=one.body, version=one.version)
            for one in offer.promises
        ),
    )


# Changes ----------------------------------------------------------------------------------------


def unknown_in(hall: Hall, body: o.ItemBody) -> Refusal | None:
    """What the item names that the hall does not have."""
    if body.service not in hall.services:
        return Refusal("bad_request", {"where": "service"})
    return None if body.field in hall.offer.catalogue.fields else Refusal("bad_request", {"where": "field"})


class OfferSetup:
    """What a manager may do to a hall's offer."""

    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    def offer(self, hall: str) -> Offer:
        """The offer as it stands. Raises Refused: hall_unknown."""
        return self._halls.floor(hall).hall.offer

    def item(self, hall: str, id: str) -> o.ItemAnswer:
        catalogue = self.offer(hall).catalogue
        today = self._halls.floor(hall).hall.day(self._halls.now())
        return item_answer(catalogue.items[id], catalogue.authorisations, today)

    def items(self, hall: str) -> list[o.ItemAnswer]:
        return [self.item(hall, id) for id in self.offer(hall).catalogue.items]

    async def week(self, hall: str, first: date | None) -> o.WeekAnswer:
        """What is booked in each slot of seven days (from today on where no day is named)."""
        at = self._halls.floor(hall).hall
        begin = first or at.day(self._halls.now())
        table = at.offer.timetable(at.zone, await asyncio.to_thread(self._loads, at, begin))
        days = (begin + timedelta(days=number) for number in range(7))
        return o.WeekAnswer(first=begin, days=tuple(day_load(table, day) for day in days))

    def _loads(self, at: Hall, begin: date) -> Mapping[tuple[date, str], Load]:
        with reading(self._halls.engine).begin() as connection:
            return loads(connection, at.id, begin, begin + timedelta(days=6), at.offer.catalogue)

    async def put_item(self, hall: str, body: o.ItemBody, who: Who, new: bool, once: Once) -> None:
        payload = body.model_dump(mode="json")

        def change(at: Hall) -> Offer | Refusal:
            items = at.offer.catalogue.items
            was = items.get(body.id)
            if new and was is not None:
                return Refusal("already_exists", {"name": body.id})
            if not new and was is None:
                return Refusal("item_unknown")
            wrong = unknown_in(at, body)
            if wrong is not None:
                return wrong
            if new and len(items) >= o.MOST_ITEMS:
                return Refusal("bad_request", {"where": f"≤ {o.MOST_ITEMS}"})
            made = item_from(body, was)
            payload["notice_version"] = made.notice.version if made.notice else None
            return _with_items(at.offer, {**items, body.id: made})

        kind = "item.added" if new else "item.changed"
        await self._change(hall, who, kind, body.id, payload, change, once)

    async def deactivate_item(self, hall: str, id: str, who: Who, once: Once) -> None:
        """Offer it no more. Its settings stay: what was handed in speaks of it."""

        def change(at: Hall) -> Offer | Refusal:
            items = at.offer.catalogue.items
            if id not in items:
                return Refusal("item_unknown")
            return _with_items(at.offer, {**items, id: replace(items[id], active=False)})

        await self._change(hall, who, "item.deactivated", id, {}, change, once)

    async def put_slot(self, hall: str, body: o.SlotBody, who: Who, new: bool, once: Once) -> None:
        def change(at: Hall) -> Offer | Refusal:
            slots = at.offer.slots
            if new and body.id in slots:
                return Refusal("already_exists", {"name": body.id})
            if not new and body.id not in slots:
                return Refusal("slot_unknown")
            if body.service not in at.services:
                return Refusal("service_unknown")
            if new and len(slots) >= o.MOST_SLOTS:
                return Refusal("bad_request", {"where": f"≤ {o.MOST_SLOTS}"})
            return replace(at.offer, slots={**slots, body.id: slot_from(body)})

        kind = "slot.added" if new else "slot.changed"
        await self._change(hall, who, kind, body.id, body.model_dump(mode="json"), change, once)

    async def put_day(self, hall: str, day: date, body: o.DayBody, who: Who, once: Once) -> None:
        """Say whether a day is worked, whatever its weekday."""

        def change(at: Hall) -> Offer | Refusal:
            days = dict(at.offer.calendar.exceptions)
            if body.works == (day.weekday() < 5):
                days.pop(day, None)
            else:
                days[day] = body.works
            return replace(at.offer, calendar=replace(at.offer.calendar, exceptions=days))

        await self._change(hall, who, "calendar.day", day.isoformat(), body.model_dump(), change, once)

    async def put_year(self, hall: str, year: int, body: o.YearBody, who: Who, once: Once) -> None:
        """Say whether the official notice of a year is entered."""

        def change(at: Hall) -> Offer | Refusal:
            calendar = at.offer.calendar
            years = calendar.announced | {year} if body.announced else calendar.announced - {year}
            return replace(at.offer, calendar=replace(calendar, announced=years))

        await self._change(hall, who, "calendar.year", str(year), body.model_dump(), change, once)

    async def put_authorisations(
        self, hall: str, bodies: tuple[o.AuthorisationBody, ...], who: Who, once: Once
    ) -> None:
        def change(at: Hall) -> Offer | Refusal:
            catalogue = at.offer.catalogue
            for place, body in enumerate(bodies):
                if any(id not in catalogue.items for id in body.items):
                    return Refusal("bad_request", {"where": f"authorisations.{place}.items"})
            held = tuple(
                Authorisation(one.number, frozenset(one.items), one.since, one.until) for one in bodies
            )
            return replace(at.offer, catalogue=replace(catalogue, authorisations=held))

        await self._change(hall, who, "authorisations.changed", hall, _listed(bodies), change, once)

    async def put_fields(self, hall: str, bodies: tuple[o.FieldBody, ...], who: Who, once: Once) -> None:
        def change(at: Hall) -> Offer | Refusal:
            fields = {one.id: text(one.name) for one in bodies}
            if len(fields) < len(bodies) or len({name.zh for name in fields.values()}) < len(bodies):
                return Refusal("bad_request", {"where": "fields"})
            catalogue = at.offer.catalogue
            for item in catalogue.items.values():
                if item.field not in fields:
                    gone = catalogue.fields.get(item.field, Text(zh=item.field, en=item.field))
                    return Refusal("still_used", {"name": gone, "item": item.name})
            return replace(at.offer, catalogue=replace(catalogue, fields=fields))

        await self._change(hall, who, "fields.changed", hall, _listed(bodies), change, once)

    async def put_terms(self, hall: str, bodies: tuple[o.TermBody, ...], who: Who, once: Once) -> None:
        def change(at: Hall) -> Offer | Refusal:
            terms = tuple((text(one.word), text(one.note)) for one in bodies)
            return replace(at.offer, catalogue=replace(at.offer.catalogue, terms=terms))

        await self._change(hall, who, "terms.changed", hall, _listed(bodies), change, once)

    async def put_rules(self, hall: str, body: o.RulesBody, who: Who, once: Once) -> None:
        def change(at: Hall) -> Offer | Refusal:
            if not {body.while_you_wait, body.collect} <= set(at.services):
                return Refusal("service_unknown")
            return replace(at.offer, rules=replace(at.offer.rules, **body.model_dump()))

        await self._change(hall, who, "booking.rules", hall, body.model_dump(), change, once)

    async def put_lab(self, hall: str, body: o.LabBody, who: Who, once: Once) -> None:
        def change(at: Hall) -> Offer | Refusal:
            return replace(at.offer, lab=LabRules(**body.model_dump()))

        await self._change(hall, who, "lab.rules", hall, body.model_dump(), change, once)

    async def put_promises(self, hall: str, bodies: tuple[o.PromiseBody, ...], who: Who, once: Once) -> None:
        payload = _listed(bodies)

        def change(at: Hall) -> Offer | Refusal:
            if len({one.id for one in bodies}) < len(bodies):
                return Refusal("bad_request", {"where": "id"})
            made = promises_from(bodies, at.offer)
            payload["versions"] = {one.id: one.version for one in made}
            given = {**_given(at.offer), **payload["versions"]}
            return replace(at.offer, promises=made, promises_given=given)

        await self._change(hall, who, "promises.changed", hall, payload, change, once)

    async def _change(
        self,
        hall: str,
        who: Who,
        kind: str,
        subject: str,
        payload: Payload,
        change: Callable[[Hall], Offer | Refusal],
        once: Once,
    ) -> None:
        """``change`` runs before its payload is written down: it may add what only it can know."""

        def rearranged(floor: Floor) -> Hall | Refusal:
            offer = change(floor.hall)
            return offer if isinstance(offer, Refusal) else replace(floor.hall, offer=offer)

        await self._halls.writer(hall).perform(Rearrange(who.id, kind, subject, payload, rearranged, once))


def promises_from(bodies: Iterable[o.PromiseBody], offer: Offer) -> tuple[Promise, ...]:
    """The pages as asked; each keeps its version while it says the same."""
    known = {one.id: one for one in offer.promises}
    given = _given(offer)
    made = []
    for body in bodies:
        was = known.get(body.id)
        title, words = text(body.title), text(body.body)
        if was is not None and (was.title, was.body) == (title, words):
            made.append(was)
        else:
            made.append(Promise(body.id, title, words, given.get(body.id, 0) + 1))
    return tuple(made)


def _given(offer: Offer) -> Mapping[str, int]:
    return {**offer.promises_given, **{one.id: one.version for one in offer.promises}}


def _with_items(offer: Offer, items: Mapping[str, Item]) -> Offer:
    return replace(offer, catalogue=replace(offer.catalogue, items=items))


def _listed(bodies: Iterable[Any]) -> Payload:
    return {"all": [one.model_dump(mode="json") for one in bodies]}
