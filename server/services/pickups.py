"""Coming back: what there is to collect, a number for it, and handing it out piece by piece.

A release is one transaction under the hall's lock: the code, every piece with its certificate, the new code
for the rest and what the order has come to change together or not at all.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from server.domain.commands import Issue
from server.domain.customers import mask
from server.domain.due import DueItem
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.pickup import HAVE_CODES, Pickup, Scanned, after, left, may_hand_out, refused
from server.domain.refusal import Refusal
from server.domain.samples import NEVER_READY, Releasable
from server.protocol import codes
from server.protocol import pickup as p
from server.protocol.language import both
from server.store import bookings, due, fulfilments, orders, pickups

from . import ready, stages, views
from .bookings import Asker
from .case_finding import find_case, find_piece
from .case_sentences import CONCLUSIONS, ORDER_STATES, SAMPLE_STATES
from .halls import Halls
from .offering import both_with, item_name
from .people import Who
from .progress_sentences import PICKUP_NOT_YET
from .proofs import Found, Proofs
from .refused import Refused, refuse
from .staff_names import Names, names
from .work import Answer, Ledger, Once, Record

SHOWN = 500
"""Pieces of one order that are listed at most; the figures are of all."""
ONLY_PICKUPS: tuple[codes.Kind, ...] = ("P",)
OVER = ("done", "cancelled", "expired")
"""Tickets that call nobody any more."""


class Pickups:
    def __init__(self, halls: Halls, proofs: Proofs, new_ticket_code: Callable[[], str]) -> None:
        self._halls = halls
        self._proofs = proofs
        self._new_ticket_code = new_ticket_code

    async def look(self, hall: str, body: p.Collect, asker: Asker) -> p.PickupView:
        """What there is to collect with this code; nothing is changed.

        Raises Refused: pickup_unknown, pickup_used, pickup_revoked, pickup_expired, and those of the code.
        """
        found = await self._proofs.find(body.code, body.tail, asker, hall, ONLY_PICKUPS)
        one = _shown(found)
        over = refused(one.state)
        if over is not None:
            raise Refused(over)
        floor = self._halls.floor(hall)
        return await asyncio.to_thread(
            self._halls.read,
            lambda at: pickup_view(at, floor, found.order, one, staff=asker.by_staff),
        )

    async def ticket(self, hall: str, body: p.CollectTicket, asker: Asker, once: Once | None) -> Answer:
        """A number of the pick-up service; the same one when asked again that day. Answers CollectNumber.

        Raises Refused: as ``look``, nothing_ready, and what a number may be refused with.
        """
        shown = _shown(await self._proofs.find(body.code, body.tail, asker, hall, ONLY_PICKUPS))
        id, code = uuid.uuid4().hex, self._new_ticket_code()

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            one = pickups.find(connection, id=shown.id)
            order = orders.find(connection, id=shown.order)
            if one is None or order is None:
                return Refusal("pickup_unknown")
            against = refused(one.state)
            if against is not None:
                return against
            if one.state != "active" or "ready" not in orders.states(connection, order.id):
                return Refusal("nothing_ready")
            taken = ledger.floor.ticket(one.ticket) if one.ticket else None
            if taken is None or taken.state in OVER:
                service = ledger.floor.hall.offer.rules.collect
                no = ledger.act(
                    Issue(id=id, code=code, service=service, priority="ordinary", language=body.language)
                )
                if no is not None:
                    return no
                taken = ledger.floor.tickets[id]
                one = replace(one, ticket=id)
                pickups.save(connection, one)
                ledger.note("pickup.ticket", order.id, {"pickup": one.id, "ticket": id})
            floor = ledger.floor
            told = p.CollectNumber(
                ticket=views.issued(floor, taken, taken.issued_at, self._halls.base_url),
                pickup=pickup_view(connection, floor, order, one),
            )
            return told.model_dump_json()

        return await self._halls.writer(hall).perform(Record(asker.actor, change, 201, once))

    async def release(self, hall: str, body: p.Release, who: Who, once: Once | None) -> Answer:
        """Hand pieces out; answers the PickupView with the new code for what stays.

        Raises Refused: pickup_unknown, too_many_requests, sample_unknown, and those of ``may_hand_out``.
        """
        # Whether it is still good is asked in the transaction: a lost answer must be told again for its key.
        shown = await self._proofs.shown_to_staff(body.code, Asker(who), hall)

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            one = pickups.find(connection, id=shown.id)
            order = orders.find(connection, id=shown.order)
            if one is None or order is None:
                return Refusal("pickup_unknown")
            pieces: dict[str, orders.Sample] = {}
            for text in body.samples:
                piece = find_piece(connection, hall, text)
                if isinstance(piece, Refusal):
                    return piece
                pieces[piece.code] = piece
            papers = pickups.papers(connection, order.id, tuple(pieces))
            against = may_hand_out(one, [_scanned(piece, papers) for piece in pieces.values()])
            if against is not None:
                return _in_words(against)
            # Who hands out must have it: one custodian at a time, up to the last pair of scans.
            elsewhere = [it.holder for it in pieces.values() if not at_the_counter(it.holder, who.user)]
            if elsewhere:
                called = names(connection, ledger.floor.hall).holder(elsewhere[0]).name
                return Refusal("wrong_custodian", {"holder": called})
            return self._hand_out(ledger, order, one, list(pieces.values()), papers)

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def reissue(self, hall: str, body: p.Reissue, who: Who, once: Once | None) -> Answer:
        """A new code for a lost one, which is void from then on; answers the PickupView with it.

        Raises Refused: order_unknown, order_state, and those of the code.
        """

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            found = find_case(connection, ledger.floor, body.order)
            if isinstance(found, Refusal):
                return found
            order = found.order
            if order.state not in HAVE_CODES:
                return Refusal("order_state", {"state": both("server", ORDER_STATES[order.state])})
            old = pickups.current(connection, order.id)
            ticket = None
            if old is not None:
                ended = after(old, "revoke", ledger.now)
                if isinstance(ended, Refusal):
                    return ended
                ticket = old.ticket
                pickups.save(connection, replace(ended, reason=body.proof))
            # What the person showed is told; the remark may name them, and stays out of the journal.
            ledger.note("pickup.reissued", order.id, {"old": old.id if old else None, "proof": body.proof})
            reason = f"{body.proof} {body.remark}".strip()
            made = replace(ready.new_code(ledger, order, reason), ticket=ticket)
            pickups.save(connection, made)
            one = ready.keep_code(ledger, order) or made
            ledger.touch(order.id)
            told = pickup_view(connection, ledger.floor, order, one, staff=True)
            return told.model_copy(
                update={"next_code": one.code, "next_number": one.number}
            ).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    # Below: in a worker thread, in the writer's transaction.

    def _hand_out(
        self,
        ledger: Ledger,
        order: orders.Order,
        one: Pickup,
        pieces: Sequence[orders.Sample],
        papers: Mapping[str, pickups.Paper],
    ) -> str | Refusal:
        connection, now = ledger.connection, ledger.now
        used = after(one, "consume", now)
        if isinstance(used, Refusal):
            return used
        pickups.save(connection, used)
        for piece in pieces:
            ours = replace(piece, holder="customer", held_since=now)
            moved = stages.move(ledger, ours, "release", pickup=one.id, holder=piece.holder)
            if isinstance(moved, Refusal):
                return _in_words(moved)
        ledger.note("pickup.consumed", order.id, {"pickup": one.id, "pieces": [it.code for it in pieces]})
        rest = left(orders.states(connection, order.id))
        following = None
        if rest:
            # Before the order settles: the news of it names the new code.
            made = replace(ready.new_code(ledger, order), ticket=one.ticket)
            pickups.save(connection, made)
            following = ready.keep_code(ledger, order)
        # A parcel keeps its order open until it has its number.
        settled = stages.settle(ledger, order, fulfilled=fulfilments.fulfilled(connection, order.id))
        if rest and settled.state == order.state:
            # It was partly released before: its state stays, but there is a new code to be told of.
            ready.changed(ledger, order, settled)
        _remind(ledger, order, pieces, papers)
        told = pickup_view(connection, ledger.floor, settled, following or used, staff=True)
        if following is not None:
            told = told.model_copy(update={"next_code": following.code, "next_number": following.number})
        return told.model_dump_json()


def at_the_counter(holder: str, user: str) -> bool:
    """Whether ``user`` may hand out what ``holder`` has: it is theirs, or lies on a shelf."""
    return holder == f"staff:{user}" or holder.startswith("shelf:")


def pickup_view(
    connection: Connection, floor: Floor, order: orders.Order, one: Pickup, *, staff: bool = False
) -> p.PickupView:
    """What there is to collect with ``one``; its customer masked. ``staff``: also where each piece is."""
    hall = floor.hall
    samples = orders.samples(connection, order.id)
    customer = bookings.find_customer(connection, order.customer) if order.customer else None
    count = sum(sample.state == "ready" for sample in samples)
    staying = [sample for sample in samples if sample.state not in (*NEVER_READY, "released")]
    complete = bool(staying) and count == len(staying)
    may = one.state == "active" and count > 0
    ticket = floor.ticket(one.ticket) if one.ticket else None
    why = None
    if not may and one.state in ("issued", "active"):
        last = max((sample.due for sample in staying if sample.due), default=order.due)
        day = f"{last:%Y-%m-%d}" if last else ""
        why = both_with(PICKUP_NOT_YET["due" if day else "open"], day=day)
    return p.PickupView(
        order=order.id,
        number=order.number,
        who=mask(customer.type, customer.name, customer.company) if customer else "",
        state=one.state,
        pieces=piece_views(
            hall,
            samples[:SHOWN],
            len(samples),
            pickups.papers(connection, order.id),
            names(connection, hall) if staff else None,
        ),
        ready=count,
        complete=complete,
        may_collect=may,
        why=why,
        ticket=ticket.number if ticket is not None and ticket.state not in OVER else "",
    )


def piece_views(
    hall: Hall,
    samples: Sequence[orders.Sample],
    count: int,
    papers: Mapping[str, pickups.Paper],
    called: Names | None = None,
) -> tuple[p.PieceView, ...]:
    """Each of ``samples`` of an order of ``count`` pieces, as its customer may see it; ``papers``: their
    certificates. ``called``: for staff, to say where each piece is."""
    # Thousands of a fleet share a handful of words.
    states = {state: both("server", SAMPLE_STATES[state]) for state in {one.state for one in samples}}
    items = {item: item_name(hall, item) for item in {one.item for one in samples}}
    made = []
    for one in samples:
        paper = papers.get(one.code)
        issued = paper is not None and paper.state == "issued"
        # A conclusion is told when its certificate is out: until then it may be sent back.
        conclusion = one.conclusion if issued else None
        text = both("server", CONCLUSIONS[conclusion]) if conclusion else None
        made.append(
            p.PieceView(
                index=one.position,
                count=count,
                item=items[one.item],
                state=one.state,
                state_text=states[one.state],
                conclusion=conclusion,
                conclusion_text=text,
                ready=one.state == "ready",
                certificate=paper.number if paper is not None and issued else "",
                due=one.due,
                where=called.holder(one.holder).name if called is not None and one.holder else None,
            )
        )
    return tuple(made)


def _shown(found: Found) -> Pickup:
    if found.pickup is None:
        raise refuse("pickup_unknown")
    return found.pickup


def _scanned(piece: orders.Sample, papers: Mapping[str, pickups.Paper]) -> Scanned:
    paper = papers.get(piece.code)
    return Scanned(
        piece.code,
        piece.order,
        Releasable(piece.state, piece.conclusion, paper.state if paper else None),
    )


def _in_words(against: Refusal) -> Refusal:
    """A refusal whose state of a sample is said as people say it."""
    state = against.places.get("state")
    known = next((one for one in SAMPLE_STATES if one == state), None)
    if known is None:
        return against
    return Refusal(against.code, {**against.places, "state": both("server", SAMPLE_STATES[known])})


def _remind(
    ledger: Ledger,
    order: orders.Order,
    pieces: Sequence[orders.Sample],
    papers: Mapping[str, pickups.Paper],
) -> None:
    """What must be verified again is written down with its day, for the reminders to come (到期推送)."""
    customer = bookings.find_customer(ledger.connection, order.customer) if order.customer else None
    if customer is None:
        return
    made = []
    for piece in pieces:
        paper = papers.get(piece.code)
        if piece.conclusion != "qualified" or paper is None or paper.valid_until is None:
            continue
        made.append(
            DueItem(
                id=uuid.uuid4().hex,
                hall=order.hall,
                customer=customer.id,
                name=customer.name,
                company=customer.company,
                phone=customer.phone,
                email=customer.email,
                item=piece.item,
                pieces=1,
                due_on=paper.valid_until,
                reference=piece.serial or paper.number,
                source="released",
                made_at=ledger.now,
            )
        )
    count = due.add(ledger.connection, made)
    if count:
        ledger.note("due_items.released", order.id, {"count": count})
