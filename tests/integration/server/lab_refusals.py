"""Every refusal at the benches, as the request that meets it."""

from __future__ import annotations

from .benches import GOOD, OPTIONS, STANDARD, Bench
from .refusals import API, HALL, Ask, case
from .stage import Stage
from .visits import TAIL

LAB = f"{HALL}/lab"
SIGN = {"conclusion": "qualified"}


def at(stage: Stage, method: str, path: str, body: object = None, user: str = "verifier1") -> Ask:
    return Ask(method, f"{LAB}{path}", stage.as_(user), body)


def bench(stage: Stage) -> Bench:
    made = Bench(stage.server)
    made.stage = stage
    return made


def signed(stage: Stage, **draft: object) -> Ask:
    """The verifier signs a draft that is good but for what ``draft`` says."""
    return at(stage, "POST", f"/results/{bench(stage).saved(bench(stage).testing(), **draft)}/test", SIGN)


@case("sample_state", 409)
def a_result_before_the_test_began(stage: Stage) -> Ask:
    return at(stage, "PUT", f"/samples/{bench(stage).received()[0]}/result", {})


@case("result_unknown", 404)
def a_result_of_nothing(stage: Stage) -> Ask:
    return at(stage, "POST", f"/results/{'0' * 32}/review", user="reviewer1")


@case("result_final", 409)
def writing_over_an_approved_result(stage: Stage) -> Ask:
    code = bench(stage).testing()
    bench(stage).approved(code)
    return at(stage, "PUT", f"/samples/{code}/result", {})


@case("result_state", 409)
def approving_before_the_review(stage: Stage) -> Ask:
    return at(stage, "POST", f"/results/{bench(stage).tested()}/approve", user="approver1")


@case("values_bad", 422)
def words_for_a_number(stage: Stage) -> Ask:
    body = {"values": GOOD | {"m10": "很好"}}
    return at(stage, "PUT", f"/samples/{bench(stage).testing()}/result", body)


@case("climate_missing", 409)
def nobody_has_read_the_room(stage: Stage) -> Ask:
    return signed(stage)


@case("climate_unfit", 409)
def a_room_too_warm(stage: Stage) -> Ask:
    bench(stage).air(celsius=35)
    return signed(stage)


@case("climate_bad", 422)
def a_room_that_is_none(stage: Stage) -> Ask:
    return at(stage, "POST", "/climate", {"section": "茶水间", "celsius": 20, "humidity": 50})


@case("standard_unknown", 404)
def a_standard_that_is_none(stage: Stage) -> Ask:
    return at(stage, "PUT", f"/samples/{bench(stage).testing()}/result", {"standards": ["BZ-404"]})


@case("standard_out", 409)
def a_standard_that_was_taken_out(stage: Stage) -> Ask:
    body = {"state": "out_of_service", "reason": "漂移"}
    stage.do("POST", f"/halls/main/lab/equipment/{STANDARD}/state", body, "verifier1")
    return at(stage, "PUT", f"/samples/{bench(stage).testing()}/result", {"standards": [STANDARD]})


@case("standard_expired", 409)
def a_standard_past_its_last_day(stage: Stage) -> Ask:
    piece = {
        "number": "BZ-9",
        "section": "光学室",
        "name": {"zh": "镜片", "en": "Lens"},
        "until": "2026-11-19",
    }
    stage.do("POST", "/halls/main/lab/equipment", piece, "manager")
    return at(stage, "PUT", f"/samples/{bench(stage).testing()}/result", {"standards": ["BZ-9"]})


@case("standard_needed", 422)
def a_result_without_a_standard(stage: Stage) -> Ask:
    bench(stage).air()
    return signed(stage, standards=[])


@case("credential_missing", 409)
def a_verifier_at_the_review(stage: Stage) -> Ask:
    return at(stage, "POST", f"/results/{bench(stage).tested()}/review", user="verifier2")


@case("same_person", 409)
def reviewing_ones_own(stage: Stage) -> Ask:
    one = bench(stage)
    code = one.received("staff:reviewer1")[0]
    one.do("POST", f"/samples/{code}/start", user="reviewer1")
    body = {"values": GOOD, "standards": [STANDARD]}
    id = one.do("PUT", f"/samples/{code}/result", body, "reviewer1")["results"][0]["id"]
    one.air()
    one.do("POST", f"/results/{id}/test", SIGN, "reviewer1")
    return at(stage, "POST", f"/results/{id}/review", user="reviewer1")


@case("still_resting", 409)
def a_gauge_that_must_stand(stage: Stage) -> Ask:
    code = bench(stage).received(item="sphygmomanometer", pieces=1)[0]
    return at(stage, "POST", f"/samples/{code}/start")


@case("not_authorised", 409)
def the_authorisation_is_gone(stage: Stage) -> Ask:
    bench(stage).air()
    ask = signed(stage)
    stage.do("PUT", "/halls/main/offer/authorisations", [], "manager")
    return ask


@case("not_in_force", 409)
def another_edition_came_into_force(stage: Stage) -> Ask:
    bench(stage).air()
    ask = signed(stage)
    items = stage.do("GET", "/halls/main/offer/items", user="manager")
    item = next(one for one in items if one["id"] == "lensmeter")
    item.pop("authorised_until")
    item["notice"] = item["notice"]["text"]
    item["regulations"].append({"since": "2026-11-20", "value": "JJG 580-2026"})
    stage.do("PUT", "/halls/main/offer/items/lensmeter", item, "manager")
    return ask


@case("equipment_unknown", 404)
def a_label_of_no_equipment(stage: Stage) -> Ask:
    return at(stage, "GET", "/equipment/BZ-404")


@case("check_needed", 409)
def back_into_use_without_a_check(stage: Stage) -> Ask:
    path = f"/equipment/{STANDARD}/state"
    stage.do("POST", f"/halls/main/lab{path}", {"state": "out_of_service", "reason": "漂移"}, "verifier1")
    return at(stage, "POST", path, {"state": "in_use", "reason": "好了"})


@case("credential_unknown", 404)
def a_credential_of_nothing(stage: Stage) -> Ask:
    return at(stage, "DELETE", f"/credentials/{'0' * 32}", user="manager")


@case("negotiation_unknown", 404)
def an_answer_to_nothing(stage: Stage) -> Ask:
    body = {"code": "999999999951", "tail": TAIL, "option": "decline"}
    return Ask("POST", f"{API}/negotiations/{'0' * 32}/answer", "", body)


@case("negotiation_open", 409)
def going_on_unanswered(stage: Stage) -> Ask:
    return at(stage, "POST", f"/samples/{bench(stage).held()[0]}/start")


@case("negotiation_over", 409)
def answering_twice(stage: Stage) -> Ask:
    _, id = bench(stage).held()
    body = {"option": "repair_and_retest"}
    stage.do("POST", f"/negotiations/{id}/answer", body)
    return Ask("POST", f"{API}/negotiations/{id}/answer", stage.as_("clerk1"), body)


@case("option_unknown", 422)
def an_option_that_was_not_proposed(stage: Stage) -> Ask:
    _, id = bench(stage).held(options=OPTIONS[:1])
    return Ask("POST", f"{API}/negotiations/{id}/answer", stage.as_("clerk1"), {"option": "reschedule"})


@case("signature_needed", 422)
def back_untested_unsigned(stage: Stage) -> Ask:
    _, id = bench(stage).held()
    stage.do("POST", f"/negotiations/{id}/answer", {"option": "return_untested"})
    return at(stage, "POST", f"/negotiations/{id}/execute")
