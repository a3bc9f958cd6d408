"""Wake-ups between processes over PostgreSQL's NOTIFY: a hint; the poll is the truth.

The notice carries only hall and version. It is sent after the commit and coalesced (NOTIFY takes a global
lock at commit): at most one a hall every ``COALESCE`` seconds. A lost notice costs one poll.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg

from server.services.floor import Change
from server.services.halls import Halls
from server.store.libpq import libpq

from .catching_up import CatchingUp

log = logging.getLogger(__name__)

CHANNEL = "liqu"
COALESCE = 0.02
AGAIN = 1.0
"""Seconds before a lost connection is opened again."""


class Notices:
    """Sends and hears the notices of one database."""

    def __init__(self, url: str, halls: Halls, followed: Callable[[str], bool] = lambda hall: True) -> None:
        """``followed``: whether anybody follows a hall here. For the others the poll is soon enough, and with
        several processes nearly every hall is one of these."""
        self._address, self._password = libpq(url)
        self._halls = halls
        self._followed = followed
        self._pending: set[str] = set()
        self._wake = asyncio.Event()

    def tell(self, change: Change) -> None:
        if not change.own:
            return  # Heard of or found, not done here: who did it has told it, and an echo costs everyone.
        self._pending.add(change.hall)
        self._wake.set()

    async def run(self) -> None:
        """Send and hear until cancelled; a lost connection is opened again."""
        off = False
        while True:
            try:
                async with (
                    await self._connect() as hears,
                    await self._connect() as tells,
                ):
                    await hears.execute(f"LISTEN {CHANNEL}")
                    log.log(logging.WARNING if off else logging.DEBUG, "notices are on")
                    off = False
                    # Either link may break alone: the other must not live on as if nothing were missing.
                    await _first_to_end(self._hear(hears), self._send(tells))
            except psycopg.Error as error:
                if not off:
                    log.warning("notices are off (%s): the poll goes on", type(error).__name__)
                off = True
            await asyncio.sleep(AGAIN)

    async def _connect(self) -> psycopg.AsyncConnection:
        password = self._password or None
        return await psycopg.AsyncConnection.connect(self._address, password=password, autocommit=True)

    async def _send(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            pending, self._pending = self._pending, set()
            for hall in pending:
                version = self._halls.floor(hall).version
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, f"{hall} {version}"))
            await asyncio.sleep(COALESCE)

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        behind = CatchingUp(self._halls.refresh, lambda hall: self._halls.floor(hall).version)
        try:
            async for notice in connection.notifies():
                hall, _, version = notice.payload.partition(" ")
                if hall in self._halls.ids() and version.isdigit() and self._followed(hall):
                    behind.hear(hall, int(version))
        finally:
            await behind.end()


async def _first_to_end(*parts: Coroutine[Any, Any, None]) -> None:
    """Run ``parts`` until one ends; the others are cancelled then, and its error is raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
