"""What the kiosk asks, as the server's routes want it: where, with which body, what the answer means."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from pydantic import BaseModel

from server.protocol.booking import (
    AppointmentView,
    ArrivalView,
    Ask,
    Book,
    CheckedIn,
    CheckIn,
    CustomerBody,
    LabelsAgain,
    LineBody,
    OrderView,
    Proof,
    Show,
    SlotsView,
    Verdict,
    WalkIn,
)
from server.protocol.commands import TakeNumber
from server.protocol.pickup import (
    CertificatesView,
    Collect,
    CollectNumber,
    CollectTicket,
    DownloadLink,
    PickupView,
    PrintAsked,
    PrintJob,
    ProgressView,
)
from server.protocol.pickup import FindProgress as FindProgressBody
from server.protocol.views import TicketIssued

from . import appointing as b
from . import collecting as c
from . import model as m
from . import visit as v

Understand = Callable[[str, bytes], m.Input]
"""The answer to the question with this key. Raises ValidationError for what is none."""


def about(press: m.Said, hall: str) -> tuple[str, BaseModel, Understand]:
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
        case b.FindSlots():
            picks = tuple(pick for pick in press.draft.picks if pick.pieces)
            complete = all(pick.complete for pick in picks)
            return (
                f"{at}/slots",
                Ask(lines=_lines(picks), customer=press.customer, complete=complete),
                lambda key, body: b.SlotsFound(key, SlotsView.model_validate_json(body)),
            )
        case b.BookPress():
            return (
                f"{at}/appointments",
                Book(
                    day=press.day,
                    slot=press.slot,
                    lines=_lines(press.picks),
                    customer=CustomerBody(type=press.customer, name="", phone=press.phone),
                    acknowledged=dict(press.acknowledged),
                    consent=press.consent,
                    language=press.language,
                ),
                lambda key, body: b.Booked(key, AppointmentView.model_validate_json(body)),
            )
        case _:
            return _coming_back(press, at)


def _coming_back(press: c.Question | c.Beside | c.CollectPress, at: str) -> tuple[str, BaseModel, Understand]:
    """As ``about``, for who collects, follows, or prints certificates."""
    code, tail = press.proof.code, press.proof.tail
    match press:
        case c.FindPickup():
            return (
                f"{at}/pickups",
                Collect(code=code, tail=tail),
                lambda key, body: c.PickupFound(key, PickupView.model_validate_json(body)),
            )
        case c.CollectPress():
            return (
                f"{at}/pickups/tickets",
                CollectTicket(code=code, tail=tail, language=press.language),
                _number_given,
            )
        case c.FindProgress():
            return (
                f"{at}/progress",
                FindProgressBody(code=code, tail=tail),
                lambda key, body: c.ProgressFound(key, ProgressView.model_validate_json(body)),
            )
        case c.FindCertificates():
            return (
                f"{at}/certificates/find",
                Proof(code=code, tail=tail),
                lambda key, body: c.CertificatesFound(key, CertificatesView.model_validate_json(body)),
            )
        case c.AskLink():
            return (
                f"/api/v1/certificates/{press.certificate}/links",
                Proof(code=code, tail=tail),
                lambda key, body: c.LinkGiven(key, DownloadLink.model_validate_json(body)),
            )
        case c.AskPrint():
            return (
                f"/api/v1/certificates/{press.certificate}/prints",
                PrintAsked(code=code, tail=tail),
                lambda key, body: c.PrintGranted(key, PrintJob.model_validate_json(body)),
            )
        case _:
            assert_never(press)


def _number_given(key: str, body: bytes) -> m.Input:
    answer = CollectNumber.model_validate_json(body)
    return c.NumberGiven(key, answer.ticket, answer.pickup)


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
