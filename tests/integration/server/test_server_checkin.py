"""Coming to the hall: every arrival has its answer, and every piece a label that names it and no other."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from server.protocol import codes
from server.protocol.offer import ItemBody
from server.store import tables as t
from tests.servers import Clock, ServerThread

from . import cases
from .cases import rows
from .visits import DAY, HALL, SLOT, TAIL, booked, booking, checked_in, kiosk, walked_in


def at(hour: int, minute: int = 0, second: int = 0, day: int = 20) -> datetime:
    """That time on the hall's clock."""
    return datetime(2026, 11, day, hour - 8, minute, second, tzinfo=UTC)


def shown(hall: ServerThread, code: str) -> Any:
    return hall.ask("POST", f"{HALL}/arrivals", {"code": code}, kiosk(hall))


def refused(hall: ServerThread, path: str, body: object, token: str = "") -> Any:
    answer = hall.request(
        "POST", f"/api/v1{path}", body, token or kiosk(hall), Idempotency_Key=str(uuid.uuid4())
    )
    assert answer.status_code >= 400, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("now", "arrival", "may"),
    [
        (at(13, 29, 59), "early", True),
        (at(13, 30), "on_time", True),
        (at(14, 30), "on_time", True),
        (at(14, 30, 1), "late", True),
    ],
)
def test_when_one_comes_on_the_day(
    hall: ServerThread, clock: Clock, now: datetime, arrival: str, may: bool
) -> None:
    one = booked(hall)
    clock.now = now
    said = shown(hall, one["code"])
    assert (said["arrival"], said["may_check_in"]) == (arrival, may)
    came = checked_in(hall, one["code"])
    assert came["arrival"] == arrival
    assert came["ticket"]["priority"] == ("ordinary" if arrival == "late" else "appointment")
    assert came["order"]["number"] == one["number"]
    assert shown(hall, one["number"])["arrival"] == "already_used"
    again = refused(hall, f"{HALL}/check-ins", {"code": one["code"]})
    assert again["code"] == "already_checked_in"
    assert came["ticket"]["number"] in again["detail"]


def test_another_day_or_hall_or_a_voucher_given_up_is_told_and_changes_nothing(
    hall: ServerThread, clock: Clock
) -> None:
    tomorrow = booked(hall, day="2026-11-23")
    gone = booked(hall)
    hall.ask("POST", "/appointments/cancel", {"code": gone["code"], "tail": TAIL})
    today = booked(hall)
    for one, arrival, code in (
        (tomorrow, "wrong_day", "wrong_day"),
        (gone, "cancelled", "appointment_cancelled"),
    ):
        said = shown(hall, one["code"])
        assert (said["arrival"], said["may_check_in"]) == (arrival, False)
        assert refused(hall, f"{HALL}/check-ins", {"code": one["code"]})["code"] == code
    east = hall.credentials["devices"]["east-kiosk-1"]
    elsewhere = hall.ask("POST", "/halls/east/arrivals", {"code": today["code"]}, east)
    assert elsewhere["arrival"] == "wrong_hall"
    assert elsewhere["appointment"] is None
    assert "计量检定服务大厅" in elsewhere["detail"]["zh"]
    assert refused(hall, "/halls/east/check-ins", {"code": today["code"]}, east)["code"] == "wrong_hall"
    clock.advance(days=1)
    assert shown(hall, today["code"])["arrival"] == "over"
    assert refused(hall, f"{HALL}/check-ins", {"code": today["code"]})["code"] == "appointment_over"


