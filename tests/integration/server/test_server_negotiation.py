"""Faults: the customer is asked, answers by page or phone, and only then is anything done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from server.store import tables as t
from tests.servers import ServerThread

from .benches import LAB, OPTIONS, Bench
from .cases import rows
from .visits import TAIL

LATE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""17:00 in Shanghai on the second working day after Friday 20 November."""


class Fault:
    """A piece of the shop's that is held for a fault; ``code``: the case's, for the page."""

    def __init__(self, hall: ServerThread, options: list[str] = OPTIONS) -> None:
        self.hall, self.bench = hall, Bench(hall)
        case, pieces = self.bench.booked()
        self.order = case["order"]["id"]
        self.code = rows(hall, select(t.orders.c.code).where(t.orders.c.id == self.order))[0].code
        self.sample, self.id = self.bench.held(self.bench.testing(pieces[0]), options)

    def answer(self, option: str, token: str = "", **other: Any) -> Any:
        body = {"code": self.code, "tail": TAIL, "option": option, **other}
        return self.hall.request("POST", f"/api/v1/negotiations/{self.id}/answer", body, token)

    def said(self, option: str) -> None:
        assert self.answer(option).status_code == 204

    def question(self) -> Any:
        return self.bench.do("GET", f"/samples/{self.sample}")["questions"][0]

    def sign(self, role: str, user: str) -> None:
        self.bench.stage.do("POST", f"{LAB}/negotiations/{self.id}/sign", {"role": role}, user)

    def execute(self) -> None:
        self.bench.do("POST", f"/negotiations/{self.id}/execute")

    def refused(self, step: str, body: object = None, user: str = "verifier1") -> str:
        return self.bench.refused("POST", f"/negotiations/{self.id}/{step}", body, user)

    def pauses(self) -> list[Any]:
        return rows(self.hall, select(t.pauses).where(t.pauses.c.order == self.order))


@pytest.fixture
def fault(hall: ServerThread) -> Fault:
    return Fault(hall)


def test_testing_cannot_go_on_unanswered(fault: Fault) -> None:
    assert fault.bench.state(fault.sample) == "fault_hold"
    start = f"/samples/{fault.sample}/start"
    assert fault.bench.refused("POST", start) == "negotiation_open"
    assert fault.refused("execute") == "negotiation_open"
    assert fault.bench.refused("PUT", f"/samples/{fault.sample}/result", {}) == "sample_state"
    fault.said("repair_and_retest")
    fault.execute()
    assert fault.bench.state(fault.sample) == "testing"
    fault.bench.approved(fault.sample)


def test_the_customer_answers_with_their_case_and_phone(fault: Fault) -> None:
    assert fault.answer("repair_and_retest", tail="0000").json()["code"] == "negotiation_unknown"
    assert fault.answer("repair_and_retest", code="999999999951").json()["code"] == "negotiation_unknown"
    assert fault.answer("reschedule").json()["code"] == "option_unknown"
    fault.said("repair_and_retest")
    question = fault.question()
    assert (question["state"], question["by_customer"]) == ("agreed", True)
    assert fault.answer("decline").json()["code"] == "negotiation_over"


def test_another_customers_proof_answers_nothing(fault: Fault) -> None:
    other = Fault(fault.hall)
    assert fault.answer("repair_and_retest", code=other.code).json()["code"] == "negotiation_unknown"


def test_staff_take_the_answer_down_on_the_phone(fault: Fault) -> None:
    token = fault.bench.stage.as_("clerk1")
    answer = fault.answer("conclude_unqualified", token, code="", tail="", remark="来电同意")
    assert answer.status_code == 204
    question = fault.question()
    assert (question["by_customer"], question["remark"]) == (False, "来电同意")


def test_guessing_a_phone_is_stopped(fault: Fault) -> None:
    codes = [fault.answer("decline", tail=f"{n:04d}").json()["code"] for n in range(6)]
    assert codes[-1] == "too_many_requests"
    assert fault.answer("decline").status_code == 429


