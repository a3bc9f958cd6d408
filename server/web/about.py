"""What a hall discloses (公示), for anyone: its service promise and what the records say of it today."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from server.protocol import topics
from server.protocol.language import catalogue
from server.protocol.offer import AboutView
from server.protocol.words import Language

from .render import language_of, missing, page


@runtime_checkable
class AboutServices(Protocol):
    """What the page needs from the core."""

    async def about(self, hall: str) -> AboutView | None:
        """All that the hall discloses today; None for an unknown hall."""
        ...


def day_of(day: date, language: Language) -> str:
    """``2026年11月20日``, ``20 Nov 2026``."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b %Y}"


def months(count: int | None, language: Language) -> str:
    """A cycle as people say it."""
    _ = catalogue("web", language)
    if count is None:
        return _("首次")
    if count % 12 == 0:
        return _("{count} 年").format(count=count // 12)
    return _("{count} 个月").format(count=count)


def routes(services: AboutServices) -> APIRouter:
    router = APIRouter()

    @router.get("/about/{hall}", response_class=HTMLResponse)
    async def about(request: Request, hall: str) -> HTMLResponse:
        language = language_of(request)
        view = await services.about(hall) if topics.NAME.fullmatch(hall) else None
        if view is None:
            return missing(request, language)
        return page(
            request,
            "about.html",
            language,
            view=view,
            zone=view.hall.zone,
            head=view.hall,
            fields={one.id: one.name for one in view.catalogue.fields},
            day=lambda day: day_of(day, language),
            months=lambda count: months(count, language),
        )

    return router
