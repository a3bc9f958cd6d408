"""A storm of commands over a hall made at random keeps every promise of the queue."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from server.domain import commands as c
from server.domain import events as e
from server.domain.decide import decide
from server.domain.estimate import not_before, wait_range
from server.domain.evolve import evolve
from server.domain.floor import Floor, Pace, Ticket
from server.domain.hall import Counter, Hall, Rules
from server.domain.ranking import Reason, is_green
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


class Watch:
    """A hall's day, watched: each command that is asked must keep every promise."""

    def __init__(self, of: Hall) -> None:
        self.day = Day(of)
        self.numbers: list[str] = []
        self.over: set[str] = set()
        self.greens: list[bool] = []
        self.met: Tally[str] = Tally()
        self.alone: list[tuple[str, int, datetime]] = []
        """Numbers that the kiosk gave by itself and has not handed in: (block, number, when)."""

    @property
    def floor(self) -> Floor:
        return self.day.floor

    def asked(self, command: c.Command) -> None:
        before = self.floor
        decision = self.day.ask(command)
        if isinstance(decision, Refusal):
            assert self.floor == before
            self.met[decision.code] += 1
            return
        self.met[type(command).__name__] += 1
        for event in decision:
            match event:
                case e.TicketIssued(ticket):
                    assert ticket.number not in self.numbers, "a number is given twice"
                    self.numbers.append(ticket.number)
                case e.TicketHandedIn(ticket, block):
                    assert ticket.number not in self.numbers, "a number is given twice"
                    self.numbers.append(ticket.number)
                    self.kept_promises(before, ticket, before.lent[block].made_at)
                case e.TicketDone(id) | e.TicketCancelled(id) | e.TicketExpired(id):
                    self.over.add(id)
                case e.StepUndone(id):
                    self.over.discard(id)
                case e.TicketCalled(call, again=True):
                    assert before.tickets[call.ticket].state in ("missed", "parked")
                case e.TicketCalled():
                    self.called(before, event)
        self.all_holds()
        if isinstance(command, c.Done | c.Miss | c.Park | c.Cancel):
            self.can_be_taken_back(before, command, decision)

    def kept_promises(self, before: Floor, came: Ticket, lent_at: datetime) -> None:
        """Nobody's wait passes the end of what they were told because a number was handed in."""
        assert lent_at <= came.issued_at <= self.day.now
        head_start = timedelta(minutes=before.hall.rules.head_starts[came.priority])
        assert came.ranked_at >= came.callable_at - head_start, "it ranks before its true time"
        for one in before.tickets.values():
            if one.state != "waiting" or one.called_at or one.handed_in_at:
                continue
            waited = (self.day.now - one.issued_at) / timedelta(minutes=1)
            was, now = (waits(floor, one, self.day.now)[1] for floor in (before, self.floor))
            assert now == was or waited + now <= one.promised[1]

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
        return (
            one.skip > 0,
            first if effective >= floor.hall.rules.patience else tier,
            -effective,
            one.order,
        )

    def true(self, floor: Floor, at: Counter, event: e.TicketCalled) -> None:
        """What the sentence says is so."""
        why, ticket = event.why, floor.tickets[event.call.ticket]
        self.met[why.reason] += 1
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
            case "promise_kept":
                assert any(one.handed_in_at and one.callable_at < ticket.callable_at for one in candidates)
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

    def all_holds(self) -> None:
        must_hold(self.floor)
        issued = {f"CODE{one.id}" for one in self.floor.tickets.values()} | {f"CODE{id}" for id in self.over}
        assert len(issued) == len(self.numbers), "a ticket has disappeared, or is in two places"
        assert self.floor.orders == len(self.numbers)
        handed_in = sum(len(block.used) for block in self.floor.lent.values())
        assert sum(self.floor.issued.values()) + handed_in == len(self.numbers)


def waits(floor: Floor, one: Ticket, now: datetime) -> tuple[int, int]:
    """The wait that a person is told."""
    wait = wait_range(floor, one.service, one.place, one.skip, now)
    return not_before(wait, one.callable_at, now)


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


