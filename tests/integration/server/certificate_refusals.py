"""Every refusal about certificates, their copies and their links, as the request that meets it."""

from __future__ import annotations

from typing import Any

from server.store.certificates import Certificate
from tests.certified import certify
from tests.waiting import until

from .refusals import API, HALL, Ask, case
from .stage import Stage
from .visits import TAIL, booked, checked_in

KEY = {"Idempotency-Key": "a-key-of-a-certificate"}


def issued(stage: Stage) -> tuple[dict[str, str], Certificate]:
    """(proof, certificate) of a case with one piece."""
    voucher = booked(stage.server, lines=[{"item": "lensmeter", "pieces": 1}])
    order = checked_in(stage.server, voucher["code"])["order"]
    drafted = certify(stage.server, order["id"])
    assert isinstance(drafted, Certificate)
    until("it being issued", lambda: stage.server.request("GET", f"/api/v1/certificates/{drafted.code}").ok)
    return {"code": voucher["code"], "tail": TAIL}, drafted


def asked(stage: Stage, one: Certificate, proof: dict[str, str]) -> Ask:
    return Ask("POST", f"{API}/certificates/{one.id}/prints", stage.kiosk, proof, KEY)


def copied(stage: Stage, one: Certificate, proof: dict[str, str], outcome: str) -> Any:
    """A copy that has ended."""
    job = stage.server.ask("POST", f"/certificates/{one.id}/prints", proof, stage.kiosk)["id"]
    stage.server.ask("POST", f"/prints/{job}", {"outcome": outcome}, stage.kiosk)
    return job


@case("certificate_unknown", 404)
def a_code_of_no_certificate(stage: Stage) -> Ask:
    return Ask("GET", f"{API}/certificates/Z0000000000000XX")


@case("certificate_unknown", 404)
def a_certificate_of_another_case(stage: Stage) -> Ask:
    proof, _ = issued(stage)
    return Ask("POST", f"{API}/certificates/{'0' * 32}/prints", stage.kiosk, proof, KEY)


@case("certificate_not_issued", 409)
def a_label_before_the_certificate(stage: Stage) -> Ask:
    voucher = booked(stage.server, lines=[{"item": "lensmeter", "pieces": 1}])
    label = checked_in(stage.server, voucher["code"])["order"]["labels"][0]["code"]
    return Ask("GET", f"{HALL}/status-labels/{label}", stage.as_("clerk1"))


@case("certificate_over", 409)
def printing_what_was_revoked(stage: Stage) -> Ask:
    proof, one = issued(stage)
    stage.do("POST", f"/halls/main/certificates/{one.id}/revoke", {"reason": "编号写错"}, "manager")
    return asked(stage, one, proof)


@case("quota_used", 409)
def a_fourth_copy(stage: Stage) -> Ask:
    proof, one = issued(stage)
    for _ in range(3):
        copied(stage, one, proof, "printed")
    return asked(stage, one, proof)


@case("print_unknown", 404)
def the_end_of_no_copy(stage: Stage) -> Ask:
    return Ask("POST", f"{API}/prints/{'0' * 32}", stage.kiosk, {"outcome": "printed"}, KEY)


@case("print_over", 409)
def a_copy_that_failed_and_then_did_not(stage: Stage) -> Ask:
    proof, one = issued(stage)
    job = copied(stage, one, proof, "failed")
    return Ask("POST", f"{API}/prints/{job}", stage.kiosk, {"outcome": "printed"}, KEY)


@case("pickup_unknown", 404)
def certificates_with_a_wrong_tail(stage: Stage) -> Ask:
    proof, _ = issued(stage)
    return Ask("POST", f"{HALL}/certificates/find", "", proof | {"tail": "0000"})
