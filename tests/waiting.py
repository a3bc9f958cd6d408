"""Waiting for conditions, and ports that nobody has: what every test of a running program needs."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LIMIT = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(what: str, look: Callable[[], T | None], limit: float = LIMIT) -> T:
    """The first answer of ``look`` that is not None or False. Fails, saying ``what`` did not come."""
    end = time.monotonic() + limit
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < end, f"{limit:.0f} s have passed without {what}"
        time.sleep(0.02)


async def eventually(holds: Callable[[], bool], limit: float = 10.0) -> None:
    """Let the loop go on until ``holds``. Raises TimeoutError after ``limit`` seconds."""
    async with asyncio.timeout(limit):
        while not holds():  # noqa: ASYNC110 - any condition, not one event
            await asyncio.sleep(0.005)
