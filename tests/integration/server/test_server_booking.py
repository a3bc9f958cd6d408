"""Booking over the open interface: at any hour, from every channel, and never more than there is room for."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.servers import Clock, ServerThread

from .visits import DAY, HALL, PHONE, SHOP, SLOT, TAIL, booked, booking, customer

LAST = [{"item": "lensmeter", "pieces": 1}]


def refused(hall: ServerThread, path: str, body: object, token: str = "") -> Any:
    answer = hall.request("POST", f"/api/v1{path}", body, token, Idempotency_Key=str(uuid.uuid4()))
    assert answer.status_code >= 400, answer.text
    return answer.json()


def test_a_sunday_at_three_in_the_morning_is_an_hour_to_book(hall: ServerThread, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    one = booked(hall, day="2026-11-23")
    assert one["state"] == "booked"
    assert one["starts_at"] == "2026-11-23T14:00:00+08:00"


def test_nothing_that_names_the_customer_comes_back(hall: ServerThread) -> None:
    answer = hall.request("POST", f"/api/v1{HALL}/appointments", booking())
    assert answer.status_code == 201
    for secret in (PHONE, SHOP["name"], SHOP["company"]):
        assert secret not in answer.text
    assert answer.json()["phone"] == "138****5678"


def test_the_same_key_books_once(hall: ServerThread) -> None:
    key = str(uuid.uuid4())
    first, again = (
        hall.request("POST", f"/api/v1{HALL}/appointments", booking(), Idempotency_Key=key) for _ in range(2)
    )
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_last_place_goes_to_one_of_many_whatever_their_channel(either: ServerThread) -> None:
    """Web, staff and kiosk share the capacity; of those who ask at once for the last places so many win."""
    hall = either
    cap = 8  # lensmeters in one slot
    full = [{"item": "lensmeter", "pieces": 6}]
    booked(hall, lines=full, customer=customer(99))
    tokens = ["", hall.sign_in("clerk1"), hall.credentials["devices"]["kiosk-1"]]
    gate = threading.Barrier(12)

    def ask(n: int) -> int:
        gate.wait()
        body = booking(lines=LAST, customer=customer(n))
        key = str(uuid.uuid4())
        path = f"/api/v1{HALL}/appointments"
        return hall.request("POST", path, body, tokens[n % 3], Idempotency_Key=key).status_code

    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(ask, range(12)))
    assert sorted(answers) == [201] * (cap - 6) + [409] * (12 - (cap - 6))
    held = hall.ask("GET", f"{HALL}/appointments?day={DAY}", token=tokens[1])
    assert sum(line["pieces"] for one in held for line in one["lines"]) == cap
    assert refused(hall, f"{HALL}/appointments", booking(lines=LAST))["code"] == "slot_full"


def test_who_finds_a_slot_full_is_told_of_others(hall: ServerThread) -> None:
    booked(hall, lines=[{"item": "lensmeter", "pieces": 6}], customer=customer(1))
    no = refused(hall, f"{HALL}/appointments", booking(lines=[{"item": "lensmeter", "pieces": 3}]))
    assert no["code"] == "slot_full"
    assert "11-20 13:30、11-20 14:30、11-20 15:00" in no["detail"]


def test_one_piece_over_the_cap_of_an_order_is_refused_with_another_way(hall: ServerThread) -> None:
    no = refused(hall, f"{HALL}/appointments", booking(lines=[{"item": "lensmeter", "pieces": 7}]))
    assert no["code"] == "not_taken"
    assert "每单最多6件" in no["detail"]


def test_who_is_not_served_and_what_is_not_taken_is_told_at_once(hall: ServerThread) -> None:
    lines = [{"item": "lensmeter", "pieces": 1}, {"item": "fuel-dispenser", "pieces": 1}]
    someone = {"type": "resident", "name": "某某甲", "phone": PHONE}
    no = refused(hall, f"{HALL}/appointments", booking(lines=lines, customer=someone))
    assert no["code"] == "not_taken"
    assert "不面向居民" in no["detail"]
    assert "上门" in no["detail"]


def test_the_slots_shown_are_those_that_can_be_booked(hall: ServerThread) -> None:
    ask = {"lines": [{"item": "lensmeter", "pieces": 3}], "customer": "company"}
    booked(hall, lines=[{"item": "lensmeter", "pieces": 6}], customer=customer(1))
    shown = hall.ask("POST", f"{HALL}/slots", ask)
    assert [day["day"] for day in shown["days"]][:2] == ["2026-11-20", "2026-11-21"]
    today = {slot["id"]: slot for slot in shown["days"][0]["slots"]}
    assert not today["accept-0900"]["free"], "it has begun"
    assert not today[SLOT]["free"], "it is full for three"
    assert today["accept-1430"]["free"]
    assert shown["days"][1] == {"day": "2026-11-21", "works": False, "slots": []}


def test_the_slots_shown_need_no_more_than_a_booking_says(hall: ServerThread) -> None:
    ask = {"lines": LAST, "customer": "company", "complete": False}
    shown = hall.ask("POST", f"{HALL}/slots", ask)
    free = next(slot["id"] for slot in shown["days"][0]["slots"] if slot["free"])
    assert booked(hall, lines=LAST, slot=free)["service"] == shown["service"]


def test_what_cannot_be_done_at_once_is_booked_where_it_is_left(hall: ServerThread) -> None:
    lines = [{"item": "trial-lenses", "pieces": 1}]
    shown = hall.ask("POST", f"{HALL}/slots", {"lines": lines, "customer": "company"})
    assert shown["service"] == "submit"
    no = refused(hall, f"{HALL}/appointments", booking(lines=lines, acknowledged={"trial-lenses": 1}))
    assert no["code"] == "slot_unknown"
    one = booked(hall, lines=lines, acknowledged={"trial-lenses": 1}, slot="submit-1400")
    assert not one["verdict"]["while_you_wait"]
    assert one["verdict"]["reasons"]


# Changing ----------------------------------------------------------------------------------------


def proof(one: Any, **other: Any) -> dict[str, Any]:
    return {"code": one["number"], "tail": TAIL, **other}


def test_it_is_found_by_code_or_number_and_the_phones_tail(hall: ServerThread) -> None:
    one = booked(hall)
    for code in (
        one["code"],
        one["number"],
        one["url"],
        one["code"].lower(),
        f" {one['number'][:4]} {one['number'][4:]}",
    ):
        assert hall.ask("POST", "/appointments/find", {"code": code, "tail": TAIL})["number"] == one["number"]
    assert refused(hall, "/appointments/find", {"code": one["code"]})["code"] == "appointment_unknown"
    assert refused(hall, "/appointments/find", proof(one, tail="0000"))["code"] == "appointment_unknown"


def test_guessing_tails_is_stopped(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    for n in range(5):
        assert (
            refused(hall, "/appointments/find", proof(one, tail=f"{n:04d}"))["code"] == "appointment_unknown"
        )
    assert refused(hall, "/appointments/find", proof(one))["code"] == "too_many_requests"
    clock.advance(seconds=16)
    assert hall.ask("POST", "/appointments/find", proof(one))["number"] == one["number"]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_customers_change_until_the_cut_off_to_the_second(
    hall: ServerThread, clock: Clock, seconds: int
) -> None:
    one = booked(hall)
    clock.now = datetime(2026, 11, 20, 5, 0, tzinfo=UTC) + timedelta(seconds=seconds)
    for path, body in (
        ("reschedule", proof(one, day=DAY, slot="accept-1500")),
        ("cancel", proof(one)),
    ):
        if seconds > 0:
            assert refused(hall, f"/appointments/{path}", body)["code"] == "cut_off"
        else:
            hall.ask("POST", f"/appointments/{path}", body)
            one = hall.ask("POST", "/appointments/find", proof(one))
    assert one["may_change"] is False if seconds <= 0 else one["state"] == "booked"


def test_after_the_cut_off_staff_change_with_a_reason(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    clock.advance(hours=1, seconds=1)
    clerk = hall.sign_in("clerk1")
    body = {"code": one["number"], "day": DAY, "slot": "accept-1500"}
    assert refused(hall, "/appointments/reschedule", body, clerk)["code"] == "reason_needed"
    moved = hall.ask("POST", "/appointments/reschedule", {**body, "reason": "客户来电"}, clerk)
    assert (moved["slot"], moved["moved"]) == ("accept-1500", 1)
    assert [step["kind"] for step in moved["timeline"] if step["at"]] == ["booked", "moved"]


def test_who_moves_within_a_full_slot_does_not_stand_in_their_own_way(hall: ServerThread) -> None:
    one = booked(hall, lines=[{"item": "lensmeter", "pieces": 6}])
    same = proof(one, day=DAY, slot=SLOT, lines=[{"item": "lensmeter", "pieces": 5}])
    assert hall.ask("POST", "/appointments/reschedule", same)["lines"][0]["pieces"] == 5


def test_a_place_given_up_is_free_again(hall: ServerThread) -> None:
    one = booked(hall, lines=[{"item": "lensmeter", "pieces": 6}])
    full = booking(lines=[{"item": "lensmeter", "pieces": 3}], customer=customer(5))
    assert refused(hall, f"{HALL}/appointments", full)["code"] == "slot_full"
    gone = hall.ask("POST", "/appointments/cancel", proof(one))
    assert gone["state"] == "cancelled"
    assert hall.ask("POST", f"{HALL}/appointments", full)["state"] == "booked"
    assert refused(hall, "/appointments/cancel", proof(one))["code"] == "not_booked"


# Rights and channels -----------------------------------------------------------------------------


def test_the_channel_follows_from_who_asks_and_staff_name_the_one_they_were_asked_through(
    hall: ServerThread,
) -> None:
    clerk = hall.sign_in("clerk1")
    assert booked(hall)["channel"] == "web"
    assert booked(hall, clerk)["channel"] == "counter"
    assert booked(hall, clerk, channel="phone")["channel"] == "phone"
    assert booked(hall, hall.credentials["devices"]["kiosk-1"])["channel"] == "kiosk"
    assert refused(hall, f"{HALL}/appointments", booking(channel="phone"))["code"] == "forbidden"
    assert refused(hall, f"{HALL}/appointments", booking(channel="web"), clerk)["code"] == "forbidden"


def test_another_system_books_with_its_key(hall: ServerThread) -> None:
    manager = hall.sign_in("manager")
    device = {"name": "mini-program", "kind": "partner"}
    key = hall.ask("POST", f"{HALL}/devices", device, manager)["token"]
    one = booked(hall, key)
    assert one["channel"] == "partner"
    assert refused(hall, "/appointments/find", {"code": one["number"]}, key)["code"] == "appointment_unknown"
    assert hall.ask("POST", "/appointments/find", proof(one), key)["number"] == one["number"]
    assert refused(hall, f"{HALL}/tickets", {"service": "accept"}, key)["code"] == "forbidden"


def test_another_system_guesses_no_tails_and_its_other_customers_need_not_wait(hall: ServerThread) -> None:
    manager = hall.sign_in("manager")
    key = hall.ask("POST", f"{HALL}/devices", {"name": "mini-program", "kind": "partner"}, manager)["token"]
    one, others = booked(hall, key), [booked(hall, key, lines=LAST) for _ in range(3)]
    for _ in range(5):
        no = refused(hall, "/appointments/find", proof(one, tail="0000"), key)
        assert no["code"] == "appointment_unknown"
    assert refused(hall, "/appointments/find", proof(one), key)["code"] == "too_many_requests"
    for other in others:
        assert hall.ask("POST", "/appointments/find", proof(other), key)["number"] == other["number"]


def test_people_and_systems_of_another_hall_change_nothing_here(hall: ServerThread) -> None:
    manager = hall.sign_in("east-manager")
    device = {"name": "east-program", "kind": "partner"}
    one = booked(hall)
    for token in (hall.ask("POST", "/halls/east/devices", device, manager)["token"], manager):
        for path in ("/appointments/find", "/appointments/cancel"):
            body = proof(one, **({"reason": "x"} if path.endswith("cancel") else {}))
            assert refused(hall, path, body, token)["code"] == "appointment_unknown"
    assert hall.ask("POST", "/appointments/find", proof(one))["state"] == "booked"


def test_one_phone_number_does_not_book_a_hall_empty(hall: ServerThread) -> None:
    for slot in ("accept-1330", "accept-1400", "accept-1430", "accept-1500", "accept-1530"):
        booked(hall, lines=LAST, slot=slot)
    assert refused(hall, f"{HALL}/appointments", booking(slot="accept-1600"))["code"] == "too_many_open"


def test_one_address_does_not_flood_the_hall(hall: ServerThread, clock: Clock) -> None:
    bad = booking(consent="")
    for _ in range(60):
        assert refused(hall, f"{HALL}/appointments", bad)["code"] == "consent_needed"
    assert refused(hall, f"{HALL}/appointments", bad)["code"] == "too_many_requests"
    clock.advance(seconds=2)
    booked(hall)
