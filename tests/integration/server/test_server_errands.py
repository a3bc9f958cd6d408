"""Errands: a manager asks a device, the device hears of it on each way, does it once and answers."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.integration.server.stage import Stage
from tests.servers import Clock, furnished_copy, served
from tests.waiting import until

HALL = "/halls/main"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("server.services.alarms.LOOK", 0.02)
    with served(*furnished_copy(tmp_path), Clock()) as made:
        yield Stage(made)


def ask(stage: Stage, kind: str, subject: str = "", device: str = "kiosk-1") -> Any:
    body = {"kind": kind, "subject": subject}
    return stage.do("POST", f"{HALL}/devices/{device}/errands", body, user="manager")


def told(stage: Stage, device: str = "kiosk-1") -> list[tuple[str, str]]:
    """What the device hears in answer to its report: kind and subject."""
    token = stage.server.credentials["devices"][device]
    answer = stage.server.ask("POST", "/devices/self/status", {}, token)
    return [(one["kind"], one["subject"]) for one in answer["errands"]]


def answered(stage: Stage, id: str, outcome: str, remark: str = "", device: str = "kiosk-1") -> None:
    token = stage.server.credentials["devices"][device]
    stage.server.ask("POST", f"/devices/self/errands/{id}", {"outcome": outcome, "remark": remark}, token)


def listed(stage: Stage, device: str = "kiosk-1") -> list[Any]:
    found: list[Any] = stage.do("GET", f"{HALL}/devices/{device}/errands", user="manager")
    return found


def png(width: int = 60, height: int = 100, **text: str) -> bytes:
    note = PngInfo()
    for name, value in text.items():
        note.add_text(name, value)
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#0A4F94").save(made, "PNG", pnginfo=note)
    return made.getvalue()


def send(stage: Stage, id: str, content: bytes, device: str = "kiosk-1") -> requests.Response:
    token = stage.server.credentials["devices"][device]
    return requests.put(
        f"{stage.server.url}/api/v1/devices/self/errands/{id}/picture",
        data=content,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "image/png"},
        timeout=30,
    )


def fetch(stage: Stage, id: str, user: str = "manager") -> requests.Response:
    return stage.server.request("GET", f"/api/v1{HALL}/errands/{id}/picture", token=stage.as_(user))


def test_a_device_hears_what_it_is_to_do_until_it_has_answered(stage: Stage) -> None:
    stage.take()
    first = ask(stage, "restart")
    stage.server.clock.advance(seconds=1)
    second = ask(stage, "reprint", "A001")
    assert first["state"] == "asked"
    assert first["by"] == "值班经理"
    assert told(stage) == [("restart", ""), ("reprint", "A001")]
    assert told(stage) == [("restart", ""), ("reprint", "A001")], "an answer may be lost on the way"
    assert {one["state"] for one in listed(stage)} == {"taken"}
    answered(stage, first["id"], "done")
    answered(stage, second["id"], "failed", "缺纸")
    # Told again it stays as it was.
    answered(stage, second["id"], "done")
    assert told(stage) == []
    states = {one["kind"]: (one["state"], one["remark"]) for one in listed(stage)}
    assert states == {"restart": ("done", ""), "reprint": ("failed", "缺纸")}
    assert told(stage, "display-1") == []


def test_a_linked_device_hears_of_it_at_once_and_nobody_else_may_listen(stage: Stage) -> None:
    with stage.server.live("device:kiosk-1", token=stage.kiosk) as link:
        assert json.loads(link.recv(timeout=30))["view"]["errands"] == []
        asked = ask(stage, "test_print")
        heard: Any = {}
        while heard.get("topic") != "device:kiosk-1":
            heard = json.loads(link.recv(timeout=30))
        (one,) = heard["view"]["errands"]
        assert (one["id"], one["kind"]) == (asked["id"], "test_print")
        answered(stage, asked["id"], "done")
        while heard["topic"] != "device:kiosk-1" or heard["view"]["errands"]:
            heard = json.loads(link.recv(timeout=30))
    display = stage.server.credentials["devices"]["display-1"]
    for token in (display, stage.as_("manager"), stage.as_("admin"), ""):
        with stage.server.live("device:kiosk-1", token=token) as link:
            with pytest.raises(Exception, match="4401"):
                link.recv(timeout=30)


def test_what_was_asked_at_one_server_is_heard_at_the_other(tmp_path: Path) -> None:
    database, credentials = furnished_copy(tmp_path)
    with served(database, credentials) as here, served(database, credentials) as there:
        with there.live("device:kiosk-1", token=credentials["devices"]["kiosk-1"]) as link:
            assert json.loads(link.recv(timeout=30))["view"]["errands"] == []
            asked = ask(Stage(here), "restart")
            heard: Any = {"topic": ""}
            while heard["topic"] != "device:kiosk-1":
                heard = json.loads(link.recv(timeout=30))
            assert heard["view"]["errands"][0]["id"] == asked["id"]


def test_what_no_device_answers_is_over_after_ten_minutes(stage: Stage) -> None:
    asked = ask(stage, "restart", device="display-1")
    stage.server.clock.advance(minutes=10, seconds=1)
    assert told(stage, "display-1") == []
    until("the end", lambda: listed(stage, "display-1")[0]["state"] == "over")
    answered(stage, asked["id"], "done", device="display-1")
    assert listed(stage, "display-1")[0]["state"] == "done", "it was done all the same"


def test_a_screen_is_seen_by_managers_for_a_day_and_nothing_but_its_pixels_is_kept(stage: Stage) -> None:
    asked = ask(stage, "screenshot")
    assert fetch(stage, asked["id"]).status_code == 404
    assert send(stage, asked["id"], png(author="somebody")).status_code == 204
    answered(stage, asked["id"], "done")
    shown = listed(stage)[0]["picture"]
    assert shown == f"/api/v1{HALL}/errands/{asked['id']}/picture"
    picture = fetch(stage, asked["id"])
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"somebody" not in picture.content
    assert Image.open(io.BytesIO(picture.content)).size == (60, 100)
    assert fetch(stage, asked["id"], "clerk1").status_code == 403
    stage.server.clock.advance(hours=24, seconds=1)
    stage.sign_out()
    assert fetch(stage, asked["id"]).status_code == 404
    core = stage.server.app.state.core
    stage.server.run(core.errands.tidy())
    assert listed(stage)[0]["picture"] is None


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"\x89PNG\r\n\x1a\n nothing of the kind", 422),
        (b"GIF89a", 422),
        (png(4000, 4000), 422),
        (b"\x89PNG" + bytes(4 * 1024 * 1024), 413),
    ],
    ids=["nothing", "torn", "another kind", "too many pixels", "too large"],
)
def test_what_is_no_picture_of_a_screen_is_not_kept(stage: Stage, content: bytes, status: int) -> None:
    asked = ask(stage, "screenshot")
    assert send(stage, asked["id"], content).status_code == status
    assert listed(stage)[0]["picture"] is None


def test_nobody_sends_a_picture_that_nobody_asked_for(stage: Stage) -> None:
    asked = ask(stage, "screenshot", device="display-1")
    assert send(stage, asked["id"], png()).status_code == 404
    restart = ask(stage, "restart")
    assert send(stage, restart["id"], png()).status_code == 404
    assert send(stage, uuid.uuid4().hex, png()).status_code == 404


def test_asking_too_often_is_slowed_down(stage: Stage) -> None:
    for _ in range(20):
        ask(stage, "restart", device="display-1")
    answers = [
        stage.server.request(
            "POST", f"/api/v1{HALL}/devices/display-1/errands", {"kind": "restart"}, stage.as_("manager")
        ).status_code
        for _ in range(15)
    ]
    assert answers[0] == 409
    assert answers[-1] == 429
