"""The staff's pages around visits: appointments, booking on behalf, orders, samples, what falls due."""

from __future__ import annotations

from typing import Final, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.protocol import topics
from server.protocol.words import CHANNELS, CUSTOMER_TYPES, ON_BEHALF

from . import sentences
from .book_ports import BookingServices
from .desk import to_sign_in
from .ports import PageServices
from .render import language_of, missing, page
from .visits_words import FORMS, VISITS

Part = Literal["day", "book", "orders", "fleet", "samples", "due", "sources", "messages"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
MANAGERS_ONLY: Final[frozenset[Part]] = frozenset({"messages"})
SCRIPTS: Final[dict[Part, tuple[str, ...]]] = {
    "day": ("visits_slots.js", "visits_case.js", "visits_day.js"),
    "book": ("visits_slots.js", "visits_who.js", "visits_book.js"),
    "orders": ("visits_orders.js",),
    "fleet": ("visits_who.js", "visits_sheet.js", "visits_fleet.js"),
    "samples": ("visits_samples.js",),
    "due": ("visits_sheet.js", "visits_due.js"),
    "sources": ("visits_sources.js",),
    "messages": ("visits_messages.js",),
}
"""What a part's page loads beside what all of them share."""


def routes(services: PageServices, booking: BookingServices) -> APIRouter:
    router = APIRouter()

    @router.get("/visits/{hall}", response_class=HTMLResponse)
    async def front(request: Request, hall: str) -> Response:
        return await show(request, hall, "day")

    @router.get("/visits/{hall}/{what}", response_class=HTMLResponse)
    async def show(request: Request, hall: str, what: str) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not topics.NAME.fullmatch(hall):
            return missing(request, language)
        of_managers = what in MANAGERS_ONLY and not who.manages
        if hall != who.hall or not who.roles & {"clerk", "manager", "admin"} or of_managers:
            return page(request, "forbidden.html", language, status=403, who=who)
        board = await services.board(hall)
        part = next((one for one in PARTS if one == what), None)
        offer = await booking.catalogue(hall)
        if part is None or board is None or offer is None:
            return missing(request, language)
        return page(
            request,
            "visits.html",
            language,
            sentences=FORMS | sentences.WAIT | sentences.TROUBLE | VISITS,
            zone=board.hall.zone,
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            part=part,
            parts=[one for one in PARTS if who.manages or one not in MANAGERS_ONLY],
            scripts=SCRIPTS[part],
            facts={
                "hall": hall,
                "part": part,
                "today": offer.today.isoformat(),
                "manages": who.manages,
                "types": CUSTOMER_TYPES,
                "channels": CHANNELS,
                "on_behalf": ON_BEHALF,
            },
        )

    return router
