"""What a new hall begins with: the default catalogue, its slots, and the calendar as announced."""

from __future__ import annotations

from datetime import date

import pytest

from server.domain.catalogue import Catalogue
from server.domain.eligibility import refused
from server.domain.offer import Offer
from server.domain.slots import Line, Load, full
from server.services.demo import demo_offer

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def offer() -> Offer:
    return demo_offer()


@pytest.fixture
def catalogue(offer: Offer) -> Catalogue:
    return offer.catalogue


def test_the_default_catalogue_has_its_fourteen_kinds(catalogue: Catalogue) -> None:
    names = [item.name.zh for item in catalogue.items.values()]
    assert names == [
        "焦度计",
        "验光仪",
        "验光镜片箱",
        "电子计价秤",
        "血压计/血压表",
        "电子血压计",
        "红外耳温计",
        "压力表",
        "可燃气体报警器",
        "呼出气体酒精含量检测仪",
        "电子天平",
        "水表（DN≤25）",
        "出租车计价器",
        "燃油加油机",
    ]


def test_a_regulation_changes_on_its_day(catalogue: Catalogue) -> None:
    scale = catalogue.items["price-scale"]
    assert scale.regulation(date(2027, 1, 7)) == "JJG 539-2016"
    assert scale.regulation(date(2027, 1, 8)) == "JJG 1204-2025（试行）"


def test_the_mercury_gauge_stands_two_hours_and_comes_back_in_six_months(catalogue: Catalogue) -> None:
    gauge = catalogue.items["sphygmomanometer"]
    assert (gauge.rest_minutes, gauge.cycle_months, gauge.fragile) == (120, 6, True)


def test_everything_is_offered_and_authorised_today(catalogue: Catalogue) -> None:
    assert catalogue.published(TODAY) == 14
    assert all(item.regulation(TODAY) for item in catalogue.items.values())


def test_what_an_authorisation_names_exists(catalogue: Catalogue) -> None:
    for one in catalogue.authorisations:
        assert one.items <= catalogue.items.keys()


def test_every_item_belongs_to_a_field(catalogue: Catalogue) -> None:
    assert {item.field for item in catalogue.items.values()} <= catalogue.fields.keys()


def test_compulsory_verification_is_free_and_calibration_is_half_price_for_its_time(
    catalogue: Catalogue,
) -> None:
    for item in catalogue.items.values():
        assert (item.fee(1, TODAY).due == 0) is (item.kind == "compulsory")
    balance = catalogue.items["balance"]
    assert (balance.fee(1, TODAY).full, balance.fee(1, TODAY).due) == (240, 120)
    assert balance.fee(1, date(2027, 1, 1)).due == 240


def test_the_promise_was_ten_days_and_is_five(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        assert (item.days_promised(date(2026, 2, 28)), item.days_promised(TODAY)) == (10, 5)


def test_a_whole_order_of_any_item_finds_room_in_an_empty_slot(offer: Offer) -> None:
    for item in offer.catalogue.items.values():
        if item.mode == "on_site":
            continue
        lines = [Line(item.id, min(item.caps.order, item.caps.slot))]
        customer = sorted(item.for_whom)[0]
        assert refused(offer.catalogue, lines, customer, TODAY) == ()
        slot = offer.slots["accept-0830" if item.while_you_wait else "submit-0830"]
        assert full(slot, Load(), Load(), lines, offer.catalogue) is None, item.id


def test_slots_fill_the_opening_hours_by_half_hours(offer: Offer) -> None:
    accept = sorted((slot.opens, slot.closes) for slot in offer.slots.values() if slot.service == "accept")
    assert len(accept) == 12
    assert (f"{accept[0][0]:%H:%M}", f"{accept[5][1]:%H:%M}") == ("08:30", "11:30")
    assert (f"{accept[6][0]:%H:%M}", f"{accept[11][1]:%H:%M}") == ("13:30", "16:30")


@pytest.mark.parametrize(
    ("day", "promised"), [(date(2026, 9, 30), date(2026, 10, 13)), (date(2026, 9, 18), date(2026, 9, 24))]
)
def test_five_working_days_go_by_the_official_notice(offer: Offer, day: date, promised: date) -> None:
    assert offer.calendar.after(day, 5) == promised


def test_the_worked_weekends_of_2026_are_known(offer: Offer) -> None:
    worked = [day for day, works in offer.calendar.exceptions.items() if works and day.year == 2026]
    assert [f"{day:%m-%d}" for day in worked] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_a_year_without_its_notice_is_provisional(offer: Offer) -> None:
    assert not offer.calendar.provisional(TODAY, date(2026, 12, 31))
    assert offer.calendar.provisional(TODAY, date(2027, 1, 1))
    assert offer.calendar.works(date(2027, 1, 1))
