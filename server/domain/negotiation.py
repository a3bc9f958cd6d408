"""Asking the customer about a fault (故障协商): what may be proposed, answered and done, as one table.

Testing stays held until the customer has answered and the answer was acted on. An unanswered question
escalates when its time is over, and can still be answered then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from .refusal import Refusal
from .samples import Move

Option: TypeAlias = Literal[
    "repair_and_retest", "conclude_unqualified", "return_untested", "reschedule", "other_institution"
]
"""维修后再检 · 直接判不合格 · 未检退回 · 改期再检 · 转其他机构"""
OPTIONS: Final[tuple[Option, ...]] = get_args(Option)
NegotiationState: TypeAlias = Literal["proposed", "agreed", "declined", "timed_out", "executed"]
"""待答复 · 已同意 · 不同意 · 超时未答 · 已执行"""
Event: TypeAlias = Literal["agree", "decline", "time_out", "propose", "execute"]
Signer: TypeAlias = Literal["supervisor", "customer"]
SIGNERS: Final[tuple[Signer, ...]] = get_args(Signer)

TABLE: Final[dict[tuple[NegotiationState, Event], NegotiationState]] = {
    ("proposed", "agree"): "agreed",
    ("proposed", "decline"): "declined",
    ("proposed", "time_out"): "timed_out",
    ("timed_out", "agree"): "agreed",
    ("timed_out", "decline"): "declined",
    ("timed_out", "propose"): "proposed",
    ("declined", "propose"): "proposed",
    ("agreed", "execute"): "executed",
}
WAITING: Final[frozenset[NegotiationState]] = frozenset({"proposed", "timed_out"})
"""The customer's answer is waited for."""
OPEN: Final[frozenset[NegotiationState]] = frozenset({"proposed", "timed_out", "declined", "agreed"})

DOES: Final[dict[Option, Move]] = {
    "repair_and_retest": "resume",
    "reschedule": "resume",
    "conclude_unqualified": "judge",
    "return_untested": "give_back",
    "other_institution": "give_back",
}
"""What becomes of the sample."""


@dataclass(frozen=True, slots=True)
class Signature:
    role: Signer
    by: str
    """The staff user who signed, or before whom the customer did."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Negotiation:
    id: str
    hall: str
    order: str
    sample: str
    state: NegotiationState
    fault: str
    options: tuple[Option, ...]
    opened_at: datetime
    opened_by: str
    due_at: datetime
    answer: Option | Literal["", "decline"] = ""
    remark: str = ""
    escalated_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    """``customer``, or the staff user who took the call."""
    ended_at: datetime | None = None
    signatures: tuple[Signature, ...] = ()

    def signed(self, role: Signer) -> bool:
        return any(one.role == role for one in self.signatures)


def after(state: NegotiationState, event: Event) -> NegotiationState | Refusal:
    """The state after ``event``. Refused: negotiation_open while the answer is waited for or was no;
    negotiation_over when there is nothing left to say."""
    found = TABLE.get((state, event))
    if found is not None:
        return found
    return Refusal("negotiation_open" if event == "execute" and state in OPEN else "negotiation_over")


def answered(
    one: Negotiation, option: Option | Literal["decline"], remark: str, by: str, now: datetime
) -> Negotiation | Refusal:
    """``one`` after the customer's answer. Refused: negotiation_over, option_unknown."""
    state = after(one.state, "decline" if option == "decline" else "agree")
    if isinstance(state, Refusal):
        return state
    if option != "decline" and option not in one.options:
        return Refusal("option_unknown")
    return replace(one, state=state, answer=option, remark=remark, answered_at=now, answered_by=by)


def proposed(
    one: Negotiation, fault: str, options: tuple[Option, ...], due_at: datetime
) -> Negotiation | Refusal:
    """``one`` with new options, after a no or when its time was over."""
    state = after(one.state, "propose")
    if isinstance(state, Refusal):
        return state
    return replace(
        one, state=state, fault=fault or one.fault, options=options, due_at=due_at, answer="", remark=""
    )


def timed_out(one: Negotiation, now: datetime) -> Negotiation | None:
    """``one`` when its time is over and nobody has answered; None: it is not so far."""
    if one.state != "proposed" or now < one.due_at:
        return None
    return replace(one, state="timed_out", escalated_at=now)


def executed(one: Negotiation, now: datetime) -> tuple[Negotiation, Move] | Refusal:
    """``one`` acted on, and what becomes of the sample.

    Refused: negotiation_open, negotiation_over; signature_needed, for what goes back untested without the
    supervisor's and the customer's signatures.
    """
    state = after(one.state, "execute")
    if isinstance(state, Refusal):
        return state
    if one.answer not in DOES:
        return Refusal("negotiation_open")
    move = DOES[one.answer]
    if move == "give_back" and not all(one.signed(role) for role in SIGNERS):
        return Refusal("signature_needed")
    return replace(one, state=state, ended_at=now), move
