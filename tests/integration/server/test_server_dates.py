"""What changes by law or notice changes on its day, on every channel; the past stays as it was."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.servers import Clock, ServerThread

from .visits import HALL, booked, booking, kiosk

OFFER = f"{HALL}/offer"


def noon(day: date) -> datetime:
    """Noon of ``day`` in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def verdict(hall: ServerThread, item: str, pieces: int = 1) -> Any:
    return hall.ask(
        "POST", f"{HALL}/verdicts", {"lines": [{"item": item, "pieces": pieces}], "customer": "company"}
    )


def refusal(hall: ServerThread, path: str, body: object, token: str = "") -> Any:
    answer = hall.request("POST", f"/api/v1{path}", body, token, Idempotency_Key=str(uuid.uuid4()))
    return answer.json() if answer.status_code >= 400 else {"code": ""}


def test_an_authorisation_that_ended_yesterday_stops_booking_and_handing_in(
    hall: ServerThread, clock: Clock
) -> None:
    manager = hall.sign_in("manager")
    authorisations = hall.ask("GET", OFFER, token=manager)["authorisations"]

    def until(day: str) -> None:
        ended = [one | {"until": day} for one in authorisations]
        hall.ask("PUT", f"{OFFER}/authorisations", ended, manager)

    until("2026-11-20")
    one = booked(hall)
    assert one["state"] == "booked", "its last day is a day of it"
    ask = {"lines": booking()["lines"], "customer": "sole_trader"}
    days = hall.ask("POST", f"{HALL}/slots", ask)["days"]
    assert {day["day"] for day in days if any(slot["free"] for slot in day["slots"])} == {"2026-11-20"}
    monday = next(day for day in days if day["day"] == "2026-11-23")
    assert "授权不在有效期内" in monday["slots"][0]["why"]["zh"]
    tomorrow = booking(day="2026-11-23")
    assert refusal(hall, f"{HALL}/appointments", tomorrow)["code"] == "not_taken", (
        "the day of the visit counts"
    )
    until("2026-11-19")
    lines = {"lines": booking()["lines"], "customer": "company"}
    for path, body, token in (
        (f"{HALL}/appointments", booking(), ""),
        (f"{HALL}/slots", lines, ""),
        (f"{HALL}/walk-ins", lines, kiosk(hall)),
        (f"{HALL}/check-ins", {"code": one["code"]}, kiosk(hall)),
    ):
        said = refusal(hall, path, body, token)
        assert said["code"] == "not_taken", path
        assert "授权不在有效期内" in said["detail"]
    shown = hall.ask("GET", f"{HALL}/catalogue")
    assert shown["kinds"] == 0
    assert not any(item["taken"] for item in shown["items"])


@pytest.mark.parametrize(
    ("day", "due", "saved"),
    [
        (date(2026, 6, 30), "240.00", "0.00"),
        (date(2026, 7, 1), "120.00", "120.00"),
        (date(2026, 12, 31), "120.00", "120.00"),
        (date(2027, 1, 1), "240.00", "0.00"),
    ],
)
def test_a_discount_holds_from_its_day_to_its_day_and_says_what_is_saved(
    hall: ServerThread, clock: Clock, day: date, due: str, saved: str
) -> None:
    clock.now = noon(day)
    total = verdict(hall, "balance")["total"]
    assert (total["full"], total["due"], total["saved"]) == ("240.00", due, saved)
    assert bool(total["reason"]["zh"]) == (saved != "0.00")


def test_compulsory_verification_costs_nothing_and_says_so(hall: ServerThread) -> None:
    [line] = verdict(hall, "price-scale", 2)["lines"]
    assert line["fee"]["due"] == "0.00"
    assert "强制检定免费" in line["fee"]["reason"]["zh"]


@pytest.mark.parametrize(("day", "days"), [(date(2026, 2, 28), 10), (date(2026, 3, 1), 5)])
def test_a_shorter_promise_holds_from_its_day(hall: ServerThread, clock: Clock, day: date, days: int) -> None:
    clock.now = noon(day)
    assert verdict(hall, "price-scale")["promise_days"] == days


@pytest.mark.parametrize(
    ("day", "regulation"),
    [(date(2027, 1, 7), "JJG 539-2016"), (date(2027, 1, 8), "JJG 1204-2025（试行）")],
)
def test_a_regulation_is_followed_by_the_next_on_its_day(
    hall: ServerThread, clock: Clock, day: date, regulation: str
) -> None:
    clock.now = noon(day)
    [line] = verdict(hall, "price-scale")["lines"]
    assert line["regulation"] == regulation


@pytest.mark.parametrize(
    ("day", "by", "provisional"),
    [
        (date(2026, 9, 30), "2026-10-13", False),
        (date(2026, 9, 18), "2026-09-24", False),
        (date(2026, 12, 30), "2027-01-07", True),
    ],
)
def test_promises_count_the_working_days_of_the_official_notices(
    hall: ServerThread, clock: Clock, day: date, by: str, provisional: bool
) -> None:
    clock.now = noon(day)
    said = verdict(hall, "price-scale")
    assert said["provisional"] is provisional, "a year that is not announced is only estimated"
    if not provisional:
        assert said["promise_by"] == by
    else:
        assert date.fromisoformat(said["promise_by"]) > day + timedelta(days=5)
