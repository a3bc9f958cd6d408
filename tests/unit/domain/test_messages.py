"""What a customer is told and when: after booking, moving, cancelling, and before an item falls due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import messages as m
from tests.unit.domain.bookings import DAY, NOW, ZONE, appointment

DAYS_BEFORE = NOW - timedelta(days=3)
"""A Friday, 03:00 in the hall: three days before the slot of the appointment."""


def kinds(messages: list[m.Message]) -> list[str]:
    return [one.kind for one in messages]


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """An hour of November in the hall."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def due(days_left: int, *, before: tuple[int, ...] = (30, 7), day: date = DAY) -> m.Message | None:
    now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) - timedelta(days=days_left)
    return m.of_due("i1", "main", day, before, ZONE, now, {"item": "gauge"})


def test_a_booking_is_told_at_once_and_reminded_on_the_evening_before_and_in_the_morning() -> None:
    told = m.of_booking(appointment(), ZONE, DAYS_BEFORE)
    assert [(one.kind, one.due_at) for one in told] == [
        ("booked", DAYS_BEFORE),
        ("reminder_eve", local(22, 18)),
        ("reminder_day", local(23, 7, 30)),
    ]


def test_a_reminder_of_an_early_slot_comes_an_hour_before_it() -> None:
    early = appointment(starts_at=local(23, 8), ends_at=local(23, 9))
    assert m.of_booking(early, ZONE, DAYS_BEFORE)[-1].due_at == local(23, 7)


def test_who_books_on_the_evening_before_is_reminded_in_the_morning_only() -> None:
    assert kinds(m.of_booking(appointment(), ZONE, local(22, 20))) == ["booked", "reminder_day"]


def test_who_has_just_booked_is_not_reminded_of_it() -> None:
    assert kinds(m.of_booking(appointment(), ZONE, local(23, 6))) == ["booked"]
    assert kinds(m.of_booking(appointment(), ZONE, local(22, 16, 30))) == ["booked", "reminder_day"]


def test_nobody_is_told_tomorrow_on_the_day_itself_nor_reminded_once_the_slot_has_begun() -> None:
    one = appointment()
    told = m.of_booking(one, ZONE, DAYS_BEFORE)
    assert [message.expires_at for message in told] == [one.ends_at, local(23, 0), one.starts_at]


def test_what_is_told_after_a_move_is_not_what_was_told_before_it() -> None:
    first = m.of_booking(appointment(), ZONE, DAYS_BEFORE)
    again = m.of_moving(appointment(moved=1), ZONE, DAYS_BEFORE)
    assert kinds(again) == ["moved", "reminder_eve", "reminder_day"]
    assert {one.id for one in first}.isdisjoint(one.id for one in again)


def test_the_same_occasion_always_has_the_same_id_and_no_two_occasions_share_one() -> None:
    told = m.of_booking(appointment(), ZONE, DAYS_BEFORE)
    later = m.of_booking(appointment(), ZONE, DAYS_BEFORE + timedelta(minutes=5))
    assert [one.id for one in told] == [one.id for one in later]
    other = m.of_booking(appointment(id="2"), ZONE, DAYS_BEFORE)
    assert len({one.id for one in told + other}) == 6


def test_a_cancellation_is_told_alone_and_stays_worth_telling_for_two_days() -> None:
    one = appointment(state="cancelled")
    (told,) = m.of_cancelling(one, ZONE, local(23, 9, 30))
    assert (told.kind, told.due_at, told.expires_at) == ("cancelled", local(23, 9, 30), local(25, 9, 30))


def test_a_message_says_what_the_appointment_is_and_names_nobody() -> None:
    (told, *_) = m.of_booking(appointment(code="V123", number="200000000001"), ZONE, DAYS_BEFORE)
    assert (told.subject, told.customer) == ("1", "c1")
    assert told.parameters == {
        "code": "V123",
        "number": "200000000001",
        "day": "2026-11-23",
        "opens": "09:00",
        "closes": "10:00",
        "service": "accept",
        "lines": "lensmeter:1",
    }


@pytest.mark.parametrize(
    ("left", "pushed"), [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None)]
)
def test_an_item_is_pushed_when_its_day_has_come_and_never_after_it_fell_due(
    left: int, pushed: int | None
) -> None:
    found = due(left)
    expected = pushed and m.message_id("main", "due_item", "i1", f"{DAY}/{pushed}")
    assert (found and found.id) == expected


def test_a_push_missed_for_days_is_the_same_push_and_another_due_date_is_another() -> None:
    ids = {one.id for left in range(8, 31) if (one := due(left))}
    assert len(ids) == 1
    later = due(30, day=DAY + timedelta(days=365))
    assert later is not None
    assert later.id not in ids


def test_a_push_is_worth_sending_until_the_due_day_is_over() -> None:
    found = due(7)
    assert found is not None
    assert found.expires_at == local(24, 0)


@pytest.mark.parametrize(
    ("now", "pushed"),
    [
        (local(16, 9), local(16, 9)),
        (local(16, 19, 59), local(16, 19, 59)),
        (local(16, 0, 5), local(16, 9)),
        (local(16, 20), local(17, 9)),
    ],
)
def test_nobody_is_told_at_night_that_an_item_falls_due(now: datetime, pushed: datetime) -> None:
    found = m.of_due("i1", "main", DAY, (30, 7), ZONE, now, {})
    assert found is not None
    assert found.due_at == pushed


def test_no_days_before_means_no_push() -> None:
    assert due(3, before=()) is None


def test_a_definite_answer_ends_a_message_and_doubt_tries_again() -> None:
    assert m.after(m.Delivered(), 1, NOW, 0.5) == m.Over("sent")
    assert m.after(m.Rejected("http 404"), 1, NOW, 0.5) == m.Over("given_up", "http 404")
    assert m.after(m.Unclear("http 500"), 1, NOW, 0.5) == m.Again(NOW + timedelta(minutes=1), "http 500")
    assert m.after(m.Unclear("http 500"), m.MOST_TRIES, NOW, 0.5) == m.Over("given_up", "http 500")


@given(st.integers(1, 100), st.floats(0, 1e12), st.floats(0, 1, exclude_max=True))
def test_a_pause_never_leaves_its_bounds(tries: int, wait: float, dice: float) -> None:
    pause = m.pause(tries, wait, dice)
    assert m.FIRST_PAUSE * (1 - m.JITTER) <= pause <= m.LONGEST_PAUSE * (1 + m.JITTER)


@given(st.integers(1, 20), st.floats(0, 3600))
def test_a_receiver_that_asks_for_time_gets_it(tries: int, wait: float) -> None:
    assert m.pause(tries, wait, 0.0) >= timedelta(seconds=wait)


def test_pauses_double_from_a_minute_to_six_hours_and_a_message_is_tried_for_a_day() -> None:
    pauses = [m.pause(tries, 0, 0.5) for tries in range(1, m.MOST_TRIES)]
    assert pauses[:4] == [timedelta(minutes=2**n) for n in range(4)]
    assert pauses[-1] == timedelta(hours=6)
    assert timedelta(days=1) / 2 < sum(pauses, timedelta()) < timedelta(days=2)


def test_pauses_of_messages_that_failed_together_spread() -> None:
    assert m.pause(3, 0, 0.0) < m.pause(3, 0, 0.5) < m.pause(3, 0, 0.99)
