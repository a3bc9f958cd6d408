"""A ticket or a piece's label names its case to whoever knows the phone's last digits, and to nobody else."""

from __future__ import annotations

import uuid
from typing import Any

from tests.servers import ServerThread

from .visits import HALL, TAIL, booked, checked_in, kiosk


def ask(hall: ServerThread, code: str, tail: str) -> Any:
    body = {"code": code, "tail": tail}
    return hall.request(
        "POST", f"/api/v1{HALL}/progress", body, kiosk(hall), Idempotency_Key=str(uuid.uuid4())
    )


def test_a_ticket_and_a_label_find_the_case_with_the_tail(hall: ServerThread) -> None:
    came = checked_in(hall, booked(hall)["code"])
    order, ticket = came["order"], came["ticket"]
    for code in (ticket["code"], ticket["number"], order["labels"][0]["code"], order["number"]):
        answer = ask(hall, code, TAIL)
        assert answer.status_code == 200, answer.text
        assert answer.json()["number"] == order["number"]


def test_without_the_tail_or_with_another_they_say_nothing(hall: ServerThread) -> None:
    came = checked_in(hall, booked(hall)["code"])
    label = came["order"]["labels"][0]["code"]
    assert ask(hall, label, "0000").json()["code"] == "pickup_unknown"
    for code in (label, came["ticket"]["code"]):
        assert ask(hall, code, "").status_code in (404, 409, 422)
