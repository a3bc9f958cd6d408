"""Pairing, against a door that is the server's: code, time left, ends, faults, and the token at last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.device.enrolling import Enrolling
from server.device.keys import DeviceFile, Identity
from server.device.line import Line
from server.device.pairing import LONG_PAUSE, PAUSE, Asking, Paired, Pairing, Showing, Stage
from server.device.settings import ConfigError
from server.device.where import ServerPart
from tests.unit.device.server_door import Door
from tests.waiting import eventually, free_port

ID, SECRET = "0" * 32, "s" * 32
ASK, TOKEN = "/api/v1/pairings", f"/api/v1/pairings/{ID}/token"
PAIRED = {"state": "paired", "hall": "main", "name": "kiosk-7", "token": "t0ken", "seal_key": "ab" * 32}


def view(code: str = "40718293", seconds: float = 600) -> dict[str, object]:
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"id": ID, "code": code, "secret": SECRET, "ends_at": ends.isoformat()}


class Hearing:
    """What stood on the screen, and how long was waited; time stands still but for that."""

    def __init__(self) -> None:
        self.seen: list[Stage] = []
        self.now = 1000.0
        self.naps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    async def pair(self, part: ServerPart) -> Identity:
        pairing = Pairing(
            Line(part, time_out=2), "kiosk", self.seen.append, clock=lambda: self.now, sleep=self.sleep
        )
        async with asyncio.timeout(20):
            return await pairing.run()


def in_turn(*answers: tuple[int, object]) -> Callable[[Any], tuple[int, object]]:
    """One answer after another; the last one for ever."""
    left = list(answers)
    return lambda _body: left.pop(0) if len(left) > 1 else left[0]


async def test_the_code_stands_until_a_manager_types_it_and_the_secret_fetches_the_token() -> None:
    waiting = (200, {"state": "waiting"})
    door = Door({ASK: lambda _: (201, view()), TOKEN: in_turn(waiting, waiting, (200, PAIRED))})
    ear = Hearing()
    with door.open() as part:
        identity = await ear.pair(part)
    assert identity == Identity("main", "kiosk-7", "t0ken", "ab" * 32)
    shown = ear.seen[0]
    assert isinstance(shown, Showing)
    assert shown.code == "40718293"
    assert 595 <= shown.left(1000.0) <= 601
    assert ear.seen[1:] == [Paired(identity)]
    assert [body for _m, path, _t, body in door.asked if path == TOKEN] == [{"secret": SECRET}] * 3
    assert door.asked[0][3]["kind"] == "kiosk"
    assert ear.naps == [2.0, 2.0, 2.0]


async def test_a_code_that_ends_is_followed_by_a_new_one() -> None:
    door = Door(
        {
            ASK: in_turn((201, view("11111111", 5)), (201, view("22222222")), (201, view("33333333"))),
            TOKEN: in_turn(*[(200, {"state": "waiting"})] * 3, (200, {"state": "over"}), (200, PAIRED)),
        }
    )
    ear = Hearing()
    with door.open() as part:
        await ear.pair(part)
    assert [one.code for one in ear.seen if isinstance(one, Showing)] == ["11111111", "22222222", "33333333"]


async def test_the_time_left_goes_by_the_servers_clock() -> None:
    """This machine is a year behind: the code is shown all the same."""
    door = Door({ASK: lambda _: (201, view()), TOKEN: lambda _: (200, PAIRED)})
    ear = Hearing()
    with door.open() as part:
        pairing = Pairing(
            Line(part),
            "display",
            ear.seen.append,
            clock=lambda: ear.now,
            wall=lambda: datetime(2025, 1, 1, tzinfo=UTC),
            sleep=ear.sleep,
        )
        await pairing.run()
    shown = ear.seen[0]
    assert isinstance(shown, Showing)
    assert 595 <= shown.left(1000.0) <= 601


@pytest.mark.parametrize(
    ("status", "trouble", "pause"),
    [(503, "unreached", PAUSE), (429, "busy", LONG_PAUSE), (404, "unknown", LONG_PAUSE)],
)
async def test_a_server_that_gives_no_code_is_told_and_asked_again(
    status: int, trouble: str, pause: float
) -> None:
    door = Door(
        {
            ASK: in_turn((status, {}), (201, {"code": "no view"}), (201, view())),
            TOKEN: lambda _: (200, PAIRED),
        }
    )
    ear = Hearing()
    with door.open() as part:
        await ear.pair(part)
    first = ear.seen[0]
    assert isinstance(first, Asking)
    assert first.trouble == trouble
    assert ear.naps[0] == pause
    assert isinstance(ear.seen[-1], Paired)


async def test_a_server_that_goes_while_the_code_stands_is_told_and_the_code_stays() -> None:
    door = Door(
        {
            ASK: lambda _: (201, view()),
            TOKEN: in_turn((503, {}), (503, {}), (200, {"state": "waiting"}), (200, PAIRED)),
        }
    )
    ear = Hearing()
    with door.open() as part:
        await ear.pair(part)
    assert [one.reached for one in ear.seen if isinstance(one, Showing)] == [True, False, True]


async def test_without_a_server_the_screen_says_so() -> None:
    ear = Hearing()
    task = asyncio.create_task(ear.pair(ServerPart(f"http://127.0.0.1:{free_port()}", "", "", "")))
    await eventually(lambda: len(ear.naps) >= 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ear.seen[:2] == [Asking("unreached"), Asking("unreached")]


async def test_what_pairing_brings_is_written_down_before_the_app_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.device.pairing.POLL", 0.01)
    door = Door({ASK: lambda _: (201, view()), TOKEN: lambda _: (200, PAIRED)})
    file = DeviceFile(tmp_path / "state")
    found: list[Identity | None] = []
    with door.open() as part:
        enrolling = Enrolling(part, file, "kiosk", lambda _: None, lambda: found.append(file.read()))
        async with asyncio.timeout(20):
            await enrolling.pair()
    assert [one and one.token for one in found] == ["t0ken"]
    assert json.loads(file.path.read_text())["instead_of"] != ""


async def test_a_device_that_was_stopped_goes_on_when_the_server_knows_it_again(tmp_path: Path) -> None:
    report = "/api/v1/devices/self/status"
    door = Door({report: in_turn((401, {}), (401, {}), (200, {"errands": []}))})
    done: list[str] = []
    with door.open() as part:
        before = Identity("main", "kiosk-1", "old")
        enrolling = Enrolling(
            part,
            DeviceFile(tmp_path),
            "kiosk",
            lambda _: None,
            lambda: done.append("on"),
            before=before,
            look=0.01,
        )
        async with asyncio.timeout(20):
            await enrolling.watch()
    assert done == ["on"]
    assert len(door.paths()) == 3


def test_a_state_folder_that_cannot_be_written_is_told_before_any_code_is_shown(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, not a folder")
    part = ServerPart("http://h", "", "", "")
    with pytest.raises(ConfigError, match=r"\[state\] dir .*state can't be written by the user"):
        Enrolling(part, DeviceFile(tmp_path / "state"), "kiosk", lambda _: None, lambda: None)


async def test_a_server_whose_clocks_contradict_each_other_is_not_asked_for_code_after_code() -> None:
    door = Door({ASK: lambda _: (201, view(seconds=-86400)), TOKEN: lambda _: (200, PAIRED)})
    ear = Hearing()
    with door.open() as part:
        await ear.pair(part)
    shown = ear.seen[0]
    assert isinstance(shown, Showing)
    assert shown.left(1000.0) == 600
    assert door.paths().count(ASK) == 1
