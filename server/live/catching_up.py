"""Halls that another process has moved on, read anew: each by itself; a slow one holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

AT_ONCE = 4
"""Halls read anew at the same time: following others must not take the threads that write."""


class CatchingUp:
    """``refresh``: reads a hall anew. ``version``: of a hall as this process knows it.

    A hall is never read twice at once. What is heard of it meanwhile becomes one more reading, or none where
    the first has brought that too; so what waits is bounded by the number of halls.
    """

    def __init__(self, refresh: Callable[[str], Awaitable[None]], version: Callable[[str], int]) -> None:
        self._refresh = refresh
        self._version = version
        self._heard: dict[str, int] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}

    def hear(self, hall: str, version: int) -> None:
        """Somebody has brought ``hall`` to ``version``."""
        self._heard[hall] = max(version, self._heard.get(hall, 0))
        self._go_on()

    async def end(self) -> None:
        """Read no more."""
        self._heard.clear()
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    def _go_on(self) -> None:
        for hall in [one for one in self._heard if one not in self._reading]:
            if len(self._reading) == AT_ONCE:
                return
            if self._version(hall) < self._heard.pop(hall):
                self._reading[hall] = asyncio.create_task(self._read(hall), name=f"catch up {hall}")

    async def _read(self, hall: str) -> None:
        try:
            await self._refresh(hall)
        finally:
            del self._reading[hall]
            self._go_on()
