"""How far a case is, for who follows it: stages, pieces, sections, the promise's clock, open questions.

Read from the tables in a worker thread. Without the phone's tail nothing in it says who it is or lets anybody
collect; that view is also what goes over the live topic ``case:CODE``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import Connection

from server.domain import promise as clocks
from server.domain.catalogue import Item
from server.domain.customers import mask
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.negotiation import WAITING
from server.domain.pickup import HAVE_CODES
from server.domain.progress import moments
from server.domain.refusal import Refusal
from server.domain.samples import BEFORE_INTAKE, NEVER_READY
from server.protocol import codes
from server.protocol import pickup as p
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import SampleState
from server.store import bookings, journal, negotiations, orders, pauses, pickups
from server.store.orders import Order, Sample

from . import progress_sentences as s
from .bookings import Asker
from .case_finding import find_case
from .case_sentences import ORDER_STATES
from .halls import Halls
from .notifications import day_text
from .offering import both_with, item_name, joined
from .pickups import piece_views
from .proofs import Proofs

SHOWN = 200
"""Pieces that are listed at most; those that are asked about are told as questions in any case."""
CASES: tuple[codes.Kind, ...] = ("C",)
TAIL = 4
"""Digits of the case number that may be seen without proof."""
ENDED: frozenset[SampleState] = frozenset({"ready", "released", *NEVER_READY})
"""The institution has done what it promised for such a piece."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A view that is read from the tables, such as a case's public one, and what it is of: by that (an
    order, say) the hub finds who must be told."""

    order: str
    hall: str
    view: BaseModel


class Progress:
    def __init__(self, halls: Halls, proofs: Proofs) -> None:
        self._halls = halls
        self._proofs = proofs

    async def find(self, hall: str, body: p.FindProgress, asker: Asker) -> p.ProgressView:
        """The case of a code; of a number, and with all that is its customer's, with the phone's tail.

        In the hall a ticket or the label of a piece names its case too, with the tail. Both are seen by
        others, so they show how far it is and let nobody collect.

        Raises Refused: pickup_unknown, too_many_requests, and those of the code.
        """
        text = body.code
        if body.tail and asker.who is not None:
            floor = self._halls.floor(hall)
            text = await asyncio.to_thread(self._halls.read, lambda at: _number_of(at, floor, text)) or text
        found = await self._proofs.find(text, body.tail, asker, hall, bare=True)
        view = await self._seen(found.order, proven=found.proven)
        if text != body.code:
            return view.model_copy(update={"pickup_code": "", "pickup_number": ""})
        return view

    async def page(self, code: str, tail: str, address: str) -> p.ProgressView:
        """As ``find``, for the case's own page in whichever hall; ``tail`` may be empty."""
        found = await self._proofs.find(code, tail, Asker(None, address), kinds=CASES, bare=True)
        return await self._seen(found.order, proven=found.proven)

    async def of_ticket(self, ticket: str) -> str:
        """The code of the case that this ticket's instruments became; empty: none."""

        def look(at: Connection) -> str:
            order = orders.find(at, ticket=ticket)
            return (order.code or "") if order else ""

        return await asyncio.to_thread(self._halls.read, look)

    async def of_appointment(self, number: str) -> str:
        """The code of the case with that number; empty: nobody has come with it yet."""

        def look(at: Connection) -> str:
            order = orders.find(at, number=number)
            return (order.code or "") if order else ""

        return await asyncio.to_thread(self._halls.read, look)

    async def followed(self, code: str) -> Followed | None:
        """The public view of a case by its code; None: there is none."""

        def look(at: Connection) -> Followed | None:
            order = orders.find(at, code=code)
            if order is None or order.hall not in self._halls.ids():
                return None
            hall, now, url = self._halls.floor(order.hall).hall, self._halls.now(), self._halls.base_url
            view = progress_view(at, hall, url, order, now, proven=False)
            return Followed(order.id, order.hall, view)

        return await asyncio.to_thread(self._halls.read, look)

    async def _seen(self, order: Order, *, proven: bool) -> p.ProgressView:
        hall, now, url = self._halls.floor(order.hall).hall, self._halls.now(), self._halls.base_url

        return await asyncio.to_thread(
            self._halls.read, lambda at: progress_view(at, hall, url, order, now, proven=proven)
        )


