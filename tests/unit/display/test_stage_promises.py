"""The stage keeps its promises whatever the calls, the voice and the clock's steps do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from display.stage import (
    DWELL,
    FLASHING,
    FRESH,
    LONGEST,
    REMEMBERED,
    WAITING,
    Memory,
    Shown,
    advance,
    hear,
    is_lit,
)
from server.protocol.views import Call

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def call(number: int, at: float, id_: str = "") -> Call:
    return Call(id=id_ or f"c{number}", number=f"A{number:03}", counter="1", at=START + timedelta(seconds=at))


@dataclass(frozen=True)
class Turn:
    """A call that had the stage from ``since`` to ``until``, and how old it was as it took it."""

    id: str
    since: float
    until: float
    age: float
    times: int


def play(calls: list[tuple[float, Call]], voice: float, beat: float, length: float) -> list[Turn]:
    """Runs a hall for ``length`` seconds: each call is heard at its second, a voice takes ``voice``."""
    memory = Memory()
    turns: list[Turn] = []
    tick = 0
    current: Shown | None = None
    heard: list[Call] = []
    pending = sorted(calls, key=lambda pair: pair[0])
    while (now := tick * beat) <= length:
        while pending and pending[0][0] <= now:
            heard.append(pending.pop(0)[1])
        hall_time = START + timedelta(seconds=now)
        memory = hear(memory, heard[-20:], hall_time)
        speaking = memory.shown is not None and now - memory.shown.since < voice
        memory = advance(memory, hall_time, now, speaking=speaking)
        assert len(memory.waiting) <= WAITING
        assert len(memory.seen) <= REMEMBERED
        if memory.shown != current:
            if current is not None:
                age = (START + timedelta(seconds=current.since) - current.call.at).total_seconds()
                turns.append(Turn(current.call.id, current.since, now, age, current.times))
            current = memory.shown
        tick += 1
    return turns


arrivals = st.lists(
    st.tuples(st.floats(0, 120), st.floats(0, 90)).map(lambda pair: (round(pair[0], 1), round(pair[1], 1))),
    max_size=14,
)


@settings(max_examples=120, deadline=None)
@given(arrivals, st.floats(0, 60), st.sampled_from([0.1, 0.25, 1.0]))
def test_each_call_has_its_six_seconds_once_and_in_order(
    arrivals: list[tuple[float, float]], voice: float, beat: float
) -> None:
    calls = [(heard, call(n, heard - age)) for n, (heard, age) in enumerate(arrivals)]
    turns = play(calls, voice, beat, 120 + 14 * (LONGEST + 1) + 60)
    ids = [turn.id for turn in turns]
    assert len(ids) == len(set(ids))
    for turn in turns:
        assert turn.until - turn.since >= DWELL - 1e-6
        assert turn.age <= FRESH.total_seconds()
    for earlier, later in pairwise(turns):
        assert later.since >= earlier.until - 1e-6
    never = {one.id for _, one in calls} - set(ids)
    ages = {one.id: heard - (one.at - START).total_seconds() for heard, one in calls}
    # A call is left out only when it came old, or grew old behind calls that were each shown in full.
    for id_ in never:
        others = len(calls) - 1
        assert ages[id_] + others * (LONGEST + 1) > FRESH.total_seconds() - 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_calls_that_come_slowly_enough_are_all_shown(gaps: list[float]) -> None:
    at, calls = 0.0, []
    for number, gap in enumerate(gaps):
        at += LONGEST + 1 + round(gap, 1)
        calls.append((at, call(number, at - 1)))
    turns = play(calls, voice=9.0, beat=0.5, length=at + 60)
    assert [turn.id for turn in turns] == [one.id for _, one in calls]
    assert all(turn.times == 2 for turn in turns)


def test_a_burst_of_ten_is_heard_to_the_last_within_the_minute() -> None:
    calls = [(0.0, call(n, 0.0)) for n in range(10)]
    turns = play(calls, voice=5.5, beat=0.1, length=150)
    assert [turn.id for turn in turns] == [f"c{n}" for n in range(10)]
    assert [turn.times for turn in turns] == [1] * 7 + [2] * 3


def test_a_call_older_than_a_minute_is_remembered_and_not_shown() -> None:
    memory = hear(Memory(), [call(1, -61.0)], START)
    assert memory.seen == ("c1",)
    assert memory.waiting == ()


def test_a_recall_is_a_new_call() -> None:
    memory = hear(Memory(), [call(1, 0.0, "first"), call(1, 20.0, "second")], START + timedelta(seconds=21))
    assert [one.id for one in memory.waiting] == ["first", "second"]


def test_a_board_seen_again_changes_nothing() -> None:
    memory = hear(Memory(), [call(1, 0.0)], START)
    assert hear(memory, [call(1, 0.0)], START) is memory


def test_more_calls_than_may_wait_leave_the_newest() -> None:
    memory = hear(Memory(), [call(n, 0.0) for n in range(WAITING + 5)], START)
    assert [one.id for one in memory.waiting] == [f"c{n}" for n in range(5, WAITING + 5)]


@given(st.floats(0, 30))
def test_a_call_flashes_at_most_twice_a_second_for_eight_seconds(since: float) -> None:
    shown = Shown(call(1, 0.0), since, 2)
    phases = [is_lit(shown, since + n / 20) for n in range(20 * 12)]
    assert all(phases[int(20 * FLASHING) + 1 :])
    for start in range(0, len(phases) - 20):
        second = phases[start : start + 20]
        changes = sum(a != b for a, b in pairwise(second))
        assert changes <= 4
    assert not all(phases)
