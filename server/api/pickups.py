"""Coming to collect: what is ready, a number for the counter, handing out, and a new code for a lost one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol import pickup as p
from server.services.bookings import Asker

from .asking import STAFF, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["pickups"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]


@router.post("/pickups", response_model=p.PickupView)
async def look(request: Request, hall: Hall, body: p.Collect) -> p.PickupView:
    """What there is to collect with a pick-up code and the phone's tail; nothing is changed."""
    who = await known_in(request, hall, "kiosk", *STAFF)
    return await core(request).pickups.look(hall, body, Asker(who))


@router.post("/pickups/tickets", status_code=201, response_model=p.CollectNumber)
async def ticket(request: Request, hall: Hall, body: p.CollectTicket) -> Response:
    """A number of the pick-up service; the same one again on the same day."""
    who = await known_in(request, hall, "kiosk", *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).pickups.ticket(hall, body, Asker(who), key))


@router.post("/releases", status_code=201, response_model=p.PickupView)
async def release(request: Request, hall: Hall, body: p.Release) -> Response:
    """Hand out the pieces that were scanned beside the customer's code: all of them or none."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).pickups.release(hall, body, who, key))


@router.post("/pickups/reissue", status_code=201, response_model=p.PickupView)
async def reissue(request: Request, hall: Hall, body: p.Reissue) -> Response:
    """A new code for a lost one, for who has shown who they are; the old one is void."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).pickups.reissue(hall, body, who, key))