def test_an_appointment_is_called_from_ten_minutes_before_its_slot(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    clerk = hall.sign_in("clerk1")
    hall.ask("POST", f"{HALL}/counters/1/open", token=clerk)
    early = checked_in(hall, one["code"])["ticket"]
    assert early["wait"]["low"] >= 110
    call = f"{HALL}/counters/1/call-next"
    assert hall.ask("POST", call, token=clerk)["ticket"] is None
    clock.now = at(13, 49, 59)
    assert hall.ask("POST", call, token=clerk)["ticket"] is None
    clock.now = at(13, 50)
    hall.take_number()
    assert hall.ask("POST", call, token=clerk)["ticket"]["number"] == early["number"]


def test_what_was_booked_is_taken_though_the_limits_are_lower_by_now(
    hall: ServerThread, clock: Clock
) -> None:
    one = booked(hall)
    manager = hall.sign_in("manager")
    item = next(
        known for known in hall.ask("GET", f"{HALL}/offer/items", token=manager) if known["id"] == "lensmeter"
    )
    body = {name: item[name] for name in item if name in ItemBody.model_fields}
    body |= {"notice": item["notice"]["text"], "caps": item["caps"] | {"order": 1}}
    hall.ask("PUT", f"{HALL}/offer/items/lensmeter", body, manager)
    clock.now = at(14)
    more = [{"item": "lensmeter", "pieces": 3}]
    no = refused(hall, f"{HALL}/check-ins", {"code": one["code"], "lines": more})
    assert no["code"] == "not_taken", "three were never agreed on"
    assert len(checked_in(hall, one["code"])["order"]["labels"]) == 2


def test_who_booked_what_is_no_longer_taken_is_told_so_and_where_to_ask(
    hall: ServerThread, clock: Clock
) -> None:
    one = booked(hall)
    hall.ask("DELETE", f"{HALL}/offer/items/lensmeter", token=hall.sign_in("manager"))
    clock.now = at(14)
    no = refused(hall, f"{HALL}/check-ins", {"code": one["code"]})
    assert no["code"] == "not_taken"
    assert "现已停止受理，请咨询窗口" in no["detail"]
    assert hall.ask("POST", "/appointments/find", {"code": one["code"], "tail": TAIL})["state"] == "booked"


def test_a_slot_that_is_held_no_more_still_receives_who_booked_it(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    manager = hall.sign_in("manager")
    slots = hall.ask("GET", f"{HALL}/offer/slots", token=manager)
    slot = next(known for known in slots if known["id"] == SLOT)
    hall.ask("PUT", f"{HALL}/offer/slots/{SLOT}", slot | {"active": False}, manager)
    assert refused(hall, f"{HALL}/appointments", booking())["code"] == "slot_not_held"
    clock.now = at(14)
    assert checked_in(hall, one["code"])["arrival"] == "on_time"


def test_the_pieces_that_came_count_and_each_has_its_own_label(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    clock.now = at(14)
    came = checked_in(hall, one["code"], lines=[{"item": "lensmeter", "pieces": 3}])
    labels = came["order"]["labels"]
    assert [(label["index"], label["count"]) for label in labels] == [(1, 3), (2, 3), (3, 3)]
    assert len({label["code"] for label in labels}) == 3
    for label in labels:
        assert codes.read(label["code"]) == codes.Code("S", label["code"])
    found = hall.ask("POST", "/appointments/find", {"code": one["code"], "tail": TAIL})
    assert found["lines"][0]["pieces"] == 3
    done = [step["kind"] for step in found["timeline"] if step["at"]]
    assert done == ["booked", "checked_in", "registered"]
    assert [step["kind"] for step in found["timeline"] if not step["at"]] == [
        "labelled",
        "ready",
        "collected",
    ]
    assert found["ticket_url"].endswith(came["ticket"]["code"])


def test_what_is_too_much_or_must_stand_longer_is_left_and_says_why(hall: ServerThread) -> None:
    quick = walked_in(hall, 2)["order"]["verdict"]
    assert quick["while_you_wait"]
    assert quick["reasons"] == []
    many = walked_in(hall, 30, "pressure-gauge", customer="company")["order"]["verdict"]
    assert not many["while_you_wait"]
    assert "件数" in many["reasons"][0]["zh"]
    incomplete = walked_in(hall, 1, complete=False)
    assert "不齐" in incomplete["order"]["verdict"]["reasons"][0]["zh"]
    assert incomplete["ticket"]["service"] == "submit"
    assert incomplete["order"]["verdict"]["promise_by"] == "2026-11-27"
    assert incomplete["order"]["labels"][0]["due"] == "2026-11-27"


def test_a_full_bench_makes_the_next_ones_wait(hall: ServerThread) -> None:
    first = walked_in(hall, 10)["order"]["verdict"]["ready"]
    second = walked_in(hall, 10)["order"]["verdict"]
    assert second["ready"]["low"] > first["low"]
    third = walked_in(hall, 10)["order"]["verdict"]
    assert not third["while_you_wait"]
    assert "排满" in third["reasons"][0]["zh"]


def test_who_walks_in_is_refused_what_booking_refuses(hall: ServerThread) -> None:
    """The rules are the same on every channel."""
    for lines, customer in (
        ([{"item": "price-scale", "pieces": 11}], "company"),
        ([{"item": "lensmeter", "pieces": 1}], "resident"),
        ([{"item": "fuel-dispenser", "pieces": 1}], "company"),
        ([{"item": "nothing", "pieces": 1}], "company"),
    ):
        body = {"lines": lines, "customer": customer}
        walk_in = refused(hall, f"{HALL}/walk-ins", body)
        asked = refused(hall, f"{HALL}/slots", body)
        assert (walk_in["code"], walk_in["detail"]) == (asked["code"], asked["detail"])
        assert walk_in["code"] == "not_taken"
    twice = [{"item": "price-scale", "pieces": 1}] * 2
    assert refused(hall, f"{HALL}/walk-ins", {"lines": twice})["code"] == "lines_bad"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "code_unreadable"),
        ("https://example.com/x", "code_foreign"),
        ("6901234567892", "code_torn"),
        ("12345", "code_torn"),
        ("VGWMQ14X395ZN", "code_torn"),
    ],
)
def test_every_malformed_code_has_its_sentence(hall: ServerThread, text: str, code: str) -> None:
    for path in ("arrivals", "check-ins", "labels"):
        said = refused(hall, f"{HALL}/{path}", {"code": text})
        assert said["code"] == code, (path, said)
        assert said["detail"]


