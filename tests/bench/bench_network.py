"""Figures of bad lines: how soon a board is right once its line is, and what readers that never read cost."""

from __future__ import annotations

import contextlib
import random
import socket
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import requests

from display.client import Timing
from tests.integration.network.boards import Board
from tests.proxy import Proxy
from tests.waiting import until

from .figures import Figure
from .servers import Running, liqu_server

ROUNDS = 5
BOUND = 3.0
"""Seconds after the line's recovery."""
DEAF = 100
CALLS = 300
UPGRADE = (
    b"GET /api/v1/live?topic=board:main HTTP/1.1\r\nHost: hall\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def held(line: Proxy) -> None:
    line.held = True


def refused(line: Proxy) -> None:
    line.refusing = True
    line.reset()


def slow(line: Proxy) -> None:
    line.delay, line.rate = 0.3, 20_000


FAULTS: dict[str, tuple[Callable[[Proxy], None], float]] = {
    "reset": (Proxy.reset, 0.0),
    "refused": (refused, 3.0),
    "held up": (held, 3.0),
    "half-open": (Proxy.deafen, 8.0),
    "late and thin": (slow, 3.0),
}
"""Name → how it is made, and for how many seconds it lasts."""


def take(running: Running) -> int:
    """A number taken; how many wait then, as the board tells it."""
    headers = {"Authorization": f"Bearer {running.credentials['devices']['kiosk-1']}"}
    headers["Idempotency-Key"] = uuid.uuid4().hex
    url = f"http://127.0.0.1:{running.port}/api/v1/halls/main/tickets"
    answer = requests.post(url, json={"service": "accept"}, headers=headers, timeout=20)
    answer.raise_for_status()
    return int(answer.json()["number"][1:])


def waiting(board: Board) -> int:
    return sum(one["waiting"] for one in board.view.get("services", ()) if one["id"] == "accept")


def recovery(running: Running) -> list[Figure]:
    figures = []
    for name, (fault, lasts) in FAULTS.items():
        took = []
        for _ in range(ROUNDS):
            line = Proxy(running.port)
            board = Board(line.url, Timing())
            until("the first frame", lambda board=board: board.view)  # type: ignore[misc]
            fault(line)
            taken = take(running)
            time.sleep(lasts * random.uniform(0.9, 1.1))
            line.held = line.refusing = False
            line.delay = line.rate = 0.0
            line.heal()
            since = time.monotonic()
            until("the board right", lambda board=board, taken=taken: waiting(board) >= taken)  # type: ignore[misc]
            took.append(time.monotonic() - since)
            line.reset()
            board.end()
            line.end()
        most = max(took)
        figures.append(
            Figure(
                f"line {name} for {lasts:.0f} s: well again → board right, at most",
                f"{most:.2f} s",
                f"{BOUND:.0f} s (bound)",
                most / BOUND,
                at_most=1,
            )
        )
    return figures


def deaf_readers(running: Running) -> list[Figure]:
    """What a hundred links that never read do to the server and to one that does."""
    process = psutil.Process(running.pid)
    board = Board(f"http://127.0.0.1:{running.port}", Timing())
    until("the first frame", lambda: board.view)
    before = process.memory_full_info().uss / 2**20
    took = []
    with contextlib.ExitStack() as ends:
        for _ in range(DEAF):
            link = ends.enter_context(socket.socket())
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.connect(("127.0.0.1", running.port))
            link.sendall(UPGRADE)
        most = before
        for _ in range(CALLS):
            taken, since = take(running), time.monotonic()
            until("the board right", lambda taken=taken: waiting(board) >= taken)  # type: ignore[misc]
            took.append(time.monotonic() - since)
            most = max(most, process.memory_full_info().uss / 2**20)

        def links() -> int:
            some = process.net_connections(kind="tcp")
            return sum(one.status == psutil.CONN_ESTABLISHED for one in some)

        since = time.monotonic()
        until("them being given up", lambda: links() <= 3, 60)
        gone = time.monotonic() - since
    board.end()
    name = f"{DEAF} readers that never read, {CALLS} changes"
    return [
        Figure(f"{name}: server memory (USS) more, at most", f"{most - before:.1f} MiB"),
        Figure(f"{name}: the board that reads is right, at most after", f"{max(took):.2f} s"),
        Figure(f"{name}: all given up after", f"{gone:.0f} s more"),
    ]


def run() -> Sequence[Figure]:
    with tempfile.TemporaryDirectory() as name, liqu_server(Path(name) / "hall") as running:
        return [*recovery(running), *deaf_readers(running)]
