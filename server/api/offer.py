"""The manager's routes about the offer: catalogue, slots, calendar, authorisations, promises, sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from server.protocol import offer as o
from server.services import offer as told
from server.services.refused import refuse

from .asking import MANAGERS, core, known_in
from .manage import Hall, Name
from .manage import _once as always_once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/halls/{hall}/offer", tags=["offer"], responses=RESPONSES)

Day = Annotated[o.Day, Path()]
Year = Annotated[int, Path(ge=o.FIRST.year, le=o.LAST.year)]
Fields = Annotated[tuple[o.FieldBody, ...], Field(max_length=100)]
Terms = Annotated[tuple[o.TermBody, ...], Field(max_length=200)]
Authorisations = Annotated[tuple[o.AuthorisationBody, ...], Field(max_length=50)]
Promises = Annotated[tuple[o.PromiseBody, ...], Field(max_length=o.MOST_PAGES)]

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ANY = "application/octet-stream"


def _all(bodies: Sequence[Any]) -> list[Any]:
    return [one.model_dump(mode="json") for one in bodies]


@router.get("", response_model=o.OfferAnswer)
async def offer(request: Request, hall: Hall) -> o.OfferAnswer:
    await known_in(request, hall, *MANAGERS)
    return told.offer_answer(core(request).offer.offer(hall))


@router.get("/items", response_model=list[o.ItemAnswer])
async def items(request: Request, hall: Hall) -> list[o.ItemAnswer]:
    await known_in(request, hall, *MANAGERS)
    return core(request).offer.items(hall)


@router.post("/items", status_code=201, response_model=o.ItemAnswer)
async def add_item(request: Request, hall: Hall, body: o.ItemBody) -> o.ItemAnswer:
    who = await known_in(request, hall, *MANAGERS)
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_item(hall, body, who, new=True, once=key)
    return core(request).offer.item(hall, body.id)


@router.put("/items/{item}", response_model=o.ItemAnswer)
async def change_item(request: Request, hall: Hall, item: Name, body: o.ItemBody) -> o.ItemAnswer:
    """Change an item. A changed notice becomes the next version: whoever books from now on reads it anew."""
    who = await known_in(request, hall, *MANAGERS)
    if body.id != item:
        raise refuse("bad_request", where="id")
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_item(hall, body, who, new=False, once=key)
    return core(request).offer.item(hall, body.id)


@router.delete("/items/{item}", status_code=204)
async def deactivate_item(request: Request, hall: Hall, item: Name) -> Response:
    """Offer it no more; what was handed in keeps its settings, and who booked it is sent to a counter."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).offer.deactivate_item(hall, item, who, always_once(request, who))
    return Response(status_code=204)


@router.get("/slots", response_model=list[o.SlotBody])
async def slots(request: Request, hall: Hall) -> list[o.SlotBody]:
    await known_in(request, hall, *MANAGERS)
    return [told.slot_body(one) for one in core(request).offer.offer(hall).slots.values()]


@router.post("/slots", status_code=201, response_model=o.SlotBody)
async def add_slot(request: Request, hall: Hall, body: o.SlotBody) -> o.SlotBody:
    who = await known_in(request, hall, *MANAGERS)
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_slot(hall, body, who, new=True, once=key)
    return body


@router.put("/slots/{slot}", response_model=o.SlotBody)
async def change_slot(request: Request, hall: Hall, slot: Name, body: o.SlotBody) -> o.SlotBody:
    """Change a slot; what is booked in it stays booked."""
    who = await known_in(request, hall, *MANAGERS)
    if body.id != slot:
        raise refuse("bad_request", where="id")
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_slot(hall, body, who, new=False, once=key)
    return body


