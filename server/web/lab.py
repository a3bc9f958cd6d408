"""The benches' pages: list, one piece, signatures, equipment, people, rooms, questions to customers."""

from __future__ import annotations

from typing import Final, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from . import sentences
from .book_ports import BookingServices
from .desk import to_sign_in
from .lab_words import LAB
from .ports import PageServices
from .render import language_of, missing, page
from .visits_words import FORMS, VISITS

Part = Literal["bench", "sample", "order", "sign", "questions", "equipment", "climate", "people"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
LISTED: Final[tuple[Part, ...]] = tuple(one for one in PARTS if one not in ("sample", "order"))
"""Those that stand in the navigation; the others are come to by a scan."""
SCRIPTS: Final[dict[Part, tuple[str, ...]]] = {
    "bench": ("lab_bench.js",),
    "sample": ("lab_form.js", "lab_question.js", "lab_sample.js"),
    "order": ("lab_order.js",),
    "sign": ("lab_sign.js",),
    "questions": ("lab_question.js", "lab_questions.js"),
    "equipment": ("lab_equipment.js",),
    "climate": ("lab_climate.js",),
    "people": ("lab_people.js",),
}
"""What a part's page loads beside what all of them share."""


def routes(services: PageServices, booking: BookingServices) -> APIRouter:
    router = APIRouter()

    async def show(request: Request, part: Part, code: str = "") -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not who.at_benches:
            return page(request, "forbidden.html", language, status=403, who=who)
        board = await services.board(who.hall)
        offer = await booking.catalogue(who.hall)
        if board is None or offer is None:
            return missing(request, language)
        return page(
            request,
            "lab.html",
            language,
            sentences=FORMS | sentences.TROUBLE | VISITS | LAB,
            zone=board.hall.zone,
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            part=part,
            parts=LISTED,
            scripts=SCRIPTS[part],
            facts={
                "hall": who.hall,
                "part": part,
                "code": code,
                "today": offer.today.isoformat(),
                "manages": who.manages,
            },
        )

    @router.get("/lab", response_class=HTMLResponse)
    async def bench(request: Request) -> Response:
        return await show(request, "bench")

    @router.get("/lab/sample/{code}", response_class=HTMLResponse)
    async def sample(request: Request, code: str) -> Response:
        return await show(request, "sample", code)

    @router.get("/lab/order/{code}", response_class=HTMLResponse)
    async def order(request: Request, code: str) -> Response:
        return await show(request, "order", code)

    @router.get("/lab/sign", response_class=HTMLResponse)
    async def sign(request: Request) -> Response:
        return await show(request, "sign")

    @router.get("/lab/questions", response_class=HTMLResponse)
    async def questions(request: Request) -> Response:
        return await show(request, "questions")

    @router.get("/lab/equipment", response_class=HTMLResponse)
    async def equipment(request: Request) -> Response:
        return await show(request, "equipment")

    @router.get("/lab/climate", response_class=HTMLResponse)
    async def climate(request: Request) -> Response:
        return await show(request, "climate")

    @router.get("/lab/people", response_class=HTMLResponse)
    async def people(request: Request) -> Response:
        return await show(request, "people")

    return router
