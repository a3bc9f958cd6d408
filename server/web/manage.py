"""The manager's pages: plain forms over the JSON API."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from . import sentences
from .desk import to_sign_in
from .ports import PageServices
from .render import language_of, missing, page

Part = Literal["services", "counters", "staff", "devices", "settings", "emergency"]
PARTS: tuple[Part, ...] = ("services", "counters", "staff", "devices", "settings", "emergency")


def routes(services: PageServices) -> APIRouter:
    router = APIRouter()

    @router.get("/manage", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        return await show(request, "services")

    @router.get("/manage/{part}", response_class=HTMLResponse)
    async def show(request: Request, part: str) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not who.manages:
            return page(request, "forbidden.html", language, status=403, who=who)
        board = await services.board(who.hall)
        if part not in PARTS or board is None:
            return missing(request, language)
        return page(
            request,
            "manage.html",
            language,
            sentences=sentences.MANAGE | sentences.TROUBLE,
            who=who,
            hall=board.hall,
            part=part,
            parts=PARTS,
        )

    return router
