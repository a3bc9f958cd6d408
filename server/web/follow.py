"""The page of a case (进度): how far it is, what is asked, and with the phone's tail what is its customer's.

Whole without JavaScript: with it, the page is fetched anew when the live topic says that something changed.
The tail is posted with each form, and stands in no address.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.protocol.codes import Code, read, spaced
from server.protocol.errors import Problem
from server.protocol.language import catalogue as speech
from server.protocol.pickup import CertificatesView, ProgressView
from server.protocol.words import SampleState

from . import book_words as words
from . import voucher_print
from .book import address_of, from_elsewhere, own_headers
from .book_find import plain_tail
from .book_form import local_form, sent
from .follow_ports import FollowServices
from .render import language_of, page


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


ICONS: Final = {
    "booked": "calendar-days",
    "registered": "clipboard-list",
    "supplement_required": "file-warning",
    "rejected": "circle-x",
    "accepted": "clipboard-check",
    "in_progress": "gauge",
    "ready": "package-check",
    "partly_released": "package-open",
    "released": "circle-check",
    "posted": "truck",
    "closed": "circle-check",
}
"""Stage or state → its drawing."""
TONES: Final[dict[SampleState, str]] = {
    "ready": "good",
    "released": "good",
    "fault_hold": "warn",
    "refused_at_intake": "bad",
    "returned_untested": "bad",
}
"""How a piece's state is coloured; the others are calm."""
SAYS: Final = {
    "live": _("本页会自动更新"),
    "lost": _("网络断开，恢复后自动更新"),
    "answered": _("已收到您的答复，谢谢。"),
}
ID = re.compile(r"[0-9a-f]{32}")


def routes(services: FollowServices) -> APIRouter:
    router = APIRouter()

    def none(request: Request) -> HTMLResponse:
        return page(request, "follow_none.html", language_of(request), status=404)

    async def shown(
        request: Request,
        view: ProgressView,
        tail: str = "",
        problem: Problem | None = None,
        wrong: str = "",
        said: str = "",
    ) -> HTMLResponse:
        language = language_of(request)
        say = speech("web", language)
        proven = bool(tail)
        certificates: CertificatesView | Problem | None = None
        if proven:
            certificates = await services.case_certificates(view, tail, address_of(request), language)
        head = services.head(view.hall)
        response = page(
            request,
            "follow.html",
            language,
            status=problem.status if problem else 422 if wrong else 200,
            zone=view.zone,
            head=head,
            sentences=SAYS,
            view=view,
            hours=head.hours if head else None,
            proven=proven,
            tail=tail,
            problem=problem,
            wrong=wrong,
            said=said,
            number=spaced(view.number) if proven else f"…{view.number}",
            certificates=certificates if isinstance(certificates, CertificatesView) else None,
            qr=voucher_print.qr_svg(view.pickup_code, say(_("取件码"))) if view.pickup_code else "",
            pickup_number=spaced(view.pickup_number),
            icons=ICONS,
            tones=TONES,
            collectable=any(piece.ready for piece in view.pieces),
            certified=any(piece.certificate for piece in view.pieces),
            moment=lambda at: words.moment_text(at, view.zone, language),
            day_text=lambda day: words.day_text(day, language),
            topics=[f"case:{view.code}", f"hall:{view.hall}"],
            switch_by_form=proven,
        )
        response.headers.update(own_headers(request))
        return response

    def code_of(text: str) -> str:
        code = read(text[:64])
        return code.text if isinstance(code, Code) and code.kind == "C" else ""

    def voucher_of(text: str) -> str:
        code = read(text[:64])
        return code.text if isinstance(code, Code) and code.kind == "V" else ""

    @router.get("/c/{code}", response_class=HTMLResponse)
    async def look(request: Request, code: str) -> Response:
        known = code_of(code)
        if not known and (voucher := voucher_of(code)):
            # Its page says when to come, and leads to the case once there is one.
            return RedirectResponse(f"/v/{voucher}", 303, own_headers(request))
        view = await services.case(known, "", address_of(request), language_of(request)) if known else None
        if view is None or (isinstance(view, Problem) and view.status == 404):
            return none(request)
        if isinstance(view, Problem):
            return page(request, "follow_none.html", language_of(request), status=view.status, problem=view)
        return await shown(request, view)

    @router.post("/c/{code}", response_class=HTMLResponse)
    async def ask(request: Request, code: str) -> Response:
        """With the tail: what is the customer's own, an answer to a question, a certificate's file."""
        language, address = language_of(request), address_of(request)
        say = speech("web", language)
        known = code_of(code)
        plain = await services.case(known, "", address, language) if known else None
        if plain is None or isinstance(plain, Problem):
            return none(request)
        if not local_form(request):
            return await shown(request, plain, problem=from_elsewhere(language))
        data = await sent(request)
        tail = plain_tail(data.get("tail", "")[:16])
        if not re.fullmatch(r"[0-9]{4}", tail):
            return await shown(request, plain, wrong=say(_("请填写登记手机号的后四位数字。")))
        view = await services.case(known, tail, address, language)
        if isinstance(view, Problem):
            return await shown(request, plain, problem=view)
        id = data.get("id", "")
        if data.get("go") == "certificate" and ID.fullmatch(id):
            link = await services.case_download(id, known, tail, address, language)
            if isinstance(link, Problem):
                return await shown(request, view, tail, problem=link)
            return RedirectResponse(link.url, 303, own_headers(request))
        if data.get("go") == "answer" and ID.fullmatch(id):
            option, remark = data.get("option", ""), data.get("remark", "")[:200]
            if not option:
                return await shown(request, view, tail, wrong=say(_("请先选一项，再提交答复。")))
            against = await services.case_answer(id, known, tail, option, remark, address, language)
            after = await services.case(known, tail, address, language)
            said = "" if against else say(SAYS["answered"])
            now = view if isinstance(after, Problem) else after
            return await shown(request, now, tail, against, said=said)
        return await shown(request, view, tail)

    @router.get("/c/{anything:path}", response_class=HTMLResponse)
    async def no_case(request: Request) -> HTMLResponse:
        return none(request)

    return router


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
