"""A hall and its counters."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.domain import commands as c
from server.domain.events import TicketCalled
from server.domain.ranking import Why, choose
from server.protocol import views as v
from server.protocol.commands import CallAgain
from server.services import sentences, views
from server.services.people import Who
from server.services.work import Act, Outcome

from .asking import MANAGERS, STAFF, core, known_in, once
from .problems import RESPONSES, language_of
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["halls"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Number = Annotated[str, Path(max_length=8)]


@router.get("", response_model=v.HallView)
async def hall(request: Request, hall: Hall) -> v.HallView:
    """The hall, its services with queue and wait, its counters; for anyone."""
    return core(request).halls.hall(hall)


async def _counter(
    request: Request, hall: str, number: str, name: str, make: Callable[[Who], c.Command]
) -> Response:
    who = await known_in(request, hall, *STAFF)
    halls = core(request).halls

    def answer(outcome: Outcome) -> str:
        return views.counter_answer(outcome.floor, number, halls.now()).model_dump_json()

    act = Act(make(who), who.id, answer, 200, once(request, who, name))
    return json(await halls.writer(hall).perform(act))


@router.post("/counters/{counter}/open", response_model=v.CounterAnswer)
async def open_counter(request: Request, hall: Hall, counter: Number) -> Response:
    """Sit down at a counter: one person a counter, one counter a person."""
    return await _counter(
        request,
        hall,
        counter,
        "open",
        lambda who: c.OpenCounter(counter, who.user, who.name, who.badge, who.duty.zh, who.duty.en),
    )


@router.post("/counters/{counter}/close", response_model=v.CounterAnswer)
async def close_counter(request: Request, hall: Hall, counter: Number) -> Response:
    """Leave the counter. A manager may close any: whoever was at it can be called by another."""
    return await _counter(
        request,
        hall,
        counter,
        "close",
        lambda who: c.CloseCounter(counter, who.user, for_another=who.is_(*MANAGERS)),
    )


@router.post("/counters/{counter}/pause", response_model=v.CounterAnswer)
async def pause_counter(request: Request, hall: Hall, counter: Number) -> Response:
    return await _counter(request, hall, counter, "pause", lambda who: c.PauseCounter(counter, who.user))


@router.post("/counters/{counter}/resume", response_model=v.CounterAnswer)
async def resume_counter(request: Request, hall: Hall, counter: Number) -> Response:
    return await _counter(request, hall, counter, "resume", lambda who: c.ResumeCounter(counter, who.user))


async def _call(
    request: Request, hall: str, counter: str, name: str, make: Callable[[Who], c.Command], *asked: object
) -> Response:
    who = await known_in(request, hall, *STAFF)
    halls = core(request).halls
    language = language_of(request)

    def answer(outcome: Outcome) -> str:
        floor = outcome.floor
        called = next((event for event in outcome.events if isinstance(event, TicketCalled)), None)
        if called is None:
            choice = choose(floor, floor.hall.counters[counter], halls.now())
            why = choice if isinstance(choice, Why) else choice.why
            return v.CallNextAnswer(ticket=None, why=sentences.why(why).in_(language)).model_dump_json()
        line = views.line(floor, floor.tickets[called.call.ticket], called.call.at)
        why_said = sentences.why(called.why).in_(language)
        return v.CallNextAnswer(ticket=line, why=why_said).model_dump_json()

    act = Act(make(who), who.id, answer, 200, once(request, who, name, *asked))
    return json(await halls.writer(hall).perform(act))


@router.post("/counters/{counter}/call-next", response_model=v.CallNextAnswer)
async def call_next(request: Request, hall: Hall, counter: Number) -> Response:
    """Call the next ticket to this counter; ``ticket`` is null when nobody can be called."""
    call = uuid.uuid4().hex
    return await _call(request, hall, counter, "call-next", lambda who: c.CallNext(counter, who.user, call))


@router.post("/counters/{counter}/call", response_model=v.CallNextAnswer)
async def call_ticket(request: Request, hall: Hall, counter: Number, body: CallAgain) -> Response:
    """Call one of the last missed, or a parked ticket, to this counter."""
    call = uuid.uuid4().hex
    ticket = body.ticket
    return await _call(
        request, hall, counter, "call", lambda who: c.CallTicket(counter, who.user, ticket, call), ticket
    )
