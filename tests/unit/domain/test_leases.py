"""Numbers lent to kiosks: never on two tickets, and handed in without breaking what others were promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import commands as c
from server.domain import events as e
from server.domain.estimate import not_before, wait_range
from server.domain.floor import Floor, Ticket
from server.domain.hall import Hours, Rules
from server.domain.leases import BELOW, FEW, HIGHEST, MOST_BLOCKS, Block
from server.protocol.offline import BLOCK

from .storm import NINE, Day, counter, hall, must_hold, service

SERVICES = (service("accept", "A"), service("again", "A"), service("pickup", "C", 3))
"""Two of one letter: their numbers come from one row."""


def lend(day: Day, device: str = "k1", service: str = "accept") -> Block | None:
    """The block that ``device`` is given, if any."""
    events = day.done(c.LendNumbers(day.new_id(), device, service))
    lent = [event.block for event in events if isinstance(event, e.NumbersLent)]
    return lent[0] if lent else None


def lent(day: Day, device: str = "k1", service: str = "accept") -> Block:
    block = lend(day, device, service)
    assert block is not None
    return block


def hand_in(day: Day, block: Block, n: int, at: datetime, **more: object) -> Ticket:
    id = day.new_id()
    day.done(c.IssueOffline(id, f"CODE{id}", block.device, block.id, n, at, **more))  # type: ignore[arg-type]
    must_hold(day.floor)
    return day.ticket(id)


def waits(floor: Floor, one: Ticket, now: datetime) -> int:
    """The longest wait that a person is told."""
    wait = wait_range(floor, one.service, one.place, one.skip, now)
    return not_before(wait, one.callable_at, now)[1]


# Numbers -----------------------------------------------------------------------------------------


def test_blocks_come_from_the_high_end_one_after_another() -> None:
    day = Day()
    assert (lent(day).first, lent(day, "k2").first, lent(day, "k1", "pickup").first) == (901, 921, 901)
    day.issue()
    assert day.ticket("t4").number == "A001"


def test_ordinary_numbers_go_on_after_what_was_lent() -> None:
    day = Day()
    day.floor = replace(day.floor, issued={"A": BELOW})
    first, second = lent(day), lent(day, "k2")
    assert day.ticket(day.issue()).number == f"A{second.last + 1}"
    third = lent(day, "k3")
    assert third.first == second.last + 2
    assert day.ticket(day.issue()).number == f"A{third.last + 1}"
    assert first.last + 1 == second.first


def test_a_block_is_lent_after_the_last_number_that_was_given() -> None:
    day = Day()
    day.floor = replace(day.floor, issued={"A": 1234})
    assert lent(day).first == 1235
    assert day.ticket(day.issue()).number == f"A{1235 + BLOCK}"


def test_a_kiosk_gets_another_block_when_fewer_than_half_of_its_numbers_are_left() -> None:
    day = Day()
    block = lent(day)
    for n in range(block.first, block.last + 1 - FEW):
        hand_in(day, block, n, day.now)
        assert lend(day) is None
    hand_in(day, block, block.last, day.now)
    assert lent(day).first == block.last + 1
    assert lend(day) is None


def test_there_are_no_more_blocks_than_numbers_and_no_kiosk_gets_them_all() -> None:
    day = Day()
    got = 0
    while lend(day) is not None:
        got += 1
        day.done(c.TakeBackNumbers("k1"))
    assert got == MOST_BLOCKS
    day.floor = replace(day.floor, issued={"A": HIGHEST - BLOCK})
    assert lent(day, "k2").last == HIGHEST
    assert lend(day, "k3") is None


def test_nothing_is_lent_for_a_service_that_is_closed_or_unknown() -> None:
    day = Day(hall([service("accept", "A", active=False)]))
    assert lend(day) is None
    assert lend(day, service="nothing") is None


def test_numbers_that_were_taken_back_are_given_by_nobody_else_and_still_count() -> None:
    day = Day()
    block = lent(day)
    kept = lent(day, "k2")
    day.done(c.TakeBackNumbers("k1"))
    assert [one.id for one in day.floor.lent.values() if one.returned_at] == [block.id]
    assert lent(day).first == kept.last + 1
    assert hand_in(day, block, block.first, day.now).number == "A901"
    again = day.floor
    day.done(c.TakeBackNumbers("k2", frozenset({kept.id})))
    assert day.floor == again


class Numbers:
    """One hall's days, and every paper that ever left a printer in it."""

    def __init__(self, given: int) -> None:
        self.day = Day(hall(SERVICES))
        self.day.floor = replace(self.day.floor, issued={"A": given, "C": given})
        self.alone: list[tuple[Block, int]] = []
        self.papers: set[str] = set()

    def paper(self, number: str) -> None:
        assert number not in self.papers, "a number is on two papers"
        self.papers.add(number)

    def step(self, dice: Random) -> None:
        day = self.day
        day.later(seconds=1)
        device, service = dice.choice(["k1", "k2"]), dice.choice([one.id for one in SERVICES])
        match dice.choice(["issue", "issue", "issue", "lend", "alone", "alone", "hand in", "back", "night"]):
            case "issue":
                self.paper(day.ticket(day.issue(service)).number)
            case "lend":
                lend(day, device, service)
            case "alone":
                # A kiosk gives of any of its blocks: it may not have heard that one was taken back.
                own = [one for one in day.floor.lent.values() if one.device == device]
                for block in own[-2:]:
                    given = {n for of, n in self.alone if of.id == block.id} | block.used
                    n = min({*range(block.first, block.last + 1)} - given, default=0)
                    if n:
                        self.paper(f"{block.prefix}{n:03d}")
                        self.alone.append((block, n))
            case "hand in":
                for block, n in self.alone:
                    assert hand_in(day, block, n, day.now).number == f"{block.prefix}{n:03d}"
                    id = day.new_id()
                    assert day.refused(c.IssueOffline(id, f"CODE{id}", block.device, block.id, n, day.now))
                self.alone = []
            case "back" if dice.random() < 0.3:
                day.done(c.TakeBackNumbers(device))
            case "night" if dice.random() < 0.1:
                day.done(c.EndDay())
                day.later(24 * 60)
                day.floor = Floor(hall=day.floor.hall, day=day.floor.hall.day(day.now))
                self.papers, self.alone = set(), []


