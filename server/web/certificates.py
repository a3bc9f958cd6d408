"""The staff's page of certificates: the list, one file, revoking, what could not be made; for managers also
what the papers say of the institution."""

from __future__ import annotations

import asyncio
from typing import Final, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.protocol import topics
from server.protocol.errors import Problem
from server.protocol.words import Role

from . import sentences, status_label
from .certificate_ports import CertificateServices
from .certificates_words import CERTIFICATES
from .desk import to_sign_in
from .ports import PageServices
from .render import headers, language_of, missing, page
from .visits_words import FORMS, VISITS

Part = Literal["list", "labels", "papers"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
READERS: Final[frozenset[Role]] = frozenset({"clerk", "lab", "manager", "admin"})
MANAGERS_ONLY: Final[frozenset[Part]] = frozenset({"papers"})


def routes(services: PageServices, of_certificates: CertificateServices) -> APIRouter:
    router = APIRouter()

    @router.get("/certificates/{hall}", response_class=HTMLResponse)
    async def front(request: Request, hall: str) -> Response:
        return await show(request, hall, "list")

    @router.get("/certificates/{hall}/labels/{code}.pdf", response_class=Response)
    async def label(request: Request, hall: str, code: str) -> Response:
        """A piece's status label as it is now, in colour."""
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if hall != who.hall or not who.roles & READERS:
            return page(request, "forbidden.html", language, status=403, who=who)
        one = await of_certificates.status_label(hall, code[:64], language)
        if isinstance(one, Problem):
            return missing(request, language)
        said = headers(request) | {"Content-Disposition": f'inline; filename="{one.code}.pdf"'}
        return Response(await asyncio.to_thread(status_label.label, one), 200, said, "application/pdf")

    @router.get("/certificates/{hall}/{what}", response_class=HTMLResponse)
    async def show(request: Request, hall: str, what: str) -> Response:
        who = await services.signed_in(request)
        if who is None:
            return to_sign_in(request)
        language = language_of(request)
        if not topics.NAME.fullmatch(hall):
            return missing(request, language)
        of_managers = what in MANAGERS_ONLY and not who.manages
        if hall != who.hall or not who.roles & READERS or of_managers:
            return page(request, "forbidden.html", language, status=403, who=who)
        board = await services.board(hall)
        part = next((one for one in PARTS if one == what), None)
        if part is None or board is None:
            return missing(request, language)
        return page(
            request,
            "certificates.html",
            language,
            sentences=FORMS | sentences.WAIT | sentences.TROUBLE | VISITS | CERTIFICATES,
            zone=board.hall.zone,
            who=who,
            head=board.hall,
            follows=True,
            hall=board.hall,
            part=part,
            parts=[one for one in PARTS if who.manages or one not in MANAGERS_ONLY],
            facts={"hall": hall, "part": part, "today": "", "manages": who.manages},
        )

    return router
