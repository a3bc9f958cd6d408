"""What follows when an order has come to a new state: its pick-up code, and what its customer is told.

Both hooks run in the transaction of the change, for every use case alike: nobody who moves a sample needs to
think of them. What they put is idempotent.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import Final

from server.domain.messages import of_case
from server.domain.pickup import HAVE_CODES, Pickup, after, left
from server.domain.refusal import Refusal
from server.domain.samples import Move
from server.protocol import codes
from server.protocol.outbox import MessageKind
from server.protocol.words import OrderState
from server.store import orders, outbox, pauses, pickups
from server.store.orders import Order, Sample

from .work import Ledger

TOLD: Final[Mapping[OrderState, MessageKind]] = {
    "accepted": "case_accepted",
    "supplement_required": "case_supplement",
    "rejected": "case_rejected",
    "in_progress": "case_in_progress",
    "ready": "case_ready",
    "partly_released": "case_partly_released",
    "released": "case_released",
    "closed": "case_released",
}
"""What each state of an order is told as. ``released`` and ``closed`` are one piece of news."""
STALE: Final[tuple[MessageKind, ...]] = ("case_in_progress", "case_certificate", "case_ready")
"""What is no longer worth telling once the case has gone on."""


def changed(ledger: Ledger, before: Order, now: Order) -> None:
    """``before`` has become ``now``, in the transaction of ``ledger``."""
    connection = ledger.connection
    code = keep_code(ledger, now)
    outbox.withdraw(connection, now.id, _overtaken(now.state), ledger.now)
    if now.accepted_at is not None:
        # Papers that were asked for after acceptance stop the clock until they are there.
        if now.state == "supplement_required":
            pauses.begin(connection, now.hall, now.id, "papers", ledger.now)
        elif before.state == "supplement_required":
            pauses.end(connection, now.id, "papers", ledger.now)
    kind = TOLD.get(now.state)
    if kind is None:
        return
    states = orders.states(connection, now.id)
    if kind == "case_released" and "released" not in states:
        kind = "case_closed"
    more = {"pieces": str(len(states)), "left": str(left(states))}
    if now.due is not None:
        more["due"] = now.due.isoformat()
    occasion: str = kind
    if code is not None:
        more["pickup"] = code.number
        if kind in ("case_ready", "case_partly_released"):
            # After a correction it is ready again, after each release something else is left: news each time.
            occasion = f"{kind}/{code.id}/{ledger.floor.hall.day(ledger.now)}"
    elif kind == "case_supplement":
        occasion = f"{kind}/{ledger.now.isoformat()}"
    tell(ledger, now, kind, occasion, more)


def moved(ledger: Ledger, sample: Sample, what: Move) -> None:
    """One of an order's pieces was moved. ``changed`` comes after it, where the order came to something."""
    if what not in ("issue", "hold", "give_back", "refuse"):
        return
    order = orders.find(ledger.connection, id=sample.order)
    if order is None or (what == "refuse" and order.accepted_at is None):
        # What is not taken in at the counter goes home with who stands there.
        return
    day = ledger.floor.hall.day(ledger.now)
    piece = {"item": sample.item, "piece": str(sample.position)}
    if what == "issue":
        keep_code(ledger, order, ready=True)
        # Of a large order many come in a day: one message says that there are new ones.
        tell(ledger, order, "case_certificate", f"certificate/{day}", {})
    elif what == "hold":
        tell(ledger, order, "case_question", f"hold/{sample.code}/{ledger.now.isoformat()}", piece)
    else:
        tell(ledger, order, "case_untested", f"untested/{sample.code}", piece)


def keep_code(ledger: Ledger, order: Order, *, ready: bool = False) -> Pickup | None:
    """The order's pick-up code as its state asks for: made, made active, or ended. ``ready``: a piece just
    became ready."""
    connection = ledger.connection
    one = pickups.current(connection, order.id)
    if order.state not in HAVE_CODES:
        if one is not None and order.state in ("released", "closed"):
            _save(ledger, after(one, "expire", ledger.now), "pickup.expired")
        return None
    if one is None:
        one = new_code(ledger, order)
    if one.state == "issued" and (ready or "ready" in orders.states(connection, order.id)):
        active = after(one, "activate", ledger.now)
        _save(ledger, active, "pickup.active")
        one = active if isinstance(active, Pickup) else one
    return one


def new_code(ledger: Ledger, order: Order, reason: str = "") -> Pickup:
    """A new code for ``order``, which has none that is good."""
    one = Pickup(
        id=uuid.uuid4().hex,
        hall=order.hall,
        order=order.id,
        code=codes.code_of("P", secrets.randbits(80)),
        number=codes.number_of(secrets.randbits(64)),
        state="issued",
        made_at=ledger.now,
        made_by=ledger.actor,
        reason=reason,
    )
    pickups.add(ledger.connection, one)
    # By its id: whoever reads the journal must not be able to collect.
    ledger.note("pickup.issued", order.id, {"pickup": one.id})
    return one


def tell(ledger: Ledger, order: Order, kind: MessageKind, occasion: str, more: Mapping[str, str]) -> None:
    """Put a message about ``order`` into the outbox; without a customer there is nobody to tell."""
    if order.customer is None or order.code is None:
        return
    facts = {"code": order.code, "number": order.number, **more}
    of = ledger.floor.hall
    message = of_case(order.id, of.id, kind, order.customer, occasion, of.zone, ledger.now, facts)
    outbox.put(ledger.connection, [message])


def _save(ledger: Ledger, one: Pickup | Refusal, kind: str) -> None:
    if isinstance(one, Pickup):
        pickups.save(ledger.connection, one)
        ledger.note(kind, one.order, {"pickup": one.id})


def _overtaken(state: OrderState) -> tuple[MessageKind, ...]:
    """What is not sent yet and is told better, or otherwise, by the news of ``state``."""
    match state:
        case "ready":
            return ("case_in_progress", "case_certificate")
        case "released" | "closed":
            return STALE
        case _:
            return ()
