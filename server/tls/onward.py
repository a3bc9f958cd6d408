"""Who asks over plain http is shown to https: nothing else is ever said there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from typing import Final

log = logging.getLogger(__name__)

HEAD_LIMIT: Final = 8192
SECONDS: Final = 5.0
AT_ONCE: Final = 200
REQUEST: Final = re.compile(rb"(GET|HEAD|[A-Z]{3,10}) (/[\x21-\x7e]*) HTTP/1\.[01]\r\n")
HOST: Final = re.compile(
    rb"\r\nhost:[ \t]*([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?[ \t]*\r\n", re.I
)


def answer(head: bytes, port: int) -> bytes:
    """What is said to a request whose first lines are ``head``; ``port``: that of https."""
    asked, host = REQUEST.match(head), HOST.search(head)
    if asked is None or host is None:
        return _said("400 Bad Request", b"")
    if asked[1] not in (b"GET", b"HEAD"):
        # What was sent went over the line for all to read: it is not carried on as if nothing were.
        return _said("426 Upgrade Required", b"upgrade: TLS/1.2, HTTP/1.1\r\nconnection: upgrade\r\n")
    at = b"" if port == 443 else f":{port}".encode()
    return _said("308 Permanent Redirect", b"location: https://" + host[1] + at + asked[2] + b"\r\n")


def _said(status: str, headers: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\n".encode() + headers + b"content-length: 0\r\nconnection: close\r\n\r\n"


class Onward:
    """Listens for plain http beside the server."""

    def __init__(self, host: str, port: int, https: int) -> None:
        self._host = host
        self._port = port
        self._https = https
        self._open = 0

    async def run(self) -> None:
        """Until cancelled. A port that cannot be had is said, and nothing more: the halls are served."""
        try:
            server = await asyncio.start_server(self._take, self._host, self._port, limit=HEAD_LIMIT)
        except OSError as error:
            log.error("port %d cannot be listened at for plain http: %s", self._port, error.strerror)
            return
        async with server:
            await server.serve_forever()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= AT_ONCE:
                with contextlib.suppress(
                    asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError
                ):
                    async with asyncio.timeout(SECONDS):
                        writer.write(answer(await reader.readuntil(b"\r\n\r\n"), self._https))
                        await writer.drain()
        finally:
            self._open -= 1
            writer.close()
