"""``liqu-doctor display``: every part that a waiting-area screen's settings name."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from hardware.doctor import link, parts
from hardware.doctor.finding import Check, Finding, Unreadable, well
from hardware.speaker.registry import SpeakerSettings
from server.device.keys import DeviceFile, Identity, identity_of
from server.protocol.places import FONT_BOLD, FONT_REGULAR

from .config import Config, ConfigError, load


def doctor(arguments: Sequence[str]) -> Sequence[Check]:
    """``hardware.doctor.finding.Doctor`` for a display."""
    parser = argparse.ArgumentParser(prog="liqu-doctor display", description="Looks at a display's parts.")
    parser.add_argument("--config", type=Path, required=True, help="the display's settings file")
    parser.add_argument("--aloud", action="store_true", help="say a sentence")
    asked = parser.parse_args(arguments)
    try:
        config = load(asked.config)
        who = identity_of(config.server, DeviceFile(config.state_dir))
    except ConfigError as error:
        raise Unreadable(str(error)) from error
    return tuple(_checks(config, who, asked))


def _checks(config: Config, who: Identity | None, asked: argparse.Namespace) -> Iterator[Check]:
    def settings() -> Iterator[Finding]:
        yield well("settings", f"{asked.config}: every setting is understood")

    screen, server, voice = config.screen, config.server, config.voice
    made = SpeakerSettings(pack=voice.pack, out=voice.out, player=voice.player)
    yield Check("settings", settings)
    yield Check("state folder", lambda: parts.folder(config.state_dir))
    yield Check("fonts", lambda: parts.fonts(FONT_REGULAR, FONT_BOLD))
    yield Check("screen", lambda: parts.screen(screen.width, screen.height, fullscreen=screen.fullscreen))
    topic, token = (config.topic(who.hall), who.token) if who else ("", "")
    yield Check(link.PART, lambda: link.server(server.url, topic, token, server.ca_file))
    if config.speaker != "silent":
        yield Check("sound", lambda: parts.sound(config.speaker, made, aloud=asked.aloud))
