"""Every refusal at the counter and between hands, as the request that meets it."""

from __future__ import annotations

from typing import Any

from .counter import CASES, REVIEWS
from .refusals import API, HALL, Ask, case
from .stage import Stage
from .visits import SHOP, walked_in

HANDS = f"{HALL}/handovers"
NOBODY = "0" * 32


def opened(stage: Stage, pieces: int = 1, item: str = "price-scale") -> Any:
    number = walked_in(stage.server, pieces, item)["order"]["number"]
    return stage.do("POST", f"{CASES}/open", {"code": number})


def made(stage: Stage, item: str = "lensmeter", pieces: int = 1) -> Any:
    body = {"lines": [{"item": item, "pieces": pieces}], "customer": SHOP, "consent": "1"}
    return stage.do("POST", CASES, body)


def sheet(one: Any, **other: Any) -> dict[str, Any]:
    counted = {line["item"]: line["declared"] for line in one["lines"]}
    whole = {"all_good": list(counted), "reviewed": REVIEWS}
    return {"version": one["version"], "counted": counted} | whole | other


def saved(stage: Stage, one: Any, **other: Any) -> Any:
    return stage.do("PUT", f"{CASES}/{one['id']}/sheet", sheet(one, **other))


def accepted(stage: Stage, item: str = "lensmeter") -> Any:
    one = saved(stage, made(stage, item))
    return stage.do("POST", f"{CASES}/{one['id']}/sign", {"version": one["version"]})


def ask(stage: Stage, method: str, path: str, body: object = None, user: str = "clerk1") -> Ask:
    return Ask(method, path, stage.as_(user), body)


def of_case(stage: Stage, one: Any, part: str, body: object = None, method: str = "POST") -> Ask:
    return ask(stage, method, f"{API}{CASES}/{one['id']}/{part}", body)


def sign(stage: Stage, one: Any) -> Ask:
    return of_case(stage, one, "sign", {"version": one["version"]})


@case("order_unknown", 404)
def a_case_that_is_not_here(stage: Stage) -> Ask:
    return ask(stage, "GET", f"{API}{CASES}/{NOBODY}")


@case("order_state", 409)
def a_sheet_that_was_signed(stage: Stage) -> Ask:
    one = accepted(stage)
    return of_case(stage, one, "sheet", sheet(one), "PUT")


@case("order_state", 409)
def a_parcel_before_it_is_ready(stage: Stage) -> Ask:
    one = made(stage)
    stage.do("PUT", f"{CASES}/{one['id']}/fulfilment", {"way": "post", "address": "甲收"})
    return of_case(stage, one, "sent", {"tracking": "SF1"})


@case("customer_needed", 422)
def a_signature_for_nobody(stage: Stage) -> Ask:
    return sign(stage, saved(stage, opened(stage)))


@case("counted_differs", 409)
def one_piece_too_few(stage: Stage) -> Ask:
    return sign(stage, saved(stage, made(stage, pieces=2), counted={"lensmeter": 1}))


@case("check_missing", 422)
def a_piece_that_was_not_looked_at(stage: Stage) -> Ask:
    return sign(stage, saved(stage, made(stage), all_good=[]))


@case("check_missing", 422)
def no_contract_review(stage: Stage) -> Ask:
    return sign(stage, saved(stage, made(stage), reviewed=[]))


@case("fragile_not_ticked", 422)
def a_fragile_piece_put_down_anyhow(stage: Stage) -> Ask:
    one = saved(stage, made(stage, "trial-lenses"))
    piece = one["pieces"][0]
    rough = {
        "seen": "scan",
        "looks": [{"good": True} for _ in piece["looks"]],
        "accessories": ["here" for _ in piece["accessories"]],
    }
    return sign(stage, saved(stage, one, pieces={piece["code"]: rough}, all_good=[]))


@case("fragile_not_ticked", 422)
def a_fragile_piece_handed_over_anyhow(stage: Stage) -> Ask:
    code = accepted(stage, "trial-lenses")["pieces"][0]["code"]
    return ask(stage, "POST", HANDS, {"taker": "clerk2", "samples": [code]})


@case("sheet_changed", 409)
def a_sheet_that_another_has_changed(stage: Stage) -> Ask:
    one = made(stage)
    saved(stage, one)
    return of_case(stage, one, "sheet", sheet(one, remark="later"), "PUT")


