"""Working days: promises end on the days that people are at work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.calendar import Calendar

HOLIDAYS_2026 = {date(2026, 10, n): False for n in range(1, 8)} | {date(2026, 9, 25): False}
WORKED_2026 = {date(2026, month, day): True for month, day in [(9, 20), (10, 10)]}
OFFICIAL = Calendar(HOLIDAYS_2026 | WORKED_2026, frozenset({2026}))
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(Calendar, st.dictionaries(DAYS, st.booleans(), max_size=60))


@pytest.mark.parametrize(
    ("accepted", "ready"),
    [
        (date(2026, 9, 30), date(2026, 10, 13)),
        (date(2026, 9, 18), date(2026, 9, 24)),
        (date(2026, 10, 9), date(2026, 10, 15)),
    ],
)
def test_five_working_days_across_a_holiday(accepted: date, ready: date) -> None:
    assert OFFICIAL.after(accepted, 5) == ready
    assert OFFICIAL.between(accepted, ready) == 5


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_a_promise_ends_on_a_worked_day_and_spans_as_many_as_it_says(
    calendar: Calendar, start: date, count: int
) -> None:
    end = calendar.after(start, count)
    assert calendar.works(end)
    assert end > start
    assert calendar.between(start, end) == count
    assert calendar.between(start, end - timedelta(days=1)) == count - 1


@given(CALENDARS, DAYS, st.integers(1, 20), st.integers(1, 20))
def test_promises_add_up(calendar: Calendar, start: date, first: int, then: int) -> None:
    assert calendar.after(calendar.after(start, first), then) == calendar.after(start, first + then)


def test_nothing_is_promised_for_the_same_day() -> None:
    with pytest.raises(ValueError, match="one working day"):
        OFFICIAL.after(date(2026, 9, 30), 0)


def test_a_span_into_a_year_not_announced_is_provisional() -> None:
    assert OFFICIAL.provisional(date(2026, 12, 30), date(2027, 1, 4))
    assert not OFFICIAL.provisional(date(2026, 9, 30), date(2026, 10, 13))
