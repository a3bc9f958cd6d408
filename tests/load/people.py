"""Who lives in the city: people with phones, the kiosks that they touch, clerks, boards, readers of pages."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .book import Book, Heard
from .halls import BROUGHT, SLOT, Place
from .lines import Door, Follower, Line

CALLS = re.compile(rb'"calls":\[(.*?)\]')
CALL = re.compile(rb'"id":"([^"]+)","number":"([^"]+)"')
SERVICES = ("accept", "submit", "pickup", "consult")
LAST_WORDS = 3.0
"""Real seconds for which a phone is still looked at when the visit is over."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Simulated seconds: what people take. ``faster``: how many of them pass in a real one."""

    faster: float
    walk: float = 20.0
    """From the call to the window."""
    serve: float = 300.0
    idle: float = 15.0
    """Between two looks of a clerk whom nobody waits for."""
    away: float = 10.0
    """Between the end of a visit and the next visitor's coming."""
    read: float = 60.0
    """Between two pages of a reader."""

    async def wait(self, seconds: float) -> None:
        """About so many simulated seconds, as such things are spread."""
        await asyncio.sleep(min(random.expovariate(1 / seconds), 4 * seconds) / self.faster)


@dataclass(slots=True)
class Town:
    """One hall as it is played."""

    place: Place
    book: Book
    doors: Sequence[Door]
    pace: Pace
    home: int
    kiosks: asyncio.Queue[Line] = field(default_factory=asyncio.Queue)
    phones: dict[str, list[Follower]] = field(default_factory=dict)
    """Ticket → the phones that follow it."""
    gone: dict[str, asyncio.Event] = field(default_factory=dict)
    """Ticket → its visit is over."""
    codes: list[str] = field(default_factory=list)
    """Public codes of the latest tickets."""
    cases: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def at(self) -> str:
        return f"/api/v1/halls/{self.place.id}"

    def line(self, token: str = "") -> Line:
        made = Line(self.doors, self.book, token, self.home)
        self.lines.append(made)
        return made

    def end(self) -> None:
        """Everybody hangs up."""
        for line in self.lines:
            line.close()

    def follower(self, *topics: str) -> Follower:
        return Follower(self.doors, self.book, topics, home=self.home)


class Boards:
    """All boards of a hall; what a frame calls is read once for all of them."""

    def __init__(self, town: Town, count: int) -> None:
        self._town = town
        self._frame = b""
        self._calls: list[tuple[str, str]] = []
        town.book.boards[town.place.id] += count
        self.all = [self._board() for _ in range(count)]

    def _board(self) -> Follower:
        known: set[str] = set()
        town, hall = self._town, self._town.place.id

        def heard(frame: bytes, now: float) -> None:
            if frame != self._frame:
                self._frame = frame
                found = CALLS.search(frame)
                told = CALL.findall(found[1]) if found else []
                self._calls = [(id.decode(), number.decode()) for id, number in told]
            for id, number in reversed(self._calls):
                if id in known:
                    break
                known.add(id)
                if town.book.measuring:
                    town.book.calls.setdefault((hall, id), Heard(number)).at.append(now)

        return Follower(town.doors, town.book, [f"board:{hall}"], heard, home=town.home)


async def visit(town: Town, share_booked: float, share_walk_in: float) -> None:
    """One visitor after another, each with a phone that follows the ticket until the visit is over."""
    while True:
        kiosk = await town.kiosks.get()
        try:
            ticket = await _take_number(town, kiosk, share_booked, share_walk_in)
        finally:
            town.kiosks.put_nowait(kiosk)
        if ticket is None:
            await town.pace.wait(60)
            continue
        over = town.gone[ticket["id"]] = asyncio.Event()
        phone = town.follower(f"ticket:{ticket['code']}")
        town.codes[:] = [*town.codes[-50:], ticket["code"]]
        try:
            await phone.start()
            await over.wait()
            await asyncio.sleep(LAST_WORDS)
        finally:
            phone.end()
            town.gone.pop(ticket["id"], None)
        await town.pace.wait(town.pace.away)


async def _take_number(town: Town, kiosk: Line, booked: float, walk_in: float) -> dict[str, str] | None:
    """A ticket: by a place that was booked, by registering at the kiosk, or as most do."""
    chance = random.random()
    lines = [{"item": BROUGHT, "pieces": random.randint(1, 3)}]
    if chance < booked:
        body = {
            "day": town.place.day,
            "slot": SLOT,
            "lines": lines,
            "customer": {
                "type": "sole_trader",
                "name": "某",
                "company": "某某店",
                "phone": f"139{random.randrange(10**8):08d}",
            },
            "acknowledged": {BROUGHT: 1},
            "consent": "1",
        }
        status, told = await kiosk.command(f"{town.at}/appointments", body)
        if status != 201:
            return None
        status, told = await kiosk.command(f"{town.at}/check-ins", {"code": told["code"]})
    elif chance < booked + walk_in:
        status, told = await kiosk.command(f"{town.at}/walk-ins", {"lines": lines})
    else:
        body = {"service": random.choice(SERVICES), "language": "zh"}
        if random.random() < 0.1:
            body["priority"] = random.choice(("elderly", "disabled"))
        status, told = await kiosk.command(f"{town.at}/tickets", body)
        return told if status == 201 else None
    if status != 201:
        return None
    town.cases[:] = [*town.cases[-50:], told["order"]["code"]]
    labels = {"outcome": "printed", "codes": [one["code"] for one in told["order"]["labels"]]}
    await kiosk.command(f"/api/v1/orders/{told['order']['id']}/prints", labels, "labels")
    ticket: dict[str, str] = told["ticket"]
    return ticket


