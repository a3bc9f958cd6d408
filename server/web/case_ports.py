"""What the counter's pages need from the core: ``server.page_services`` implements it, tests give a fake."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from server.protocol.intake import NoticeView, PlacesView


@runtime_checkable
class CaseServices(Protocol):
    """Nothing here raises for an unknown name: it answers None."""

    async def notice(self, hall: str, id: str) -> NoticeView | None:
        """A one-time notice as it is printed."""
        ...

    async def places(self, hall: str) -> PlacesView | None:
        """The hall's shelves and sites."""
        ...
