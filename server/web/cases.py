"""The counter's pages: the day's cases, one case with its sheet, custody, referrals, shelves and sites."""

from __future__ import annotations

import asyncio
from typing import Final, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.protocol import topics
from server.protocol.words import CUSTOMER_TYPES, ON_BEHALF

from . import notice_print, sentences
from .book_ports import BookingServices
from .case_ports import CaseServices
from .cases_words import CASES
from .desk import to_sign_in
from .ports import PageServices, WhoIsIn
from .render import headers, language_of, missing, page
from .visits_words import FORMS, VISITS
from .voucher_print import qr_svg

Part = Literal["day", "new", "custody", "referrals", "late", "places"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
MANAGERS_ONLY: Final[frozenset[Part]] = frozenset({"late", "places"})
OF_BENCHES: Final[frozenset[Part]] = frozenset({"custody", "referrals"})
"""What those who work at the benches only come in for."""
SCRIPTS: Final[dict[str, tuple[str, ...]]] = {
    "day": ("cases_day.js",),
    "new": ("visits_who.js", "cases_new.js"),
    "custody": ("cases_custody.js",),
    "referrals": ("cases_refer.js", "cases_referrals.js"),
    "late": ("cases_late.js",),
    "places": ("cases_places.js",),
    "case": (
        "visits_who.js",
        "cases_refer.js",
        "cases_piece.js",
        "cases_side.js",
        "cases_sheet.js",
    ),
}
PAPERS: Final[tuple[notice_print.Paper, ...]] = get_args(notice_print.Paper)
SHEETS_AT_ONCE = 2


def routes(services: PageServices, booking: BookingServices, cases: CaseServices) -> APIRouter:
    router = APIRouter()
    drawing = asyncio.Semaphore(SHEETS_AT_ONCE)

    @router.get("/cases/{hall}", response_class=HTMLResponse)
    async def front(request: Request, hall: str) -> Response:
        who = await services.signed_in(request)
        return await show(request, hall, "custody" if who is not None and who.benches else "day")

    @router.get("/cases/{hall}/orders/{order}", response_class=HTMLResponse)
    async def case(request: Request, hall: str, order: str) -> Response:
        return await drawn(request, hall, "case", order)

    @router.get("/cases/{hall}/notices/{notice}")
    async def told(request: Request, hall: str, notice: str) -> Response:
        """The sheet of a one-time notice; ``?paper=80`` for the receipt printer."""
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if hall != who.hall or not _may(who, "day"):
            return page(request, "forbidden.html", language, status=403, who=who)
        one = await cases.notice(hall, notice.removesuffix(".pdf")[:32])
        if one is None or not notice.endswith(".pdf"):
            return missing(request, language)
        wished = request.query_params.get("paper")
        paper: notice_print.Paper = next((known for known in PAPERS if known == wished), "a4")
        async with drawing:
            made = await asyncio.to_thread(notice_print.sheet, one, paper, language)
        said = headers(request) | {
            "Content-Disposition": f'inline; filename="notice-{one.number}.pdf"',
            "Content-Language": "zh-CN" if language == "zh" else "en",
        }
        return Response(made, 200, said, "application/pdf")

    @router.get("/cases/{hall}/{which}", response_class=HTMLResponse)
    async def show(request: Request, hall: str, which: str) -> Response:
        return await drawn(request, hall, which)

    async def drawn(request: Request, hall: str, what: str, order: str = "") -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not topics.NAME.fullmatch(hall):
            return missing(request, language)
        if hall != who.hall or not _may(who, what):
            return page(request, "forbidden.html", language, status=403, who=who)
        board, offer, places = (
            await services.board(hall),
            await booking.catalogue(hall),
            await cases.places(hall),
        )
        if (not order and what not in PARTS) or board is None or offer is None or places is None:
            return missing(request, language)
        return page(
            request,
            "cases.html",
            language,
            sentences=FORMS | sentences.WAIT | sentences.TROUBLE | VISITS | CASES,
            zone=board.hall.zone,
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            part=what,
            parts=[one for one in PARTS if _may(who, one)],
            scripts=SCRIPTS[what],
            shelf_codes=[one.code for one in places.shelves],
            qr=qr_svg,
            facts={
                "hall": hall,
                "part": what,
                "order": order,
                "today": offer.today.isoformat(),
                "manages": who.manages,
                "benches": who.benches,
                "user": who.user,
                "types": CUSTOMER_TYPES,
                "channels": ON_BEHALF,
                "on_behalf": ON_BEHALF,
                "sites": [one.model_dump(mode="json") for one in places.sites],
                "sections": sorted({one.section for one in offer.items}),
            },
        )

    return router


def _may(who: WhoIsIn, what: str) -> bool:
    """Whether this person comes in there; what is none of the parts is as open as the day's list."""
    if who.benches:
        return what in OF_BENCHES
    if not who.roles & {"clerk", "manager", "admin"}:
        return False
    return who.manages or what not in MANAGERS_ONLY
