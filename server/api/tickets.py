"""Tickets: taking a number, and every step of its life."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.domain import commands as c
from server.protocol import views as v
from server.protocol.commands import Park, Printed, TakeNumber, Transfer
from server.services import views
from server.services.people import Who
from server.services.refused import Refused, refuse
from server.services.work import Act, Answer, Note, Once, Outcome

from .asking import STAFF, core, known, known_in, once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1", tags=["tickets"], responses=RESPONSES)

CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""From base 32 to Crockford's alphabet: no letter that a person or a scanner takes for another."""

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]


def new_code() -> str:
    """A ticket's public code: 80 random bits, upper-case ASCII as scanners need."""
    return base64.b32encode(secrets.token_bytes(10)).decode().translate(CROCKFORD)


def json(answer: Answer) -> Response:
    """The stored answer as it was made."""
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return Response(answer.body, answer.status, headers, "application/json")


@router.post("/halls/{hall}/tickets", status_code=201, response_model=v.TicketIssued)
async def take_number(request: Request, hall: Hall, body: TakeNumber) -> Response:
    """Take a number. Kiosks must send an Idempotency-Key; the same key gives the same ticket."""
    who = await known_in(request, hall, "kiosk", *STAFF)
    key = once(request, who, body.model_dump_json())
    if body.priority == "green" and who.is_("kiosk"):
        raise refuse("priority_forbidden")
    halls = core(request).halls
    id = uuid.uuid4().hex
    command = c.Issue(
        id=id,
        code=new_code(),
        service=body.service,
        priority=body.priority,
        language=body.language,
        later=body.then,
        reason=body.reason,
    )

    def answer(outcome: Outcome) -> str:
        ticket = outcome.floor.tickets[id]
        return views.issued(outcome.floor, ticket, ticket.issued_at, halls.base_url).model_dump_json()

    return json(await halls.writer(hall).perform(Act(command, who.id, answer, 201, key)))


@router.get("/tickets/{code}", response_model=v.TicketView)
async def ticket(request: Request, code: Id) -> v.TicketView:
    """One customer's ticket, for anyone who has its code."""
    view = await core(request).halls.ticket(code)
    if view is None:
        raise refuse("ticket_unknown")
    return view


@router.get("/halls/{hall}/tickets/{number}", response_model=v.TicketIssued)
async def ticket_by_number(request: Request, hall: Hall, number: Id) -> v.TicketIssued:
    """Today's ticket of that number, for printing it again."""
    await known_in(request, hall, "kiosk", *STAFF)
    return await core(request).halls.ticket_by_number(hall, number.upper())


async def _step(
    request: Request, id: str, name: str, make: Callable[[Who], c.Command], *asked: object
) -> Response:
    """One step of a ticket by staff; answers its line."""
    who = await known(request, *STAFF)
    key = once(request, who, name, *asked)
    halls = core(request).halls
    hall = await halls.hall_of_ticket(id)
    if who.hall != hall:
        raise refuse("forbidden")

    def answer(outcome: Outcome) -> str:
        one = outcome.floor.ticket(id)
        return views.line(outcome.floor, one, halls.now()).model_dump_json() if one else "null"

    try:
        return json(await halls.writer(hall).perform(Act(make(who), who.id, answer, 200, key)))
    except Refused as refused:
        if refused.refusal.code != "ticket_unknown":
            raise
        # The floor has forgotten it, but the tables know it: it ended some while ago.
        raise refuse("ticket_over", number=await halls.number_of_ticket(id)) from None


@router.post("/tickets/{id}/recall", response_model=v.TicketLine)
async def recall(request: Request, id: Id) -> Response:
    """Call the same ticket again at the same counter; three times at most."""
    return await _step(request, id, "recall", lambda who: c.Recall(id, who.user, uuid.uuid4().hex))


@router.post("/tickets/{id}/start", response_model=v.TicketLine)
async def start(request: Request, id: Id) -> Response:
    """The customer has come."""
    return await _step(request, id, "start", lambda who: c.Start(id, who.user))


@router.post("/tickets/{id}/done", response_model=v.TicketLine)
async def done(request: Request, id: Id) -> Response:
    """The visit is over; or goes on to the ticket's next service under the same number."""
    return await _step(request, id, "done", lambda who: c.Done(id, who.user))


@router.post("/tickets/{id}/miss", response_model=v.TicketLine)
async def miss(request: Request, id: Id) -> Response:
    """Nobody came (过号)."""
    return await _step(request, id, "miss", lambda who: c.Miss(id, who.user))


@router.post("/tickets/{id}/park", response_model=v.TicketLine)
async def park(request: Request, id: Id, body: Park | None = None) -> Response:
    """The customer fetches papers, waits for something, or waits in place."""
    hold = (body or Park()).hold
    return await _step(request, id, "park", lambda who: c.Park(id, who.user, hold), hold)


@router.post("/tickets/{id}/resume", response_model=v.TicketLine)
async def resume(request: Request, id: Id) -> Response:
    """Back to the queue: parked with priority, missed behind a few others."""
    return await _step(request, id, "resume", lambda who: c.Resume(id, who.user))


@router.post("/tickets/{id}/cancel", response_model=v.TicketLine)
async def cancel(request: Request, id: Id) -> Response:
    """A waiting ticket is given up."""
    return await _step(request, id, "cancel", lambda who: c.Cancel(id, who.user))


@router.post("/tickets/{id}/transfer", response_model=v.TicketLine)
async def transfer(request: Request, id: Id, body: Transfer) -> Response:
    """On to another service; number and prefix stay."""
    service = body.service
    return await _step(request, id, "transfer", lambda who: c.Transfer(id, who.user, service), service)


@router.post("/tickets/{id}/undo", response_model=v.TicketLine)
async def undo(request: Request, id: Id) -> Response:
    """Take back done, miss, park or cancel within a few seconds."""
    return await _step(request, id, "undo", lambda who: c.Undo(id, who.user))


@router.post("/tickets/{id}/prints", status_code=204)
async def printed(request: Request, id: Id, body: Printed) -> Response:
    """What became of the ticket's paper; a line in the journal."""
    who = await known(request, "kiosk", *STAFF)
    key: Once | None = once(request, who, body.model_dump(mode="json"))
    halls = core(request).halls
    hall = await halls.hall_of_ticket(id)
    if who.hall != hall:
        raise refuse("forbidden")
    note = Note(who.id, "ticket.paper", id, body.model_dump(mode="json"), key)
    await halls.writer(hall).perform(note)
    return Response(status_code=204)
