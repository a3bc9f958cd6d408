"""How a device becomes a hall's own: it shows a code, a manager types it, and the server gives it its token.

The secret with which the token is fetched never leaves the device; the code alone is worth nothing without a
manager's consent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import ValidationError

from server import __version__
from server.protocol.devices import PairingAnswer, PairingAsked, PairingShown, PairingView

from .keys import Identity
from .line import Line, Reply
from .secure import Fault

log = logging.getLogger(__name__)

POLL = 2.0
"""Seconds between two looks whether a manager has typed the code."""
PAUSE = 3.0
"""Seconds before the server is tried again."""
LONG_PAUSE = 20.0
"""The same when it says that too many ask."""
USUAL, LONGEST = 600.0, 3600.0
"""Seconds that a code is good for: as a rule, and at most."""

Trouble = Literal["", "unreached", "certificate", "busy", "unknown"]
"""``unknown``: the server has no such thing as pairing: it is older than this device."""


@dataclass(frozen=True, slots=True)
class Asking:
    """There is no code yet. ``trouble``: why."""

    trouble: Trouble = ""
    fault: Fault = ""
    """What is wrong with the server's certificate."""


@dataclass(frozen=True, slots=True)
class Showing:
    """``code`` is good until ``ends`` (of the steady clock). ``reached``: the server was, the last time."""

    code: str
    ends: float
    reached: bool = True

    def left(self, now: float) -> int:
        """Whole seconds, 0 at least."""
        return max(0, int(self.ends - now))


@dataclass(frozen=True, slots=True)
class Paired:
    identity: Identity


Stage = Asking | Showing | Paired
Show = Callable[[Stage], None]


class Pairing:
    """Goes on until this device is paired; ``show`` hears, on the loop, what is to stand on the screen."""

    def __init__(
        self,
        line: Line,
        kind: Literal["kiosk", "display"],
        show: Show,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._line = line
        self._kind = kind
        self._show = show
        self._clock = clock
        self._wall = wall
        self._sleep = sleep

    async def run(self) -> Identity:
        """Who this device is from now on."""
        while True:
            begun = await self._begin()
            if begun is None:
                continue
            identity = await self._wait(*begun)
            if identity is not None:
                self._show(Paired(identity))
                return identity

    async def _begin(self) -> tuple[PairingView, float] | None:
        """A code and when it ends; None when the server gave none, after a pause."""
        body = PairingAsked.model_validate({"kind": self._kind, "version": __version__})
        reply = await asyncio.to_thread(self._line.ask, "POST", "/api/v1/pairings", body)
        if reply is not None and reply.ok:
            try:
                view = PairingView.model_validate_json(reply.body)
            except ValidationError as error:
                log.error("the server's pairing can't be understood: %d faults", error.error_count())
            else:
                # By the server's own clock: this machine's may be wrong.
                left = (view.ends_at - (reply.at or self._wall())).total_seconds()
                # Where no clock can be believed the server still says when the code is over.
                return view, self._clock() + (left if 0 < left <= LONGEST else USUAL)
        trouble = self._trouble(reply)
        self._show(Asking(trouble, self._line.fault))
        await self._sleep(LONG_PAUSE if trouble in ("busy", "unknown") else PAUSE)
        return None

    def _trouble(self, reply: Reply | None) -> Trouble:
        if reply is None:
            return "certificate" if self._line.fault else "unreached"
        if reply.status == 429:
            return "busy"
        return "unreached" if reply.status >= 500 else "unknown"

    async def _wait(self, view: PairingView, ends: float) -> Identity | None:
        """Who this device is once a manager typed the code; None when the code has ended."""
        shown = Showing(view.code, ends)
        self._show(shown)
        body = PairingShown(secret=view.secret)
        while shown.left(self._clock()) > 0:
            await self._sleep(POLL)
            path = f"/api/v1/pairings/{view.id}/token"
            reply = await asyncio.to_thread(self._line.ask, "POST", path, body)
            reached = reply is not None and reply.status < 500
            if reached != shown.reached:
                shown = Showing(view.code, ends, reached)
                self._show(shown)
            if reply is None or reply.status >= 500 or reply.status == 429:
                continue
            if not reply.ok:
                return None
            try:
                answer = PairingAnswer.model_validate_json(reply.body)
            except ValidationError as error:
                log.error(
                    "the server's answer to pairing can't be understood: %d faults", error.error_count()
                )
                return None
            if answer.state == "paired" and answer.token:
                log.info("paired with hall %s as %s", answer.hall, answer.name)
                return Identity(answer.hall, answer.name, answer.token, answer.seal_key)
            if answer.state != "waiting":
                return None
        return None
