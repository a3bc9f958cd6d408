"""When a certificate may be drafted, and until when it is valid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.catalogue import Authorisation, Caps, Catalogue, Dated, Item
from server.domain.certificates import kind_of, may_draft, months_later, number, series, valid_until
from server.domain.results import Content, Result, StandardUsed
from server.protocol.views import Text

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
FIRST = date(2026, 1, 1)
DAYS = st.dates(FIRST, date(2027, 12, 31))
PEOPLE = st.sampled_from(["", "a", "b", "c"])
OLD, NEW = "JJG 580-1996", "JJG 580-2005"
CHANGE = date(2026, 7, 1)
ITEM = Item(
    id="lensmeter",
    name=Text(zh="焦度计", en="Focimeter"),
    field="optics",
    section="光学",
    service="submit",
    regulations=(Dated(date(2020, 1, 1), OLD), Dated(CHANGE, NEW)),
    caps=Caps(10, 10, 10),
    unit_minutes=10,
)


def standard(until: date) -> StandardUsed:
    return StandardUsed("E1", Text(zh="镜片", en=""), "", "1", "", "", until)


def result(tested_on: date, *, standards: tuple[StandardUsed, ...] = (), **other: object) -> Result:
    facts: dict[str, object] = {
        "id": "r",
        "hall": "main",
        "sample": "S",
        "version": 1,
        "state": "approved",
        "content": Content(standards=standards),
        "regulation": ITEM.regulation(tested_on) or "",
        "tested_on": tested_on,
        "made_at": NOW,
        "changed_at": NOW,
        "conclusion": "qualified",
        "verifier": "a",
        "reviewer": "b",
        "approver": "c",
    }
    return Result(**facts | other)  # type: ignore[arg-type]


def catalogue(since: date, until: date) -> Catalogue:
    return Catalogue(
        {ITEM.id: ITEM}, authorisations=(Authorisation("1", frozenset({ITEM.id}), since, until),)
    )


@given(
    tested_on=DAYS,
    state=st.sampled_from(["draft", "tested", "reviewed", "approved", "superseded"]),
    verifier=PEOPLE,
    reviewer=PEOPLE,
    approver=PEOPLE,
    conclusion=st.sampled_from([None, "qualified", "unqualified", "calibrated"]),
    authorised=st.tuples(DAYS, DAYS),
    untils=st.lists(DAYS, max_size=3),
    regulation=st.sampled_from([OLD, NEW, ""]),
)
def test_no_certificate_without_two_people_and_all_that_must_hold_on_the_test_date(
    tested_on: date,
    state: str,
    verifier: str,
    reviewer: str,
    approver: str,
    conclusion: str | None,
    authorised: tuple[date, date],
    untils: list[date],
    regulation: str,
) -> None:
    one = result(
        tested_on,
        standards=tuple(standard(until) for until in untils),
        state=state,
        verifier=verifier,
        reviewer=reviewer,
        approver=approver,
        conclusion=conclusion,
        regulation=regulation,
    )
    since, until = authorised
    holds = (
        state == "approved"
        and conclusion is not None
        and bool(verifier and reviewer and approver)
        and verifier != reviewer
        and since <= tested_on <= until
        and regulation == (NEW if tested_on >= CHANGE else OLD)
        and all(tested_on <= each for each in untils)
    )
    assert (may_draft(catalogue(since, until), ITEM, one) is None) == holds


@pytest.mark.parametrize(("late", "allowed"), [(0, True), (1, False)])
def test_the_last_day_of_an_authorisation_and_of_a_standard_still_counts(late: int, allowed: bool) -> None:
    day = date(2026, 11, 20)
    last = day - timedelta(days=late)
    good = date(2027, 12, 31)
    refusals = [
        may_draft(catalogue(FIRST, last), ITEM, result(day, standards=(standard(good),))),
        may_draft(catalogue(FIRST, good), ITEM, result(day, standards=(standard(last),))),
    ]
    codes = [refused.code if refused else None for refused in refusals]
    assert codes == ([None, None] if allowed else ["not_authorised", "standard_expired"])


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (date(2026, 11, 20), 12, date(2027, 11, 19)),
        (date(2026, 11, 1), 12, date(2027, 10, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2026, 1, 1), 72, date(2031, 12, 31)),
    ],
)
def test_valid_until_is_the_last_valid_day(day: date, months: int, until: date) -> None:
    assert valid_until("verification", day, months, last_day=True) == until
    assert valid_until("verification", day, months, last_day=False) == until + timedelta(days=1)


def test_only_a_verification_has_a_last_valid_day_unless_a_calibration_was_asked_for_one() -> None:
    day = date(2026, 11, 20)
    assert valid_until("failure_notice", day, 12, last_day=True, asked=True) is None
    assert valid_until("calibration", day, 12, last_day=True) is None
    assert valid_until("calibration", day, 12, last_day=True, asked=True) == date(2027, 11, 19)
    assert valid_until("verification", day, None, last_day=True) is None


@given(day=DAYS, months=st.integers(0, 120))
def test_a_later_month_never_spills_into_the_next(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_a_number_names_kind_and_year() -> None:
    day = date(2026, 11, 20)
    assert number("LQ-", series(kind_of("qualified"), day), 42) == "LQ-JD2026-00042"
    assert {series(kind_of(one), day) for one in ("qualified", "unqualified", "calibrated")} == {
        "JD2026",
        "JT2026",
        "JZ2026",
    }
