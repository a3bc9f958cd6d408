"""The live link against a real websocket server that goes away, comes back, stalls and refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from display.client import Address, LiveClient, Timing
from display.link import SILENCE
from server.device.keys import Identity, Keys
from tests.waiting import eventually, free_port

QUICK = Timing(open=0.5, ping=0.2, first=0.5, silence=0.6, waits=(0.02, 0.05), refused_waits=(0.3,))
FRAME = '{"topic":"board:main","seq":1,"at":"2026-11-21T09:41:00+08:00","view":{"n":%d}}'
BEAT = '{"topic":"heartbeat","at":"2026-11-21T09:41:00+08:00"}'


class Ear:
    """Listens and remembers."""

    def __init__(self) -> None:
        self.opened: list[datetime | None] = []
        self.frames: list[dict[str, Any]] = []
        self.beats: list[datetime] = []
        self.broken = 0

    def on_open(self, server_at: datetime | None) -> None:
        self.opened.append(server_at)

    def on_frame(self, view: dict[str, Any]) -> None:
        self.frames.append(view)

    def on_heartbeat(self, at: datetime) -> None:
        self.beats.append(at)

    def on_broke(self) -> None:
        self.broken += 1


@asynccontextmanager
async def listening(port: int, ear: Ear, timing: Timing = QUICK, token: str = "") -> AsyncIterator[None]:
    keys = Keys(Identity("main", "display-1", token)) if token else None
    client = LiveClient(Address(f"http://127.0.0.1:{port}", "board:main", keys), ear, timing)
    task = asyncio.create_task(client.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def tell_and_stay(link: ServerConnection) -> None:
    await link.send(FRAME % 1)
    await link.wait_closed()


async def test_the_newest_view_and_the_servers_time_arrive() -> None:
    ear, port = Ear(), free_port()
    asked: list[tuple[str, str | None]] = []

    async def hall(link: ServerConnection) -> None:
        assert link.request is not None
        asked.append((link.request.path, link.request.headers.get("Authorization")))
        for message in (FRAME % 1, BEAT, '{"topic":"other","view":{}}', "not json", "[]", FRAME % 2):
            await link.send(message)
        await link.wait_closed()

    async with serve(hall, "127.0.0.1", port), listening(port, ear, token="secret"):
        await eventually(lambda: len(ear.frames) == 2)
    assert ear.frames == [{"n": 1}, {"n": 2}]
    assert ear.beats == [datetime(2026, 11, 21, 1, 41, tzinfo=UTC)]
    assert asked == [("/api/v1/live?topic=board:main", "Bearer secret")]
    assert ear.opened[0] is not None
    assert abs((ear.opened[0] - datetime.now(UTC)).total_seconds()) < 60


async def test_a_server_that_goes_away_and_comes_back_is_found_again() -> None:
    ear, port = Ear(), free_port()
    async with listening(port, ear):
        await eventually(lambda: ear.broken >= 2)
        for turn in (1, 2):
            async with serve(tell_and_stay, "127.0.0.1", port):
                await eventually(lambda turn=turn: len(ear.frames) == turn)  # type: ignore[misc]
            broken = ear.broken
            await eventually(lambda broken=broken: ear.broken > broken)  # type: ignore[misc]
    assert len(ear.frames) == 2


async def test_a_half_open_line_is_noticed_and_left() -> None:
    """A peer that takes the line and then neither answers pings nor closes: a pulled cable."""
    ear, port = Ear(), free_port()
    relayed: list[asyncio.StreamWriter] = []
    dead = asyncio.Event()

    async def cable(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hall_reader, hall_writer = await asyncio.open_connection("127.0.0.1", hall_port)
        relayed.extend((writer, hall_writer))

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(4096):
                if not dead.is_set():
                    sink.write(data)

        await asyncio.gather(carry(reader, hall_writer), carry(hall_reader, writer), return_exceptions=True)

    hall_port = free_port()
    async with serve(tell_and_stay, "127.0.0.1", hall_port):
        relay = await asyncio.start_server(cable, "127.0.0.1", port)
        async with listening(port, ear, Timing(open=0.5, ping=0.2, first=0.5, waits=(0.02,))):
            await eventually(lambda: len(ear.frames) == 1)
            dead.set()
            await eventually(lambda: ear.broken >= 2)
            dead.clear()
            await eventually(lambda: len(ear.frames) == 2)
        relay.close()
        for writer in relayed:
            writer.close()


async def test_a_server_that_says_nothing_is_left_and_tried_again() -> None:
    ear, port = Ear(), free_port()

    async def mute(link: ServerConnection) -> None:
        await link.wait_closed()

    async with serve(mute, "127.0.0.1", port), listening(port, ear):
        await eventually(lambda: ear.broken >= 2)
    assert ear.frames == []


async def test_silence_after_frames_is_noticed_though_pings_are_answered() -> None:
    ear, port = Ear(), free_port()
    async with serve(tell_and_stay, "127.0.0.1", port), listening(port, ear):
        await eventually(lambda: len(ear.frames) >= 2)
    assert ear.broken >= 1


async def test_a_refusal_is_not_hammered() -> None:
    ear, port = Ear(), free_port()
    asked: list[float] = []

    def refuse(link: ServerConnection, request: Request) -> Response:
        asked.append(asyncio.get_running_loop().time())
        return link.respond(HTTPStatus.FORBIDDEN, "no")

    async with serve(tell_and_stay, "127.0.0.1", port, process_request=refuse), listening(port, ear):
        await eventually(lambda: len(asked) >= 3)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(asked))


async def test_a_topic_that_is_refused_after_the_handshake_waits_long_too() -> None:
    ear, port = Ear(), free_port()
    asked: list[float] = []

    async def refuse(link: ServerConnection) -> None:
        asked.append(asyncio.get_running_loop().time())
        await link.close(4404, "bad topic")

    async with serve(refuse, "127.0.0.1", port), listening(port, ear):
        await eventually(lambda: len(asked) >= 3)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(asked))


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_after_the_networks_return_less_than_three_seconds_pass(chance: float) -> None:
    timing = Timing()
    waits = [timing.wait(failures, False, chance) for failures in range(1, 50)]
    # The longest wait, then a link made at once; or a first packet that was lost just before, sent again
    # by the system after one second.
    assert max(waits) + 1.0 < 3.0
    assert timing.open + max(waits) < 3.01
    assert 2 * timing.ping < SILENCE


def test_refusals_back_off_to_a_quarter_of_a_minute() -> None:
    waits = [Timing().wait(failures, True, 0.5) for failures in range(1, 8)]
    assert waits == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


def test_the_address_of_the_live_link_follows_the_servers() -> None:
    assert Address("https://hall.example/liqu/", "counter:main:3").live == (
        "wss://hall.example/liqu/api/v1/live?topic=counter:main:3"
    )
