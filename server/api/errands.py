"""Errands of devices: asked for by a manager, answered by the device; and pictures of screens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from server.protocol import devices as d
from server.services.errands import MOST_BYTES

from .asking import MANAGERS, core, known, known_in, once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["health"], responses=RESPONSES)
devices_router = APIRouter(prefix="/api/v1/devices/self/errands", tags=["devices"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Name = Annotated[str, Path(max_length=64)]
Id = Annotated[str, Path(max_length=64)]
PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}
PICTURE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"A screen's picture, PNG, at most {MOST_BYTES // 1024 // 1024} MB.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/devices/{name}/errands", status_code=201, response_model=d.ErrandView)
async def ask(request: Request, hall: Hall, name: Name, body: d.ErrandAsked) -> d.ErrandView:
    """Ask a device to start its program anew, to print, or to show its screen."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump_json())
    return await core(request).errands.ask(hall, name, body, who, key)


@router.get("/devices/{name}/errands", response_model=list[d.ErrandView])
async def listed(request: Request, hall: Hall, name: Name) -> list[d.ErrandView]:
    """What the device was asked lately, the newest first."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).errands.listed(hall, name)


@router.get("/errands/{id}/picture", response_class=Response, responses=PNG)
async def picture(request: Request, hall: Hall, id: Id) -> Response:
    """The screen as it was when it was asked for; kept for 24 hours."""
    await known_in(request, hall, *MANAGERS)
    return Response(await core(request).errands.picture(hall, id), media_type="image/png")


@devices_router.post("/{id}", status_code=204)
async def ended(request: Request, id: Id, body: d.ErrandEnded) -> Response:
    """The device says how an errand went."""
    who = await known(request, "kiosk", "display")
    key = once(request, who, body.model_dump_json())
    await core(request).errands.ended(who, id, body, key)
    return Response(status_code=204)


@devices_router.put("/{id}/picture", status_code=204, openapi_extra=PICTURE)
async def put_picture(request: Request, id: Id) -> Response:
    """The picture of its screen that the device was asked for, before it says that it is done."""
    who = await known(request, "kiosk", "display")
    await core(request).errands.put_picture(who, id, await request.body())
    return Response(status_code=204)
