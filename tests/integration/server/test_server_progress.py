"""Following a case: how far it is, for whom it is shown, and how soon."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from requests import Response
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from server.domain.negotiation import Negotiation
from server.services import stages
from server.services.work import Ledger
from server.store import negotiations, orders, pauses
from server.store import tables as t
from tests.servers import Clock, ServerThread

from .cases import accepted, change, handed_in, labels, move, pickup, ready, rows, walked
from .visits import DAY, HALL, SHOP, TAIL, booked, checked_in, customer, kiosk, walked_in

SOON = 2.0
"""Seconds within which a change is to be seen."""


def progress(hall: ServerThread, code: str, tail: str = "", token: str = "") -> Response:
    return hall.request("POST", f"/api/v1{HALL}/progress", {"code": code, "tail": tail}, token)


def seen(hall: ServerThread, case: Any, tail: str = "") -> Any:
    answer = progress(hall, case["order"]["code"], tail)
    assert answer.status_code == 200, answer.text
    return answer.json()


def held(hall: ServerThread, order: str, position: int = 1) -> str:
    """A fault of one piece is found, and its customer asked; answers the question's id."""
    id = uuid.uuid4().hex

    def do(ledger: Ledger) -> None:
        connection = ledger.connection
        sample = orders.samples(connection, order)[position - 1]
        negotiations.add(
            connection,
            Negotiation(
                id=id,
                hall="main",
                order=order,
                sample=sample.code,
                state="proposed",
                fault="显示屏不亮",
                options=("repair_and_retest", "return_untested"),
                opened_at=ledger.now,
                opened_by="verifier1",
                due_at=ledger.now + timedelta(days=2),
            ),
        )
        pauses.begin(connection, "main", order, "negotiation", ledger.now, sample.code)
        move(ledger, sample, "hold")
        found = orders.find(connection, id=order)
        assert found is not None
        stages.settle(ledger, found)

    change(hall, do)
    return id


# The code ---------------------------------------------------------------------------------------


def test_every_order_has_a_code_to_follow_it_with(hall: ServerThread) -> None:
    booked_visit, walk_in = handed_in(hall), walked_in(hall)
    for case in (booked_visit, walk_in):
        assert case["order"]["url"] == f"{hall.url}/c/{case['order']['code']}"
        assert seen(hall, case)["state"] == "registered"
    codes = [row.code for row in rows(hall, select(t.orders.c.code))]
    assert len(set(codes)) == 2
    assert all(codes)


def test_the_labels_again_do_not_tell_the_code_to_who_found_a_label(hall: ServerThread) -> None:
    case = handed_in(hall)
    again = hall.ask("POST", f"{HALL}/labels", {"code": labels(case)[0]}, kiosk(hall))
    assert (again["code"], again["url"]) == ("", "")


def test_the_ticket_and_the_voucher_lead_to_the_case_once_it_is_there(hall: ServerThread) -> None:
    voucher = booked(hall)["code"]
    assert "/c/" not in hall.request("GET", f"/v/{voucher}").text
    case = checked_in(hall, voucher)
    way = f'href="/c/{case["order"]["code"]}"'
    assert way in hall.request("GET", f"/v/{voucher}").text
    assert way in hall.request("GET", f"/t/{case['ticket']['code']}").text
    other = hall.take_number()
    assert 'href="/c/' not in hall.request("GET", f"/t/{other['code']}").text


# Stages -----------------------------------------------------------------------------------------


def test_one_case_number_goes_through_all_stages(hall: ServerThread, clock: Clock) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    clock.advance(minutes=30)
    walked(hall, order, "testing")
    now = seen(hall, case, TAIL)
    assert now["number"] == case["order"]["number"]
    told = [(step["kind"], step["at"] is not None) for step in now["steps"]]
    assert told == [
        ("booked", True),
        ("registered", True),
        ("accepted", True),
        ("in_progress", True),
        ("ready", False),
        ("released", False),
    ]
    walked(hall, order)
    clerk = hall.sign_in("clerk1")
    body = {"code": pickup(hall, order).code, "samples": labels(case)}
    hall.ask("POST", f"{HALL}/releases", body, clerk)
    done = seen(hall, case)
    assert [step["kind"] for step in done["steps"]][-2:] == ["ready", "released"]
    assert all(step["at"] for step in done["steps"])


