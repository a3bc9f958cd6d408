"""A hall on a port that speaks the live frames, for trying a display without the server.

``python -m tests.ui.display_fake_hall PORT`` calls a number every twelve seconds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from websockets.asyncio.server import ServerConnection, serve

from server.protocol.views import Board, Call, CounterPanel, Frame, Heartbeat
from tests.ui.display_states import board


class FakeHall:
    """Sends its one view to whoever listens, at once and on each change."""

    def __init__(self, view: Board | CounterPanel, topic: str = "board:main") -> None:
        self._view = view
        self._topic = topic
        self._seq = 0
        self._links: set[ServerConnection] = set()

    @property
    def listeners(self) -> int:
        return len(self._links)

    async def show(self, view: Board | CounterPanel) -> None:
        self._view = view
        self._seq += 1
        for link in tuple(self._links):
            await link.send(self._frame())

    def _frame(self) -> str:
        return Frame(
            topic=self._topic, seq=self._seq, at=datetime.now(UTC), view=self._view
        ).model_dump_json()

    async def _serve(self, link: ServerConnection) -> None:
        await link.send(self._frame())
        await link.send(Heartbeat(at=datetime.now(UTC)).model_dump_json())
        self._links.add(link)
        try:
            await link.wait_closed()
        finally:
            self._links.discard(link)

    @asynccontextmanager
    async def open(self, port: int) -> AsyncIterator[FakeHall]:
        async with serve(self._serve, "127.0.0.1", port):
            yield self


def calling(number: str, counter: str, id_: str) -> Call:
    return Call(id=id_, number=number, counter=counter, at=datetime.now(UTC))


async def demo(port: int) -> None:
    async with FakeHall(board()).open(port) as hall:
        for turn in range(1000):
            await asyncio.sleep(12)
            await hall.show(board(calls=(calling(f"A{turn % 1000:03}", str(turn % 4 + 1), f"c{turn}"),)))


if __name__ == "__main__":
    asyncio.run(demo(int(sys.argv[1])))
