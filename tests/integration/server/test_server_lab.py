"""The benches over HTTP: who may begin and sign, in which air, with which standards; and what is final."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.store import orders
from server.store import tables as t
from tests.servers import ServerThread, furnished_copy, served

from .benches import GOOD, STANDARD, Bench, received
from .cases import change, rows, walked
from .visits import DAY, walked_in

BAD = GOOD | {"m10": "0.10"}


@pytest.fixture
def bench(hall: ServerThread) -> Bench:
    return Bench(hall)


def credential(bench: Bench, user: str, kind: str, **other: Any) -> None:
    """The person's credential of that kind, said anew."""
    known = bench.do("GET", "/people")["credentials"]
    one = next(one for one in known if (one["user"], one["kind"]) == (user, kind))
    body = {name: one[name] for name in ("user", "kind", "number", "items", "title", "since", "until")}
    bench.do("PUT", f"/credentials/{one['id']}", body | other, "manager")


def test_the_whole_way_is_gone_on_each_database(either: ServerThread) -> None:
    bench = Bench(either)
    code = bench.testing()
    bench.approved(code)
    assert bench.do("GET", f"/samples/{code}")["results"][0]["state"] == "approved"
    held, _ = bench.held()
    assert [one["code"] for one in bench.do("GET", "/bench?state=fault_hold")["rows"]] == [held]
    assert bench.do("GET", "/people")["due"] == []
    assert len(bench.do("GET", "/equipment")) == 14
    assert bench.do("GET", "/signing", user="reviewer1") == []


# Beginning --------------------------------------------------------------------------------------


def test_a_piece_is_begun_by_scanning_any_of_its_codes(bench: Bench) -> None:
    code, other = bench.received()
    flow = bench.do("GET", f"/samples/{code}")["flow"]
    assert bench.do("POST", f"/samples/{flow}/start")["row"]["state"] == "testing"
    assert bench.state(other) == "received"


def test_only_who_has_it_may_begin(bench: Bench) -> None:
    code = bench.received("staff:clerk1")[0]
    assert bench.refused("POST", f"/samples/{code}/start") == "wrong_custodian"
    sheet = bench.do("GET", f"/samples/{code}")
    assert sheet["may"] == []
    assert "一号受理员" in sheet["why"]["zh"]


def test_a_piece_on_the_sections_own_bench_may_be_begun_by_its_people(bench: Bench) -> None:
    code = bench.received("shelf:光学室")[0]
    assert bench.do("GET", f"/samples/{code}")["row"]["holder"] == "bench"
    assert bench.do("POST", f"/samples/{code}/start")["row"]["state"] == "testing"


def test_a_mercury_gauge_stands_two_hours_first(bench: Bench) -> None:
    code = bench.received(item="sphygmomanometer", pieces=1)[0]
    assert bench.refused("POST", f"/samples/{code}/start") == "still_resting"
    assert bench.do("GET", f"/samples/{code}")["may"] == ["rest"]
    rested = bench.do("POST", f"/samples/{code}/rest")["row"]
    assert (rested["state"], rested["rests_until"]) == ("acclimatising", "2026-11-20T06:00:00Z")
    bench.hall.clock.advance(minutes=119)
    assert bench.refused("POST", f"/samples/{code}/start") == "still_resting"
    bench.hall.clock.advance(minutes=1)
    assert bench.do("POST", f"/samples/{code}/start")["row"]["state"] == "testing"
    kinds = [one.kind for one in lines(bench.hall, code)]
    assert [kind for kind in kinds if kind.startswith("sample.")] == [
        "sample.receive",
        "sample.rest",
        "sample.queue",
        "sample.start",
    ]


def lines(hall: ServerThread, subject: str) -> list[Any]:
    return rows(hall, select(t.journal).where(t.journal.c.subject == subject).order_by(t.journal.c.seq))


def test_nobody_begins_without_a_credential_for_the_item(bench: Bench) -> None:
    code = bench.received()[0]
    credential(bench, "verifier1", "verifier", items=["balance"])
    assert bench.refused("POST", f"/samples/{code}/start") == "credential_missing"


# The list ---------------------------------------------------------------------------------------


