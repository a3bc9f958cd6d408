"""The wait estimate: an honest range, half to nine in ten, that follows the queue and the day."""

from __future__ import annotations

import heapq
from dataclasses import replace
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import commands as c
from server.domain.estimate import gamma_quantile, rounded, wait_range
from server.domain.floor import Pace
from server.domain.hall import Hall

from .storm import Day, counter, hall, service


def accepting(counters: int, minutes: float = 8) -> Hall:
    """A hall of one service and so many counters."""
    return hall(
        [service("accept", "A", minutes)], [counter(str(n), ("accept", 1)) for n in range(1, counters + 1)]
    )


def range_now(day: Day, of: str = "accept") -> tuple[int, int]:
    return wait_range(day.floor, of, None, 0, day.now)


def busy_day(counters: int, waiting: int, minutes: float = 8) -> Day:
    """All counters have just called somebody; ``waiting`` wait."""
    day = Day(accepting(counters, minutes))
    day.open(*day.floor.hall.counters)
    for _ in range(counters + waiting):
        day.issue()
    for number in day.floor.hall.counters:
        day.call(number)
    return day


@pytest.mark.parametrize(
    ("counters", "waiting", "expected"),
    [
        # One counter: n + 1 visits of 8 ± 4.8 minutes each. Gamma of that mean and spread:
        (1, 0, (7, 15)),  # 8 ± 4.8: median 7.1, nine in ten 14.5
        (1, 1, (15, 30)),  # 16 ± 6.8: median 15.1, nine in ten 25.04
        (1, 5, (45, 65)),  # 48 ± 11.8: median 47.0, nine in ten 63.6
        # More counters share the visits, and the last rests of the others' (5.44 each) are not waited for.
        (2, 5, (20, 35)),  # (7 x 8 - 5.44) / 2 = 25.3 ± 6.3: median 24.8, nine in ten 33.6
        (4, 0, (3, 8)),  # (4 x 8 - 3 x 5.44) / 4 = 3.9 ± 2.4: median 3.4, nine in ten 7.1
    ],
)
def test_fixed_figures_give_the_expected_minutes(
    counters: int, waiting: int, expected: tuple[int, int]
) -> None:
    assert range_now(busy_day(counters, waiting)) == expected


def test_nobody_ahead_and_an_idle_counter_is_no_wait() -> None:
    day = Day(accepting(2)).open("1")
    assert range_now(day) == (0, 1)
    day.issue()
    day.call("1")
    day.open("2")
    assert range_now(day) == (0, 1), "the other counter is idle"


def test_with_no_counter_open_the_figure_supposes_that_one_opens_now() -> None:
    day = Day(accepting(2))
    for _ in range(3):
        day.issue()
    closed = range_now(day)
    day.open("1")
    assert closed == range_now(day)


def test_a_visit_in_progress_counts_only_with_what_is_left_of_it() -> None:
    day = busy_day(1, 1)
    fresh = range_now(day)
    day.later(6)
    assert range_now(day) < fresh
    day.later(60)
    assert range_now(day)[1] >= 9, "an overlong visit still takes a while, and one waits before"


def test_the_wait_promised_on_paper_is_the_wait_shown_at_that_moment() -> None:
    day = busy_day(1, 4)
    shown = range_now(day)
    id = day.issue()
    ticket = day.ticket(id)
    assert ticket.promised == shown
    assert wait_range(day.floor, "accept", ticket.place, 0, day.now) == shown


@given(counters=st.integers(1, 4), waiting=st.integers(0, 40), minutes=st.floats(1, 30))
def test_more_people_ahead_never_wait_less(counters: int, waiting: int, minutes: float) -> None:
    day = busy_day(counters, waiting, minutes)
    ranges = []
    for ticket in sorted(day.floor.tickets.values(), key=lambda one: one.place):
        if ticket.state == "waiting":
            ranges.append(wait_range(day.floor, "accept", ticket.place, 0, day.now))
    ranges.append(range_now(day))
    lows, highs = zip(*ranges, strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs)
    assert all(0 <= low < high for low, high in ranges)


@given(
    mean=st.floats(0, 500),
    deviation=st.floats(0, 500),
)
def test_half_is_never_later_than_nine_in_ten(mean: float, deviation: float) -> None:
    assert 0 <= gamma_quantile(mean, deviation, 0.0) <= gamma_quantile(mean, deviation, 1.2816)


