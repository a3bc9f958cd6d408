"""What the kiosk asks, as the server's routes want it: where, with which body, what the answer means."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from pydantic import BaseModel

from server.protocol.booking import (
    ArrivalView,
    Ask,
    CheckedIn,
    CheckIn,
    LabelsAgain,
    LineBody,
    OrderView,
    Show,
    Verdict,
    WalkIn,
)
from server.protocol.commands import TakeNumber
from server.protocol.views import TicketIssued

from . import model as m
from . import visit as v

Understand = Callable[[str, bytes], m.Input]
"""The answer to the question with this key. Raises ValidationError for what is none."""


def about(press: m.Asked | v.Weigh, hall: str) -> tuple[str, BaseModel, Understand]:
    """Path, body and meaning of ``press``."""
    at = f"/api/v1/halls/{hall}"
    match press:
        case m.Press():
            return (
                f"{at}/tickets",
                TakeNumber(service=press.service, priority=press.priority, language=press.language),
                _ticket,
            )
        case v.CheckInPress():
            return (
                f"{at}/check-ins",
                CheckIn(
                    code=press.code,
                    lines=_lines(press.picks) if press.picks else None,
                    complete=press.complete,
                    language=press.language,
                ),
                _checked_in,
            )
        case v.RegisterPress():
            return (
                f"{at}/walk-ins",
                WalkIn(
                    lines=_lines(press.picks),
                    customer=press.customer,
                    complete=all(pick.complete for pick in press.picks),
                    priority=press.priority,
                    language=press.language,
                ),
                _checked_in,
            )
        case v.Look():
            return f"{at}/arrivals", Show(code=press.code), _looked
        case v.FindLabels():
            return f"{at}/labels", LabelsAgain(code=press.code), _found
        case v.Weigh():
            complete = all(pick.complete for pick in press.picks)
            return (
                f"{at}/verdicts",
                Ask(lines=_lines(press.picks), customer=press.customer, complete=complete),
                _weighed,
            )
        case _:
            assert_never(press)


def _lines(picks: v.Picks) -> tuple[LineBody, ...]:
    return tuple(LineBody(item=pick.item, pieces=pick.pieces) for pick in picks)


def _ticket(key: str, body: bytes) -> m.Input:
    return m.Issued(key, TicketIssued.model_validate_json(body))


def _checked_in(key: str, body: bytes) -> m.Input:
    answer = CheckedIn.model_validate_json(body)
    return m.Issued(key, answer.ticket, answer.order)


def _looked(key: str, body: bytes) -> m.Input:
    return v.Looked(key, ArrivalView.model_validate_json(body))


def _found(key: str, body: bytes) -> m.Input:
    return v.Found(key, OrderView.model_validate_json(body))


def _weighed(key: str, body: bytes) -> m.Input:
    return v.Weighed(key, Verdict.model_validate_json(body))