def test_the_green_channel_stands_first_then_what_is_due_first(bench: Bench) -> None:
    plain = bench.received()
    body = {
        "lines": [{"item": "lensmeter", "pieces": 1}],
        "customer": "sole_trader",
        "priority": "green",
        "reason": "医院急用",
    }
    case = bench.stage.do("POST", "/halls/main/walk-ins", body)
    green = received(bench.hall, case)
    seen = bench.do("GET", "/bench?section=光学室")["rows"]
    assert [one["code"] for one in seen] == [*green, *plain]
    assert [one["green"] for one in seen] == [True, False, False]


def test_the_list_is_of_a_section_and_of_states(bench: Bench) -> None:
    code = bench.testing()
    bench.received(item="price-scale", pieces=3)
    seen = bench.do("GET", "/bench?section=光学室&state=testing")
    assert [one["code"] for one in seen["rows"]] == [code]
    counts = {one["name"]: one["counts"] for one in seen["sections"]}
    assert counts["光学室"] == {"testing": 1, "received": 1}
    assert counts["力学室"] == {"received": 3}


def test_a_promise_turns_amber_and_red_on_the_list(bench: Bench) -> None:
    code = bench.received()[0]

    def colour() -> tuple[str, str]:
        row = bench.do("GET", f"/samples/{code}")["row"]
        return row["due"], row["colour"]

    # Five working days from Friday 20 November.
    assert colour() == ("2026-11-27", "green")
    bench.hall.clock.advance(days=6)
    bench.stage.sign_out()
    assert colour() == ("2026-11-27", "amber")
    bench.hall.clock.advance(days=4)
    bench.stage.sign_out()
    assert colour() == ("2026-11-27", "red")


# Drafting and signing ---------------------------------------------------------------------------


def test_a_result_goes_through_three_hands_and_is_final(bench: Bench) -> None:
    code = bench.testing()
    id = bench.tested(code)
    assert bench.state(code) == "tested"
    assert [one["result"] for one in bench.do("GET", "/signing", user="reviewer1")] == [id]
    bench.do("POST", f"/results/{id}/review", user="reviewer1")
    assert [one["result"] for one in bench.do("GET", "/signing", user="approver1")] == [id]
    sheet = bench.do("POST", f"/results/{id}/approve", user="approver1")
    result = sheet["results"][0]
    assert [mark["by"] for mark in result["signatures"]] == ["一号检定员", "一号核验员", "一号批准人"]
    assert (result["state"], result["conclusion"], result["regulation"]) == (
        "approved",
        "qualified",
        "JJG 580-2005",
    )
    assert result["standards"][0]["certificate"] == "（示例）GX2026-0101"
    assert (result["celsius"], result["standards"][0]["factors"]) == (20, 1)
    assert bench.refused("PUT", f"/samples/{code}/result", {}) == "result_final"
    for step in ("review", "approve"):
        assert bench.refused("POST", f"/results/{id}/{step}", user="approver1") == "result_final"
    back = bench.refused("POST", f"/results/{id}/send-back", {"reason": "x"}, "approver1")
    assert back == "result_final"


def test_the_values_propose_and_the_verifier_confirms(bench: Bench) -> None:
    code = bench.testing()
    id = bench.saved(code, values=BAD)
    assert bench.do("GET", f"/samples/{code}")["results"][0]["proposed"] == "unqualified"
    bench.air()
    assert bench.refused("POST", f"/results/{id}/test", {"conclusion": "qualified"}) == "values_bad"
    bench.do("POST", f"/results/{id}/test", {"conclusion": "unqualified"})
    value = bench.do("GET", f"/samples/{code}")["results"][0]["values"][0]
    assert (value["good"], value["limits"]) == (False, "−0.09 … 0.09")


def test_a_calibration_concludes_as_calibrated_only(bench: Bench) -> None:
    code = bench.received(item="balance", pieces=1)[0]
    bench.do("POST", f"/samples/{code}/start")
    values = {"half": "0.1", "full": "0.2", "eccentric": "0.1", "repeat": "0.1", "u": "0.3"}
    id = bench.saved(code, values=values, standards=["BZ-102"])
    bench.air(section="力学室")
    assert bench.refused("POST", f"/results/{id}/test", {"conclusion": "qualified"}) == "values_bad"
    bench.do("POST", f"/results/{id}/test", {"conclusion": "calibrated"})
    assert bench.state(code) == "tested"


