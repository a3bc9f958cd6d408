"""One's own page: where one is signed in, and one's password."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from . import sentences
from .account_words import ACCOUNT
from .desk import to_sign_in
from .ports import PageServices
from .render import language_of, missing, page


def routes(services: PageServices) -> APIRouter:
    router = APIRouter()

    @router.get("/account", response_class=HTMLResponse)
    async def show(request: Request) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        board = await services.board(who.hall)
        if board is None:
            return missing(request, language_of(request))
        return page(
            request,
            "account.html",
            language_of(request),
            sentences=ACCOUNT | sentences.TROUBLE,
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            zone=board.hall.zone,
        )

    return router
