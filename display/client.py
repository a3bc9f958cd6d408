"""The live link: one topic over a websocket, back again by itself (docs/decisions/007)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from server.device.keys import Keys
from server.device.secure import context_of, distrust
from server.protocol.frames import HEARTBEAT, read_frame
from server.protocol.topics import CLOSE_BAD_TOPIC, CLOSE_NO_RIGHT

from .link import SILENCE

log = logging.getLogger(__name__)

MAX_FRAME = 4 * 1024 * 1024
JITTER = (0.75, 1.25)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: so chosen that a board is right again within three of the network's return."""

    open: float = 2.0
    """To make a link. A first packet that was lost is sent again after one: that still fits."""
    ping: float = 3.0
    """Between pings, and that an answer may take: a dead line is known after six."""
    first: float = 5.0
    """For the first view; the server sends it at once."""
    silence: float = SILENCE
    waits: tuple[float, ...] = (0.2, 0.4, 0.8)
    """Before the first tries; every later one waits as long as the last."""
    refused_waits: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0)
    """The same when the server answers and refuses: trying faster would not change its mind."""

    def wait(self, failures: int, refused: bool, chance: float) -> float:
        """The wait after so many ``failures`` in a row; ``chance`` in 0…1 spreads a hall's screens."""
        waits = self.refused_waits if refused else self.waits
        low, high = JITTER
        return waits[min(failures, len(waits)) - 1] * (low + (high - low) * chance)


class Listener(Protocol):
    """Who is told what came; called in the event loop, must not block."""

    def on_open(self, server_at: datetime | None) -> None: ...
    def on_frame(self, view: dict[str, Any]) -> None: ...
    def on_heartbeat(self, at: datetime) -> None: ...
    def on_broke(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Address:
    """``url``: the server's http(s) address; without ``keys`` nobody in particular asks."""

    url: str
    topic: str
    keys: Keys | None = None
    ca_file: Path | None = None

    @property
    def live(self) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        path = f"{parts.path.rstrip('/')}/api/v1/live?topic={quote(self.topic, safe=':')}"
        return f"{scheme}://{parts.netloc}{path}"


@dataclass(frozen=True, slots=True)
class End:
    """How a link ended. ``heard``: frames had come; ``refused``: the server answered, and said no."""

    heard: bool
    refused: bool
    reason: str


class LiveClient:
    """Keeps one link alive until cancelled."""

    def __init__(
        self,
        address: Address,
        listener: Listener,
        timing: Timing = Timing(),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._timing = timing
        self._address = address
        self._listener = listener
        self._chance = chance

    async def run(self) -> None:
        """Connects, listens, and connects again, for ever."""
        failures = 0
        while True:
            end = await self._once()
            failures = 1 if end.heard else failures + 1
            self._listener.on_broke()
            if failures == 1:
                log.info("no link to %s: %s", self._address.url, end.reason)
            await asyncio.sleep(self._timing.wait(failures, end.refused, self._chance()))

    async def _once(self) -> End:
        """One link from its making to its end."""
        heard = False
        try:
            async with self._connect() as link:
                self._listener.on_open(_server_time(link))
                while True:
                    async with asyncio.timeout(self._timing.silence if heard else self._timing.first):
                        message = await link.recv()
                    heard = self._deliver(message) or heard
        except InvalidStatus as error:
            status = error.response.status_code
            return End(heard, status < 500, f"the server answered {status}")
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd is not None else 0
            told = f"closed with {code}" if code else "the line went dead"
            return End(heard, code in (CLOSE_BAD_TOPIC, CLOSE_NO_RIGHT), told)
        except (OSError, TimeoutError, WebSocketException) as error:
            return End(heard, False, distrust(error) or str(error) or type(error).__name__)

    def _connect(self) -> connect:
        token = self._address.keys.token if self._address.keys is not None else ""
        return connect(
            self._address.live,
            ssl=context_of(self._address.url, self._address.ca_file),
            additional_headers={"Authorization": f"Bearer {token}"} if token else None,
            open_timeout=self._timing.open,
            ping_interval=self._timing.ping,
            ping_timeout=self._timing.ping,
            close_timeout=1.0,
            max_size=MAX_FRAME,
            proxy=None,
        )

    def _deliver(self, message: str | bytes) -> bool:
        """Whether the frame was one of ours; a strange one is logged and left out."""
        try:
            frame = read_frame(message)
            if frame.topic == HEARTBEAT:
                self._listener.on_heartbeat(frame.at)
                return False
            if frame.topic == self._address.topic:
                self._listener.on_frame(frame.view)
                return True
        except (ValueError, KeyError, TypeError) as error:
            log.error("a strange frame was left out: %s", error)
        return False


def _server_time(link: ClientConnection) -> datetime | None:
    """The time in the server's answer to the handshake; it tells whole seconds, so half a one is added."""
    response = link.response
    told = response.headers.get("Date") if response is not None else None
    if told is None:
        return None
    try:
        return parsedate_to_datetime(told).astimezone(UTC) + timedelta(seconds=0.5)
    except ValueError:
        return None
