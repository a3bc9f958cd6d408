"""What a device owes the server: reports, errands over two ways, a new token when it is asked to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from server.device.duty import Duty, live_address, read
from server.device.errands import ErrandBook, Errands
from server.device.keys import DeviceFile, Identity, Keys
from server.device.line import Line
from server.device.where import ServerPart
from server.protocol.commands import DeviceStatus
from server.protocol.devices import DeviceTasks
from tests.unit.device.server_door import Door
from tests.unit.device.test_device_errands import Hands, errand, path_of
from tests.waiting import eventually, free_port

AT = "2026-11-20T12:00:00+08:00"
STATUS, TOKEN = "/api/v1/devices/self/status", "/api/v1/devices/self/token"


@asynccontextmanager
async def on_duty(
    part: ServerPart, folder: Path, hands: Hands, keys: Keys, every: float = 0.02
) -> AsyncIterator[Duty]:
    line = Line(part)
    errands = Errands(line, keys, ErrandBook(folder), hands)
    duty = Duty(part, keys, line, errands, lambda: DeviceStatus(version="1"), every=every, random=lambda: 1.0)
    task = asyncio.create_task(duty.run())
    try:
        yield duty
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def tasks(**more: Any) -> dict[str, Any]:
    return DeviceTasks(**more).model_dump(mode="json")


def in_folder(folder: Path) -> Keys:
    return Keys(Identity("main", "kiosk-1", "old"), DeviceFile(folder))


async def test_errands_of_a_reports_answer_are_done_and_an_older_servers_silence_is_understood(
    tmp_path: Path,
) -> None:
    one = errand(1)
    answers: list[tuple[int, object]] = [(204, None), (200, tasks()), (200, tasks(errands=(one,)))]
    door = Door({STATUS: lambda _: answers.pop(0) if len(answers) > 1 else answers[0]})
    door.answers[path_of(one)] = lambda _: (204, None)
    hands = Hands()
    with door.open() as part:
        async with on_duty(part, tmp_path, hands, in_folder(tmp_path)):
            await eventually(lambda: path_of(one) in door.paths())
    assert hands.did == ["test_print"]
    assert door.paths().count(path_of(one)) == 1


async def test_a_change_is_told_at_once(tmp_path: Path) -> None:
    door = Door({STATUS: lambda _: (200, tasks())})
    with door.open() as part:
        async with on_duty(part, tmp_path, Hands(), in_folder(tmp_path), every=3600) as duty:
            await eventually(lambda: door.paths().count(STATUS) == 1)
            duty.changed()
            await eventually(lambda: door.paths().count(STATUS) == 2)


async def test_an_old_token_is_changed_once_and_the_new_one_is_used_from_then_on(tmp_path: Path) -> None:
    """The server forgets the old one as soon as the new one was used."""
    door = Door(tokens={"old", "new"})
    door.answers[STATUS] = lambda _: (200, tasks(renew_token=keys.token == "old"))
    door.answers[TOKEN] = lambda _: (200, {"token": "new"})
    keys = in_folder(tmp_path)
    with door.open() as part:
        async with on_duty(part, tmp_path, Hands(), keys):
            await eventually(lambda: keys.identity.old_token == "" and keys.token == "new")
            door.tokens = {"new"}
            after = len(door.asked)
            await eventually(lambda: len(door.asked) > after + 1)
    assert door.paths().count(TOKEN) == 1
    assert door.asked[-1][2] == "new"
    assert not keys.revoked
    assert json.loads((tmp_path / "device.json").read_text())["token"] == "new"


async def test_a_renewal_whose_answer_is_lost_is_asked_for_again(tmp_path: Path) -> None:
    lost: list[tuple[int, object]] = [(503, {}), (200, {}), (200, {"token": "new"})]
    door = Door()
    door.answers[STATUS] = lambda _: (200, tasks(renew_token=keys.token == "old"))
    door.answers[TOKEN] = lambda _: lost.pop(0)
    keys = in_folder(tmp_path)
    with door.open() as part:
        async with on_duty(part, tmp_path, Hands(), keys):
            await eventually(lambda: keys.token == "new")
    assert lost == []


async def test_an_errand_comes_over_the_live_line_at_once_with_the_token_of_the_moment(
    tmp_path: Path,
) -> None:
    one, port, asked = errand(1), free_port(), list[tuple[str, str]]()

    async def talk(line: ServerConnection) -> None:
        assert line.request is not None
        asked.append((line.request.path, line.request.headers.get("Authorization", "")))
        await line.send('{"topic": "heartbeat", "at": "2026-11-20T12:00:00+08:00"}')
        await line.send("no json")
        view = tasks(errands=(one,))
        await line.send(json.dumps({"topic": "device:kiosk-1", "seq": 1, "at": AT, "view": view}))
        await line.wait_closed()

    hands = Hands()
    part = ServerPart(f"http://127.0.0.1:{port}", "main", "old", "kiosk-1")
    async with (
        serve(talk, "127.0.0.1", port),
        on_duty(part, tmp_path, hands, in_folder(tmp_path), every=3600),
    ):
        await eventually(lambda: hands.did == ["test_print"])
    assert asked[0] == ("/api/v1/live?topic=device%3Akiosk-1", "Bearer old")


def test_a_frame_says_what_is_asked() -> None:
    frame = {"topic": "device:k", "seq": 1, "at": AT, "view": {"errands": [], "renew_token": True}}
    assert read(json.dumps(frame)) == DeviceTasks(renew_token=True)
    assert read('{"topic": "heartbeat", "at": "2026-11-20T12:00:00+08:00"}') is None
    for odd in ("", "[]", "{}", '{"topic": "heartbeat"}', '{"topic": "x", "view": 3}'):
        assert read(odd) is None


def test_a_secure_servers_line_is_secure() -> None:
    assert live_address("https://h/liqu", "device:k-1") == "wss://h/liqu/api/v1/live?topic=device%3Ak-1"


async def test_a_mistake_in_one_duty_ends_neither_it_nor_the_others(tmp_path: Path) -> None:
    one = errand(1)
    door = Door({STATUS: lambda _: (200, tasks(errands=(one,))), path_of(one): lambda _: (204, None)})
    faults = [RuntimeError("a mistake")]

    def status() -> DeviceStatus:
        if faults:
            raise faults.pop()
        return DeviceStatus(version="1")

    hands, keys = Hands(), in_folder(tmp_path)
    with door.open() as part:
        line = Line(part)
        errands = Errands(line, keys, ErrandBook(tmp_path), hands)
        task = asyncio.create_task(Duty(part, keys, line, errands, status, every=0.02).run())
        await eventually(lambda: hands.did == ["test_print"])
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert faults == []
