"""``liqu-display --config FILE``: the composition root of the waiting-area screen."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hardware.speaker.registry import SpeakerSettings, open_speaker
from hardware.speaker.speakers import SilentSpeaker
from hardware.speaker.speech import Speaker, SpeakerError

from .announcer import Announcer
from .client import Address, LiveClient
from .config import Config, ConfigError, load
from .control import Doors, serve
from .link import Now
from .watch import Watch
from .window import prepare

log = logging.getLogger(__name__)


def clock() -> Now:
    return Now(datetime.now(UTC), time.monotonic())


def speaker(config: Config) -> Speaker:
    """The configured speaker; where the machine lacks something, a silent one: a mute board still serves."""
    settings = SpeakerSettings(
        pack=config.pack,
        out=config.path(config.voice.out) if config.voice.out else None,
        player=config.voice.player,
    )
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


async def run(config: Config) -> None:
    """Runs until the window is closed or the program is told to end."""
    from .app import DisplayApp

    announcer = Announcer(speaker(config))
    watch = Watch(announcer, clock, config.screen.counter)
    app = DisplayApp(watch)
    client = LiveClient(Address(config.server.url, config.topic, config.token()), watch)
    doors = Doors(app.scene_json, lambda: spoken(announcer), app.screenshot)
    control = serve(config.script.control_port, doors) if config.script.control_port else None
    link = asyncio.create_task(client.run(), name="link")
    # The window's loop can lose a cancellation at the moment when it wakes; its own way out it keeps.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, app.stop)
    try:
        await app.async_run(async_lib="asyncio")
    finally:
        link.cancel()
        announcer.hush()
        if control is not None:
            control.shutdown()


def main() -> int:
    parser = argparse.ArgumentParser(prog="liqu-display", description="The waiting-area screen of a hall.")
    parser.add_argument("--config", type=Path, required=True, help="a TOML file; see display/config.py")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        config = load(arguments.config)
        config.token()
        prepare(config.screen.width, config.screen.height, config.screen.fullscreen)
        asyncio.run(run(config))
    except ConfigError as error:
        print(f"liqu-display: {error}", file=sys.stderr)  # noqa: T201 - this is the program's answer
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
