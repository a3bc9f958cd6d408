"""Referrals (转办): each has a last day, a receipt and an outcome; what is overdue is listed.

The lab's people see, receive and answer those to an own section (科室); the counter's all.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from server.domain.referral import Referral
from server.domain.refusal import Refusal
from server.protocol import intake as i
from server.store import orders, referrals

from .case_view import referral_view
from .halls import Halls
from .people import Who
from .staff_names import names
from .work import Answer, Ledger, Once, Record


class Referrals:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def of_hall(self, hall: str, who: Who, *, closed: bool) -> list[i.ReferralView]:
        """The open ones by their last day, so that what is overdue comes first; or those that are closed."""

        def look(connection: Connection) -> list[i.ReferralView]:
            found = referrals.of_hall(connection, hall, closed=closed)
            return [self._view(connection, one) for one in found if _concerns(one, who)]

        self._halls.floor(hall)
        return await asyncio.to_thread(self._halls.read, look)

    async def make(self, hall: str, body: i.ReferralBody, who: Who, once: Once | None) -> Answer:
        """Pass a matter on. Refused: order_unknown, bad_request (a last day that is over)."""
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            order = orders.find(ledger.connection, id=body.order) if body.order else None
            if body.order and (order is None or order.hall != hall):
                return Refusal("order_unknown")
            if body.due < ledger.floor.hall.day(ledger.now):
                return Refusal("bad_request", {"where": "due"})
            one = Referral(
                id=id,
                hall=hall,
                order=body.order or None,
                way=body.way,
                to=body.to,
                reason=body.reason,
                due=body.due,
                made_at=ledger.now,
                made_by=who.user,
            )
            referrals.add(ledger.connection, one)
            told = {"referral": id, "way": body.way, "to": body.to, "due": body.due.isoformat()}
            ledger.note("referral.made", body.order or id, told)
            return self._view(ledger.connection, one).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def received(self, hall: str, id: str, who: Who, once: Once | None) -> Answer:
        """The other side has it. Refused: referral_unknown, referral_over."""

        def change(ledger: Ledger, one: Referral) -> Referral:
            if one.receipt_at is not None:
                return one
            ledger.note("referral.received", one.order or one.id, {"referral": one.id})
            return replace(one, receipt_at=ledger.now, receipt_by=who.name or who.user)

        return await self._change(hall, id, who, once, change)

    async def close(self, hall: str, id: str, body: i.Outcome, who: Who, once: Once | None) -> Answer:
        """What came of it; a receipt that nobody noted is that of the outcome."""

        def change(ledger: Ledger, one: Referral) -> Referral:
            ledger.note("referral.closed", one.order or one.id, {"referral": one.id, "outcome": body.outcome})
            return replace(
                one,
                receipt_at=one.receipt_at or ledger.now,
                receipt_by=one.receipt_by or who.name or who.user,
                outcome=body.outcome,
                closed_at=ledger.now,
            )

        return await self._change(hall, id, who, once, change)

    async def _change(
        self, hall: str, id: str, who: Who, once: Once | None, change: Callable[[Ledger, Referral], Referral]
    ) -> Answer:
        def work(ledger: Ledger) -> str | Refusal:
            one = referrals.find(ledger.connection, hall, id)
            if one is None or not _concerns(one, who):
                return Refusal("referral_unknown")
            if one.closed_at is not None:
                return Refusal("referral_over")
            now = change(ledger, one)
            referrals.save(ledger.connection, now)
            return self._view(ledger.connection, now).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, work, 200, once))

    def _view(self, connection: Connection, one: Referral) -> i.ReferralView:
        of = self._halls.floor(one.hall).hall
        order = orders.find(connection, id=one.order) if one.order else None
        number = order.number if order else ""
        return referral_view(of, names(connection, of), one, number, self._halls.now())


def _concerns(one: Referral, who: Who) -> bool:
    return one.way == "section" or who.is_("clerk", "manager", "admin")
