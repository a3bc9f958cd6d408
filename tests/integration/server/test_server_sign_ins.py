"""Who is signed in where is seen and ended; a password is changed by who knows the old one."""

from __future__ import annotations

from typing import Any

import pytest

from server.services.clients import client_of
from server.services.passwords import weak
from tests.integration.server.signing import Browser
from tests.servers import ServerThread
from tests.waiting import LIMIT

from .test_server_pairing import ended, is_known, journal

SESSIONS = "/api/v1/sessions"
HALL = "/api/v1/halls/main/sessions"
PASSWORD = "/api/v1/staff/self/password"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537 Edg/140"


def mine(server: ServerThread, token: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = server.ask("GET", "/sessions", token=token)
    return lines


def test_everybody_sees_where_they_are_signed_in_and_nobody_elses(hall: ServerThread) -> None:
    browser = Browser(hall)
    browser.headers["User-Agent"] = EDGE
    browser.sign_in("clerk1")
    hall.sign_in("clerk2")
    hall.clock.advance(minutes=1)
    lines = mine(hall, hall.sign_in("clerk1"))
    assert [(line["user"], line["own"]) for line in lines] == [("clerk1", True), ("clerk1", False)]
    assert lines[1]["client"] == "127.0.0.1 · Edge · Windows"
    assert lines[1]["begun_at"] == "2026-11-20T12:00:00+08:00"
    assert lines[1]["ends_at"] == "2026-11-21T00:00:00+08:00"
    assert set(lines[0]) == {"name", "user", "begun_at", "seen_at", "ends_at", "client", "own"}


def test_it_is_told_when_a_sign_in_was_last_used(hall: ServerThread) -> None:
    token = hall.sign_in("clerk1")
    hall.clock.advance(minutes=4)
    assert mine(hall, token)[0]["seen_at"] == "2026-11-20T12:00:00+08:00"
    hall.clock.advance(minutes=2)
    mine(hall, token)
    assert mine(hall, token)[0]["seen_at"] == "2026-11-20T12:06:00+08:00"


def test_one_sign_in_is_ended_and_the_others_stay(hall: ServerThread) -> None:
    token, other = hall.sign_in("clerk1"), hall.sign_in("clerk1")
    name = next(line["name"] for line in mine(hall, token) if not line["own"])
    with hall.live("desk:main:1", token=other) as link:
        assert link.recv(LIMIT)
        assert hall.request("DELETE", f"{SESSIONS}/{name}", token=token).status_code == 204
        assert ended(link)
    assert not is_known(hall, other)
    assert is_known(hall, token)
    answer = hall.request("DELETE", f"{SESSIONS}/{name}", token=token)
    assert (answer.status_code, answer.json()["code"]) == (404, "session_unknown")


def test_nobody_ends_anothers_by_its_name(hall: ServerThread) -> None:
    token, other = hall.sign_in("clerk1"), hall.sign_in("clerk2")
    name = mine(hall, other)[0]["name"]
    assert hall.request("DELETE", f"{SESSIONS}/{name}", token=token).json()["code"] == "session_unknown"
    assert hall.request("DELETE", f"{HALL}/{name}", token=token).json()["code"] == "forbidden"
    assert is_known(hall, other)


def test_all_others_end_at_once(either: ServerThread) -> None:
    token = either.sign_in("clerk1")
    others = [either.sign_in("clerk1"), either.sign_in("clerk1")]
    colleague = either.sign_in("clerk2")
    assert either.request("DELETE", f"{SESSIONS}/others", token=token).status_code == 204
    assert [is_known(either, one) for one in (token, *others, colleague)] == [True, False, False, True]


def test_a_manager_sees_and_ends_the_halls_and_no_other_halls(either: ServerThread) -> None:
    manager, clerk, admin = (either.sign_in(user) for user in ("manager", "clerk1", "admin"))
    east = either.sign_in("east-clerk1")
    lines = either.ask("GET", "/halls/main/sessions", token=manager)
    assert {line["user"] for line in lines} == {"manager", "clerk1", "admin"}
    names = {line["user"]: line["name"] for line in lines}
    names["east-clerk1"] = mine(either, east)[0]["name"]

    def end(user: str, token: str) -> str:
        answer = either.request("DELETE", f"{HALL}/{names[user]}", token=token)
        return "" if answer.ok else str(answer.json()["code"])

    assert end("clerk1", manager) == ""
    assert end("admin", manager) == "forbidden"
    assert end("east-clerk1", manager) == "session_unknown"
    assert [is_known(either, token) for token in (clerk, admin, east)] == [False, True, True]
    assert end("manager", admin) == ""
    assert not is_known(either, manager)
    assert journal(either, "clerk1") == [("staff:manager", "session.ended")]


# Passwords -------------------------------------------------------------------------------------


def change(server: ServerThread, token: str, old: str, new: str) -> str:
    answer = server.request("POST", PASSWORD, {"old": old, "new": new}, token)
    return "" if answer.ok else str(answer.json()["code"])


def test_a_new_password_takes_the_old_ones_place_and_ends_other_sign_ins(either: ServerThread) -> None:
    old, new = either.credentials["users"]["clerk1"], "马 电池 书钉 correct"
    token, other = either.sign_in("clerk1"), either.sign_in("clerk1")
    assert change(either, token, old, new) == ""
    assert [is_known(either, one) for one in (token, other)] == [True, False]
    said = [
        either.request("POST", SESSIONS, {"user": "clerk1", "password": password}).status_code
        for password in (old, new)
    ]
    assert said == [401, 201]
    assert journal(either, "clerk1") == [("staff:clerk1", "staff.password_changed")]


def test_a_change_whose_answer_was_lost_is_told_again(hall: ServerThread) -> None:
    token, body = (
        hall.sign_in("clerk1"),
        {"old": hall.credentials["users"]["clerk1"], "new": "a-fine-new-one"},
    )
    for _ in range(2):
        answer = hall.request("POST", PASSWORD, body, token, Idempotency_Key="one-press-of-it")
        assert answer.status_code == 204
    assert len(journal(hall, "clerk1")) == 1


def test_the_old_password_is_guessed_no_better_here_than_at_the_door(hall: ServerThread) -> None:
    token = hall.sign_in("clerk1")
    said = [change(hall, token, "not-the-old-one", "a-fine-new-one") for _ in range(6)]
    assert said == ["old_password_wrong"] * 5 + ["too_many_attempts"]
    assert change(hall, token, hall.credentials["users"]["clerk1"], "a-fine-new-one") == "too_many_attempts"
    body = {"user": "clerk1", "password": hall.credentials["users"]["clerk1"]}
    assert hall.request("POST", SESSIONS, body).status_code == 429


def test_a_weak_password_changes_nothing(hall: ServerThread) -> None:
    token, old = hall.sign_in("clerk1"), hall.credentials["users"]["clerk1"]
    for new in ("short", old, "Clerk1-forever", "aaaaaaaaaaaaaaaa"):
        assert change(hall, token, old, new) == "password_weak"
    assert hall.sign_in("clerk1")


@pytest.mark.parametrize(
    ("new", "user", "is_weak"),
    [
        ("123456789", "wang", True),
        ("correct horse battery", "wang", False),
        ("我们的检定大厅在三楼东", "wang", False),
        ("my-WANG-password", "wang", True),
        ("a-long-password", "a", False),
        ("abababababab", "wang", True),
    ],
)
def test_length_is_what_counts(new: str, user: str, is_weak: bool) -> None:
    assert weak(new, user, "the-old-password") is is_weak


@pytest.mark.parametrize(
    ("address", "agent", "said"),
    [
        ("192.168.1.23", EDGE, "192.168.1.23 · Edge · Windows"),
        ("2001:db8::1:2:3", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150", "2001:db8::/64 · Firefox · Linux"),
        ("10.0.0.1", "Mozilla/5.0 (iPhone) Version/19 Safari/604", "10.0.0.1 · Safari · iPhone"),
        ("10.0.0.1", "python-requests/2.34", "10.0.0.1 · python-requests"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("", "", ""),
    ],
)
def test_a_sign_ins_place_is_said_in_a_line_and_no_more_is_kept(address: str, agent: str, said: str) -> None:
    assert client_of(address, agent) == said


# The page --------------------------------------------------------------------------------------


def test_the_page_is_for_whoever_is_signed_in(hall: ServerThread) -> None:
    browser = Browser(hall)
    assert browser.see("GET", "/account").headers["Location"] == "/sign-in?next=%2Faccount"
    for user in ("clerk1", "verifier1", "manager"):
        browser = Browser(hall)
        browser.sign_in(user)
        assert "我的登录" in browser.see("GET", "/account").text
