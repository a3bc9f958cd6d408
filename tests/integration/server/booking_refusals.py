"""Every refusal about booking, coming to the hall and labels, as the request that meets it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .refusals import API, HALL, Ask, case
from .stage import Stage
from .visits import DAY, SHOP, TAIL, booked, booking, checked_in, customer, walked_in

KEY = {"Idempotency-Key": "a-key-of-a-visit"}


def book(stage: Stage, token: str = "", **other: Any) -> Ask:
    return Ask("POST", f"{HALL}/appointments", token, booking(**other), KEY)


def who(stage: Stage, **other: Any) -> Ask:
    return book(stage, customer=SHOP | other)


def at_kiosk(stage: Stage, path: str, body: object) -> Ask:
    return Ask("POST", f"{HALL}/{path}", stage.kiosk, body, KEY)


def change(stage: Stage, path: str, one: Any, token: str = "", **other: Any) -> Ask:
    return Ask("POST", f"{API}/appointments/{path}", token, {"code": one["code"], "tail": TAIL, **other}, KEY)


@case("appointment_unknown", 404)
def a_number_of_no_appointment(stage: Stage) -> Ask:
    return Ask("POST", f"{API}/appointments/find", "", {"code": "999999999951", "tail": TAIL})


@case("appointment_unknown", 404)
def another_ones_phone(stage: Stage) -> Ask:
    return change(stage, "find", booked(stage.server), tail="0000")


@case("appointment_unknown", 404)
def a_sample_label_for_a_voucher(stage: Stage) -> Ask:
    label = walked_in(stage.server)["order"]["labels"][0]["code"]
    return at_kiosk(stage, "arrivals", {"code": label})


@case("code_unreadable", 422)
def an_empty_scan(stage: Stage) -> Ask:
    return at_kiosk(stage, "arrivals", {"code": " "})


@case("code_torn", 422)
def half_a_number(stage: Stage) -> Ask:
    return at_kiosk(stage, "arrivals", {"code": "123456"})


@case("code_mistyped", 422)
def two_digits_swapped(stage: Stage) -> Ask:
    number = next(
        one["number"]
        for one in (booked(stage.server, customer=customer(n)) for n in range(8))
        if one["number"][0] != one["number"][1]
    )
    return at_kiosk(stage, "arrivals", {"code": number[1] + number[0] + number[2:]})


@case("code_foreign", 422)
def the_bar_code_of_a_drink(stage: Stage) -> Ask:
    return at_kiosk(stage, "arrivals", {"code": "(01)06901234567892"})


@case("slot_unknown", 404)
def a_slot_of_another_hall(stage: Stage) -> Ask:
    return book(stage, slot="none")


@case("slot_not_held", 409)
def a_sunday(stage: Stage) -> Ask:
    return book(stage, day="2026-11-22")


@case("slot_begun", 409)
def this_morning(stage: Stage) -> Ask:
    return book(stage, slot="accept-0900")


@case("too_far", 409)
def next_year(stage: Stage) -> Ask:
    return book(stage, day="2027-06-01")


@case("slot_full", 409)
def the_place_is_gone(stage: Stage) -> Ask:
    booked(stage.server, lines=[{"item": "lensmeter", "pieces": 6}], customer=customer(1))
    return book(stage, lines=[{"item": "lensmeter", "pieces": 6}])


@case("lines_bad", 422)
def one_kind_twice(stage: Stage) -> Ask:
    return book(stage, lines=[{"item": "lensmeter", "pieces": 1}] * 2)


@case("not_taken", 409)
def everything_that_is_not_taken(stage: Stage) -> Ask:
    lines = [{"item": "lensmeter", "pieces": 1}, {"item": "fuel-dispenser", "pieces": 1}]
    lines += [{"item": "price-scale", "pieces": 900}, {"item": "none", "pieces": 1}]
    return book(stage, lines=lines, customer=SHOP | {"type": "resident"})


@case("notices_unread", 422)
def a_notice_not_ticked(stage: Stage) -> Ask:
    return book(stage, acknowledged={})


@case("notices_unread", 422)
def an_old_version_of_a_notice(stage: Stage) -> Ask:
    return book(stage, acknowledged={"lensmeter": 0})


@case("consent_needed", 422)
def no_consent(stage: Stage) -> Ask:
    return book(stage, consent="")


@case("name_needed", 422)
def no_name(stage: Stage) -> Ask:
    return who(stage, name=" ")


@case("phone_bad", 422)
def a_phone_too_short(stage: Stage) -> Ask:
    return who(stage, phone="1381234")


@case("email_bad", 422)
def an_address_without_a_place(stage: Stage) -> Ask:
    return who(stage, email="someone@")


@case("company_needed", 422)
def a_company_without_a_name(stage: Stage) -> Ask:
    return who(stage, company="")


@case("uscc_bad", 422)
def a_wrong_check_character(stage: Stage) -> Ask:
    return who(stage, uscc="91350100M000100Y44")


@case("too_many_open", 409)
def five_appointments_already(stage: Stage) -> Ask:
    one = [{"item": "lensmeter", "pieces": 1}]
    for _ in range(5):
        booked(stage.server, lines=one)
    return book(stage, lines=one)


@case("not_booked", 409)
def given_up_twice(stage: Stage) -> Ask:
    one = booked(stage.server)
    stage.server.ask("POST", "/appointments/cancel", {"code": one["code"], "tail": TAIL})
    return change(stage, "cancel", one)


@case("cut_off", 409)
def too_late_to_change(stage: Stage) -> Ask:
    one = booked(stage.server)
    stage.server.clock.advance(minutes=61)
    return change(stage, "reschedule", one, day=DAY, slot="accept-1600")


@case("reason_needed", 422)
def staff_without_a_reason(stage: Stage) -> Ask:
    one = booked(stage.server)
    stage.server.clock.advance(minutes=61)
    return change(stage, "cancel", one, stage.as_("clerk1"))


@case("wrong_day", 409)
def checking_in_for_another_day(stage: Stage) -> Ask:
    return at_kiosk(stage, "check-ins", {"code": booked(stage.server, day="2026-11-23")["code"]})


@case("wrong_hall", 409)
def checking_in_at_another_hall(stage: Stage) -> Ask:
    east = stage.server.credentials["devices"]["east-kiosk-1"]
    return Ask("POST", f"{API}/halls/east/check-ins", east, {"code": booked(stage.server)["code"]}, KEY)


@case("already_checked_in", 409)
def checking_in_twice(stage: Stage) -> Ask:
    one = booked(stage.server)
    checked_in(stage.server, one["code"])
    return at_kiosk(stage, "check-ins", {"code": one["code"]})


@case("appointment_cancelled", 409)
def checking_in_what_was_given_up(stage: Stage) -> Ask:
    one = booked(stage.server)
    stage.server.ask("POST", "/appointments/cancel", {"code": one["code"], "tail": TAIL})
    return at_kiosk(stage, "check-ins", {"code": one["code"]})


@case("appointment_over", 409)
def checking_in_the_day_after(stage: Stage) -> Ask:
    one = booked(stage.server)
    stage.server.clock.now = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    return at_kiosk(stage, "check-ins", {"code": one["code"]})


@case("order_unknown", 404)
def labels_before_checking_in(stage: Stage) -> Ask:
    return at_kiosk(stage, "labels", {"code": booked(stage.server)["code"]})


@case("customer_unknown", 404)
def a_fleet_of_nobody(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/fleets/import?customer=0", stage.as_("clerk1"))


@case("sample_unknown", 404)
def a_label_of_nothing(stage: Stage) -> Ask:
    return Ask("GET", f"{API}/samples/NOTHING-AT-ALL", stage.as_("clerk1"))


@case("label_bound", 409)
def a_used_label(stage: Stage) -> Ask:
    first, second = (one["code"] for one in walked_in(stage.server)["order"]["labels"])
    stage.do("POST", f"/samples/{first}/bind", {"foreign": "OLD-1"})
    return Ask("POST", f"{API}/samples/{second}/bind", stage.as_("clerk1"), {"foreign": "OLD-1"})
