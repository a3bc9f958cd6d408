"""One hall's writer: load → decide → save → publish, in groups.

Every command of a hall goes through one bounded queue. The writer takes all that wait (up to ``GROUP``),
decides them one after another on the floor in memory, and writes them in *one* transaction: one disk sync
serves them all, so that many kiosks are as quick as one. Only after the commit are they answered and the
change published. If another process has moved the hall on, the floor is loaded anew inside the transaction.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.domain import events as e
from server.domain.commands import Command, EndDay
from server.domain.decide import decide
from server.domain.evolve import evolve
from server.domain.floor import Floor, Ticket
from server.domain.refusal import Refusal
from server.protocol.views import HistoryLine
from server.store import answers as stored
from server.store import floors, halls, journal, offers
from server.store.engine import reading
from server.store.faults import Fault, fault_of

from . import sentences
from .refused import Refused, refuse
from .work import Act, Answer, Ledger, Note, Outcome, Rearrange, Record, Refresh, Work

log = logging.getLogger(__name__)

GROUP = 64
"""Commands written in one transaction at most."""
TURNS = 4
"""Turns of the event loop without a new command after which a group is taken as it is: from a socket that
has data to the queue a request needs three or four."""
QUEUE = 512
"""Commands that may wait for a hall; further ones are refused as busy at once."""

TICK = timedelta(microseconds=1)
"""As fine as the tables keep time."""

KEYS = 4096
"""Keys remembered as seen lately."""

DATABASE = (OperationalError, InterfaceError, PoolTimeout)
"""Errors of a database that cannot be used, whatever the work."""

Clock: TypeAlias = Callable[[], datetime]
Result: TypeAlias = Answer | Refusal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A hall as it stands after the last commit: what views are made from."""

    floor: Floor
    histories: dict[str, tuple[HistoryLine, ...]] = field(default_factory=dict)
    """The steps of each ticket that is at a counter."""
    at: datetime | None = None
    """When the last change was; None: not known yet."""


class Keys:
    """The idempotency keys seen lately: those worth asking the table for. Bounded."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self._seen

    def add(self, keys: Iterable[tuple[str, str]]) -> None:
        for key in keys:
            self._seen[key] = None
        while len(self._seen) > KEYS:
            self._seen.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What subscribers are told: which tickets changed (None: any may have)."""

    hall: str
    tickets: frozenset[str] | None
    own: bool = True
    """Written here; not only read, after another process had written it."""
    cases: frozenset[str] = frozenset()
    """The orders that changed; where ``tickets`` is None any may have."""


