"""Acceptance (受理) at the counter: the day's cases, opening one, and what is said of it in the end."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from server.domain.acceptance import may_sign
from server.domain.custody import CUSTOMER, staff
from server.domain.refusal import Refusal
from server.protocol import codes
from server.protocol import intake as i
from server.protocol.words import ON_BEHALF, OrderState
from server.store import bookings, demands, floors, fulfilments, orders
from server.store.people import find_staff

from . import case_view as view
from .acceptance_sheet import site_known, takeable, write
from .bookings import customer_of, lines_of
from .case_finding import find_case, find_piece
from .case_work import CaseWork, Told, handled, new_sample, shown
from .fulfilment import settle
from .halls import Halls
from .offering import joined, judge, service_for
from .people import Who
from .pickups import at_the_counter
from .refused import refuse
from .staff_names import names
from .stages import move
from .work import Answer, Ledger, Once, Record

GAPS_TOLD = 8
"""Missing things that a refusal names; the page shows them all."""


class Acceptances:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._work = CaseWork(halls)

    async def of_day(self, hall: str, day: date | None, state: OrderState | None) -> i.CasesView:
        """The cases of a day; today's with those of before that still wait for papers."""
        floor = self._halls.floor(hall)
        today = floor.hall.day(self._halls.now())
        of = day or today

        def look(connection: Connection) -> i.CasesView:
            found = orders.of_day(connection, hall, of)
            if of == today:
                found = orders.waiting_since(connection, hall, of) + found
            called = names(connection, floor.hall)
            late = {one.order for one in demands.late(connection, hall)}
            return i.CasesView(
                day=of,
                counts=dict(Counter(one.state for one in found)),
                cases=tuple(
                    view.case_row(connection, floor.hall, called, one, late=one.id in late)
                    for one in found
                    if state in (None, one.state)
                ),
            )

        return await asyncio.to_thread(self._halls.read, look)

    async def addressed(self, answer: Answer) -> Answer:
        """The stored answer, a CaseView, with the address that stands in its own table only."""
        seen = i.CaseView.model_validate_json(answer.body)
        if seen.fulfilment.way == "collect":
            return answer
        parcel = await asyncio.to_thread(self._halls.read, lambda at: fulfilments.find(at, seen.id))
        known = seen.fulfilment.model_copy(update={"address": parcel.address if parcel else ""})
        return replace(answer, body=seen.model_copy(update={"fulfilment": known}).model_dump_json())

    async def case(self, hall: str, order: str) -> i.CaseView:
        """Raises Refused: order_unknown."""
        floor, now = self._halls.floor(hall), self._halls.now()

        def look(connection: Connection) -> i.CaseView | None:
            one = orders.find(connection, id=order)
            if one is None or one.hall != hall:
                return None
            return view.case_view(connection, floor, one, now)

        found = await asyncio.to_thread(self._halls.read, look)
        if found is None:
            raise refuse("order_unknown")
        return found

    async def open(self, hall: str, body: i.OpenCase, who: Who, once: Once | None) -> Answer:
        """Find a case; who opens it first is its first handler (首问责任人) for good."""

        def change(plain: Ledger) -> str | Refusal:
            ledger = Told(plain)
            found = find_case(ledger.connection, ledger.floor, body.code)
            if isinstance(found, Refusal):
                return found
            handled(ledger, found.order, who)
            return shown(ledger, found.order.id, found.piece)

        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    async def make(self, hall: str, body: i.NewCase, who: Who, once: Once | None) -> Answer:
        """An order that no kiosk took in: on site, online, remote, or for a ticket at the counter."""
        if body.channel not in ON_BEHALF:
            raise refuse("forbidden")
        id, number = uuid.uuid4().hex, codes.number_of(secrets.randbits(64))

        def change(plain: Ledger) -> str | Refusal:
            ledger = Told(plain)
            of, now, connection = ledger.floor.hall, ledger.now, ledger.connection
            today, lines = of.day(now), lines_of(body.lines)
            against = takeable(of, lines, body.customer.type, today)
            if against is not None:
                return against
            if not site_known(of, body.site):
                return Refusal("bad_request", {"where": "site"})
            ticket = None
            if body.ticket:
                ticket = floors.find_number(connection, hall, ledger.floor.day, body.ticket)
                if ticket is None:
                    return Refusal("ticket_unknown")
                if orders.find(connection, ticket=ticket.id) is not None:
                    return Refusal("already_exists", {"name": body.ticket})
            customer = customer_of(of, body.customer, body.consent, body.language, now)
            if isinstance(customer, Refusal):
                return customer
            bookings.add_customer(connection, customer)
            said = judge(of, lines, 0, now, True, today=False)
            waits = said.while_you_wait and body.mode == "hall"
            items = of.offer.catalogue.items
            days = max(items[line.item].days_promised(today) for line in lines)
            order = orders.Order(
                id=id,
                hall=hall,
                number=number,
                day=today,
                appointment=None,
                ticket=ticket.id if ticket else None,
                customer=customer.id,
                customer_type=customer.type,
                channel=body.channel,
                service=service_for(of, lines, said),
                complete=True,
                while_you_wait=waits,
                due=None if waits else of.offer.calendar.after(today, max(1, days)),
                made_at=now,
                lines=tuple((line, items[line.item].regulation(today) or "") for line in lines),
                code=codes.code_of("C", secrets.randbits(80)),
                mode=body.mode,
                site=body.site,
            )
            pieces = [line.item for line in lines for _ in range(line.pieces)]
            samples = [new_sample(order, item, position) for position, item in enumerate(pieces, 1)]
            told = {
                "number": number,
                "channel": body.channel,
                "mode": body.mode,
                "site": body.site,
                "ticket": order.ticket,
                "customer": customer.id,
                "lines": [[line.item, line.pieces] for line in lines],
                "samples": [one.code for one in samples][: i.MOST_SHOWN],
            }
            ledger.note("order.registered", id, told)
            orders.add(connection, handled(ledger, order, who, unsaved=True), samples)
            return shown(ledger, id)

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def sign(self, hall: str, order: str, body: i.Sign, who: Who, once: Once | None) -> Answer:
        """Accept: every piece passes from the customer to who signs, and its promise begins."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            of, one = ledger.floor.hall, case.order
            if body.version != case.version:
                return Refusal("sheet_changed")
            if case.asked is not None:
                return Refusal("order_state", {"state": one.state})
            against = may_sign(
                case.sheet, view.handed(of, case), view.declared(case), customer=one.customer is not None
            )
            if against is not None and against.code != "check_missing":
                return against
            missing = [gap.text for gap in view.gap_views(of, case)]
            if missing:
                return Refusal("check_missing", {"what": joined(missing[:GAPS_TOLD], ("；", "; "))})
            return _accept(ledger, case, who)

        return await self._work.edit(hall, order, who, once, change)

    async def reject(self, hall: str, order: str, body: i.Reject, who: Who, once: Once | None) -> Answer:
        """Not taken (不予受理), with the reason: nothing of it leaves the customer's hands."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            write(ledger, case, replace(case.sheet, rejected=body.reason), who, "rejected")
            ledger.note("case.rejected", case.order.id, {"reason": body.reason})
            for sample in case.samples:
                moved = move(ledger, sample, "refuse", reason=body.reason)
                if isinstance(moved, Refusal):
                    return moved
            if case.asked is not None:
                demands.answered(ledger.connection, case.asked.id, ledger.now)
            settle(ledger, replace(case.order, state="rejected"))
            return None

        return await self._work.edit(hall, order, who, once, change)

    async def give_back(
        self, hall: str, order: str, code: str, body: i.Reject, who: Who, once: Once | None
    ) -> Answer:
        """A piece that was received and is not tested after all goes back to its customer, with the reason.

        Only before the lab has it. Refused: order_state, sample_unknown, sample_state, wrong_custodian.
        """

        def change(ledger: Ledger, one: orders.Order) -> Refusal | None:
            if one.accepted_at is None:
                return Refusal("order_state", {"state": one.state})
            piece = find_piece(ledger.connection, hall, code)
            if isinstance(piece, Refusal):
                return piece
            if piece.order != one.id:
                return Refusal("sample_unknown")
            if piece.state != "received":
                return Refusal("sample_state", {"state": piece.state})
            if not at_the_counter(piece.holder, who.user):
                called = names(ledger.connection, ledger.floor.hall).holder(piece.holder).name
                return Refusal("wrong_custodian", {"holder": called})
            back = replace(piece, holder=CUSTOMER, held_since=ledger.now)
            moved = move(ledger, back, "refuse", reason=body.reason, holder=piece.holder)
            if isinstance(moved, Refusal):
                return moved
            settle(ledger, one)
            return None

        return await self._work.touch(hall, order, who, once, change)

    async def change_handler(
        self, hall: str, order: str, body: i.HandlerBody, who: Who, once: Once | None
    ) -> Answer:
        """Another first handler, by a manager with a reason; nothing else changes them."""

        def change(ledger: Ledger, one: orders.Order) -> Refusal | None:
            if not who.is_("manager", "admin"):
                return Refusal("handler_fixed")
            member = find_staff(ledger.connection, body.user)
            if member is None or member.hall != hall or not member.active:
                return Refusal("staff_unknown")
            orders.save(ledger.connection, replace(one, handler=body.user, handler_section=body.section))
            told = {"user": body.user, "section": body.section, "was": one.handler, "reason": body.reason}
            ledger.note("case.handler_changed", one.id, told)
            return None

        return await self._work.touch(hall, order, who, once, change)