def test_a_mistyped_number_is_caught_before_anything_is_looked_for(hall: ServerThread) -> None:
    number = booked(hall)["number"]
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    assert refused(hall, f"{HALL}/arrivals", {"code": wrong})["code"] == "code_mistyped"


# Labels ------------------------------------------------------------------------------------------


def test_labels_come_again_by_voucher_number_ticket_or_label_and_say_so(
    hall: ServerThread, clock: Clock
) -> None:
    one = booked(hall)
    clock.now = at(14)
    came = checked_in(hall, one["code"])
    order, ticket = came["order"], came["ticket"]
    path = f"{HALL}/labels"
    first = hall.ask("POST", path, {"code": one["code"]}, kiosk(hall))
    assert first["again"] is False
    printed = {"outcome": "printed", "codes": [label["code"] for label in order["labels"]]}
    hall.ask("POST", f"/orders/{order['id']}/prints", printed, kiosk(hall))
    for code in (one["code"], one["number"], ticket["code"], ticket["url"], ticket["number"]):
        again = hall.ask("POST", path, {"code": code}, kiosk(hall))
        assert again["again"] is True
        assert again["labels"] == order["labels"]
    single = hall.ask("POST", path, {"code": order["labels"][1]["code"]}, kiosk(hall))
    assert single["labels"] == order["labels"][1:]
    found = hall.ask("POST", "/appointments/find", {"code": one["code"], "tail": TAIL})
    assert "labelled" in [step["kind"] for step in found["timeline"] if step["at"]]


