"""A small HTTP server on a real socket that answers, stays silent or hangs up, as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from server.protocol.views import TicketIssued
from tests.ui.kiosk_states import TICKET


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Reply | Literal["silent", "hang up"]
"""``silent``: the request is taken and never answered; ``hang up``: the line is closed instead."""


def problem(status: int, code: str, title: str = "", detail: str = "") -> Reply:
    told = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return Reply(status, told)


class FakeServer:
    """Answers with ``answer(asked)``; remembers all that was asked."""

    def __init__(self, answer: Callable[[Asked], Behaviour]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.released = threading.Event()

    @contextmanager
    def open(self, port: int = 0) -> Iterator[str]:
        """Its address, while it is there."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                size = int(self.headers.get("Content-Length", "0"))
                raw = self.rfile.read(size)
                asked = Asked(
                    self.command, self.path, dict(self.headers.items()), json.loads(raw) if raw else None
                )
                outer.asked.append(asked)
                behaviour = outer.answer(asked)
                if not isinstance(behaviour, Reply):
                    if behaviour == "silent":
                        outer.released.wait(20)
                    self.close_connection = True
                    return
                data = (
                    behaviour.body
                    if isinstance(behaviour.body, bytes)
                    else json.dumps(behaviour.body).encode()
                )
                self.send_response(behaviour.status)
                for name, value in behaviour.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = _any

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self.released.set()
            server.shutdown()
            server.server_close()
            thread.join()


class Issuer:
    """Gives one ticket a key, as the real server does; ``fates`` says what becomes of the next answers."""

    def __init__(self, *fates: Behaviour | Literal["answer"]) -> None:
        self.given: dict[str, TicketIssued] = {}
        self._fates = list(fates)

    def __call__(self, asked: Asked) -> Behaviour:
        key = asked.headers["Idempotency-Key"]
        if key not in self.given:
            number = len(self.given) + 1
            self.given[key] = TICKET.model_copy(update={"id": f"t{number}", "number": f"A{number:03}"})
        fate = self._fates.pop(0) if self._fates else "answer"
        return Reply(201, self.given[key].model_dump(mode="json")) if fate == "answer" else fate
