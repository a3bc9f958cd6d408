"""Acceptance at the counter, for staff: cases, their sheets, notices, photos, shelves and sites."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import intake as i
from server.protocol.words import OrderState
from server.services.work import Answer

from .asking import MANAGERS, STAFF, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}/cases", tags=["cases"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
SampleCode = Annotated[str, Path(max_length=128)]
PHOTO: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"A photo's bytes, JPEG or PNG, at most {i.MOST_PHOTO} MB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def told(request: Request, answer: Answer) -> Response:
    return json(await core(request).intake.acceptances.addressed(answer))


@router.get("", response_model=i.CasesView)
async def cases(
    request: Request, hall: Hall, day: date | None = None, state: Annotated[OrderState | None, Query()] = None
) -> i.CasesView:
    """The cases of a day (today's, when none is named), and those that still wait for papers."""
    await known_in(request, hall, *STAFF)
    return await core(request).intake.acceptances.of_day(hall, day, state)


@router.post("", status_code=201, response_model=i.CaseView)
async def make(request: Request, hall: Hall, body: i.NewCase) -> Response:
    """An order without kiosk intake: on site, online, remote, or at the counter for a ticket."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.acceptances.make(hall, body, who, key)
    return await told(request, answer)


@router.post("/open", response_model=i.CaseView)
async def open_case(request: Request, hall: Hall, body: i.OpenCase) -> Response:
    """Find a case by whatever is at hand; who opens it first is its first handler."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.acceptances.open(hall, body, who, key)
    return await told(request, answer)


@router.get("/places", response_model=i.PlacesView)
async def places(request: Request, hall: Hall) -> i.PlacesView:
    """Shelves and sites."""
    await known_in(request, hall, "lab", *STAFF)
    return await core(request).intake.places.of_hall(hall)


@router.put("/places", response_model=i.PlacesView)
async def change_places(request: Request, hall: Hall, body: i.PlacesBody) -> i.PlacesView:
    """Shelves and sites, whole; a shelf on which something lies stays."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).intake.places.put(hall, body, who, once(request, who, body.model_dump_json()))
    return await core(request).intake.places.of_hall(hall)


@router.get("/late-notices", response_model=list[i.DemandView])
async def late_notices(request: Request, hall: Hall) -> list[i.DemandView]:
    """One-time notices that asked for something which an earlier one did not name."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).intake.notices.late(hall)


@router.get("/{order}", response_model=i.CaseView)
async def case(request: Request, hall: Hall, order: Id) -> i.CaseView:
    await known_in(request, hall, *STAFF)
    return await core(request).intake.acceptances.case(hall, order)


@router.put("/{order}/sheet", response_model=i.CaseView)
async def save(request: Request, hall: Hall, order: Id, body: i.SheetBody) -> Response:
    """Save the sheet over the version that was read."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.sheets.save(hall, order, body, who, key)
    return await told(request, answer)


@router.put("/{order}/customer", response_model=i.CaseView)
async def customer(request: Request, hall: Hall, order: Id, body: i.CaseCustomer) -> Response:
    """Who hands in."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.sheets.customer(hall, order, body, who, key)
    return await told(request, answer)


@router.put("/{order}/fulfilment", response_model=i.CaseView)
async def fulfilment(request: Request, hall: Hall, order: Id, body: i.FulfilmentBody) -> Response:
    """How it goes back to the customer."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.fulfilments.choose(hall, order, body, who, key)
    return await told(request, answer)


@router.post("/{order}/pieces", status_code=201, response_model=i.CaseView)
async def add_pieces(request: Request, hall: Hall, order: Id, body: i.MorePieces) -> Response:
    """More came than was registered."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.sheets.add_pieces(hall, order, body, who, key)
    return await told(request, answer)


@router.delete("/{order}/pieces/{code}", response_model=i.CaseView)
async def remove_piece(request: Request, hall: Hall, order: Id, code: SampleCode) -> Response:
    """Fewer came: this piece was never handed in."""
    who = await known_in(request, hall, *STAFF)
    answer = await core(request).intake.sheets.remove_piece(hall, order, code, who, once(request, who))
    return await told(request, answer)


@router.post(
    "/{order}/pieces/{code}/photos", status_code=201, response_model=i.PhotoView, openapi_extra=PHOTO
)
async def add_photo(request: Request, hall: Hall, order: Id, code: SampleCode) -> Response:
    """A photo of the piece; kept small, and without what the camera wrote into it."""
    who = await known_in(request, hall, *STAFF)
    content = await request.body()
    key = once(request, who, hashlib.sha256(content).hexdigest())
    return json(await core(request).intake.photos.add(hall, order, code, content, who, key))


@router.get("/{order}/photos/{id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
async def photo(request: Request, hall: Hall, order: Id, id: Id) -> Response:
    await known_in(request, hall, "lab", *STAFF)
    return Response(await core(request).intake.photos.photo(hall, order, id), media_type="image/jpeg")


@router.post("/{order}/sign", response_model=i.CaseView)
async def sign(request: Request, hall: Hall, order: Id, body: i.Sign) -> Response:
    """Accept it: the acceptor answers for the sheet."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.acceptances.sign(hall, order, body, who, key)
    return await told(request, answer)


@router.post("/{order}/reject", response_model=i.CaseView)
async def reject(request: Request, hall: Hall, order: Id, body: i.Reject) -> Response:
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.acceptances.reject(hall, order, body, who, key)
    return await told(request, answer)


@router.post("/{order}/pieces/{code}/give-back", response_model=i.CaseView)
async def give_back(request: Request, hall: Hall, order: Id, code: SampleCode, body: i.Reject) -> Response:
    """A piece that was accepted goes back to its customer before the lab has it."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.acceptances.give_back(hall, order, code, body, who, key)
    return await told(request, answer)


@router.post("/{order}/notices", status_code=201, response_model=i.CaseView)
async def demand(request: Request, hall: Hall, order: Id, body: i.DemandBody) -> Response:
    """A one-time notice: all that is missing."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.notices.demand(hall, order, body, who, key)
    return await told(request, answer)


@router.post("/{order}/notices/{id}/answered", response_model=i.CaseView)
async def answered(request: Request, hall: Hall, order: Id, id: Id) -> Response:
    """All of it is there."""
    who = await known_in(request, hall, *STAFF)
    answer = await core(request).intake.notices.answered(hall, order, id, who, once(request, who))
    return await told(request, answer)


@router.put("/{order}/handler", response_model=i.CaseView)
async def handler(request: Request, hall: Hall, order: Id, body: i.HandlerBody) -> Response:
    """Another first handler: a manager's alone, with a reason."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.acceptances.change_handler(hall, order, body, who, key)
    return await told(request, answer)


@router.post("/{order}/sent", response_model=i.CaseView)
async def sent(request: Request, hall: Hall, order: Id, body: i.Sent) -> Response:
    """The parcel is on its way."""
    who = await known_in(request, hall, *STAFF)
    key = once(request, who, body.model_dump_json())
    answer = await core(request).intake.fulfilments.sent(hall, order, body, who, key)
    return await told(request, answer)


@router.post("/{order}/close", response_model=i.CaseView)
async def close(request: Request, hall: Hall, order: Id) -> Response:
    """Close what is all released; what is posted needs its number first."""
    who = await known_in(request, hall, *STAFF)
    answer = await core(request).intake.fulfilments.close(hall, order, who, once(request, who))
    return await told(request, answer)