class Storm(RuleBasedStateMachine):
    """Short storms that shrink: what breaks a promise is shown in its fewest steps."""

    @initialize(
        functions=st.lists(FUNCTIONS, min_size=1, max_size=3), cap=st.integers(1, 4), behind=st.integers(0, 4)
    )
    def a_hall(self, functions: list[list[tuple[str, int]]], cap: int, behind: int) -> None:
        self.watch = Watch(a_hall(functions, Rules(green_cap=cap, return_behind=behind)))
        for number in self.floor.hall.counters:
            self.watch.asked(c.OpenCounter(number, f"staff{number}"))

    @property
    def floor(self) -> Floor:
        return self.watch.floor

    @rule(service=st.sampled_from(IDS), priority=PRIORITIES, later=st.lists(st.sampled_from(IDS), max_size=1))
    def take(self, service: str, priority: str, later: list[str]) -> None:
        id = self.watch.day.new_id()
        self.watch.asked(c.Issue(id, f"CODE{id}", service, priority, later=tuple(later)))  # type: ignore[arg-type]

    @precondition(lambda self: any(self.floor.queues.values()))
    @rule(data=st.data())
    def call(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.floor.hall.counters)))
        self.watch.asked(c.CallNext(number, f"staff{number}", self.watch.day.new_id()))

    @precondition(lambda self: any(post.ticket for post in self.floor.posts.values()))
    @rule(data=st.data(), kind=st.sampled_from([c.Start, c.Done, c.Miss, c.Park, c.Recall]))
    def step(self, data: st.DataObject, kind: type) -> None:
        post = data.draw(st.sampled_from([post for post in self.floor.posts.values() if post.ticket]))
        more = (self.watch.day.new_id(),) if kind is c.Recall else ()
        self.watch.asked(kind(post.ticket, post.staff, *more))

    @precondition(lambda self: self.floor.tickets)
    @rule(data=st.data(), kind=st.sampled_from([c.Resume, c.Undo, c.Cancel]))
    def away(self, data: st.DataObject, kind: type) -> None:
        ticket = data.draw(st.sampled_from([*self.floor.tickets, *self.floor.recent]))
        self.watch.asked(kind(ticket, "staff1"))

    @rule(seconds=st.sampled_from([3, 600, 3000]))
    def wait(self, seconds: int) -> None:
        self.watch.day.later(seconds=seconds)


Storm.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, report_multiple_bugs=False
)


class TestStorm(Storm.TestCase):  # type: ignore[misc, name-defined]
    """The machine as a test."""


def a_hall(functions: Sequence[Sequence[tuple[str, int]]], rules: Rules) -> Hall:
    return hall(SERVICES, [counter(str(n), *of) for n, of in enumerate(functions, 1)], rules)


STEPS = (c.Start, c.Start, c.Start, c.Done, c.Done, c.Miss, c.Park, c.Recall)
MOVES = {
    "take": 30,
    "call": 24,
    "step": 45,
    "away": 12,
    "undo": 4,
    "any": 6,
    "man": 6,
    "transfer": 4,
    "leave": 1,
    "lend": 2,
    "alone": 8,
    "hand_in": 4,
}


