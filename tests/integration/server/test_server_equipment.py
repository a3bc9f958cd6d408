"""Standards and devices, and the people who may sign: states by scan, checks, factors, the due list."""

from __future__ import annotations

from typing import Any

import pytest

from server.protocol import codes
from tests.servers import ServerThread

from .benches import STANDARD, Bench

GAUGE = {
    "number": "BZ-900",
    "section": "力学室",
    "name": {"zh": "标准测力仪", "en": "Force standard"},
    "uncertainty": "0.1 级",
    "certificate": "X-1",
    "until": "2027-11-19",
    "check_days": 30,
}
TRAINING = {
    "user": "verifier2",
    "kind": "training",
    "title": "操作培训",
    "since": "2025-11-20",
    "until": "2026-11-19",
}


@pytest.fixture
def bench(hall: ServerThread) -> Bench:
    return Bench(hall)


def entered(bench: Bench, **other: Any) -> Any:
    return bench.do("POST", "/equipment", GAUGE | other, "manager")


def put(bench: Bench, code: str, state: str, reason: str = "x") -> Any:
    return bench.do("POST", f"/equipment/{code}/state", {"state": state, "reason": reason})


def test_each_piece_has_its_own_number_and_code(bench: Bench) -> None:
    one = entered(bench)
    found = codes.read(one["code"])
    assert isinstance(found, codes.Code)
    assert (found.kind, one["number"], one["state"], one["colour"]) == ("E", "BZ-900", "in_use", "green")
    assert bench.refused("POST", "/equipment", GAUGE, "manager") == "already_exists"
    assert bench.refused("POST", "/equipment", GAUGE | {"number": "BZ-901"}) == "forbidden"


def test_a_scan_shows_the_state_as_it_is_now(bench: Bench) -> None:
    code = entered(bench)["code"]

    def scanned() -> tuple[str, str, str]:
        one = bench.do("GET", f"/equipment/{code}", user="clerk1")
        return one["colour"], one["label"]["zh"], one["reason"]

    assert scanned() == ("green", "合格", "")
    put(bench, code, "limited", "大端超差")
    assert scanned() == ("yellow", "准用", "大端超差")
    put(bench, code, "out_of_service", "漂移")
    assert scanned() == ("red", "停用", "漂移")
    assert bench.refused("GET", f"/equipment/{codes.code_of('E', 1)}") == "equipment_unknown"


def test_an_expired_standard_has_a_red_label(bench: Bench) -> None:
    one = entered(bench, until="2026-11-19")
    assert (one["colour"], one["expired"], one["label"]["zh"]) == ("red", True, "停用（过期）")


def test_what_was_taken_out_needs_a_good_check_to_come_back(bench: Bench) -> None:
    code = entered(bench)["code"]
    put(bench, code, "out_of_service")
    body = {"state": "in_use", "reason": "好了"}
    assert bench.refused("POST", f"/equipment/{code}/state", body) == "check_needed"
    bench.do("POST", f"/equipment/{code}/checks", {"good": False, "remark": "仍漂移"})
    assert bench.refused("POST", f"/equipment/{code}/state", body) == "check_needed"
    bench.do("POST", f"/equipment/{code}/checks", {"good": True})
    back = put(bench, code, "in_use", "核查合格")
    assert (back["state"], [one["good"] for one in back["checks"]]) == ("in_use", [True, False])


def test_a_bad_check_isolates_it_at_once(bench: Bench) -> None:
    code = entered(bench)["code"]
    told = bench.do("POST", f"/equipment/{code}/checks", {"good": False, "remark": "超差"})
    assert (told["state"], told["reason"]) == ("out_of_service", "超差")


def test_a_check_of_tomorrow_is_none(bench: Bench) -> None:
    code = entered(bench)["code"]
    body = {"good": True, "on": "2026-11-21"}
    assert bench.refused("POST", f"/equipment/{code}/checks", body) == "bad_request"