@router.get("/week", response_model=o.WeekAnswer)
async def week(
    request: Request, hall: Hall, first: Annotated[o.Day | None, Query(description="Else today")] = None
) -> o.WeekAnswer:
    """Seven days of slots with what is booked in each."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).offer.week(hall, first)


@router.get("/calendar", response_model=o.CalendarAnswer)
async def calendar(request: Request, hall: Hall) -> o.CalendarAnswer:
    await known_in(request, hall, *MANAGERS)
    return told.calendar_answer(core(request).offer.offer(hall).calendar)


@router.put("/calendar/days/{day}", status_code=204)
async def change_day(request: Request, hall: Hall, day: Day, body: o.DayBody) -> Response:
    """Whether a day is worked, whatever its weekday: holidays and worked weekends (调休)."""
    who = await known_in(request, hall, *MANAGERS)
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_day(hall, day, body, who, key)
    return Response(status_code=204)


@router.put("/calendar/years/{year}", status_code=204)
async def change_year(request: Request, hall: Hall, year: Year, body: o.YearBody) -> Response:
    """Whether the notice of a year is entered; until then its working days are provisional (暂估)."""
    who = await known_in(request, hall, *MANAGERS)
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_year(hall, year, body, who, key)
    return Response(status_code=204)


@router.put("/authorisations", response_model=o.OfferAnswer)
async def change_authorisations(request: Request, hall: Hall, body: Authorisations) -> o.OfferAnswer:
    """All authorisations, whole; an item that none covers on a day is not taken on it."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).offer.put_authorisations(hall, body, who, always_once(request, who, _all(body)))
    return told.offer_answer(core(request).offer.offer(hall))


@router.put("/fields", response_model=o.OfferAnswer)
async def change_fields(request: Request, hall: Hall, body: Fields) -> o.OfferAnswer:
    """The taxonomy, whole. One that an item belongs to cannot be left out."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).offer.put_fields(hall, body, who, always_once(request, who, _all(body)))
    return told.offer_answer(core(request).offer.offer(hall))


@router.put("/terms", response_model=o.OfferAnswer)
async def change_terms(request: Request, hall: Hall, body: Terms) -> o.OfferAnswer:
    who = await known_in(request, hall, *MANAGERS)
    await core(request).offer.put_terms(hall, body, who, always_once(request, who, _all(body)))
    return told.offer_answer(core(request).offer.offer(hall))


@router.put("/rules", response_model=o.OfferAnswer)
async def change_rules(request: Request, hall: Hall, body: o.RulesBody) -> o.OfferAnswer:
    who = await known_in(request, hall, *MANAGERS)
    key = always_once(request, who, body.model_dump(mode="json"))
    await core(request).offer.put_rules(hall, body, who, key)
    return told.offer_answer(core(request).offer.offer(hall))


@router.put("/lab", response_model=o.OfferAnswer)
async def change_lab(request: Request, hall: Hall, body: o.LabBody) -> o.OfferAnswer:
    """How fresh the room's record must be, how long customers have to answer, how early lapses are told."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).offer.put_lab(hall, body, who, always_once(request, who, body.model_dump()))
    return told.offer_answer(core(request).offer.offer(hall))


@router.put("/promises", response_model=o.OfferAnswer)
async def change_promises(request: Request, hall: Hall, body: Promises) -> o.OfferAnswer:
    """The pages of the service promise, whole; what says something else becomes the next version."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).offer.put_promises(hall, body, who, always_once(request, who, _all(body)))
    return told.offer_answer(core(request).offer.offer(hall))


def _file(request: Request, hall: str, content: bytes, media: str, ending: str) -> Response:
    halls = core(request).halls
    day = halls.floor(hall).hall.day(halls.now())
    name = f"catalogue-{hall}-{day}.{ending}"
    return Response(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/sheet.csv", response_class=Response, responses={200: {"content": {CSV: {}}}})
async def csv_sheet(request: Request, hall: Hall) -> Response:
    """The catalogue as CSV in UTF-8, one row an item."""
    await known_in(request, hall, *MANAGERS)
    return _file(request, hall, await core(request).sheets.csv(hall), CSV, "csv")


@router.get("/sheet.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
async def xlsx_sheet(request: Request, hall: Hall) -> Response:
    """The catalogue as a workbook, one row an item."""
    await known_in(request, hall, *MANAGERS)
    return _file(request, hall, await core(request).sheets.xlsx(hall), XLSX, "xlsx")


SHEET = {
    "required": True,
    "description": "The file's bytes, CSV (UTF-8 or GBK) or XLSX, at most 4 MB.",
    "content": {ANY: {"schema": {"type": "string", "format": "binary"}}},
}


@router.post("/sheet", response_model=o.SheetReport, openapi_extra={"requestBody": SHEET})
async def import_sheet(
    request: Request, hall: Hall, look: Annotated[bool, Query(description="Change nothing")] = False
) -> o.SheetReport:
    """Import a sheet, whole or not at all. With ``look`` only tell what it would change, and every fault."""
    who = await known_in(request, hall, *MANAGERS)
    content = await request.body()
    if look:
        return await core(request).sheets.look(hall, content)
    key = always_once(request, who, content.hex())
    return await core(request).sheets.take(hall, content, who, key)
