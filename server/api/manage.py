"""The manager's routes: services, counters, staff, devices, settings, emergency; and what devices report."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol import admin as a
from server.protocol.commands import DeviceStatus, Emergency
from server.protocol.devices import DeviceTasks
from server.services import setup
from server.services.people import Who
from server.services.refused import refuse
from server.services.work import Once

from .asking import MANAGERS, core, known, known_in, once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["manage"], responses=RESPONSES)
devices_router = APIRouter(prefix="/api/v1/devices", tags=["devices"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Name = Annotated[str, Path(max_length=64)]


def _once(request: Request, who: Who, *asked: object) -> Once:
    """A change of the set-up always has a key: one is made where the client sent none."""
    return once(request, who, *asked) or Once.of(uuid.uuid4().hex, *asked)


@router.get("/services", response_model=list[a.ServiceSettings])
async def services(request: Request, hall: Hall) -> list[a.ServiceSettings]:
    await known_in(request, hall, *MANAGERS)
    return [setup.service_view(one) for one in core(request).halls.floor(hall).hall.services.values()]


@router.post("/services", status_code=201, response_model=a.ServiceSettings)
async def add_service(request: Request, hall: Hall, body: a.ServiceSettings) -> a.ServiceSettings:
    who = await known_in(request, hall, *MANAGERS)
    key = _once(request, who, body.model_dump(mode="json"))
    await core(request).setup.put_service(hall, body, who, new=True, once=key)
    return body


@router.put("/services/{service}", response_model=a.ServiceSettings)
async def change_service(
    request: Request, hall: Hall, service: Name, body: a.ServiceSettings
) -> a.ServiceSettings:
    who = await known_in(request, hall, *MANAGERS)
    if body.id != service:
        raise refuse("bad_request", where="id")
    key = _once(request, who, body.model_dump(mode="json"))
    await core(request).setup.put_service(hall, body, who, new=False, once=key)
    return body


@router.get("/counters", response_model=list[a.CounterSettings])
async def counters(request: Request, hall: Hall) -> list[a.CounterSettings]:
    await known_in(request, hall, *MANAGERS)
    return [setup.counter_view(one) for one in core(request).halls.floor(hall).hall.counters.values()]


@router.post("/counters", status_code=201, response_model=a.CounterSettings)
async def add_counter(request: Request, hall: Hall, body: a.CounterSettings) -> a.CounterSettings:
    who = await known_in(request, hall, *MANAGERS)
    key = _once(request, who, body.model_dump(mode="json"))
    await core(request).setup.put_counter(hall, body, who, new=True, once=key)
    return body


@router.put("/counters/{counter}", response_model=a.CounterSettings)
async def change_counter(
    request: Request, hall: Hall, counter: Name, body: a.CounterSettings
) -> a.CounterSettings:
    who = await known_in(request, hall, *MANAGERS)
    if body.number != counter:
        raise refuse("bad_request", where="number")
    key = _once(request, who, body.model_dump(mode="json"))
    await core(request).setup.put_counter(hall, body, who, new=False, once=key)
    return body


@router.get("/settings", response_model=a.HallSettings)
async def settings(request: Request, hall: Hall) -> a.HallSettings:
    await known_in(request, hall, *MANAGERS)
    return setup.settings_view(core(request).halls.floor(hall).hall)


@router.put("/settings", response_model=a.HallSettings)
async def change_settings(request: Request, hall: Hall, body: a.HallSettings) -> a.HallSettings:
    who = await known_in(request, hall, *MANAGERS)
    key = _once(request, who, body.model_dump(mode="json"))
    await core(request).setup.put_settings(hall, body, who, key)
    return body


@router.post("/emergency", status_code=204)
async def emergency(request: Request, hall: Hall, body: Emergency) -> Response:
    """Fill every screen of the hall with a text, or lift it."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump(mode="json"))
    await core(request).setup.set_emergency(hall, body, who, key)
    return Response(status_code=204)


@router.get("/staff", response_model=list[a.StaffAnswer])
async def staff(request: Request, hall: Hall) -> list[a.StaffAnswer]:
    await known_in(request, hall, *MANAGERS)
    return await core(request).setup.staff(hall)


@router.post("/staff", status_code=201, response_model=a.StaffAnswer)
async def add_staff(request: Request, hall: Hall, body: a.StaffSettings) -> a.StaffAnswer:
    """A new staff member; the password is answered this once."""
    who = await known_in(request, hall, *MANAGERS)
    key = _once(request, who, body.model_dump(mode="json"))
    return await core(request).setup.put_staff(hall, body, who, new=True, once=key)


@router.put("/staff/{user}", response_model=a.StaffAnswer)
async def change_staff(request: Request, hall: Hall, user: Name, body: a.StaffSettings) -> a.StaffAnswer:
    who = await known_in(request, hall, *MANAGERS)
    if body.user != user:
        raise refuse("bad_request", where="user")
    key = _once(request, who, body.model_dump(mode="json"))
    return await core(request).setup.put_staff(hall, body, who, new=False, once=key)


@router.get("/devices", response_model=list[a.DeviceAnswer])
async def devices(request: Request, hall: Hall) -> list[a.DeviceAnswer]:
    await known_in(request, hall, *MANAGERS)
    return await core(request).setup.devices(hall)


@router.post("/devices", status_code=201, response_model=a.DeviceAnswer)
async def add_device(request: Request, hall: Hall, body: a.DeviceSettings) -> a.DeviceAnswer:
    """A new device; its token is answered this once."""
    who = await known_in(request, hall, *MANAGERS)
    key = _once(request, who, body.model_dump(mode="json"))
    return await core(request).setup.add_device(hall, body, who, key)


@router.delete("/devices/{name}", status_code=204)
async def revoke_device(request: Request, hall: Hall, name: Name) -> Response:
    """The device's token is worth nothing from now on."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).setup.revoke_device(hall, name, who)
    return Response(status_code=204)


@devices_router.post("/self/status", response_model=DeviceTasks)
async def report(request: Request, body: DeviceStatus) -> DeviceTasks:
    """A device's own report, every 30 s and on each change; answered with what it is to do."""
    who = await known(request, "kiosk", "display")
    await core(request).setup.report(who, body)
    return await core(request).errands.tasks(who)