def test_the_clock_of_the_promise_is_told_with_what_was_waited_for(hall: ServerThread, clock: Clock) -> None:
    case = handed_in(hall, lines=[{"item": "lensmeter", "pieces": 2}])
    order = accepted(hall, case)
    walked(hall, order, "testing")
    clock.advance(days=3)  # Monday
    held(hall, order)
    clock.advance(days=2)  # Wednesday
    promise = seen(hall, case)["promise"]
    assert (promise["gross_days"], promise["net_days"], promise["paused"]) == (3, 1, True)
    assert (promise["due"], promise["limit_days"], promise["colour"]) == ("2026-12-01", 5, "green")
    assert (
        promise["text"]["zh"]
        == "等待您的答复，计时已暂停；答复后还有4个工作日；已办3个工作日，其中等待客户2个"
    )


@pytest.mark.parametrize(
    ("days", "colour", "says"),
    [
        (3, "green", "预计11月27日（星期五）前完成，还剩4个工作日"),
        (6, "amber", "预计11月27日（星期五）前完成，还剩1个工作日"),
        (7, "amber", "预计今天完成"),
        (10, "red", "应在11月27日（星期五）前完成，已超1个工作日。很抱歉，我们会尽快办理"),
    ],
)
def test_the_promise_is_green_amber_and_red(
    hall: ServerThread, clock: Clock, days: int, colour: str, says: str
) -> None:
    case = handed_in(hall)
    accepted(hall, case)
    clock.advance(days=days)
    promise = seen(hall, case)["promise"]
    assert (promise["colour"], promise["text"]["zh"]) == (colour, says)


def test_an_order_over_two_sections_is_done_only_when_both_are(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case, ("光学", "力学"))
    walked(hall, order, "ready", [1])
    half = seen(hall, case)
    assert [(one["section"], one["done"], one["total"]) for one in half["parts"]] == [
        ("光学", 1, 1),
        ("力学", 0, 1),
    ]
    assert (half["state"], half["promise"]["colour"]) == ("in_progress", "green")
    walked(hall, order)
    whole = seen(hall, case)
    assert (whole["state"], whole["promise"]["colour"]) == ("ready", "done")


def test_a_conclusion_is_told_with_its_certificate_and_not_before(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, "concluded")
    assert {one["conclusion"] for one in seen(hall, case)["pieces"]} == {None}
    walked(hall, order)
    assert {one["conclusion"] for one in seen(hall, case)["pieces"]} == {"qualified"}


def test_a_fault_is_asked_about_and_answered_on_the_page(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, "testing")
    id = held(hall, order)
    (question,) = seen(hall, case)["questions"]
    assert (question["piece"], question["fault"], question["answer"]) == (1, "显示屏不亮", "")
    page = hall.request("GET", f"/c/{case['order']['code']}").text
    assert "显示屏不亮" in page
    assert "修好后再检" in page
    wrong = posted(hall, case, go="answer", id=id, option="repair_and_retest", tail="0000")
    assert wrong.status_code == 404
    assert rows(hall, select(t.negotiations.c.state))[0].state == "proposed"
    none = posted(hall, case, go="answer", id=id, tail=TAIL)
    assert none.status_code == 422
    done = posted(hall, case, go="answer", id=id, option="repair_and_retest", tail=TAIL)
    assert done.status_code == 200
    assert "已收到您的答复" in done.text
    assert rows(hall, select(t.negotiations.c.state))[0].state == "agreed"


def posted(hall: ServerThread, case: Any, **fields: str) -> Response:
    """The case's form, as a browser without JavaScript sends it."""
    import requests

    return requests.post(
        f"{hall.url}/c/{case['order']['code']}", data=fields, timeout=20, allow_redirects=False
    )


# Who may see what -------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["case", "voucher", "pickup", "number", "pickup number"])
def test_scanned_or_typed_the_same_case_is_found(hall: ServerThread, by: str) -> None:
    voucher = booked(hall)["code"]
    case = checked_in(hall, voucher)
    _, order = ready(hall, case)
    one = pickup(hall, order)
    said = {
        "case": case["order"]["code"],
        "voucher": voucher,
        "pickup": one.code,
        "number": case["order"]["number"],
        "pickup number": one.number,
    }[by]
    found = progress(hall, said, TAIL).json()
    assert (found["code"], found["pickup_code"]) == (case["order"]["code"], one.code)
    bare = progress(hall, said)
    if "number" in by:
        assert (bare.status_code, bare.json()["code"]) == (404, "pickup_unknown")
    else:
        assert bare.json()["code"] == case["order"]["code"]


