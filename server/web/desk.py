"""The staff's pages: signing in and out, choosing a counter, and one counter's desk."""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.protocol import topics
from server.protocol.errors import Problem
from server.protocol.language import catalogue
from server.protocol.words import Language

from . import sentences
from .ports import COOKIE, PageServices, WhoIsIn
from .render import headers, language_of, missing, page

FORM_COOKIE = "liqu_form"
"""Holds the value that the sign-in form must send back, so that no other site can send it."""
LARGEST_FORM = 4096
ONWARD = re.compile(r"/(account|desk|manage|visits|cases|lab|pickup|certificates)(/[A-Za-z0-9-]{1,32}){0,2}")
"""Where signing in may lead: pages of ours only."""


def to_sign_in(request: Request) -> RedirectResponse:
    """Sign in first, then come back to this page."""
    return RedirectResponse(f"/sign-in?{urlencode({'next': request.url.path})}", 303, headers(request))


def onward(wanted: str | None, who: WhoIsIn | None = None) -> str:
    """Where signing in leads: the page that was asked for, else where this person works."""
    found = wanted if wanted and ONWARD.fullmatch(wanted) else "/desk"
    return "/lab" if found == "/desk" and who is not None and who.benches else found


def _forget(request: Request, response: Response, cookie: str, path: str) -> None:
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie, path=path, httponly=True, samesite="strict", secure=secure)


def form_problem(language: Language) -> Problem:
    """The form did not come from our page, or stayed open too long."""
    _ = catalogue("web", language)
    return Problem(
        type="about:blank",
        title=_("登录页已过期"),
        status=403,
        code="csrf_failed",
        detail=_("请再填写一次。"),
    )


def routes(services: PageServices) -> APIRouter:
    router = APIRouter()

    def sign_in_page(request: Request, user: str = "", problem: Problem | None = None) -> HTMLResponse:
        form = request.cookies.get(FORM_COOKIE, "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}", form):
            form = secrets.token_urlsafe(32)
        response = page(
            request,
            "sign_in.html",
            language_of(request),
            status=problem.status if problem else 200,
            user=user,
            problem=problem,
            form=form,
            onward=onward(request.query_params.get("next")),
        )
        response.set_cookie(
            FORM_COOKIE,
            form,
            path="/sign-in",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    @router.get("/sign-in", response_class=HTMLResponse)
    async def show_sign_in(request: Request) -> Response:
        who = await services.signed_in(request)
        if who is not None:
            return RedirectResponse(onward(request.query_params.get("next"), who), 303, headers(request))
        return sign_in_page(request)

    @router.post("/sign-in", response_class=HTMLResponse)
    async def sign_in(request: Request) -> Response:
        language = language_of(request)
        size = request.headers.get("content-length", "")
        if not size.isdigit() or int(size) > LARGEST_FORM:
            return sign_in_page(request, problem=form_problem(language))
        sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        user = sent.get("user", "")[:64].strip()
        kept = request.cookies.get(FORM_COOKIE, "")
        if not kept or not hmac.compare_digest(kept.encode(), sent.get("form", "").encode()):
            return sign_in_page(request, user, form_problem(language))
        address = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")
        answer = await services.sign_in(user, sent.get("password", "")[:256], address, language, agent)
        if isinstance(answer, Problem):
            return sign_in_page(request, user, answer)
        response = RedirectResponse(onward(sent.get("next"), answer.who), 303, headers(request))
        response.set_cookie(
            COOKIE,
            answer.cookie,
            max_age=answer.max_age,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        _forget(request, response, FORM_COOKIE, "/sign-in")
        return response

    @router.post("/sign-out", response_class=HTMLResponse)
    async def sign_out(request: Request) -> Response:
        who = await services.signed_in(request)
        size = request.headers.get("content-length", "")
        if who and size.isdigit() and int(size) <= LARGEST_FORM:
            sent = (await request.form()).get("csrf")
            if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), who.csrf.encode()):
                return RedirectResponse("/desk", 303, headers(request))
            await services.sign_out(request)
        response = RedirectResponse("/sign-in", 303, headers(request))
        _forget(request, response, COOKIE, "/")
        return response

    def forbidden(request: Request, who: WhoIsIn) -> HTMLResponse:
        return page(request, "forbidden.html", language_of(request), status=403, who=who)

    @router.get("/desk", response_class=HTMLResponse)
    async def choose(request: Request) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        if not who.roles & {"clerk", "manager", "admin"}:
            return forbidden(request, who)
        board = await services.board(who.hall)
        if board is None:
            return missing(request, language_of(request))
        found = [await services.counter_panel(who.hall, counter.counter) for counter in board.counters]
        return page(
            request,
            "choose.html",
            language_of(request),
            sentences=sentences.CHOOSE | sentences.TROUBLE,
            who=who,
            head=board.hall,
            hall=board.hall,
            panels=[panel for panel in found if panel is not None],
        )

    @router.get("/desk/{hall}/{counter}", response_class=HTMLResponse)
    async def desk(request: Request, hall: str, counter: str) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not topics.NAME.fullmatch(hall) or not topics.COUNTER.fullmatch(counter):
            return missing(request, language)
        if not who.roles & {"clerk", "manager", "admin"} or hall != who.hall:
            return forbidden(request, who)
        view = await services.desk(hall, counter)
        if view is None:
            return missing(request, language)
        return page(
            request,
            "desk.html",
            language,
            sentences=sentences.DESK | sentences.TROUBLE,
            who=who,
            view=view,
            zone=view.hall.zone,
            topic=f"desk:{hall}:{counter}",
        )

    return router
