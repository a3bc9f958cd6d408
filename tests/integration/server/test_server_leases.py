"""A kiosk cut off from the server: its numbers are lent beforehand and handed in afterwards, exactly once."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.protocol import codes
from server.seals.key import holds
from server.store import tables as t
from tests.postgres import cluster
from tests.servers import NOON, Clock, ServerThread, furnish, served

from .cases import rows
from .stage import Stage
from .visits import DAY, HALL, TAIL, booked, checked_in, customer, kiosk


def leases(hall: ServerThread, token: str = "", **body: object) -> dict[str, Any]:
    """The kiosk's blocks by service."""
    told = hall.ask("POST", f"{HALL}/leases", body or None, token or kiosk(hall))
    return {one["service"]: one for one in told["leases"]}


def paper(lease: dict[str, Any], n: int, at: datetime, **more: object) -> dict[str, Any]:
    """A ticket that the kiosk gave by itself."""
    code = codes.code_of("V", uuid.uuid4().int)
    return {
        "id": uuid.uuid4().hex,
        "code": code,
        "lease": lease["id"],
        "n": n,
        "issued_at": at.isoformat(),
        **more,
    }


def hand_in(hall: ServerThread, *tickets: dict[str, Any], token: str = "") -> Sequence[dict[str, Any]]:
    told: list[dict[str, Any]] = hall.ask(
        "POST", f"{HALL}/offline-tickets", {"tickets": tickets}, token or kiosk(hall)
    )["tickets"]
    return told


def lines(hall: ServerThread) -> list[dict[str, Any]]:
    """Who holds which numbers, as staff see it."""
    told: list[dict[str, Any]] = hall.ask("GET", f"{HALL}/leases", token=hall.sign_in("clerk1"))
    return told


def journal(hall: ServerThread, kind: str) -> list[dict[str, Any]]:
    """What the lines of that kind say."""
    found = rows(hall, select(t.journal.c.payload).where(t.journal.c.kind == kind).order_by(t.journal.c.seq))
    return [json.loads(row.payload) for row in found]


def test_a_number_given_without_the_server_stands_in_the_queue_with_its_true_time(
    either: ServerThread, clock: Clock
) -> None:
    stage = Stage(either)
    lent = leases(either)["accept"]
    assert (lent["prefix"], lent["first"], lent["last"]) == ("A", 901, 920)
    clock.advance(minutes=10)
    one = paper(lent, 901, clock.now)
    clock.advance(minutes=5)
    [told] = hand_in(either, one)
    assert (told["outcome"], told["number"]) == ("taken", "A901")
    seen = either.ask("GET", f"/tickets/{one['code']}")
    assert (seen["state"], datetime.fromisoformat(seen["issued_at"])) == (
        "waiting",
        NOON + timedelta(minutes=10),
    )
    stage.counter("open")
    desk = stage.do("GET", "/halls/main/leases", user="clerk1")
    assert {(line["device"], line["lease"]["service"], line["handed_in"]) for line in desk} >= {
        ("kiosk-1", "accept", 1)
    }
    figures = either.request("GET", "/metrics").text
    assert 'liqu_numbers_lent{hall="main"} 100.0' in figures
    assert 'liqu_numbers_handed_in{hall="main"} 1.0' in figures
    called = stage.counter("call-next")["ticket"]
    assert (called["number"], called["offline"], called["waited"]) == ("A901", True, 5)


# Lending -----------------------------------------------------------------------------------------


def test_a_kiosk_holds_a_block_for_each_open_service_and_asking_again_changes_nothing(
    hall: ServerThread,
) -> None:
    stage = Stage(hall)
    stage.service("consult", active=False)
    told = hall.ask("POST", f"{HALL}/leases", None, kiosk(hall))
    assert {one["service"] for one in told["leases"]} == {"accept", "submit", "pickup", "green"}
    assert (told["day"], told["ends_at"]) == (DAY, "2026-11-21T00:00:00+08:00")
    assert told["base_url"] == hall.url
    assert hall.ask("POST", f"{HALL}/leases", None, kiosk(hall)) == told
    assert len(journal(hall, "numbers.lent")) == 4
    stage.service("accept", prefix="Z")
    again = leases(hall)
    assert (again["accept"]["prefix"], again["accept"]["first"]) == ("Z", 901)


def test_an_answer_that_was_lost_is_told_again(hall: ServerThread) -> None:
    key = str(uuid.uuid4())
    first, second = (
        hall.request("POST", f"/api/v1{HALL}/leases", None, kiosk(hall), Idempotency_Key=key) for _ in "12"
    )
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"


