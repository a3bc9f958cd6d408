"""Halls and floors for the tests of the rules: small builders, and what must hold of any floor."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from server.domain import commands as c
from server.domain import events as e
from server.domain.decide import decide
from server.domain.evolve import evolve
from server.domain.floor import Floor, Ticket
from server.domain.hall import Counter, Hall, Rules, Service
from server.domain.refusal import Refusal
from server.protocol.views import Text

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""A Friday, 09:00 in Shanghai."""
DAY = date(2026, 11, 20)
NO_TEXT = Text(zh="", en="")


def service(id: str, prefix: str, minutes: float = 8, *, green: bool = False, active: bool = True) -> Service:
    return Service(id, Text(zh=id, en=id), prefix, minutes, NO_TEXT, NO_TEXT, green, active)


def counter(number: str, *functions: tuple[str, int]) -> Counter:
    return Counter(number, Text(zh=number, en=number), functions)


def hall(
    services: Sequence[Service] = (service("accept", "A"), service("pickup", "C", 3)),
    counters: Sequence[Counter] = (counter("1", ("accept", 1)), counter("2", ("accept", 2), ("pickup", 1))),
    rules: Rules | None = None,
) -> Hall:
    return Hall(
        id="main",
        name=Text(zh="大厅", en="Hall"),
        zone="Asia/Shanghai",
        services={one.id: one for one in services},
        counters={one.number: one for one in counters},
        rules=rules or Rules(),
    )


class Day:
    """A floor and a clock: asks ``decide``, applies what happens, and keeps what ever happened."""

    def __init__(self, of: Hall | None = None, now: datetime = NINE) -> None:
        self.floor = Floor(hall=of or hall(), day=DAY)
        self.now = now
        self.count = 0

    def later(self, minutes: float = 0, *, seconds: float = 0) -> Day:
        self.now += timedelta(minutes=minutes, seconds=seconds)
        return self

    def ask(self, command: c.Command) -> Sequence[e.Event] | Refusal:
        """Decide, and apply what happens."""
        decision = decide(self.floor, command, self.now)
        if not isinstance(decision, Refusal):
            for event in decision:
                self.floor = evolve(self.floor, event)
        return decision

    def done(self, command: c.Command) -> Sequence[e.Event]:
        """As ``ask``, of what is surely allowed."""
        decision = self.ask(command)
        assert not isinstance(decision, Refusal), (command, decision)
        return decision

    def refused(self, command: c.Command) -> str:
        """The code of the refusal, which changes nothing."""
        before = self.floor
        decision = self.ask(command)
        assert isinstance(decision, Refusal), (command, decision)
        assert self.floor == before
        return decision.code

    def new_id(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def issue(self, service: str = "accept", **more: object) -> str:
        """A number taken; its ticket's id."""
        id = self.new_id()
        self.done(c.Issue(id=id, code=f"CODE{id}", service=service, **more))  # type: ignore[arg-type]
        return id

    def open(self, *counters: str) -> Day:
        for number in counters:
            self.done(c.OpenCounter(number, f"staff{number}", f"Staff {number}"))
        return self

    def call(self, counter: str = "1") -> e.TicketCalled | None:
        """Call next to ``counter``; None when nobody can be called."""
        self.count += 1
        events = self.done(c.CallNext(counter, f"staff{counter}", f"call{self.count}"))
        if not events:
            return None
        (called,) = events
        assert isinstance(called, e.TicketCalled)
        return called

    def called(self, counter: str = "1") -> str:
        """The id of the ticket that call-next calls to ``counter``."""
        called = self.call(counter)
        assert called is not None
        return called.call.ticket

    def serve(self, counter: str = "1") -> str:
        """Call next and start; the ticket's id."""
        id = self.called(counter)
        self.done(c.Start(id, f"staff{counter}"))
        return id

    def finish(self, counter: str = "1") -> str:
        """Finish what is at ``counter``, started or not."""
        id = self.floor.post(counter).ticket
        assert id is not None
        if self.floor.tickets[id].state == "called":
            self.done(c.Start(id, f"staff{counter}"))
        self.done(c.Done(id, f"staff{counter}"))
        return id

    def ticket(self, id: str) -> Ticket:
        found = self.floor.ticket(id)
        assert found is not None, id
        return found


def must_hold(floor: Floor) -> None:
    """What is true of every floor, whatever was asked of it."""
    at_posts = [post.ticket for post in floor.posts.values() if post.ticket is not None]
    assert len(at_posts) == len(set(at_posts)), "a ticket is at two counters"
    people = [post.staff for post in floor.posts.values() if post.staff is not None]
    assert len(people) == len(set(people)), "a person is at two counters"
    for post in floor.posts.values():
        if post.ticket is not None:
            assert post.staff is not None, "nobody is at a counter that has a ticket"
            assert not post.paused, "a paused counter has a ticket"
            assert floor.tickets[post.ticket].counter == post.counter
    queued = Tally(id for queue in floor.queues.values() for _, _, id in queue)
    for id, ticket in floor.tickets.items():
        assert id == ticket.id
        waits, at_counter = ticket.state == "waiting", ticket.state in ("called", "serving")
        assert queued.pop(id, 0) == waits, f"{ticket.state} ticket queued"
        assert at_posts.count(id) == at_counter, f"{ticket.state} ticket at a counter"
        assert (ticket.counter is not None) == at_counter
        assert floor.missed.count(id) == (ticket.state == "missed")
        assert ticket.state not in ("done", "cancelled", "expired")
        assert ticket.recalls <= floor.hall.rules.most_recalls
        assert ticket.returns <= floor.hall.rules.most_returns
        assert ticket.number.startswith(ticket.prefix)
    assert not queued, "a queue holds what is not on the floor"
    assert not floor.tickets.keys() & floor.recent.keys()
    assert {ticket.state for ticket in floor.recent.values()} <= {"done", "cancelled", "expired"}
    for name in {*floor.queues, *floor.hall.services}:
        waiting = [one for one in floor.tickets.values() if one.state == "waiting" and one.service == name]
        assert floor.queue(name) == tuple(sorted(one.place for one in waiting))
    numbers = [one.number for one in (*floor.tickets.values(), *floor.recent.values())]
    assert len(numbers) == len(set(numbers))