def test_an_unfinished_form_can_be_saved_but_not_signed(bench: Bench) -> None:
    code = bench.testing()
    bench.air()
    id = bench.saved(code, values={"m10": "0.02"})
    assert bench.refused("POST", f"/results/{id}/test", {"conclusion": "qualified"}) == "values_bad"


def test_what_is_sent_back_is_tested_again_and_says_why(bench: Bench) -> None:
    code = bench.testing()
    id = bench.tested(code)
    path = f"/results/{id}/send-back"
    assert bench.refused("POST", path, {"reason": ""}, "reviewer1") == "reason_needed"
    assert bench.refused("POST", path, {"reason": "x"}, "verifier2") == "credential_missing"
    bench.do("POST", path, {"reason": "重复性再测"}, "reviewer1")
    assert bench.state(code) == "testing"
    bench.tested(code)
    bench.do("POST", f"/results/{id}/review", user="reviewer1")
    bench.do("POST", path, {"reason": "核对温度"}, "approver1")
    assert bench.state(code) == "testing"
    assert bench.do("GET", f"/samples/{code}")["results"][0]["signatures"] == []


def test_nobody_reviews_what_they_tested(bench: Bench) -> None:
    code = bench.received("staff:reviewer1")[0]
    bench.do("POST", f"/samples/{code}/start", user="reviewer1")
    body = {"values": GOOD, "standards": [STANDARD]}
    id = bench.do("PUT", f"/samples/{code}/result", body, "reviewer1")["results"][0]["id"]
    bench.air()
    bench.do("POST", f"/results/{id}/test", {"conclusion": "qualified"}, "reviewer1")
    assert bench.refused("POST", f"/results/{id}/review", user="reviewer1") == "same_person"
    assert bench.do("GET", "/signing", user="reviewer1") == []


@pytest.mark.parametrize(
    ("user", "kind", "step"), [("reviewer1", "reviewer", "review"), ("approver1", "approver", "approve")]
)
def test_an_expired_credential_signs_nothing(bench: Bench, user: str, kind: str, step: str) -> None:
    id = bench.tested()
    if step == "approve":
        bench.do("POST", f"/results/{id}/review", user="reviewer1")
    credential(bench, user, kind, until="2026-11-19")
    assert bench.refused("POST", f"/results/{id}/{step}", user=user) == "credential_missing"
    credential(bench, user, kind, until=DAY)
    bench.do("POST", f"/results/{id}/{step}", user=user)


def test_an_expired_verifier_enters_no_result(bench: Bench) -> None:
    code = bench.testing()
    credential(bench, "verifier1", "verifier", until="2026-11-19")
    body = {"values": GOOD, "standards": [STANDARD]}
    assert bench.refused("PUT", f"/samples/{code}/result", body) == "credential_missing"


# The air, standards, the regulation -------------------------------------------------------------


def test_no_result_without_a_fresh_record_of_fitting_air(bench: Bench) -> None:
    id = bench.saved(bench.testing())
    sign = ("POST", f"/results/{id}/test", {"conclusion": "qualified"})
    assert bench.refused(*sign) == "climate_missing"
    bench.air(celsius=31)
    assert bench.refused(*sign) == "climate_unfit"
    bench.air(humidity=81)
    assert bench.refused(*sign) == "climate_unfit"
    bench.air()
    bench.hall.clock.advance(minutes=121)
    assert bench.refused(*sign) == "climate_missing"
    bench.air()
    bench.do(*sign)


def test_how_long_a_record_counts_is_a_setting(bench: Bench) -> None:
    body = {"climate_minutes": 10, "reply_days": 3, "due_days": 30}
    answer = bench.stage.do("PUT", "/halls/main/offer/lab", body, "manager")
    assert answer["lab"] == body
    id = bench.saved(bench.testing())
    bench.air()
    bench.hall.clock.advance(minutes=11)
    assert bench.refused("POST", f"/results/{id}/test", {"conclusion": "qualified"}) == "climate_missing"