def test_who_does_not_remember_a_block_gets_another_in_its_place(hall: ServerThread) -> None:
    old = leases(hall)["accept"]
    assert leases(hall, known=[old["id"]])["accept"] == old
    new = leases(hall, known=[])["accept"]
    assert new["first"] == old["last"] + 1
    [told] = hand_in(hall, paper(old, 901, NOON))
    assert told["outcome"] == "taken", "it was on paper already"
    gone = {one["lease"]["id"]: one["returned_at"] is not None for one in lines(hall)}
    assert (gone[old["id"]], gone[new["id"]]) == (True, False)


def test_a_manager_takes_the_blocks_of_a_kiosk_back_and_staff_see_it(hall: ServerThread) -> None:
    stage = Stage(hall)
    old = leases(hall)["accept"]
    hand_in(hall, paper(old, 901, NOON))
    stage.do("POST", f"{HALL}/leases/return", {"device": "kiosk-1"}, user="manager")
    [line] = [one for one in lines(hall) if one["lease"]["id"] == old["id"]]
    assert (line["device"], line["handed_in"], line["lease"]["used"]) == ("kiosk-1", 1, [901])
    assert line["returned_at"] is not None
    assert leases(hall)["accept"]["first"] == old["last"] + 1
    answer = hall.request("POST", f"/api/v1{HALL}/leases/return", {"device": "nobody"}, stage.as_("manager"))
    assert (answer.status_code, answer.json()["code"]) == (404, "device_unknown")
    assert len(journal(hall, "lease.returned")) == 5


def test_a_kiosk_that_is_revoked_or_paired_anew_has_lost_its_numbers(hall: ServerThread) -> None:
    stage = Stage(hall)
    old = leases(hall)["accept"]
    asked = hall.ask("POST", "/pairings", {"kind": "kiosk"})
    stage.do("POST", f"{HALL}/pairings", {"code": asked["code"], "name": "kiosk-1"}, user="manager")
    [line] = [one for one in lines(hall) if one["lease"]["id"] == old["id"]]
    assert line["returned_at"] is not None


# Handing in --------------------------------------------------------------------------------------


def test_what_is_handed_in_twice_counts_once_also_within_one_request_and_under_another_key(
    either: ServerThread,
) -> None:
    lent = leases(either)["accept"]
    one, other = paper(lent, 901, NOON), paper(lent, 902, NOON)
    told = hand_in(either, one, one, other)
    assert [line["outcome"] for line in told] == ["taken", "known", "taken"]
    assert [line["outcome"] for line in hand_in(either, one, other)] == ["known", "known"]
    assert len(journal(either, "ticket.handed_in")) == 2
    assert leases(either)["accept"]["used"] == [901, 902]


@pytest.mark.parametrize(
    ("wrong", "number"),
    [
        ({"n": 902, "id": "taken"}, "A902"),
        ({"n": 901}, "A901"),
        ({"n": 900}, "A900"),
        ({"n": 921}, "A921"),
        ({"n": 902, "code": "taken"}, "A902"),
        ({"lease": "0" * 32}, ""),
    ],
    ids=["id of another", "number used", "before the block", "after the block", "code used", "no lease"],
)
def test_what_does_not_fit_is_told_and_journalled_and_the_rest_is_taken(
    hall: ServerThread, wrong: dict[str, Any], number: str
) -> None:
    lent = leases(hall)["accept"]
    first = paper(lent, 901, NOON)
    hand_in(hall, first)
    bad = paper(lent, 903, NOON) | wrong
    bad |= {name: first[name] for name in ("id", "code") if bad[name] == "taken"}
    told = hand_in(hall, bad, paper(lent, 905, NOON))
    assert [line["outcome"] for line in told] == ["bad", "taken"]
    assert told[0]["number"] == number
    assert told[0]["why"]["zh"]
    assert told[0]["why"]["en"]
    [line] = journal(hall, "ticket.bad")
    assert line["device"] == "kiosk-1"


