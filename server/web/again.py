"""Coming again (再次送检): from the QR on a status label to a booked place in two taps.

A slot, then the button; the phone's last digits between them are the proof that it is their instrument. Who
is not known here, or would rather fill everything in, goes to the booking form with the instrument entered.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.protocol.again import AgainView
from server.protocol.errors import Problem
from server.protocol.language import catalogue as speech

from . import book_words as words
from .book import address_of, from_elsewhere, own_headers
from .book_find import plain_tail
from .book_form import KEY, local_form, sent
from .follow import day_of
from .follow_ports import FollowServices
from .render import language_of, page


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


def routes(services: FollowServices) -> APIRouter:
    router = APIRouter()

    def shown(
        request: Request,
        view: AgainView,
        problem: Problem | None = None,
        wrong: str = "",
        when: str = "",
        key: str = "",
    ) -> HTMLResponse:
        language = language_of(request)
        response = page(
            request,
            "again.html",
            language,
            status=problem.status if problem else 422 if wrong else 200,
            zone=view.zone,
            head=services.head(view.hall),
            view=view,
            problem=problem,
            wrong=wrong,
            when=when,
            key=key or secrets.token_urlsafe(24),
            form=f"/book/{view.hall}?{urlencode({f'p.{view.item}': '1'})}",
            day_text=lambda day, today=None: words.day_text(day, language, today),
        )
        response.headers.update(own_headers(request))
        return response

    @router.get("/again/{code}", response_class=HTMLResponse)
    async def look(request: Request, code: str) -> Response:
        view = await services.again(code[:64], language_of(request))
        if view is None:
            return page(request, "follow_none.html", language_of(request), status=404)
        return shown(request, view)

    @router.post("/again/{code}", response_class=HTMLResponse)
    async def book(request: Request, code: str) -> Response:
        language = language_of(request)
        say = speech("web", language)
        view = await services.again(code[:64], language)
        if view is None:
            return page(request, "follow_none.html", language, status=404)
        if not local_form(request):
            return shown(request, view, from_elsewhere(language))
        data = await sent(request)
        tail, when = plain_tail(data.get("tail", "")[:16]), data.get("when", "")[:64]
        key = data.get("key", "")
        key = key if KEY.fullmatch(key) else ""
        day, _slash, slot = when.partition("/")
        on = day_of(day)
        if on is None or not slot:
            return shown(request, view, wrong=say(_("请先选一个时间。")), key=key)
        if not re.fullmatch(r"[0-9]{4}", tail):
            return shown(request, view, wrong=say(_("请填写登记手机号的后四位数字。")), when=when, key=key)
        made = await services.book_again(
            view.code,
            tail,
            on,
            slot,
            key or secrets.token_urlsafe(24),
            address_of(request),
            language,
        )
        if isinstance(made, Problem):
            return shown(request, view, made, when=when, key=key)
        return RedirectResponse(f"/v/{made.code}?done=booked", 303, own_headers(request))

    @router.get("/again/{anything:path}", response_class=HTMLResponse)
    async def nothing(request: Request) -> HTMLResponse:
        return page(request, "follow_none.html", language_of(request), status=404)

    return router