@settings(max_examples=60, deadline=None)
@given(given_before=st.sampled_from([0, 850, 895, 2000]), seed=st.integers(0, 2**32))
def test_no_number_is_ever_on_two_papers_of_one_day(given_before: int, seed: int) -> None:
    dice, numbers = Random(seed), Numbers(given_before)
    for _ in range(120):
        numbers.step(dice)


# Handing in --------------------------------------------------------------------------------------


def test_a_number_stands_where_it_would_have_stood_where_that_breaks_no_promise() -> None:
    day = Day(hall([service("accept", "A", 8)], [counter(str(n), ("accept", 1)) for n in range(1, 5)]))
    day.open("1", "2", "3", "4")
    block = lent(day)
    for _ in range(4):
        day.issue()
    for number in "1234":
        day.called(number)
    day.later(1)
    first = day.issue()
    at = day.later(1).now
    second = day.later(1).issue()
    day.later(6)
    day.finish("1")
    day.finish("2")
    day.finish("3")
    assert day.called("1") == first
    came = hand_in(day, block, 901, at)
    assert (came.issued_at, came.callable_at, came.ranked_at) == (at, at, at)
    assert day.called("2") == came.id
    assert day.called("3") == second


def test_who_was_promised_less_than_it_would_take_is_called_first() -> None:
    day = Day(hall([service("accept", "A", 10)], [counter("1", ("accept", 1))])).open("1")
    block = lent(day)
    day.issue()
    day.called()
    at = day.later(1).now
    online = [day.later(1).issue() for _ in range(3)]
    before = {id: waits(day.floor, day.ticket(id), day.now) for id in online}
    day.later(0.5)
    came = hand_in(day, block, 901, at)
    after = hand_in(day, block, 902, at + timedelta(seconds=30))
    assert {id: waits(day.floor, day.ticket(id), day.now) for id in online} == before
    assert came.issued_at == at
    why = None
    for expected in (*online, came.id, after.id):
        day.finish()
        called = day.call()
        assert called is not None
        why = why or called.why.reason
        assert called.call.ticket == expected
    assert why == "promise_kept"


