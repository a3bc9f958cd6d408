"""Standards and devices: their book, state, checks and correction factors; a scan shows the state now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from server.protocol import lab_book as k

from .asking import LAB, core, known_in, once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/halls/{hall}/lab/equipment", tags=["equipment"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Code = Annotated[str, Path(max_length=64)]


@router.get("", response_model=list[k.EquipmentView])
async def listed(request: Request, hall: Hall) -> list[k.EquipmentView]:
    """All of it, by section and number."""
    await known_in(request, hall, *LAB)
    return await core(request).equipment.listed(hall)


@router.get("/{code}", response_model=k.EquipmentView)
async def one(request: Request, hall: Hall, code: Code) -> k.EquipmentView:
    """By a scan of its label, or its own number: what it is now."""
    await known_in(request, hall, "clerk", *LAB)
    return await core(request).equipment.one(hall, code)


@router.post("", status_code=201, response_model=k.EquipmentView)
async def add(request: Request, hall: Hall, body: k.EquipmentBody) -> k.EquipmentView:
    """Enter a piece; it gets its code."""
    who = await known_in(request, hall, "manager", "admin")
    key = once(request, who, body.model_dump_json())
    return await core(request).equipment.one(hall, await core(request).equipment.add(hall, body, who, key))


@router.put("/{code}", response_model=k.EquipmentView)
async def change(request: Request, hall: Hall, code: Code, body: k.EquipmentBody) -> k.EquipmentView:
    """Say anew what it is, such as the certificate of its last calibration."""
    who = await known_in(request, hall, "manager", "admin")
    known = (await core(request).equipment.one(hall, code)).code
    await core(request).equipment.change(hall, known, body, who, once(request, who, body.model_dump_json()))
    return await core(request).equipment.one(hall, known)


@router.post("/{code}/state", response_model=k.EquipmentView)
async def state(request: Request, hall: Hall, code: Code, body: k.EquipmentStateBody) -> k.EquipmentView:
    """Take it out, limit it, or put it back, which needs a good check since it was taken out."""
    who = await known_in(request, hall, *LAB)
    await core(request).equipment.put(hall, code, body, who, once(request, who, body.model_dump_json()))
    return await core(request).equipment.one(hall, code)


@router.post("/{code}/checks", response_model=k.EquipmentView)
async def check(request: Request, hall: Hall, code: Code, body: k.CheckBody) -> k.EquipmentView:
    """Write down an intermediate check (期间核查); a bad one takes the piece out at once."""
    who = await known_in(request, hall, *LAB)
    await core(request).equipment.check(hall, code, body, who, once(request, who, body.model_dump_json()))
    return await core(request).equipment.one(hall, code)


@router.post("/{code}/factors", response_model=k.EquipmentView)
async def factors(request: Request, hall: Hall, code: Code, body: k.FactorsBody) -> k.EquipmentView:
    """The next version of its correction factors (修正值); earlier ones stay in its book."""
    who = await known_in(request, hall, "manager", "admin")
    await core(request).equipment.factors(hall, code, body, who, once(request, who, body.model_dump_json()))
    return await core(request).equipment.one(hall, code)
