"""A waiting-area screen's own link, followed on a loop in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import datetime
from typing import Any

from display.client import Address, LiveClient, Timing


class Board:
    """What the waiting-area screen hears; on a loop in a thread."""

    def __init__(self, url: str, timing: Timing) -> None:
        self.view: dict[str, Any] = {}
        self.breaks = 0
        self._client = LiveClient(Address(url, "board:main"), self, timing)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._follow())

    async def _follow(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        await self._client.run()

    def end(self) -> None:
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def on_open(self, server_at: datetime | None) -> None: ...

    def on_frame(self, view: dict[str, Any]) -> None:
        self.view = view

    def on_heartbeat(self, at: datetime) -> None: ...

    def on_broke(self) -> None:
        self.breaks += 1

    def next_numbers(self) -> list[str]:
        return [number for one in self.view.get("services", ()) for number in one["next"]]