@given(low=st.floats(0, 400), more=st.floats(0, 400))
def test_rounding_is_outward_and_by_fives_from_ten_on(low: float, more: float) -> None:
    down, up = rounded(low, low + more)
    assert down <= low
    assert low + more <= up
    assert down < up
    assert all(figure % 5 == 0 for figure in (down, up) if figure > 10)


@given(counters=st.integers(1, 5), waiting=st.integers(1, 30))
def test_more_counters_make_it_shorter(counters: int, waiting: int) -> None:
    few, many = range_now(busy_day(counters, waiting + 1)), range_now(busy_day(counters + 1, waiting))
    assert many <= few
    assert range_now(busy_day(1, 12))[0] > range_now(busy_day(3, 12))[1]


def test_a_paused_counter_does_not_shorten_the_wait() -> None:
    day = busy_day(2, 6)
    both = range_now(day)
    day.finish("2")
    day.done(c.PauseCounter("2", "staff2"))
    assert range_now(day) > both


def test_the_days_own_pace_moves_the_estimate() -> None:
    day = busy_day(1, 6)
    prior = range_now(day)
    slow = replace(day.floor, paces={"accept": Pace(20, 20 * 16.0, 20 * 300.0)})
    quick = replace(day.floor, paces={"accept": Pace(20, 20 * 3.0, 20 * 10.0)})
    assert wait_range(slow, "accept", None, 0, day.now) > prior
    assert wait_range(quick, "accept", None, 0, day.now) < prior


def test_served_visits_are_what_the_pace_learns_from() -> None:
    day = Day(accepting(1)).open("1")
    for _ in range(30):
        day.issue()
    before = range_now(day)
    for _ in range(15):
        day.serve()
        day.later(2)
        day.finish()
    assert day.floor.paces["accept"] == Pace(15, 30.0, 60.0)
    after = range_now(day)
    assert after[1] < before[1] / 2


def test_people_of_other_services_count_where_they_share_a_counter() -> None:
    services = [service("accept", "A"), service("pickup", "C", 3), service("consult", "D", 5)]
    shared = counter("1", ("accept", 1), ("pickup", 1))
    day = Day(hall(services, [shared, counter("2", ("consult", 1))])).open("1", "2")
    alone = range_now(day)
    for _ in range(5):
        day.issue("consult")
    assert range_now(day) == alone, "consulting is elsewhere"
    for _ in range(5):
        day.issue("pickup")
    assert range_now(day)[0] >= 10, "five pick-ups of three minutes go first"


def simulate(dice: Random, counters: int, ahead: int, draw: object) -> float:
    """Minutes until the one behind ``ahead`` people is called, all counters having just called."""
    assert callable(draw)
    free = [draw() for _ in range(counters)]
    heapq.heapify(free)
    for _ in range(ahead):
        heapq.heappush(free, heapq.heappop(free) + draw())
    return heapq.heappop(free)


@pytest.mark.parametrize(("counters", "ahead"), [(1, 3), (1, 10), (2, 6), (3, 12), (4, 30)])
@pytest.mark.parametrize("kind", ["exponential", "usual", "even"])
def test_the_range_is_honest(kind: str, counters: int, ahead: int) -> None:
    """Of 3,000 such waits about half are over before ``low``, and nine in ten before ``high``."""
    dice = Random(f"{kind} {counters} {ahead}")
    draws = {
        "exponential": lambda: dice.expovariate(1 / 8),
        "usual": lambda: dice.gammavariate(2.8, 8 / 2.8),
        "even": lambda: dice.uniform(6, 10),
    }
    draw = draws[kind]
    seen = [draw() for _ in range(150)]
    day = busy_day(counters, ahead)
    pace = Pace(len(seen), sum(seen), sum(one * one for one in seen))
    low, high = wait_range(replace(day.floor, paces={"accept": pace}), "accept", None, 0, day.now)
    waits = [simulate(dice, counters, ahead, draw) for _ in range(3000)]
    before_low = sum(wait < low for wait in waits) / len(waits)
    before_high = sum(wait <= high for wait in waits) / len(waits)
    # Rounding goes outward by up to five minutes, so that low is met less often and high more.
    assert before_low <= 0.62, (low, high)
    assert low >= 0.9 * median(waits) - 5, (low, high)
    assert 0.85 <= before_high <= 1, (low, high)
    assert high <= 2 * sum(waits) / len(waits) + 10, "a range too wide to be of use"
