"""How far a case has come: its stages in order, from the lines of its order in the journal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from server.protocol.words import OrderState

Stage: TypeAlias = Literal[
    "booked",
    "registered",
    "supplement_required",
    "rejected",
    "accepted",
    "in_progress",
    "ready",
    "partly_released",
    "released",
    "posted",
    "closed",
]

OF_LINES: Final[dict[str, Stage]] = {
    "appointment.booked": "booked",
    "order.registered": "registered",
    "order.supplement_required": "supplement_required",
    "order.rejected": "rejected",
    "order.accepted": "accepted",
    "order.in_progress": "in_progress",
    "order.ready": "ready",
    "order.partly_released": "partly_released",
    "order.released": "released",
    "fulfilment.sent": "posted",
    "order.closed": "closed",
}
"""Kind of a journal's line → the stage that it tells of."""
WAY: Final[tuple[Stage, ...]] = ("registered", "accepted", "in_progress", "ready", "released")
"""The stages that every case passes, in order."""
ONCE: Final[frozenset[Stage]] = frozenset({"in_progress", "accepted"})
"""Stages that are told once only, however often a case comes back to them."""
END: Final[frozenset[OrderState]] = frozenset({"released", "closed", "rejected"})


@dataclass(frozen=True, slots=True)
class Moment:
    stage: Stage
    at: datetime | None
    """None: still to come."""


def moments(lines: Iterable[tuple[str, datetime]], state: OrderState, *, collected: bool) -> Sequence[Moment]:
    """The case's stages: those of ``lines`` (kind, time; in the order of time), then those to come.

    ``collected``: something was handed out, so that a case which is closed at once was collected; else all of
    it went back untested, or was not taken in.
    """
    told: list[Moment] = []
    for kind, at in lines:
        stage = OF_LINES.get(kind)
        if stage is None or (stage in ONCE and any(one.stage == stage for one in told)):
            continue
        if stage == "closed" and collected:
            if any(one.stage in ("released", "posted") for one in told):
                continue
            stage = "released"
        told.append(Moment(stage, at))
    return (*told, *(Moment(stage, None) for stage in to_come(state)))


def to_come(state: OrderState) -> Sequence[Stage]:
    """The stages that a case of that state has before it."""
    if state in END:
        return ()
    if state == "partly_released":
        return ("released",)
    reached = WAY.index(state) if state in WAY else 0
    return WAY[reached + 1 :]