def test_an_agreed_failure_is_tested_reviewed_and_certified(fault: Fault) -> None:
    fault.said("conclude_unqualified")
    fault.execute()
    sheet = fault.bench.do("GET", f"/samples/{fault.sample}")
    result = sheet["results"][0]
    assert (sheet["row"]["state"], result["conclusion"], result["remark"]) == (
        "tested",
        "unqualified",
        "示值不稳",
    )
    fault.bench.do("POST", f"/results/{result['id']}/review", user="reviewer1")
    fault.bench.do("POST", f"/results/{result['id']}/approve", user="approver1")
    kind = select(t.certificates.c.kind).where(t.certificates.c.sample == fault.sample)
    assert [one.kind for one in rows(fault.hall, kind)] == ["failure_notice"]


def test_nothing_goes_back_untested_without_supervisor_and_customer(fault: Fault) -> None:
    fault.said("return_untested")
    assert fault.question()["needs_signatures"]
    assert fault.refused("execute") == "signature_needed"
    assert fault.refused("sign", {"role": "supervisor"}) == "forbidden"
    fault.sign("customer", "clerk1")
    assert fault.refused("execute") == "signature_needed"
    fault.sign("supervisor", "manager")
    fault.execute()
    row = fault.bench.do("GET", f"/samples/{fault.sample}")["row"]
    assert (row["state"], row["holder"]) == ("returned_untested", "customer")
    assert rows(fault.hall, select(t.certificates.c.id)) == []
    # Counted apart: its order waits only for the other piece.
    part = fault.bench.do("GET", f"/orders/{fault.code}")["parts"][0]
    assert (part["done"], part["total"]) == (1, 2)


def test_a_no_is_answered_by_another_proposal(fault: Fault) -> None:
    fault.said("decline")
    assert fault.refused("execute") == "negotiation_open"
    fault.bench.do("POST", f"/negotiations/{fault.id}/propose", {"options": ["reschedule"]})
    assert fault.question()["options"] == ["reschedule"]
    fault.said("reschedule")
    fault.execute()
    assert fault.bench.state(fault.sample) == "testing"


def test_an_unanswered_question_escalates_and_can_still_be_answered(fault: Fault) -> None:
    assert datetime.fromisoformat(fault.question()["due_at"]) == LATE
    look = fault.hall.app.state.core.negotiations.look
    fault.hall.run(look())
    assert fault.question()["state"] == "proposed"
    fault.hall.clock.now = LATE
    fault.bench.stage.sign_out()
    fault.hall.run(look())
    assert (fault.question()["state"], fault.question()["escalated"]) == ("timed_out", True)
    assert fault.bench.do("GET", "/bench", user="manager")["escalated"] == 1
    listed = fault.bench.do("GET", "/negotiations", user="manager")
    assert [(one["id"], one["state"]) for one in listed] == [(fault.id, "timed_out")]
    fault.said("repair_and_retest")
    fault.execute()


def test_the_promise_waits_while_the_customer_is_waited_for(fault: Fault) -> None:
    assert [(one.reason, one.sample, one.until) for one in fault.pauses()] == [
        ("negotiation", fault.sample, None)
    ]
    fault.hall.clock.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    fault.bench.stage.sign_out()
    # A working day of waiting moves the last day on by one.
    assert fault.bench.do("GET", f"/samples/{fault.sample}")["row"]["due"] == "2026-11-30"
    fault.said("repair_and_retest")
    assert [one.until for one in fault.pauses()] == [fault.hall.clock.now]
    fault.hall.clock.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    fault.bench.stage.sign_out()
    assert fault.bench.do("GET", f"/samples/{fault.sample}")["row"]["due"] == "2026-11-30"


def test_the_customer_is_told_once_of_each_question(fault: Fault) -> None:
    kinds = [one.kind for one in rows(fault.hall, select(t.outbox.c.kind))]
    assert kinds.count("case_question") == 1


def test_an_unknown_question_is_answered_by_nobody(fault: Fault) -> None:
    path = f"/api/v1/negotiations/{'0' * 32}/answer"
    body = {"code": fault.code, "tail": TAIL, "option": "decline"}
    assert fault.hall.request("POST", path, body).json()["code"] == "negotiation_unknown"
    assert fault.hall.request("POST", path, body, fault.bench.stage.as_("clerk1")).status_code == 404


def test_only_photos_of_the_piece_show_its_fault(hall: ServerThread) -> None:
    bench = Bench(hall)
    code = bench.testing()
    body = {"fault": "碎裂", "options": OPTIONS, "photos": ["0" * 32]}
    assert bench.refused("POST", f"/samples/{code}/hold", body) == "file_bad"
    assert bench.state(code) == "testing"