@pytest.mark.parametrize(("said", "true"), [(-60, 0), (5, 5), (600, 20)])
def test_a_time_is_believed_within_what_can_be(said: int, true: int) -> None:
    day = Day()
    block = lent(day)
    day.later(20)
    came = hand_in(day, block, 901, NINE + timedelta(minutes=said))
    assert came.issued_at == NINE + timedelta(minutes=true)


def test_a_class_has_its_head_start_and_an_appointment_its_time() -> None:
    day = Day()
    block = lent(day)
    at, slot = day.now, day.now + timedelta(minutes=30)
    day.later(5)
    elder = hand_in(day, block, 901, at, priority="elderly")
    assert elder.ranked_at == at - timedelta(minutes=20)
    booked = hand_in(day, block, 902, at, priority="appointment", callable_from=slot)
    assert (booked.callable_at, booked.ranked_at) == (slot, slot - timedelta(minutes=15))


@pytest.mark.parametrize(
    ("device", "block", "n", "why"),
    [
        ("k2", "", 901, "no_block"),
        ("k1", "another", 901, "no_block"),
        ("k1", "", 900, "not_in_block"),
        ("k1", "", 921, "not_in_block"),
        ("k1", "", 905, "used"),
    ],
)
def test_what_was_not_lent_or_came_before_is_not_taken(device: str, block: str, n: int, why: str) -> None:
    day = Day()
    own = lent(day)
    hand_in(day, own, 905, day.now)
    before = day.floor
    refused = day.ask(c.IssueOffline("x", "CODEx", device, block or own.id, n, day.now))
    assert getattr(refused, "places", None) == {"where": why}
    assert day.floor == before


def test_neither_hours_nor_a_full_hall_stand_against_who_has_a_number_already() -> None:
    day = Day(replace(hall(rules=Rules(most_waiting=1)), hours=Hours(NINE.time(), NINE.time())))
    block = lent(day)
    day.floor = replace(day.floor, hall=replace(day.floor.hall, shut=True))
    for n in (901, 902):
        assert hand_in(day, block, n, day.now).state == "waiting"


@settings(max_examples=40, deadline=None)
@given(
    minutes=st.sampled_from([3.0, 8.0]),
    counters=st.integers(1, 4),
    gap=st.floats(1.0, 6.0),
    behind=st.floats(1.0, 40.0),
    seed=st.integers(0, 2**32),
)
def test_handing_in_pushes_nobody_past_what_they_were_told(
    minutes: float, counters: int, gap: float, behind: float, seed: int
) -> None:
    """An hour of a hall that keeps up more or less, one of whose two kiosks is cut off at the end."""
    dice = Random(seed)
    numbers = [str(n) for n in range(1, counters + 1)]
    of = hall(
        [service("accept", "A", minutes), service("pickup", "C", 3)],
        [counter(n, ("accept", 1), ("pickup", 1 + int(n) % 2)) for n in numbers],
    )
    day = Day(of).open(*numbers)
    block = lent(day)
    alone: list[datetime] = []
    until: dict[str, datetime] = {}
    for quarter in range(4 * 60):
        day.later(0.25)
        for n in numbers:
            if until.get(n, day.now) <= day.now:
                if day.floor.post(n).ticket:
                    day.finish(n)
                if day.call(n):
                    until[n] = day.now + timedelta(minutes=dice.gammavariate(3, minutes / 3))
        if dice.random() < 0.25 / gap:
            day.issue(dice.choice(["accept", "accept", "pickup"]))
        if quarter > 4 * (60 - behind) and len(alone) < BLOCK and dice.random() < 0.1:
            alone.append(day.now)
    for n, at in enumerate(alone, block.first):
        online = [
            one for one in day.floor.tickets.values() if one.state == "waiting" and not one.handed_in_at
        ]
        before = day.floor
        came = hand_in(day, block, n, at)
        assert came.ranked_at >= at
        for one in online:
            now = waits(day.floor, one, day.now)
            waited = (day.now - one.issued_at) / timedelta(minutes=1)
            assert now == waits(before, one, day.now) or waited + now <= one.promised[1]
    ranked = [one.place for one in day.floor.tickets.values() if one.handed_in_at]
    assert ranked == sorted(ranked), "who came earlier stands behind who came later"
