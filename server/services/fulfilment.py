"""How an order goes back to its customer (row 60): collected, posted, delivered, or as a file."""

from __future__ import annotations

from dataclasses import replace

from server.domain.refusal import Refusal
from server.domain.samples import GONE
from server.protocol import intake as i
from server.store import fulfilments, orders

from . import stages
from .case_work import CaseWork
from .halls import Halls
from .people import Who
from .work import Answer, Ledger, Once


def settle(ledger: Ledger, order: orders.Order) -> orders.Order:
    """``stages.settle``, where a parcel keeps its order open until it has a number."""
    return stages.settle(ledger, order, fulfilled=fulfilments.fulfilled(ledger.connection, order.id))


class Fulfilments:
    def __init__(self, halls: Halls) -> None:
        self._work = CaseWork(halls)

    async def choose(
        self, hall: str, order: str, body: i.FulfilmentBody, who: Who, once: Once | None
    ) -> Answer:
        """Which way. An address stays in its table; the journal tells only that it changed."""

        def change(ledger: Ledger, one: orders.Order) -> Refusal | None:
            if one.state in ("rejected", "closed"):
                return Refusal("order_state", {"state": one.state})
            known = _of(ledger, one)
            if known.sent_at is not None:
                return Refusal("order_state", {"state": one.state})
            address = "" if body.way == "collect" else body.address
            if (known.way, known.address) == (body.way, address):
                return None
            fulfilments.save(ledger.connection, replace(known, way=body.way, address=address))
            told = {"way": body.way, "was": known.way, "address": known.address != address}
            ledger.note("fulfilment.changed", one.id, told)
            # What was to be posted, and was then fetched in person, has nothing left to do.
            settle(ledger, one)
            return None

        return await self._work.touch(hall, order, who, once, change)

    async def sent(self, hall: str, order: str, body: i.Sent, who: Who, once: Once | None) -> Answer:
        """It is on its way; what is posted needs its number. Refused: tracking_needed, order_state."""

        def change(ledger: Ledger, one: orders.Order) -> Refusal | None:
            known = _of(ledger, one)
            if known.way not in ("post", "deliver"):
                return Refusal("order_state", {"state": one.state})
            if known.way == "post" and not body.tracking:
                return Refusal("tracking_needed")
            states = orders.states(ledger.connection, one.id)
            if not all(state == "ready" or state in GONE for state in states):
                return Refusal("order_state", {"state": one.state})
            fulfilments.save(
                ledger.connection,
                replace(known, carrier=body.carrier, tracking=body.tracking, sent_at=ledger.now),
            )
            ledger.note("fulfilment.sent", one.id, {"way": known.way, "carrier": body.carrier})
            settle(ledger, one)
            return None

        return await self._work.touch(hall, order, who, once, change)

    async def close(self, hall: str, order: str, who: Who, once: Once | None) -> Answer:
        """Close what is all released. Refused: tracking_needed, order_state."""

        def change(ledger: Ledger, one: orders.Order) -> Refusal | None:
            if one.state != "released":
                return Refusal("order_state", {"state": one.state})
            if not _of(ledger, one).fulfilled:
                return Refusal("tracking_needed")
            settle(ledger, one)
            return None

        return await self._work.touch(hall, order, who, once, change)


def _of(ledger: Ledger, order: orders.Order) -> fulfilments.Fulfilment:
    return fulfilments.find(ledger.connection, order.id) or fulfilments.Fulfilment(order.id, order.hall)
