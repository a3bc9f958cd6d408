"""A TCP line between clients and a server that can be made bad: slow, thin, deaf, or cut. Needs no rights.

All of it runs on a loop in a thread of its own, so that it can stand before anything, in any test or bench.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable

CHUNK = 65536
LOOK = 0.01
"""Seconds between two looks of a line that is held whether it is let go."""


class Proxy:
    """Passes connections at ``port`` on to ``target``. Its switches may be set at any time, by any thread."""

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.target = target
        """The server's port; a new one counts from the next connection on."""
        self.delay = 0.0
        """Seconds by which everything is late, each way."""
        self.rate = 0.0
        """Bytes a second towards clients; 0: as fast as it goes."""
        self.held = False
        """Nothing passes; it does when it is let go, as after an outage that TCP outlives."""
        self.refusing = False
        """New connections are reset at once."""
        self.passed = 0
        """Bytes that went to clients."""
        self._deaf = False
        self._lines: set[Line] = set()
        self._door = socket.create_server((host, 0), backlog=4096)
        self.host = host
        self.port: int = self._door.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def lines(self) -> int:
        """Connections that stand."""
        return len(self._lines)

    def reset(self) -> None:
        """Cut every connection by a reset, as a switch does that forgot them."""
        self._do(lambda: [line.cut() for line in tuple(self._lines)])

    def deafen(self) -> None:
        """Half-open for ever: what is sent on any present connection, or a new one until ``heal``, is lost,
        and nobody is told. A NAT table that was cleared looks so."""
        self._deaf = True
        self._do(lambda: [line.deafen() for line in self._lines])

    def heal(self) -> None:
        """New connections pass again; deaf ones stay deaf."""
        self._deaf = False

    def end(self) -> None:
        self.reset()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._door.close()

    def _do(self, what: Callable[[], object]) -> None:
        done = threading.Event()

        def do() -> None:
            what()
            done.set()

        self._loop.call_soon_threadsafe(do)
        assert done.wait(10), "the proxy hangs"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, sock=self._door, limit=CHUNK)
        )
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # What was cut is closed in the loop's next turn.
        self._loop.run_until_complete(asyncio.sleep(LOOK))
        self._loop.close()
        asyncio.set_event_loop(None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(self, writer)
        self._lines.add(line)
        if self._deaf:
            line.deafen()
        try:
            if self.refusing:
                return
            while self._deaf or self.held:
                await asyncio.sleep(LOOK)
                if line.ended:
                    return
            await line.carry(reader)
        except OSError:
            pass
        finally:
            line.cut()
            self._lines.discard(line)


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._deaf = False
        self._writers = [client]
        self.ended = False

    def deafen(self) -> None:
        self._deaf = True

    def cut(self) -> None:
        """Reset both ends."""
        self.ended = True
        for writer in self._writers:
            known = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader) -> None:
        """Until either end is gone."""
        theirs, server = await asyncio.open_connection("127.0.0.1", self._proxy.target, limit=CHUNK)
        self._writers.append(server)
        ways = [
            asyncio.create_task(self._pass(reader, server, False)),
            asyncio.create_task(self._pass(theirs, self._writers[0], True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if self._deaf:
                # That one end has gone is among what the other is not told.
                await asyncio.wait(ways)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, out: bool) -> None:
        proxy = self._proxy
        while True:
            rate = proxy.rate if out else 0.0
            data = await source.read(max(1, int(rate / 20)) if rate else CHUNK)
            if not data and self._deaf:
                return
            if not data:
                # Said goodbye: what was on its way has gone through, and the other end hears of it.
                with contextlib.suppress(OSError):
                    await target.drain()
                    target.close()
                return
            while proxy.held and not self._deaf:  # noqa: ASYNC110 - set by other threads
                await asyncio.sleep(LOOK)
            if self._deaf:
                continue
            if proxy.delay:
                await asyncio.sleep(proxy.delay)
            if rate:
                await asyncio.sleep(len(data) / rate)
            target.write(data)
            await target.drain()
            if out:
                proxy.passed += len(data)
