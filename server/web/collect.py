"""The staff's page for handing out (取件): the customer's code, then each piece, then it is theirs.

It is worked with a scanner alone: the code, the pieces, the code again.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.protocol import topics

from .collect_words import COLLECT
from .desk import to_sign_in
from .ports import PageServices
from .render import language_of, missing, page

PROOFS = ("identity_card", "business_licence", "authorisation_letter", "known_in_person")


def routes(services: PageServices) -> APIRouter:
    router = APIRouter()

    @router.get("/pickup", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        who = await services.signed_in(request)
        return to_sign_in(request) if who is None else await show(request, who.hall)

    @router.get("/pickup/{hall}", response_class=HTMLResponse)
    async def show(request: Request, hall: str) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not topics.NAME.fullmatch(hall):
            return missing(request, language)
        if hall != who.hall or not who.roles & {"clerk", "manager", "admin"}:
            return page(request, "forbidden.html", language, status=403, who=who)
        board = await services.board(hall)
        if board is None:
            return missing(request, language)
        return page(
            request,
            "collect.html",
            language,
            sentences=COLLECT,
            zone=board.hall.zone,
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            proofs=PROOFS,
            facts={"hall": hall},
        )

    return router
