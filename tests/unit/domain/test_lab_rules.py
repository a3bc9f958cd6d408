"""What must hold before a result is signed: the form, its limits, the air, credentials, equipment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import equipment as eq
from server.domain import lab
from server.domain.catalogue import Climate, Reading
from server.domain.equipment import Check, Equipment, checked, corrected, put, usable
from server.domain.lab import ClimateRecord, Credential
from server.domain.refusal import Refusal
from server.protocol.views import Text
from server.services.demo import demo_offer

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
ERROR = Reading("error", Text(zh="示值误差", en="Error"), low=Decimal("-0.06"), high=Decimal("0.06"))
LOOK = Reading(
    "look",
    Text(zh="外观", en="Look"),
    kind="choice",
    choices=(Text(zh="合格", en="Good"), Text(zh="不合格", en="Bad")),
)
LENSMETER = demo_offer().catalogue.items["lensmeter"]
LENSES = Equipment(
    "E",
    "main",
    "BZ-1",
    "光学室",
    Text(zh="镜片", en="Lenses"),
    until=TODAY + 30 * DAY,
    since=TODAY - 90 * DAY,
)


def code(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


# The form ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "good"), [("0.06", True), ("-0.06", True), ("−0.06", True), ("0.061", False), ("+0.05", True)]
)
def test_limits_are_part_of_what_is_good(told: str, good: bool) -> None:
    values = lab.read_values((ERROR,), {"error": told}, complete=True)
    assert not isinstance(values, Refusal)
    assert (values[0].good, values[0].limits) == (good, "−0.06 … 0.06")


@pytest.mark.parametrize(
    "told", [{"error": "1e3"}, {"error": "nan"}, {"error": "good"}, {"look": "maybe"}, {"other": "1"}]
)
def test_what_is_no_value_of_the_form_is_refused(told: dict[str, str]) -> None:
    assert code(lab.read_values((ERROR, LOOK), told, complete=False)) == "values_bad"


def test_a_draft_may_be_unfinished_and_a_signed_result_may_not() -> None:
    assert lab.read_values((ERROR, LOOK), {}, complete=False) == ()
    assert code(lab.read_values((ERROR, LOOK), {"look": "合格"}, complete=True)) == "values_bad"


@given(st.decimals(-1, 1, places=3, allow_nan=False))
def test_the_proposal_follows_the_limits(value: Decimal) -> None:
    item = LENSMETER
    values = lab.read_values((ERROR,), {"error": f"{value:f}"}, complete=True)
    assert not isinstance(values, Refusal)
    good = Decimal("-0.06") <= value <= Decimal("0.06")
    assert lab.proposal(item, values) == ("qualified" if good else "unqualified")
    # Who tests may judge harder than the values, never milder.
    assert lab.may_conclude(item, values, "unqualified") is None
    assert (lab.may_conclude(item, values, "qualified") is None) is good
    assert lab.may_conclude(item, values, "calibrated") is not None


def test_a_calibration_gives_no_verdict() -> None:
    balance = demo_offer().catalogue.items["balance"]
    assert lab.proposal(balance, ()) == "calibrated"
    assert code(lab.may_conclude(balance, (), "qualified")) == "values_bad"


def test_every_demo_form_can_be_filled_in_well() -> None:
    for item in demo_offer().catalogue.items.values():
        assert item.readings, item.id
        told = {
            one.id: one.choices[0].zh
            if one.kind == "choice"
            else str(one.high if one.high is not None else 0)
            for one in item.readings
        }
        values = lab.read_values(item.readings, told, complete=True)
        assert not isinstance(values, Refusal), item.id
        assert lab.proposal(item, values) != "unqualified", item.id


# The air ----------------------------------------------------------------------------------------


def record(minutes: float, celsius: float = 20, humidity: float = 50) -> ClimateRecord:
    return ClimateRecord("1", "main", "光学室", NOW - timedelta(minutes=minutes), celsius, humidity, "x")


LIMITS = Climate((15, 30), (20, 80))


def test_a_record_counts_for_two_hours() -> None:
    assert lab.air(record(120), LIMITS, "光学室", NOW) is None
    assert code(lab.air(record(121), LIMITS, "光学室", NOW)) == "climate_missing"
    assert code(lab.air(None, LIMITS, "光学室", NOW)) == "climate_missing"


@pytest.mark.parametrize(
    ("celsius", "humidity", "fit"),
    [(15, 20, True), (30, 80, True), (14.9, 50, False), (30.1, 50, False), (20, 19, False), (20, 81, False)],
)
def test_air_outside_the_limits_stops_the_work(celsius: float, humidity: float, fit: bool) -> None:
    found = lab.air(record(0, celsius, humidity), LIMITS, "光学室", NOW)
    assert found is None if fit else code(found) == "climate_unfit"


# Credentials ------------------------------------------------------------------------------------


def credential(**other: object) -> Credential:
    made = Credential("1", "main", "a", "verifier", "", frozenset(), "", TODAY - DAY, TODAY + DAY)
    return replace(made, **other)  # type: ignore[arg-type]


def test_a_credential_holds_for_its_kind_its_items_and_its_days() -> None:
    one = credential(items=frozenset({"lensmeter"}))
    assert lab.holds([one], "verifier", "lensmeter", TODAY + DAY)
    assert not lab.holds([one], "verifier", "lensmeter", TODAY + 2 * DAY)
    assert not lab.holds([one], "verifier", "lensmeter", TODAY - 2 * DAY)
    assert not lab.holds([one], "verifier", "balance", TODAY)
    assert not lab.holds([one], "reviewer", "lensmeter", TODAY)
    assert lab.holds([credential()], "verifier", "anything", TODAY)


def test_the_due_list_names_what_lapses_unless_something_later_takes_its_place() -> None:
    lapsed = credential(id="old", until=TODAY - DAY)
    soon = credential(id="soon", user="b", until=TODAY + 60 * DAY)
    later = credential(id="later", user="c", until=TODAY + 61 * DAY)
    assert [one.id for one in lab.lapsing([later, soon, lapsed], TODAY, 60)] == ["old", "soon"]
    renewed = credential(id="new", until=TODAY + 365 * DAY)
    assert [one.id for one in lab.lapsing([lapsed, renewed], TODAY, 60)] == []


def test_another_training_does_not_take_the_place_of_one() -> None:
    one = credential(kind="training", title="法规", until=TODAY)
    other = credential(id="2", kind="training", title="操作", until=TODAY + 365 * DAY)
    assert [each.id for each in lab.lapsing([one, other], TODAY, 60)] == ["1"]


# Equipment --------------------------------------------------------------------------------------


def test_a_standard_holds_up_to_and_with_its_last_day() -> None:
    assert usable(LENSES, TODAY + 30 * DAY) is None
    assert code(usable(LENSES, TODAY + 31 * DAY)) == "standard_expired"
    assert code(usable(replace(LENSES, until=None), TODAY)) == "standard_expired"


def out(one: Equipment = LENSES) -> Equipment:
    made = put(one, "out_of_service", NOW, TODAY, "坏", "x")
    assert isinstance(made, Equipment)
    return made


def test_what_is_taken_out_is_isolated_and_comes_back_only_with_a_good_check_since() -> None:
    gone = out()
    assert code(usable(gone, TODAY)) == "standard_out"
    assert gone.colour(TODAY) == "red"
    for state in ("in_use", "limited"):
        assert code(put(gone, state, NOW, TODAY, "好了", "x")) == "check_needed"  # type: ignore[arg-type]
    bad = checked(gone, Check(TODAY, False, "", NOW, "x"))
    assert code(put(bad, "in_use", NOW, TODAY, "好了", "x")) == "check_needed"
    good = checked(bad, Check(TODAY, True, "", NOW + timedelta(hours=1), "x"))
    back = put(good, "in_use", NOW + timedelta(hours=2), TODAY, "好了", "x")
    assert isinstance(back, Equipment)
    assert usable(back, TODAY) is None


def test_a_check_made_before_it_was_taken_out_does_not_bring_it_back() -> None:
    before = checked(LENSES, Check(TODAY, True, "", NOW - timedelta(hours=1), "x"))
    assert code(put(out(before), "in_use", NOW, TODAY, "好了", "x")) == "check_needed"


def test_a_bad_check_takes_it_out_at_once() -> None:
    assert checked(LENSES, Check(TODAY, False, "漂移", NOW, "x")).state == "out_of_service"


def test_the_label_is_green_yellow_or_red() -> None:
    limited = put(LENSES, "limited", NOW, TODAY, "x", "x")
    assert isinstance(limited, Equipment)
    assert (LENSES.colour(TODAY), limited.colour(TODAY)) == ("green", "yellow")
    assert LENSES.colour(TODAY + 31 * DAY) == "red"


def test_correction_factors_are_those_of_the_test_date() -> None:
    one = corrected(LENSES, TODAY - 10 * DAY, [("a", "1")], NOW, "x")
    two = corrected(one, TODAY, [("a", "2")], NOW, "x")
    assert [version.version for version in two.factors] == [1, 2]
    assert two.factors_on(TODAY - 11 * DAY) is None
    for day, version in ((TODAY - DAY, 1), (TODAY, 2)):
        found = two.factors_on(day)
        assert found is not None
        assert found.version == version


def test_a_check_is_due_after_its_days_from_the_last_good_one() -> None:
    planned = replace(LENSES, check_days=30)
    assert planned.check_due() == TODAY - 60 * DAY
    again = checked(planned, Check(TODAY, True, "", NOW, "x"))
    assert again.check_due() == TODAY + 30 * DAY
    assert LENSES.check_due() is None


STEPS = st.lists(
    st.sampled_from(["in_use", "limited", "out_of_service", "good", "bad"]), min_size=1, max_size=12
)


@given(STEPS)
def test_no_way_leads_back_into_use_but_through_a_good_check(steps: list[str]) -> None:
    one, at = LENSES, NOW
    since_out: list[bool] = []
    for step in steps:
        at += timedelta(minutes=1)
        was = one.state
        if step in ("good", "bad"):
            one = checked(one, Check(TODAY, step == "good", "", at, "x"))
            since_out.append(step == "good")
        else:
            made = put(one, step, at, TODAY, "x", "x")  # type: ignore[arg-type]
            one = one if isinstance(made, Refusal) else made
        if was != "out_of_service" and one.state == "out_of_service":
            since_out = []
        if was == "out_of_service" and one.state != "out_of_service":
            assert since_out
            assert since_out[-1]
    assert eq.usable(one, TODAY) is None or one.state == "out_of_service"
