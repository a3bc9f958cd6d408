"""Every refusal about pairing, sign-ins and passwords, as the request that meets it."""

from __future__ import annotations

from .refusals import HALL, Ask, case
from .stage import Stage

KEY = {"Idempotency-Key": "a-key-of-a-pairing"}


@case("pairing_unknown", 404)
def a_code_that_no_screen_shows(stage: Stage) -> Ask:
    body = {"code": "00000000", "name": "kiosk-7"}
    return Ask("POST", f"{HALL}/pairings", stage.as_("manager"), body, KEY)


@case("pairing_unknown", 404)
def a_pairing_that_is_nobodys(stage: Stage) -> Ask:
    return Ask("POST", f"/api/v1/pairings/{'0' * 32}/token", "", {"secret": "0" * 43})


@case("session_unknown", 404)
def a_sign_in_that_has_ended(stage: Stage) -> Ask:
    return Ask("DELETE", f"/api/v1/sessions/{'0' * 32}", stage.as_("clerk1"))


@case("old_password_wrong", 422)
def a_password_that_is_not_the_old_one(stage: Stage) -> Ask:
    body = {"old": "not-the-old-one", "new": "a-fine-new-one"}
    return Ask("POST", "/api/v1/staff/self/password", stage.as_("clerk1"), body)


@case("password_weak", 422)
def a_password_that_is_short(stage: Stage) -> Ask:
    body = {"old": stage.server.credentials["users"]["clerk1"], "new": "short"}
    return Ask("POST", "/api/v1/staff/self/password", stage.as_("clerk1"), body)
