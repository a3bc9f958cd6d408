"""A storm of commands over a hall made at random keeps every promise of the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.domain import commands as c
from server.domain import events as e
from server.domain.decide import decide
from server.domain.evolve import evolve
from server.domain.floor import Floor, Pace, Ticket
from server.domain.hall import Counter, Rules
from server.domain.ranking import is_green
from server.domain.refusal import Refusal

from .storm import Day, counter, hall, must_hold, service

SERVICES = (
    service("accept", "A", 8),
    service("submit", "B", 6),
    service("pickup", "C", 3),
    service("green", "G", 5, green=True),
)
IDS = [one.id for one in SERVICES]
FUNCTIONS = st.lists(
    st.tuples(st.sampled_from(IDS), st.integers(1, 3)), min_size=1, max_size=4, unique_by=lambda one: one[0]
)
PRIORITIES = st.sampled_from(["ordinary", "ordinary", "elderly", "disabled", "green"])


def waiting_at(floor: Floor, at: Counter) -> list[Ticket]:
    """All tickets that ``at`` may call, the slow and certain way."""
    return [
        one for one in floor.tickets.values() if one.state == "waiting" and at.tier(one.service) is not None
    ]


class Storm(RuleBasedStateMachine):
    @initialize(
        functions=st.lists(FUNCTIONS, min_size=1, max_size=4),
        cap=st.integers(1, 4),
        behind=st.integers(0, 4),
        most_waiting=st.sampled_from([3, 12, 2000]),
    )
    def a_hall(
        self, functions: list[list[tuple[str, int]]], cap: int, behind: int, most_waiting: int
    ) -> None:
        counters = [counter(str(n), *of) for n, of in enumerate(functions, 1)]
        rules = Rules(green_cap=cap, return_behind=behind, most_waiting=most_waiting)
        self.day = Day(hall(SERVICES, counters, rules))
        self.numbers: list[str] = []
        self.over: set[str] = set()
        self.greens: list[bool] = []

    @property
    def floor(self) -> Floor:
        return self.day.floor

    # What is asked ------------------------------------------------------------------------------

    @rule(service=st.sampled_from(IDS), priority=PRIORITIES, later=st.lists(st.sampled_from(IDS), max_size=2))
    def take(self, service: str, priority: str, later: list[str]) -> None:
        id = self.day.new_id()
        self.asked(c.Issue(id, f"CODE{id}", service, priority, later=tuple(later)))  # type: ignore[arg-type]

    @rule(data=st.data(), kind=st.sampled_from([c.OpenCounter] * 3 + [c.CloseCounter, c.PauseCounter]))
    def man(self, data: st.DataObject, kind: type) -> None:
        number, staff = data.draw(self.a_counter()), data.draw(self.a_person())
        self.asked(kind(number, staff))

    @rule(data=st.data())
    def resume_counter(self, data: st.DataObject) -> None:
        number = data.draw(self.a_counter())
        self.asked(c.ResumeCounter(number, self.floor.post(number).staff or "nobody"))

    @rule(data=st.data(), right=st.sampled_from([True] * 9 + [False]))
    def call_next(self, data: st.DataObject, right: bool) -> None:
        number = data.draw(self.a_counter())
        staff = self.floor.post(number).staff if right else "stranger"
        self.asked(c.CallNext(number, staff or "nobody", self.day.new_id()))

    @precondition(lambda self: self.floor.tickets)
    @rule(data=st.data())
    def call_ticket(self, data: st.DataObject) -> None:
        number = data.draw(self.a_counter())
        staff = self.floor.post(number).staff or "nobody"
        self.asked(c.CallTicket(number, staff, data.draw(self.a_ticket()), self.day.new_id()))

    @precondition(lambda self: self.floor.tickets)
    @rule(
        data=st.data(),
        kind=st.sampled_from([c.Start, c.Start, c.Done, c.Miss, c.Park, c.Cancel, c.Resume, c.Recall]),
    )
    def step(self, data: st.DataObject, kind: type) -> None:
        id = data.draw(self.a_ticket())
        staff = data.draw(self.its_person(id))
        self.asked(kind(id, staff, self.day.new_id()) if kind is c.Recall else kind(id, staff))

    @precondition(lambda self: any(post.ticket for post in self.floor.posts.values()))
    @rule(data=st.data(), kind=st.sampled_from([c.Start, c.Start, c.Done, c.Miss, c.Park, c.Recall]))
    def step_at_a_counter(self, data: st.DataObject, kind: type) -> None:
        post = data.draw(st.sampled_from([post for post in self.floor.posts.values() if post.ticket]))
        more = (self.day.new_id(),) if kind is c.Recall else ()
        self.asked(kind(post.ticket, post.staff, *more))

    @precondition(lambda self: self.floor.tickets)
    @rule(data=st.data(), service=st.sampled_from(IDS))
    def transfer(self, data: st.DataObject, service: str) -> None:
        id = data.draw(self.a_ticket())
        self.asked(c.Transfer(id, data.draw(self.its_person(id)), service))

    @precondition(lambda self: self.floor.tickets or self.floor.recent)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from([*self.floor.tickets, *self.floor.recent]))
        last = self.day.ticket(id).undo_counter
        staff = self.floor.post(last).staff if last else None
        self.asked(c.Undo(id, staff or "anybody"))

    @rule(seconds=st.sampled_from([0, 3, 60, 600, 3000]))
    def wait(self, seconds: int) -> None:
        self.day.later(seconds=seconds)

    @rule(really=st.sampled_from([False] * 9 + [True]))
    def end_day(self, really: bool) -> None:
        if not really:
            return
        self.asked(c.EndDay())
        assert not self.floor.tickets
        assert not any(self.floor.queues.values())
        assert all(post.staff is None and post.ticket is None for post in self.floor.posts.values())

    def a_counter(self) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(self.floor.hall.counters))

    def a_person(self) -> st.SearchStrategy[str]:
        return st.sampled_from(["ann", "bo", "cy", "di"])

    def a_ticket(self) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(self.floor.tickets, key=lambda id: int(id[1:])))

    def its_person(self, id: str) -> st.SearchStrategy[str]:
        post = self.floor.post(self.floor.tickets[id].counter or "")
        return st.sampled_from([post.staff or "nobody"] * 4 + ["stranger"])

    # What is promised ---------------------------------------------------------------------------

    def asked(self, command: c.Command) -> None:
        before = self.floor
        decision = self.day.ask(command)
        if isinstance(decision, Refusal):
            assert self.floor == before
            return
        for event in decision:
            match event:
                case e.TicketIssued(ticket):
                    assert ticket.number not in self.numbers, "a number is given twice"
                    self.numbers.append(ticket.number)
                case e.TicketDone(id) | e.TicketCancelled(id) | e.TicketExpired(id):
                    self.over.add(id)
                case e.StepUndone(id):
                    self.over.discard(id)
                case e.TicketCalled(call, again=True):
                    assert before.tickets[call.ticket].state in ("missed", "parked")
                case e.TicketCalled():
                    self.called(before, event)
        if isinstance(command, c.Done | c.Miss | c.Park | c.Cancel):
            self.can_be_taken_back(before, command, decision)

    def called(self, before: Floor, event: e.TicketCalled) -> None:
        at = before.hall.counters[event.call.counter]
        ticket = before.tickets[event.call.ticket]
        candidates = waiting_at(before, at)
        assert ticket in candidates, "called to a counter that does not serve it"
        best = min(candidates, key=lambda one: self.standing(before, at, one))
        others = [one for one in candidates if not is_green(before, one)]
        cap = before.hall.rules.green_cap
        recent_green = any(self.greens[-cap + 1 :]) if cap > 1 else False
        if is_green(before, best) and others and recent_green:
            assert ticket == min(others, key=lambda one: self.standing(before, at, one))
            assert event.why.reason == "green_cap"
            assert event.why.passed_over == best.number
        else:
            assert ticket == best
        assert event.green == is_green(before, ticket)
        self.greens.append(event.green)
        self.true(before, at, event)

    def standing(self, floor: Floor, at: Counter, one: Ticket) -> tuple[bool, int, float, int]:
        """The rule of domain.md once more, said plainly."""
        tier = at.tier(one.service)
        assert tier is not None
        effective = (self.day.now - one.ranked_at) / timedelta(minutes=1)
        first = min(tier for _, tier in at.functions)
        return (one.skip > 0, first if effective >= floor.hall.rules.patience else tier, -effective, one.order)

    def true(self, floor: Floor, at: Counter, event: e.TicketCalled) -> None:
        """What the sentence says is so."""
        why, ticket = event.why, floor.tickets[event.call.ticket]
        candidates = [one for one in waiting_at(floor, at) if one.skip == 0]
        tiers = [tier for _, tier in at.functions]
        tier = at.tier(ticket.service)
        assert (why.number, why.priority) == (ticket.number, ticket.priority)
        assert why.waited == (self.day.now - ticket.callable_at) // timedelta(minutes=1)
        head_start = (ticket.callable_at - ticket.ranked_at) // timedelta(minutes=1)
        assert why.head_start == (0 if ticket.missed_at else head_start)
        longest = min((one.callable_at for one in candidates), default=None)
        match why.reason:
            case "only_one":
                assert waiting_at(floor, at) == [ticket]
            case "longest_wait":
                assert ticket.callable_at == longest
            case "first_function":
                assert tier is not None
                assert tier < max(tiers)
                same = [one for one in candidates if (at.tier(one.service) or 0) <= tier]
                assert ticket.callable_at == min(one.callable_at for one in same)
            case "patience":
                assert tier != min(tiers)
                assert self.day.now - ticket.ranked_at >= timedelta(minutes=floor.hall.rules.patience)
            case "head_start":
                assert why.head_start > 0
            case "others_let_first":
                assert ticket.skip > 0
                assert not candidates, "somebody waits who need not let others go first"
            case "came_back":
                assert ticket.returns > 0
                assert ticket.skip == 0
            case "green_cap":
                pass  # told in ``called``
            case _:
                raise AssertionError(why.reason)

    def can_be_taken_back(self, before: Floor, command: c.Command, decision: object) -> None:
        """On a branch of its own: an undo gives the floor of before the step, to the letter."""
        assert isinstance(command, c.Done | c.Miss | c.Park | c.Cancel)
        if isinstance(command, c.Done) and self.day.ticket(command.ticket).state != "done":
            return  # on to its next service: that is no end, and nothing to take back
        undone = decide(self.floor, c.Undo(command.ticket, command.staff), self.day.now)
        assert not isinstance(undone, Refusal), undone
        floor = self.floor
        for event in undone:
            floor = evolve(floor, event)
        must_hold(floor)
        assert told(floor) == told(before)

    @invariant()
    def all_holds(self) -> None:
        if not hasattr(self, "day"):
            return
        must_hold(self.floor)
        issued = {f"CODE{one.id}" for one in self.floor.tickets.values()} | {
            f"CODE{id}" for id in self.over
        }
        assert len(issued) == len(self.numbers), "a ticket has disappeared, or is in two places"
        assert sum(self.floor.issued.values()) == self.floor.orders == len(self.numbers)


def told(floor: Floor) -> Floor:
    """The floor without the instant at which a counter last changed, and with paces as people read them."""
    posts = {key: replace(post, since=None) for key, post in floor.posts.items()}
    paces = {
        key: Pace(pace.visits, round(pace.total, 6), round(pace.squares, 6))
        for key, pace in floor.paces.items()
        if pace.visits
    }
    # A ticket that was over longer ago may have left the last sixty; it cannot be taken back anyway.
    recent = {key: one for key, one in floor.recent.items() if one.undo_until is not None}
    queues = {key: queue for key, queue in floor.queues.items() if queue}
    return replace(floor, posts=posts, paces=paces, recent=recent, queues=queues, missed=tuple(floor.missed))


Storm.TestCase.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, report_multiple_bugs=False
)


class TestStorm(Storm.TestCase):  # type: ignore[misc, name-defined]
    """The machine as a test."""


@pytest.mark.parametrize("kind", [c.Done, c.Miss, c.Park])
def test_the_storm_reaches_every_end(kind: type) -> None:
    day = Day().open("1")
    id = day.issue()
    day.call()
    if kind is not c.Miss:
        day.done(c.Start(id, "staff1"))
    day.done(kind(id, "staff1"))
    assert day.ticket(id).undo == {c.Done: "done", c.Miss: "miss", c.Park: "park"}[kind]
