"""Nobody guesses the last digits of a phone number: not at another door, not all at once, not as staff."""

from __future__ import annotations

import threading
from collections import Counter

import requests
from requests import Response

from server.protocol import codes
from tests.servers import ServerThread

from .cases import labels, pickup, ready
from .visits import HALL, TAIL, booked, checked_in, kiosk

WRONG = "0000"


def asked(hall: ServerThread, path: str, code: str, tail: str, token: str = "") -> str:
    """The code of the refusal, or nothing."""
    path = path if path.startswith("/appointments") else f"{HALL}/{path}"
    answer: Response = hall.request("POST", f"/api/v1{path}", {"code": code, "tail": tail}, token)
    return "" if answer.ok else str(answer.json()["code"])


def test_guesses_that_come_all_at_once_are_counted_one_by_one(hall: ServerThread) -> None:
    _, order = ready(hall)
    number, said = pickup(hall, order).number, Counter[str]()
    begin = threading.Barrier(24)

    def guess(tail: int) -> None:
        begin.wait()
        for more in range(4):
            said[asked(hall, "progress", number, f"{tail * 4 + more:04d}")] += 1

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {"pickup_unknown": 5, "too_many_requests": 91}


def test_guesses_at_a_booking_count_where_its_case_is_followed(hall: ServerThread) -> None:
    voucher = booked(hall)
    case = checked_in(hall, voucher["code"])
    number = case["order"]["number"]
    for _ in range(3):
        assert asked(hall, "/appointments/find", number, WRONG) == "appointment_unknown"
    for _ in range(2):
        assert asked(hall, "progress", number, WRONG) == "pickup_unknown"
    for door in ("/appointments/find", "progress", "certificates/find"):
        assert asked(hall, door, number, TAIL) == "too_many_requests"


def test_the_names_of_one_case_share_what_may_be_guessed(hall: ServerThread) -> None:
    voucher = booked(hall)["code"]
    case = checked_in(hall, voucher)
    _, order = ready(hall, case)
    names = [voucher, case["order"]["code"], case["order"]["number"], pickup(hall, order).code]
    for name in names[:3] * 4:
        assert asked(hall, "certificates/find", name, WRONG) == "pickup_unknown"
    for _ in range(3):
        assert asked(hall, "certificates/find", names[3], WRONG) == "pickup_unknown"
    # No name was guessed at five times, and none opens the case now; who looks without digits still sees it.
    for name in names:
        assert asked(hall, "certificates/find", name, TAIL) == "too_many_requests"
    assert asked(hall, "progress", case["order"]["code"], "") == ""


def test_the_label_of_each_piece_is_no_new_beginning(hall: ServerThread) -> None:
    case, _ = ready(hall)
    pieces = labels(case)
    assert len(pieces) > 1
    form = {"tail": WRONG, "when": "2026-11-24/accept-0830"}

    def tried(code: str) -> int:
        url = f"{hall.url}/again/{code}"
        return requests.post(url, data=form, headers={"Origin": hall.url}, timeout=20).status_code

    for _ in range(4):
        for code in pieces:
            assert tried(code) in (404, 409)
    for _ in range(3):
        assert asked(hall, "certificates/find", case["order"]["code"], WRONG) == "pickup_unknown"
    for _ in range(4):
        assert asked(hall, "certificates/find", case["order"]["number"], WRONG) == "pickup_unknown"
    assert tried(pieces[0]) == 429


def test_wrong_digits_keep_no_counter_from_handing_out(hall: ServerThread) -> None:
    _, order = ready(hall)
    code, clerk = pickup(hall, order).code, hall.sign_in("clerk1")
    for _ in range(5):
        assert asked(hall, "certificates/find", code, WRONG) == "pickup_unknown"
    assert asked(hall, "certificates/find", code, TAIL) == "too_many_requests"
    assert asked(hall, "pickups", code, "", clerk) == ""
    assert asked(hall, "pickups", code, TAIL, kiosk(hall)) == "too_many_requests"
    body = {"code": code, "samples": ["S000000000000"]}
    answer = hall.request("POST", f"/api/v1{HALL}/releases", body, clerk)
    assert answer.json()["code"] != "too_many_requests"


def test_who_works_at_the_benches_has_no_more_guesses_than_anybody(hall: ServerThread) -> None:
    voucher = booked(hall)
    token = hall.sign_in("verifier1")
    for _ in range(5):
        assert asked(hall, "/appointments/find", voucher["code"], WRONG, token) == "appointment_unknown"
    assert asked(hall, "/appointments/find", voucher["code"], TAIL, token) == "too_many_requests"
    said = {
        asked(hall, "/appointments/find", codes.number_of(8_000_000_000 + n), TAIL, token) for n in range(30)
    }
    assert said == {"appointment_unknown", "too_many_requests"}
