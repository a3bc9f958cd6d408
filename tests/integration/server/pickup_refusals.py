"""Every refusal about collecting, as the request that meets it."""

from __future__ import annotations

from sqlalchemy import update

from server.store import tables as t

from . import cases
from .refusals import HALL, Ask, case
from .stage import Stage
from .visits import TAIL, booked

KEY = {"Idempotency-Key": "a-key-of-a-pick-up"}


def look(stage: Stage, code: str, tail: str = TAIL) -> Ask:
    return Ask("POST", f"{HALL}/pickups", stage.kiosk, {"code": code, "tail": tail}, KEY)


def release(stage: Stage, code: str, samples: list[str]) -> Ask:
    return Ask("POST", f"{HALL}/releases", stage.as_("clerk1"), {"code": code, "samples": samples}, KEY)


@case("pickup_unknown", 404)
def a_number_of_no_pickup(stage: Stage) -> Ask:
    return look(stage, "999999999951")


@case("pickup_unknown", 404)
def another_ones_tail(stage: Stage) -> Ask:
    _, order = cases.ready(stage.server)
    return look(stage, cases.pickup(stage.server, order).number, "0000")


@case("pickup_unknown", 404)
def progress_by_a_number_without_the_tail(stage: Stage) -> Ask:
    number = cases.handed_in(stage.server)["order"]["number"]
    return Ask("POST", f"{HALL}/progress", "", {"code": number})


@case("not_checked_in", 409)
def progress_of_who_has_only_booked(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/progress", "", {"code": booked(stage.server)["code"]})


@case("not_checked_in", 409)
def certificates_of_who_has_only_booked(stage: Stage) -> Ask:
    body = {"code": booked(stage.server)["number"], "tail": TAIL}
    return Ask("POST", f"{HALL}/certificates/find", "", body)


@case("pickup_used", 409)
def a_code_for_the_second_time(stage: Stage) -> Ask:
    one, order = cases.ready(stage.server)
    code = cases.pickup(stage.server, order).code
    stage.do("POST", "/halls/main/releases", {"code": code, "samples": cases.labels(one)})
    return look(stage, code)


@case("pickup_revoked", 409)
def a_code_that_was_lost_and_found(stage: Stage) -> Ask:
    one, order = cases.ready(stage.server)
    code = cases.pickup(stage.server, order).code
    body = {"order": one["order"]["number"], "proof": "business_licence"}
    stage.do("POST", "/halls/main/pickups/reissue", body)
    return release(stage, code, cases.labels(one))


@case("pickup_expired", 409)
def a_code_whose_order_is_over(stage: Stage) -> Ask:
    _, order = cases.ready(stage.server)
    cases.write(stage.server, update(t.pickups).where(t.pickups.c.order == order).values(state="expired"))
    return look(stage, cases.pickup(stage.server, order).code)


@case("pickup_not_valid", 409)
def a_code_that_is_not_active(stage: Stage) -> Ask:
    one, order = cases.ready(stage.server)
    cases.write(stage.server, update(t.pickups).where(t.pickups.c.order == order).values(state="issued"))
    return release(stage, cases.pickup(stage.server, order).code, cases.labels(one))


@case("not_ready", 409)
def a_piece_that_is_still_tested(stage: Stage) -> Ask:
    one = cases.handed_in(stage.server)
    order = cases.accepted(stage.server, one)
    cases.walked(stage.server, order, "testing")
    return release(stage, cases.pickup(stage.server, order).code, cases.labels(one)[:1])


@case("nothing_ready", 409)
def a_number_before_anything_is_ready(stage: Stage) -> Ask:
    order = cases.accepted(stage.server, cases.handed_in(stage.server))
    body = {"code": cases.pickup(stage.server, order).code, "tail": TAIL}
    return Ask("POST", f"{HALL}/pickups/tickets", stage.kiosk, body, KEY)


@case("not_of_this_order", 409)
def a_piece_of_somebody_else(stage: Stage) -> Ask:
    _, order = cases.ready(stage.server)
    other, _ = cases.ready(stage.server)
    return release(stage, cases.pickup(stage.server, order).code, cases.labels(other))


@case("certificate_not_issued", 409)
def a_piece_without_its_certificate(stage: Stage) -> Ask:
    one, order = cases.ready(stage.server)
    table = t.certificates.c
    cases.write(stage.server, update(t.certificates).where(table.order == order).values(state="drafted"))
    return release(stage, cases.pickup(stage.server, order).code, cases.labels(one)[:1])


@case("order_state", 409)
def a_new_code_before_acceptance(stage: Stage) -> Ask:
    number = cases.handed_in(stage.server)["order"]["number"]
    body = {"order": number, "proof": "identity_card"}
    return Ask("POST", f"{HALL}/pickups/reissue", stage.as_("clerk1"), body, KEY)