def move(watch: Watch, dice: Random) -> None:
    """One command or a pause, as a busy and not very careful hall would make it."""
    floor, day = watch.floor, watch.day
    kind = dice.choices([*MOVES], [*MOVES.values()])[0]
    number = dice.choice([*floor.hall.counters])
    staff = floor.post(number).staff or f"staff{number}"
    tickets = [*floor.tickets, *floor.recent, "nobody"]
    busy = [post for post in floor.posts.values() if post.ticket]
    if dice.random() < 0.3:
        day.later(seconds=dice.choice([1, 5, 30, 120, 400, 1500]))
    match kind:
        case "take":
            priority = dice.choice(["ordinary", "ordinary", "ordinary", "elderly", "military", "green"])
            later = tuple(dice.choices(IDS, k=dice.choice([0, 0, 0, 1, 2])))
            id = day.new_id()
            watch.asked(c.Issue(id, f"CODE{id}", dice.choice(IDS), priority, later=later))  # type: ignore[arg-type]
        case "call":
            watch.asked(c.CallNext(number, staff, day.new_id()))
        case "step" if busy:
            post, step = dice.choice(busy), dice.choice(STEPS)
            more = (day.new_id(),) if step is c.Recall else ()
            watch.asked(step(post.ticket or "", post.staff or "", *more))  # type: ignore[arg-type]
        case "away":
            apart = [one.id for one in floor.tickets.values() if one.state in ("missed", "parked")]
            id = dice.choice(apart or tickets)
            if dice.random() < 0.4:
                watch.asked(c.CallTicket(number, staff, id, day.new_id()))
            else:
                watch.asked(c.Resume(id, staff))
        case "undo":
            undoable = [id for id in tickets[:-1] if day.ticket(id).undo]
            id = dice.choice(undoable or tickets)
            at = day.ticket(id).undo_counter if undoable else None
            watch.asked(c.Undo(id, floor.post(at or "").staff or staff))
        case "any":
            step = dice.choice([c.Start, c.Done, c.Miss, c.Park, c.Cancel, c.Resume, c.Undo])
            watch.asked(step(dice.choice(tickets), dice.choice([staff, "stranger"])))
        case "man" if dice.random() < 0.1:
            watch.asked(c.CloseCounter(number, "manager", for_another=True))
        case "man":
            what = dice.choice(
                [c.OpenCounter, c.OpenCounter, c.CloseCounter, c.PauseCounter, c.ResumeCounter]
            )
            watch.asked(what(number, dice.choice([staff, staff, "stranger"])))
        case "lend" if dice.random() < 0.1:
            watch.asked(c.TakeBackNumbers("k1", dice.choice([None, frozenset(floor.lent)])))
        case "lend":
            watch.asked(c.LendNumbers(day.new_id(), dice.choice(["k1", "k2"]), dice.choice(IDS)))
        case "alone" if floor.lent:
            block = dice.choice([*floor.lent.values()])
            given = {n for id, n, _ in watch.alone if id == block.id} | block.used
            n = min({*range(block.first, block.last + 1)} - given, default=0)
            if n:
                watch.alone.append((block.id, n, day.now))
        case "hand_in":
            for id, n, at in watch.alone:
                new, from_ = day.new_id(), floor.lent[id].device
                priority = dice.choice(["ordinary", "ordinary", "elderly"])
                watch.asked(c.IssueOffline(new, f"CODE{new}", from_, id, n, at, priority))  # type: ignore[arg-type]
            watch.alone = []
        case "transfer" if busy:
            post = dice.choice(busy)
            watch.asked(c.Transfer(post.ticket or "", post.staff or "", dice.choice(IDS)))


def long_day(functions: Sequence[Sequence[tuple[str, int]]], rules: Rules, seed: int, moves: int) -> Watch:
    dice = Random(seed)
    watch = Watch(a_hall(functions, rules))
    for number in watch.floor.hall.counters:
        watch.asked(c.OpenCounter(number, f"staff{number}"))
    for _ in range(moves):
        move(watch, dice)
    return watch


@settings(max_examples=25)
@given(
    functions=st.lists(FUNCTIONS, min_size=1, max_size=4),
    cap=st.integers(1, 4),
    behind=st.integers(0, 4),
    most=st.sampled_from([8, 2000]),
    seed=st.integers(0, 2**32),
)
def test_a_long_day_in_any_hall_keeps_every_promise(
    functions: list[list[tuple[str, int]]], cap: int, behind: int, most: int, seed: int
) -> None:
    rules = Rules(green_cap=cap, return_behind=behind, most_waiting=most)
    watch = long_day(functions, rules, seed, 300)
    watch.asked(c.EndDay())
    assert not watch.floor.tickets
    assert not any(watch.floor.queues.values())
    assert all(post.staff is None and post.ticket is None for post in watch.floor.posts.values())


def test_the_storm_goes_everywhere() -> None:
    """Else the test above would promise more than it looked at."""
    busy = [[("accept", 1), ("green", 1)], [("pickup", 1), ("green", 1), ("submit", 2)]]
    met: Tally[str] = Tally()
    for seed in range(5):
        met += long_day(busy, Rules(most_waiting=40), seed, 1000).met
        met += long_day(busy, Rules(most_waiting=3), seed, 1500).met
        met += long_day(busy * 4, Rules(most_waiting=16), seed, 600).met
    assert {kind.__name__ for kind in get_args(c.Command)} - met.keys() == {"EndDay"}
    unmet = set(get_args(Reason)) - met.keys()
    assert unmet == {"nobody", "nobody_yet", "called_again"}  # those call no waiting ticket
    codes = "queue_full counter_busy counter_closed counter_paused counter_not_paused counter_taken"
    codes += " not_your_counter ticket_not_waiting ticket_not_called ticket_not_serving ticket_not_parked"
    codes += " ticket_over ticket_unknown undo_too_late same_service"
    assert set(codes.split()) - met.keys() == set()
