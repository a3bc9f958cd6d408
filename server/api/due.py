"""Items that fall due, for staff: the list with its owners masked, entering, importing, marking done."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import outbox as o
from server.services.refused import refuse

from .asking import MANAGERS, STAFF, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}/due-items", tags=["due items"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$")]
Limit = Annotated[int, Query(ge=1, le=500)]
SHEET: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A CSV (UTF-8 or GB 18030) or XLSX file of at most 4 MB.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (
                "text/csv",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/octet-stream",
            )
        },
    }
}


@router.get("", response_model=o.DueItemsView)
async def due_items(
    request: Request,
    hall: Hall,
    done: bool = False,
    until: date | None = None,
    item: Text = "",
    text: Text = "",
    limit: Limit = 200,
) -> o.DueItemsView:
    """The items by due day. ``done``: those marked done too. ``text``: part of a company's name or of the
    reference, or the last digits of a phone number."""
    await known_in(request, hall, *STAFF)
    asked = core(request).due_items
    return await asked.listed(hall, open_only=not done, until=until, item=item, text=text, limit=limit)


@router.post("", status_code=201, response_model=o.DueItemView)
async def add(request: Request, hall: Hall, body: o.DueItemBody) -> Response:
    """Enter one item."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).due_items.add(hall, body, who, key))


@router.post("/check", response_model=o.DueReport, openapi_extra=SHEET)
async def check(request: Request, hall: Hall) -> o.DueReport:
    """What a sheet would add, or what is wrong in which of its lines. Nothing is changed."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).due_items.check(hall, await request.body())


@router.post("/import", status_code=201, response_model=o.DueReport, openapi_extra=SHEET)
async def take_in(
    request: Request, hall: Hall, name: Annotated[str, Query(max_length=48, pattern=r"^[^\x00-\x1f]*$")] = ""
) -> Response:
    """Add what a sheet names; with anything wrong in it, nothing. ``name``: of the file, to know it again."""
    who = await known_in(request, hall, *MANAGERS)
    content = await request.body()
    key = once(request, who, name, hashlib.sha256(content).hexdigest())
    return json(await core(request).due_items.take_in(hall, content, name or "sheet", who, key))


@router.post("/{id}/done", status_code=204)
async def done(request: Request, hall: Hall, id: Id) -> Response:
    """It needs no telling any more; what was to be told is withdrawn."""
    who = await known_in(request, hall, *STAFF)
    if not id.isalnum():
        raise refuse("due_item_unknown")
    await core(request).due_items.done(hall, id, who, once(request, who))
    return Response(status_code=204)
