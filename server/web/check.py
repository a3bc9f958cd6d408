"""Checking a certificate, and opening one by a link: for anybody, on any phone, without a script."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from server.protocol.certificates import CheckView, Finding
from server.protocol.codes import Code, read
from server.protocol.errors import Problem
from server.protocol.words import Language

from .book import address_of
from .certificate_ports import CertificateServices
from .render import headers, language_of, page

MOST_BYTES = 5 * 1024 * 1024
ROOM = 64 * 1024
"""What a form needs around a file."""
LARGEST_FORM = MOST_BYTES + ROOM

DRAWINGS: dict[Finding, str] = {
    "genuine": "shield-check",
    "past": "clock-alert",
    "specimen": "file-x",
    "superseded": "replace",
    "revoked": "shield-x",
    "altered": "triangle-alert",
    "unknown": "search-x",
}
TONES: dict[Finding, str] = {
    "genuine": "good",
    "past": "warn",
    "specimen": "bad",
    "superseded": "warn",
    "revoked": "bad",
    "altered": "bad",
    "unknown": "bad",
}
LABEL_TONES = {"good": "good", "limited": "warn", "stopped": "bad"}
LABEL_DRAWINGS = {"good": "circle-check-big", "limited": "circle-alert", "stopped": "circle-x"}


def routes(services: CertificateServices) -> APIRouter:
    router = APIRouter()

    def shown(request: Request, view: CheckView | None, problem: Problem | None, asked: str = "") -> Response:
        status = problem.status if problem else 200
        return page(
            request,
            "check.html",
            language_of(request),
            status=status,
            view=view,
            piece=None,
            problem=problem,
            asked=asked,
            drawings=DRAWINGS,
            tones=TONES,
        )

    def answered(request: Request, found: CheckView | Problem, asked: str) -> Response:
        if isinstance(found, Problem):
            return shown(request, None, found, asked)
        return shown(request, found, None, asked)

    @router.get("/check", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        return shown(request, None, None)

    @router.get("/check/{code}", response_class=HTMLResponse)
    async def check(request: Request, code: str) -> Response:
        language, address = language_of(request), address_of(request)
        told = read(code[:64])
        if isinstance(told, Code) and told.kind == "E":
            return await equipment(request, told.text, address, language)
        response = answered(request, await services.check(code, address, language), code[:64])
        return response

    async def equipment(request: Request, code: str, address: str, language: Language) -> Response:
        piece = await services.equipment_status(code, address, language)
        if piece is None or isinstance(piece, Problem):
            none = await services.check(code, address, language) if piece is None else piece
            return answered(request, none, code)
        return page(
            request,
            "check.html",
            language,
            view=None,
            piece=piece,
            problem=None,
            asked="",
            drawings=LABEL_DRAWINGS,
            tones=LABEL_TONES,
        )

    @router.post("/check", response_class=HTMLResponse)
    async def asked(request: Request) -> Response:
        """A number or a code typed in, or the file itself."""
        language, address = language_of(request), address_of(request)
        if int(request.headers.get("content-length") or 0) > LARGEST_FORM:
            # Not a byte of it is read.
            response = shown(request, None, services.check_too_large(language))
            response.headers["Connection"] = "close"
            return response
        # Who sends one file after another is turned away before it is read.
        against = services.check_turn(address, language)
        if against is not None:
            response = shown(request, None, against)
            response.headers["Connection"] = "close"
            return response
        try:
            async with request.form(max_files=1, max_fields=4, max_part_size=MOST_BYTES + 1) as form:
                text, file = form.get("number"), form.get("file")
                content = await file.read(MOST_BYTES + 1) if isinstance(file, UploadFile) else b""
        except MultiPartException:
            return RedirectResponse("/check", 303, headers(request))
        if content:
            return answered(request, await services.check_file(content, address, language), "")
        typed = text.strip()[:64] if isinstance(text, str) else ""
        if not typed:
            return RedirectResponse("/check", 303, headers(request))
        return answered(request, await services.check(typed, address, language), typed)

    @router.get("/d/{token}", response_class=Response)
    async def download(request: Request, token: str) -> Response:
        """The file behind a link that its customer was given."""
        language = language_of(request)
        found = await services.download(token[:128], address_of(request), language)
        if isinstance(found, Problem):
            return page(request, "download_over.html", language, status=found.status, problem=found)
        name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in found.number)
        said = headers(request) | {
            "Content-Disposition": f'inline; filename="{name}.pdf"',
            "X-Robots-Tag": "noindex, noarchive",
        }
        return Response(found.content, 200, said, "application/pdf")

    return router