def test_a_result_needs_a_standard_that_holds_on_its_day(bench: Bench) -> None:
    code = bench.testing()
    bench.air()
    sign = {"conclusion": "qualified"}
    id = bench.saved(code, standards=[])
    assert bench.refused("POST", f"/results/{id}/test", sign) == "standard_needed"
    draft = {"values": GOOD, "standards": ["SB-001"]}
    assert bench.refused("PUT", f"/samples/{code}/result", draft) == "standard_unknown"
    bench.saved(code)
    bench.do("POST", f"/equipment/{STANDARD}/state", {"state": "out_of_service", "reason": "漂移"})
    assert bench.refused("POST", f"/results/{id}/test", sign) == "standard_out"
    assert (
        bench.refused("PUT", f"/samples/{code}/result", draft | {"standards": [STANDARD]}) == "standard_out"
    )


def test_a_standard_that_expired_between_test_and_approval_stops_the_certificate(bench: Bench) -> None:
    id = bench.tested()
    bench.do("POST", f"/results/{id}/review", user="reviewer1")
    one = bench.do("GET", f"/equipment/{STANDARD}")
    names = ("number", "section", "name", "model", "uncertainty", "certificate")
    body = {name: one[name] for name in names} | {"until": "2026-11-19"}
    bench.do("PUT", f"/equipment/{one['code']}", body, "manager")
    assert bench.refused("POST", f"/results/{id}/approve", user="approver1") == "standard_expired"


def test_the_edition_must_be_the_one_in_force_on_the_test_date(bench: Bench) -> None:
    code = bench.testing()
    id = bench.saved(code)
    bench.air()
    item = next(
        one
        for one in bench.stage.do("GET", "/halls/main/offer/items", user="manager")
        if one["id"] == "lensmeter"
    )
    item.pop("authorised_until")
    item["notice"] = item["notice"]["text"]
    item["regulations"].append({"since": DAY, "value": "JJG 580-2026"})
    bench.stage.do("PUT", "/halls/main/offer/items/lensmeter", item, "manager")
    assert bench.refused("POST", f"/results/{id}/test", {"conclusion": "qualified"}) == "not_in_force"
    bench.saved(code)
    told = bench.do("POST", f"/results/{id}/test", {"conclusion": "qualified"})
    assert told["results"][0]["regulation"] == "JJG 580-2026"


def test_without_an_authorisation_nothing_is_signed(bench: Bench) -> None:
    id = bench.saved(bench.testing())
    bench.air()
    bench.stage.do("PUT", "/halls/main/offer/authorisations", [], "manager")
    assert bench.refused("POST", f"/results/{id}/test", {"conclusion": "qualified"}) == "not_authorised"


# Corrections ------------------------------------------------------------------------------------


def test_an_approved_result_is_put_right_only_by_a_later_version(bench: Bench) -> None:
    code = bench.testing()
    first = bench.approved(code)
    correct = f"/samples/{code}/correct"
    assert bench.refused("POST", correct, {"reason": ""}) == "reason_needed"
    begun = bench.do("POST", correct, {"reason": "型号写错"})
    assert [one["version"] for one in begun["results"]] == [2, 1]
    assert begun["results"][1]["state"] == "approved"
    assert bench.refused("POST", correct, {"reason": "再来"}) == "result_state"
    second = bench.saved(code, model="JD-2")
    bench.do("POST", f"/results/{second}/test", {"conclusion": "qualified"})
    bench.do("POST", f"/results/{second}/review", user="reviewer1")
    told = bench.do("POST", f"/results/{second}/approve", user="approver1")["results"]
    assert [(one["id"], one["state"]) for one in told] == [(second, "approved"), (first, "superseded")]
    assert [one["model"] for one in told] == ["JD-2", "JD-1"]
    assert bench.refused("POST", f"/results/{first}/approve", user="approver1") == "result_final"


# Another system ---------------------------------------------------------------------------------


@pytest.fixture
def partner(bench: Bench) -> str:
    body = {"name": "lims-1", "kind": "partner"}
    token: str = bench.stage.do("POST", "/halls/main/devices", body, "manager")["token"]
    return token


