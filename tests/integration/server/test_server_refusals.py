"""Refusals: the contract's status, code and shape, and a sentence in the person's language."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from server.protocol.errors import CODES
from tests.integration.server import (  # noqa: F401 - add their cases
    booking_refusals,
    certificate_refusals,
    health_refusals,
    intake_refusals,
    keeping_refusals,
    lab_refusals,
    pickup_refusals,
    security_refusals,
)
from tests.integration.server.refusals import CASES, Ask, Case
from tests.integration.server.stage import Stage
from tests.servers import ServerThread, furnished_copy, served
from tests.waiting import LIMIT, until

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = re.compile("一号受理员|二号检定员|光学室")
"""People and sections of the demo hall: a name stays as it is in every language."""
SHAPE = {"type", "title", "status", "code", "detail"}
HOLES = re.compile(r"[{}]|：(?:$|。)|[：:]\s*[.。]|  |None")
"""What a sentence looks like whose place was left empty."""


def sent(server: ServerThread, ask: Ask, language: str) -> requests.Response:
    headers = ask.headers | {"Accept-Language": language}
    return server.request(ask.method, ask.path, ask.body, ask.token, **headers)


def told(answer: requests.Response, code: str, status: int, language: str) -> tuple[str, str]:
    """(title, detail) of a problem that is as the contract says."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert set(problem) == SHAPE
    assert problem["status"] == status
    assert problem["type"] == f"urn:liqu:problem:{code}"
    assert answer.headers["Content-Language"] == language
    for sentence in (problem["title"], problem["detail"]):
        assert sentence
        assert not HOLES.search(sentence), sentence
        assert bool(CHINESE.search(NAMES.sub("", sentence))) == (language == "zh"), sentence
    return problem["title"], problem["detail"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_refusal_says_what_to_do_in_the_asked_language(hall: ServerThread, case: Case) -> None:
    ask = case.prepare(Stage(hall))
    before = hall.request("GET", "/api/v1/halls/main").json()
    chinese = told(sent(hall, ask, "zh-CN,zh;q=0.9,en;q=0.8"), case.code, case.status, "zh")
    english = told(sent(hall, ask, "en-GB"), case.code, case.status, "en")
    assert chinese != english
    assert hall.request("GET", "/api/v1/halls/main").json() == before


ELSEWHERE = {"too_many_requests", "busy", "unavailable", "link_over", "export_too_large"}
ELSEWHERE |= {"stopping", "disk_full", "disk_read_only", "database_damaged"}
"""Refusals of a server under strain: below; and of a link, which is told by a page."""


def test_there_is_a_case_for_every_code() -> None:
    assert {case.code for case in CASES} | ELSEWHERE == set(CODES)


def test_a_closed_hall_names_its_hours(hall: ServerThread) -> None:
    stage = Stage(hall)
    ask = next(case for case in CASES if case.prepare.__name__ == "out_of_hours").prepare(stage)
    assert "08:30–17:00" in sent(hall, ask, "zh").json()["detail"]
    assert hall.request("GET", "/api/v1/halls/main").json()["state"] == "closed"


def test_a_service_is_named_in_the_readers_language(hall: ServerThread) -> None:
    stage = Stage(hall)
    stage.service("submit", active=False)
    ask = Ask("POST", "/api/v1/halls/main/tickets", stage.as_("clerk1"), {"service": "submit"})
    assert "普通受理" in sent(hall, ask, "zh").json()["title"]
    assert "Drop-off" in sent(hall, ask, "en").json()["title"]


@pytest.mark.parametrize(
    ("wish", "given"),
    [("en;q=0.2, zh", "zh"), ("fr, en;q=0.4, zh;q=0.1", "en"), ("fr", "zh"), ("en;q=0", "zh")],
)
def test_the_language_most_wished_is_spoken(shared: ServerThread, wish: str, given: str) -> None:
    assert sent(shared, Ask("GET", "/api/v1/halls/none"), wish).headers["Content-Language"] == given


def test_a_call_on_an_empty_queue_is_no_error_and_says_so(hall: ServerThread) -> None:
    stage = Stage(hall)
    stage.counter("open")
    ask = Ask("POST", "/api/v1/halls/main/counters/1/call-next", stage.as_("clerk1"))
    for language, why in (("zh", "没有可呼叫的号。"), ("en", "There is nobody to call.")):
        answer = sent(hall, ask, language)
        assert (answer.status_code, answer.json()) == (200, {"ticket": None, "why": why})


PHONE = "13812345678"
BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"service=accept",
    "half of it": b'{"service": "acc',
    "no UTF-8": b'{"service": "\xff\xfe"}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "a name too much": f'{{"service": "accept", "{PHONE}": 1}}'.encode(),
    "a phone number for a service": f'{{"service": "{PHONE} x"}}'.encode(),
    "half a sign": b'{"service": "accept", "reason": "\\ud800"}',
    "half a sign for a name": b'{"service": "accept", "\\ud800": 1}',
    "a NUL": b'{"service": "accept", "reason": "\\u0000"}',
    "very deep": b"[" * 30_000,
    "a priority that is none": b'{"service": "accept", "priority": "vip"}',
    "a list for a word": b'{"service": ["accept"]}',
    "too many that follow": b'{"service": "accept", "then": ["a","a","a","a","a"]}',
    "a reason without end": b'{"service": "accept", "reason": "' + b"x" * 201 + b'"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_malformed_body_is_refused_without_repeating_it(shared: ServerThread, body: bytes) -> None:
    for user in ("kiosk-1", "clerk1"):
        token = shared.credentials["devices"].get(user) or shared.sign_in(user)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = "a-key-of-a-bad-body"
        answer = requests.post(
            f"{shared.url}/api/v1/halls/main/tickets", data=body, headers=headers, timeout=LIMIT
        )
        told(answer, "bad_request", 422, "zh")
        assert PHONE not in answer.text
    assert all(one["waiting"] == 0 for one in shared.request("GET", "/api/v1/halls/main").json()["services"])


def test_a_body_of_another_kind_is_refused(shared: ServerThread) -> None:
    token = shared.credentials["devices"]["kiosk-1"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    address = f"{shared.url}/api/v1/halls/main/tickets"
    answer = requests.post(address, data='{"service": "accept"}', headers=headers, timeout=LIMIT)
    told(answer, "bad_request", 422, "zh")


@pytest.mark.parametrize(("language", "path"), [("zh", "/api/v1/sessions"), ("en", "/sign-in")])
def test_a_body_too_large_is_turned_away_unread(shared: ServerThread, language: str, path: str) -> None:
    answer = requests.post(
        shared.url + path, data=b"x" * 70_000, headers={"Accept-Language": language}, timeout=LIMIT
    )
    assert "64 KB" in told(answer, "bad_request", 413, language)[1]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_of_unknown_length_is_turned_away(shared: ServerThread) -> None:
    def endless() -> Iterator[bytes]:
        yield b"{}"

    answer = requests.post(f"{shared.url}/api/v1/sessions", data=endless(), timeout=LIMIT)
    told(answer, "bad_request", 411, "zh")


def test_another_method_is_told_which_there_are(shared: ServerThread) -> None:
    answer = shared.request("DELETE", "/api/v1/sessions")
    told(answer, "bad_request", 405, "zh")
    assert answer.headers["Allow"] == "POST"


# A server under strain -------------------------------------------------------------------------


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program holds the database's write lock."""
    other = sqlite3.connect(folder / "liqu.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_database_that_cannot_be_used_is_said_and_got_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.engine.BUSY_SECONDS", 0.1)
    with served(*furnished_copy(tmp_path)) as server:
        kiosk = server.credentials["devices"]["kiosk-1"]
        ask = Ask("POST", "/api/v1/halls/main/tickets", kiosk, {"service": "accept"})
        ask.headers["Idempotency-Key"] = "one-press-of-a-button"
        with locked(tmp_path):
            for language in ("zh", "en"):
                answer = sent(server, ask, language)
                told(answer, "unavailable", 503, language)
                assert int(answer.headers["Retry-After"]) > 0
        assert sent(server, ask, "zh").status_code == 201


def test_a_full_queue_is_said_at_once_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.floor.QUEUE", 1)
    with served(*furnished_copy(tmp_path)) as server:
        taken: list[str] = []
        takers = [
            threading.Thread(target=lambda: taken.append(server.take_number()["number"])) for _ in range(2)
        ]
        writer = server.app.state.core.halls.writer("main")
        clerk = server.sign_in("clerk1")
        with locked(tmp_path):
            takers[0].start()
            # The first is being written, the second fills the queue.
            until("the first on its way", lambda: writer._queue._unfinished_tasks == 1 and not writer.waiting)
            takers[1].start()
            until("the second in the queue", lambda: writer.waiting == 1)
            ask = Ask("POST", "/api/v1/halls/main/tickets", clerk, {"service": "accept"})
            for language in ("zh", "en"):
                answer = sent(server, ask, language)
                told(answer, "busy", 503, language)
                assert int(answer.headers["Retry-After"]) > 0
        for taker in takers:
            taker.join(LIMIT)
        assert sorted(taken) == ["A001", "A002"]


def test_a_full_line_before_the_slow_hashing_is_said_at_once(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = hall.sign_in("clerk1")
    monkeypatch.setattr("server.services.people.LINE", 0)
    body = {"user": "clerk2", "password": hall.credentials["users"]["clerk2"]}
    for language in ("zh", "en"):
        answer = sent(hall, Ask("POST", "/api/v1/sessions", "", body), language)
        told(answer, "too_many_requests", 429, language)
        assert answer.headers["Retry-After"] == "2"
    # Who is signed in already does not stand in that line.
    assert hall.request("GET", "/api/v1/sessions/current", token=known).status_code == 200
