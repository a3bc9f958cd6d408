"""A sample's way through the house, and what its order has come to: the transitions as one table.

Everything that is not in ``MOVES`` is refused. Release is guarded twice: by the table (only what is ready)
and by ``may_release`` (concluded, certificate issued, proof valid).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from server.protocol.words import (
    CertificateState,
    Conclusion,
    OrderState,
    PickupState,
    SampleState,
)

from .refusal import Refusal

Move: TypeAlias = Literal[
    "label",
    "receive",
    "refuse",
    "rest",
    "queue",
    "start",
    "hold",
    "resume",
    "judge",
    "test",
    "review",
    "send_back",
    "conclude",
    "issue",
    "correct",
    "release",
    "give_back",
]
"""label: its label was printed. receive: accepted and signed for. refuse: not taken in. rest: stands in the
lab's air (静置). queue: waits at its bench. start: its test begins. hold: a fault; the customer is asked.
resume: the customer agreed to a repair or retest. judge: the customer agreed that it is 不合格. test, review,
conclude: 检定员, 核验员, 批准人 have signed. send_back: whoever reviews wants it tested again. issue: its
certificate is out. correct: its certificate is replaced, a new one is not out yet. release: handed to the
customer. give_back: returned untested, with two signatures; not a release."""

MOVES: Final[Mapping[Move, tuple[tuple[SampleState, ...], SampleState]]] = {
    "label": (("registered",), "labelled"),
    "receive": (("registered", "labelled"), "received"),
    "refuse": (("registered", "labelled", "received"), "refused_at_intake"),
    "rest": (("received",), "acclimatising"),
    "queue": (("received", "acclimatising"), "queued"),
    "start": (("queued",), "testing"),
    "hold": (("testing",), "fault_hold"),
    "resume": (("fault_hold",), "testing"),
    "judge": (("fault_hold",), "tested"),
    "test": (("testing",), "tested"),
    "review": (("tested",), "reviewed"),
    "send_back": (("tested", "reviewed"), "testing"),
    "conclude": (("reviewed",), "concluded"),
    "issue": (("concluded",), "ready"),
    "correct": (("ready",), "concluded"),
    "release": (("ready",), "released"),
    "give_back": (("fault_hold",), "returned_untested"),
}

Intake: TypeAlias = Literal["registered", "supplement_required", "accepted", "rejected"]
"""What acceptance has said."""

BEFORE_INTAKE: Final[frozenset[SampleState]] = frozenset({"registered", "labelled"})
IN_THE_LAB: Final[frozenset[SampleState]] = frozenset(
    {"acclimatising", "queued", "testing", "fault_hold", "tested", "reviewed", "concluded"}
)
GONE: Final[frozenset[SampleState]] = frozenset({"released", "refused_at_intake", "returned_untested"})
"""No longer in the house."""
NEVER_READY: Final[frozenset[SampleState]] = frozenset({"refused_at_intake", "returned_untested"})


def after(state: SampleState, move: Move) -> SampleState | Refusal:
    """The state after ``move``. Refused: sample_state, which names where it is."""
    froms, to = MOVES[move]
    return to if state in froms else Refusal("sample_state", {"state": state})


@dataclass(frozen=True, slots=True)
class Releasable:
    """What the guard of a release looks at."""

    state: SampleState
    conclusion: Conclusion | None
    certificate: CertificateState | None
    """Of its present certificate."""


def may_release(sample: Releasable, proof: PickupState | None) -> Refusal | None:
    """Why ``sample`` may not be handed out; None: it may. The one guard that every release passes."""
    if proof != "active":
        return Refusal("pickup_not_valid")
    if sample.state != "ready" or sample.conclusion is None:
        return Refusal("not_ready", {"state": sample.state})
    if sample.certificate != "issued":
        return Refusal("certificate_not_issued")
    return None


def said_at_the_counter(state: OrderState) -> Intake:
    """What acceptance said of an order in that state; all later states follow from its samples."""
    if state == "registered" or state == "supplement_required" or state == "rejected":
        return state
    return "accepted"


def order_state(
    accepted: Intake,
    samples: Collection[SampleState],
    *,
    fulfilled: bool = True,
) -> OrderState:
    """What an order has come to. It follows from its samples once it is accepted.

    ``fulfilled``: nothing is left to do after the release, such as the number of a parcel that is on its way.
    """
    if accepted != "accepted":
        return accepted
    staying = [state for state in samples if state not in NEVER_READY]
    if not staying:
        return "closed" if fulfilled else "released"
    released = sum(state == "released" for state in staying)
    if released == len(staying):
        return "closed" if fulfilled else "released"
    if released:
        return "partly_released"
    if all(state == "ready" for state in staying):
        return "ready"
    if any(state in IN_THE_LAB or state == "ready" for state in staying):
        return "in_progress"
    return "accepted"
