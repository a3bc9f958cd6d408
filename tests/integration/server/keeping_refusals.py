"""Every refusal about data that is kept, as the request that meets it."""

from __future__ import annotations

from .refusals import HALL, Ask, case
from .stage import Stage
from .visits import PHONE, booked

WHY = "客户书面要求"


def erase(stage: Stage, **who: str) -> Ask:
    return Ask("POST", f"{HALL}/erasures", stage.as_("manager"), {"reason": WHY, **who})


@case("case_open", 409)
def erasing_somebody_who_has_booked(stage: Stage) -> Ask:
    booked(stage.server)
    return erase(stage, phone=PHONE)


@case("already_erased", 409)
def erasing_somebody_twice(stage: Stage) -> Ask:
    code = booked(stage.server)["code"]
    stage.do("POST", "/appointments/cancel", {"code": code})
    stage.do("POST", "/halls/main/erasures", {"reason": WHY, "code": code}, "manager")
    return erase(stage, code=code)


@case("customer_unknown", 404)
def erasing_somebody_whom_nobody_knows(stage: Stage) -> Ask:
    return erase(stage, phone="13900000000")


@case("phone_bad", 422)
def erasing_half_a_phone_number(stage: Stage) -> Ask:
    return erase(stage, phone="138")


@case("bad_request", 422)
def an_export_without_a_purpose(stage: Stage) -> Ask:
    body = {"kind": "tickets", "from": "2026-11-01", "to": "2026-11-20", "purpose": "看"}
    return Ask("POST", f"{HALL}/exports", stage.as_("manager"), body)
