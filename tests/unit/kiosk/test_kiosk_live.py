"""The kiosk's live line against a real websocket server that comes, goes, stays silent and talks nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from kiosk import flow
from kiosk import model as m
from kiosk.config import ServerPart
from kiosk.live import address, listen, read
from server.protocol.views import Frame, Heartbeat, KioskHome
from tests.ui.kiosk_states import HOME, RULES
from tests.waiting import eventually, free_port

AT = datetime(2026, 11, 20, 1, 41, tzinfo=UTC)
FRAME = Frame(topic="kiosk:main", seq=1, at=AT, view=HOME).model_dump_json()
BEAT = Heartbeat(at=AT).model_dump_json()


class Ear:
    """Hears, and lets the flow decide, as the app does."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, datetime | None]] = []
        self.state = m.State(RULES)

    def __call__(self, event: m.HomeSeen | m.Heard | m.LinkBroken, at: datetime | None) -> None:
        self.heard.append((event, at))
        self.state, _effects = flow.step(self.state, event, float(len(self.heard)))

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event, _at in self.heard)


@asynccontextmanager
async def listening(port: int, ear: Ear, silence: float = 5.0) -> AsyncIterator[None]:
    part = ServerPart(f"http://127.0.0.1:{port}", "main", "secret", "kiosk-1")
    task = asyncio.create_task(listen(part, ear, back_off=(0.02, 0.05), silence=silence, random=lambda: 0.0))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def speak_and_stay(line: ServerConnection) -> None:
    await line.send(FRAME)
    await line.send(BEAT)
    await line.wait_closed()


def test_a_secure_server_is_asked_securely() -> None:
    part = ServerPart("https://hall.example/liqu", "main", "t", "k")
    assert address(part) == "wss://hall.example/liqu/api/v1/live?topic=kiosk%3Amain"


async def test_the_view_and_the_servers_time_arrive_with_the_token_in_a_header() -> None:
    ear, port = Ear(), free_port()
    asked: list[tuple[str, str | None]] = []

    async def hall(line: ServerConnection) -> None:
        assert line.request is not None
        asked.append((line.request.path, line.request.headers.get("Authorization")))
        await speak_and_stay(line)

    async with serve(hall, "127.0.0.1", port), listening(port, ear):
        await eventually(lambda: ear.count(m.Heard) == 1)
    assert ear.heard[:2] == [(m.HomeSeen(HOME), AT), (m.Heard(), AT)]
    assert asked == [("/api/v1/live?topic=kiosk%3Amain", "Bearer secret")]


async def test_without_a_server_the_screen_says_so_and_comes_back_by_itself() -> None:
    ear, port = Ear(), free_port()
    async with listening(port, ear):
        await eventually(lambda: ear.count(m.LinkBroken) >= 2)
        assert flow.shown(ear.state) == flow.Loading(lost=True)
        for turn in (1, 2):
            async with serve(speak_and_stay, "127.0.0.1", port):
                await eventually(lambda turn=turn: ear.count(m.HomeSeen) == turn)  # type: ignore[misc]
                assert flow.shown(ear.state) == m.Home()
            broken = ear.count(m.LinkBroken)
            await eventually(lambda broken=broken: ear.count(m.LinkBroken) > broken)  # type: ignore[misc]


async def test_a_line_that_falls_silent_is_dropped_and_tried_again() -> None:
    ear, port = Ear(), free_port()
    async with serve(speak_and_stay, "127.0.0.1", port), listening(port, ear, silence=0.2):
        await eventually(lambda: ear.count(m.HomeSeen) >= 2)
    assert ear.count(m.LinkBroken) >= 1


async def test_a_wrong_token_is_refused_logged_once_and_tried_until_it_is_right(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ear, port = Ear(), free_port()
    right = False

    def door(line: ServerConnection, _request: Request) -> Response | None:
        return None if right else line.respond(HTTPStatus.UNAUTHORIZED, "no")

    async with serve(speak_and_stay, "127.0.0.1", port, process_request=door), listening(port, ear):
        await eventually(lambda: ear.count(m.LinkBroken) >= 3)
        assert flow.shown(ear.state) == flow.Loading(lost=True)
        assert caplog.text.count("the live view is lost") == 1
        assert "secret" not in caplog.text
        right = True
        await eventually(lambda: ear.count(m.HomeSeen) == 1)


async def test_a_topic_closed_by_the_server_is_a_lost_line_and_no_end() -> None:
    ear, port = Ear(), free_port()

    async def hall(line: ServerConnection) -> None:
        await line.close(4401, "no right")

    async with serve(hall, "127.0.0.1", port), listening(port, ear):
        await eventually(lambda: ear.count(m.LinkBroken) >= 2)
    assert ear.count(m.HomeSeen) == 0


async def test_nonsense_between_frames_is_left_out() -> None:
    ear, port = Ear(), free_port()

    async def hall(line: ServerConnection) -> None:
        for message in ("not json", "[]", "{}", b"\x00\xff", '{"topic":"kiosk:main","view":{}}', FRAME):
            await line.send(message)
        await line.wait_closed()

    async with serve(hall, "127.0.0.1", port), listening(port, ear):
        await eventually(lambda: ear.count(m.HomeSeen) == 1)
    assert ear.count(m.LinkBroken) == 0


def test_a_newer_servers_unknown_fields_do_no_harm() -> None:
    frame = json.loads(FRAME)
    frame["view"]["something_new"] = 1
    event, at = read(json.dumps(frame))
    assert isinstance(event, m.HomeSeen)
    assert isinstance(event.home, KioskHome)
    assert at == AT