def test_without_the_tail_nothing_says_who_it_is_or_lets_anybody_collect(hall: ServerThread) -> None:
    case, order = ready(hall)
    one = pickup(hall, order)
    bare = progress(hall, case["order"]["code"]).text
    page = hall.request("GET", f"/c/{case['order']['code']}").text
    for secret in (
        one.code,
        one.number,
        case["order"]["number"],
        SHOP["name"],
        SHOP["phone"],
        SHOP["company"],
    ):
        assert secret not in bare
        assert secret not in page
    assert json.loads(bare)["number"] == case["order"]["number"][-4:]
    proven = posted(hall, case, tail=TAIL).text
    assert one.number[:4] in proven
    assert SHOP["name"] not in proven
    assert SHOP["phone"] not in proven


def test_the_pick_up_code_is_shown_only_once_it_is_good(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    assert seen(hall, case, TAIL)["pickup_code"] == ""
    walked(hall, order)
    assert seen(hall, case, TAIL)["pickup_code"] == pickup(hall, order).code


def test_who_has_only_booked_is_told_when_to_come(hall: ServerThread, clock: Clock) -> None:
    one = booked(hall)
    for code, tail in ((one["code"], ""), (one["code"], TAIL), (one["number"], TAIL)):
        no = progress(hall, code, tail)
        assert (no.status_code, no.json()["code"]) == (409, "not_checked_in")
        assert "11月20日（星期五）14:00–14:30" in no.json()["detail"]
    assert progress(hall, one["number"], "0000").json()["code"] == "pickup_unknown", "a number proves nothing"
    page = hall.request("GET", f"/c/{one['code']}")
    where = f"/v/{one['code']}"
    assert (page.status_code, page.headers["Location"]) == (303, where), "its page says when to come"
    clock.advance(days=1)
    assert progress(hall, one["code"]).json()["code"] == "appointment_over"
    other = booked(hall, day="2026-11-23")
    hall.ask("POST", "/appointments/cancel", {"code": other["code"], "tail": TAIL})
    assert progress(hall, other["code"]).json()["code"] == "appointment_cancelled"


def test_a_label_and_the_tail_show_how_far_it_is_and_let_nobody_collect(hall: ServerThread) -> None:
    case, _ = ready(hall)
    label = labels(case)[0]
    shown = hall.ask("POST", f"{HALL}/progress", {"code": label, "tail": TAIL}, kiosk(hall))
    assert (shown["state"], shown["pickup_code"], shown["pickup_number"]) == ("ready", "", "")
    assert progress(hall, label, TAIL).json()["code"] == "pickup_unknown", "outside the hall it names nothing"


def test_tails_are_not_guessed(hall: ServerThread) -> None:
    case, _ = ready(hall)
    for n in range(5):
        assert posted(hall, case, tail=f"000{n}").status_code == 404
    assert posted(hall, case, tail=TAIL).status_code == 429
    assert progress(hall, case["order"]["code"], TAIL).json()["code"] == "too_many_requests"


def test_another_halls_people_find_nothing_without_being_told_why(hall: ServerThread) -> None:
    case, _ = ready(hall)
    east = hall.sign_in("east-clerk1")
    answer = progress(hall, case["order"]["code"], token=east)
    assert (answer.status_code, answer.json()["code"]) == (404, "pickup_unknown")


def test_a_code_that_is_none_is_answered_by_a_page_that_helps(hall: ServerThread) -> None:
    for code in ("C0000000000000XX", "nonsense", "a/b", "SABCDEFGHJKMN"):
        answer = hall.request("GET", f"/c/{code}")
        assert answer.status_code == 404
        assert "查不到" in answer.text


# Live -------------------------------------------------------------------------------------------


def frame(link: ClientConnection, topic: str) -> Any:
    """The next frame of ``topic``, if it comes in time."""
    while True:
        told = json.loads(link.recv(SOON))
        if told["topic"].startswith(topic):
            return told["view"]


def test_a_change_is_on_the_customers_phone_at_once(either: ServerThread) -> None:
    case = handed_in(either)
    with either.live(f"case:{case['order']['code']}") as link:
        assert frame(link, "case:")["state"] == "registered"
        order = accepted(either, case)
        assert until_frame(link, "accepted")["pieces"][0]["state"] == "received"
        walked(either, order, "testing")
        until_frame(link, "in_progress")
        walked(either, order)
        assert until_frame(link, "ready")["pickup_code"] == ""


def until_frame(link: ClientConnection, state: str) -> Any:
    """The frame of the case in that state. Just after joining one may come that says nothing new."""
    while True:
        view = frame(link, "case:")
        if view["state"] == state:
            return view


def test_other_cases_are_left_in_peace(hall: ServerThread) -> None:
    mine, other = handed_in(hall), handed_in(hall, customer=customer(1))
    with hall.live(f"case:{mine['order']['code']}") as link:
        frame(link, "case:")
        accepted(hall, other)
        with pytest.raises(TimeoutError):
            link.recv(0.8)


def test_a_topic_of_no_case_is_refused(hall: ServerThread) -> None:
    with hall.live("case:C0000000000000XX") as link:
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(SOON)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404


# Boards -----------------------------------------------------------------------------------------


def test_boards_tell_what_is_ready_and_how_far_cases_are_masked_and_at_once(either: ServerThread) -> None:
    case = handed_in(either)
    number = case["order"]["number"]
    with either.live("board:main") as link:
        first = frame(link, "board:")
        assert (first["ready"], first["progress"]) == ([], [])
        order = accepted(either, case)
        told = until_board(link, lambda view: view["progress"])
        assert told["progress"] == [
            {"number": f"…{number[-4:]}", "stage": {"zh": "已受理", "en": "Accepted"}}
        ]
        assert told["ready"] == []
        walked(either, order)
        told = until_board(link, lambda view: view["ready"])
        assert told["ready"] == [{"who": "明***店", "pieces": 2}]
        assert told["progress"][0]["stage"]["zh"] == "可取件"
        body = {"code": pickup(either, order).code, "samples": labels(case)}
        either.ask("POST", f"{HALL}/releases", body, either.sign_in("clerk1"))
        told = until_board(link, lambda view: not view["ready"])
        assert told["progress"] == []


def until_board(link: ClientConnection, right: Any) -> Any:
    while True:
        view = frame(link, "board:")
        if right(view):
            return view


def test_a_residents_name_is_masked_on_the_board(hall: ServerThread) -> None:
    someone = {"type": "resident", "name": "欧阳某某", "phone": "13900001111"}
    lines = [{"item": "sphygmomanometer", "pieces": 1}]
    slot = next(
        slot["id"]
        for day in hall.ask("POST", f"{HALL}/slots", {"lines": lines})["days"]
        for slot in day["slots"]
        if day["day"] == DAY and slot["free"]
    )
    read = {"sphygmomanometer": 1}
    ready(hall, handed_in(hall, customer=someone, lines=lines, acknowledged=read, slot=slot))
    with hall.live("board:main") as link:
        told = until_board(link, lambda view: view["ready"])
    assert told["ready"] == [{"who": "欧***", "pieces": 1}]
    assert "13900001111" not in json.dumps(told)


# Coming again -----------------------------------------------------------------------------------


def test_a_label_leads_to_a_place_in_two_taps(hall: ServerThread) -> None:
    case, order = ready(hall)
    code = labels(case)[0]
    page = hall.request("GET", f"/again/{code}")
    assert page.status_code == 200
    assert "焦度计" in page.text
    assert "2027-11-20" in page.text
    for secret in (SHOP["name"], SHOP["phone"], SHOP["company"], "明***店"):
        assert secret not in page.text
    when = page.text.split('name="when" value="')[1].split('"')[0]
    import requests

    def book(**fields: str) -> Response:
        return requests.post(f"{hall.url}/again/{code}", data=fields, timeout=20, allow_redirects=False)

    assert book(tail=TAIL).status_code == 422
    assert book(when=when).status_code == 422
    assert book(when=when, tail="0000").status_code == 404
    done = book(when=when, tail=TAIL, key="a-key-of-coming-again")
    assert done.status_code == 303
    assert (
        book(when=when, tail=TAIL, key="a-key-of-coming-again").headers["Location"]
        == done.headers["Location"]
    )
    made = rows(hall, select(t.appointments).order_by(t.appointments.c.made_at))
    assert len(made) == 2
    names = rows(hall, select(t.customers.c.company).where(t.customers.c.id == made[-1].customer))
    assert names[0].company == SHOP["company"]
    assert order


def test_a_label_of_nobody_known_leads_to_the_form(hall: ServerThread) -> None:
    page = hall.request("GET", f"/again/{labels(walked_in(hall))[0]}").text
    assert "/book/main?p.price-scale=1" in page
    assert 'name="tail"' not in page
    assert hall.request("GET", "/again/S000000000000").status_code == 404
