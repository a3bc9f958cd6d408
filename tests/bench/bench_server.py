"""Figures of the server: call → frame on many boards, tickets a second, the floor alone."""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from websockets.asyncio.client import ClientConnection, connect

from server.domain import commands as c
from server.domain.decide import decide
from server.domain.evolve import evolve
from server.domain.floor import Floor
from server.domain.refusal import Refusal
from server.services.demo import DEMO_HALL, hall_from

from .figures import Figure, ms, percentile
from .http_load import Line
from .servers import Running, liqu_server, yardstick

BOARDS = 200
CROWD = 1000
CALLS = 80
CROWD_CALLS = 15
ROUNDS = 4
CLIENTS = 8
TICKETS = 1600
"""In a round; a hall holds 2,000 waiting at most."""
WARM = 160
NEVER = "\0"
FREE = '"number":null,"state":"open"'
"""What a board's view holds of a counter that waits for the next."""


class Boards:
    """Many boards of one process: each notes when a frame first reached it that holds a mark."""

    def __init__(self) -> None:
        self.links: list[ClientConnection] = []
        self.frame = ""
        self._mark = NEVER
        self._seen: dict[int, float] = {}
        self._all = asyncio.Event()
        self._last: dict[int, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, url: str, count: int) -> None:
        """``count`` more, each with its first frame (where the server sends one by itself)."""
        for _ in range(count):
            link = await connect(url, compression=None, max_size=None, ping_interval=None)
            self.links.append(link)
            self._tasks.append(asyncio.create_task(self._read(len(self.links), link)))

    async def _read(self, board: int, link: ClientConnection) -> None:
        async for frame in link:
            now = time.monotonic()
            self._last[board] = str(frame)
            if board not in self._seen and self._mark in str(frame):
                self._seen[board] = now
                self.frame = str(frame)
                if len(self._seen) == len(self.links):
                    self._all.set()

    async def reached(self, since: float, mark: str) -> list[float]:
        """Seconds from ``since`` until each board had a frame that holds ``mark``.

        A board counts at once when its newest frame holds it already.
        """
        now = time.monotonic()
        self._mark = mark
        self._seen = {board: now for board, frame in self._last.items() if mark in frame}
        self._all.clear()
        if len(self._seen) < len(self.links):
            await asyncio.wait_for(self._all.wait(), 30)
        self._mark = NEVER
        return [at - since for at in self._seen.values()]

    def forget(self) -> None:
        """No board counts by the frame that it has."""
        self._last = {}

    async def close(self) -> None:
        for link in self.links:
            await link.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _clerk(line: Line, running: Running, user: str = "clerk1", counter: str = "1") -> dict[str, str]:
    signed = await line.post(
        "/api/v1/sessions", {"user": user, "password": running.credentials["users"][user]}
    )
    headers = {"Authorization": f"Bearer {signed['token']}"}
    await line.post(f"/api/v1/halls/main/counters/{counter}/open", None, headers)
    return headers


def _kiosk(running: Running) -> dict[str, str]:
    return {"Authorization": f"Bearer {running.credentials['devices']['kiosk-1']}"}


class Desk:
    """A clerk at counter 1 and a kiosk, who call tickets one by one."""

    def __init__(self, line: Line, clerk: dict[str, str], kiosk: dict[str, str]) -> None:
        self.line = line
        self._clerk = clerk
        self._kiosk = kiosk

    @classmethod
    async def open(cls, running: Running) -> Desk:
        line = await Line.open(running.port)
        return cls(line, await _clerk(line, running), _kiosk(running))

    async def call(self, boards: Boards) -> list[float]:
        """One visit; seconds from the press of 'call next' until each board had the frame."""
        keyed = self._kiosk | {"Idempotency-Key": str(uuid.uuid4())}
        issued = await self.line.post("/api/v1/halls/main/tickets", {"service": "accept"}, keyed)
        await boards.reached(0, f'"{issued["number"]}"')
        # Who is called has a number of its own in the view; who waits stands in a list.
        called, since = f'"number":"{issued["number"]}"', time.monotonic()
        path = "/api/v1/halls/main/counters/1/call-next"
        answer = asyncio.create_task(self.line.post(path, None, self._clerk))
        took = await boards.reached(since, called)
        ticket = (await answer)["ticket"]["id"]
        await self.line.post(f"/api/v1/tickets/{ticket}/start", None, self._clerk)
        await self.line.post(f"/api/v1/tickets/{ticket}/done", None, self._clerk)
        await boards.reached(0, FREE)
        return took


async def _broadcast(boards: Boards) -> list[float]:
    boards.forget()
    since = time.monotonic()
    await boards.links[0].send("go")
    return await boards.reached(since, "board")


