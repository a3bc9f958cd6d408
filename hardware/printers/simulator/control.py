"""Switches for a simulated printer over HTTP, for scripts: plain, local, nothing to sign in to.

GET  /state                           {"address", "faults": {name: after}, "sheets": count}
GET  /sheets                          [{"file", "problems"}]
POST /fault?name=silent&on=1&after=0  204
"""

from __future__ import annotations

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from .device import FAULTS
from .server import SimulatedPrinter


class Control:
    """Serves the switches of ``printer`` on 127.0.0.1:``port`` (0: any free one, see ``port``)."""

    def __init__(self, printer: SimulatedPrinter, port: int) -> None:
        class Handler(_Handler):
            controlled = printer

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    controlled: SimulatedPrinter
    timeout = 5

    def do_GET(self) -> None:
        printer = self.controlled
        match urlsplit(self.path).path:
            case "/state":
                self._answer(
                    {
                        "address": f"127.0.0.1:{printer.port}",
                        "faults": dict(printer.device.faults),
                        "sheets": len(printer.sheets),
                    }
                )
            case "/sheets":
                self._answer(
                    [{"file": str(s.path), "problems": list(s.problems)} for s in printer.sheets],
                )
            case _:
                self._refuse(HTTPStatus.NOT_FOUND, "GET /state or GET /sheets")

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/fault":
            self._refuse(HTTPStatus.NOT_FOUND, "POST /fault?name=NAME&on=1")
            return
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        name, on, after = query.get("name"), query.get("on", "1"), query.get("after", "0")
        for fault in FAULTS:
            if fault == name and on in ("0", "1") and after.isdecimal() and len(after) < 10:
                self.controlled.fault(fault, on=on == "1", after=int(after))
                self.send_response(HTTPStatus.NO_CONTENT)
                self.end_headers()
                return
        self._refuse(
            HTTPStatus.BAD_REQUEST, f"name is one of {', '.join(FAULTS)}; on is 0 or 1; after a number"
        )

    def log_message(self, format: str, *args: object) -> None:
        """The faults are logged where they are switched."""

    def _answer(self, value: object) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        body = why.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
