"""This kiosk's duties towards the server, put together; and its first duty of all: to become a hall's own."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Literal

from server.device.duty import Duty
from server.device.enrolling import Enrolling
from server.device.errands import ErrandBook, Errands
from server.device.keys import DeviceFile, Identity, Keys
from server.device.line import Line
from server.protocol.devices import DeviceTasks

from .config import Config
from .errand_work import KioskWorker

if TYPE_CHECKING:
    from .app import KioskApp
    from .client import HttpServer
    from .ports import Memory, Paper

After = Literal["end", "again", "stopped"]
"""What becomes of the program: it ends, or begins anew, or does so as one whom the server has forgotten."""


class Duties:
    """Begun on the loop; ``after`` says how the program goes on when the app has ended."""

    def __init__(
        self, config: Config, keys: Keys, app: KioskApp, server: HttpServer, paper: Paper, memory: Memory
    ) -> None:
        from .picture_file import take_picture

        self.after: After = "end"
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._stopping: asyncio.Future[None] | None = None
        self._worker = KioskWorker(
            seen=lambda: app.state,
            server=server,
            paper=paper,
            memory=memory,
            photograph=take_picture,
            restart=lambda: self._leave("again"),
        )
        line = Line(config.server)
        errands = Errands(line, keys, ErrandBook(config.state_dir), self._worker)
        self._duty = Duty(config.server, keys, line, errands, app.reporter.status, reports=False)
        server.on_tasks = self._heard
        keys.on_revoked = self._forgotten

    async def run(self) -> None:
        try:
            await self._duty.run()
        finally:
            if self._stopping is not None:
                self._stopping.cancel()

    def _heard(self, tasks: DeviceTasks) -> None:
        """From a thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._duty.heard, tasks)

    def _forgotten(self) -> None:
        """From a thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop_when_free)

    def _stop_when_free(self) -> None:
        async def stop() -> None:
            # A number that was given stays on the glass until its owner has gone.
            await self._worker.free()
            self._leave("stopped")

        self._stopping = asyncio.ensure_future(stop())

    def _leave(self, how: After) -> None:
        self.after = how
        self._app.stop()


def enrol(config: Config, file: DeviceFile, before: Identity | None) -> After:
    """Show a code until a manager makes this kiosk a hall's own. ``before``: who it was until it was stopped.

    Raises ConfigError before any window.
    """
    from .window import prepare

    prepare(config.screen)
    return asyncio.run(_enrol(config, file, before))


async def _enrol(config: Config, file: DeviceFile, before: Identity | None) -> After:
    from kivy.core.window import Window

    from server.device.watchdog import beat

    from . import model as m
    from .config import ConfigError
    from .enrolling import EnrolApp, Pairer
    from .widgets.area import Metrics

    if Window is None:
        raise ConfigError("no screen: is DISPLAY set, and is the X server running?")
    after: After = "end"

    def done() -> None:
        nonlocal after
        after = "again"
        app.stop()

    pairer = Pairer(lambda: asyncio.ensure_future(enrolling.pair()))
    app = EnrolApp(
        rules=m.Rules(pin=config.pin),
        metrics=Metrics(int(Window.width), int(Window.height), config.screen.diagonal_inches),
        server=config.server.url,
        stopped=before is not None,
        pair=pairer,
    )
    enrolling = Enrolling(config.server, file, "kiosk", app.show, done, before=before)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, app.stop)
    tasks = [asyncio.create_task(enrolling.watch()), asyncio.create_task(beat())]
    if config.control_port is not None:
        from .script import Control

        tasks.append(asyncio.create_task(Control(app).serve(config.control_port)))
    try:
        await app.async_run("asyncio")
    finally:
        pairer.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return after