async def call_to_frame(folder: Path) -> list[Figure]:
    """A call and a broadcast in turn: both find the machine as busy, and its caches as cold, as the other."""
    ours: list[float] = []
    theirs: list[float] = []
    crowd: list[float] = []
    path = folder / "frame.json"
    with liqu_server(folder / "boards") as running:
        url = f"ws://127.0.0.1:{running.port}/api/v1/live?topic=board:main"
        boards, desk = Boards(), await Desk.open(running)
        await boards.open(url, BOARDS)
        await boards.reached(0, "board")
        await desk.call(boards)
        path.write_text(boards.frame, encoding="utf-8")
        with yardstick("broadcast", str(path)) as other:
            plain = Boards()
            await plain.open(f"ws://127.0.0.1:{other.port}/", BOARDS)
            for turn in range(CALLS + 3):
                call, broadcast = await desk.call(boards), await _broadcast(plain)
                if turn >= 3:
                    ours += call
                    theirs += broadcast
            await plain.close()
        await boards.open(url, CROWD - BOARDS)
        await boards.reached(0, "board")
        for _ in range(CROWD_CALLS):
            crowd += await desk.call(boards)
        memory = psutil.Process(running.pid).memory_full_info().uss / 2**20
        await boards.close()
        desk.line.close()
    half, their_half = percentile(ours, 0.5), percentile(theirs, 0.5)
    most, their_most = percentile(ours, 0.99), percentile(theirs, 0.99)
    name = f"call-next → frame, {BOARDS} boards"
    return [
        Figure(f"{name}, p50", ms(half), ms(their_half), half / their_half, at_most=2),
        Figure(f"{name}, p99", ms(most), ms(their_most), most / their_most),
        Figure(f"call-next → frame, {CROWD} boards, p99", ms(percentile(crowd, 0.99))),
        Figure(f"{CROWD} boards: frames that arrived", f"{len(crowd)} of {CROWD * CROWD_CALLS}"),
        Figure(f"{CROWD} boards: server memory (USS)", f"{memory:.0f} MiB"),
    ]


async def _issue(port: int, headers: dict[str, str], count: int) -> float:
    """Tickets a second with ``CLIENTS`` connections."""
    lines = [await Line.open(port) for _ in range(CLIENTS)]

    async def client(line: Line, count: int) -> None:
        for _ in range(count // CLIENTS):
            keyed = headers | {"Idempotency-Key": str(uuid.uuid4())}
            await line.post("/api/v1/halls/main/tickets", {"service": "accept", "language": "zh"}, keyed)

    await asyncio.gather(*(client(line, WARM) for line in lines))
    since = time.monotonic()
    await asyncio.gather(*(client(line, count) for line in lines))
    took = time.monotonic() - since
    for line in lines:
        line.close()
    return count / took


async def tickets_a_second(folder: Path) -> list[Figure]:
    # The hall holds 2,000 waiting at most, so each round has a hall of its own. The best round counts.
    ours: list[float] = []
    theirs: list[float] = []
    for round_ in range(ROUNDS):
        with liqu_server(folder / f"tickets{round_}") as running:
            ours.append(await _issue(running.port, _kiosk(running), TICKETS))
        with yardstick("empty") as running:
            theirs.append(await _issue(running.port, {"Authorization": "Bearer x"}, TICKETS))
    ratio = max(ours) / max(theirs)
    return [
        Figure(
            f"tickets a second over HTTP, {CLIENTS} clients, SQLite FULL",
            f"{max(ours):.0f}/s",
            f"{max(theirs):.0f}/s",
            ratio,
            at_least=0.4,
        )
    ]


def floor_alone() -> list[Figure]:
    import json

    hall = hall_from(json.loads(DEMO_HALL.read_text(encoding="utf-8")))
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    floor = Floor(hall, hall.day(now))
    services = ("accept", "submit", "green")

    def done(command: c.Command) -> None:
        nonlocal floor
        decision = decide(floor, command, now)
        if isinstance(decision, Refusal):
            raise AssertionError(decision.code)
        for event in decision:
            floor = evolve(floor, event)

    done(c.OpenCounter("1", "clerk1"))
    for n in range(500):
        now += timedelta(seconds=1)
        done(c.Issue(f"t{n}", f"c{n}", services[n % 3]))
    waiting = floor
    took: list[float] = []
    for n in range(300):
        floor = waiting
        since = time.perf_counter()
        done(c.CallNext("1", "clerk1", f"call{n}"))
        took.append(time.perf_counter() - since)
    half = percentile(took, 0.5)
    return [
        Figure(
            "decide + evolve of call-next, 500 waiting, p50",
            ms(half),
            "0.5 ms (bound)",
            half / 0.0005,
            at_most=1,
        )
    ]


def run() -> Sequence[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = floor_alone()
        figures += asyncio.run(tickets_a_second(folder))
        figures += asyncio.run(call_to_frame(folder))
        return figures
