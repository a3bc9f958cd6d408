"""Coming back: pieces go home only when done, with a certificate, against a code that is good once."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from requests import Response
from sqlalchemy import select, update

from server.protocol import codes
from server.protocol.words import SAMPLE_STATES
from server.services import stages
from server.services.work import Ledger
from server.store import orders
from server.store import tables as t
from tests.servers import Clock, ServerThread

from .cases import accepted, change, handed_in, labels, move, pickup, ready, rows, shelve, walked, write
from .visits import HALL, TAIL, booked, checked_in, customer, kiosk

IDENTITY = "identity_card"


def post(hall: ServerThread, path: str, body: object, token: str, key: str = "") -> Response:
    headers = {"Idempotency_Key": key} if key else {}
    return hall.request("POST", f"/api/v1{HALL}/{path}", body, token, **headers)


def refused(answer: Response) -> str:
    assert answer.status_code >= 400, answer.text
    code: str = answer.json()["code"]
    return code


def released(hall: ServerThread, token: str, code: str, pieces: list[str]) -> Any:
    answer = post(hall, "releases", {"code": code, "samples": pieces}, token)
    assert answer.status_code == 201, answer.text
    return answer.json()


def states(hall: ServerThread, order: str) -> list[str]:
    table = t.samples.c
    return [
        row.state
        for row in rows(hall, select(table.state).where(table.order == order).order_by(table.position))
    ]


def order_state(hall: ServerThread, order: str) -> str:
    return str(rows(hall, select(t.orders.c.state).where(t.orders.c.id == order))[0].state)


# The code's life --------------------------------------------------------------------------------


def test_a_code_is_issued_with_acceptance_and_active_with_the_first_piece_that_is_ready(
    hall: ServerThread,
) -> None:
    case = handed_in(hall)
    assert rows(hall, select(t.pickups)) == []
    order = accepted(hall, case)
    issued = pickup(hall, order)
    assert issued.state == "issued"
    walked(hall, order, "concluded")
    assert pickup(hall, order).state == "issued"
    walked(hall, order, "ready", [2])
    active = pickup(hall, order)
    assert (active.id, active.state) == (issued.id, "active")
    assert order_state(hall, order) == "in_progress"


def test_all_of_an_order_goes_home_at_once_and_closes_it(hall: ServerThread) -> None:
    case, order = ready(hall)
    clerk = hall.sign_in("clerk1")
    done = released(hall, clerk, pickup(hall, order).code, labels(case))
    assert [piece["state"] for piece in done["pieces"]] == ["released"] * 2
    assert (done["state"], done["next_code"], done["may_collect"]) == ("consumed", "", False)
    assert order_state(hall, order) == "closed"
    held = rows(hall, select(t.samples.c.holder).where(t.samples.c.order == order))
    assert {row.holder for row in held} == {"customer"}


def test_a_part_goes_home_and_the_rest_has_a_new_code(hall: ServerThread) -> None:
    case, order = ready(hall)
    clerk = hall.sign_in("clerk1")
    first = pickup(hall, order)
    done = released(hall, clerk, first.code, labels(case)[:1])
    assert order_state(hall, order) == "partly_released"
    assert (done["ready"], done["state"], done["may_collect"]) == (1, "active", True)
    assert codes.read(done["next_code"]) == codes.Code("P", done["next_code"])
    assert done["next_code"] != first.code
    again = post(hall, "releases", {"code": first.code, "samples": labels(case)[1:]}, clerk)
    assert refused(again) == "pickup_used"
    released(hall, clerk, done["next_number"], labels(case)[1:])
    assert order_state(hall, order) == "closed"


def test_pieces_may_be_collected_while_others_are_still_tested(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, "ready", [1])
    walked(hall, order, "testing", [2])
    clerk = hall.sign_in("clerk1")
    done = released(hall, clerk, pickup(hall, order).code, labels(case)[:1])
    assert (done["state"], done["may_collect"], done["complete"]) == ("issued", False, False)
    assert "预计2026-11-27" in done["why"]["zh"]
    assert refused(
        post(hall, "releases", {"code": done["next_code"], "samples": labels(case)[1:]}, clerk)
    ) == ("not_ready")
    walked(hall, order, "ready", [2])
    released(hall, clerk, done["next_code"], labels(case)[1:])
    assert states(hall, order) == ["released", "released"]


def test_a_code_that_nothing_is_left_for_has_expired(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, "testing")
    given_back(hall, order)
    one = pickup(hall, order)
    assert (one.state, order_state(hall, order)) == ("expired", "closed")
    clerk = hall.sign_in("clerk1")
    assert refused(post(hall, "pickups", {"code": one.code}, clerk)) == "pickup_expired"
    answer = post(hall, "releases", {"code": one.code, "samples": labels(case)}, clerk)
    assert refused(answer) == "pickup_expired"


def given_back(hall: ServerThread, order: str) -> None:
    """All pieces go back untested."""

    def do(ledger: Ledger) -> None:
        for sample in orders.samples(ledger.connection, order):
            move(ledger, move(ledger, sample, "hold"), "give_back")
        found = orders.find(ledger.connection, id=order)
        assert found is not None
        stages.settle(ledger, found)

    change(hall, do)


# The guard --------------------------------------------------------------------------------------

NOT_READY = [state for state in SAMPLE_STATES if state != "ready"]


@pytest.mark.parametrize("state", NOT_READY)
def test_nothing_leaves_in_any_other_state(hall: ServerThread, state: str) -> None:
    case, order = ready(hall)
    code = pickup(hall, order).code
    piece = labels(case)[0]
    write(hall, update(t.samples).where(t.samples.c.code == piece).values(state=state))
    answer = post(hall, "releases", {"code": code, "samples": [piece]}, hall.sign_in("clerk1"))
    assert refused(answer) == "not_ready"
    both = post(hall, "releases", {"code": code, "samples": labels(case)}, hall.sign_in("clerk1"))
    assert refused(both) == "not_ready"
    assert states(hall, order) == [state, "ready"], "all of them or none"
    assert pickup(hall, order).state == "active"


@pytest.mark.parametrize("state", ["drafted", "superseded", "revoked"])
def test_nothing_leaves_without_an_issued_certificate(hall: ServerThread, state: str) -> None:
    case, order = ready(hall)
    piece = labels(case)[0]
    write(hall, update(t.certificates).where(t.certificates.c.sample == piece).values(state=state))
    body = {"code": pickup(hall, order).code, "samples": [piece]}
    assert refused(post(hall, "releases", body, hall.sign_in("clerk1"))) == "certificate_not_issued"


def test_a_piece_of_another_order_is_not_handed_out(hall: ServerThread) -> None:
    case, order = ready(hall)
    other, _ = ready(hall, customer=customer(1))
    body = {"code": pickup(hall, order).code, "samples": [labels(case)[0], labels(other)[0]]}
    assert refused(post(hall, "releases", body, hall.sign_in("clerk1"))) == "not_of_this_order"
    assert states(hall, order) == ["ready", "ready"]


def test_a_flow_code_or_a_bound_label_is_a_scan_of_the_piece_too(hall: ServerThread) -> None:
    case, order = ready(hall)
    clerk = hall.sign_in("clerk1")
    first, second = labels(case)
    hall.ask("POST", f"/samples/{second}/bind", {"foreign": "WJ-69012-A"}, clerk)
    flow = rows(hall, select(t.samples.c.flow).where(t.samples.c.code == first))[0].flow
    released(hall, clerk, pickup(hall, order).number, [flow, "WJ-69012-A", first])
    assert states(hall, order) == ["released", "released"]


def test_only_the_halls_own_staff_hand_out(hall: ServerThread) -> None:
    case, order = ready(hall)
    body = {"code": pickup(hall, order).code, "samples": labels(case)}
    assert refused(post(hall, "releases", body, kiosk(hall), "a-key-of-kiosk")) == "forbidden"
    assert refused(post(hall, "releases", body, hall.sign_in("verifier1"))) == "forbidden"
    east = hall.sign_in("east-clerk1")
    answer = hall.request("POST", "/api/v1/halls/east/releases", body, east)
    assert refused(answer) == "pickup_unknown"
    assert states(hall, order) == ["ready", "ready"]


# Once -------------------------------------------------------------------------------------------


def test_a_lost_answer_is_told_again_and_nothing_is_done_twice(either: ServerThread) -> None:
    case, order = ready(either)
    clerk = either.sign_in("clerk1")
    body = {"code": pickup(either, order).code, "samples": labels(case)[:1]}
    first = post(either, "releases", body, clerk, "key-of-a-release")
    again = post(either, "releases", body, clerk, "key-of-a-release")
    assert first.status_code == 201
    assert again.status_code == 201
    assert again.json() == first.json()
    assert states(either, order) == ["released", "ready"]


def test_who_does_not_have_a_piece_hands_none_out(hall: ServerThread) -> None:
    case, order = ready(hall)
    body = {"code": pickup(hall, order).code, "samples": labels(case)}
    answer = post(hall, "releases", body, hall.sign_in("clerk2"))
    assert refused(answer) == "wrong_custodian"
    assert states(hall, order) == ["ready", "ready"]


def test_of_many_who_release_at_once_exactly_one_wins(either: ServerThread) -> None:
    case, order = ready(either)
    shelve(either, order)
    code = pickup(either, order).code
    tokens = [either.sign_in(f"clerk{n}") for n in (1, 2, 3, 4)] * 2
    start = threading.Barrier(len(tokens))
    answers: list[Response] = []

    def one(token: str, pieces: list[str]) -> None:
        start.wait()
        answers.append(post(either, "releases", {"code": code, "samples": pieces}, token))

    both = labels(case)
    threads = [
        threading.Thread(target=one, args=(token, both if n % 2 else both[:1]))
        for n, token in enumerate(tokens)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [answer for answer in answers if answer.status_code == 201]
    assert len(won) == 1
    lost = {refused(answer) for answer in answers if answer not in won}
    assert lost == {"pickup_used"}
    used = rows(either, select(t.pickups).where(t.pickups.c.order == order, t.pickups.c.state == "consumed"))
    assert len(used) == 1


def test_codes_are_not_guessed(hall: ServerThread, clock: Clock) -> None:
    _, order = ready(hall)
    one = pickup(hall, order)
    wrong = {"code": one.number, "tail": "0000"}
    for _ in range(5):
        assert refused(post(hall, "pickups", wrong, kiosk(hall))) == "pickup_unknown"
    right = {"code": one.number, "tail": TAIL}
    assert refused(post(hall, "pickups", right, kiosk(hall))) == "too_many_requests"
    clock.advance(minutes=20)
    assert post(hall, "pickups", right, kiosk(hall)).json()["ready"] == 2


def test_a_kiosk_that_guesses_at_many_codes_must_wait_for_each_of_them(hall: ServerThread) -> None:
    _, order = ready(hall)
    said = set()
    for n in range(25):
        number = codes.number_of(7_000_000_000 + n)
        said.add(refused(post(hall, "pickups", {"code": number, "tail": TAIL}, kiosk(hall))))
    assert said == {"pickup_unknown", "too_many_requests"}
    body = {"code": pickup(hall, order).code, "tail": TAIL}
    assert refused(post(hall, "pickups", body, kiosk(hall))) == "too_many_requests"


def test_guesses_at_one_door_count_at_the_other(hall: ServerThread) -> None:
    _, order = ready(hall)
    one = pickup(hall, order)
    for _ in range(5):
        answer = post(hall, "progress", {"code": one.code, "tail": "0000"}, "")
        assert refused(answer) == "pickup_unknown"
    assert (
        refused(post(hall, "pickups", {"code": one.code, "tail": TAIL}, kiosk(hall))) == "too_many_requests"
    )


@pytest.mark.parametrize("code", ["case", "number", "voucher", "label"])
def test_nothing_but_the_pick_up_code_collects(hall: ServerThread, code: str) -> None:
    voucher = booked(hall)["code"]
    case = checked_in(hall, voucher)
    ready(hall, case)
    said = {
        "case": case["order"]["code"],
        "number": case["order"]["number"],
        "voucher": voucher,
        "label": labels(case)[0],
    }[code]
    body = {"code": said, "tail": TAIL}
    assert refused(post(hall, "pickups", body, kiosk(hall))) == "pickup_unknown"
    assert refused(post(hall, "pickups/tickets", body, kiosk(hall), "some-key-1")) == "pickup_unknown"
    release = {"code": said, "samples": labels(case)}
    assert refused(post(hall, "releases", release, hall.sign_in("clerk1"))) == "pickup_unknown"


# Coming in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["code", "number"])
def test_scanned_or_typed_the_same_order_is_found(hall: ServerThread, by: str) -> None:
    case, order = ready(hall)
    said = getattr(pickup(hall, order), by)
    seen = hall.ask("POST", f"{HALL}/pickups", {"code": said, "tail": TAIL}, kiosk(hall))
    assert (seen["order"], seen["number"]) == (order, case["order"]["number"])
    assert (seen["ready"], seen["complete"], seen["may_collect"], seen["ticket"]) == (2, True, True, "")
    assert [piece["conclusion"] for piece in seen["pieces"]] == ["qualified"] * 2
    assert seen["pieces"][0]["certificate"].startswith("T-")
    assert seen["who"] == "明***店"


def test_before_anything_is_ready_it_says_when(hall: ServerThread) -> None:
    order = accepted(hall, handed_in(hall))
    body = {"code": pickup(hall, order).code, "tail": TAIL}
    seen = hall.ask("POST", f"{HALL}/pickups", body, kiosk(hall))
    assert (seen["state"], seen["ready"], seen["may_collect"]) == ("issued", 0, False)
    assert "2026-11-27" in seen["why"]["zh"]
    assert "2026-11-27" in seen["why"]["en"]
    assert refused(post(hall, "pickups/tickets", body, kiosk(hall), "some-key-2")) == "nothing_ready"


def test_a_number_of_the_pick_up_service_and_the_same_when_asked_again(hall: ServerThread) -> None:
    _, order = ready(hall)
    body = {"code": pickup(hall, order).code, "tail": TAIL}
    first = hall.ask("POST", f"{HALL}/pickups/tickets", body, kiosk(hall))
    assert first["ticket"]["number"].startswith("C")
    assert first["pickup"]["ticket"] == first["ticket"]["number"]
    again = hall.ask("POST", f"{HALL}/pickups/tickets", {**body, "language": "en"}, kiosk(hall))
    assert again["ticket"]["id"] == first["ticket"]["id"]
    waiting = {one["id"]: one["waiting"] for one in hall.ask("GET", HALL)["services"]}
    assert waiting["pickup"] == 1


def test_after_its_ticket_is_done_a_second_visit_has_a_new_number(hall: ServerThread, clock: Clock) -> None:
    case, order = ready(hall)
    shelve(hall, order)
    body = {"code": pickup(hall, order).code, "tail": TAIL}
    first = hall.ask("POST", f"{HALL}/pickups/tickets", body, kiosk(hall))["ticket"]
    clerk = hall.sign_in("clerk3")
    hall.ask("POST", f"{HALL}/counters/3/open", None, clerk)
    assert hall.ask("POST", f"{HALL}/counters/3/call-next", None, clerk)["ticket"]["id"] == first["id"]
    hall.ask("POST", f"/tickets/{first['id']}/start", None, clerk)
    rest = released(hall, clerk, body["code"], labels(case)[:1])
    assert rest["ticket"] == first["number"], "its number is served at this moment"
    hall.ask("POST", f"/tickets/{first['id']}/done", None, clerk)
    body = {"code": rest["next_code"], "tail": TAIL}
    second = hall.ask("POST", f"{HALL}/pickups/tickets", body, kiosk(hall))["ticket"]
    assert second["id"] != first["id"]
    clock.advance(days=1)
    third = hall.ask("POST", f"{HALL}/pickups/tickets", body, kiosk(hall))["ticket"]
    assert third["id"] != second["id"]


# A lost code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["number", "label", "code"])
def test_a_lost_code_is_replaced_and_the_old_one_is_void(hall: ServerThread, by: str) -> None:
    case, order = ready(hall)
    clerk = hall.sign_in("clerk1")
    old = pickup(hall, order)
    said = labels(case)[0] if by == "label" else case["order"][by]
    body = {"order": said, "proof": IDENTITY, "remark": "某某甲 本人"}
    new = hall.ask("POST", f"{HALL}/pickups/reissue", body, clerk)
    assert new["next_code"] != old.code
    assert new["state"] == "active"
    assert refused(post(hall, "pickups", {"code": old.code, "tail": TAIL}, kiosk(hall))) == "pickup_revoked"
    answer = post(hall, "releases", {"code": old.code, "samples": labels(case)}, clerk)
    assert refused(answer) == "pickup_revoked"
    released(hall, clerk, new["next_number"], labels(case))


def test_what_was_shown_for_a_lost_code_is_on_record_and_no_name_is(hall: ServerThread) -> None:
    case, order = ready(hall)
    body = {"order": case["order"]["number"], "proof": IDENTITY, "remark": "某某甲 本人"}
    hall.ask("POST", f"{HALL}/pickups/reissue", body, hall.sign_in("clerk2"))
    lines = rows(hall, select(t.journal).where(t.journal.c.kind == "pickup.reissued"))
    assert [(line.actor, line.subject) for line in lines] == [("staff:clerk2", order)]
    assert json.loads(lines[0].payload)["proof"] == IDENTITY
    everything = json.dumps(
        [list(map(str, row)) for row in rows(hall, select(t.journal))], ensure_ascii=False
    )
    assert "某某甲" not in everything
    for code in rows(hall, select(t.pickups)):
        assert code.code not in everything, "who reads the journal must not be able to collect"
        assert code.number not in everything


def test_who_has_collected_all_or_handed_in_nothing_gets_no_new_code(hall: ServerThread) -> None:
    clerk = hall.sign_in("clerk1")
    case = handed_in(hall)
    body = {"order": case["order"]["number"], "proof": IDENTITY}
    assert refused(post(hall, "pickups/reissue", body, clerk)) == "order_state"
    _, order = ready(hall, case)
    released(hall, clerk, pickup(hall, order).code, labels(case))
    assert refused(post(hall, "pickups/reissue", body, clerk)) == "order_state"


# What follows -----------------------------------------------------------------------------------


def kinds(hall: ServerThread, order: str) -> list[str]:
    table = t.outbox.c
    found = rows(hall, select(table.kind).where(table.subject == order).order_by(table.made_at))
    return [row.kind for row in found]


def test_every_stage_is_told_to_the_customer(hall: ServerThread, clock: Clock) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    assert kinds(hall, order) == ["case_accepted"]
    clock.advance(minutes=1)
    walked(hall, order, "testing")
    assert kinds(hall, order)[1:] == ["case_in_progress"]
    clock.advance(minutes=1)
    walked(hall, order, "ready", [1])
    assert kinds(hall, order)[2:] == ["case_certificate"]
    clock.advance(minutes=1)
    walked(hall, order, "ready")
    assert kinds(hall, order)[3:] == ["case_ready"]
    clerk = hall.sign_in("clerk1")
    clock.advance(minutes=1)
    rest = released(hall, clerk, pickup(hall, order).code, labels(case)[:1])
    assert kinds(hall, order)[4:] == ["case_partly_released"]
    clock.advance(minutes=1)
    released(hall, clerk, rest["next_code"], labels(case)[1:])
    assert kinds(hall, order)[5:] == ["case_released"]


def test_a_fault_and_what_goes_back_untested_are_told_piece_by_piece(hall: ServerThread) -> None:
    order = accepted(hall, handed_in(hall))
    walked(hall, order, "testing")
    given_back(hall, order)
    told = kinds(hall, order)
    assert told.count("case_question") == 2
    assert told.count("case_untested") == 2
    assert "case_closed" in told
    assert "case_released" not in told


def test_messages_of_a_case_name_nobody(hall: ServerThread) -> None:
    _, order = ready(hall)
    for row in rows(hall, select(t.outbox).where(t.outbox.c.subject == order)):
        assert "某某" not in row.parameters
        assert "13812345678" not in row.parameters
        assert "明亮" not in row.parameters


def test_what_must_be_verified_again_is_on_the_due_list_once_it_is_home(hall: ServerThread) -> None:
    case, order = ready(hall)
    clerk = hall.sign_in("clerk1")
    assert hall.ask("GET", f"{HALL}/due-items", token=clerk)["total"] == 0
    released(hall, clerk, pickup(hall, order).code, labels(case))
    listed = hall.ask("GET", f"{HALL}/due-items", token=clerk)
    assert [(one["item"], one["due_on"]) for one in listed["items"]] == [("lensmeter", "2027-11-20")] * 2
    assert listed["items"][0]["company"] == "明***店"


def test_what_was_not_qualified_is_not_reminded_of(hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, conclusion="unqualified")
    clerk = hall.sign_in("clerk1")
    released(hall, clerk, pickup(hall, order).code, labels(case))
    assert hall.ask("GET", f"{HALL}/due-items", token=clerk)["total"] == 0
