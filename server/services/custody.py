"""Custody (样品流转): pieces change hands by a pair of scans, and nobody else's word moves them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from server.domain import custody as rules
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import custody as c
from server.protocol.intake import PersonView
from server.protocol.language import both
from server.protocol.views import Text
from server.store import handovers, orders, people

from . import case_sentences
from .case_finding import find_piece
from .fulfilment import settle
from .halls import Halls
from .offering import item_name
from .people import Who
from .places import shelf_views
from .refused import Refused
from .staff_names import Names, names
from .stages import move
from .work import Answer, Ledger, Once, Record

MOST_HELD = 300
"""Pieces in somebody's hands that their page lists."""


class Custody:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def of(self, hall: str, who: Who) -> c.CustodyView:
        """What this person holds, gives and is to take."""
        of = self._halls.floor(hall).hall
        me = rules.staff(who.user)

        def look(connection: Connection) -> c.CustodyView:
            called = names(connection, of)
            held = handovers.held_by(connection, hall, me, MOST_HELD)
            return c.CustodyView(
                me=me,
                held=_held_views(connection, of, called, held),
                handovers=tuple(
                    c.HandoverView(
                        id=one.id,
                        giver=called.holder(one.giver),
                        taker=called.holder(one.taker),
                        at=of.local(at),
                        mine=one.giver == me,
                        pieces=_held_views(connection, of, called, _samples(connection, hall, one.pieces)),
                    )
                    for one, at in handovers.offered(connection, hall, me)
                ),
                people=tuple(
                    PersonView(user=one.user, name=one.name, section=one.duty.zh)
                    for one in people.list_staff(connection, hall)
                    if one.active and one.user != who.user
                ),
                shelves=shelf_views(of, handovers.counts(connection, hall)),
            )

        return await asyncio.to_thread(self._halls.read, look)

    async def whose(self, hall: str, body: c.LookAt) -> c.HeldView:
        """Whose is this piece? Raises Refused: sample_unknown, code_unreadable and so on."""
        of = self._halls.floor(hall).hall

        def look(connection: Connection) -> c.HeldView | Refusal:
            found = find_piece(connection, hall, body.code)
            if isinstance(found, Refusal):
                return found
            return _held_views(connection, of, names(connection, of), [found])[0]

        found = await asyncio.to_thread(self._halls.read, look)
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    async def offer(self, hall: str, body: c.Offer, who: Who, once: Once | None) -> Answer:
        """The giver's scans; the taker's complete it. Refused: wrong_custodian, taker_bad."""
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            taker = people.find_staff(ledger.connection, body.taker)
            if taker is None or taker.hall != hall or not taker.active:
                return Refusal("taker_bad")
            found = _scanned(ledger, hall, body.samples)
            if isinstance(found, Refusal):
                return found
            me, to = rules.staff(who.user), rules.staff(taker.user)
            command = rules.Give(id, me, to, tuple(one.code for one in found), body.careful)
            return _act(ledger, hall, who, found, command, {})

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def take(self, hall: str, id: str, body: c.Take, who: Who, once: Once | None) -> Answer:
        """The taker's scans: what they scanned is theirs now. Refused: wrong_custodian, handover_unknown."""

        def change(ledger: Ledger) -> str | Refusal:
            found = _scanned(ledger, hall, body.samples)
            if isinstance(found, Refusal):
                return found
            one = handovers.find(ledger.connection, hall, id)
            me = rules.staff(who.user)
            command = rules.Take(id, me, tuple(sample.code for sample in found), body.careful)
            return _act(ledger, hall, who, found, command, {id: one} if one else {})

        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    async def withdraw(self, hall: str, id: str, who: Who, once: Once | None) -> Answer:
        """The giver takes it back, or the taker does not take it."""

        def change(ledger: Ledger) -> str | Refusal:
            one = handovers.find(ledger.connection, hall, id)
            known = {id: one} if one else {}
            return _act(ledger, hall, who, [], rules.Withdraw(id, rules.staff(who.user)), known)

        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    async def shelve(self, hall: str, body: c.OnShelf, who: Who, once: Once | None, *, onto: bool) -> Answer:
        """Onto a shelf, or off it: a scan of its code, and of each piece. Refused: taker_bad and so on."""

        def change(ledger: Ledger) -> str | Refusal:
            place = rules.shelf_of(ledger.floor.hall.offer.shelves, body.shelf)
            if place is None:
                return Refusal("taker_bad")
            found = _scanned(ledger, hall, body.samples)
            if isinstance(found, Refusal):
                return found
            me, pieces = rules.staff(who.user), tuple(one.code for one in found)
            kind = rules.Shelve if onto else rules.Fetch
            return _act(ledger, hall, who, found, kind(me, place, pieces, body.careful), {})

        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))


