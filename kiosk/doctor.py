"""``liqu-doctor kiosk``: every part that a kiosk's settings name."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from hardware.doctor import link, parts
from hardware.doctor.finding import Check, Finding, Unreadable, well
from hardware.speaker.registry import SpeakerSettings
from server.device.keys import DeviceFile, Identity, identity_of
from server.protocol.places import FONT_BOLD, FONT_REGULAR, VOICE

from .config import Config, ConfigError, load


def doctor(arguments: Sequence[str]) -> Sequence[Check]:
    """``hardware.doctor.finding.Doctor`` for a kiosk."""
    parser = argparse.ArgumentParser(prog="liqu-doctor kiosk", description="Looks at a kiosk's parts.")
    parser.add_argument("--config", type=Path, required=True, help="the kiosk's settings file")
    parser.add_argument("--print", action="store_true", help="print a trial sheet on each roll printer")
    parser.add_argument("--aloud", action="store_true", help="say a sentence")
    parser.add_argument(
        "--scan", type=float, default=0, metavar="SECONDS", help="wait for a code to be shown"
    )
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

    screen, server = config.screen, config.server
    yield Check("settings", settings)
    yield Check("state folder", lambda: parts.folder(config.state_dir))
    yield Check("fonts", lambda: parts.fonts(FONT_REGULAR, FONT_BOLD))
    yield Check("screen", lambda: parts.screen(screen.width, screen.height, fullscreen=screen.fullscreen))
    topic, token = (f"kiosk:{who.hall}", who.token) if who else ("", "")
    yield Check(link.PART, lambda: link.server(server.url, topic, token, server.ca_file))
    if (printer := config.printer) is not None:
        yield Check("printer", lambda: parts.printer("printer", printer, trial=asked.print))
    if (labels := config.labels) is not None:
        yield Check("labels", lambda: parts.printer("labels", labels, trial=asked.print))
    if (documents := config.certificates) is not None:
        yield Check("certificates", lambda: parts.document_printer("certificates", documents))
    if (scanner := config.scanner) is not None:
        yield Check("scanner", lambda: parts.scanner(scanner, show=asked.scan))
    if (voice := config.voice) is not None:
        made = SpeakerSettings(pack=voice.pack or VOICE, out=voice.out, player=voice.player)
        yield Check("sound", lambda: parts.sound(voice.speaker, made, aloud=asked.aloud))
