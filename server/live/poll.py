"""The one-second poll: what other processes did, a new business day, and hourly tidying."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from server.services.halls import Halls

log = logging.getLogger(__name__)

POLL = 1.0
TIDY_ROUNDS = 3600
SEEN_ROUNDS = 30
"""How often the tables are told which devices are connected."""


async def poll(
    halls: Halls, connected: Callable[[], set[str]], tidy: Sequence[Callable[[], Awaitable[None]]]
) -> None:
    """Look every second for what other processes did; ``tidy`` up once an hour.

    ``connected``: the devices whose live links this process holds.
    """
    rounds = 0
    while True:
        await asyncio.sleep(POLL)
        rounds += 1
        try:
            await halls.keep_up()
            if rounds % SEEN_ROUNDS == 1 and (devices := connected()):
                await halls.devices_seen(devices)
            if rounds % TIDY_ROUNDS == 0:
                for one in tidy:
                    await one()
        except Exception:
            log.exception("the poll failed; the next round tries again")