def sent(bench: Bench, token: str, code: str, **other: Any) -> Any:
    body = {
        "sample": code,
        "verifier": "verifier1",
        "values": GOOD,
        "standards": [STANDARD],
        "room": {"celsius": 21, "humidity": 45},
    }
    return bench.hall.request("POST", "/api/v1/halls/main/results", body | other, token)


def test_another_systems_result_is_tested_at_most(bench: Bench, partner: str) -> None:
    code = bench.testing()
    answer = sent(bench, partner, code, conclusion="qualified")
    assert (answer.status_code, answer.json()["state"]) == (201, "tested")
    shown = bench.do("GET", f"/samples/{code}")["results"][0]
    assert (shown["source"], shown["signatures"][0]["by"], shown["celsius"]) == ("lims-1", "一号检定员", 21)
    for step in ("review", "approve"):
        path = f"/api/v1/halls/main/lab/results/{shown['id']}/{step}"
        assert bench.hall.request("POST", path, None, partner).status_code == 403
    bench.do("POST", f"/results/{shown['id']}/review", user="reviewer1")


def test_another_systems_draft_is_signed_here(bench: Bench, partner: str) -> None:
    code = bench.testing()
    made = sent(bench, partner, code).json()
    assert made["state"] == "draft"
    bench.air()
    bench.do("POST", f"/results/{made['id']}/test", {"conclusion": "qualified"})


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"verifier": "clerk1"}, "credential_missing"),
        ({"verifier": "nobody"}, "staff_unknown"),
        ({"tested_on": "2025-12-31"}, "credential_missing"),
        ({"tested_on": "2026-11-21"}, "bad_request"),
        ({"tested_on": "2026-11-19"}, "bad_request"),
        ({"standards": ["BZ-404"]}, "standard_unknown"),
        ({"room": {"celsius": 40, "humidity": 45}}, "climate_unfit"),
        ({"values": BAD}, "values_bad"),
    ],
)
def test_another_systems_result_passes_the_same_gates(
    bench: Bench, partner: str, wrong: dict[str, Any], code: str
) -> None:
    piece = bench.testing()
    answer = sent(bench, partner, piece, **({"conclusion": "qualified"} | wrong))
    assert answer.json()["code"] == code
    assert bench.do("GET", f"/samples/{piece}")["results"] == []


# An order over several sections -----------------------------------------------------------------


def test_an_order_over_two_sections_is_done_only_when_both_are(bench: Bench) -> None:
    lines = [{"item": "lensmeter", "pieces": 1}, {"item": "price-scale", "pieces": 1}]
    case = walked_in(bench.hall, lines=lines, customer="sole_trader")
    lens, scale = received(bench.hall, case)
    number = case["order"]["number"]

    def parts() -> list[tuple[str, int, int]]:
        told = bench.do("GET", f"/orders/{number}")
        assert told["done"] is all(one["done"] == one["total"] for one in told["parts"])
        return [(one["section"], one["done"], one["total"]) for one in told["parts"]]

    assert parts() == [("光学室", 0, 1), ("力学室", 0, 1)]
    finish(bench.hall, lens)
    assert parts() == [("光学室", 1, 1), ("力学室", 0, 1)]
    assert order_state(bench.hall, number) == "in_progress"
    finish(bench.hall, scale)
    assert parts() == [("光学室", 1, 1), ("力学室", 1, 1)]
    assert order_state(bench.hall, number) == "ready"


def finish(hall: ServerThread, code: str) -> None:
    """The piece is ready, as the bench and the press would make it."""
    found: list[orders.Sample] = []

    def do(ledger: Any) -> None:
        one = orders.find_sample(ledger.connection, "main", code=code)
        assert one is not None
        found.append(one)

    change(hall, do)
    walked(hall, found[0].order, positions=[found[0].position])


def order_state(hall: ServerThread, number: str) -> str:
    found: str = rows(hall, select(t.orders.c.state).where(t.orders.c.number == number))[0].state
    return found


# Whatever is tried ------------------------------------------------------------------------------