@case("sample_unknown", 404)
def a_piece_of_another_order(stage: Stage) -> Ask:
    other = made(stage)["pieces"][0]["code"]
    return of_case(stage, made(stage, pieces=2), f"pieces/{other}", method="DELETE")


@case("item_unknown", 404)
def a_kind_that_is_not_in_the_order(stage: Stage) -> Ask:
    one = made(stage)
    return of_case(stage, one, "sheet", sheet(one, waived={"balance": "why"}), "PUT")


@case("lines_bad", 422)
def the_last_piece_removed(stage: Stage) -> Ask:
    one = made(stage)
    return of_case(stage, one, f"pieces/{one['pieces'][0]['code']}", method="DELETE")


@case("handler_fixed", 409)
def a_clerk_names_another_first_handler(stage: Stage) -> Ask:
    body = {"user": "clerk2", "section": "受理", "reason": "why"}
    return of_case(stage, made(stage), "handler", body, "PUT")


@case("wrong_custodian", 409)
def a_piece_that_somebody_else_has(stage: Stage) -> Ask:
    code = accepted(stage)["pieces"][0]["code"]
    return ask(stage, "POST", HANDS, {"taker": "clerk3", "samples": [code]}, "clerk2")


def offered(stage: Stage) -> tuple[str, str]:
    """(hand-over, piece), for the verifier."""
    code = accepted(stage)["pieces"][0]["code"]
    stage.do("POST", "/halls/main/handovers", {"taker": "verifier1", "samples": [code]})
    return stage.do("GET", "/halls/main/handovers")["handovers"][0]["id"], code


@case("handover_unknown", 404)
def a_hand_over_to_somebody_else(stage: Stage) -> Ask:
    id, code = offered(stage)
    return ask(stage, "POST", f"{HANDS}/{id}/take", {"samples": [code]}, "clerk2")


@case("handover_over", 409)
def a_hand_over_that_was_withdrawn(stage: Stage) -> Ask:
    id, code = offered(stage)
    stage.do("POST", f"/halls/main/handovers/{id}/withdraw")
    return ask(stage, "POST", f"{HANDS}/{id}/take", {"samples": [code]}, "verifier1")


@case("taker_bad", 422)
def a_shelf_that_nobody_knows(stage: Stage) -> Ask:
    code = accepted(stage)["pieces"][0]["code"]
    return ask(stage, "POST", f"{HANDS}/shelve", {"shelf": "SHELF-X", "samples": [code]})


@case("taker_bad", 422)
def a_taker_of_another_hall(stage: Stage) -> Ask:
    code = accepted(stage)["pieces"][0]["code"]
    return ask(stage, "POST", HANDS, {"taker": "east-clerk1", "samples": [code]})


@case("still_used", 409)
def a_shelf_that_is_not_empty(stage: Stage) -> Ask:
    code = accepted(stage)["pieces"][0]["code"]
    stage.do("POST", "/halls/main/handovers/shelve", {"shelf": "SHELF-A1", "samples": [code]})
    return ask(stage, "PUT", f"{API}{CASES}/places", {"shelves": [], "sites": []}, "manager")


@case("tracking_needed", 409)
def a_parcel_without_a_number(stage: Stage) -> Ask:
    one = made(stage)
    stage.do("PUT", f"{CASES}/{one['id']}/fulfilment", {"way": "post", "address": "甲收"})
    return of_case(stage, one, "sent", {"tracking": ""})


@case("referral_unknown", 404)
def a_referral_that_is_not_here(stage: Stage) -> Ask:
    return ask(stage, "POST", f"{HALL}/referrals/{NOBODY}/receipt")


@case("referral_over", 409)
def a_referral_that_was_closed(stage: Stage) -> Ask:
    body = {"way": "matter", "to": "甲", "reason": "why", "due": "2026-12-01"}
    id = stage.do("POST", "/halls/main/referrals", body)["id"]
    stage.do("POST", f"/halls/main/referrals/{id}/close", {"outcome": "done"})
    return ask(stage, "POST", f"{HALL}/referrals/{id}/receipt")


@case("file_bad", 422)
def a_photo_that_is_none(stage: Stage) -> Ask:
    one = made(stage)
    return of_case(stage, one, f"pieces/{one['pieces'][0]['code']}/photos", "no photo")


@case("file_too_large", 413)
def a_photo_that_is_too_large(stage: Stage) -> Ask:
    one = made(stage)
    return of_case(stage, one, f"pieces/{one['pieces'][0]['code']}/photos", "x" * 10 * 1024 * 1024)
