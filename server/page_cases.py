"""The core as the counter's pages see it (``server.web.case_ports.CaseServices``)."""

from __future__ import annotations

from server.api.asking import Core
from server.protocol.intake import NoticeView, PlacesView


class PagesCases:
    _core: Core

    async def notice(self, hall: str, id: str) -> NoticeView | None:
        return await self._core.intake.notices.notice(hall, id) if hall in self._core.halls.ids() else None

    async def places(self, hall: str) -> PlacesView | None:
        return await self._core.intake.places.of_hall(hall) if hall in self._core.halls.ids() else None
