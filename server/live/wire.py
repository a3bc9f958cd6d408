"""A frame that is made once and written to many connections.

A server's websocket frames are not masked (RFC 6455, 5.1), so the bytes of a text are the same for every
client. uvicorn's protocol makes them anew at each ``send`` and wakes a task for it; ``LiveProtocol`` adds an
ASGI extension, ``liqu.write``, that writes the ready bytes there and then to whoever can take them.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cached_property
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets import frames
from websockets.http11 import Request

EXTENSION = "liqu.write"


class Frame:
    """A text for many clients."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def raw(self) -> bytes:
        """The text as one unmasked, uncompressed websocket frame."""
        return frames.Frame(frames.Opcode.TEXT, self.text.encode()).serialize(mask=False)


def not_now(frame: Frame) -> bool:
    """Where a server has no such way, no frame is written at once: each goes through its slot."""
    return False


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol, offering ``liqu.write`` in each connection's ASGI extensions.

    Who answers no ping is gone at once, also when there are frames that it never read: closing would wait
    for them to be taken, for ever.
    """

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            # The application starts at the next turn of the loop, so that it finds the extension.
            extensions = cast(MutableMapping[str, Any], self.scope["extensions"])
            extensions[EXTENSION] = self.write

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def write(self, frame: Frame) -> bool:
        """Write ``frame`` now; False when the connection is not open, or has not taken the last one yet."""
        ready = self.handshake_complete and not (self.close_sent or self.disconnected)
        if not ready or self.transport.is_closing() or self.transport.get_write_buffer_size():
            return False
        self.transport.write(frame.raw)
        return True


def writer(scope: MutableMapping[str, Any]) -> Callable[[Frame], bool]:
    """How a connection's frames are written at once."""
    found: Callable[[Frame], bool] | None = (scope.get("extensions") or {}).get(EXTENSION)
    return found or not_now
