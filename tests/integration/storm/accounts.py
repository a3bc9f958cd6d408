"""What must be true of a hall's tables after a storm: told by its journal, held against what was answered."""

from __future__ import annotations

import json
from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from server.domain.floor import Floor, Ticket
from server.store import answers as stored
from server.store import floors, journal
from server.store import tables as t
from server.store.engine import open_engine, reading

from .crowd import Answered, Book

STEPS = {
    "start": "ticket.started",
    "done": "ticket.done",
    "miss": "ticket.missed",
    "park": "ticket.parked",
    "resume": "ticket.returned",
    "transfer": "ticket.transferred",
    "recall": "ticket.recalled",
    "cancel": "ticket.cancelled",
    "undo": "ticket.undone",
}
"""Step of a ticket as asked → the journal's line for it."""


@dataclass(slots=True)
class Told:
    """A ticket as the journal tells it."""

    number: str
    service: str
    state: str = "waiting"
    counter: str | None = None


@dataclass(slots=True)
class Retold:
    """The day told again from the journal, line by line, by rules of its own: never two at one counter,
    never one ticket at two, never a number twice, no step from where none leads."""

    tickets: dict[str, Told] = field(default_factory=dict)
    posts: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Manned counters: who is there, and whether it is paused."""
    at: dict[str, str] = field(default_factory=dict)
    """Counter → the ticket called or serving there."""

    def hear(self, row: Row[Any]) -> None:
        said = json.loads(row.payload)
        kind, id = row.kind, row.subject
        if kind.startswith("counter."):
            self._counter(kind, id, said)
            return
        if kind == "ticket.issued":
            assert said["number"] not in {one.number for one in self.tickets.values()}, "a number given twice"
            assert id not in self.tickets
            self.tickets[id] = Told(said["number"], said["service"])
            return
        ticket = self.tickets[id]
        match kind:
            case "ticket.called":
                assert ticket.state == "waiting", (ticket, "called from there")
                assert (ticket.number, ticket.counter) == (said["number"], None)
                self._sit(id, said["counter"], "called")
            case "ticket.recalled":
                assert (ticket.state, ticket.counter) == ("called", said["counter"])
            case "ticket.started":
                assert ticket.state == "called"
                ticket.state = "serving"
            case "ticket.missed":
                self._rise(id, "called", "missed")
            case "ticket.done":
                self._rise(id, "serving", "done")
            case "ticket.parked":
                self._rise(id, "serving", "parked")
            case "ticket.transferred":
                self._rise(id, "serving", "waiting")
                ticket.service = said["service"]
            case "ticket.returned":
                assert ticket.state == ("missed" if said["missed"] else "parked")
                ticket.state = "waiting"
            case "ticket.cancelled":
                assert ticket.state == "waiting"
                ticket.state = "cancelled"
            case "ticket.undone":
                was = {"done": "done", "miss": "missed", "park": "parked", "cancel": "cancelled"}[
                    said["step"]
                ]
                assert ticket.state == was
                if said["step"] == "cancel":
                    ticket.state = "waiting"
                else:
                    self._sit(id, said["counter"], "called" if said["step"] == "miss" else "serving")
            case _:
                raise AssertionError(f"nobody did that: {kind}")

    def _counter(self, kind: str, counter: str, said: dict[str, Any]) -> None:
        assert counter not in self.at, "the counter has a ticket"
        match kind:
            case "counter.opened":
                assert counter not in self.posts
                assert said["staff"] not in {staff for staff, _ in self.posts.values()}
                self.posts[counter] = (said["staff"], False)
            case "counter.closed":
                del self.posts[counter]
            case "counter.paused" | "counter.resumed":
                staff, paused = self.posts[counter]
                assert paused == (kind == "counter.resumed")
                self.posts[counter] = (staff, not paused)

    def _sit(self, id: str, counter: str, state: str) -> None:
        assert counter not in self.at, "two tickets at one counter"
        assert id not in self.at.values(), "one ticket at two counters"
        assert self.posts[counter][1] is False, "called to a paused counter"
        self.at[counter] = id
        self.tickets[id].state, self.tickets[id].counter = state, counter

    def _rise(self, id: str, before: str, after: str) -> None:
        ticket = self.tickets[id]
        assert ticket.state == before
        assert ticket.counter is not None
        assert self.at.pop(ticket.counter) == id
        ticket.state, ticket.counter = after, None


def floor_in(database: str, at: datetime) -> Floor:
    """The hall's floor as the tables have it."""
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            floor = floors.load_floor(connection, "main", at)
        assert floor is not None
        return floor
    finally:
        engine.dispose()


