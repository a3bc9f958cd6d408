"""How far a case is: for anybody with its code, or its number and the phone's tail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from server.protocol import pickup as p

from .asking import asker, core
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["progress"], responses=RESPONSES)


@router.post("/progress", response_model=p.ProgressView)
async def progress(
    request: Request, hall: Annotated[str, Path(max_length=32)], body: p.FindProgress
) -> p.ProgressView:
    """By the code of a case, a voucher or a pick-up; with the phone's tail all that is its customer's."""
    by = await asker(request)
    core(request).halls.writer(hall)
    return await core(request).progress.find(hall, body, by)
