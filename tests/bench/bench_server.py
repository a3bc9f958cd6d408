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
CALLS = 60
CLIENTS = 8
TICKETS = 2000


class Boards:
    """Many boards of one process: each notes when a frame reached it."""

    def __init__(self) -> None:
        self.links: list[ClientConnection] = []
        self.seen: list[float] = []
        self.frame = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._expected = 0
        self._all = asyncio.Event()

    async def open(self, url: str, count: int) -> None:
        for _ in range(count):
            link = await connect(url, compression=None, max_size=None, ping_interval=None)
            self.links.append(link)
            self._tasks.append(asyncio.create_task(self._read(link)))

    async def _read(self, link: ClientConnection) -> None:
        async for frame in link:
            now = time.monotonic()
            if '"heartbeat"' in frame[:24]:  # type: ignore[operator]
                continue
            self.frame = str(frame)
            self.seen.append(now)
            if len(self.seen) >= self._expected:
                self._all.set()

    async def first_frames(self) -> None:
        """Wait until every board has its first frame, then forget them."""
        await self._wait(len(self.links))

    async def _wait(self, count: int) -> None:
        self._expected = count
        if len(self.seen) < count:
            self._all.clear()
            await asyncio.wait_for(self._all.wait(), 30)

    async def reached(self, since: float) -> list[float]:
        """Seconds from ``since`` until each board had the frame."""
        await self._wait(len(self.links))
        took = [at - since for at in self.seen]
        self.reset()
        return took

    def reset(self) -> None:
        self.seen = []
        self._all.clear()

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


async def _calls(running: Running, boards: Boards, calls: int) -> list[float]:
    """Call tickets one by one; seconds from the press to each board's frame."""
    line = await Line.open(running.port)
    clerk, kiosk = await _clerk(line, running), _kiosk(running)
    took: list[float] = []
    for _ in range(calls):
        await line.post(
            "/api/v1/halls/main/tickets",
            {"service": "accept"},
            kiosk | {"Idempotency-Key": str(uuid.uuid4())},
        )
        await boards.reached(0)
        since = time.monotonic()
        called = await line.post("/api/v1/halls/main/counters/1/call-next", None, clerk)
        took += await boards.reached(since)
        for step in ("start", "done"):
            await line.post(f"/api/v1/tickets/{called['ticket']['id']}/{step}", None, clerk)
            await boards.reached(0)
    line.close()
    return took


async def _broadcasts(port: int, boards: Boards, calls: int) -> list[float]:
    took: list[float] = []
    for _ in range(calls):
        since = time.monotonic()
        await boards.links[0].send("go")
        took += await boards.reached(since)
    return took


async def call_to_frame(folder: Path) -> list[Figure]:
    figures: list[Figure] = []
    with liqu_server(folder / "boards") as running:
        url = f"ws://127.0.0.1:{running.port}/api/v1/live?topic=board:main"
        boards = Boards()
        await boards.open(url, BOARDS)
        await boards.first_frames()
        boards.reset()
        ours = await _calls(running, boards, CALLS)
        frame = boards.frame
        await boards.open(url, CROWD - BOARDS)
        await boards._wait(CROWD - BOARDS)
        boards.reset()
        crowd = await _calls(running, boards, 15)
        memory = psutil.Process(running.pid).memory_full_info().uss / 2**20
        await boards.close()
    path = folder / "frame.json"
    path.write_text(frame, encoding="utf-8")
    with yardstick("broadcast", str(path)) as running:
        boards = Boards()
        await boards.open(f"ws://127.0.0.1:{running.port}/", BOARDS)
        theirs = await _broadcasts(running.port, boards, CALLS)
        await boards.close()
    half, their_half = percentile(ours, 0.5), percentile(theirs, 0.5)
    most, their_most = percentile(ours, 0.99), percentile(theirs, 0.99)
    figures.append(
        Figure(
            f"call-next → frame, {BOARDS} boards, p50", ms(half), ms(their_half), half / their_half, at_most=2
        )
    )
    figures.append(
        Figure(f"call-next → frame, {BOARDS} boards, p99", ms(most), ms(their_most), most / their_most)
    )
    figures.append(Figure(f"call-next → frame, {CROWD} boards, p99", ms(percentile(crowd, 0.99))))
    figures.append(Figure(f"{CROWD} boards: frames that arrived", f"{len(crowd)} of {CROWD * 15}"))
    figures.append(Figure(f"{CROWD} boards: server memory (USS)", f"{memory:.0f} MiB"))
    return figures


async def _issue(port: int, headers: dict[str, str], count: int) -> float:
    """Tickets a second with ``CLIENTS`` connections."""
    lines = [await Line.open(port) for _ in range(CLIENTS)]

    async def client(line: Line) -> None:
        for _ in range(count // CLIENTS):
            keyed = headers | {"Idempotency-Key": str(uuid.uuid4())}
            await line.post("/api/v1/halls/main/tickets", {"service": "accept", "language": "zh"}, keyed)

    since = time.monotonic()
    await asyncio.gather(*(client(line) for line in lines))
    took = time.monotonic() - since
    for line in lines:
        line.close()
    return count / took


async def tickets_a_second(folder: Path) -> list[Figure]:
    # The hall holds 2,000 waiting at most, so each round has a hall of its own; the best of three
    # rounds each, taken in turn, so that a slow moment of the machine falls on both.
    ours: list[float] = []
    theirs: list[float] = []
    for round_ in range(3):
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
