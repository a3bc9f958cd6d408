"""A device becomes a hall's own by what its screen shows; its token is told to it alone and grows old."""

from __future__ import annotations

import re
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from requests import Response
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from server.services import pairing
from server.services import people as people_service
from server.services.renewal import needs_renewal
from server.store import people
from server.store import tables as t
from server.store.engine import open_engine, reading
from tests.servers import Clock, ServerThread, furnished_copy, served
from tests.waiting import LIMIT, until

PAIRINGS = "/api/v1/pairings"
TAKE = "/api/v1/halls/main/pairings"
CURRENT = "/api/v1/sessions/current"


def asked(server: ServerThread, kind: str = "kiosk") -> Any:
    return server.ask("POST", "/pairings", {"kind": kind, "version": "0.1.0"})


def looked(server: ServerThread, one: Any, secret: str = "") -> Any:
    return server.ask("POST", f"/pairings/{one['id']}/token", {"secret": secret or one["secret"]})


def take(server: ServerThread, code: str, name: str, token: str = "", hall: str = "main") -> Response:
    token = token or server.sign_in("manager")
    body, key = {"code": code, "name": name}, str(uuid.uuid4())
    return server.request("POST", f"/api/v1/halls/{hall}/pairings", body, token, Idempotency_Key=key)


def paired(server: ServerThread, name: str, kind: str = "kiosk") -> str:
    """The token of a device paired under this name."""
    one = asked(server, kind)
    assert take(server, one["code"], name).status_code == 201
    token: str = looked(server, one)["token"]
    return token


def is_known(server: ServerThread, token: str) -> bool:
    return server.request("GET", CURRENT, token=token).ok


def journal(server: ServerThread, subject: str) -> list[tuple[str, str]]:
    """(who, what) of all lines about this subject."""
    row = t.journal.c
    with reading(server.app.state.core.halls.engine).begin() as connection:
        found = connection.execute(
            select(row.actor, row.kind).where(row.subject == subject).order_by(row.seq)
        )
        return [(line.actor, line.kind) for line in found]


# From the screen to the token --------------------------------------------------------------------


def test_a_device_shows_digits_a_manager_types_them_and_it_is_the_halls(either: ServerThread) -> None:
    one = asked(either)
    assert re.fullmatch(r"\d{8}", one["code"])
    assert looked(either, one) == {"state": "waiting", "hall": "", "name": "", "token": "", "seal_key": ""}
    made = take(either, one["code"], "kiosk-7")
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["kind"], made.json()["token"]) == ("kiosk-7", "kiosk", None)
    told = looked(either, one)
    assert (told["state"], told["hall"], told["name"]) == ("paired", "main", "kiosk-7")
    assert told["seal_key"] == either.app.state.core.seal.public
    who = either.request("GET", CURRENT, token=told["token"]).json()
    assert (who["user"], who["hall"], who["roles"]) == ("kiosk-7", "main", ["kiosk"])
    assert journal(either, "kiosk-7") == [
        ("staff:manager", "device.paired"),
        ("device:kiosk-7", "device.token_taken"),
    ]


def test_a_lost_answer_is_told_again_until_the_token_is_used(hall: ServerThread) -> None:
    one = asked(hall)
    take(hall, one["code"], "kiosk-7")
    token = looked(hall, one)["token"]
    hall.clock.advance(seconds=110)
    assert looked(hall, one)["token"] == token
    assert is_known(hall, token)
    assert looked(hall, one) == {"state": "over", "hall": "", "name": "", "token": "", "seal_key": ""}


def test_a_token_that_was_told_and_never_used_is_told_for_two_minutes(hall: ServerThread) -> None:
    one = asked(hall)
    take(hall, one["code"], "kiosk-7")
    token = looked(hall, one)["token"]
    hall.clock.advance(minutes=2)
    assert looked(hall, one)["state"] == "over"
    assert is_known(hall, token)


def test_looks_that_cross_are_all_told_the_same_good_token(hall: ServerThread) -> None:
    one = asked(hall)
    take(hall, one["code"], "kiosk-7")
    told: list[str] = []
    begin = threading.Barrier(6)

    def look() -> None:
        begin.wait()
        told.append(looked(hall, one)["token"])

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert len(told) == 6
    assert len(set(told)) == 1
    assert is_known(hall, told[0])
    assert [what for _, what in journal(hall, "kiosk-7")] == ["device.paired", "device.token_taken"]


def test_the_tables_never_hold_a_token_or_a_secret(hall: ServerThread, tmp_path: Path) -> None:
    one = asked(hall)
    take(hall, one["code"], "kiosk-7")
    token = looked(hall, one)["token"]
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("liqu.db*"))
    assert b"kiosk-7" in kept
    assert token.encode() not in kept
    assert token.rpartition(".")[2].encode() not in kept
    assert one["secret"].encode() not in kept