def settle(database: str, book: Book, now: datetime) -> Floor:
    """Hold the tables against what was answered; the floor as it stands. Fails on any difference."""
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            assert journal.check(connection, "main") is None, "the journal's chain is broken"
            lines = connection.execute(
                select(t.journal).where(t.journal.c.hall == "main").order_by(t.journal.c.seq)
            ).all()
            retold = Retold()
            for row in lines:
                retold.hear(row)
            rows = {
                row.id: row for row in connection.execute(select(t.tickets).where(t.tickets.c.hall == "main"))
            }
            floor = floors.load_floor(connection, "main", now)
            assert floor is not None
            same(retold, rows, floor)
            every_answer_is_kept(connection, book)
            everything_was_done_once(lines, book)
            every_ticket_is_there(rows, book)
            return floor
    finally:
        engine.dispose()


def same(retold: Retold, rows: dict[str, Row[Any]], floor: Floor) -> None:
    """The floor from the tables is where the journal ends."""
    assert {id: (one.number, one.service, one.state) for id, one in retold.tickets.items()} == {
        id: (row.number, row.service, row.state) for id, row in rows.items()
    }
    open_tickets = {
        id: one for id, one in retold.tickets.items() if one.state not in ("done", "cancelled", "expired")
    }
    assert {
        id: (one.number, one.service, one.state, at_counter(one)) for id, one in floor.tickets.items()
    } == {id: (one.number, one.service, one.state, one.counter) for id, one in open_tickets.items()}
    manned = {key: (post.staff, post.paused) for key, post in floor.posts.items() if post.staff}
    assert manned == retold.posts
    assert {key: post.ticket for key, post in floor.posts.items() if post.ticket} == retold.at
    # Numbers run from 1 without a gap, and the counter rows stand at their ends.
    given: dict[str, set[int]] = {}
    for one in retold.tickets.values():
        given.setdefault(one.number[0], set()).add(int(one.number[1:]))
    assert {prefix: set(range(1, last + 1)) for prefix, last in floor.issued.items()} == given
    assert floor.orders == len(retold.tickets)


def at_counter(ticket: Ticket) -> str | None:
    return ticket.counter if ticket.state in ("called", "serving") else None


def every_ticket_is_there(rows: dict[str, Row[Any]], book: Book) -> None:
    """By id, code and number, as its customer was told; and no other."""
    issued = [one.body for one in book.answers if one.status == 201]
    told = {body["id"]: (body["code"], body["number"]) for body in issued}
    assert len(told) == len(issued) == len({number for _, number in told.values()})
    assert told == {id: (row.code, row.number) for id, row in rows.items()}


def every_answer_is_kept(connection: Connection, book: Book) -> None:
    """Under its key, word for word: asked again today, it is told again."""
    wanted = [one for one in book.answers if one.status < 300]
    for one in wanted:
        kept = stored.find(connection, one.actor, one.key)
        assert kept is not None, one
        body = json.loads(kept.body) if kept.body else None
        assert (kept.status, body) == (one.status, one.body)


def everything_was_done_once(lines: list[Row[Any]], book: Book) -> None:
    """As many lines of each kind about each subject as were acknowledged: nothing lost, nothing twice."""
    done = Tally((row.kind, row.subject, row.actor) for row in lines)
    assert done == sum((effects(one) for one in book.answers if one.status < 300), Tally())


def effects(one: Answered) -> Tally[tuple[str, str, str]]:
    """The journal's lines that an acknowledged request stands for."""
    *_, subject, verb = one.path.split("/")
    if one.status == 201:
        return Tally([("ticket.issued", one.body["id"], one.actor)])
    if one.path.startswith("/tickets/"):
        return Tally([(STEPS[verb], subject, one.actor)])
    if verb in ("call-next", "call"):
        ticket = one.body["ticket"]
        if ticket is None:
            return Tally()
        back = [("ticket.returned", ticket["id"], one.actor)] if verb == "call" else []
        return Tally([*back, ("ticket.called", ticket["id"], one.actor)])
    past = {"open": "opened", "close": "closed", "pause": "paused", "resume": "resumed"}[verb]
    return Tally([(f"counter.{past}", subject, one.actor)])