def _number_of(connection: Connection, floor: Floor, text: str) -> str:
    """The case number behind a ticket or a piece's label; empty for anything else."""
    reading = codes.read(text)
    if isinstance(reading, codes.Number) or (
        isinstance(reading, codes.Code) and reading.kind not in ("S", "F")
    ):
        return ""
    found = find_case(connection, floor, text)
    return "" if isinstance(found, Refusal) else found.order.number


def progress_view(
    connection: Connection, hall: Hall, base_url: str, order: Order, now: datetime, *, proven: bool
) -> p.ProgressView:
    """``proven``: the phone's tail was given: the number in full, and the pick-up code once it is active."""
    samples = orders.samples(connection, order.id)
    customer = bookings.find_customer(connection, order.customer) if order.customer else None
    today = hall.day(now)
    papers = pickups.papers(connection, order.id)
    pieces = _pieces(connection, hall, order, samples, papers)
    calendar, amber = hall.offer.calendar, hall.offer.rules.amber_days
    parts = clocks.parts(pieces, calendar, today, amber)
    whole = clocks.whole(pieces, calendar, today, amber)
    code = pickups.current(connection, order.id) if proven and order.state in HAVE_CODES else None
    active = code is not None and code.state == "active"
    return p.ProgressView(
        hall=hall.id,
        hall_name=hall.name,
        zone=hall.zone,
        code=order.code or "",
        number=order.number if proven else order.number[-TAIL:],
        who=mask(customer.type, customer.name, customer.company) if customer else "",
        state=order.state,
        state_text=both("server", ORDER_STATES[order.state]),
        steps=_steps(connection, hall, order, samples),
        pieces=piece_views(hall, samples[:SHOWN], len(samples), papers),
        parts=tuple(
            p.PartView(
                section=one.section,
                done=one.done,
                total=one.total,
                due=None if one.complete else one.clock.due,
                colour=one.clock.colour,
            )
            for one in parts
            if one.section
        ),
        promise=_promise(hall, order, whole, today),
        questions=_questions(connection, hall, order, samples),
        pickup_code=code.code if code is not None and active else "",
        pickup_number=code.number if code is not None and active else "",
        url=f"{base_url}/c/{order.code}" if order.code else base_url,
        complaint_phone=hall.complaint_phone,
    )


def _steps(
    connection: Connection, hall: Hall, order: Order, samples: Sequence[Sample]
) -> tuple[p.ProgressStep, ...]:
    subjects = [order.id, *([order.appointment] if order.appointment else [])]
    rows = journal.of_subjects(connection, hall.id, subjects)
    collected = any(one.state == "released" for one in samples)
    told = moments([(row.kind, row.at) for row in rows], order.state, collected=collected)
    return tuple(
        p.ProgressStep(
            kind=one.stage,
            at=hall.local(one.at) if one.at else None,
            text=both("server", s.STAGES[one.stage]),
        )
        for one in told
    )


def _pieces(
    connection: Connection,
    hall: Hall,
    order: Order,
    samples: Sequence[Sample],
    papers: Mapping[str, pickups.Paper],
) -> list[clocks.Piece]:
    """The accepted pieces with what was promised for each."""
    if order.accepted_at is None:
        return []
    accepted = hall.day(order.accepted_at)
    stops = pauses.of_order(connection, order.id)
    limits: dict[tuple[str, date | None], int] = {}
    made = []
    for one in samples:
        if one.state in BEFORE_INTAKE or one.state == "refused_at_intake":
            continue
        key = (one.item, one.due)
        if key not in limits:
            item = hall.offer.catalogue.items.get(one.item)
            limits[key] = _limit(order, one, item, accepted, hall)
        paper = papers.get(one.code)
        finished = None
        if one.state in ENDED:
            # Collected later than it was ready: the certificate's day is when the promise was kept.
            at = (paper.issued_at if paper else None) or one.changed_at
            finished = hall.day(at) if at else accepted
        made.append(
            clocks.Piece(
                one.section,
                clocks.Promise(
                    accepted,
                    limits[key],
                    tuple(
                        clocks.Pause(hall.day(stop.since), hall.day(stop.until) if stop.until else None)
                        for stop in stops
                        if stop.sample in (None, one.code)
                    ),
                    finished,
                ),
            )
        )
    return made


