"""Booking: places are never given twice, changes end at the cut-off, and every arrival has its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking import (
    BookingRules,
    Not,
    Place,
    arrival,
    callable_from,
    may_book,
    may_change,
)
from server.domain.slots import Line, Load, Timetable

from .bookings import CATALOGUE, DAY, GAUGE, ITEMS, LENS, MORNING, NOW, TABLE, ZONE, appointment, lines

RULES = BookingRules()
START, END = MORNING.span(DAY, ZONE)
SECOND = timedelta(seconds=1)


def book(
    wanted: tuple[Line, ...],
    table: Timetable = TABLE,
    customer: str = "company",
    read: dict[str, int] | None = None,
    now: datetime = NOW,
    day: date = DAY,
    slot: str = "am",
) -> Place | Not:
    seen = {"gauge": 2} if read is None else read
    return may_book(table, RULES, day, slot, wanted, customer, seen, now)  # type: ignore[arg-type]


def test_a_place_can_be_booked_at_any_hour() -> None:
    assert book(lines(lensmeter=1)) == Place(DAY, MORNING, START, END)


WANTED = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["lensmeter", "gauge", "scale"]), st.integers(1, 4)), min_size=1, max_size=3
    ),
    max_size=30,
)


@given(WANTED, st.integers(0, 2**32))
def test_however_bookings_come_no_capacity_is_burst(orders: list[list[tuple[str, int]]], dice: int) -> None:
    random = Random(dice)
    table = TABLE
    for order in orders:
        wanted = tuple(Line(*pair) for pair in dict(order).items())
        slot = random.choice(["am", "noon"])
        if isinstance(book(wanted, table, slot=slot), Place):
            held = table.load(DAY, slot).with_lines(wanted, CATALOGUE)
            table = replace(table, loads={**table.loads, (DAY, slot): held})
    for slot in table.slots.values():
        held = table.load(DAY, slot.id)
        assert held.count <= slot.pieces
        assert held.minutes <= slot.minutes
        assert all(count <= ITEMS[item].caps.slot for item, count in held.pieces.items())
    assert all(count <= ITEMS[item].caps.day for item, count in table.day_load(DAY).pieces.items())


@given(WANTED)
def test_what_is_offered_as_free_can_be_booked(orders: list[list[tuple[str, int]]]) -> None:
    table = TABLE
    for order in orders:
        wanted = tuple(Line(*pair) for pair in dict(order).items())
        if any(line.pieces > ITEMS[line.item].caps.order for line in wanted):
            continue
        offered = list(table.free("accept", wanted, NOW, DAY, DAY))
        for day, slot in offered:
            assert isinstance(book(wanted, table, day=day, slot=slot.id), Place)
        if offered:
            held = table.load(DAY, offered[0][1].id).with_lines(wanted, CATALOGUE)
            table = replace(table, loads={**table.loads, (DAY, offered[0][1].id): held})


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (lambda: book(()), "nothing_chosen"),
        (lambda: book((Line("lensmeter", 0),)), "nothing_chosen"),
        (lambda: book((Line("lensmeter", 1), Line("lensmeter", 1))), "nothing_chosen"),
        (lambda: book(lines(lensmeter=1), slot="night"), "slot_unknown"),
        (lambda: book(lines(lensmeter=1), day=date(2026, 11, 22)), "slot_not_held"),
        (lambda: book(lines(lensmeter=1), now=START), "slot_begun"),
        (lambda: book(lines(lensmeter=1), day=date(2027, 1, 4)), "too_far"),
        (lambda: book(lines(gauge=1), read={}), "notices_not_read"),
        (lambda: book(lines(gauge=1), read={"gauge": 1}), "notices_not_read"),
        (lambda: book(lines(pump=1)), "not_taken"),
    ],
)
def test_each_reason_against_a_booking_has_its_name(asked: object, why: str) -> None:
    assert callable(asked)
    answer = asked()
    assert isinstance(answer, Not)
    assert answer.why == why


@pytest.mark.parametrize(
    ("held", "wanted", "burst"),
    [
        (Load(0, {"scale": 8}), lines(lensmeter=1), "slot_pieces"),
        (Load(50, {"scale": 1}), lines(lensmeter=1), "slot_minutes"),
        (Load(0, {"lensmeter": 4}), lines(lensmeter=1), "item_slot"),
    ],
)
def test_a_full_slot_says_what_is_full(held: Load, wanted: tuple[Line, ...], burst: str) -> None:
    answer = book(wanted, replace(TABLE, loads={(DAY, "am"): held}))
    assert isinstance(answer, Not)
    assert (answer.why, answer.full) == ("slot_full", burst)


def test_a_full_day_stands_against_a_free_slot() -> None:
    small = replace(LENS, caps=replace(LENS.caps, day=4))
    table = replace(
        TABLE,
        catalogue=replace(CATALOGUE, items={**ITEMS, "lensmeter": small}),
        loads={(DAY, "noon"): Load(0, {"lensmeter": 4})},
    )
    answer = book(lines(lensmeter=1), table)
    assert isinstance(answer, Not)
    assert answer.full == "item_day"


def test_the_cap_of_an_order_is_exact() -> None:
    assert isinstance(book(lines(lensmeter=LENS.caps.order)), Place)
    over = book(lines(lensmeter=LENS.caps.order + 1, gauge=GAUGE.caps.order + 1))
    assert isinstance(over, Not)
    assert [(one.item, one.why, one.most) for one in over.lines] == [
        ("lensmeter", "too_many", 3),
        ("gauge", "too_many", 20),
    ]


def test_customers_change_until_the_cut_off_to_the_second_and_staff_after_it_with_a_reason() -> None:
    one = appointment()
    cut_off = START - timedelta(minutes=RULES.cut_off_minutes)
    assert may_change(one, RULES, "customer", "", cut_off) is None
    late = may_change(one, RULES, "customer", "", cut_off + SECOND)
    assert late == Not("cut_off")
    assert may_change(one, RULES, "staff", "电话改约", cut_off + SECOND) is None
    assert may_change(one, RULES, "staff", "  ", cut_off + SECOND) == Not("reason_needed")


@pytest.mark.parametrize("state", ["checked_in", "fulfilled", "cancelled", "no_show"])
def test_only_what_is_booked_can_be_changed(state: str) -> None:
    assert may_change(appointment(state=state), RULES, "staff", "x", NOW) == Not("not_booked")


@pytest.mark.parametrize(
    ("facts", "hall", "now", "answer"),
    [
        ({}, "main", START - timedelta(minutes=30), "on_time"),
        ({}, "main", START - timedelta(minutes=30) - SECOND, "early"),
        ({}, "main", END, "on_time"),
        ({}, "main", END + SECOND, "late"),
        ({}, "main", START - timedelta(days=1), "wrong_day"),
        ({}, "main", START + timedelta(days=1), "over"),
        ({"state": "no_show"}, "main", START, "over"),
        ({}, "other", START, "wrong_hall"),
        ({"state": "checked_in"}, "main", START, "already_used"),
        ({"state": "fulfilled"}, "other", START + timedelta(days=9), "already_used"),
        ({"state": "cancelled"}, "main", START, "cancelled"),
    ],
)
def test_every_arrival_has_its_answer(facts: dict[str, str], hall: str, now: datetime, answer: str) -> None:
    assert arrival(appointment(**facts), hall, now.date(), RULES, now) == answer


def test_an_appointment_is_callable_ten_minutes_before_its_slot_at_the_earliest() -> None:
    one = appointment()
    assert callable_from(one, RULES, START - timedelta(hours=1)) == START - timedelta(minutes=10)
    assert callable_from(one, RULES, START) == START
