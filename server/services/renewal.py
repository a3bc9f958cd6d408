"""A device's token grows old and is exchanged for a new one, without a moment in which none is good."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime, timedelta

from server.domain.refusal import Refusal
from server.store import people

from .halls import Halls
from .passwords import hashed
from .people import Who, new_device_token
from .setup import Secrets
from .work import Ledger, Once, Record

RENEWED_AFTER = timedelta(days=30)
"""So old a token may become before its device is told to fetch another."""


def needs_renewal(device: people.Device, now: datetime) -> bool:
    """Whether the device is to be told so. A token whose age is not known counts as old."""
    return device.token_at is None or now - device.token_at > RENEWED_AFTER


class Renewal:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._secrets = Secrets()

    async def renew(self, who: Who, once: Once | None) -> str:
        """A new token for the device. It takes the present one's place when it is first used; one that was
        made before and never used is worth nothing from now on."""
        once = once or Once.of(uuid.uuid4().hex)
        token = new_device_token(who.user)
        kept = await asyncio.to_thread(hashed, token)

        def write(ledger: Ledger) -> str | Refusal:
            people.set_next_token(ledger.connection, who.user, kept)
            ledger.note("device.token_renewed", who.user, {})
            return "{}"

        answer = await self._halls.writer(who.hall).perform(Record(who.id, write, 200, once))
        secret = self._secrets.of(who, once, token, answer.replayed)
        # The answer to this key was lost, and with it the process that remembered it.
        return secret or await self.renew(who, None)
