"""What the sources ask for and an observer sees: news of each step, working days, places, ways of service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from server.protocol.words import ORDER_STATES
from server.services.ready import TOLD
from server.store import tables as t
from tests.servers import Clock, ServerThread

from . import cases
from .benches import Bench
from .cases import rows
from .counter import CASES, Counter
from .visits import HALL, SHOP, TAIL, booked, checked_in, walked_in


def at(month: int, day: int, hour: int = 12) -> datetime:
    """That time of 2026 on the hall's clock."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)


def news(hall: ServerThread, order: str) -> list[str]:
    table = t.outbox.c
    found = rows(hall, select(table.kind).where(table.subject == order).order_by(table.made_at))
    return [row.kind for row in found]


# Told at each stage ---------------------------------------------------------------------------------


def test_each_state_that_an_order_comes_to_is_news_for_its_customer() -> None:
    assert set(TOLD) == set(ORDER_STATES) - {"registered"}, "of a registration the voucher or ticket tells"


def test_what_is_missing_and_what_is_not_taken_is_told_too(hall: ServerThread) -> None:
    clerk = Counter(hall)
    case = clerk.known(clerk.open(walked_in(hall, 1)["order"]["number"]))
    clerk.do("POST", f"{CASES}/{case['id']}/notices", {"missing": ["铭牌"]})
    assert news(hall, case["id"]) == ["case_supplement"]
    hall.clock.advance(minutes=1)
    clerk.do("POST", f"{CASES}/{case['id']}/reject", {"reason": "不在授权范围"})
    assert news(hall, case["id"]) == ["case_supplement", "case_rejected"]


def test_what_was_posted_is_a_stage_that_its_customer_sees(hall: ServerThread) -> None:
    came = checked_in(hall, booked(hall)["code"])
    clerk = Counter(hall)
    case = clerk.save(clerk.open(came["order"]["number"]))
    address = {"way": "post", "address": "某路1号 甲收"}
    clerk.do("PUT", f"{CASES}/{case['id']}/fulfilment", address)
    case = clerk.sign(case)
    cases.walked(hall, case["id"])
    body = {"code": cases.pickup(hall, case["id"]).code, "samples": cases.labels(came)}
    hall.ask("POST", f"{HALL}/releases", body, clerk.token)
    hall.clock.advance(minutes=1)
    clerk.do("POST", f"{CASES}/{case['id']}/sent", {"carrier": "顺丰", "tracking": "SF1234567890"})
    told = hall.ask("POST", f"{HALL}/progress", {"code": came["order"]["code"], "tail": TAIL})
    assert [step["kind"] for step in told["steps"]][-3:] == ["ready", "released", "posted"]
    assert told["state"] == "closed"


# The clock across worked weekends and holidays ------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "due", "looked_at", "gross"),
    [
        # Sunday 20 September is worked for a day of 中秋; the five days end before the holiday.
        (at(9, 18), "2026-09-24", at(9, 21), 2),
        # 国庆 is not counted, Saturday 10 October is worked.
        (at(9, 30), "2026-10-13", at(10, 10), 3),
    ],
)
def test_the_clock_of_an_accepted_order_goes_by_the_official_days(
    hall: ServerThread, clock: Clock, accepted: datetime, due: str, looked_at: datetime, gross: int
) -> None:
    clock.now = accepted
    case = Counter(hall).accepted(1)
    assert {piece["due"] for piece in case["pieces"]} == {due}
    clock.now = looked_at
    promise = hall.ask("POST", f"{HALL}/progress", {"code": case["code"]})["promise"]
    assert (promise["due"], promise["gross_days"], promise["limit_days"]) == (due, gross, 5)
    assert promise["colour"] in ("green", "amber")
    clock.now = datetime.fromisoformat(f"{due}T04:00:00+00:00").replace(tzinfo=UTC)
    assert promised(hall, case) == "amber"
    clock.advance(days=6)
    assert promised(hall, case) == "red"


def promised(hall: ServerThread, case: Any) -> str:
    colour: str = hall.ask("POST", f"{HALL}/progress", {"code": case["code"]})["promise"]["colour"]
    return colour


# Where and how --------------------------------------------------------------------------------------


def test_the_site_and_its_kind_stand_on_the_record(hall: ServerThread) -> None:
    clerk, bench = Counter(hall), Bench(hall)
    body = {
        "lines": [{"item": "lensmeter", "pieces": 1}],
        "mode": "on_site",
        "site": "van-1",
        "channel": "phone",
        "customer": SHOP,
        "consent": "1",
    }
    case = clerk.do("POST", CASES, body)
    case = clerk.sign(clerk.save(case, mode="on_site", site="van-1"))
    [code] = [piece["code"] for piece in case["pieces"]]
    scans = {"samples": [code], "careful": True}
    clerk.do("POST", f"{HALL}/handovers", scans | {"taker": "verifier1"})
    [waiting] = bench.stage.do("GET", f"{HALL}/handovers", user="verifier1")["handovers"]
    bench.stage.do("POST", f"{HALL}/handovers/{waiting['id']}/take", scans, "verifier1")
    bench.approved(bench.testing(code))
    place = bench.do("GET", f"/samples/{code}")["results"][0]["place"]
    name = next(
        one["name"]["zh"] for one in clerk.do("GET", f"{CASES}/places")["sites"] if one["id"] == "van-1"
    )
    assert place == f"{name}（流动场所）"
    table = t.certificates.c
    content = rows(hall, select(table.content).where(table.sample == code))[0].content
    assert place in content, "and on its certificate"


@pytest.mark.parametrize("mode", ["on_site", "online", "remote"])
def test_what_is_done_elsewhere_needs_no_kiosk_and_no_ticket(hall: ServerThread, mode: str) -> None:
    clerk = Counter(hall)
    body = {
        "lines": [{"item": "lensmeter", "pieces": 1}],
        "mode": mode,
        "channel": "phone",
        "customer": SHOP,
        "consent": "1",
    }
    case = clerk.do("POST", CASES, body)
    assert (case["mode"], case["ticket"], case["while_you_wait"]) == (mode, "", False)
    assert hall.ask("GET", HALL)["services"], "the hall is open"
    assert sum(one["waiting"] for one in hall.ask("GET", HALL)["services"]) == 0
    assert clerk.sign(clerk.save(case, mode=mode))["state"] == "accepted"
