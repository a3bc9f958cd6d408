"""Signing in: what a guesser meets, what the cookie and the headers say, and how a session ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.integration.server.signing import Browser
from tests.servers import ServerThread, furnished_copy, served

SESSIONS = "/api/v1/sessions"
CURRENT = f"{SESSIONS}/current"


def guess(server: ServerThread, user: str = "clerk1", password: str = "") -> requests.Response:
    return server.request("POST", SESSIONS, {"user": user, "password": password or "wrong"})


def right(server: ServerThread, user: str = "clerk1") -> requests.Response:
    return guess(server, user, server.credentials["users"][user])


# Guessing --------------------------------------------------------------------------------------


def test_a_session_tells_who_it_is(hall: ServerThread) -> None:
    answer = right(hall, "manager")
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "user", "roles"}
    assert (answer.json()["user"], answer.json()["roles"]) == ("manager", ["manager"])


def test_an_unknown_name_is_answered_like_a_wrong_password(hall: ServerThread) -> None:
    assert guess(hall, "clerk1").json() == guess(hall, "nobody").json()


def test_five_wrong_passwords_lock_a_name_for_longer_and_longer(hall: ServerThread) -> None:
    for wait in (15, 30, 60):
        while (answer := guess(hall)).json()["code"] == "wrong_password":
            pass
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == str(wait)
        assert right(hall).status_code == 429
        assert right(hall, "clerk2").status_code == 201
        hall.clock.advance(seconds=wait - 1)
        assert right(hall).headers["Retry-After"] == "1"
        hall.clock.advance(seconds=1)
    assert right(hall).status_code == 201
    assert [guess(hall).status_code for _ in range(5)] == [401] * 5


def test_old_misses_are_forgiven(hall: ServerThread) -> None:
    for _ in range(4):
        guess(hall)
    hall.clock.advance(minutes=16)
    assert [guess(hall).status_code for _ in range(5)] == [401] * 5


def test_many_names_from_one_address_are_slowed_down_too(hall: ServerThread) -> None:
    answers = [guess(hall, f"name{n}").status_code for n in range(25)]
    assert answers == [401] * 20 + [429] * 5
    assert right(hall).status_code == 429


def test_guesses_at_the_same_moment_are_counted_one_by_one(hall: ServerThread) -> None:
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: guess(hall).json()["code"], range(24)))
    # Two are judged at a time: one of them may be under way when the fifth has failed.
    assert answers.count("wrong_password") <= 6
    assert set(answers) == {"wrong_password", "too_many_attempts"}


# The form --------------------------------------------------------------------------------------


def cookie(answer: requests.Response, name: str) -> dict[str, str]:
    """The attributes with which a cookie was set, in lower case."""
    said = [line for key, line in answer.raw.headers.items() if key.lower() == "set-cookie"]
    (line,) = (one for one in said if one.startswith(f"{name}="))
    parts = (part.strip().lower().partition("=") for part in line.split(";")[1:])
    return {key: value for key, _, value in parts}


def test_the_cookie_is_for_our_pages_alone(hall: ServerThread) -> None:
    browser = Browser(hall)
    flags = cookie(browser.sign_in("clerk1"), "liqu_session")
    assert flags["httponly"] == ""
    assert flags["samesite"] == "strict"
    assert (flags["path"], flags["max-age"]) == ("/", "43200")
    assert "domain" not in flags
    assert "secure" not in flags
    assert browser.see("GET", "/desk").status_code == 200


def test_behind_tls_the_cookie_travels_by_tls_only(tmp_path: Path) -> None:
    with served(*furnished_copy(tmp_path), proxies=["127.0.0.1"]) as hall:
        signs_in_behind_a_proxy(hall)


def signs_in_behind_a_proxy(hall: ServerThread) -> None:
    browser = Browser(hall)
    browser.headers["X-Forwarded-Proto"] = "https"
    form = cookie(browser.see("GET", "/sign-in"), "liqu_form")
    assert {"secure", "httponly"} <= set(form)
    # The client would not send a secure cookie over plain HTTP: it is carried over by hand.
    kept = next(one.value for one in browser.cookies if one.name == "liqu_form")
    browser.headers["Cookie"] = f"liqu_form={kept}"
    answer = browser.fill_in("clerk1", hall.credentials["users"]["clerk1"], form=kept)
    assert "secure" in cookie(answer, "liqu_session")


@pytest.mark.parametrize(("language", "said"), [("zh", "用户名或密码不对"), ("en", "Wrong")])
def test_a_wrong_password_is_said_on_the_page_and_not_repeated(
    hall: ServerThread, language: str, said: str
) -> None:
    browser = Browser(hall, language)
    answer = browser.fill_in("clerk1", "my-secret-guess")
    assert answer.status_code == 401
    assert said in answer.text
    assert "clerk1" in answer.text
    assert "my-secret-guess" not in answer.text
    assert "liqu_session" not in browser.cookies


@pytest.mark.parametrize("form", ["", "of-another-site"])
def test_another_sites_form_signs_nobody_in(hall: ServerThread, form: str) -> None:
    browser = Browser(hall)
    browser.see("GET", "/sign-in")
    answer = browser.fill_in("clerk1", hall.credentials["users"]["clerk1"], form=form)
    assert answer.status_code == 403
    assert "liqu_session" not in browser.cookies


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/desk/../sign-out", "javascript:x"]
)
def test_signing_in_leads_to_our_own_pages_only(hall: ServerThread, onward: str) -> None:
    browser = Browser(hall)
    browser.sign_in("clerk1")
    answer = browser.see("GET", "/sign-in", params={"next": onward})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")


def test_a_page_changes_things_with_its_token_only(hall: ServerThread) -> None:
    browser = Browser(hall)
    browser.sign_in("clerk1")
    address = "/api/v1/halls/main/counters/1/open"
    for token in ("", "x" * 32, "é"):
        answer = browser.see("POST", address, headers={"X-CSRF-Token": token.encode()})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert browser.see("POST", address, headers={"X-CSRF-Token": browser.csrf()}).json()["state"] == "open"


# The end of a session --------------------------------------------------------------------------


def test_signing_out_by_the_form_needs_its_token_and_ends_the_session_at_once(hall: ServerThread) -> None:
    browser = Browser(hall)
    browser.sign_in("clerk1")
    token = browser.cookies["liqu_session"]
    browser.see("POST", "/sign-out", data={"csrf": "of-another-site"})
    assert hall.request("GET", CURRENT, token=token).status_code == 200
    again = Browser(hall)
    again.cookies.set("liqu_session", token)
    answer = again.see("POST", "/sign-out", data={"csrf": again.csrf()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert hall.request("GET", CURRENT, token=token).status_code == 401


def test_a_session_ends_after_a_working_day(either: ServerThread) -> None:
    token = either.sign_in("clerk1")
    either.clock.advance(hours=11, minutes=59)
    assert either.request("GET", CURRENT, token=token).status_code == 200
    either.clock.advance(minutes=2)
    assert either.request("GET", CURRENT, token=token).status_code == 401


def test_the_database_holds_nothing_that_opens_a_door(hall: ServerThread, tmp_path: Path) -> None:
    secrets = [
        hall.sign_in("clerk1"),
        *hall.credentials["users"].values(),
        *hall.credentials["devices"].values(),
    ]
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("liqu.db*"))
    assert b"clerk1" in kept
    assert [secret for secret in secrets if secret.encode() in kept] == []


# Headers ---------------------------------------------------------------------------------------

GUARDS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/board/main",
        "/counter/1",
        "/sign-in",
        "/desk",
        "/manage",
        "/t/NONE",
        "/api/v1/halls/main",
        "/healthz",
        "/api/v1/nothing",
        "/api/openapi.json",
    ],
)
def test_every_answer_carries_its_guards_once(shared: ServerThread, path: str) -> None:
    answer = shared.request("GET", path)
    names = [name.lower() for name in answer.raw.headers]
    assert [name for name in set(names) if names.count(name) > 1] == []
    headers = answer.headers
    assert {name: headers[name] for name in GUARDS} == GUARDS
    assert headers["Cache-Control"] == "no-store"
    assert "server" not in names
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "*" not in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