class FloorWriter:
    """Serves one hall. ``standing`` is replaced whole after each commit and may be read at any time."""

    def __init__(
        self,
        engine: Engine,
        hall: str,
        clock: Clock,
        threads: ThreadPoolExecutor,
        published: Callable[[Change], None],
    ) -> None:
        self.hall = hall
        self._engine = engine
        self._clock = clock
        self._threads = threads
        self._published = published
        self._queue: asyncio.Queue[tuple[Work, asyncio.Future[Result]]] = asyncio.Queue(QUEUE)
        self._task: asyncio.Task[None] | None = None
        self._codes: dict[str, str] = {}
        self._keys = Keys()
        self._refusing = False
        """The database could not be used the last time."""
        self.since: float | None = None
        """When the group that is being written was begun (``time.monotonic``); None: none is."""
        self.groups = 0
        self.works = 0
        with reading(engine).begin() as connection:
            floor = floors.load_floor(connection, hall, clock())
            if floor is None:
                raise LookupError(hall)
            self.standing = Standing(floor, _histories(connection, floor, {}, None))
        self._index(floor, None)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"floor {self.hall}")

    async def stop(self) -> None:
        """Finish what waits, then end."""
        await self._queue.join()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def perform(self, work: Work) -> Answer:
        """Do ``work`` and answer after its commit. Raises Refused; nothing changed then."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((work, done))
        except asyncio.QueueFull:
            raise refuse("busy") from None
        result = await done
        if isinstance(result, Refusal):
            raise Refused(result)
        return result or Answer(204, "")

    @property
    def waiting(self) -> int:
        """Commands in the queue."""
        return self._queue.qsize()

    def ticket_by_code(self, code: str) -> Ticket | None:
        """The open or just ended ticket with this public code."""
        id = self._codes.get(code)
        return self.standing.floor.ticket(id) if id else None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            group = [await self._queue.get()]
            await self._gather()
            while len(group) < GROUP and not self._queue.empty():
                group.append(self._queue.get_nowait())
            works = [work for work, _ in group]
            self.since = time.monotonic()
            try:
                written = await loop.run_in_executor(self._threads, self._write, works)
            except Exception:
                log.exception("hall %s: a group of %d commands failed", self.hall, len(group))
                written = _Written(self.standing, [Refusal("unavailable")] * len(group), frozenset(), False)
            self.since = None
            self.groups += 1
            self.works += len(works)
            changed = written.standing.floor.version != self.standing.floor.version
            self.standing = written.standing
            if changed:
                self._index(self.standing.floor, written.changed)
            for (_, done), result in zip(group, written.results, strict=True):
                if not done.done():
                    done.set_result(result)
                self._queue.task_done()
            if changed:
                self._published(Change(self.hall, written.changed, written.own, written.cases))

    async def _gather(self) -> None:
        """Let requests that have arrived with the first one join its group: the disk is synced once for all.

        They are on their way through the loop, a few turns from here; a lone one loses microseconds.
        """
        still = 0
        while still < TURNS and not self._queue.full():
            before = self._queue.qsize()
            await asyncio.sleep(0)
            still = 0 if self._queue.qsize() > before else still + 1

    def _index(self, floor: Floor, changed: frozenset[str] | None) -> None:
        if changed is None:
            self._codes = {one.code: one.id for one in (*floor.recent.values(), *floor.tickets.values())}
            return
        for id in changed:
            ticket = floor.ticket(id)
            if ticket is not None:
                self._codes[ticket.code] = id
        if len(self._codes) > 2 * (len(floor.tickets) + len(floor.recent)) + 100:
            self._index(floor, None)

    # Below: in a worker thread, one group at a time.
    #
    # A key is nearly always new, so the table is not asked for it: it is written with the answer, and
    # if it was there already the transaction fails as a whole and each work is done by itself, asking.

    def _write(self, works: Sequence[Work]) -> _Written:
        """Write the group; if it fails as one, each by itself: one bad work spoils no other."""
        try:
            if all(isinstance(work, Refresh) for work in works):
                seen = self._look(len(works))
                if seen is not None:
                    return seen
            return self._transaction(works, self.standing, look_up=False)
        except Exception as failed:
            if not self._refusing:
                log.info("hall %s: %s; one by one", self.hall, type(failed).__name__)
            cut = isinstance(failed, DBAPIError) and failed.connection_invalidated
        standing = self.standing
        results: list[Result] = []
        own = gone = False
        fault: Fault = "unavailable"
        for work in works:
            # A link that broke may have broken after the commit. Only a work with a key can be asked
            # again: its stored answer tells whether it was done.
            if gone or (cut and work.once is None and not isinstance(work, Refresh)):
                results.append(Refusal(fault))
                continue
            try:
                written = self._transaction([work], standing, look_up=True)
                standing = written.standing
                own = own or written.own
                results.extend(written.results)
            except Exception as error:
                fault = fault_of(error)
                if fault != "unavailable" or isinstance(error, DATABASE):
                    # It is the database, not the work: the others must not wait in turn to find the same.
                    self._lament(error)
                    gone = True
                else:
                    log.exception("hall %s: %s failed", self.hall, type(work).__name__)
                results.append(Refusal(fault))
        return _Written(standing, results, None, own)

    def _lament(self, error: Exception) -> None:
        """Say once why the database can't be used, not at each command."""
        if not self._refusing:
            log.error("hall %s: the database cannot be used: %s", self.hall, error.__cause__ or error)
        self._refusing = True

    def _look(self, works: int) -> _Written | None:
        """Read what other processes did, without the hall's lock: who only looks holds up nobody who writes.

        None when a new business day is to begin, which is written.
        """
        now = self._clock()
        with reading(self._engine).begin() as connection:
            floor = self.standing.floor
            standing = self.standing
            if floors.versions(connection).get(self.hall) != floor.version:
                loaded = floors.load_floor(connection, self.hall, now, floor)
                if loaded is None:
                    raise LookupError(self.hall)
                floor = loaded
                histories = _histories(connection, floor, standing.histories, None)
                standing = Standing(floor, histories)
        if floor.hall.day(now) > floor.day:
            return None
        return _Written(standing, [None] * works, None, False)

    def _transaction(self, works: Sequence[Work], standing: Standing, *, look_up: bool) -> _Written:
        """One transaction. ``look_up``: ask the table for every key, not only for those seen lately."""
        now = self._clock()
        with self._engine.begin() as connection:
            head = floors.lock(connection, self.hall)
            if head is None:
                unknown = Refusal("hall_unknown", {"hall": self.hall})
                return _Written(standing, [unknown] * len(works), None, False)
            fresh = head.version != standing.floor.version
            known = standing.floor
            floor = floors.load_floor(connection, self.hall, now, known) if fresh else known
            if floor is None:
                raise LookupError(self.hall)
            # No line is older than the one before it, whatever clock another process goes by.
            last = standing.at if not fresh else None
            last = last or journal.last_at(connection, self.hall, head.journal[0])
            now = now if last is None else max(now, last)
            keys = None if look_up else self._keys
            desk = _Group(connection, floor, head.journal, self._clock, keys, now)
            today = floor.hall.day(now)
            if today > floor.day:
                desk.new_day(today)
            results = [desk.do(work) for work in works]
            desk.save()
            changed = None if fresh or desk.rearranged else frozenset(desk.changed)
            histories = _histories(connection, desk.floor, standing.histories, changed)
        self._keys.add((work.actor, work.once.key) for work in works if work.once is not None)
        own = desk.floor.version != floor.version
        if self._refusing:
            log.warning("hall %s: the database can be used again", self.hall)
        self._refusing = False
        standing = Standing(desk.floor, histories, desk.at)
        return _Written(standing, results, changed, own, frozenset(desk.cases))