def _limit(order: Order, one: Sample, item: Item | None, accepted: date, hall: Hall) -> int:
    """Working days that were promised: by the day told at acceptance, else by the catalogue of that day."""
    if one.due is not None:
        return clocks.limit_of(accepted, one.due, hall.offer.calendar)
    if order.while_you_wait or item is None:
        return 0
    return item.days_promised(accepted)


def _promise(hall: Hall, order: Order, clock: clocks.Clock | None, today: date) -> p.PromiseView:
    if clock is None:
        items = hall.offer.catalogue.items
        known = [items[line.item].days_promised(today) for line, _ in order.lines if line.item in items]
        limit = 0 if order.while_you_wait else max(known, default=0)
        waiting = order.state in ("registered", "supplement_required")
        text = both("server", s.NOT_BEGUN, limit=limit) if waiting and limit else Text(zh="", en="")
        return p.PromiseView(
            due=None,
            provisional=False,
            gross_days=0,
            net_days=0,
            limit_days=limit,
            paused=False,
            colour="none",
            text=text,
        )
    return p.PromiseView(
        due=clock.due,
        provisional=clock.provisional,
        gross_days=clock.gross,
        net_days=clock.net,
        limit_days=clock.limit,
        paused=clock.paused,
        colour=clock.colour,
        text=promise_text(clock, today, quick=order.while_you_wait and clock.gross == 0),
    )


def promise_text(clock: clocks.Clock, today: date, *, quick: bool = False) -> Text:
    """The clock as a sentence. ``quick``: accepted today, and the customer waits for it."""
    day = day_text(clock.due)
    waited = clock.gross - clock.net
    parts: list[Text] = []
    if clock.colour == "done":
        same = clock.gross == 0
        parts.append(
            both("server", s.KEPT_TODAY) if same else both("server", s.KEPT, net=clock.net, limit=clock.limit)
        )
    elif clock.paused:
        parts.append(both("server", s.PAUSED, left=max(0, clock.left)))
    elif clock.late:
        parts.append(both_with(s.OVERDUE, day=day, over=-clock.left))
    elif quick or (clock.limit == 0 and clock.due == today):
        parts.append(both("server", s.SAME_DAY))
    elif clock.left == 0:
        parts.append(both("server", s.TODAY))
    elif clock.left == 1:
        parts.append(both_with(s.TOMORROW, day=day))
    else:
        parts.append(both_with(s.BY, day=day, left=clock.left))
    if waited:
        parts.append(both("server", s.WAITED, gross=clock.gross, waited=waited))
    told = joined(parts, ("；", "; "))
    if clock.provisional and clock.colour != "done":
        told = joined([told, both("server", s.PROVISIONAL)], ("", ""))
    return told


def _questions(
    connection: Connection, hall: Hall, order: Order, samples: Sequence[Sample]
) -> tuple[p.QuestionView, ...]:
    """What the customer is asked about, the oldest first."""
    held = {one.code: one for one in samples if one.state == "fault_hold"}
    if not held:
        return ()
    asked = (one for code in list(held)[:SHOWN] for one in negotiations.of_sample(connection, code))
    return tuple(
        p.QuestionView(
            id=one.id,
            piece=held[one.sample].position,
            item=item_name(hall, held[one.sample].item),
            fault=one.fault,
            options=one.options,
            option_texts=tuple(both("server", s.OPTIONS[option]) for option in one.options),
            due_at=hall.local(one.due_at),
            answer=one.answer,
        )
        for one in sorted(asked, key=lambda one: (one.opened_at, one.id))
        if one.state in WAITING or one.state == "agreed"
    )
