"""Every refusal about machines, as the request that meets it."""

from __future__ import annotations

from .refusals import HALL, Ask, case
from .stage import Stage

NOBODYS = "0" * 32


def errand(stage: Stage, device: str, kind: str, subject: str = "", key: str = "an-errand") -> Ask:
    headers = {"Idempotency-Key": key}
    body = {"kind": kind, "subject": subject}
    return Ask("POST", f"{HALL}/devices/{device}/errands", stage.as_("manager"), body, headers)


@case("errand_unfit", 409)
def a_display_is_to_print(stage: Stage) -> Ask:
    return errand(stage, "display-1", "test_print")


@case("device_unknown", 404)
def an_errand_for_a_device_of_another_hall(stage: Stage) -> Ask:
    return errand(stage, "east-kiosk-1", "restart")


@case("ticket_unknown", 404)
def a_ticket_that_was_never_given_is_to_be_printed(stage: Stage) -> Ask:
    return errand(stage, "kiosk-1", "reprint", "A777")


@case("bad_request", 422)
def a_reprint_of_no_number(stage: Stage) -> Ask:
    return errand(stage, "kiosk-1", "reprint")


@case("errands_full", 409)
def a_device_that_does_nothing_is_asked_again_and_again(stage: Stage) -> Ask:
    for _ in range(20):
        stage.do("POST", "/halls/main/devices/kiosk-1/errands", {"kind": "restart"}, user="manager")
    return errand(stage, "kiosk-1", "restart")


@case("errand_unknown", 404)
def an_errand_of_another_device_is_answered(stage: Stage) -> Ask:
    asked = stage.do("POST", "/halls/main/devices/display-1/errands", {"kind": "restart"}, user="manager")
    path = f"/api/v1/devices/self/errands/{asked['id']}"
    return Ask("POST", path, stage.kiosk, {"outcome": "done"}, {"Idempotency-Key": "an-errand"})


@case("alarm_unknown", 404)
def an_alarm_that_is_none(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/alarms/{NOBODYS}/seen", stage.as_("manager"))


@case("alarm_unknown", 404)
def a_line_of_the_log_that_answers_no_alarm(stage: Stage) -> Ask:
    body = {"device": "kiosk-1", "kind": "paper", "remark": "换纸", "alarm": NOBODYS}
    return Ask("POST", f"{HALL}/upkeep", stage.as_("manager"), body)


@case("device_unknown", 404)
def a_line_of_the_log_of_no_device(stage: Stage) -> Ask:
    body = {"device": "kiosk-9", "kind": "paper", "remark": "换纸"}
    return Ask("POST", f"{HALL}/upkeep", stage.as_("manager"), body)
