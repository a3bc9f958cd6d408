"""TLS towards a real TLS server: the hall's own authority is trusted, nothing else, and never plain instead.

The kiosk's requests and live view, the display's live view, and the device's own line, each against the same.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from display.client import Address, LiveClient, Timing
from kiosk import model as m
from kiosk.client import HttpServer
from kiosk.live import listen
from server.device.line import Line
from server.device.secure import Fault
from server.device.where import ServerPart
from server.protocol.commands import DeviceStatus
from server.protocol.views import Heartbeat
from tests.unit.device.authority import DAY, Authority
from tests.unit.device.server_door import Door
from tests.waiting import eventually, free_port

STATUS = "/api/v1/devices/self/status"
BEAT = Heartbeat(at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC)).model_dump_json()


@pytest.fixture
def hall(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "hall")


def kiosk(part: ServerPart) -> HttpServer:
    return HttpServer(part, pauses=(), sleep=lambda _: None)


def test_requests_reach_a_server_whose_certificate_is_the_halls(hall: Authority) -> None:
    door = Door({STATUS: lambda _: (200, {"errands": []})})
    with door.open(hall.server()) as part:
        trusting = replace(part, ca_file=hall.pem)
        line = Line(trusting)
        reply = line.ask("POST", STATUS, DeviceStatus())
        http = kiosk(trusting)
        assert http.tell_status(DeviceStatus())
        http.close()
    assert reply is not None
    assert (reply.status, line.fault) == (200, "")
    assert part.url.startswith("https://")


BAD: dict[str, tuple[Callable[[Authority, Path], tuple[ssl.SSLContext, Path | None]], Fault]] = {
    "another's": (lambda hall, at: (Authority(at / "other", "Other CA").server(), hall.pem), "authority"),
    "no-ca-file": (lambda hall, at: (hall.server(), None), "authority"),
    "another-name": (lambda hall, at: (hall.server(name="liqu.example"), hall.pem), "name"),
    "run-out": (lambda hall, at: (hall.server(begins=-30 * DAY, ends=-DAY), hall.pem), "expired"),
    "not-yet": (lambda hall, at: (hall.server(begins=DAY), hall.pem), "not_yet"),
}
WORDS = {
    "authority": "copy the hall's ca.pem from the server and name it as [server] ca_file",
    "name": "write [server] url with the name or address for which it was made",
    "expired": "make it anew on the server with liqu-server tls",
    "not_yet": "set this machine's clock right",
}


@pytest.mark.parametrize("name", BAD)
def test_a_certificate_that_does_not_hold_is_no_way_in_and_says_what_to_do(
    name: str, hall: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make, fault = BAD[name]
    context, ca_file = make(hall, tmp_path)
    door = Door({STATUS: lambda _: (200, {"errands": []})})
    with door.open(context) as part:
        line = Line(replace(part, ca_file=ca_file))
        assert line.ask("POST", STATUS, DeviceStatus(), token="s3cret") is None
        assert line.ask("POST", STATUS, DeviceStatus(), token="s3cret") is None
        assert line.fault == fault
        http = kiosk(replace(part, ca_file=ca_file))
        assert not http.tell_status(DeviceStatus())
        assert not http.tell_status(DeviceStatus())
        http.close()
    assert door.asked == []
    told = [line for line in caplog.messages if WORDS[fault] in line]
    assert len(told) == 2, "each program says it once, not at each try"


def test_a_plain_server_behind_a_secure_address_is_no_way_in(hall: Authority) -> None:
    door = Door({STATUS: lambda _: (200, {})})
    with door.open() as part:
        secure = replace(part, url=part.url.replace("http", "https"), ca_file=hall.pem)
        line = Line(secure)
        assert line.ask("POST", STATUS, DeviceStatus()) is None
        assert line.fault == "plain"
        http = kiosk(secure)
        assert not http.tell_status(DeviceStatus())
        http.close()
    assert door.asked == []


def test_an_authority_that_is_gone_while_the_kiosk_works_is_no_way_in_and_no_end(
    hall: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door({STATUS: lambda _: (200, {"errands": []})})
    with door.open(hall.server()) as part:
        http = kiosk(replace(part, ca_file=hall.pem))
        kept = hall.pem.read_bytes()
        hall.pem.unlink()
        assert not http.tell_status(DeviceStatus())
        hall.pem.write_bytes(kept)
        assert http.tell_status(DeviceStatus())
        http.close()
    assert "the server can't be asked" in caplog.text


async def beating(line: ServerConnection) -> None:
    await line.send(BEAT)
    await line.wait_closed()


async def test_the_kiosks_live_view_is_secure_and_a_bad_certificate_is_told_as_such(
    hall: Authority, tmp_path: Path
) -> None:
    heard: list[Any] = []
    port = free_port()
    part = ServerPart(f"https://127.0.0.1:{port}", "main", "t", "kiosk-1", hall.pem)
    task = asyncio.create_task(
        listen(part, lambda event, _at: heard.append(event), back_off=(0.02,), random=lambda: 0.0)
    )
    try:
        async with serve(beating, "127.0.0.1", port, ssl=Authority(tmp_path / "x", "X").server()):
            await eventually(lambda: m.LinkBroken("certificate") in heard)
        assert m.Heard() not in heard
        async with serve(beating, "127.0.0.1", port, ssl=hall.server()):
            await eventually(lambda: m.Heard() in heard)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Ear:
    def __init__(self) -> None:
        self.beats = self.broken = 0

    def on_open(self, server_at: datetime | None) -> None: ...

    def on_frame(self, view: dict[str, Any]) -> None: ...

    def on_heartbeat(self, at: datetime) -> None:
        self.beats += 1

    def on_broke(self) -> None:
        self.broken += 1


async def test_the_displays_live_view_is_secure_and_nothing_else_will_do(
    hall: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    port, ear = free_port(), Ear()
    quick = Timing(open=2.0, ping=1.0, first=2.0, silence=2.0, waits=(0.02,), refused_waits=(0.02,))
    client = LiveClient(Address(f"https://127.0.0.1:{port}", "board:main", ca_file=hall.pem), ear, quick)
    task = asyncio.create_task(client.run())
    try:
        async with serve(beating, "127.0.0.1", port, ssl=Authority(tmp_path / "x", "X").server()):
            await eventually(lambda: ear.broken >= 2)
        async with serve(beating, "127.0.0.1", port):
            broken = ear.broken
            await eventually(lambda: ear.broken >= broken + 2)
        assert ear.beats == 0
        async with serve(beating, "127.0.0.1", port, ssl=hall.server()):
            await eventually(lambda: ear.beats >= 1)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
