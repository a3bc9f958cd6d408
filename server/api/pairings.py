"""A device that nobody knows yet becomes a hall's own; and one that is known gets a new token."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Request

from server.protocol import devices as d
from server.protocol.admin import DeviceAnswer
from server.services.work import Once

from .asking import MANAGERS, address_of, core, known, known_in, once
from .problems import RESPONSES

public = APIRouter(prefix="/api/v1/pairings", tags=["pairings"], responses=RESPONSES)
router = APIRouter(prefix="/api/v1", tags=["pairings"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]


@public.post("", status_code=201, response_model=d.PairingView)
async def ask(request: Request, body: d.PairingAsked) -> d.PairingView:
    """Eight digits for the screen of a device that has no token, good for ten minutes."""
    return await core(request).pairings.ask(body, address_of(request))


@public.post("/{id}/token", response_model=d.PairingAnswer)
async def shown(request: Request, id: d.Id, body: d.PairingShown) -> d.PairingAnswer:
    """What became of it: ``waiting``, ``over``, or ``paired`` with the token. Asked every few seconds."""
    return await core(request).pairings.shown(id, body.secret, address_of(request))


@router.post("/halls/{hall}/pairings", status_code=201, response_model=DeviceAnswer)
async def take(request: Request, hall: Hall, body: d.PairingTaken) -> DeviceAnswer:
    """The device that shows this code becomes the hall's, under this name."""
    who = await known_in(request, hall, *MANAGERS)
    asked = body.model_dump(mode="json")
    key = once(request, who, asked) or Once.of(uuid.uuid4().hex, asked)
    return await core(request).pairings.take(hall, body, who, address_of(request), key)


@router.post("/devices/self/token", response_model=d.TokenRenewed)
async def renew(request: Request) -> d.TokenRenewed:
    """A new token. The present one is good until the new one is first used: keep it until then."""
    who = await known(request, "kiosk", "display", "partner")
    return d.TokenRenewed(token=await core(request).renewal.renew(who, once(request, who)))
