"""All pages as one router."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from . import (
    about,
    account,
    again,
    book,
    book_find,
    cases,
    certificates,
    check,
    collect,
    desk,
    follow,
    lab,
    manage,
    public,
    visits,
    voucher,
)
from .about import AboutServices
from .book_ports import BookingServices
from .case_ports import CaseServices
from .certificate_ports import CertificateServices
from .follow_ports import FollowServices
from .look import static_files
from .ports import PageServices
from .render import language_of
from .render import missing as missing_page

__all__ = ["pages", "static_files"]


def pages(services: PageServices) -> APIRouter:
    """The pages over ``services``; they stand outside the OpenAPI description."""
    router = APIRouter(include_in_schema=False)
    for part in (public, desk, account, manage):
        router.include_router(part.routes(services))
    if isinstance(services, BookingServices):
        for booking in (book_find, book, voucher):
            router.include_router(booking.routes(services))
        router.include_router(visits.routes(services, services))
        router.include_router(lab.routes(services, services))
        if isinstance(services, CaseServices):
            router.include_router(cases.routes(services, services, services))

    if isinstance(services, CertificateServices):
        router.include_router(check.routes(services))
        router.include_router(certificates.routes(services, services))
    if isinstance(services, FollowServices):
        for following in (follow, again):
            router.include_router(following.routes(services))
        router.include_router(collect.routes(services))
    if isinstance(services, AboutServices):
        router.include_router(about.routes(services))

    @router.get("/{anything}", response_class=HTMLResponse)
    @router.get("/about/{anything:path}", response_class=HTMLResponse)
    @router.get("/board/{anything:path}", response_class=HTMLResponse)
    @router.get("/counter/{anything:path}", response_class=HTMLResponse)
    @router.get("/desk/{anything:path}", response_class=HTMLResponse)
    @router.get("/lab/{anything:path}", response_class=HTMLResponse)
    @router.get("/manage/{anything:path}", response_class=HTMLResponse)
    @router.get("/visits/{anything:path}", response_class=HTMLResponse)
    @router.get("/pickup/{anything:path}", response_class=HTMLResponse)
    @router.get("/cases/{anything:path}", response_class=HTMLResponse)
    @router.get("/certificates/{anything:path}", response_class=HTMLResponse)
    @router.get("/check/{anything:path}", response_class=HTMLResponse)
    async def missing(request: Request) -> HTMLResponse:
        """A mistyped address is answered as a page; under ``/api`` it stays a problem in JSON."""
        return missing_page(request, language_of(request))

    return router
