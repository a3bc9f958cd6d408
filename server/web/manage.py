"""The manager's pages: plain forms over the JSON API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from . import health_words as words
from . import sentences
from .account_words import PAIRING, SIGN_INS
from .desk import to_sign_in
from .keeping_words import KEEPING
from .lease_words import LEASES
from .offer_words import OFFER
from .ports import PageServices
from .render import language_of, missing, page

Part = Literal[
    "today",
    "health",
    "services",
    "counters",
    "staff",
    "sign-ins",
    "devices",
    "catalogue",
    "slots",
    "calendar",
    "authorisations",
    "booking",
    "promises",
    "data",
    "settings",
    "emergency",
]
PARTS: tuple[Part, ...] = get_args(Part)
OWN: dict[str, Mapping[str, str]] = {
    "today": words.TODAY,
    "health": words.HEALTH,
    "devices": LEASES,
    "data": KEEPING,
}
"""Parts with sentences of their own."""
OF_OFFER: frozenset[Part] = frozenset(
    ("catalogue", "slots", "calendar", "authorisations", "booking", "promises")
)


def routes(services: PageServices) -> APIRouter:
    router = APIRouter()

    @router.get("/manage", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        return await show(request, "today")

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
        of_offer = part in OF_OFFER
        return page(
            request,
            "manage.html",
            language,
            sentences=sentences.MANAGE
            | sentences.TROUBLE
            | words.BADGE
            | (OFFER if of_offer else PAIRING | SIGN_INS)
            | dict(OWN.get(part, {})),
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            part=part,
            parts=PARTS,
            of_offer=of_offer,
            today=datetime.now(ZoneInfo(board.hall.zone)).date().isoformat(),
        )

    return router
