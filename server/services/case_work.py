"""What every change of a case shares: finding it, its first handler, and the view that is answered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from server.domain.commands import Command
from server.domain.floor import Floor
from server.domain.refusal import Refusal
from server.protocol import codes
from server.protocol.words import OrderState
from server.store import orders

from . import case_view as view
from .case_steps import Step
from .halls import Halls
from .people import Who
from .work import Answer, Ledger, Once, Record

WAITING: tuple[OrderState, ...] = ("registered", "supplement_required")


class Told:
    """A ledger that remembers its lines: they are steps of a view that is made before they are written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.connection = ledger.connection
        self.now = ledger.now
        self.actor = ledger.actor
        self.steps: list[Step] = []

    @property
    def floor(self) -> Floor:
        return self._ledger.floor

    def note(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        self._ledger.note(kind, subject, payload)
        self.steps.append(Step(self.now, self.actor, kind, subject, dict(payload)))

    def act(self, command: Command) -> Refusal | None:
        return self._ledger.act(command)

    def touch(self, order: str) -> None:
        self._ledger.touch(order)


Change: TypeAlias = Callable[[Ledger, orders.Order], Refusal | None]
Edit: TypeAlias = Callable[[Ledger, view.Case], Refusal | None]


class CaseWork:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def touch(
        self, hall: str, order: str, who: Who, once: Once | None, change: Change, status: int = 200
    ) -> Answer:
        """``change`` of any case of the hall; answers its CaseView. Refused: order_unknown."""

        def work(plain: Ledger) -> str | Refusal:
            ledger = Told(plain)
            one = orders.find(ledger.connection, id=order)
            if one is None or one.hall != hall:
                return Refusal("order_unknown")
            refusal = change(ledger, one)
            return refusal or shown(ledger, order)

        return await self._halls.writer(hall).perform(Record(who.id, work, status, once))

    async def edit(
        self, hall: str, order: str, who: Who, once: Once | None, change: Edit, status: int = 200
    ) -> Answer:
        """``change`` of a case that is not signed yet. Refused: order_unknown, order_state."""

        def checked(ledger: Ledger, one: orders.Order) -> Refusal | None:
            if one.state not in WAITING:
                return Refusal("order_state", {"state": one.state})
            return change(ledger, view.load(ledger.connection, handled(ledger, one, who)))

        return await self.touch(hall, order, who, once, checked, status)


def shown(ledger: Told, order: str, opened: int = 0) -> str:
    """The CaseView as it is within the transaction, without an address: it is kept with its key."""
    now = orders.find(ledger.connection, id=order)
    if now is None:
        raise LookupError(order)
    ledger.touch(order)
    seen = view.case_view(
        ledger.connection, ledger.floor, now, ledger.now, opened=opened, just_now=ledger.steps
    )
    parcel = seen.fulfilment.model_copy(update={"address": ""})
    return seen.model_copy(update={"fulfilment": parcel}).model_dump_json()


def handled(ledger: Ledger, order: orders.Order, who: Who, *, unsaved: bool = False) -> orders.Order:
    """``order`` with its first handler (首问责任人): who deals with it first, for good.

    ``unsaved``: it has no row yet.
    """
    if order.handler or not who.is_("clerk", "manager", "admin"):
        return order
    first = replace(order, handler=who.user, handler_section=who.duty.zh[:64])
    if not unsaved:
        orders.save(ledger.connection, first)
    ledger.note("case.handler", order.id, {"user": who.user, "section": first.handler_section})
    return first


def new_sample(order: orders.Order, item: str, position: int) -> orders.Sample:
    return orders.Sample(
        code=codes.code_of("S", secrets.randbits(64)),
        flow=codes.code_of("F", secrets.randbits(64)),
        hall=order.hall,
        order=order.id,
        item=item,
        position=position,
    )