# Below: in worker threads -------------------------------------------------------------------------


def _scanned(ledger: Ledger, hall: str, scans: Sequence[str]) -> list[orders.Sample] | Refusal:
    """The pieces that were scanned, each once."""
    found: dict[str, orders.Sample] = {}
    for scan in scans:
        one = find_piece(ledger.connection, hall, scan)
        if isinstance(one, Refusal):
            return one
        found[one.code] = one
    return list(found.values())


def _act(
    ledger: Ledger,
    hall: str,
    who: Who,
    samples: Sequence[orders.Sample],
    command: rules.Command,
    known: dict[str, rules.Handover],
) -> str | Refusal:
    """Decide, then write: rows, lines of the journal, and what follows where the lab takes a piece."""
    of = ledger.floor.hall
    called = names(ledger.connection, of)
    items = of.offer.catalogue.items
    custody = rules.Custody(
        pieces={
            one.code: rules.Held(one.code, one.holder, one.item in items and items[one.item].fragile)
            for one in samples
        },
        handovers=known,
    )
    events = rules.decide(custody, command)
    if isinstance(events, Refusal):
        holder = events.places.get("holder")
        if isinstance(holder, str):
            return Refusal(events.code, {"holder": called.holder(holder).name})
        return events
    by_code = {one.code: one for one in samples}
    touched: dict[str, None] = {}
    for event in events:
        match event:
            case rules.Offered(one):
                handovers.add(ledger.connection, hall, one, ledger.now)
                for code in one.pieces:
                    told = {"handover": one.id, "giver": one.giver, "taker": one.taker}
                    ledger.note("custody.offered", code, told)
            case rules.Ended(id, state):
                handovers.end(ledger.connection, id, state, ledger.now)
                ledger.note(f"handover.{state}", id, {})
            case rules.Moved(piece, giver, taker, scans):
                moved = _moved(ledger, who, by_code[piece], giver, taker, scans)
                if isinstance(moved, Refusal):
                    return moved
                by_code[piece] = moved
                touched[moved.order] = None
    for order in touched:
        one_order = orders.find(ledger.connection, id=order)
        if one_order is not None:
            settle(ledger, one_order)
    pieces = _held_views(ledger.connection, of, called, list(by_code.values()))
    return c.MovedView(pieces=pieces).model_dump_json()


def _moved(
    ledger: Ledger, who: Who, sample: orders.Sample, giver: str, taker: str, scans: tuple[str, str]
) -> orders.Sample | Refusal:
    """The piece in its new hands. A piece that was received stands or queues once the lab has it."""
    held = replace(sample, holder=taker, held_since=ledger.now, changed_at=ledger.now)
    told = {"from": giver, "to": taker, "scans": list(scans)}
    ledger.note("custody.moved", sample.code, told)
    if sample.state != "received" or taker != rules.staff(who.user) or not who.is_("lab"):
        orders.save_sample(ledger.connection, held)
        ledger.touch(sample.order)
        return held
    item = ledger.floor.hall.offer.catalogue.items.get(sample.item)
    if item is None or item.rest_minutes <= 0:
        return move(ledger, held, "queue")
    until = ledger.now + timedelta(minutes=item.rest_minutes)
    return move(ledger, replace(held, rests_until=until), "rest", until=until.isoformat())


def _samples(connection: Connection, hall: str, pieces: Sequence[str]) -> list[orders.Sample]:
    found = [orders.find_sample(connection, hall, code=code) for code in pieces]
    return [one for one in found if one is not None]


def _held_views(
    connection: Connection, of: Hall, called: Names, samples: Sequence[orders.Sample]
) -> tuple[c.HeldView, ...]:
    numbers: dict[str, str] = {}
    for one in samples:
        if one.order not in numbers:
            order = orders.find(connection, id=one.order)
            numbers[one.order] = order.number if order else ""
    return tuple(
        c.HeldView(
            code=one.code,
            flow=one.flow,
            order=numbers[one.order],
            index=one.position,
            item=item_name(of, one.item),
            fragile=_fragile(of, one.item),
            state=one.state,
            state_text=_state(one),
            section=one.section,
            holder=called.holder(one.holder),
            since=of.local(one.held_since) if one.held_since else None,
        )
        for one in samples
    )


def _fragile(of: Hall, item: str) -> bool:
    known = of.offer.catalogue.items.get(item)
    return known is not None and known.fragile


def _state(one: orders.Sample) -> Text:
    return both("server", case_sentences.SAMPLE_STATES[one.state])
