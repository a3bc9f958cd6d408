"""What is kept, for managers: seals, exports with their purpose, retention, one person's data."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from server.protocol import keeping as k

from .asking import MANAGERS, core, known_in, once
from .manage import _once as always_once
from .problems import RESPONSES, language_of
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["keeping"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/csv", XLSX)}
    }
}
JSON_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}}}}
PART = 64 * 1024


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


# Seals ------------------------------------------------------------------------------------------


@router.get("/seals", response_model=k.SealsView)
async def seals(request: Request, hall: Hall) -> k.SealsView:
    """The seals of the last days, the newest first."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).sealer.listed(hall)


@router.get("/seals.json", response_class=Response, responses=JSON_FILE)
async def all_seals(request: Request, hall: Hall) -> Response:
    """All seals in one file, to be kept outside the machine."""
    await known_in(request, hall, *MANAGERS)
    content = await core(request).sealer.files(hall)
    return Response(content, media_type="application/json", headers=_named(f"seals-{hall}.json"))


@router.get("/seals/{day}", response_class=Response, responses=JSON_FILE)
async def seal(request: Request, hall: Hall, day: date) -> Response:
    """One day's seal as a file, to be kept outside the machine."""
    await known_in(request, hall, *MANAGERS)
    content = await core(request).sealer.file(hall, day)
    return Response(content, media_type="application/json", headers=_named(f"seal-{hall}-{day}.json"))


# Exports ----------------------------------------------------------------------------------------


@router.get("/exports", response_model=list[k.ExportLine])
async def exports(request: Request, hall: Hall) -> list[k.ExportLine]:
    """Who took which data, and what for."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).exports.listed(hall)


@router.post("/exports", response_class=Response, responses=FILE)
async def export(request: Request, hall: Hall, body: k.ExportAsked) -> Response:
    """The file. Each has its line in the journal, also where the same is asked for again."""
    who = await known_in(request, hall, *MANAGERS)
    made = await core(request).exports.make(hall, body, who, language_of(request))
    headers = _named(made.name) | {"Content-Length": str(made.size)}
    parts = iter(lambda: made.file.read(PART), b"")
    media = CSV if body.format == "csv" else XLSX
    return StreamingResponse(
        parts, media_type=media, headers=headers, background=BackgroundTask(made.file.close)
    )


# Retention --------------------------------------------------------------------------------------


@router.get("/retention", response_model=k.RetentionView)
async def retention(request: Request, hall: Hall) -> k.RetentionView:
    await known_in(request, hall, *MANAGERS)
    return await core(request).persons.retention(hall)


@router.put("/retention", response_model=k.RetentionView)
async def keep_for(request: Request, hall: Hall, body: k.RetentionBody) -> k.RetentionView:
    """For how long personal data is kept after the last that was done for somebody."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).persons.keep_for(hall, body, who, always_once(request, who, body.model_dump()))
    return await core(request).persons.retention(hall)


# One person -------------------------------------------------------------------------------------


@router.post("/persons/find", response_model=k.PersonView)
async def find_person(request: Request, hall: Hall, body: k.PersonAsked) -> k.PersonView:
    """Whose data it is, masked, and how much is kept of them."""
    who = await known_in(request, hall, *MANAGERS)
    return await core(request).persons.find(hall, body, who)


@router.post("/persons/copy", response_class=Response, responses=JSON_FILE)
async def copy_of_person(request: Request, hall: Hall, body: k.CopyAsked) -> Response:
    """All that is kept of a person, to be handed over to them."""
    who = await known_in(request, hall, *MANAGERS)
    name, content = await core(request).persons.copy(hall, body, who)
    return Response(content, media_type="application/json", headers=_named(name))


@router.get("/erasures", response_model=list[k.ErasureLine])
async def erasures(request: Request, hall: Hall) -> list[k.ErasureLine]:
    await known_in(request, hall, *MANAGERS)
    return await core(request).persons.erasures(hall)


@router.post("/erasures", status_code=201, response_model=k.ErasureView)
async def erase(request: Request, hall: Hall, body: k.ErasureAsked) -> Response:
    """Erase a person's data at their request; refused while anything of theirs is open."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump(mode="json"))
    return json(await core(request).persons.erase(hall, body, who, key))
