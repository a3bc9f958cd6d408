"""Lean links of the city's people: HTTP with idempotent retries, and a websocket that follows topics.

Both are bare ``asyncio`` protocols: a client library would cost more than the server that is measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .book import Book

PATIENCE = 60.0
"""Seconds for which a request is asked again and again."""
ANSWER = 20.0
LATER = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a server or a balancer listens."""

    port: int
    host: str = "127.0.0.1"
    source: str = "127.0.0.1"
    """Where its clients come from: each hall has a network of its own."""

    @property
    def local(self) -> tuple[str, int]:
        return self.source, 0


class _Wire(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("cut"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0
        if at < 0 and b"transfer-encoding" in head:
            # Pages that come in parts: read to the last one, which is empty.
            if not self._buffer.endswith(b"0\r\n\r\n"):
                return
            length = len(self._buffer) - end - 4
        if len(self._buffer) < end + 4 + length:
            return
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        self._buffer.clear()
        if b"connection: close" in head and self.transport is not None:
            self.transport.close()
            self.transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Raises ConnectionError when it was cut, TimeoutError."""
        if self.transport is None:
            raise ConnectionError("cut")
        self._answer = asyncio.get_running_loop().create_future()
        self._buffer.clear()
        self.transport.write(request)
        return await asyncio.wait_for(self._answer, ANSWER)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()
            self.transport = None


class Line:
    """One person's or device's way to any of ``doors``."""

    def __init__(self, doors: Sequence[Door], book: Book, token: str = "", home: int = 0) -> None:
        """``home``: which door is knocked at first, as a balancer that spreads by hall would."""
        self._doors = doors
        self._book = book
        self.token = token
        self._turn = home
        self._wire: _Wire | None = None

    async def command(self, path: str, body: object = None, kind: str = "") -> tuple[int, Any]:
        """POST with a key, until it is answered: status and body. Refusals and errors are noted."""
        book = self._book
        since = time.monotonic()
        status, content = await self._persist("POST", path, body, str(uuid.uuid4()))
        if book.measuring:
            book.commands.append(time.monotonic() - since)
            book.done[kind or path.rsplit("/", 1)[-1]] += 1
        told = json.loads(content) if content else None
        said = told["code"] if isinstance(told, dict) and "code" in told else ""
        if status >= 500:
            book.errors[f"{kind or path.rsplit('/', 1)[-1]}: {status} {said}"] += 1
        elif status >= 300:
            book.refused[said or str(status)] += 1
        return status, told

    async def look(self, path: str) -> tuple[int, bytes]:
        """GET."""
        since = time.monotonic()
        status, content = await self._persist("GET", path, None, "")
        if self._book.measuring:
            self._book.pages.append(time.monotonic() - since)
        if status >= 400:
            self._book.errors[f"GET {path.split('/')[1]}: {status}"] += 1
        return status, content

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    async def _persist(self, method: str, path: str, body: object, key: str) -> tuple[int, bytes]:
        content = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: city.test\r\nContent-Length: {len(content)}\r\n"
        head += f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        head += f"Idempotency-Key: {key}\r\n" if key else ""
        head += "Content-Type: application/json\r\n" if content else ""
        request = head.encode() + b"\r\n" + content
        until = time.monotonic() + PATIENCE
        tries = 0
        while True:
            tries += 1
            try:
                wire = await self._open()
                answer = await wire.ask(request)
                if answer[0] not in LATER or time.monotonic() > until:
                    self._book.asked_again += tries > 1
                    return answer
            except (OSError, TimeoutError):
                if time.monotonic() > until:
                    self._book.errors["never answered"] += 1
                    return 599, b""
            self.close()
            self._turn += 1
            await asyncio.sleep(random.uniform(0.02, 0.1) * min(tries, 5))

    async def _open(self) -> _Wire:
        if self._wire is None or self._wire.transport is None:
            door = self._doors[self._turn % len(self._doors)]
            _, self._wire = await asyncio.get_running_loop().create_connection(
                _Wire, door.host, door.port, local_addr=door.local
            )
        return self._wire


class Follower(asyncio.Protocol):
    """A screen or a phone: follows ``topics`` at one of ``doors``, and comes back when it is cut."""

    def __init__(
        self,
        doors: Sequence[Door],
        book: Book,
        topics: Sequence[str],
        heard: Callable[[bytes, float], None] | None = None,
        token: str = "",
        home: int = 0,
        reading: bool = True,
    ) -> None:
        self._doors = doors
        self._turn = home
        self._book = book
        self._heard = heard
        self._reading = reading
        token_line = f"Authorization: Bearer {token}\r\n" if token else ""
        query = "&".join(f"topic={topic}" for topic in topics)
        self._request = (
            f"GET /api/v1/live?{query} HTTP/1.1\r\nHost: city.test\r\n{token_line}"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()
        self._buffer = bytearray()
        self._open = False
        self._ended = False
        self._transport: asyncio.Transport | None = None
        self.newest = b""
        """The newest frame, heartbeats left out."""
        self.frames = 0
        self.breaks = 0
        self._again: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open; goes on when the first try has been made."""
        door = self._doors[self._turn % len(self._doors)]
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: self, door.host, door.port, local_addr=door.local
            )
        except OSError:
            self._later()

    def end(self) -> None:
        self._ended = True
        if self._again is not None:
            self._again.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._open = cast(asyncio.Transport, transport), False
        self._buffer.clear()
        self._transport.write(self._request)
        if not self._reading:
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if not self._ended:
            self.breaks += 1
            self._book.reconnects += 1
            self._later()

    def _later(self) -> None:
        async def again() -> None:
            await asyncio.sleep(random.uniform(0.15, 0.8))
            self._turn += 1
            await self.start()

        if not self._ended:
            self._again = asyncio.get_running_loop().create_task(again())

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        buffer = self._buffer
        buffer += data
        if not self._open:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not buffer.startswith(b"HTTP/1.1 101"):
                if self._transport is not None:
                    self._transport.close()
                return
            self._open = True
            del buffer[: end + 4]
        at = 0
        while len(buffer) - at >= 2:
            length, start = buffer[at + 1] & 127, at + 2
            if length == 126:
                length, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            elif length == 127:
                length, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
            if start - at > len(buffer) - at or len(buffer) < start + length:
                break
            self._take(buffer[at] & 15, bytes(buffer[start : start + length]), now)
            at = start + length
        del buffer[:at]

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == 1:
            if payload.startswith(b'{"topic":"heartbeat"'):
                return
            self.newest = payload
            self.frames += 1
            self._book.frames += 1
            if self._heard is not None:
                self._heard(payload, now)
        elif opcode == 9 and self._transport is not None:
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
            self._transport.write(bytes((0x8A, 0x80 | len(payload))) + mask + masked)
        elif opcode == 8 and self._transport is not None:
            self._transport.close()
