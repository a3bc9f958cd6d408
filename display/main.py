"""``liqu-display --config FILE``: the composition root of the waiting-area screen."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from hardware.speaker.registry import SpeakerSettings, open_speaker
from hardware.speaker.speakers import SilentSpeaker
from hardware.speaker.speech import Speaker, SpeakerError
from server.device.again import begin_anew, was_stopped
from server.device.duty import Duty
from server.device.enrolling import Enrolling
from server.device.errands import ErrandBook, Errands
from server.device.keys import DeviceFile, Identity, Keys, employed, identity_of
from server.device.line import Line
from server.device.watchdog import beat

from .announcer import Announcer
from .client import Address, LiveClient
from .config import Config, ConfigError, load
from .control import Doors, serve
from .enrolment import Enrolment
from .link import Now
from .reporting import DisplayWorker, Health, status
from .watch import Watch
from .window import prepare

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks whether something of the status changed."""

After = Literal["end", "again", "stopped"]
"""What becomes of the program: it ends, or begins anew, or does so as one whom the server has forgotten."""


def clock() -> Now:
    return Now(datetime.now(UTC), time.monotonic())


def speaker(config: Config) -> Speaker:
    """The configured speaker; where the machine lacks something, a silent one: a mute board still serves."""
    settings = SpeakerSettings(pack=config.voice.pack, out=config.voice.out, player=config.voice.player)
    try:
        return open_speaker(config.speaker, settings)
    except SpeakerError as error:
        log.error("no voice: %s", error)
        return SilentSpeaker()
    except ValueError as error:
        raise ConfigError(f"[voice] {error}") from error


def spoken(announcer: Announcer) -> list[dict[str, object]]:
    """What was said as scripts read it: ``at`` is the box's own time."""
    now = clock()
    return [
        {
            "id": line.id,
            "text": line.text,
            "language": line.language,
            "times": line.times,
            "at": (now.clock - timedelta(seconds=now.ticks - line.began)).isoformat(),
            "seconds": line.seconds,
            "fault": line.fault,
        }
        for line in announcer.spoken
    ]


async def run(config: Config, file: DeviceFile, identity: Identity) -> After:
    """Shows the hall until the window is closed or the program is told to end."""
    from kivy.core.window import Window

    from .app import DisplayApp, write_picture

    part = employed(config.server, identity)
    keys = Keys(identity, file)
    voice = speaker(config)
    announcer = Announcer(voice)
    watch = Watch(announcer, clock, config.screen.counter)
    app = DisplayApp(watch)
    client = LiveClient(Address(part.url, config.topic(part.hall), keys, part.ca_file), watch)
    doors = Doors(app.scene_json, lambda: spoken(announcer), app.screenshot)
    control = serve(config.control_port, doors) if config.control_port else None
    after: After = "end"

    def leave(how: After) -> None:
        nonlocal after
        after = how
        app.stop()

    def health() -> Health:
        lost = isinstance(voice, SilentSpeaker) and config.speaker != "silent"
        return Health(
            silent=config.speaker == "silent",
            fault="no voice could be opened" if lost else announcer.fault,
            size=(int(Window.width), int(Window.height)),
            heard=watch.heard,
        )

    worker = DisplayWorker(lambda: watch.calling, write_picture, lambda: leave("again"))
    line = Line(part)
    errands = Errands(line, keys, ErrandBook(config.state_dir), worker)
    duty = Duty(part, keys, line, errands, lambda: status(health()))
    loop = asyncio.get_running_loop()

    def forgotten() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(leave, "stopped")

    keys.on_revoked = forgotten
    tasks = [asyncio.create_task(client.run(), name="link"), asyncio.create_task(beat(), name="beat")]
    if part.token:
        tasks.append(asyncio.create_task(duty.run(), name="duty"))
        tasks.append(asyncio.create_task(_tell_changes(duty, health), name="changes"))
    # The window's loop can lose a cancellation at the moment when it wakes; its own way out it keeps.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.stop)
    try:
        await app.async_run(async_lib="asyncio")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        announcer.hush()
        if control is not None:
            control.shutdown()
    return after


async def _tell_changes(duty: Duty, health: Callable[[], Health]) -> None:
    before = health()
    while True:
        await asyncio.sleep(LOOK)
        now = health()
        if (now.sound, now.size) != (before.sound, before.size):
            duty.changed()
        before = now


async def enrol(config: Config, file: DeviceFile, before: Identity | None) -> After:
    """Shows a code until a manager makes this display a hall's own; ``before``: whose it was."""
    from .app import DisplayApp

    watch = Enrolment(config.server.url, stopped=before is not None)
    app = DisplayApp(watch)
    doors = Doors(app.scene_json, list, app.screenshot)
    control = serve(config.control_port, doors) if config.control_port else None
    after: After = "end"

    def done() -> None:
        nonlocal after
        after = "again"
        app.stop()

    enrolling = Enrolling(config.server, file, "display", watch.show, done, before=before)
    tasks = [asyncio.create_task(one) for one in (enrolling.pair(), enrolling.watch(), beat())]
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, app.stop)
    try:
        await app.async_run(async_lib="asyncio")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if control is not None:
            control.shutdown()
    return after


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to end. 2: the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="liqu-display", description="The waiting-area screen of a hall.")
    parser.add_argument("--config", type=Path, required=True, help="the configuration, a TOML file")
    parser.add_argument("--check", action="store_true", help="check the configuration and end")
    given = parser.parse_args(arguments)
    try:
        config = load(given.config)
        file = DeviceFile(config.state_dir)
        identity = identity_of(config.server, file)
        if given.check:
            return 0
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        prepare(config.screen.width, config.screen.height, config.screen.fullscreen)
        if identity is None or was_stopped():
            after = asyncio.run(enrol(config, file, identity))
        else:
            after = asyncio.run(run(config, file, identity))
    except ConfigError as error:
        print(f"liqu-display: {error}", file=sys.stderr)  # noqa: T201 - this is the program's answer
        return 2
    except KeyboardInterrupt:
        return 0
    if after != "end":
        begin_anew(stopped=after == "stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
