"""The hall's machines for its managers: how they are, alarms, the maintenance log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import devices as d
from server.protocol.today import TodayView

from .asking import MANAGERS, core, known_in, once
from .problems import RESPONSES, language_of

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["health"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
CSV = "text/csv"


@router.get("/health", response_model=d.HealthView)
async def health(request: Request, hall: Hall) -> d.HealthView:
    """What needs somebody first, then each device, then the server."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).health.seen(hall)


@router.get("/today", response_model=TodayView)
async def today(request: Request, hall: Hall) -> TodayView:
    """Who waits and how long, what was done, what is late, which machine needs somebody."""
    who = await known_in(request, hall, *MANAGERS)
    return await core(request).today.seen(hall, who)


@router.get("/alarms", response_model=list[d.AlarmView])
async def standing(request: Request, hall: Hall) -> list[d.AlarmView]:
    """The alarms that stand, the gravest first."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).alarms.listed(hall)


@router.post("/alarms/{id}/seen", status_code=204)
async def seen(request: Request, hall: Hall, id: Id) -> Response:
    """Who asks takes care of it; the first who does stands at it."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).alarms.seen(hall, id, who, once(request, who))
    return Response(status_code=204)


@router.get("/upkeep", response_model=list[d.UpkeepLine])
async def log(
    request: Request, hall: Hall, device: Annotated[str, Query(max_length=32)] = ""
) -> list[d.UpkeepLine]:
    """The maintenance log, the newest first; of one device, where one is named."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).upkeep.listed(hall, device)


@router.post("/upkeep", status_code=201, response_model=d.UpkeepLine)
async def enter(request: Request, hall: Hall, body: d.UpkeepDone) -> d.UpkeepLine:
    """Who asks has looked after a machine."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump_json())
    return await core(request).upkeep.enter(hall, body, who, key)


@router.get("/upkeep.csv", response_class=Response, responses={200: {"content": {CSV: {}}}})
async def table(request: Request, hall: Hall) -> Response:
    """All of the log as CSV in UTF-8."""
    await known_in(request, hall, *MANAGERS)
    halls = core(request).halls
    day = halls.floor(hall).hall.day(halls.now())
    content = await core(request).upkeep.csv(hall, language_of(request))
    name = f"upkeep-{hall}-{day}.csv"
    return Response(
        content, media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
