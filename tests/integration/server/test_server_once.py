"""Idempotency keys: the same key with the same request gives the same answer, whatever comes between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from tests.integration.server.stage import Stage
from tests.servers import ServerThread, furnished_copy, served

TICKETS = "/api/v1/halls/main/tickets"
KEY = "3f0c7b0e-one-press"


def take(server: ServerThread, key: str = KEY, token: str = "", **body: Any) -> requests.Response:
    token = token or server.credentials["devices"]["kiosk-1"]
    return server.request("POST", TICKETS, {"service": "accept"} | body, token, Idempotency_Key=key)


def test_a_kiosk_that_lost_the_answer_gets_the_same_ticket(either: ServerThread) -> None:
    first, again = take(either), take(either)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert either.request("GET", "/api/v1/halls/main").json()["services"][0]["waiting"] == 1


def test_presses_at_the_same_moment_give_one_ticket(either: ServerThread) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: take(either), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert either.request("GET", "/api/v1/halls/main").json()["services"][0]["waiting"] == 1


def test_a_key_with_another_wish_changes_nothing(either: ServerThread) -> None:
    take(either)
    other = take(either, service="submit")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    waiting = {
        one["id"]: one["waiting"] for one in either.request("GET", "/api/v1/halls/main").json()["services"]
    }
    assert (waiting["accept"], waiting["submit"]) == (1, 0)


def test_a_key_belongs_to_who_made_it(hall: ServerThread) -> None:
    mine, theirs = take(hall), take(hall, token=hall.sign_in("clerk1"))
    assert mine.json()["number"] == "A001"
    assert theirs.json()["number"] == "A002"


def test_a_refused_wish_may_be_repeated_when_it_can_be_granted(hall: ServerThread) -> None:
    stage = Stage(hall)
    stage.settings(shut=True)
    assert take(hall).json()["code"] == "hall_closed"
    stage.settings(shut=False)
    assert take(hall).json()["number"] == "A001"


def test_a_second_press_of_call_next_calls_nobody_else(either: ServerThread) -> None:
    stage = Stage(either)
    stage.counter("open")
    first, _ = stage.take(), stage.take()
    path, token = "/api/v1/halls/main/counters/1/call-next", stage.as_("clerk1")
    answers = [either.request("POST", path, None, token, Idempotency_Key=KEY).json() for _ in range(2)]
    assert [answer["ticket"]["id"] for answer in answers] == [first, first]


def test_a_step_that_was_done_is_told_again_not_refused(either: ServerThread) -> None:
    stage = Stage(either)
    ticket = stage.step(stage.called(), "start")
    token = stage.as_("clerk1")
    path = f"/api/v1/tickets/{ticket}/done"
    answers = [either.request("POST", path, None, token, Idempotency_Key=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


def test_the_answer_outlives_the_server(tmp_path: Path) -> None:
    database, credentials = furnished_copy(tmp_path)
    with served(database, credentials) as server:
        first = take(server).json()
    with served(database, credentials) as server:
        again = take(server).json()
    # The address of the live page is the one of the server that gave the ticket.
    assert again == first


def test_a_manager_who_lost_the_answer_gets_the_same_password_and_token(either: ServerThread) -> None:
    manager = either.sign_in("manager")
    staff = {"user": "newcomer", "name": "新人", "roles": ["clerk"]}
    device = {"name": "kiosk-9", "kind": "kiosk"}
    for path, body, secret in (("staff", staff, "password"), ("devices", device, "token")):
        address = f"/api/v1/halls/main/{path}"
        answers = [
            either.request("POST", address, body, manager, Idempotency_Key=KEY + path) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()[secret]
        assert answers[0].json() == answers[1].json()
    assert either.request("GET", "/api/v1/halls/main/staff", token=manager).text.count("newcomer") == 1


def test_a_secret_is_told_again_by_the_process_that_made_it_only(tmp_path: Path) -> None:
    database, credentials = furnished_copy(tmp_path)
    body = {"name": "kiosk-9", "kind": "kiosk"}
    with served(database, credentials) as server:
        manager = server.sign_in("manager")
        made = server.request("POST", "/api/v1/halls/main/devices", body, manager, Idempotency_Key=KEY).json()
    assert made["token"].encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    with served(database, credentials) as server:
        again = server.request("POST", "/api/v1/halls/main/devices", body, manager, Idempotency_Key=KEY)
        assert (again.status_code, again.json()["token"]) == (201, None)
        assert server.request("GET", "/api/v1/sessions/current", token=made["token"]).status_code == 200
