"""Fan-out of views to websocket clients: one slot a connection and topic, never a queue.

A change marks its hall; at once the views of that hall's subscribed topics are made, and each is serialised
once for all its followers. Whoever can take a frame gets it there and then; to the others it goes into their
slot, where a newer frame replaces one not yet sent, so that a slow screen skips to the newest state and holds
no memory. A frame whose view did not change is not sent. While changes keep coming, making views takes at
most ``SHARE`` of the time. Tickets of the change go at once; the wait of all the others that are followed is
told every ``TICKETS_PACE`` seconds. Cases (``case:CODE``) are read from the tables, in worker threads: only
those that a change names are made anew, one after another, so that they hold up no call. So it is with what
a device is to do (``device:NAME``).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol

from pydantic import BaseModel

from server.protocol import views as v
from server.protocol.topics import Topic
from server.services.floor import Change
from server.services.people import Who
from server.services.progress import Followed

from .wire import Frame, not_now

log = logging.getLogger(__name__)

SHARE = 0.5
"""The part of the time that may go into making and sending views, in the long run."""
BURST = 0.05
"""Seconds of such work that may be done at once after a quiet while."""
TICKETS_PACE = 1.0
HEARTBEAT = 10.0
TOPICS_A_CLIENT = 64
CLIENTS = 10_000
"""Connections at most; further ones are turned away."""
CASES_A_CLIENT = 8
FOLLOWERS_OF_AN_ADDRESS = 500
"""Connections from one address that follow cases: each is read from the tables, and a whole hall's phones may
share an address."""


class Views(Protocol):
    """Where the hub gets views from (server.services.halls.Halls)."""

    def board(self, hall: str) -> v.Board: ...
    def head(self, hall: str) -> v.HallHead: ...
    def panel(self, hall: str, counter: str) -> v.CounterPanel | None: ...
    def kiosk(self, hall: str) -> v.KioskHome: ...
    def desk(self, hall: str, counter: str) -> v.Desk | None: ...
    def live_ticket(self, code: str) -> v.TicketView | None: ...
    def hall_of_code(self, code: str) -> str: ...
    async def ticket(self, code: str) -> v.TicketView | None: ...
    def now(self) -> datetime: ...
    def ids(self) -> list[str]: ...


class Cases(Protocol):
    """Where the hub gets cases from (server.services.progress.Progress)."""

    async def followed(self, code: str) -> Followed | None: ...


class NoCases:
    """A hub without cases."""

    async def followed(self, code: str) -> Followed | None:
        return None


READ: Final = ("case", "device")
"""The kinds of topics whose views are read from the tables."""


class Client:
    """One connection: its newest unsent frame of each topic, and the bell that wakes its sender."""

    __slots__ = ("bell", "dismissed", "slots", "topics", "who", "write")

    def __init__(
        self, topics: Iterable[str], who: Who | None = None, write: Callable[[Frame], bool] = not_now
    ) -> None:
        self.write = write
        """Sends a frame there and then, or answers False when the connection can't take one now."""
        self.who = who
        """Whose link it is; None when nobody asked to know."""
        self.dismissed = False
        self.topics = tuple(dict.fromkeys(topics))
        self.slots: dict[str, Frame] = {}
        self.bell = asyncio.Event()

    def put(self, topic: str, frame: Frame) -> None:
        """Send ``frame``, or keep it as the newest of ``topic`` until it can be sent."""
        if self.slots or self.dismissed or not self.write(frame):
            self.slots[topic] = frame
            self.bell.set()

    def dismiss(self) -> None:
        """Nothing more goes to this client."""
        self.dismissed = True
        self.bell.set()

    async def send_all(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send what comes into the slots, oldest topic first, until dismissed or cancelled."""
        while not self.dismissed:
            await self.bell.wait()
            self.bell.clear()
            while self.slots and not self.dismissed:
                topic = next(iter(self.slots))
                # It stays in its slot while it waits: a newer one takes its place, and none overtakes it.
                frame = self.slots[topic]
                await send(frame.text)
                if self.slots.get(topic) is frame:
                    del self.slots[topic]


class _Topic:
    """A subscribed topic: who follows it and what was last sent."""

    __slots__ = ("clients", "hall", "order", "over", "seq", "ticket", "topic", "view")

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.clients: set[Client] = set()
        self.seq = 0
        self.view = ""
        self.order = self.hall = ""
        """Of a case: its order, which changes name, and its hall; of a ticket the hall, where known."""
        self.ticket = ""
        """Of a ticket: its id."""
        self.over = False
        """A ticket that left the floor, of which the last word has been said."""


class Hub:
    """Knows who follows what. All of it runs on the event loop."""

    def __init__(self, views: Views, cases: Cases | None = None, tasks: Cases | None = None) -> None:
        self._views = views
        self._read: dict[str, Cases] = {"case": cases or NoCases(), "device": tasks or NoCases()}
        self._by_order: dict[str, str] = {}
        self._old_cases: dict[str, None] = {}
        self._ring = asyncio.Event()
        self._topics: dict[str, _Topic] = {}
        self._by_hall: dict[str, set[str]] = {}
        self._codes: dict[str, str] = {}
        self._dirty: dict[str, set[str] | None] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.clients: set[Client] = set()
        self.followers: Counter[str] = Counter()
        """Address → connections from it that follow cases; kept by who opens them."""
        self.sent = 0
        self.conflated = 0

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._publish_changes(), name="hub changes"),
            asyncio.create_task(self._beat(), name="hub heartbeat"),
            asyncio.create_task(self._tell_tickets(), name="hub tickets"),
            asyncio.create_task(self._tell_cases(), name="hub cases"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def view(self, topic: Topic) -> BaseModel | None:
        """The view of a topic now; None when there is no such hall, counter or ticket, and for cases and
        devices, which have to be looked for (``read``)."""
        if topic.kind == "case" or topic.kind == "device":
            return None
        if topic.kind == "ticket":
            return self._views.live_ticket(topic.subject)
        if topic.subject not in self._views.ids():
            return None
        match topic.kind:
            case "board":
                return self._views.board(topic.subject)
            case "hall":
                return self._views.head(topic.subject)
            case "kiosk":
                return self._views.kiosk(topic.subject)
            case "counter":
                return self._views.panel(topic.subject, topic.counter)
            case "desk":
                return self._views.desk(topic.subject, topic.counter)

    async def read(self, topic: Topic) -> Followed | None:
        """The view of a case or of a device's tasks, from the tables; None: there is no such thing."""
        return await self._read[topic.kind].followed(topic.subject)

    def devices(self) -> set[str]:
        """The devices that are connected here."""
        whos = (client.who for client in self.clients)
        return {who.user for who in whos if who is not None and who.id.startswith("device:")}

    def join(
        self,
        topics: Iterable[Topic],
        who: Who | None = None,
        over: Mapping[str, v.TicketView] | None = None,
        write: Callable[[Frame], bool] = not_now,
        cases: Mapping[str, Followed] | None = None,
    ) -> Client:
        """Follow ``topics``; the first frame of each is sent or in its slot at once.

        ``over``: by code, the tickets that have left the floor, which must be looked for beforehand; so must
        ``cases``, by topic: what is read from the tables.
        ``write``: see ``Client``.
        """
        topics = list(topics)
        client = Client((str(topic) for topic in topics), who, write)
        self.clients.add(client)
        for topic in topics:
            name = str(topic)
            known = self._topics.get(name)
            if known is None:
                known = self._topics[name] = _Topic(topic)
                if topic.kind not in ("ticket", *READ):
                    self._by_hall.setdefault(topic.subject, set()).add(name)
            known.clients.add(client)
            view = self.view(topic)
            if cases is not None and name in cases:
                seen = cases[name]
                known.order, known.hall = seen.order, seen.hall
                self._by_order[seen.order] = name
                view = seen.view
                # It may have changed between the reading and this moment.
                self._remake(name)
            if isinstance(view, v.TicketView):
                self._codes[view.id] = name
                known.ticket, known.hall = view.id, self._views.hall_of_code(topic.subject)
            elif view is None and over is not None:
                view = over.get(topic.subject)
            made = view.model_dump_json() if view is not None else known.view
            if made and made != known.view:
                # Newer than what the others have: they get it too, or it would count as sent to them.
                self._send(name, known, made)
            elif made:
                client.put(name, self._frame(known, made))
        return client

    def leave(self, client: Client) -> None:
        self.clients.discard(client)
        for name in client.topics:
            known = self._topics.get(name)
            if known is None:
                continue
            known.clients.discard(client)
            if not known.clients:
                del self._topics[name]
                self._old_cases.pop(name, None)
                self._by_order.pop(known.order, None)
                self._by_hall.get(known.topic.subject, set()).discard(name)
                self._codes.pop(known.ticket, None)

    def changed(self, change: Change) -> None:
        """A hall has changed: publish soon."""
        before = self._dirty.get(change.hall, set())
        both = None if before is None or change.tickets is None else before | change.tickets
        self._dirty[change.hall] = both
        self._wake.set()
        if change.tickets is None:
            for name, known in self._topics.items():
                if known.topic.kind in READ and known.hall == change.hall:
                    self._remake(name)
        for order in change.cases:
            if order in self._by_order:
                self._remake(self._by_order[order])

    def _remake(self, name: str) -> None:
        self._old_cases[name] = None
        self._ring.set()

    async def _publish_changes(self) -> None:
        left, last = BURST, time.perf_counter()
        while True:
            await self._wake.wait()
            self._wake.clear()
            dirty, self._dirty = self._dirty, {}
            since = time.perf_counter()
            left = min(BURST, left + (since - last) * SHARE)
            for hall, tickets in dirty.items():
                try:
                    self.publish_hall(hall)
                    if tickets is None:
                        self._publish(self._followed_tickets(hall))
                    else:
                        self._publish([self._codes[id] for id in tickets if id in self._codes])
                except Exception:
                    log.exception("views of hall %s could not be made", hall)
            last = time.perf_counter()
            left -= last - since
            await asyncio.sleep(max(0, -left) / SHARE)

    def follows(self, hall: str) -> bool:
        """Whether anybody here follows something of this hall."""
        if self._by_hall.get(hall):
            return True
        one_by_one = ("ticket", *READ)
        return any(
            known.hall in ("", hall) for known in self._topics.values() if known.topic.kind in one_by_one
        )

    def publish_hall(self, hall: str) -> None:
        """Make and send the views of a hall's topics that differ from those last sent."""
        # The boards go first: they are what a called customer looks at.
        self._publish(sorted(self._by_hall.get(hall, ())))

    def _publish(self, names: Iterable[str]) -> None:
        for name in names:
            known = self._topics.get(name)
            view = self.view(known.topic) if known else None
            if known is None or view is None:
                continue
            known.over = False
            self._send(name, known, view.model_dump_json())

    def _send(self, name: str, known: _Topic, view: str) -> None:
        if view == known.view:
            return
        frame = self._frame(known, view)
        for client in known.clients:
            self.conflated += name in client.slots
            client.put(name, frame)
        self.sent += len(known.clients)

    def _followed_tickets(self, hall: str = "") -> list[str]:
        """Those of all halls; of ``hall`` and those of whose hall nothing is known."""
        some = ("", hall) if hall else None
        return [
            name
            for name, known in self._topics.items()
            if known.topic.kind == "ticket" and (some is None or known.hall in some)
        ]

    async def _tell_tickets(self) -> None:
        while True:
            await asyncio.sleep(TICKETS_PACE)
            names = self._followed_tickets()
            # In portions: two thousand phones must not hold up a call.
            for start in range(0, len(names), 50):
                try:
                    self._publish(names[start : start + 50])
                    await self._last_words(names[start : start + 50])
                except Exception:
                    log.exception("ticket views could not be made")
                await asyncio.sleep(0)

    async def _tell_cases(self) -> None:
        """Make the cases anew that have changed, the first that changed first."""
        while True:
            await self._ring.wait()
            self._ring.clear()
            while self._old_cases:
                name = next(iter(self._old_cases))
                del self._old_cases[name]
                known = self._topics.get(name)
                if known is None:
                    continue
                try:
                    seen = await self.read(known.topic)
                except Exception:
                    log.exception("the view of a case or device could not be made")
                    await asyncio.sleep(TICKETS_PACE)
                    continue
                if seen is not None:
                    self._send(name, known, seen.view.model_dump_json())

    async def _last_words(self, names: Iterable[str]) -> None:
        """Tickets that have left the floor are looked for in the tables, once."""
        for name in names:
            known = self._topics.get(name)
            if known is None or known.over or self.view(known.topic) is not None:
                continue
            known.over = True
            view = await self._views.ticket(known.topic.subject)
            if view is not None:
                self._send(name, known, view.model_dump_json())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            beat = Frame(v.Heartbeat(at=self._views.now()).model_dump_json())
            for client in self.clients:
                client.put("heartbeat", beat)
            # Time alone moves a view too: waits shrink, calls grow old, the hall closes.
            for hall in self._views.ids():
                self._dirty.setdefault(hall, set())
            self._wake.set()

    def _frame(self, known: _Topic, view: str) -> Frame:
        now = self._views.now()
        # Grows by topic, and goes on growing over a restart or at another process.
        known.seq = max(known.seq + 1, int(now.timestamp() * 1000))
        known.view = view
        return Frame(f'{{"topic":"{known.topic}","seq":{known.seq},"at":"{now.isoformat()}","view":{view}}}')
