"""The outbox for managers: where messages to customers are, without saying to whom they go."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import outbox as o

from .asking import MANAGERS, core, known_in, once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["messages"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
States = Annotated[tuple[o.MessageState, ...], Query(alias="state", max_length=8)]
Kinds = Annotated[tuple[o.MessageKind, ...], Query(alias="kind", max_length=8)]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/messages", response_model=o.MessagesView)
async def messages(
    request: Request,
    hall: Hall,
    states: States = (),
    kinds: Kinds = (),
    limit: Limit = 100,
) -> o.MessagesView:
    """How many messages are in each state, and the newest of those asked for."""
    await known_in(request, hall, *MANAGERS)
    return await core(request).messages.listed(hall, states, kinds, limit)


@router.post("/messages/{id}/retry", status_code=204)
async def retry(request: Request, hall: Hall, id: Id) -> Response:
    """Send a message that was given up once more, under its own id."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).messages.retry(hall, id, who, once(request, who))
    return Response(status_code=204)
