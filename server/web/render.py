"""How a page is made: its language, its sentences, its headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.protocol.language import catalogue, wished
from server.protocol.views import HallHead, Text
from server.protocol.words import LANGUAGES, Language

from .look import asset, icon

LANGUAGE_COOKIE = "liqu_language"
YEAR = 365 * 24 * 3600

pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_of(request: Request, otherwise: Language = "zh") -> Language:
    """``?lang=`` first, then what was chosen before, then the browser's wish, then ``otherwise``."""
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said in LANGUAGES:
            return said
    return wished(request.headers.get("accept-language", "")) or otherwise


def policy(host: str) -> str:
    """The content security policy: nothing from elsewhere, nothing inline.

    The host's own websocket is named because television browsers do not count it as ``'self'``.
    """
    live = f" ws://{host} wss://{host}" if re.fullmatch(r"[A-Za-z0-9.\-]+(:\d{1,5})?", host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"media-src 'self'; connect-src 'self'{live}; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )


def headers(request: Request) -> dict[str, str]:
    """What every page says about itself to the browser."""
    return {
        "Content-Security-Policy": policy(request.headers.get("host", "")),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Vary": "Accept-Language, Cookie",
    }


def switch(request: Request, language: Language) -> str:
    """The address of this page in the other language."""
    query = {name: value for name, value in request.query_params.items() if name != "lang"}
    query["lang"] = "en" if language == "zh" else "zh"
    return f"{request.url.path}?{urlencode(query)}"


def page(
    request: Request,
    template: str,
    language: Language,
    /,
    *,
    status: int = 200,
    sentences: Mapping[str, str] | None = None,
    verbatim: Mapping[str, str] | None = None,
    zone: str = "Asia/Shanghai",
    head: HallHead | None = None,
    follows: bool = False,
    **facts: object,
) -> HTMLResponse:
    """The page ``template`` with ``facts``; ``sentences`` are those its script says, by key, in Chinese.

    Those of ``verbatim`` stay as they are. ``zone`` is the hall's, whose clock the page shows; ``head``: of
    the hall whose emergency stands at the top of the page. ``follows``: over a live link for nothing but
    that, as suits the pages that staff keep open. A form at home costs no link: it says what was as it came.
    """
    say = catalogue("web", language)

    def text(of: Text) -> str:
        return of.in_(language)

    ahead = datetime.now(ZoneInfo(zone)).utcoffset() or timedelta()
    html = pages.get_template(template).render(
        _=say,
        text=text,
        asset=asset,
        icon=icon,
        lang=language,
        offset=int(ahead.total_seconds()) // 60,
        html_lang="zh-CN" if language == "zh" else "en",
        switch=switch(request, language),
        head=head,
        follows=follows,
        sentences={key: say(sentence) for key, sentence in (sentences or {}).items()} | dict(verbatim or {}),
        **facts,
    )
    response = HTMLResponse(html, status_code=status, headers=headers(request))
    response.headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=YEAR,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return response


def missing(request: Request, language: Language) -> HTMLResponse:
    """There is no such page: said kindly, with a way on."""
    return page(request, "missing.html", language, status=404)


def local(at: datetime, zone: str) -> str:
    """``at`` on the hall's clock, as "09:41"."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
