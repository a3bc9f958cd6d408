"""Offers, customers and appointments come back from both databases as they went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Engine

from server.domain.booking import BookingRules
from server.domain.calendar import Calendar
from server.domain.offer import Offer
from server.domain.slots import Load
from server.store import bookings, halls, offers
from tests.contract.floors import demo_hall
from tests.unit.domain.bookings import CATALOGUE, DAY, NOW, TABLE, appointment, lines, text

HALL = demo_hall()
TERMS = ((text("检定"), text("合格与否")),)
OFFER = Offer(
    catalogue=replace(
        CATALOGUE, fields={"optics": text("验光配镜")}, terms=((text("检定"), text("合格与否")),)
    ),
    slots=TABLE.slots,
    calendar=Calendar({date(2026, 10, 1): False, date(2026, 10, 10): True}, frozenset({2026})),
    rules=BookingRules(cut_off_minutes=30),
)
CUSTOMER = bookings.Customer("c1", HALL.id, "company", "某某", "某公司", "", "13812345678", NOW, "1")


def with_hall(engine: Engine) -> None:
    with engine.begin() as connection:
        halls.make_hall(connection, replace(HALL, offer=OFFER), DAY)
        bookings.add_customer(connection, CUSTOMER)


def test_an_offer_comes_back_as_it_was(engine: Engine) -> None:
    with_hall(engine)
    with engine.begin() as connection:
        hall = halls.load_hall(connection, HALL.id)
        assert hall is not None
        assert hall.offer == OFFER
        offers.save_offer(connection, HALL.id, Offer())
        assert offers.load_offer(connection, HALL.id) == Offer()


def test_appointments_come_back_by_code_number_and_day(engine: Engine) -> None:
    with_hall(engine)
    first = appointment(lines=lines(gauge=2, lensmeter=1), notices={"gauge": 2})
    other = appointment(id="2", code="V2", number="2", day=DAY + timedelta(days=1))
    with engine.begin() as connection:
        bookings.add(connection, first)
        bookings.add(connection, other)
        assert bookings.find(connection, code="V") == first
        assert bookings.find(connection, number="2") == other
        assert bookings.find(connection, id="3") is None
        assert bookings.of_day(connection, "main", DAY) == [first]
        assert bookings.find_customer(connection, "c1") == CUSTOMER
        changed = replace(first, state="checked_in", ticket="t1", lines=lines(lensmeter=2))
        bookings.save(connection, changed)
        assert bookings.find(connection, id="1") == changed


def test_what_takes_room_is_counted_and_what_was_given_up_is_not(engine: Engine) -> None:
    with_hall(engine)
    with engine.begin() as connection:
        for id, state in [("1", "booked"), ("2", "checked_in"), ("3", "cancelled"), ("4", "no_show")]:
            bookings.add(connection, appointment(id=id, code=id, number=id, state=state))
        held = bookings.loads(connection, "main", DAY, DAY, CATALOGUE)
        assert held == {(DAY, "am"): Load(30, {"lensmeter": 2})}
        gone = replace(CATALOGUE, items={})
        assert bookings.loads(connection, "main", DAY, DAY, gone)[DAY, "am"].count == 2
        assert bookings.loads(connection, "main", DAY + timedelta(days=1), DAY, CATALOGUE) == {}
