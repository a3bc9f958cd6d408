"""Questions to customers about faults: answered by page or phone, asked anew, signed for, acted on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol import lab as l

from .asking import LAB, asker, core, known_in, once, once_for
from .problems import RESPONSES

public = APIRouter(prefix="/api/v1/negotiations", tags=["negotiations"], responses=RESPONSES)
router = APIRouter(prefix="/api/v1/halls/{hall}/lab/negotiations", tags=["negotiations"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{1,32}$")]


@public.post("/{id}/answer", status_code=204)
async def answer(request: Request, id: Id, body: l.AnswerBody) -> Response:
    """The customer's answer, with a code of the case and their phone's last digits; staff on the phone need
    neither."""
    by = await asker(request)
    key = once_for(request, by, body.model_dump_json())
    await core(request).negotiations.answer(id, body, by, key)
    return Response(status_code=204)


@router.get("", response_model=list[l.QuestionRow])
async def listed(request: Request, hall: Hall) -> list[l.QuestionRow]:
    """The questions that are open, those due first; what nobody answered in time is marked."""
    await known_in(request, hall, "clerk", *LAB)
    return await core(request).negotiations.listed(hall)


@router.post("/{id}/propose", response_model=l.SheetView)
async def propose(request: Request, hall: Hall, id: Id, body: l.Propose) -> l.SheetView:
    """Ask anew, after a no or when nobody answered."""
    who = await known_in(request, hall, *LAB)
    key = once(request, who, body.model_dump_json())
    code = await core(request).negotiations.propose(hall, id, body, who, key)
    return await core(request).lab.sheet(hall, code, who)


@router.post("/{id}/sign", response_model=l.SheetView)
async def sign(request: Request, hall: Hall, id: Id, body: l.SignReturn) -> l.SheetView:
    """Sign for what goes back untested: the supervisor, or the customer before a member of staff."""
    who = await known_in(request, hall, "clerk", *LAB)
    key = once(request, who, body.model_dump_json())
    code = await core(request).negotiations.sign(hall, id, body, who, key)
    return await core(request).lab.sheet(hall, code, who)


@router.post("/{id}/execute", response_model=l.SheetView)
async def execute(request: Request, hall: Hall, id: Id) -> l.SheetView:
    """Do what the customer agreed to."""
    who = await known_in(request, hall, *LAB)
    code = await core(request).negotiations.execute(hall, id, who, once(request, who))
    return await core(request).lab.sheet(hall, code, who)
