"""A manager sets up the hall: each change is there at once for those whom it concerns, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.store import journal
from server.store.engine import reading
from tests.integration.server.stage import Stage
from tests.servers import ServerThread

HALL = "/api/v1/halls/main"
SERVICE = {
    "id": "fast",
    "name": {"zh": "快速咨询", "en": "Quick question"},
    "prefix": "F",
    "minutes": 2,
    "bring": {"zh": "无需材料。"},
}
COUNTER = {"number": "5", "name": {"zh": "五号窗口"}, "functions": [{"service": "fast"}]}
NEWCOMER = {"user": "newcomer", "name": "新人", "badge": "099", "roles": ["clerk"]}


def refused(stage: Stage, method: str, path: str, body: object, user: str = "manager") -> tuple[int, str]:
    answer = stage.server.request(method, HALL + path, body, stage.as_(user))
    return answer.status_code, answer.json()["code"]


def test_a_new_service_counter_person_and_kiosk_work_together(either: ServerThread) -> None:
    stage = Stage(either)
    with either.live("kiosk:main", token=stage.kiosk) as link:
        assert "fast" not in link.recv(timeout=30)
        made = stage.do("POST", "/halls/main/services", SERVICE, "manager")
        assert made["bring"] == {"zh": "无需材料。", "en": ""}
        view = json.loads(link.recv(timeout=30))["view"]
        assert [one["id"] for one in view["services"]][-1] == "fast"
        assert view["bring"]["fast"]["zh"] == "无需材料。"
    stage.do("POST", "/halls/main/counters", COUNTER, "manager")
    person = stage.do("POST", "/halls/main/staff", NEWCOMER, "manager")
    kiosk = stage.do("POST", "/halls/main/devices", {"name": "kiosk-2", "kind": "kiosk"}, "manager")
    issued = either.ask("POST", "/halls/main/tickets", {"service": "fast"}, kiosk["token"])
    assert issued["number"] == "F001"
    session = either.ask("POST", "/sessions", {"user": "newcomer", "password": person["password"]})
    opened = either.ask("POST", "/halls/main/counters/5/open", None, session["token"])
    assert opened["staff"] == {"name": "新人", "badge": "099", "duty": {"zh": "", "en": ""}}
    called = either.ask("POST", "/halls/main/counters/5/call-next", None, session["token"])
    assert called["ticket"]["number"] == "F001"
    with reading(either.app.state.core.halls.engine).begin() as connection:
        assert journal.check(connection, "main") is None


def test_lists_tell_what_was_set_and_no_secret(either: ServerThread) -> None:
    stage = Stage(either)
    person = stage.do("POST", "/halls/main/staff", NEWCOMER, "manager")
    device = stage.do("POST", "/halls/main/devices", {"name": "kiosk-2", "kind": "kiosk"}, "manager")
    listed = stage.do("GET", "/halls/main/staff", user="manager")
    assert person | {"password": None} in listed
    assert {one["password"] for one in listed} == {None}
    devices = stage.do("GET", "/halls/main/devices", user="manager")
    assert device | {"token": None} in devices
    assert {one["name"] for one in devices} == {"kiosk-1", "kiosk-2", "display-1"}
    assert "argon2" not in json.dumps([listed, devices])


def test_a_change_replaces_the_whole_and_is_told_to_the_screens(either: ServerThread) -> None:
    stage = Stage(either)
    with either.live("counter:main:1") as link:
        link.recv(timeout=30)
        one = stage.do("GET", "/halls/main/counters", user="manager")[0]
        stage.do(
            "PUT", "/halls/main/counters/1", one | {"name": {"zh": "贵宾窗口", "en": "Front"}}, "manager"
        )
        assert json.loads(link.recv(timeout=30))["view"]["name"] == {"zh": "贵宾窗口", "en": "Front"}
    stage.service("accept", minutes=12, name={"zh": "立等", "en": ""})
    assert stage.do("GET", "/halls/main/services", user="manager")[0]["minutes"] == 12
    assert either.request("GET", HALL).json()["services"][0]["name"] == {"zh": "立等", "en": ""}


def test_settings_are_told_back_as_they_were_set(either: ServerThread) -> None:
    stage = Stage(either)
    now = stage.do("GET", "/halls/main/settings", user="manager")
    hours = {"opens": "08:30", "closes": "17:30", "weekdays": [0, 1, 2, 3, 4]}
    wanted = now | {
        "hours": hours,
        "complaint_phone": "010-12345",
        "notices": [{"title": {"zh": "公示", "en": ""}, "body": {"zh": "一", "en": ""}}],
        "rules": now["rules"] | {"patience": 45, "green_cap": 4},
    }
    assert stage.do("PUT", "/halls/main/settings", wanted, "manager") == wanted
    assert stage.do("GET", "/halls/main/settings", user="manager") == wanted


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"hours": {"opens": "25:00", "closes": "17:00", "weekdays": [0]}}, "hours.opens"),
        ({"hours": {"opens": "08:00", "closes": "17:00", "weekdays": [7]}}, "hours.weekdays.0"),
        ({"complaint_phone": "call me"}, "complaint_phone"),
        ({"rules": {}}, "rules"),
        ({"nonsense": 1}, "nonsense"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_settings_that_make_no_sense_are_refused_by_name(
    shared: ServerThread, change: dict[str, Any], where: str
) -> None:
    stage = Stage(shared)
    now = stage.do("GET", "/halls/main/settings", user="manager")
    answer = shared.request("PUT", f"{HALL}/settings", now | change, stage.as_("manager"))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert where in answer.json()["detail"]
    assert stage.do("GET", "/halls/main/settings", user="manager") == now


def test_hours_end_after_they_begin(shared: ServerThread) -> None:
    stage = Stage(shared)
    now = stage.do("GET", "/halls/main/settings", user="manager")
    backwards = {"opens": "17:00", "closes": "08:30", "weekdays": [0]}
    assert refused(stage, "PUT", "/settings", now | {"hours": backwards}) == (422, "bad_request")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PUT", "/services/accept", SERVICE, 422, "bad_request"),
        ("PUT", "/services/fast", SERVICE, 404, "service_unknown"),
        ("PUT", "/counters/1", COUNTER, 422, "bad_request"),
        ("PUT", "/counters/5", COUNTER, 404, "counter_unknown"),
        ("POST", "/counters", COUNTER, 404, "service_unknown"),
        ("POST", "/counters", COUNTER | {"functions": [{"service": "accept"}] * 2}, 422, "bad_request"),
        ("POST", "/services", SERVICE | {"prefix": "AB"}, 422, "bad_request"),
        ("POST", "/services", SERVICE | {"minutes": 0}, 422, "bad_request"),
        ("POST", "/staff", NEWCOMER | {"user": "Has Spaces"}, 422, "bad_request"),
        ("POST", "/staff", NEWCOMER | {"roles": []}, 422, "bad_request"),
        ("POST", "/staff", NEWCOMER | {"roles": ["kiosk"]}, 422, "bad_request"),
        ("POST", "/staff", NEWCOMER | {"user": "clerk1"}, 409, "already_exists"),
        ("PUT", "/staff/clerk1", NEWCOMER, 422, "bad_request"),
        ("POST", "/devices", {"name": "k", "kind": "printer"}, 422, "bad_request"),
        ("POST", "/devices", {"name": "east-kiosk-1", "kind": "kiosk"}, 409, "already_exists"),
        ("POST", "/emergency", {"text": {"zh": ""}}, 422, "bad_request"),
        ("POST", "/emergency", {"text": {"zh": "长" * 201}}, 422, "bad_request"),
    ],
)
def test_what_cannot_be_set_up_is_refused(
    shared: ServerThread, method: str, path: str, body: object, status: int, code: str
) -> None:
    assert refused(Stage(shared), method, path, body) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/staff", NEWCOMER | {"roles": ["admin"]}),
        ("PUT", "/staff/clerk1", {"user": "clerk1", "name": "王", "roles": ["admin", "clerk"]}),
        ("PUT", "/staff/admin", {"user": "admin", "name": "管", "roles": ["clerk"]}),
        ("PUT", "/staff/admin", {"user": "admin", "name": "管", "roles": ["admin"], "new_password": True}),
    ],
)
def test_only_an_administrator_touches_administrators(
    shared: ServerThread, method: str, path: str, body: dict[str, object]
) -> None:
    assert refused(Stage(shared), method, path, body) == (403, "forbidden")


def test_an_administrator_may(hall: ServerThread) -> None:
    stage = Stage(hall)
    made = stage.do("POST", "/halls/main/staff", NEWCOMER | {"roles": ["admin", "admin"]}, "admin")
    assert made["roles"] == ["admin"]


def test_a_new_password_ends_the_old_one_and_its_sessions(either: ServerThread) -> None:
    stage = Stage(either)
    old = stage.as_("clerk1")
    body = {"user": "clerk1", "name": "王", "roles": ["clerk"], "new_password": True}
    password = stage.do("PUT", "/halls/main/staff/clerk1", body, "manager")["password"]
    assert either.request("GET", "/api/v1/sessions/current", token=old).status_code == 401
    for tried, status in ((either.credentials["users"]["clerk1"], 401), (password, 201)):
        answer = either.request("POST", "/api/v1/sessions", {"user": "clerk1", "password": tried})
        assert answer.status_code == status


def test_somebody_sent_away_is_nobody_until_called_back(either: ServerThread) -> None:
    stage = Stage(either)
    old = stage.as_("clerk1")
    body = {"user": "clerk1", "name": "王", "roles": ["clerk"], "active": False}
    stage.do("PUT", "/halls/main/staff/clerk1", body, "manager")
    assert either.request("GET", "/api/v1/sessions/current", token=old).status_code == 401
    known = {"user": "clerk1", "password": either.credentials["users"]["clerk1"]}
    assert either.request("POST", "/api/v1/sessions", known).json()["code"] == "wrong_password"
    stage.do("PUT", "/halls/main/staff/clerk1", body | {"active": True}, "manager")
    assert either.request("POST", "/api/v1/sessions", known).status_code == 201


def test_a_lost_device_gets_a_new_token_under_its_name(either: ServerThread) -> None:
    stage = Stage(either)
    old = either.credentials["devices"]["kiosk-1"]
    stage.do("DELETE", "/halls/main/devices/kiosk-1", user="manager")
    assert either.request("GET", "/api/v1/sessions/current", token=old).status_code == 401
    (gone,) = (
        one for one in stage.do("GET", "/halls/main/devices", user="manager") if one["name"] == "kiosk-1"
    )
    assert (gone["active"], gone["alarm"]) == (False, None)
    new = stage.do("POST", "/halls/main/devices", {"name": "kiosk-1", "kind": "kiosk"}, "manager")["token"]
    assert either.request("GET", "/api/v1/sessions/current", token=old).status_code == 401
    assert either.request("GET", "/api/v1/sessions/current", token=new).status_code == 200


def test_a_device_says_how_it_is_and_falls_silent(either: ServerThread) -> None:
    stage = Stage(either)

    def kiosk() -> Any:
        listed = stage.do("GET", "/halls/main/devices", user="manager")
        return next(one for one in listed if one["name"] == "kiosk-1")

    assert (kiosk()["online"], kiosk()["alarm"]) == (False, "offline")
    for printer, alarm in (("ready", None), ("out_of_paper", "out_of_paper"), ("offline", "printer_offline")):
        report = {"version": "1.0", "printer": printer}
        answer = either.request("POST", "/api/v1/devices/self/status", report, stage.kiosk)
        assert answer.status_code == 200
        assert (kiosk()["online"], kiosk()["printer"], kiosk()["alarm"]) == (True, printer, alarm)
    either.clock.advance(seconds=91)
    assert (kiosk()["online"], kiosk()["alarm"]) == (False, "offline")


def test_an_emergency_fills_every_screen_until_it_is_lifted(either: ServerThread) -> None:
    stage = Stage(either)
    topics = ("board:main", "counter:main:1", "kiosk:main", "desk:main:1")
    said = {"zh": "请有序离场。\n  听从工作人员安排。", "en": "Please leave calmly."}
    shown = {"zh": "请有序离场。 听从工作人员安排。", "en": "Please leave calmly."}
    for text, heard in ((said, shown), (None, None)):
        stage.do("POST", "/halls/main/emergency", {"text": text}, "manager")
        with either.live(*topics, token=stage.as_("clerk1")) as link:
            frames = [json.loads(link.recv(timeout=30)) for _ in topics]
        assert {told["topic"] for told in frames} == set(topics)
        assert [told["view"]["hall"]["emergency"] for told in frames] == [heard] * len(topics)
