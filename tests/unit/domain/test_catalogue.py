"""The catalogue: dated facts, fees, authorisation, and whether it can be waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.catalogue import Authorisation, Dated, at
from server.domain.eligibility import bench_queue, refused, verdict

from .bookings import CATALOGUE, DAY, GAUGE, LENS, LICENCE, NOW, SCALE, lines

CLOSES = NOW + timedelta(hours=8)


@given(st.lists(st.builds(Dated, st.dates(), st.integers())), st.dates())
def test_the_latest_that_has_begun_holds(history: list[Dated[int]], day: date) -> None:
    begun = [one for one in history if one.since <= day]
    held = at(history, day)
    assert (held is None) == (not begun)
    if begun:
        assert any(one.value == held and one.since == max(b.since for b in begun) for one in begun)


def test_a_new_regulation_takes_over_on_its_day() -> None:
    assert SCALE.regulation(date(2027, 1, 7)) == "JJG 539-2016"
    assert SCALE.regulation(date(2027, 1, 8)) == "JJG 1204-2025（试行）"


def test_a_discount_holds_from_its_day_and_says_what_it_saves() -> None:
    before, after = SCALE.fee(3, date(2026, 11, 30)), SCALE.fee(3, date(2026, 12, 1))
    assert (before.due, before.saved) == (Decimal(240), Decimal(0))
    assert (after.due, after.saved) == (Decimal(120), Decimal(120))
    assert after.reason.zh == "减半收费"


def test_compulsory_verification_is_free_whatever_the_policy_says() -> None:
    compulsory = replace(SCALE, kind="compulsory")
    assert compulsory.fee(7, DAY).due == 0
    assert compulsory.fee(7, DAY).full == 560


def test_five_working_days_unless_a_date_says_otherwise() -> None:
    assert LENS.days_promised(DAY) == 5
    longer = replace(LENS, promise_days=(Dated(date(2020, 1, 1), 10), Dated(DAY, 3)))
    assert longer.days_promised(DAY - timedelta(days=1)) == 10
    assert longer.days_promised(DAY) == 3


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2028, 12, 31), True),
        (date(2029, 1, 1), False),
    ],
)
def test_an_authorisation_holds_on_its_first_and_last_day_and_not_beyond(day: date, held: bool) -> None:
    assert CATALOGUE.authorised("lensmeter", day) is held
    assert CATALOGUE.published(day) == (4 if held else 0)
    [*against] = refused(CATALOGUE, lines(lensmeter=1), "company", day)
    assert [one.why for one in against] == ([] if held else ["not_authorised"])


def test_all_that_stands_against_an_order_is_said_at_once() -> None:
    order = lines(nothing=1, pump=1, scale=1, lensmeter=9)
    assert [(one.item, one.why) for one in refused(CATALOGUE, order, "resident", DAY)] == [
        ("nothing", "not_offered"),
        ("pump", "on_site_only"),
        ("scale", "customer_not_served"),
        ("lensmeter", "too_many"),
    ]


def test_scope_is_by_item() -> None:
    narrow = replace(CATALOGUE, authorisations=(replace(LICENCE, items=frozenset({"scale"})),))
    assert [one.why for one in refused(narrow, lines(lensmeter=1), "company", DAY)] == ["not_authorised"]
    two = Authorisation("法计（2025）002", frozenset({"lensmeter"}), date(2025, 1, 1), date(2026, 12, 31))
    both = replace(narrow, authorisations=(*narrow.authorisations, two))
    assert refused(both, lines(lensmeter=1, scale=1), "company", DAY) == ()


def test_one_lensmeter_is_waited_for() -> None:
    said = verdict(CATALOGUE, lines(lensmeter=1), 0, NOW, CLOSES)
    assert said.while_you_wait
    assert said.ready == (20, 30)


def test_a_mercury_gauge_is_never_promised_before_it_has_stood_two_hours() -> None:
    said = verdict(CATALOGUE, lines(gauge=1), 0, NOW, CLOSES)
    assert said.ready[0] >= 120
    one_minute = replace(GAUGE, unit_minutes=0.1, review_minutes=0)
    quick = replace(CATALOGUE, items={"gauge": one_minute})
    assert verdict(quick, lines(gauge=1), 0, NOW, CLOSES).ready[0] >= 120


@pytest.mark.parametrize(
    ("order", "bench", "complete", "closes", "reasons"),
    [
        (lines(scale=1), 0, True, CLOSES, [("scale", "kind")]),
        (lines(lensmeter=1, scale=2), 0, True, CLOSES, [("scale", "kind")]),
        (lines(lensmeter=1), 0, False, CLOSES, [("lensmeter", "materials")]),
        (lines(lensmeter=1), 0, True, NOW + timedelta(minutes=29), [("lensmeter", "closing")]),
        (lines(lensmeter=1), 460, True, CLOSES, [("lensmeter", "load")]),
        (lines(lensmeter=1), 460, True, None, [("lensmeter", "load")]),
        (lines(lensmeter=100), 0, True, None, [("lensmeter", "quantity")]),
        (lines(lensmeter=1), 30, True, None, []),
    ],
)
def test_what_is_left_at_the_hall_says_why(
    order: tuple[object, ...], bench: float, complete: bool, closes: datetime | None, reasons: list[object]
) -> None:
    said = verdict(CATALOGUE, order, bench, NOW, closes, complete)  # type: ignore[arg-type]
    assert list(said.reasons) == reasons
    assert said.while_you_wait is (not reasons)


@given(st.integers(1, 3), st.floats(0, 300))
def test_more_pieces_and_more_before_them_never_take_less(pieces: int, bench: float) -> None:
    one = verdict(CATALOGUE, lines(lensmeter=pieces), bench, NOW, None).ready
    more = verdict(CATALOGUE, lines(lensmeter=pieces + 1), bench, NOW, None).ready
    later = verdict(CATALOGUE, lines(lensmeter=pieces), bench + 10, NOW, None).ready
    assert one <= more
    assert one <= later
    assert 0 < one[0] < one[1]
    assert one[0] % 5 == one[1] % 5 == 0


JOBS = st.lists(st.tuples(st.integers(-300, 0), st.floats(0, 60)), max_size=30).map(sorted)


@given(JOBS)
def test_what_waits_at_a_bench_is_never_more_than_its_jobs_and_never_less_than_the_last(
    jobs: list[tuple[int, float]],
) -> None:
    handed_in = [(NOW + timedelta(minutes=at), work) for at, work in jobs]
    waits = bench_queue(handed_in, NOW)
    assert 0 <= waits <= sum(work for _, work in jobs) + 1e-6
    if jobs and jobs[-1][0] == 0:
        assert waits >= jobs[-1][1] - 1e-6
    assert bench_queue([*handed_in, (NOW, 10)], NOW) == pytest.approx(waits + 10)


def test_a_bench_that_stood_idle_has_caught_up() -> None:
    assert bench_queue([(NOW - timedelta(minutes=90), 60)], NOW) == 0
    assert bench_queue([(NOW - timedelta(minutes=90), 60), (NOW - timedelta(minutes=10), 25)], NOW) == 15
