"""Receivers for the channels, real ones on free ports that can be told to fail in every way; one rig a kind.

A rig has the channel, what arrived, and a script: what the receiver does with the next deliveries, by name.
After the script it takes everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal, Protocol

from aiosmtpd.smtp import SMTP

from server.channels import signing
from server.channels.smtp import Post, Smtp
from server.channels.webhook import Door, Webhook
from server.services.outbox import Channel
from tests.waiting import free_port

Fault = Literal[
    "refused for good",
    "not now",
    "busy",
    "silent",
    "cut before",
    "cut after taking it",
    "dripping",
    "nonsense",
]
SECRET = b"a secret of the tests"
PATIENT, HASTY = 20.0, 0.5
"""Seconds that a channel waits: so long that a busy machine is no fault; and where nothing will come."""


class Rig(Protocol):
    """A channel and the receiver at its other end."""

    script: list[Fault]
    taken: list[str]
    """Ids of the messages that the receiver has taken, each time it took one."""
    known: str
    """What stood beside the last id: the text."""

    @property
    def channel(self) -> Channel: ...

    @property
    def hasty(self) -> Channel:
        """The same, but it soon gives up waiting."""

    async def away(self) -> None:
        """Nobody listens any more."""


class HttpRig:
    """A small HTTP server of our own: it must be able to break every rule."""

    def __init__(self) -> None:
        self.script: list[Fault] = []
        self.taken: list[str] = []
        self.known = ""
        self.heads: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        self.port = free_port()
        self.channel = Webhook("hook", self.door(), time.time)
        self.hasty = Webhook("hook", self.door(timeout=HASTY), time.time)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    def door(self, **changed: Any) -> Door:
        plain = {"url": f"http://127.0.0.1:{self.port}/in", "secret": SECRET, "timeout": PATIENT}
        return Door(**{**plain, **changed})

    async def start(self, **settings: Any) -> None:
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", self.port, **settings)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def away(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the link stays."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }
        fault = self.script.pop(0) if self.script else None
        if fault == "cut before":
            writer.transport.abort()
            return False
        body = await reader.readexactly(int(fields["content-length"]))
        self.heads.append(fields)
        self.bodies.append(body)
        if fault is None or fault == "cut after taking it" or fault == "dripping":
            self._take(fields, body)
        match fault:
            case None:
                writer.write(self.answer)
            case "refused for good":
                writer.write(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
            case "not now":
                writer.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
            case "busy":
                writer.write(b"HTTP/1.1 429 Slow down\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n")
            case "silent":
                await reader.read()
                return False
            case "cut after taking it":
                writer.transport.abort()
                return False
            case "dripping":
                # The head never ends: byte by byte, for as long as anybody listens.
                while not writer.is_closing():
                    writer.write(b"H")
                    await writer.drain()
                    await asyncio.sleep(0.02)
                return False
            case _:
                writer.write(b"220 this is no web server\r\n")
        await writer.drain()
        return fault != "nonsense"

    def _take(self, fields: dict[str, str], body: bytes) -> None:
        told = json.loads(body)
        genuine = signing.verified(
            SECRET, fields["liqu-timestamp"], fields["liqu-signature"], body, time.time()
        )
        assert genuine
        assert fields["idempotency-key"] == told["id"]
        self.taken.append(told["id"])
        self.known = told["text"]["zh"]


class _Door(SMTP):
    """A mail server that can hang, drip and cut, beside saying no."""

    rig: SmtpRig

    async def _handle_client(self) -> None:
        fault = self.rig.begin()
        link = self.transport
        assert isinstance(link, asyncio.WriteTransport)
        self.rig.links.append(link)
        match fault:
            case "cut before":
                link.abort()
            case "nonsense":
                link.write(b"HTTP/1.1 200 OK\r\n\r\n")
                link.close()
            case "silent" | "dripping":
                while not link.is_closing():
                    if fault == "dripping":
                        link.write(b"220-still thinking\r\n")
                    await asyncio.sleep(0.02)
            case _:
                await super()._handle_client()


class SmtpRig:
    """aiosmtpd, in the test's own loop."""

    def __init__(self) -> None:
        self.script: list[Fault] = []
        self.taken: list[str] = []
        self.known = ""
        self.mails: list[EmailMessage] = []
        self.port = free_port()
        self.channel = Smtp("mail", self.post())
        self.hasty = Smtp("mail", self.post(timeout=HASTY))
        self.links: list[asyncio.WriteTransport] = []
        self._fault: Fault | None = None
        self._server: asyncio.Server | None = None

    def post(self, **changed: Any) -> Post:
        plain = {"host": "127.0.0.1", "port": self.port, "sender": "hall@hall.example", "timeout": PATIENT}
        return Post(**{"security": "none", **plain, **changed})

    async def start(self, **settings: Any) -> None:
        def made() -> SMTP:
            door = _Door(self, hostname="mail.example", loop=asyncio.get_running_loop(), **settings)
            door.rig = self
            return door

        self._server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", self.port)

    async def away(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in self.links:
            link.abort()
        # The transports say so to their protocols in the loop's next turns.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def begin(self) -> Fault | None:
        """What this connection will meet."""
        self._fault = self.script.pop(0) if self.script else None
        return self._fault

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        match self._fault:
            case "refused for good":
                return "550 5.1.1 no such mailbox"
            case "busy":
                return "451 4.7.1 greylisted, come again"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._fault == "not now":
            return "452 4.3.1 no room"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.taken.append(str(mail["Message-ID"]).strip("<>").partition("@")[0])
        self.known = mail.get_content()
        if self._fault == "cut after taking it":
            server.transport.abort()
        return "250 taken"


@asynccontextmanager
async def http_rig() -> AsyncIterator[HttpRig]:
    rig = HttpRig()
    await rig.start()
    try:
        yield rig
    finally:
        await rig.channel.close()
        await rig.hasty.close()
        await rig.away()


@asynccontextmanager
async def smtp_rig(**settings: Any) -> AsyncIterator[SmtpRig]:
    rig = SmtpRig()
    await rig.start(**settings)
    try:
        yield rig
    finally:
        await rig.channel.close()
        await rig.hasty.close()
        await rig.away()
