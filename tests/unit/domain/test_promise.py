"""The clock of a promise: working days, pauses of the customer, amber and red, parts of an order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.calendar import Calendar
from server.domain.promise import Pause, Piece, Promise, clock, first_day, limit_of, parts, whole

HOLIDAYS_2026 = {date(2026, 10, n): False for n in range(1, 8)} | {date(2026, 9, 25): False}
WORKED_2026 = {date(2026, month, day): True for month, day in [(9, 20), (10, 10)]}
OFFICIAL = Calendar(HOLIDAYS_2026 | WORKED_2026, frozenset({2026}))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(Calendar, st.dictionaries(DAYS, st.booleans(), max_size=60), st.just(frozenset({2026})))
SPANS = st.builds(
    lambda since, days: Pause(since, None if days is None else since + timedelta(days=days)),
    DAYS,
    st.none() | st.integers(0, 20),
)
PROMISES = st.builds(Promise, DAYS, st.integers(0, 12), st.tuples() | st.tuples(SPANS, SPANS), st.none())


@pytest.mark.parametrize(
    ("accepted", "begins", "due"),
    [
        (date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 13)),  # 国庆, with a Saturday that is worked
        (date(2026, 9, 18), date(2026, 9, 20), date(2026, 9, 24)),  # 中秋, with a Sunday that is worked
        (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 27)),
    ],
)
def test_five_working_days_begin_the_day_after_acceptance(accepted: date, begins: date, due: date) -> None:
    promise = Promise(accepted, 5)
    assert first_day(promise, OFFICIAL) == begins
    seen = clock(promise, OFFICIAL, accepted)
    assert (seen.due, seen.gross, seen.net, seen.left, seen.colour) == (due, 0, 0, 5, "green")


@pytest.mark.parametrize(
    ("today", "gross", "left", "colour"),
    [
        (date(2026, 10, 7), 0, 5, "green"),
        (date(2026, 10, 10), 3, 2, "green"),
        (date(2026, 10, 11), 3, 2, "green"),
        (date(2026, 10, 12), 4, 1, "amber"),
        (date(2026, 10, 13), 5, 0, "amber"),
        (date(2026, 10, 14), 6, -1, "red"),
    ],
)
def test_it_turns_amber_with_one_day_left_and_red_past_the_last(
    today: date, gross: int, left: int, colour: str
) -> None:
    seen = clock(Promise(date(2026, 9, 30), 5), OFFICIAL, today)
    assert (seen.gross, seen.left, seen.colour) == (gross, left, colour)


def test_amber_is_a_setting() -> None:
    promise = Promise(date(2026, 9, 30), 5)
    assert clock(promise, OFFICIAL, date(2026, 10, 10), amber=2).colour == "amber"
    assert clock(promise, OFFICIAL, date(2026, 10, 13), amber=-1).colour == "green"


def test_what_waits_for_the_customer_moves_the_last_day_and_counts_in_the_gross_figure_only() -> None:
    # Asked on a Tuesday, answered on the Thursday: Wednesday and Thursday were waited.
    promise = Promise(date(2026, 11, 20), 5, (Pause(date(2026, 11, 24), date(2026, 11, 26)),))
    seen = clock(promise, OFFICIAL, date(2026, 11, 27))
    assert (seen.due, seen.gross, seen.net, seen.left) == (date(2026, 12, 1), 5, 3, 2)
    assert not seen.paused


def test_while_it_waits_for_the_customer_no_day_is_lost() -> None:
    promise = Promise(date(2026, 9, 18), 5, (Pause(date(2026, 9, 21)),))
    for today in (date(2026, 9, 22), date(2026, 9, 24), date(2026, 10, 9)):
        seen = clock(promise, OFFICIAL, today)
        assert seen.paused
        assert (seen.net, seen.left, seen.colour) == (2, 3, "green")


def test_two_questions_at_once_stop_the_clock_once() -> None:
    both = (Pause(date(2026, 11, 23), date(2026, 11, 25)), Pause(date(2026, 11, 24), date(2026, 11, 26)))
    seen = clock(Promise(date(2026, 11, 20), 5, both), OFFICIAL, date(2026, 11, 30))
    assert (seen.gross, seen.net) == (6, 3)


def test_what_is_done_while_the_customer_waits_is_due_on_the_same_day() -> None:
    promise = Promise(date(2026, 11, 20), 0)
    assert clock(promise, OFFICIAL, date(2026, 11, 20)).colour == "green"
    assert clock(promise, OFFICIAL, date(2026, 11, 23)).colour == "red"


def test_a_promise_that_was_kept_stays_kept() -> None:
    kept = Promise(date(2026, 11, 20), 5, (), date(2026, 11, 27))
    broken = Promise(date(2026, 11, 20), 5, (), date(2026, 11, 30))
    for today in (date(2026, 11, 27), date(2026, 12, 24)):
        assert (clock(kept, OFFICIAL, today).colour, clock(kept, OFFICIAL, today).late) == ("done", False)
        assert (clock(broken, OFFICIAL, today).colour, clock(broken, OFFICIAL, today).late) == ("done", True)


def test_a_year_that_is_not_announced_is_provisional() -> None:
    assert clock(Promise(date(2026, 12, 30), 5), OFFICIAL, date(2026, 12, 30)).provisional
    assert not clock(Promise(date(2026, 11, 20), 5), OFFICIAL, date(2026, 11, 20)).provisional


@given(CALENDARS, PROMISES, DAYS)
def test_gross_less_what_was_waited_is_net_and_net_decides(
    calendar: Calendar, promise: Promise, today: date
) -> None:
    seen = clock(promise, calendar, today)
    assert 0 <= seen.net <= seen.gross
    assert seen.gross == calendar.between(promise.accepted, max(today, promise.accepted))
    assert seen.late == (seen.colour == "red")
    if promise.limit:
        assert calendar.works(seen.due)
        # As long as fewer days than promised were worked on it, it is not late.
        assert seen.net > promise.limit or not seen.late or not calendar.works(today)
        assert not seen.late or seen.net >= promise.limit


@given(CALENDARS, PROMISES, DAYS)
def test_a_pause_never_makes_a_promise_stricter(calendar: Calendar, promise: Promise, today: date) -> None:
    without = clock(Promise(promise.accepted, promise.limit), calendar, today)
    paused = clock(promise, calendar, today)
    assert paused.due >= without.due
    assert paused.net <= without.net
    assert not (paused.late and not without.late)


@given(CALENDARS, DAYS, st.integers(1, 12))
def test_the_last_day_told_gives_the_limit_back(calendar: Calendar, accepted: date, limit: int) -> None:
    due = clock(Promise(accepted, limit), calendar, accepted).due
    assert limit_of(accepted, due, calendar) == limit


def piece(section: str, limit: int, finished: date | None = None) -> Piece:
    return Piece(section, Promise(date(2026, 11, 20), limit, (), finished))


def test_an_order_is_done_only_when_every_section_is() -> None:
    today = date(2026, 11, 25)
    done, open_ = piece("力学", 3, date(2026, 11, 24)), piece("光学", 8)
    made = parts([done, open_, done], OFFICIAL, today)
    assert [(one.section, one.done, one.total, one.complete) for one in made] == [
        ("力学", 2, 2, True),
        ("光学", 0, 1, False),
    ]
    assert [one.clock.colour for one in made] == ["done", "green"]
    seen = whole([done, open_, done], OFFICIAL, today)
    assert seen is not None
    assert (seen.colour, seen.due) == ("green", date(2026, 12, 2))
    ended = whole([done, piece("光学", 8, date(2026, 12, 1))], OFFICIAL, date(2026, 12, 9))
    assert ended is not None
    assert (ended.colour, ended.late) == ("done", False)


def test_one_section_past_its_day_makes_the_order_late() -> None:
    seen = whole([piece("力学", 3), piece("光学", 8)], OFFICIAL, date(2026, 11, 27))
    assert seen is not None
    assert (seen.colour, seen.due) == ("red", date(2026, 11, 25))


def test_an_order_without_pieces_has_no_clock() -> None:
    assert whole([], OFFICIAL, date(2026, 11, 27)) is None
    assert parts([], OFFICIAL, date(2026, 11, 27)) == ()


@given(CALENDARS, st.lists(st.tuples(st.sampled_from("ab"), PROMISES), min_size=1, max_size=6), DAYS)
def test_the_parts_make_the_whole(calendar: Calendar, raw: list[tuple[str, Promise]], today: date) -> None:
    pieces = [Piece(section, promise) for section, promise in raw]
    made, all_ = parts(pieces, calendar, today), whole(pieces, calendar, today)
    assert all_ is not None
    assert sum(one.total for one in made) == len(pieces)
    assert (all_.colour == "done") == all(one.complete for one in made)
    assert (all_.colour == "red") == any(one.clock.colour == "red" for one in made)
