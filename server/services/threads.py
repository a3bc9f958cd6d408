"""Work of the database in a thread, which a background task never leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def seen_through(work: Callable[[], T]) -> T:
    """Do ``work`` in a thread. Whoever cancels waits until it has ended: no connection stays open behind a
    server that stops."""
    done = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise
