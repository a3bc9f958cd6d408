"""Samples change hands by a pair of scans: who holds a piece is never in doubt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from server.store import tables as t
from server.store.engine import reading
from tests.servers import ServerThread

from .counter import CASES, Counter
from .visits import SHOP

HANDS = "/halls/main/handovers"
NEW = {"lines": [{"item": "lensmeter", "pieces": 1}], "customer": SHOP, "consent": "1"}


@pytest.fixture
def clerk(hall: ServerThread) -> Counter:
    return Counter(hall)


@pytest.fixture
def lab(hall: ServerThread) -> Counter:
    return Counter(hall, "verifier1")


def accepted(clerk: Counter, item: str = "lensmeter", pieces: int = 1) -> Any:
    body = {"lines": [{"item": item, "pieces": pieces}], "customer": SHOP, "consent": "1"}
    return clerk.sign(clerk.save(clerk.do("POST", CASES, body)))


def codes_of(case: Any) -> list[str]:
    return [piece["code"] for piece in case["pieces"]]


def give(by: Counter, to: str, samples: list[str], *, careful: bool = False) -> str:
    """The id of the hand-over."""
    by.do("POST", HANDS, {"taker": to, "samples": samples, "careful": careful})
    open_ones = by.do("GET", HANDS)["handovers"]
    [id] = [one["id"] for one in open_ones if one["mine"] and one["taker"]["id"] == f"staff:{to}"]
    return str(id)


def holder(by: Counter, code: str) -> str:
    found: str = by.do("POST", f"{HANDS}/whose", {"code": code})["holder"]["id"]
    return found


def test_a_piece_is_the_takers_only_once_they_scanned_it(clerk: Counter, lab: Counter) -> None:
    case = accepted(clerk, pieces=2)
    first, second = codes_of(case)
    id = give(clerk, "verifier1", [first, case["pieces"][1]["flow"]])
    assert holder(clerk, first) == "staff:clerk1"
    waiting = lab.do("GET", HANDS)["handovers"][0]
    assert (waiting["mine"], len(waiting["pieces"])) == (False, 2)
    lab.do("POST", f"{HANDS}/{id}/take", {"samples": [first]})
    assert holder(lab, first) == "staff:verifier1"
    assert holder(lab, second) == "staff:clerk1", "what was not scanned stays"
    assert lab.refused("POST", f"{HANDS}/{id}/take", {"samples": [second]}) == (409, "handover_over")


def test_the_wrong_custodian_can_give_nothing(hall: ServerThread, clerk: Counter, lab: Counter) -> None:
    [code] = codes_of(accepted(clerk))
    body = {"taker": "clerk2", "samples": [code]}
    assert lab.refused("POST", HANDS, body) == (409, "wrong_custodian")
    answer = hall.request("POST", f"/api/v1{HANDS}", body, lab.token, Accept_Language="zh")
    assert "一号受理员" in answer.json()["detail"], "it is said who has it"
    id = give(clerk, "clerk2", [code])
    assert lab.refused("POST", f"{HANDS}/{id}/take", {"samples": [code]}) == (404, "handover_unknown")
    again = give(clerk, "verifier1", [code])
    Counter(hall, "clerk2").do("POST", f"{HANDS}/{id}/take", {"samples": [code]})
    assert lab.refused("POST", f"{HANDS}/{again}/take", {"samples": [code]}) == (409, "wrong_custodian")


def test_a_fragile_piece_needs_the_tick_and_a_shelf_for_it(clerk: Counter, lab: Counter) -> None:
    [code] = codes_of(accepted(clerk, "trial-lenses"))
    bare = {"taker": "verifier1", "samples": [code]}
    assert clerk.refused("POST", HANDS, bare) == (422, "fragile_not_ticked")
    onto = {"samples": [code], "careful": True}
    assert clerk.refused("POST", f"{HANDS}/shelve", onto | {"shelf": "SHELF-A1"}) == (422, "taker_bad")
    assert clerk.refused("POST", f"{HANDS}/shelve", onto | {"shelf": "F1"}) == (422, "taker_bad")
    clerk.do("POST", f"{HANDS}/shelve", onto | {"shelf": "shelf-f1"})
    assert holder(clerk, code) == "shelf:f1"
    assert lab.refused("POST", f"{HANDS}/fetch", {"shelf": "SHELF-F1", "samples": [code]}) == (
        422,
        "fragile_not_ticked",
    )
    lab.do("POST", f"{HANDS}/fetch", onto | {"shelf": "SHELF-F1"})
    assert holder(lab, code) == "staff:verifier1"


def test_the_lab_takes_a_piece_to_its_queue_or_to_its_rest(clerk: Counter, lab: Counter) -> None:
    plain, gauge = accepted(clerk), accepted(clerk, "sphygmomanometer")
    for case, state in ((plain, "queued"), (gauge, "acclimatising")):
        [code] = codes_of(case)
        id = give(clerk, "verifier1", [code], careful=True)
        moved = lab.do("POST", f"{HANDS}/{id}/take", {"samples": [code], "careful": True})
        assert moved["pieces"][0]["state"] == state
        assert clerk.case(case["id"])["state"] == "in_progress"


def test_between_counters_a_received_piece_stays_received(hall: ServerThread, clerk: Counter) -> None:
    [code] = codes_of(accepted(clerk))
    id = give(clerk, "clerk2", [code])
    moved = Counter(hall, "clerk2").do("POST", f"{HANDS}/{id}/take", {"samples": [code]})
    assert moved["pieces"][0]["state"] == "received"


def test_a_hand_over_that_is_withdrawn_moves_nothing(clerk: Counter, lab: Counter) -> None:
    [code] = codes_of(accepted(clerk))
    id = give(clerk, "verifier1", [code])
    clerk.do("POST", f"{HANDS}/{id}/withdraw")
    assert lab.refused("POST", f"{HANDS}/{id}/take", {"samples": [code]}) == (409, "handover_over")
    assert holder(clerk, code) == "staff:clerk1"
    assert clerk.do("GET", HANDS)["handovers"] == []


def test_what_nobody_knows_or_is_not_here_moves_nowhere(clerk: Counter) -> None:
    accepted(clerk)
    for samples, status, code in (
        (["no such label"], 404, "sample_unknown"),
        (["S123"], 422, "code_torn"),
        ([" "], 422, "code_unreadable"),
    ):
        assert clerk.refused("POST", HANDS, {"taker": "clerk2", "samples": samples}) == (status, code)
    assert clerk.refused("POST", HANDS, {"taker": "east-clerk1", "samples": ["S123"]}) == (422, "taker_bad")


def test_every_change_of_hands_is_in_the_journal_with_both_scans(
    hall: ServerThread, clerk: Counter, lab: Counter
) -> None:
    case = accepted(clerk)
    [code] = codes_of(case)
    lab.do("POST", f"{HANDS}/{give(clerk, 'verifier1', [code])}/take", {"samples": [code]})
    lab.do("POST", f"{HANDS}/shelve", {"shelf": "SHELF-B1", "samples": [code]})
    engine = hall.app.state.core.halls.engine
    with reading(engine).begin() as connection:
        rows = connection.execute(
            select(t.journal).where(t.journal.c.subject == code, t.journal.c.kind == "custody.moved")
        )
        told = [json.loads(row.payload) for row in rows]
    assert [(one["from"], one["to"], one["scans"]) for one in told] == [
        ("staff:clerk1", "staff:verifier1", ["staff:clerk1", "staff:verifier1"]),
        ("staff:verifier1", "shelf:b1", ["staff:verifier1", "SHELF-B1"]),
    ]
    texts = [step["text"]["zh"] for step in clerk.case(case["id"])["timeline"]]
    assert any("B1 待检架" in text for text in texts)


def test_a_shelf_on_which_something_lies_stays(hall: ServerThread, clerk: Counter) -> None:
    [code] = codes_of(accepted(clerk))
    clerk.do("POST", f"{HANDS}/shelve", {"shelf": "SHELF-A1", "samples": [code]})
    manager = Counter(hall, "manager")
    assert manager.refused("PUT", f"{CASES}/places", {"shelves": [], "sites": []}) == (409, "still_used")
    counts = {one["id"]: one["pieces"] for one in manager.do("GET", HANDS)["shelves"]}
    assert counts["a1"] == 1


def test_two_takers_at_once_cannot_both_have_it(hall: ServerThread, clerk: Counter, lab: Counter) -> None:
    [code] = codes_of(accepted(clerk))
    other = Counter(hall, "clerk2")
    offers = [(lab, give(clerk, "verifier1", [code])), (other, "")]
    clerk.do("POST", HANDS, {"taker": "clerk2", "samples": [code]})
    offers[1] = (other, other.do("GET", HANDS)["handovers"][0]["id"])
    path = "/api/v1" + HANDS + "/{}/take"
    answers = [
        hall.request("POST", path.format(id), {"samples": [code]}, taker.token).status_code
        for taker, id in offers
    ]
    assert sorted(answers) == [200, 409]


def test_the_bench_reads_the_plate_as_acceptance_wrote_it(clerk: Counter, lab: Counter) -> None:
    body = {"lines": [{"item": "lensmeter", "pieces": 1}], "customer": SHOP, "consent": "1"}
    case = clerk.do("POST", CASES, body)
    [code] = codes_of(case)
    plate = {"seen": "scan", "maker": "甲厂", "model": "LM-7", "serial": "0042"}
    case = clerk.sign(clerk.save(case, pieces={code: plate}))
    assert case["pieces"][0]["serial"] == "0042"
    lab.do("POST", f"{HANDS}/{give(clerk, 'verifier1', [code])}/take", {"samples": [code]})
    sheet = lab.do("GET", f"/halls/main/lab/samples/{code}")
    assert (sheet["maker"], sheet["model"]) == ("甲厂", "LM-7")


def test_each_database_keeps_a_case_from_the_counter_to_the_lab(either: ServerThread) -> None:
    clerk, lab = Counter(either), Counter(either, "verifier1")
    case = accepted(clerk, pieces=2)
    assert clerk.photo(case).status_code == 201
    referral = {"order": case["id"], "way": "matter", "to": "甲", "reason": "乙", "due": "2026-12-01"}
    clerk.do("POST", "/halls/main/referrals", referral)
    codes = codes_of(case)
    lab.do("POST", f"{HANDS}/{give(clerk, 'verifier1', codes)}/take", {"samples": codes})
    waiting = clerk.open(clerk.do("POST", CASES, NEW)["number"])
    for missing in (["铭牌"], ["铭牌", "附件"]):
        told = clerk.do("POST", f"{CASES}/{waiting['id']}/notices", {"missing": missing})
    assert [one["late"] for one in told["demands"]] == [False, True]
    seen = clerk.case(case["id"])
    assert seen["state"] == "in_progress"
    assert len(seen["pieces"][0]["photos"]) == 1
    assert [one["state"] for one in clerk.do("GET", "/halls/main/referrals")] == ["sent"]
    assert clerk.do("GET", CASES)["counts"] == {"in_progress": 1, "supplement_required": 1}