OTHERS = ["save", "test", "review", "approve", "send-back", "correct", "air", "bad air", "later"]
OTHERS += ["out", "back", "expire", "renew"]
STEPS = st.sampled_from(["on"] * len(OTHERS) + OTHERS)
"""``on``: what would be right next, by who may; every other step is one that anybody might try."""
PEOPLE = st.sampled_from(["verifier1", "reviewer1", "approver1"])


def test_no_way_leads_to_an_approved_result_that_should_not_be(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    reached: list[str] = []

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(st.tuples(STEPS, PEOPLE), min_size=8, max_size=28))
    def try_all(steps: list[tuple[str, str]]) -> None:
        with served(*furnished_copy(tmp_path_factory.mktemp("walk"))) as hall:
            bench = Bench(hall)
            code = bench.testing()
            world: dict[str, Any] = {"out": False, "expired": set()}
            known: set[str] = set()
            for step, user in [("save", "verifier1"), *steps]:
                walk(bench, code, step, user, world)
                for one in approved(bench, code):
                    signers = {mark["role"]: mark["by"] for mark in one["signatures"]}
                    assert set(signers) == {"verifier", "reviewer", "approver"}
                    assert signers["verifier"] not in (signers["reviewer"], signers["approver"])
                    if one["id"] not in known:
                        # Approved just now: everything held when its last signature was given.
                        assert step in ("approve", "on")
                        assert not world["out"]
                        assert world["expired"] == set()
                        assert 15 <= one["celsius"] <= 30
                        assert one["standards"]
                        known.add(one["id"])
                        reached.append(one["id"])

    try_all()
    assert reached, "no way led to an approved result at all"


def approved(bench: Bench, code: str) -> list[Any]:
    return [one for one in bench.do("GET", f"/samples/{code}")["results"] if one["state"] == "approved"]


def walk(bench: Bench, code: str, step: str, user: str, world: dict[str, Any]) -> None:
    """One step, whatever it is answered."""

    def ask(method: str, path: str, body: object = None) -> bool:
        path = f"/api/v1/halls/main/lab{path}"
        answer = bench.hall.request(method, path, body, bench.stage.as_(user))
        assert answer.status_code < 500, answer.text
        return answer.status_code < 400

    known = bench.do("GET", f"/samples/{code}")["results"]
    last = known[0]["id"] if known else "0"
    state = f"/equipment/{STANDARD}/state"
    if step == "on":
        step, user = next_right(known)
        if step == "test":
            bench.air()
    match step:
        case "save":
            ask("PUT", f"/samples/{code}/result", {"values": GOOD, "standards": [STANDARD]})
        case "test":
            ask("POST", f"/results/{last}/test", {"conclusion": "qualified"})
        case "review" | "approve":
            ask("POST", f"/results/{last}/{step}")
        case "send-back":
            ask("POST", f"/results/{last}/send-back", {"reason": "x"})
        case "correct":
            ask("POST", f"/samples/{code}/correct", {"reason": "x"})
        case "air" | "bad air":
            bench.air(20 if step == "air" else 35)
        case "later":
            bench.hall.clock.now += timedelta(hours=1)
        case "out":
            world["out"] |= ask("POST", state, {"state": "out_of_service", "reason": "x"})
        case "back":
            ask("POST", f"/equipment/{STANDARD}/checks", {"good": True})
            world["out"] &= not ask("POST", state, {"state": "in_use", "reason": "x"})
        case "expire" | "renew":
            kind = {"verifier1": "verifier", "reviewer1": "reviewer", "approver1": "approver"}[user]
            credential(bench, user, kind, until="2026-11-19" if step == "expire" else "2027-11-19")
            (world["expired"].add if step == "expire" else world["expired"].discard)(user)


def next_right(known: list[Any]) -> tuple[str, str]:
    """(what comes next on the way to an approved result, by whom)."""
    match known[0]["state"] if known else "":
        case "draft":
            return ("test", "verifier1") if known[0]["values"] else ("save", "verifier1")
        case "tested":
            return "review", "reviewer1"
        case "reviewed":
            return "approve", "approver1"
        case "approved":
            return "correct", "verifier1"
        case _:
            return "save", "verifier1"