def test_factors_are_versioned_and_a_result_keeps_the_version_of_its_day(bench: Bench) -> None:
    piece = bench.testing()
    bench.saved(piece)
    code = bench.do("GET", f"/equipment/{STANDARD}")["code"]
    body = {"since": "2026-11-20", "values": [{"where": "+10 m⁻¹", "value": "-0.02"}]}
    told = bench.do("POST", f"/equipment/{code}/factors", body, "manager")
    assert [one["version"] for one in told["factors"]] == [2, 1]

    def version() -> int:
        found: int = bench.do("GET", f"/samples/{piece}")["results"][0]["standards"][0]["factors"]
        return found

    assert version() == 1
    bench.saved(piece)
    assert version() == 2
    later = body | {"since": "2026-11-21"}
    bench.do("POST", f"/equipment/{code}/factors", later, "manager")
    bench.saved(piece)
    assert version() == 2


def test_saying_anew_what_it_is_keeps_its_book(bench: Bench) -> None:
    code = entered(bench)["code"]
    bench.do("POST", f"/equipment/{code}/checks", {"good": True})
    told = bench.do("PUT", f"/equipment/{code}", GAUGE | {"certificate": "X-2"}, "manager")
    assert (told["certificate"], len(told["checks"]), told["code"]) == ("X-2", 1, code)
    taken = GAUGE | {"number": STANDARD}
    assert bench.refused("PUT", f"/equipment/{code}", taken, "manager") == "already_exists"


# People -----------------------------------------------------------------------------------------


def due(bench: Bench) -> list[tuple[str, str, bool]]:
    return [(one["what"], one["who"], one["lapsed"]) for one in bench.do("GET", "/people")["due"]]


def test_the_due_list_shows_what_lapses(bench: Bench) -> None:
    assert due(bench) == []
    bench.do("POST", "/credentials", TRAINING, "manager")
    entered(bench, until="2027-01-19")
    assert due(bench) == [
        ("training", "二号检定员", True),
        ("check", "BZ-900", False),
        ("traceability", "BZ-900", False),
    ]
    bench.do("POST", "/credentials", TRAINING | {"until": "2027-11-19"}, "manager")
    assert ("training", "二号检定员", True) not in due(bench)


def test_credentials_are_the_managers_to_enter(bench: Bench) -> None:
    assert bench.refused("POST", "/credentials", TRAINING) == "forbidden"
    stray = TRAINING | {"user": "nobody"}
    assert bench.refused("POST", "/credentials", stray, "manager") == "staff_unknown"
    assert bench.refused("PUT", f"/credentials/{'0' * 32}", TRAINING, "manager") == "credential_unknown"
    assert bench.refused("DELETE", f"/credentials/{'0' * 32}", user="manager") == "credential_unknown"
    turned = TRAINING | {"until": "2025-01-01"}
    assert bench.refused("POST", "/credentials", turned, "manager") == "bad_request"


def test_a_credential_that_is_taken_back_signs_no_more(bench: Bench) -> None:
    piece = bench.testing()
    bench.saved(piece)
    held = bench.do("GET", "/people")["credentials"]
    one = next(one for one in held if (one["user"], one["kind"]) == ("verifier1", "verifier"))
    bench.do("DELETE", f"/credentials/{one['id']}", user="manager")
    assert bench.refused("PUT", f"/samples/{piece}/result", {}) == "credential_missing"


# Rooms ------------------------------------------------------------------------------------------


def test_a_record_is_of_a_section_that_there_is(bench: Bench) -> None:
    body = {"section": "茶水间", "celsius": 20, "humidity": 50}
    assert bench.refused("POST", "/climate", body) == "climate_bad"
    bench.air(21.44, 48.06)
    seen = bench.do("GET", "/climate?section=光学室")
    room = next(one for one in seen["rooms"] if one["section"] == "光学室")
    assert (room["celsius"], room["humidity"], room["fresh"], room["by"]) == (21.4, 48.1, True, "一号检定员")
    assert len(seen["history"]) == 1
    bench.hall.clock.advance(minutes=121)
    assert not bench.do("GET", "/bench")["sections"][0]["room"]["fresh"]
