"""A lean HTTP/1.1 client, one request at a time, so that the client is not what is measured."""

from __future__ import annotations

import asyncio
import json
from typing import Any


class Line:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        """The JSON answer. Raises RuntimeError for a status of 300 or more."""
        return await self._ask("POST", path, body, headers)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """As ``post``."""
        return await self._ask("GET", path, None, headers)

    async def _ask(self, method: str, path: str, body: object, headers: dict[str, str] | None) -> Any:
        content = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(content)}\r\n"
        if content:
            head += "Content-Type: application/json\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self._writer.write(head.encode() + b"\r\n" + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = 0
        for line in answer.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        text = await self._reader.readexactly(length) if length else b"null"
        if status >= 300:
            raise RuntimeError(f"{path}: {status} {text.decode()}")
        return json.loads(text)

    def close(self) -> None:
        self._writer.close()
