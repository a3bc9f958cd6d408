"""The server's doors for devices, without the server: pairings, reports, errands and tokens; plain or TLS."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from server.device.where import ServerPart


@dataclass
class Door:
    """Answers with ``answers[path]``, or what ``decide`` says; remembers what was asked."""

    answers: dict[str, Callable[[Any], tuple[int, object]]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    """Where not empty: what is asked with another token is answered 401."""
    asked: list[tuple[str, str, str, Any]] = field(default_factory=list)
    """Method, path, token, body."""
    url: str = ""

    @contextmanager
    def open(self, context: ssl.SSLContext | None = None) -> Iterator[ServerPart]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                is_json = self.headers.get("Content-Type") == "application/json"
                body = json.loads(raw) if raw and is_json else raw
                outer.asked.append((self.command, self.path, token, body))
                if token and outer.tokens and token not in outer.tokens:
                    status, told = 401, {}
                elif self.path in outer.answers:
                    status, told = outer.answers[self.path](body)
                else:
                    status, told = 404, {}
                sent = json.dumps(told).encode() if told is not None else b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_PUT = _any

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that does not trust us hangs up."""

        server = Server(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        try:
            yield ServerPart(self.url, "main", "old", "kiosk-1")
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)

    def paths(self, method: str = "POST") -> list[str]:
        return [path for how, path, _token, _body in self.asked if how == method]
