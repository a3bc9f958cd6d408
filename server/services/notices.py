"""One-time notices (一次性告知): all that is missing, told at once, and printed."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from sqlalchemy import Connection

from server.domain.acceptance import new_wishes
from server.domain.customers import mask
from server.domain.refusal import Refusal
from server.protocol import intake as i
from server.store import bookings, demands, orders

from . import case_view as view
from .case_work import CaseWork
from .fulfilment import settle
from .halls import Halls
from .offering import item_name
from .people import Who
from .staff_names import names
from .work import Answer, Ledger, Once


class Notices:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._work = CaseWork(halls)

    async def demand(self, hall: str, order: str, body: i.DemandBody, who: Who, once: Once | None) -> Answer:
        """Tell all that is missing; the order waits for it. What an earlier notice did not name is late."""
        id = uuid.uuid4().hex

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            if case.asked is not None:
                # One notice at a time: what it left out is told by another, after this one is answered.
                demands.answered(ledger.connection, case.asked.id, ledger.now)
            late = bool(new_wishes([one.missing for one in case.demands], body.missing))
            one = demands.Demand(id, hall, case.order.id, body.missing, late, ledger.now, who.user)
            demands.add(ledger.connection, one)
            told = {"demand": id, "missing": list(body.missing), "late": late}
            ledger.note("demand.made", case.order.id, told)
            settle(ledger, replace(case.order, state="supplement_required"))
            return None

        return await self._work.edit(hall, order, who, once, change, 201)

    async def answered(self, hall: str, order: str, id: str, who: Who, once: Once | None) -> Answer:
        """All of it is there: acceptance goes on. Refused: order_state."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            if case.asked is None or case.asked.id != id:
                return Refusal("order_state", {"state": case.order.state})
            demands.answered(ledger.connection, id, ledger.now)
            ledger.note("demand.answered", case.order.id, {"demand": id})
            settle(ledger, replace(case.order, state="registered"))
            return None

        return await self._work.edit(hall, order, who, once, change)

    async def late(self, hall: str) -> list[i.DemandView]:
        """The notices that broke the rule, the newest first."""
        of = self._halls.floor(hall).hall

        def look(connection: Connection) -> list[i.DemandView]:
            called = names(connection, of)
            found = []
            for one in demands.late(connection, hall):
                order = orders.find(connection, id=one.order)
                every = demands.of_order(connection, one.order)
                found.append(view.demand_view(of, called, every, one, order.number if order else ""))
            return found

        return await asyncio.to_thread(self._halls.read, look)

    async def notice(self, hall: str, id: str) -> i.NoticeView | None:
        """A notice as it is printed; None: the hall has none of that id."""
        of = self._halls.floor(hall).hall

        def look(connection: Connection) -> i.NoticeView | None:
            one = demands.find(connection, hall, id)
            order = orders.find(connection, id=one.order) if one else None
            if one is None or order is None:
                return None
            customer = bookings.find_customer(connection, order.customer) if order.customer else None
            return i.NoticeView(
                id=one.id,
                hall=hall,
                hall_name=of.name,
                zone=of.zone,
                number=order.number,
                who=mask(customer.type, customer.name, customer.company) if customer else "",
                items=tuple((item_name(of, line.item), line.pieces) for line, _ in order.lines),
                missing=one.missing,
                at=of.local(one.at),
                by=names(connection, of).person(one.by).name,
                handler=names(connection, of).person(order.handler).name if order.handler else "",
                section=order.handler_section,
                complaint_phone=of.complaint_phone,
            )

        return await asyncio.to_thread(self._halls.read, look)