def test_the_numbers_of_another_kiosk_are_nobody_elses(hall: ServerThread) -> None:
    stage = Stage(hall)
    body = {"name": "kiosk-2", "kind": "kiosk"}
    second = stage.do("POST", f"{HALL}/devices", body, user="manager")["token"]
    one = paper(leases(hall)["accept"], 901, NOON)
    assert [line["outcome"] for line in hand_in(hall, one, token=second)] == ["bad"]
    assert leases(hall, second)["accept"]["first"] == 921
    assert [line["outcome"] for line in hand_in(hall, one)] == ["taken"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-20T12:00:00"])
def test_no_time_that_a_kiosk_tells_breaks_the_server(hall: ServerThread, clock: Clock, at: str) -> None:
    lent = leases(hall)["accept"]
    clock.advance(minutes=1)
    one = paper(lent, 901, NOON) | {"issued_at": at}
    assert [line["outcome"] for line in hand_in(hall, one)] == ["taken"]
    seen = datetime.fromisoformat(hall.ask("GET", f"/tickets/{one['code']}")["issued_at"])
    assert NOON <= seen <= clock.now


def test_a_number_whose_day_is_over_is_kept_and_nobody_waits(either: ServerThread, clock: Clock) -> None:
    lent = leases(either)["accept"]
    one = paper(lent, 901, NOON)
    clock.advance(days=1)
    for outcome in ("late", "known"):
        [told] = hand_in(either, one)
        assert (told["outcome"], told["number"]) == (outcome, "A901")
    assert [line["outcome"] for line in hand_in(either, paper(lent, 901, NOON))] == ["bad"]
    seen = either.ask("GET", f"/tickets/{one['code']}")
    assert (seen["state"], datetime.fromisoformat(seen["issued_at"])) == ("expired", NOON)
    assert either.ask("GET", HALL)["services"][0]["waiting"] == 0
    assert [line["day"] for line in journal(either, "ticket.late")] == [DAY]
    assert leases(either)["accept"]["first"] == 901


def test_a_page_of_its_own_follows_it_and_staff_may_give_it_up(hall: ServerThread) -> None:
    stage = Stage(hall)
    one = paper(leases(hall)["accept"], 901, NOON)
    hand_in(hall, one)
    with hall.live(f"ticket:{one['code']}") as live:
        view = json.loads(live.recv(timeout=10))["view"]
    assert (view["number"], view["promised"]) == ("A901", view["wait"])
    assert hall.request("GET", f"/t/{one['code']}").ok
    again = hall.ask("GET", f"{HALL}/tickets/A901", token=kiosk(hall))
    assert again["code"] == one["code"]
    assert stage.do("POST", f"/tickets/{one['id']}/cancel")["state"] == "cancelled"
    assert [line["outcome"] for line in hand_in(hall, one)] == ["known"]


def test_a_class_is_kept_but_nobody_takes_a_place_by_saying_so(hall: ServerThread) -> None:
    lent = leases(hall)["accept"]
    said = ("elderly", "green", "appointment")
    papers = [paper(lent, n, NOON, priority=one) for n, one in enumerate(said, 901)]
    hand_in(hall, *papers)
    kept = [hall.ask("GET", f"/tickets/{one['code']}")["priority"] for one in papers]
    assert kept == ["elderly", "ordinary", "ordinary"]


# With a voucher ----------------------------------------------------------------------------------


def test_who_checked_in_without_the_server_is_checked_in_with_that_number_and_time(
    either: ServerThread, clock: Clock
) -> None:
    one = booked(either)
    lent = leases(either)["accept"]
    clock.advance(hours=1, minutes=40)
    at = clock.now
    clock.advance(minutes=50)
    came = paper(lent, 901, at, voucher=one["code"])
    assert [(line["outcome"], line["why"]["zh"]) for line in hand_in(either, came)] == [("taken", "")]
    seen = either.ask("GET", f"/tickets/{came['code']}")
    assert (seen["number"], seen["priority"]) == ("A901", "appointment")
    order = either.ask("POST", f"{HALL}/labels", {"code": "A901"}, kiosk(either))
    assert (order["number"], len(order["labels"])) == (one["number"], 2)
    case = either.ask("POST", "/appointments/find", {"code": one["code"], "tail": TAIL})
    [when] = [step["at"] for step in case["timeline"] if step["kind"] == "checked_in"]
    assert datetime.fromisoformat(when) == at
    shown = either.ask("POST", f"{HALL}/arrivals", {"code": one["code"]}, kiosk(either))
    assert shown["arrival"] == "already_used"
    assert [line["outcome"] for line in hand_in(either, came)] == ["known"]


def test_a_voucher_that_is_used_or_none_makes_an_ordinary_number_and_says_why(
    hall: ServerThread, clock: Clock
) -> None:
    used, late = booked(hall), booked(hall, customer=customer(2))
    gone = booked(hall, customer=customer(3))
    hall.ask("POST", "/appointments/cancel", {"code": gone["code"], "tail": "0003"})
    lent = leases(hall)["accept"]
    checked_in(hall, used["code"])
    vouchers = [used["code"], gone["code"], codes.code_of("V", 1), "a\x00b", "999999999951"]
    papers = [paper(lent, n, NOON, voucher=text) for n, text in enumerate(vouchers, 901)]
    for told, one in zip(hand_in(hall, *papers), papers, strict=True):
        assert told["outcome"] == "taken"
        assert told["why"]["zh"].startswith("凭证没有签到")
        assert told["why"]["en"]
        assert hall.ask("GET", f"/tickets/{one['code']}")["priority"] == "ordinary"
    clock.advance(hours=3)
    came = paper(lent, 910, clock.now, voucher=late["code"])
    assert hand_in(hall, came)[0]["why"]["zh"] == ""
    assert hall.ask("GET", f"/tickets/{came['code']}")["priority"] == "ordinary"
    assert len(hall.ask("POST", f"{HALL}/labels", {"code": "A910"}, kiosk(hall))["labels"]) == 2


# In place of a lost answer -----------------------------------------------------------------------


def take(hall: ServerThread, key: str) -> Any:
    return hall.request(
        "POST", f"/api/v1{HALL}/tickets", {"service": "accept"}, kiosk(hall), Idempotency_Key=key
    )


def test_a_number_in_place_of_a_lost_answer_cancels_the_ticket_that_was_made(hall: ServerThread) -> None:
    lent, key = leases(hall)["accept"], str(uuid.uuid4())
    lost = take(hall, key).json()
    one = paper(lent, 901, NOON, instead_of=key)
    assert [line["outcome"] for line in hand_in(hall, one)] == ["taken"]
    assert hall.ask("GET", f"/tickets/{lost['code']}")["state"] == "cancelled"
    assert hall.ask("GET", f"/tickets/{one['code']}")["state"] == "waiting"


def test_a_request_that_comes_after_the_number_in_its_place_makes_no_ticket(hall: ServerThread) -> None:
    lent, key = leases(hall)["accept"], str(uuid.uuid4())
    hand_in(hall, paper(lent, 901, NOON, instead_of=key))
    answer = take(hall, key)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert hall.ask("GET", HALL)["services"][0]["waiting"] == 1
    assert [line["outcome"] for line in hand_in(hall, paper(lent, 902, NOON, instead_of=key))] == ["taken"]


def test_who_was_checked_in_by_a_lost_answer_stays_so_under_the_number_on_paper(hall: ServerThread) -> None:
    one, lent, key = booked(hall), leases(hall)["accept"], str(uuid.uuid4())
    body = {"code": one["code"]}
    lost = hall.request("POST", f"/api/v1{HALL}/check-ins", body, kiosk(hall), Idempotency_Key=key).json()
    came = paper(lent, 901, NOON, voucher=one["code"], instead_of=key)
    assert [(line["outcome"], line["why"]["zh"]) for line in hand_in(hall, came)] == [("taken", "")]
    order = hall.ask("POST", f"{HALL}/labels", {"code": "A901"}, kiosk(hall))
    assert order["id"] == lost["order"]["id"]
    assert hall.ask("GET", f"/tickets/{came['code']}")["priority"] == "appointment"
    assert hall.ask("GET", f"/tickets/{lost['ticket']['code']}")["state"] == "cancelled"


# The day's list ----------------------------------------------------------------------------------


def test_the_days_list_knows_vouchers_by_their_digest_and_nobody_by_name(hall: ServerThread) -> None:
    one = booked(hall)
    came = booked(hall, customer=customer(2))
    booked(hall, customer=customer(3), day="2026-11-23")
    checked_in(hall, came["code"])
    signed = hall.ask("GET", f"{HALL}/day-list", token=kiosk(hall))
    body = signed["body"]
    assert holds(signed["key"], body.encode(), signed["signature"])
    assert not holds(signed["key"], body.encode() + b" ", signed["signature"])
    listed = json.loads(body)
    assert (listed["hall"], listed["day"]) == ("main", DAY)
    [voucher] = listed["vouchers"]
    assert voucher == {
        "digest": hashlib.sha256(one["code"].encode()).hexdigest(),
        "starts_at": "2026-11-20T14:00:00+08:00",
        "ends_at": "2026-11-20T14:30:00+08:00",
        "service": "accept",
        "who": voucher["who"],
        "pieces": 2,
    }
    for told in (one["code"], one["number"], "明亮眼镜店", "某某甲", "13812345678", "5678"):
        assert told not in body


# Two processes -----------------------------------------------------------------------------------


@pytest.mark.postgres
def test_two_processes_lend_and_take_in_as_one(clock: Clock) -> None:
    with cluster().database() as url, ExitStack() as ends:
        credentials = furnish(url)
        one, two = (ends.enter_context(served(url, credentials, clock)) for _ in range(2))
        lent = leases(one)["accept"]
        assert leases(two)["accept"] == lent
        second = Stage(two).do(
            "POST", f"{HALL}/devices", {"name": "kiosk-2", "kind": "kiosk"}, user="manager"
        )
        assert leases(two, second["token"])["accept"]["first"] == lent["last"] + 1
        papers = [paper(lent, n, NOON) for n in range(901, 911)]
        with ThreadPoolExecutor() as threads:
            told = list(threads.map(lambda server: hand_in(server, *papers), [one, two] * 3))
        outcomes = Counter((line["id"], line["outcome"]) for lines in told for line in lines)
        assert outcomes == {
            (one["id"], said): n for one in papers for said, n in (("taken", 1), ("known", 5))
        }
        assert leases(two)["accept"]["used"] == list(range(901, 911))
        assert two.ask("GET", f"/tickets/{papers[0]['code']}")["number"] == "A901"
