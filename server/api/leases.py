"""Kiosks that stand alone: their blocks of numbers, the day's list of vouchers, and what they hand in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol import offline as o

from .asking import MANAGERS, STAFF, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["leases"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]


@router.post("/leases", status_code=201, response_model=o.LeasesView)
async def lend(request: Request, hall: Hall, body: o.LeasesAsked | None = None) -> Response:
    """Blocks of numbers for the kiosk that asks, one for each open service; topped up when few are left."""
    who = await known_in(request, hall, "kiosk")
    asked = body or o.LeasesAsked()
    key = once(request, who, asked.model_dump_json())
    return json(await core(request).leases.lend(hall, asked, who, key))


@router.get("/leases", response_model=list[o.LeaseLine])
async def lines(request: Request, hall: Hall) -> list[o.LeaseLine]:
    """Which kiosk holds which numbers today, and how many of them came back on tickets."""
    await known_in(request, hall, *STAFF)
    return core(request).leases.lines(hall)


@router.post("/leases/return", status_code=204)
async def take_back(request: Request, hall: Hall, body: o.LeaseReturn) -> Response:
    """Take the blocks of a kiosk back that is exchanged. Their unused numbers are given by nobody."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump_json())
    await core(request).leases.take_back(hall, body, who, key)
    return Response(status_code=204)


@router.post("/offline-tickets", status_code=201, response_model=o.HandedInView)
async def hand_in(request: Request, hall: Hall, body: o.HandIn) -> Response:
    """Tickets that the kiosk gave while it was cut off. One that is handed in twice counts once."""
    who = await known_in(request, hall, "kiosk")
    key = once(request, who, body.model_dump_json())
    return json(await core(request).leases.hand_in(hall, body, who, key))


@router.get("/day-list", response_model=o.SignedDayList)
async def day_list(request: Request, hall: Hall) -> o.SignedDayList:
    """Today's vouchers that nobody has come with yet, signed: digests and masks only."""
    await known_in(request, hall, "kiosk")
    return await core(request).leases.day_list(hall)
