"""Pick-up codes (取件码): issued → active → consumed | revoked | expired, and the guard at the counter. Pure.

A code is issued when its order is accepted and becomes active with the first piece that is ready. A release
consumes it, whatever is left: what stays gets a new one. A lost code is revoked when another is issued.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

from server.protocol.errors import RefusalCode
from server.protocol.words import OrderState, PickupState, SampleState

from .refusal import Refusal
from .samples import GONE, Releasable, may_release

End: TypeAlias = Literal["consume", "revoke", "expire"]
Step: TypeAlias = Literal["activate"] | End

STEPS: Final[Mapping[Step, tuple[tuple[PickupState, ...], PickupState]]] = {
    "activate": (("issued",), "active"),
    "consume": (("active",), "consumed"),
    "revoke": (("issued", "active"), "revoked"),
    "expire": (("issued", "active"), "expired"),
}
"""Everything else is refused."""

OVER: Final[Mapping[PickupState, RefusalCode]] = {
    "consumed": "pickup_used",
    "revoked": "pickup_revoked",
    "expired": "pickup_expired",
}
HAVE_CODES: Final[frozenset[OrderState]] = frozenset({"accepted", "in_progress", "ready", "partly_released"})
"""Orders that have a pick-up code: accepted, and something of them is still in the house."""


@dataclass(frozen=True, slots=True)
class Pickup:
    id: str
    hall: str
    order: str
    code: str
    """P…"""
    number: str
    """The same to type."""
    state: PickupState
    made_at: datetime
    made_by: str
    active_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    """Why it was made or ended: of a reissued one what the person showed, and the staff's remark."""
    ticket: str | None = None
    """The number that was taken with it last."""

    @property
    def over(self) -> bool:
        return self.state in OVER


def after(one: Pickup, step: Step, now: datetime) -> Pickup | Refusal:
    """``one`` after ``step``. Refused: as ``refused``, or pickup_not_valid."""
    froms, to = STEPS[step]
    if one.state not in froms:
        return refused(one.state) or Refusal("pickup_not_valid")
    if step == "activate":
        return replace(one, state=to, active_at=now)
    return replace(one, state=to, ended_at=now)


def refused(state: PickupState) -> Refusal | None:
    """Why a code of that state is good for nothing; None: it is good, or will be."""
    code = OVER.get(state)
    return Refusal(code) if code else None


@dataclass(frozen=True, slots=True)
class Scanned:
    """A piece that was scanned beside the customer's code."""

    code: str
    order: str
    sample: Releasable


def may_hand_out(one: Pickup, pieces: Sequence[Scanned]) -> Refusal | None:
    """Why these pieces may not be handed out with that code; None: all of them may.

    Refused: pickup_used, pickup_revoked, pickup_expired; not_of_this_order; and those of ``may_release``, of
    which a piece that is not ready is told before a code that is not active yet: the one follows from the
    other, and the person at the counter can do something about it.
    """
    over = refused(one.state)
    if over is not None:
        return over
    if not pieces:
        return Refusal("nothing_ready")
    if any(piece.order != one.order for piece in pieces):
        return Refusal("not_of_this_order")
    for piece in pieces:
        against = may_release(piece.sample, "active")
        if against is not None:
            return against
    for piece in pieces:
        against = may_release(piece.sample, one.state)
        if against is not None:
            return against
    return None


def left(states: Collection[SampleState]) -> int:
    """Pieces that are still in the house."""
    return sum(state not in GONE for state in states)
