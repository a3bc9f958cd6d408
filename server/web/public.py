"""Pages for anyone: the hall, a ticket's live page, the board and the window screen for televisions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from server.protocol import topics
from server.protocol.views import TicketView, WaitRange

from . import sentences
from .book_ports import BookingServices
from .follow_ports import FollowServices
from .ports import PageServices
from .render import language_of, local, missing, page


def wait_key(wait: WaitRange) -> str:
    """Which sentence says this wait: none worth naming, one figure, an end, or a range."""
    if wait.high == 0:
        return "wait_none"
    if wait.low == wait.high:
        return "wait_one"
    return "wait_range" if wait.low else "wait_within"


def ticket_key(ticket: TicketView) -> str:
    """Which sentences of ``sentences.TICKET`` speak of the ticket as it stands."""
    if ticket.state == "waiting" and ticket.ahead == 0:
        return "next"
    return ticket.state


def routes(services: PageServices) -> APIRouter:
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    async def index(request: Request) -> HTMLResponse:
        language = language_of(request)
        halls = [await services.board(head.id) for head in await services.halls()]
        return page(
            request,
            "index.html",
            language,
            sentences=sentences.INDEX,
            halls=[hall for hall in halls if hall is not None],
            wait_key=wait_key,
            books=isinstance(services, BookingServices),
        )

    @router.get("/board/{name}", response_class=HTMLResponse)
    async def board(request: Request, name: str) -> HTMLResponse:
        language = language_of(request)
        view = await services.board(name) if topics.NAME.fullmatch(name) else None
        if view is None:
            return missing(request, language)
        return page(
            request,
            "board.html",
            language,
            sentences=sentences.BOARD,
            verbatim=sentences.BOARD_OTHER,
            view=view,
            zone=view.hall.zone,
            topic=f"board:{name}",
        )

    @router.get("/counter/{counter}", response_class=HTMLResponse)
    async def counter_screen(request: Request, counter: str, hall: str = "main") -> HTMLResponse:
        language = language_of(request)
        known = topics.NAME.fullmatch(hall) and topics.COUNTER.fullmatch(counter)
        view = await services.counter_panel(hall, counter) if known else None
        if view is None:
            return missing(request, language)
        return page(
            request,
            "counter.html",
            language,
            sentences=sentences.COUNTER,
            view=view,
            zone=view.hall.zone,
            topic=f"counter:{hall}:{counter}",
        )

    @router.get("/t/{code}", response_class=HTMLResponse)
    async def ticket(request: Request, code: str) -> HTMLResponse:
        view = await services.ticket(code) if topics.CODE.fullmatch(code) else None
        if view is None:
            return page(request, "no_ticket.html", language_of(request), status=404)
        language = language_of(request, view.language)
        case = await services.case_of_ticket(view.id) if isinstance(services, FollowServices) else ""
        return page(
            request,
            "ticket.html",
            language,
            case=case,
            sentences=sentences.TICKET,
            view=view,
            zone=view.hall.zone,
            key=ticket_key(view),
            wait_key=wait_key(view.wait),
            issued=local(view.issued_at, view.hall.zone),
            topic=f"ticket:{code}",
        )

    @router.get("/t/{anything:path}", response_class=HTMLResponse)
    async def no_ticket(request: Request) -> HTMLResponse:
        return page(request, "no_ticket.html", language_of(request), status=404)

    return router
