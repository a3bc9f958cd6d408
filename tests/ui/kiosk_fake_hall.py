"""A hall for trying a kiosk without the server: gives numbers, shows its home, loses answers as told."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, Response

from server.protocol.views import Frame, KioskHome, TicketIssued
from tests.ui.kiosk_fake_returning import Returning
from tests.ui.kiosk_states import HOME, TICKET
from tests.waiting import free_port, until

TOKEN = "the-kiosks-token"


class FakeKioskHall:
    """Speaks what a kiosk needs of the server; everything a test wants to know is an attribute."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.home: KioskHome = HOME
        self.given: dict[str, TicketIssued] = {}
        """Tickets by idempotency key."""
        self.asked: list[str] = []
        """The key of each try to take a number."""
        self.lose = 0
        """So many next answers are lost after the number was given."""
        self.prints: list[tuple[str, str, bool]] = []
        """Ticket, outcome, reprint: as the kiosk told them."""
        self.printer = ""
        self.returning = Returning()

    @contextmanager
    def open(self) -> Iterator[FakeKioskHall]:
        config = uvicorn.Config(
            self._app(),
            host="127.0.0.1",
            port=self.port,
            ws="websockets-sansio",
            log_level=logging.CRITICAL,
            # Without this the whole process of the tests would have its log taken over.
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            until("the hall's start", lambda: server.started)
            yield self
        finally:
            server.should_exit = True
            thread.join(10)

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/api/v1/halls/main/tickets")
        async def take(request: Request) -> Response:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"detail": "no"}, 401)
            key = request.headers["Idempotency-Key"]
            self.asked.append(key)
            ticket = self.given.setdefault(key, self._ticket(await request.json()))
            if self.lose:
                self.lose -= 1
                return Response(status_code=504)
            return JSONResponse(ticket.model_dump(mode="json"), 201)

        @app.post("/api/v1/tickets/{ticket}/prints")
        async def printed(ticket: str, request: Request) -> Response:
            told = await request.json()
            self.prints.append((ticket, told["outcome"], told["reprint"]))
            return Response(status_code=204)

        @app.post("/api/v1/devices/self/status")
        async def status(request: Request) -> Response:
            self.printer = (await request.json())["printer"]
            return Response(status_code=204)

        self.returning.add_to(app)

        @app.websocket("/api/v1/live")
        async def live(line: WebSocket) -> None:
            if line.headers.get("Authorization") != f"Bearer {TOKEN}":
                await line.close(4401)
                return
            await line.accept()
            sent: KioskHome | None = None
            try:
                while True:
                    if self.home is not sent:
                        sent = self.home
                        frame = Frame(topic="kiosk:main", seq=1, at=datetime.now(UTC), view=sent)
                        await line.send_text(frame.model_dump_json())
                    with suppress(TimeoutError):
                        # The kiosk says nothing; this hears when it goes.
                        await asyncio.wait_for(line.receive_text(), 0.05)
            except WebSocketDisconnect:
                return

        return app

    def _ticket(self, asked: dict[str, Any]) -> TicketIssued:
        number = len(self.given) + 1
        return TICKET.model_copy(
            update={"id": f"t{number}", "number": f"A{number:03}", "service": asked["service"]}
        )
