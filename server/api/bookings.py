"""Booking, coming to the hall, and labels: one open interface for every channel."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import booking as b

from .asking import STAFF, asker, core, known, known_in, once, once_for
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1", tags=["bookings"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
Day = Annotated[date | None, Query()]


@router.get("/halls/{hall}/catalogue", response_model=b.CatalogueView)
async def catalogue(request: Request, hall: Hall) -> b.CatalogueView:
    """Which instruments are taken, under which rules: all that a booking form needs but the slots."""
    return core(request).bookings.catalogue(hall)


@router.post("/halls/{hall}/slots", response_model=b.SlotsView)
async def slots(request: Request, hall: Hall, body: b.Ask) -> b.SlotsView:
    """The days that can be booked, and which of their slots hold these lines."""
    return await core(request).bookings.slots(hall, body)


@router.post("/halls/{hall}/verdicts", response_model=b.Verdict)
async def verdict(request: Request, hall: Hall, body: b.Ask) -> b.Verdict:
    """Waited for or left, why, for how long, and for how much."""
    return core(request).bookings.verdict(hall, body)


@router.post("/halls/{hall}/appointments", status_code=201, response_model=b.AppointmentView)
async def book(request: Request, hall: Hall, body: b.Book) -> Response:
    """Book a place, at any hour. Staff book on behalf; other systems with their key."""
    by = await asker(request, hall)
    key = once_for(request, by, body.model_dump_json())
    return json(await core(request).bookings.book(hall, body, by, key))


@router.get("/halls/{hall}/appointments", response_model=list[b.AppointmentView])
async def appointments(request: Request, hall: Hall, day: Day = None) -> list[b.AppointmentView]:
    """The appointments of a day (today's, when none is named), for staff."""
    await known_in(request, hall, *STAFF)
    halls = core(request).halls
    return await core(request).bookings.of_day(hall, day or halls.floor(hall).hall.day(halls.now()))


@router.post("/appointments/find", response_model=b.AppointmentView)
async def find(request: Request, body: b.Proof) -> b.AppointmentView:
    """The appointment of a voucher's code or number; the public adds the last digits of the phone number."""
    return await core(request).bookings.find(body, await asker(request))


@router.post("/appointments/reschedule", response_model=b.AppointmentView)
async def reschedule(request: Request, body: b.Reschedule) -> Response:
    """Move it: by the customer until the cut-off, later by staff with a reason."""
    by = await asker(request)
    key = once_for(request, by, body.model_dump_json())
    return json(await core(request).bookings.reschedule(body, by, key))


@router.post("/appointments/cancel", response_model=b.AppointmentView)
async def cancel(request: Request, body: b.GiveUp) -> Response:
    """Give it up: by the customer until the cut-off, later by staff with a reason."""
    by = await asker(request)
    key = once_for(request, by, body.model_dump_json())
    return json(await core(request).bookings.cancel(body, by, key))


@router.post("/halls/{hall}/arrivals", response_model=b.ArrivalView)
async def arrival(request: Request, hall: Hall, body: b.Show) -> b.ArrivalView:
    """What a voucher is, here and now; nothing is changed."""
    await known_in(request, hall, "kiosk", *STAFF)
    return await core(request).checkins.arrival(hall, body)


@router.post("/halls/{hall}/check-ins", status_code=201, response_model=b.CheckedIn)
async def check_in(request: Request, hall: Hall, body: b.CheckIn) -> Response:
    """Check in with a voucher: a number in the right queue, and a label for each piece."""
    who = await known_in(request, hall, "kiosk", *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).checkins.check_in(hall, body, who, key))


@router.post("/halls/{hall}/walk-ins", status_code=201, response_model=b.CheckedIn)
async def walk_in(request: Request, hall: Hall, body: b.WalkIn) -> Response:
    """Register instruments without an appointment, and take a number for them."""
    who = await known_in(request, hall, "kiosk", *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).checkins.walk_in(hall, body, who, key))


@router.post("/halls/{hall}/labels", response_model=b.OrderView)
async def labels(request: Request, hall: Hall, body: b.LabelsAgain) -> b.OrderView:
    """The labels of an order: by voucher, case number, ticket, or one of them for itself alone."""
    await known_in(request, hall, "kiosk", *STAFF)
    return await core(request).checkins.labels(hall, body)


@router.post("/orders/{id}/prints", status_code=204)
async def printed(request: Request, id: Id, body: b.LabelPrinted) -> Response:
    """What became of an order's labels, for the journal."""
    who = await known(request, "kiosk", *STAFF)
    key = once(request, who, body.model_dump_json())
    await core(request).checkins.printed(id, body, who, key)
    return Response(status_code=204)


@router.get("/samples/{code}", response_model=b.SampleView)
async def sample(request: Request, code: Annotated[str, Path(max_length=128)]) -> b.SampleView:
    """One piece by its identity or flow code, or by the pre-printed label that was bound to it."""
    who = await known(request, *STAFF)
    return await core(request).checkins.sample(who.hall, code)


@router.post("/samples/{code}/bind", response_model=b.SampleView)
async def bind(request: Request, code: Annotated[str, Path(max_length=128)], body: b.Bind) -> Response:
    """A pre-printed label names this piece from now on, and never another."""
    who = await known(request, *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).checkins.bind(code, body, who, key))
