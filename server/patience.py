"""How long a client is waited for, and how much it may say before it is known what it wants.

uvicorn closes idle connections, but waits for ever for a request that comes a byte a second, for one that
never comes, and for a client that asks and does not read; and its parser takes headers without end. Here each
of these has a bound, so that a thousand such clients cost no more than their sockets.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""For a request's line and headers, from its first byte; also from the connection to the first one."""
BODY_SECONDS = 20.0
BODY_RATE = 20_000
"""Bytes a second of a body at least, beside ``BODY_SECONDS``: a photo comes over a poor mobile network."""
BODY_MOST = 900.0
TAKE_SECONDS = 60.0
"""For the next part of an answer to be taken."""
HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a request's line and headers together."""
CONNECTIONS = 12_000
"""At most, live links and requests together; further ones are turned away as they come."""

SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with an end to its patience."""

    def __init__(self, *asked: Any, **settings: Any) -> None:
        super().__init__(*asked, **settings)
        self._asking: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._wait(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        if self._asking is None and (self.cycle is None or self.cycle.response_complete):
            self._wait(HEAD_SECONDS)
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                self._refuse(LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head = True, 0
        self._wait(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._in_head = False
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        known = int(length) if length.isdigit() else 0
        self._wait(min(BODY_MOST, BODY_SECONDS + known / BODY_RATE))
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._wait(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._wait(None)
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._taking is None:
            self._taking = self.loop.call_later(TAKE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._taken()

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            # Closing waits for the rest to be taken, and this client takes nothing.
            self.transport.abort()
            return
        super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        self._taken()
        super().connection_lost(exc)

    def _wait(self, seconds: float | None) -> None:
        """For what is to come next; None: nothing is waited for any more."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking = None if seconds is None else self.loop.call_later(seconds, self._refuse, SLOW)

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _refuse(self, answer: bytes) -> None:
        """Say why, where something was asked and not answered yet, and end."""
        self._wait(None)
        if self.transport.is_closing():
            return
        asked = self._head > 0 or not self._in_head
        answering = not self._in_head and self.cycle is not None and self.cycle.response_started
        if asked and not answering:
            self.transport.write(answer)
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