def test_a_reprint_stands_in_the_journal(hall: ServerThread) -> None:
    from server.store import journal

    order = walked_in(hall)["order"]
    report = {"outcome": "printed", "codes": [order["labels"][0]["code"]]}
    path = f"/orders/{order['id']}/prints"
    hall.ask("POST", path, report, kiosk(hall))
    hall.ask("POST", path, {**report, "reprint": True}, kiosk(hall))
    with hall.app.state.core.halls.engine.begin() as connection:
        lines = journal.history(connection, "main", order["id"])
    assert [line.kind for line in lines] == ["order.registered", "labels.printed", "labels.reprinted"]
    assert order["labels"][0]["code"] in lines[-1].payload
    other = walked_in(hall)["order"]["labels"][0]["code"]
    assert refused(hall, path, {"outcome": "printed", "codes": [other]})["code"] == "sample_unknown"


def test_a_piece_is_labelled_once_its_label_has_come_out(hall: ServerThread) -> None:
    order = walked_in(hall, 3)["order"]
    first, second, third = (one["code"] for one in order["labels"])

    def told(outcome: str, *codes: str) -> list[str]:
        body = {"outcome": outcome, "codes": codes}
        hall.ask("POST", f"/orders/{order['id']}/prints", body, kiosk(hall))
        clerk = hall.sign_in("clerk1")
        return [hall.ask("GET", f"/samples/{one}", token=clerk)["state"] for one in (first, second, third)]

    assert told("printed", first) == ["labelled", "registered", "registered"]
    assert told("failed", second) == ["labelled", "registered", "registered"]
    assert told("unknown", second) == ["labelled", "registered", "registered"]
    assert told("printed", first, second, third) == ["labelled"] * 3
    moves = rows(hall, select(t.journal.c.subject).where(t.journal.c.kind == "sample.label"))
    assert sorted(row.subject for row in moves) == sorted([first, second, third]), "each once"


def test_a_label_that_comes_again_sends_no_piece_back(hall: ServerThread) -> None:
    one = checked_in(hall, booked(hall)["code"])
    order = cases.accepted(hall, one)
    labels = cases.labels(one)
    hall.ask("POST", f"/orders/{order}/prints", {"outcome": "printed", "codes": labels}, kiosk(hall))
    seen = hall.ask("GET", f"/samples/{labels[0]}", token=hall.sign_in("clerk1"))
    assert seen["state"] == "received"


def test_a_pre_printed_label_binds_once_only(hall: ServerThread) -> None:
    clerk = hall.sign_in("clerk1")
    first, second = (label["code"] for label in walked_in(hall)["order"]["labels"])
    foreign = {"foreign": "QR-2026-000123"}
    bound = hall.ask("POST", f"/samples/{first}/bind", foreign, clerk)
    assert bound["foreign"] == "QR-2026-000123"
    assert hall.ask("POST", f"/samples/{first}/bind", foreign, clerk) == bound
    assert hall.ask("GET", "/samples/QR-2026-000123", token=clerk)["code"] == first
    assert hall.ask("GET", f"/samples/{bound['flow']}", token=clerk)["code"] == first
    assert refused(hall, f"/samples/{second}/bind", foreign, clerk)["code"] == "label_bound"
    assert refused(hall, f"/samples/{first}/bind", {"foreign": "ANOTHER"}, clerk)["code"] == "label_bound"
    assert refused(hall, f"/samples/{first}/bind", {"foreign": second}, clerk)["code"] == "label_bound"
    assert refused(hall, f"/samples/{first}/bind", {"foreign": " "}, clerk)["code"] == "code_unreadable"


def test_who_did_not_come_is_written_down(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    clock.advance(days=1)
    hall.run(hall.app.state.core.bookings.tidy())
    found = hall.ask("POST", "/appointments/find", {"code": one["code"], "tail": TAIL})
    assert found["state"] == "no_show"
    assert found["day"] == DAY
