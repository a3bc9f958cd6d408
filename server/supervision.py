"""The server under its supervisor, systemd: it tells when it is ready, that it lives, and that it stops.

``READY=1`` is told when the port answers. ``WATCHDOG=1`` comes from the event loop, and only while the
threads that write and the database answer too, be it with an error: a server that hangs is started anew, one
whose database is gone is not, as that would help nobody. At the end (SIGTERM) no new command is taken, those
that were are written and answered, and live links are closed with 1012, so that all come again at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

import uvicorn

HUNG = 60.0
"""Seconds without an answer of the database or the end of a group after which it hangs: every wait in them is
bounded by less."""
TAKING_LEAVE = 1.0
"""Seconds that clients have to hear that their link is closed."""


def notify(message: str) -> bool:
    """Send ``message`` to systemd; False where nobody listens."""
    where = os.environ.get("NOTIFY_SOCKET", "")
    if not where:
        return False
    if where.startswith("@"):
        where = "\0" + where[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(message.encode(), where)
        except OSError:
            return False
    return True


def patience(seconds: float) -> None:
    """Ask for ``seconds`` more before the start counts as failed: a large database is looked through."""
    notify(f"EXTEND_TIMEOUT_USEC={int(seconds * 1_000_000)}")


def beat_seconds() -> float | None:
    """How often systemd wants to hear from us: twice within its limit. None: not at all."""
    limit, meant = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not limit.isdigit() or int(limit) == 0 or (meant and meant != str(os.getpid())):
        return None
    return int(limit) / 2_000_000


class Supervised(uvicorn.Server):
    """``alive``: whether threads and database answer. ``leaving``: called when no new command is to be taken;
    ``left``: when all that were taken are written."""

    def __init__(
        self,
        config: uvicorn.Config,
        alive: Callable[[], bool],
        leaving: Callable[[], None],
        left: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._alive, self._leaving, self._left = alive, leaving, left
        self._beating: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and notify("READY=1\nSTATUS=serving"):
            every = beat_seconds()
            if every is not None:
                self._beating = asyncio.create_task(self._beat(every))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        notify("STOPPING=1\nSTATUS=writing what was asked")
        self._leaving()
        dismissing = asyncio.create_task(self._dismiss())
        try:
            await super().shutdown(sockets)
        finally:
            for task in (dismissing, self._beating):
                if task is not None:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task
        self._left()

    async def _beat(self, every: float) -> None:
        while True:
            if self._alive():
                notify("WATCHDOG=1")
            await asyncio.sleep(every)

    async def _dismiss(self) -> None:
        """Let go of those who do not take what they were sent: the others wait for the new start."""
        await asyncio.sleep(TAKING_LEAVE)
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None and transport.is_closing():
                transport.abort()
