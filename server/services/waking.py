"""A background task that waits for news, and looks by itself now and then."""

from __future__ import annotations

import asyncio
import contextlib


async def news(told: asyncio.Event, seconds: float) -> None:
    """Go on when ``told`` is set, at the latest after ``seconds``.

    Not ``asyncio.wait_for``: before Python 3.12 it swallows a cancellation that comes in the moment of the
    news, and a server that was told to end would go on for ever.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await told.wait()
