"""Referrals (转办), for staff, and for the lab those to a section; each has a day, a receipt, an outcome."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol import intake as i

from .asking import STAFF, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}/referrals", tags=["referrals"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]


@router.get("", response_model=list[i.ReferralView])
async def referrals(request: Request, hall: Hall, closed: bool = False) -> list[i.ReferralView]:
    """The open ones by their last day, or those that are closed."""
    who = await known_in(request, hall, "lab", *STAFF)
    return await core(request).intake.referrals.of_hall(hall, who, closed=closed)


@router.post("", status_code=201, response_model=i.ReferralView)
async def refer(request: Request, hall: Hall, body: i.ReferralBody) -> Response:
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).intake.referrals.make(hall, body, who, key))


@router.post("/{id}/receipt", response_model=i.ReferralView)
async def receipt(request: Request, hall: Hall, id: Id) -> Response:
    """The other side has it."""
    who = await known_in(request, hall, "lab", *STAFF)
    return json(await core(request).intake.referrals.received(hall, id, who, once(request, who)))


@router.post("/{id}/close", response_model=i.ReferralView)
async def close(request: Request, hall: Hall, id: Id, body: i.Outcome) -> Response:
    """What came of it."""
    who = await known_in(request, hall, "lab", *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).intake.referrals.close(hall, id, body, who, key))
