"""Booking at a kiosk, which has digits only: a phone number is enough there, and only there."""

from __future__ import annotations

import uuid
from typing import Any

from tests.servers import ServerThread

from .visits import HALL, PHONE, booking, kiosk


def nameless(phone: str = PHONE, type_: str = "company") -> dict[str, Any]:
    return booking(customer={"type": type_, "name": "", "phone": phone})


def ask(hall: ServerThread, body: object, token: str = "") -> Any:
    return hall.request("POST", f"/api/v1{HALL}/appointments", body, token, Idempotency_Key=str(uuid.uuid4()))


def test_a_kiosk_books_with_a_phone_number_alone_and_its_voucher_checks_in(hall: ServerThread) -> None:
    answer = ask(hall, nameless(), kiosk(hall))
    assert answer.status_code == 201, answer.text
    one = answer.json()
    assert (one["channel"], one["who"], one["phone"]) == ("kiosk", "", "138****5678")
    found = hall.ask("POST", "/appointments/find", {"code": one["number"], "tail": PHONE[-4:]})
    assert found["code"] == one["code"]
    seen = hall.ask("POST", f"{HALL}/arrivals", {"code": one["code"]}, kiosk(hall))
    assert seen["appointment"]["number"] == one["number"]


def test_nobody_else_books_without_a_name(hall: ServerThread) -> None:
    clerk = hall.sign_in("clerk1")
    for token in ("", clerk):
        answer = ask(hall, nameless(), token)
        assert (answer.status_code, answer.json()["code"]) == (422, "name_needed")
    claimed = nameless() | {"channel": "kiosk"}
    assert ask(hall, claimed).json()["code"] == "forbidden"
    assert ask(hall, claimed, clerk).json()["code"] == "forbidden"


def test_a_kiosk_still_needs_a_phone_number_that_is_one(hall: ServerThread) -> None:
    answer = ask(hall, nameless("12345678901"), kiosk(hall))
    assert answer.json()["code"] == "phone_bad"