async def clerk(town: Town, counter: str) -> None:
    """Signs in, opens the counter, and serves whoever comes, with all that happens at a desk."""
    user, password = town.place.clerks[counter]
    desk = town.line()
    _, signed = await desk.command("/api/v1/sessions", {"user": user, "password": password})
    desk.token = signed["token"]
    at = f"{town.at}/counters/{counter}"
    await desk.command(f"{at}/open")
    panel = town.follower(f"counter:{town.place.id}:{counter}")
    try:
        await panel.start()
        await town.pace.wait(town.pace.idle)
        while True:
            await _serve(town, desk, at)
    finally:
        panel.end()


async def _serve(town: Town, desk: Line, at: str) -> None:
    """Whoever is next, if anybody waits."""
    ticket = await call(town, desk, at)
    if ticket is None:
        await town.pace.wait(town.pace.idle)
        return
    await town.pace.wait(town.pace.walk)
    chance = random.random()
    if chance < 0.05:
        await desk.command(f"/api/v1/tickets/{ticket}/recall")
        await town.pace.wait(town.pace.walk)
    if chance < 0.03:
        await _leave(town, desk, ticket, "miss")
        return
    await desk.command(f"/api/v1/tickets/{ticket}/start")
    await town.pace.wait(town.pace.serve)
    if chance > 0.97:
        await desk.command(f"/api/v1/tickets/{ticket}/transfer", {"service": random.choice(SERVICES)})
    else:
        await _leave(town, desk, ticket, "done")


async def call(town: Town, desk: Line, at: str) -> str | None:
    """Press "call next"; the ticket's id."""
    since = time.monotonic()
    status, told = await desk.command(f"{at}/call-next")
    one = told["ticket"] if status == 200 else None
    if one is None:
        return None
    if town.book.measuring:
        town.book.pressed.setdefault((town.place.id, one["number"]), since)
    id: str = one["id"]
    return id


async def _leave(town: Town, desk: Line, ticket: str, step: str) -> None:
    await desk.command(f"/api/v1/tickets/{ticket}/{step}")
    over = town.gone.get(ticket)
    if over is not None:
        over.set()


async def reader(town: Town) -> None:
    """Looks at pages: a ticket, a case's progress, the hall, and what is booked from home."""
    line = town.line()
    while True:
        await town.pace.wait(town.pace.read)
        pages = [f"/about/{town.place.id}", f"/book/{town.place.id}", f"/api/v1/halls/{town.place.id}"]
        pages += [f"/t/{code}" for code in town.codes[-1:]] + [f"/c/{code}" for code in town.cases[-1:]]
        await line.look(random.choice(pages))


async def _signed_in(desk: Line, user: str, password: str) -> Any:
    """A whole city signs in at one moment: who is told to wait for it, waits."""
    while True:
        status, signed = await desk.command("/api/v1/sessions", {"user": user, "password": password})
        if status != 429:
            return signed
        await asyncio.sleep(1)


async def busy(town: Town, stop: asyncio.Event, ready: asyncio.Barrier, turns: asyncio.Semaphore) -> None:
    """A kiosk and clerks that take no time at all: number, call, start, end, and the next.

    ``ready``: where the halls wait for one another once all are signed in; ``turns``: how many of the city's
    halls are at work at once; each visit is one turn.
    """
    desks = []
    for counter, (user, password) in town.place.clerks.items():
        desk = town.line()
        signed = await _signed_in(desk, user, password)
        desk.token = signed["token"]
        await desk.command(f"{town.at}/counters/{counter}/open")
        desks.append((desk, f"{town.at}/counters/{counter}"))
    await ready.wait()
    kiosk = town.kiosks.get_nowait()
    while not stop.is_set():
        for desk, at in desks:
            async with turns:
                body = {"service": random.choice(SERVICES), "language": "zh"}
                await kiosk.command(f"{town.at}/tickets", body)
                ticket = await call(town, desk, at)
                if ticket is not None:
                    await desk.command(f"/api/v1/tickets/{ticket}/start")
                    await desk.command(f"/api/v1/tickets/{ticket}/done")
