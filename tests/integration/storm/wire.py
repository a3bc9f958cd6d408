"""A TCP line between client and server that can be cut at the worst of moments."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Literal

from .processes import Served

Cut = Literal["before the request", "before the answer", "within the answer"]


class Wire:
    """Forwards connections at ``port`` to a server. ``cuts`` says what becomes of the next ones, one each;
    when there are none left all is forwarded."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.cuts: list[Cut] = []
        self.lost = 0
        """Answers that were on their way when the line was cut."""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._ending = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self) -> None:
        self._ending = True
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join(30)
        self._door.close()

    def _listen(self) -> None:
        while True:
            client, _ = self._door.accept()
            if self._ending:
                client.close()
                return
            client.settimeout(20)
            with client, contextlib.suppress(OSError):
                self._carry(client)

    def _carry(self, client: socket.socket) -> None:
        """One request and its answer; then the line is closed, by a cut or after all."""
        request = whole(client)
        cut = self.cuts.pop(0) if self.cuts and request else None
        if cut == "before the request" or not request:
            return
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as server:
            server.sendall(request)
            # Once the answer is here the server has done what was asked, whatever becomes of the answer.
            answer = whole(server)
        if cut is not None:
            self.lost += 1
        if cut == "within the answer":
            client.sendall(answer[: len(answer) // 2])
        elif cut is None:
            client.sendall(answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))


def whole(line: socket.socket) -> bytes:
    """One HTTP message with its body; empty when the other end has nothing more to say."""
    text = b""
    while b"\r\n\r\n" not in text:
        more = line.recv(65536)
        if not more:
            return b""
        text += more
    head, _, body = text.partition(b"\r\n\r\n")
    length = 0
    for one in head.lower().split(b"\r\n"):
        if one.startswith(b"content-length:"):
            length = int(one.split(b":")[1])
    while len(body) < length:
        more = line.recv(65536)
        if not more:
            raise ConnectionError("cut within a message")
        body += more
    return head + b"\r\n\r\n" + body