def _accept(ledger: Ledger, case: view.Case, who: Who) -> Refusal | None:
    """The order is accepted: its pieces are received, its promise begins on the next working day."""
    of, now, order = ledger.floor.hall, ledger.now, case.order
    today, holder = of.day(now), staff(who.user)
    write(ledger, case, case.sheet, who, "signed")
    ledger.note("sheet.signed", order.id, {"version": case.version})
    dues: list[date] = []
    for sample in case.samples:
        piece = case.sheet.piece(sample.code)
        if piece.refused:
            refused = move(ledger, sample, "refuse", reason=piece.refused)
            if isinstance(refused, Refusal):
                return refused
            continue
        item = of.offer.catalogue.items.get(sample.item)
        due = of.offer.calendar.after(today, max(1, item.days_promised(today) if item else 1))
        dues.append(due)
        taken = replace(
            sample,
            serial=piece.serial or sample.serial,
            section=item.section if item else sample.section,
            holder=holder,
            held_since=now,
            received_at=now,
            due=due,
        )
        # Its hand-over from the customer is a pair as well: the case, and the piece's own label.
        moved = move(ledger, taken, "receive", seen=piece.seen, holder=holder, case=order.number)
        if isinstance(moved, Refusal):
            return moved
    accepted = replace(
        order,
        state="accepted",
        accepted_at=now,
        due=None if order.while_you_wait else max(dues),
        code=order.code or codes.code_of("C", secrets.randbits(80)),
    )
    settle(ledger, accepted)
    return None
