"""Samples change hands, for staff of the counters and of the lab: a pair of scans each time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol import custody as c
from server.protocol.words import Role

from .asking import STAFF, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}/handovers", tags=["handovers"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
HANDS: tuple[Role, ...] = ("lab", *STAFF)


@router.get("", response_model=c.CustodyView)
async def mine(request: Request, hall: Hall) -> c.CustodyView:
    """What I hold, what I gave, and what waits for me."""
    who = await known_in(request, hall, *HANDS)
    return await core(request).intake.custody.of(hall, who)


@router.post("", status_code=201, response_model=c.MovedView)
async def offer(request: Request, hall: Hall, body: c.Offer) -> Response:
    """The giver's scans. Nothing has moved until the taker has scanned too."""
    who = await known_in(request, hall, *HANDS)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).intake.custody.offer(hall, body, who, key))


@router.post("/whose", response_model=c.HeldView)
async def whose(request: Request, hall: Hall, body: c.LookAt) -> c.HeldView:
    """Whose is this piece? Nothing is changed."""
    await known_in(request, hall, *HANDS)
    return await core(request).intake.custody.whose(hall, body)


@router.post("/shelve", response_model=c.MovedView)
async def shelve(request: Request, hall: Hall, body: c.OnShelf) -> Response:
    """Onto a shelf: its code is scanned, and each piece."""
    who = await known_in(request, hall, *HANDS)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).intake.custody.shelve(hall, body, who, key, onto=True))


@router.post("/fetch", response_model=c.MovedView)
async def fetch(request: Request, hall: Hall, body: c.OnShelf) -> Response:
    """Off a shelf: its code is scanned, and each piece."""
    who = await known_in(request, hall, *HANDS)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).intake.custody.shelve(hall, body, who, key, onto=False))


@router.post("/{id}/take", response_model=c.MovedView)
async def take(request: Request, hall: Hall, id: Id, body: c.Take) -> Response:
    """The taker's scans, signed in as themself."""
    who = await known_in(request, hall, *HANDS)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).intake.custody.take(hall, id, body, who, key))


@router.post("/{id}/withdraw", response_model=c.MovedView)
async def withdraw(request: Request, hall: Hall, id: Id) -> Response:
    """It does not come about."""
    who = await known_in(request, hall, *HANDS)
    return json(await core(request).intake.custody.withdraw(hall, id, who, once(request, who)))