def test_without_its_secret_nobody_fetches_a_devices_token(hall: ServerThread) -> None:
    one, other = asked(hall), asked(hall)
    take(hall, one["code"], "kiosk-7")
    for id, secret in ((one["id"], other["secret"]), (one["id"], "0" * 43), ("0" * 32, one["secret"])):
        answer = hall.request("POST", f"{PAIRINGS}/{id}/token", {"secret": secret})
        assert (answer.status_code, answer.json()["code"]) == (404, "pairing_unknown")
    assert looked(hall, one)["state"] == "paired"


# The code --------------------------------------------------------------------------------------


def test_a_code_is_good_for_ten_minutes_and_for_one_device(hall: ServerThread) -> None:
    one, late = asked(hall), asked(hall)
    assert take(hall, one["code"], "kiosk-7").status_code == 201
    assert take(hall, one["code"], "kiosk-8").json()["code"] == "pairing_unknown"
    hall.clock.advance(minutes=10)
    assert take(hall, late["code"], "kiosk-8").json()["code"] == "pairing_unknown"
    assert looked(hall, late)["state"] == "over"
    hall.clock.advance(minutes=61)
    asked(hall)
    answer = hall.request("POST", f"{PAIRINGS}/{late['id']}/token", {"secret": late["secret"]})
    assert answer.json()["code"] == "pairing_unknown"


def test_wrong_codes_are_guesses(hall: ServerThread) -> None:
    manager, one = hall.sign_in("manager"), asked(hall)
    wrong = f"{(int(one['code']) + 1) % 10**8:08d}"
    said = [take(hall, wrong, "kiosk-7", manager).json()["code"] for _ in range(6)]
    assert said == ["pairing_unknown"] * 5 + ["too_many_attempts"]
    assert take(hall, one["code"], "kiosk-7", manager).status_code == 429
    hall.clock.advance(seconds=15)
    assert take(hall, one["code"], "kiosk-7", manager).status_code == 201


