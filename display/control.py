"""A door for scripts on this machine: what is shown and said, and pictures of it. Off unless configured.

``GET /scene`` the scene as JSON · ``GET /spoken`` what was said, oldest first, with times · ``POST
/screenshot?path=FILE.png`` a picture of the window.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Doors:
    """What scripts may ask; called from another thread than the screen's."""

    scene: Callable[[], bytes]
    """JSON."""
    spoken: Callable[[], list[dict[str, object]]]
    screenshot: Callable[[Path], None]
    """Raises OSError or TimeoutError when no picture could be written."""


def serve(port: int, doors: Doors) -> ThreadingHTTPServer:
    """Serves ``doors`` on the loopback in a thread of its own, until ``shutdown``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match urlsplit(self.path).path:
                case "/scene":
                    self._answer(200, doors.scene())
                case "/spoken":
                    self._answer(200, json.dumps(doors.spoken(), ensure_ascii=False).encode())
                case _:
                    self._refuse(404, "ask for /scene or /spoken")

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            path = parse_qs(parts.query).get("path", [""])[0]
            if parts.path != "/screenshot" or not path.endswith(".png"):
                self._refuse(404, "post to /screenshot?path=FILE.png")
                return
            try:
                doors.screenshot(Path(path))
            except (OSError, TimeoutError) as error:
                self._refuse(500, str(error))
                return
            self._answer(200, json.dumps({"path": path}).encode())

        def _refuse(self, status: int, reason: str) -> None:
            self._answer(status, json.dumps({"detail": reason}).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scripts ask often; nobody reads that."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="control", daemon=True).start()
    return server
