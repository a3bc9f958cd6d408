"""The voucher's page, sheet, picture and calendar entry, for whoever has its code (65 random bits).

None of them shows the phone number: its tail is the second proof, for changing and cancelling.
"""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.protocol.booking import AppointmentView
from server.protocol.codes import Code, read, spaced
from server.protocol.language import catalogue as speech

from . import voucher_print
from .book import booking_page, own_headers
from .book_find import contacts, hours_of
from .book_ports import BookingServices
from .follow_ports import FollowServices
from .render import language_of, page


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


SAID = {
    "booked": _("预约成功。请保存好凭证。"),
    "moved": _("已改期。凭证和编号不变。"),
    "cancelled": _("已取消。这张凭证不能再用。"),
}
SHEETS_AT_ONCE = 2


def routes(services: BookingServices) -> APIRouter:
    router = APIRouter()
    drawing = asyncio.Semaphore(SHEETS_AT_ONCE)

    async def find(text: str) -> AppointmentView | None:
        code = read(text[:64])
        if not isinstance(code, Code) or code.kind != "V":
            return None
        return await services.voucher(code.text)

    def none(request: Request) -> HTMLResponse:
        return page(request, "voucher_none.html", language_of(request), status=404)

    async def drawn(request: Request, text: str, kind: str) -> Response:
        one = await find(text)
        if one is None:
            return none(request)
        language = language_of(request)
        said = own_headers(request) | {
            "Content-Disposition": f'inline; filename="voucher-{one.number}.{kind}"',
            "Content-Language": "zh-CN" if language == "zh" else "en",
            "X-Robots-Tag": "noindex, noarchive",
        }
        if kind == "ics":
            return Response(voucher_print.calendar(one, language), 200, said, "text/calendar; charset=utf-8")
        async with drawing:
            if kind == "pdf":
                made = await asyncio.to_thread(voucher_print.sheet, one, "pdf", language)
                return Response(made, 200, said, "application/pdf")
            made = await asyncio.to_thread(voucher_print.sheet, one, "png", language)
            return Response(made, 200, said, "image/png")

    @router.get("/v/{code}.pdf", response_class=Response)
    async def pdf(request: Request, code: str) -> Response:
        return await drawn(request, code, "pdf")

    @router.get("/v/{code}.png", response_class=Response)
    async def png(request: Request, code: str) -> Response:
        return await drawn(request, code, "png")

    @router.get("/v/{code}.ics", response_class=Response)
    async def ics(request: Request, code: str) -> Response:
        return await drawn(request, code, "ics")

    @router.get("/v/{code}", response_class=HTMLResponse)
    async def voucher(request: Request, code: str) -> Response:
        one = await find(code)
        view = await services.catalogue(one.hall) if one else None
        if one is None or view is None:
            return none(request)
        language = language_of(request)
        say = speech("web", language)
        done = request.query_params.get("done", "")
        fits = done and (one.state == "cancelled") == (done == "cancelled")
        return booking_page(
            request,
            "voucher.html",
            view,
            services.head(view.hall),
            one=one,
            hours_of=hours_of,
            number=spaced(one.number),
            qr=voucher_print.qr_svg(one.code, say(_("凭证二维码"))),
            said=say(SAID[done]) if done in SAID and fits else "",
            contacts=contacts(one, view),
            case=await services.case_of_number(one.number) if isinstance(services, FollowServices) else "",
        )

    @router.get("/v/{anything:path}", response_class=HTMLResponse)
    async def no_voucher(request: Request) -> HTMLResponse:
        return none(request)

    return router