def test_one_address_asks_for_a_few_codes_at_a_time(hall: ServerThread) -> None:
    codes = [asked(hall)["code"] for _ in range(10)]
    assert len(set(codes)) == 10
    answer = hall.request("POST", PAIRINGS, {"kind": "kiosk"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    hall.clock.advance(seconds=int(answer.headers["Retry-After"]))
    assert asked(hall)["code"]


def test_no_more_than_so_many_wait_at_once(hall: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "OPEN", 2)
    first = asked(hall)
    asked(hall)
    answer = hall.request("POST", PAIRINGS, {"kind": "display"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    take(hall, first["code"], "kiosk-7")
    assert asked(hall, "display")["code"]


def test_two_that_draw_the_same_digits_are_shown_different_ones(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([42, 42, 43])
    monkeypatch.setattr(pairing.secrets, "randbelow", lambda most: next(drawn))
    assert [asked(hall)["code"], asked(hall)["code"]] == ["00000042", "00000043"]


# The name --------------------------------------------------------------------------------------


def test_an_exchanged_machine_takes_the_name_and_the_old_token_ends(hall: ServerThread) -> None:
    before = hall.credentials["devices"]["kiosk-1"]
    with hall.live("kiosk:main", token=before) as link:
        assert link.recv(LIMIT)
        one = asked(hall)
        assert take(hall, one["code"], "kiosk-1").status_code == 201
        assert ended(link)
    assert not is_known(hall, before)
    token = looked(hall, one)["token"]
    assert is_known(hall, token)
    again = paired(hall, "kiosk-1")
    assert is_known(hall, again)
    assert not is_known(hall, token)


def ended(link: Any) -> bool:
    """The link was closed for want of the right to it, whatever it told before."""

    def hear_it_out() -> None:
        while link.recv(LIMIT):
            pass

    with pytest.raises(ConnectionClosed) as closed:
        hear_it_out()
    return closed.value.rcvd is not None and closed.value.rcvd.code == 4401


def test_the_one_paired_last_has_the_name_though_the_other_never_came(hall: ServerThread) -> None:
    first, last = asked(hall), asked(hall)
    take(hall, first["code"], "kiosk-7")
    take(hall, last["code"], "kiosk-7")
    assert looked(hall, first)["state"] == "over"
    assert is_known(hall, looked(hall, last)["token"])


def test_a_name_of_another_hall_or_of_another_kind_is_taken_from_nobody(hall: ServerThread) -> None:
    one = asked(hall)
    for name in ("east-kiosk-1", "display-1"):
        answer = take(hall, one["code"], name)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    manager = hall.sign_in("manager")
    hall.request("DELETE", "/api/v1/halls/main/devices/display-1", token=manager)
    assert take(hall, one["code"], "display-1", manager).status_code == 201
    assert looked(hall, one)["token"]


def test_a_device_that_was_removed_before_it_came_gets_nothing(hall: ServerThread) -> None:
    one, manager = asked(hall), hall.sign_in("manager")
    take(hall, one["code"], "kiosk-7", manager)
    hall.request("DELETE", "/api/v1/halls/main/devices/kiosk-7", token=manager)
    assert looked(hall, one)["state"] == "over"


# A token grows old -----------------------------------------------------------------------------


def renewed(server: ServerThread, token: str, key: str = "") -> str:
    key = key or str(uuid.uuid4())
    answer = server.request("POST", "/api/v1/devices/self/token", token=token, Idempotency_Key=key)
    assert answer.status_code == 200, answer.text
    made: str = answer.json()["token"]
    return made


def test_the_old_token_is_good_until_the_new_one_is_used(either: ServerThread) -> None:
    old = either.credentials["devices"]["kiosk-1"]
    new = renewed(either, old)
    either.clock.advance(hours=30)
    assert is_known(either, old)
    assert is_known(either, new)
    assert not is_known(either, old)
    assert is_known(either, new)
    newest = renewed(either, new)
    assert is_known(either, newest)
    assert not is_known(either, new)


def test_a_new_token_that_was_lost_is_replaced_by_the_next_one(hall: ServerThread) -> None:
    old = hall.credentials["devices"]["kiosk-1"]
    lost = renewed(hall, old)
    new = renewed(hall, old)
    assert not is_known(hall, lost)
    assert is_known(hall, new)


def test_the_same_asking_twice_gets_the_same_token(hall: ServerThread) -> None:
    old = hall.credentials["devices"]["kiosk-1"]
    first = renewed(hall, old, "the-same-key")
    assert renewed(hall, old, "the-same-key") == first
    assert is_known(hall, first)


def test_a_live_link_by_the_old_token_ends_when_the_new_one_is_used(hall: ServerThread) -> None:
    old = hall.credentials["devices"]["kiosk-1"]
    with hall.live("kiosk:main", token=old) as link:
        assert link.recv(LIMIT)
        new = renewed(hall, old)
        with hall.live("kiosk:main", token=new) as onward:
            assert onward.recv(LIMIT)
            assert ended(link)


def test_first_uses_at_the_same_moment_are_all_let_in(hall: ServerThread) -> None:
    new = renewed(hall, hall.credentials["devices"]["kiosk-1"])
    known: list[bool] = []
    begin = threading.Barrier(6)

    def use() -> None:
        begin.wait()
        known.append(is_known(hall, new))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert known == [True] * 6


def test_a_token_is_old_after_thirty_days_and_when_its_age_is_not_known(clock: Clock) -> None:
    device = people.Device("kiosk-1", "main", "kiosk", "", token_at=clock())
    clock.advance(days=30)
    assert not needs_renewal(device, clock())
    clock.advance(seconds=1)
    assert needs_renewal(device, clock())
    assert needs_renewal(people.Device("kiosk-1", "main", "kiosk", ""), clock())


def test_a_token_that_has_ended_is_tried_once_and_comes_back_with_its_hash(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    real = people_service.matches

    def counted(kept: str, given: str) -> bool:
        tried.append(given)
        return real(kept, given)

    monkeypatch.setattr(people_service, "matches", counted)
    ended_one = "device.kiosk-1." + "x" * 43
    assert [is_known(hall, ended_one) for _ in range(5)] == [False] * 5
    assert tried == [ended_one]
    new = renewed(hall, hall.credentials["devices"]["kiosk-1"])
    assert is_known(hall, new)
    assert not is_known(hall, ended_one)


def test_a_flood_of_wrong_tokens_keeps_nobody_from_signing_in(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, real = threading.Event(), people_service.matches

    def slow(kept: str, given: str) -> bool:
        if given.startswith("device."):
            held.wait(LIMIT)
        return real(kept, given)

    monkeypatch.setattr(people_service, "matches", slow)
    monkeypatch.setattr(people_service, "LINE", 4)
    said: list[int] = []

    def flood(n: int) -> None:
        wrong = f"device.kiosk-1.{n:043d}"
        said.append(hall.request("GET", CURRENT, token=wrong).status_code)

    threads = [threading.Thread(target=flood, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    try:
        until("the line being full", lambda: said.count(429) == 8)
        assert hall.sign_in("clerk1")
    finally:
        held.set()
        for thread in threads:
            thread.join(LIMIT)
    assert sorted(said) == [401] * 4 + [429] * 8


# Several processes ------------------------------------------------------------------------------


def test_what_one_process_ends_ends_at_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.live.rights.LOOK", 0.2)
    clock = Clock()
    database, credentials = furnished_copy(tmp_path)
    token = credentials["devices"]["kiosk-1"]
    with served(database, credentials, clock) as one, served(database, credentials, clock) as other:
        with other.live("kiosk:main", token=token) as link:
            assert link.recv(LIMIT)
            new = renewed(one, token)
            assert is_known(one, new)
            assert ended(link)
        clock.advance(seconds=10)
        assert not is_known(other, token)
        with other.live("kiosk:main", token=new) as link:
            assert link.recv(LIMIT)
            manager = one.sign_in("manager")
            one.request("DELETE", "/api/v1/halls/main/devices/kiosk-1", token=manager)
            assert ended(link)
        clock.advance(seconds=10)
        until("the token being nobody's", lambda: not is_known(other, new))
        with reading(open_engine(database)).begin() as connection:
            kept = people.find_device(connection, "kiosk-1")
        assert kept is not None
        assert not kept.active
