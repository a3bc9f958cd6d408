"""Orders for staff: fleets from a sheet, the orders of a day, labels by the thousand, sources."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import orders as o
from server.protocol.words import Channel, CustomerType

from .asking import STAFF, core, known_in, once
from .due import SHEET
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["orders"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
Customer = Annotated[str, Query(max_length=32, pattern=r"^[0-9a-f]*$")]
First = Annotated[int, Query(ge=1, le=1_000_000)]
Most = Annotated[int, Query(ge=1, le=500)]


@router.post("/customers", status_code=201, response_model=o.CustomerView)
async def introduce(request: Request, hall: Hall, body: o.Introduce) -> Response:
    """Write a customer down, before a fleet of theirs is registered."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).fleets.introduce(hall, body, who, key))


@router.post("/fleets/check", response_model=o.FleetReport, openapi_extra=SHEET)
async def check(request: Request, hall: Hall, customer: Customer = "") -> o.FleetReport:
    """What a sheet of instruments would register, or what is wrong in which line. Nothing is changed."""
    await known_in(request, hall, *STAFF)
    return await core(request).fleets.check(hall, customer, await request.body())


@router.post("/fleets/import", status_code=201, response_model=o.FleetReport, openapi_extra=SHEET)
async def take_in(request: Request, hall: Hall, customer: Customer = "") -> Response:
    """Register every instrument of a sheet in one order; with anything wrong in it, none."""
    who = await known_in(request, hall, *STAFF)
    content = await request.body()
    key = once(request, who, customer, hashlib.sha256(content).hexdigest())
    return json(await core(request).fleets.take_in(hall, customer, content, who, key))


@router.get("/orders", response_model=o.OrdersView)
async def orders(
    request: Request,
    hall: Hall,
    day: date | None = None,
    customer_type: CustomerType | None = None,
    channel: Channel | None = None,
) -> o.OrdersView:
    """The orders of a day (today's, when none is named), of one type of customer or one channel if asked."""
    await known_in(request, hall, *STAFF)
    halls = core(request).halls
    of = day or halls.floor(hall).hall.day(halls.now())
    return await core(request).fleets.of_day(hall, of, customer_type, channel)


@router.get("/orders/{order}/labels", response_model=o.LabelsView)
async def labels(request: Request, hall: Hall, order: Id, first: First = 1, most: Most = 200) -> o.LabelsView:
    """A part of an order's labels, by its id or case number."""
    await known_in(request, hall, "kiosk", *STAFF)
    return await core(request).fleets.labels(hall, order, first, most)


@router.get("/sources", response_model=o.SourcesView)
async def sources(
    request: Request, hall: Hall, first: date | None = None, last: date | None = None
) -> o.SourcesView:
    """Through which channels appointments came; of the last 30 days when no days are named."""
    await known_in(request, hall, *STAFF)
    halls = core(request).halls
    until = last or halls.floor(hall).hall.day(halls.now())
    since = first or max(date.min, until - timedelta(days=min(29, until.toordinal() - 1)))
    return await core(request).fleets.sources(hall, since, until)
