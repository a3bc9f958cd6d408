"""The one-second poll: what other processes did, a new business day, and hourly tidying."""

from __future__ import annotations

import asyncio
import logging

from server.services.halls import Halls

log = logging.getLogger(__name__)

POLL = 1.0
TIDY_ROUNDS = 3600


async def poll(halls: Halls) -> None:
    """Look every second for what other processes did; tidy up once an hour."""
    rounds = 0
    while True:
        await asyncio.sleep(POLL)
        rounds += 1
        try:
            await halls.keep_up()
            if rounds % TIDY_ROUNDS == 0:
                await halls.tidy()
        except Exception:
            log.exception("the poll failed; the next round tries again")