@dataclass(frozen=True, slots=True)
class _Written:
    standing: Standing
    results: list[Result]
    changed: frozenset[str] | None
    own: bool
    """Something was written, not only read."""
    cases: frozenset[str] = frozenset()
    """The orders that changed; where ``changed`` is None any may have."""


class _Ledger:
    """A group as one ``Record`` sees it."""

    def __init__(self, group: _Group, actor: str) -> None:
        self._group = group
        self.actor = actor
        self.connection = group._connection
        self.now = group._now

    @property
    def floor(self) -> Floor:
        return self._group.floor

    def note(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        self._group.note(self.actor, kind, subject, payload)

    def act(self, command: Command) -> Refusal | None:
        return self._group.act(command, self.actor)

    def touch(self, order: str) -> None:
        self._group.cases.add(order)


class _Group:
    """One transaction's work on a floor: decisions gathered, then written at once."""

    def __init__(
        self,
        connection: Connection,
        floor: Floor,
        journal_head: tuple[int, str],
        clock: Clock,
        keys: Keys | None,
        now: datetime,
    ) -> None:
        self._keys = keys
        self._connection = connection
        self._journal_head = journal_head
        self._clock = clock
        self._now = now
        """Not before the hall's last line."""
        self._begun = False
        self._before = floor
        self._lines: list[journal.Line] = []
        self._answers: list[stored.Stored] = []
        self.floor = floor
        self.changed: dict[str, Ticket] = {}
        self.cases: set[str] = set()
        self.rearranged = False

    def do(self, work: Work) -> Result:
        # Each command has an instant of its own: what is sorted by time in the tables comes back in the order
        # in which it was decided, for every process alike.
        now = self._clock()
        self._now = max(now, self._now + TICK if self._begun else self._now)
        self._begun = True
        if work.once is not None:
            told = self._told(work)
            if told is not None:
                return told
        match work:
            case Refresh():
                return None
            case Note(actor, kind, subject, payload):
                self.note(actor, kind, subject, payload)
                return self._answered(work, Answer(204, ""))
            case Rearrange(actor, kind, subject, payload, change):
                hall = change(self.floor)
                if isinstance(hall, Refusal):
                    return self._refused(work, hall)
                self.floor = replace(self.floor, hall=hall)
                self.rearranged = True
                self.note(actor, kind, subject, payload)
                return self._answered(work, Answer(204, ""))
            case Record(actor, change, status):
                written = self._recorded(actor, change)
                if isinstance(written, Refusal):
                    return self._refused(work, written)
                return self._answered(work, Answer(status, written))
            case Act(command, actor, answer, status):
                decision = decide(self.floor, command, self._now)
                if isinstance(decision, Refusal):
                    return self._refused(work, decision)
                self._apply(decision, actor)
                body = answer(Outcome(self.floor, decision))
                return self._answered(work, Answer(status, body))

    @property
    def at(self) -> datetime:
        """When the last of it was done."""
        return self._now

    def _recorded(self, actor: str, change: Callable[[Ledger], str | Refusal]) -> str | Refusal:
        """What ``change`` answers; when it refuses, rows, lines and floor are as they were before it."""
        floor, changed, lines = self.floor, dict(self.changed), len(self._lines)
        savepoint = self._connection.begin_nested()
        written = change(_Ledger(self, actor))
        if isinstance(written, Refusal):
            savepoint.rollback()
            self.floor, self.changed = floor, changed
            del self._lines[lines:]
        else:
            savepoint.commit()
        return written

    def act(self, command: Command, actor: str) -> Refusal | None:
        """A floor command as part of another work."""
        decision = decide(self.floor, command, self._now)
        if isinstance(decision, Refusal):
            return decision
        self._apply(decision, actor)
        return None

    def note(self, actor: str, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        self._lines.append(journal.Line(self._now, actor, kind, subject, dict(payload)))

    def new_day(self, today: date) -> None:
        """End the old business day and begin ``today``."""
        decision = decide(self.floor, EndDay(), self._now)
        if isinstance(decision, Refusal):
            raise AssertionError(decision.code)
        self._apply(decision, "server")
        self.save()
        self.changed = {}
        ended = self.floor
        self.floor = Floor(ended.hall, today, ended.version, ended.setup, posts=ended.posts)
        floors.open_day(self._connection, self.floor)
        self._before = self.floor
        self.rearranged = True

    def save(self) -> None:
        """Write all that was decided since the last save."""
        if self._answers:
            stored.keep(self._connection, self._answers, self._now)
            self._answers = []
        if not self._lines:
            return
        hall = self.floor.hall.id
        self._journal_head = journal.append(self._connection, hall, self._journal_head, self._lines)
        self._lines = []
        self.floor = replace(self.floor, version=self._before.version + 1)
        if self.floor.hall is not self._before.hall:
            halls.save_setup(self._connection, self.floor.hall)
        if self.floor.hall.offer is not self._before.hall.offer:
            offers.save_offer(self._connection, hall, self.floor.hall.offer)
        floors.save_floor(self._connection, self._before, self.floor, self.changed, self._journal_head)
        self._before = self.floor

    def _apply(self, decision: Sequence[e.Event], actor: str) -> None:
        for event in decision:
            self.floor = evolve(self.floor, event)
            for id in e.touched(event):
                ticket = self.floor.ticket(id)
                if ticket is not None:
                    self.changed[id] = ticket
            self._lines.append(line(event, actor, self._now))

    def _refused(self, work: Act | Rearrange | Record, refusal: Refusal) -> Result:
        """``refusal``; but first the table is asked in earnest: the very work may be what stands against it,
        done before by another process or before a restart, and its answer lost on the way."""
        self._keys = None
        return self._told(work) or refusal

    def _told(self, work: Act | Note | Rearrange | Record) -> Result:
        """The answer given before for this key; a refusal when it stood for another request."""
        once = work.once
        if once is None:
            return None
        for answer in self._answers:
            if (answer.actor, answer.key) == (work.actor, once.key):
                found: stored.Stored | None = answer
                break
        else:
            if self._keys is not None and (work.actor, once.key) not in self._keys:
                return None
            found = stored.find(self._connection, work.actor, once.key)
        if found is None:
            return None
        if found.digest != once.digest:
            return Refusal("idempotency_key_reused")
        return Answer(found.status, found.body, replayed=True)

    def _answered(self, work: Act | Note | Rearrange | Record, answer: Answer) -> Answer:
        if work.once is not None:
            once = work.once
            self._answers.append(stored.Stored(work.actor, once.key, once.digest, answer.status, answer.body))
        return answer


KINDS: dict[type, str] = {
    e.TicketIssued: "ticket.issued",
    e.TicketHandedIn: "ticket.handed_in",
    e.NumbersLent: "numbers.lent",
    e.NumbersTakenBack: "lease.returned",
    e.CounterOpened: "counter.opened",
    e.CounterClosed: "counter.closed",
    e.CounterPaused: "counter.paused",
    e.CounterResumed: "counter.resumed",
    e.TicketCalled: "ticket.called",
    e.TicketRecalled: "ticket.recalled",
    e.TicketStarted: "ticket.started",
    e.TicketDone: "ticket.done",
    e.TicketMissed: "ticket.missed",
    e.TicketParked: "ticket.parked",
    e.TicketReturned: "ticket.returned",
    e.TicketTransferred: "ticket.transferred",
    e.TicketCancelled: "ticket.cancelled",
    e.StepUndone: "ticket.undone",
    e.TicketExpired: "ticket.expired",
    e.DayEnded: "day.ended",
}


def line(event: e.Event, actor: str, now: datetime) -> journal.Line:
    """The journal's line for an event. Staff stand in it by their user id, customers not at all."""
    kind = KINDS[type(event)]
    match event:
        case e.TicketIssued(ticket, _, reason):
            payload: dict[str, Any] = {
                "number": ticket.number,
                "service": ticket.service,
                "later": ticket.later,
                "priority": ticket.priority,
                "language": ticket.language,
                "promised": ticket.promised,
                "reason": reason,
            }
            return journal.Line(now, actor, kind, ticket.id, payload)
        case e.TicketHandedIn(ticket, block):
            payload = {
                "number": ticket.number,
                "service": ticket.service,
                "priority": ticket.priority,
                "language": ticket.language,
                "issued_at": ticket.issued_at.isoformat(),
                "ranked_at": ticket.ranked_at.isoformat(),
                "lease": block,
            }
            return journal.Line(now, actor, kind, ticket.id, payload)
        case e.NumbersLent(block):
            payload = {
                "device": block.device,
                "service": block.service,
                "prefix": block.prefix,
                "first": block.first,
                "last": block.last,
            }
            return journal.Line(now, actor, kind, block.id, payload)
        case e.NumbersTakenBack(id):
            return journal.Line(now, actor, kind, id, {})
        case e.TicketCalled(call) | e.TicketRecalled(call):
            payload = {"call": call.id, "number": call.number, "counter": call.counter}
            if isinstance(event, e.TicketCalled):
                payload["why"] = event.why.reason
            return journal.Line(now, actor, kind, call.ticket, payload)
        case e.CounterOpened(counter, staff):
            return journal.Line(now, actor, kind, counter, {"staff": staff})
        case e.CounterClosed() | e.CounterPaused() | e.CounterResumed():
            return journal.Line(now, actor, kind, event.counter, {})
        case e.DayEnded(day):
            return journal.Line(now, actor, kind, str(day), {})
        case _:
            assert is_dataclass(event)  # noqa: S101 - tells the type checker what the union already says
            payload = {
                one.name: _plain(getattr(event, one.name))
                for one in fields(event)
                if one.name not in ("ticket", "at")
            }
            return journal.Line(now, actor, kind, event.ticket, payload)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _histories(
    connection: Connection,
    floor: Floor,
    known: dict[str, tuple[HistoryLine, ...]],
    changed: frozenset[str] | None,
) -> dict[str, tuple[HistoryLine, ...]]:
    """The steps of each ticket at a counter; read anew for those that changed."""
    names = {service.id: service.name for service in floor.hall.services.values()}
    histories = {}
    for post in floor.posts.values():
        id = post.ticket
        if id is None:
            continue
        if id in known and changed is not None and id not in changed:
            histories[id] = known[id]
            continue
        rows = journal.history(connection, floor.hall.id, id)
        histories[id] = tuple(
            HistoryLine(
                at=floor.hall.local(row.at),
                kind=row.kind,
                text=sentences.step(row.kind, halls.unpack(row.payload), names),
            )
            for row in rows
            if row.kind in sentences.STEPS
        )
    return histories
