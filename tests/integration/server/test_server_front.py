"""What other programs rely on: health, figures, and the names and shapes that the contract fixes."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server import __version__
from tests.integration.server.roles import API
from tests.integration.server.stage import Stage
from tests.servers import ServerThread

CONTRACT: dict[str, set[str]] = {
    "GET /healthz 200": {"status", "version"},
    "POST /api/v1/sessions 201": {"token", "user", "roles"},
    "GET /api/v1/halls/{hall} 200": {"id", "services", "counters"},
    "POST /api/v1/halls/{hall}/tickets 201": {
        *("id", "code", "number", "service", "state", "ahead", "wait", "issued_at", "url"),
    },
    "GET /api/v1/tickets/{code} 200": {"id", "code", "number", "service", "state", "ahead", "wait"},
    **{
        f"POST /api/v1/halls/{{hall}}/counters/{{counter}}/{step} 200": {"counter", "state"}
        for step in ("open", "close", "pause", "resume")
    },
    "POST /api/v1/halls/{hall}/counters/{counter}/call-next 200": {"ticket", "why"},
    **{
        f"POST /api/v1/tickets/{{id}}/{step} 200": {"id", "number", "service", "state"}
        for step in ("recall", "start", "done", "miss", "park", "resume", "cancel", "transfer")
    },
}
"""Method, path and status → fields that must be there (more may be)."""


@pytest.fixture(scope="module")
def described(shared: ServerThread) -> dict[str, Any]:
    told: dict[str, Any] = shared.request("GET", "/api/openapi.json").json()
    return told


def schema_of(described: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    name = told.get("$ref", "").rpartition("/")[2]
    return dict(described["components"]["schemas"][name]) if name else told


@pytest.mark.parametrize("fixed", CONTRACT)
def test_the_description_has_what_the_contract_fixes(described: dict[str, Any], fixed: str) -> None:
    method, path, status = fixed.split()
    answer = described["paths"][path][method.lower()]["responses"][status]
    schema = schema_of(described, answer["content"]["application/json"]["schema"])
    assert CONTRACT[fixed] <= set(schema["properties"])
    assert CONTRACT[fixed] <= set(schema["required"])


def test_the_description_is_of_openapi_3_1_and_whole(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert described["info"]["version"] == __version__
    told = {
        (method.upper(), path) for path, operations in described["paths"].items() for method in operations
    }
    assert told == set(API) - {("GET", "/metrics"), ("GET", "/api/openapi.json")}


def test_the_description_says_who_may_ask(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            public = "anonymous" in API[(method.upper(), path)]
            asked = operation.get("security", [])
            # An empty way in beside the others: anybody may ask, and who signs in is told apart.
            assert (bool(asked) and {} not in asked) != public, (method, path)


def test_every_refusal_is_described_as_a_problem(described: dict[str, Any]) -> None:
    problem = described["components"]["schemas"]["Problem"]
    assert {"code", "title", "detail"} <= set(problem["required"])
    for operations in described["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert set(answer["content"]) == {"application/problem+json"}


def test_a_body_of_the_contract_is_all_that_is_needed(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert set(schemas["SignIn"]["required"]) == {"user", "password"}
    assert set(schemas["TakeNumber"]["required"]) == {"service"}
    assert {"priority", "language"} <= set(schemas["TakeNumber"]["properties"])
    assert set(schemas["Transfer"]["required"]) == {"service"}


def test_the_demo_hall_is_the_one_that_is_promised(shared: ServerThread) -> None:
    told = shared.request("GET", "/api/v1/halls/main").json()
    assert [(one["id"], one["prefix"]) for one in told["services"]] == [
        ("accept", "A"),
        ("submit", "B"),
        ("pickup", "C"),
        ("consult", "D"),
        ("green", "G"),
    ]
    for service in told["services"]:
        assert {"id", "name", "prefix", "waiting", "wait"} <= set(service)
        assert set(service["wait"]) == {"low", "high"}
    assert [one["counter"] for one in told["counters"]] == ["1", "2", "3", "4"]
    assert set(shared.credentials["devices"]) >= {"kiosk-1", "display-1"}
    assert set(shared.credentials["users"]) >= {"admin", "manager", "clerk1", "clerk2", "clerk3", "clerk4"}


def test_a_ticket_is_what_the_contract_says(shared: ServerThread) -> None:
    issued = shared.take_number("pickup")
    assert (issued["number"], issued["state"], issued["ahead"]) == ("C001", "waiting", 0)
    assert issued["url"] == f"{shared.url}/t/{issued['code']}"
    assert issued["id"] != issued["code"]
    assert 0 <= issued["wait"]["low"] <= issued["wait"]["high"]
    assert issued["issued_at"] == "2026-11-20T12:00:00+08:00"
    view = shared.request("GET", f"/api/v1/tickets/{issued['code']}").json()
    assert {name: view[name] for name in ("id", "code", "number", "service", "state", "ahead", "wait")} == {
        name: issued[name] for name in ("id", "code", "number", "service", "state", "ahead", "wait")
    }


def test_health_names_the_version_to_anyone(shared: ServerThread) -> None:
    answer = shared.request("GET", "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})


def figures(server: ServerThread) -> dict[tuple[str, ...], float]:
    text = server.request("GET", "/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_hall(hall: ServerThread) -> None:
    stage = Stage(hall)
    before = figures(hall)
    stage.called()
    stage.take()
    with hall.live("board:main") as link:
        link.recv(timeout=30)
        after = figures(hall)
    assert after[("liqu_waiting", "main", "accept")] == 1
    assert after[("liqu_tickets_today", "main")] == 2
    assert after[("liqu_counters_open", "main")] == 1
    assert after[("liqu_live_clients",)] == 1
    assert after[("liqu_commands_waiting", "main")] == 0
    assert after[("liqu_commands_total", "main")] == before[("liqu_commands_total", "main")] + 4
    assert after[("liqu_waiting", "east", "accept")] == 0
    assert after[("process_resident_memory_bytes",)] > 0


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1", "nonsense", "127.0.0.1"])
def test_the_figures_are_for_this_machine_alone(shared: ServerThread, address: str) -> None:
    answer = shared.request("GET", "/metrics", X_Forwarded_For=address)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_figures_name_nobody_and_do_not_grow_with_what_is_asked(shared: ServerThread) -> None:
    names = set(figures(shared))
    for path in ("/api/v1/halls/one", "/api/v1/halls/two", "/nothing"):
        shared.request("GET", path)
    assert set(figures(shared)) == names
    assert not any("clerk" in label or "kiosk" in label for name in names for label in name)


def test_an_address_of_nothing_is_a_page_for_people_and_a_problem_in_the_api(shared: ServerThread) -> None:
    seen = shared.request("GET", "/nothing", Accept_Language="en")
    assert (seen.status_code, seen.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert 'lang="en"' in seen.text
    told = shared.request("GET", "/api/v1/nothing", Accept="text/html")
    assert (told.status_code, told.json()["code"]) == (404, "not_found")
