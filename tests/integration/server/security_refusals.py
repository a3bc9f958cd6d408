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
