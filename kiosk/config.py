"""The kiosk's configuration: one TOML file, read once, every mistake told in a sentence.

    [server]  url alone: this kiosk pairs itself; or with hall, and token or (token_file and device);
              ca_file: PEM of the hall's own authority, for a url that begins with https;
              seal_key: the public key of the hall's day lists, where it is not to be learnt
    [screen]  width, height (px), diagonal_inches, fullscreen, language,
              leave_out: tiles that this kiosk has not: "book", "pickup", "certificates", "progress"
    [printer] driver and its settings (hardware.printers.registry); without it: no paper here
    [labels]  driver and its settings, of a label printer; driver = "none": no labels here;
              without it labels go on the ticket printer's roll of 80 mm
    [certificates] driver and its settings, of a printer of documents (hardware.printers.documents);
              without it certificates are only taken away on the phone
    [scanner] driver and its settings (hardware.scanners.registry); without it codes are typed
    [staff]   pin (4 to 12 digits)
    [voice]   speaker (hardware.speaker.registry), pack, player, out; without it: no voice help
    [state]   dir: where it keeps who it is, and the last tickets for a reprint
    [script]  control_port: scripted touch, see kiosk.script; off without it

Paths are taken from the folder of the configuration file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.device.settings import ConfigError as ConfigError
from server.device.settings import Part, check_parts, read_toml
from server.device.where import ServerPart as ServerPart
from server.device.where import server_part
from server.protocol.words import LANGUAGES, Language

TILES = ("book", "pickup", "certificates", "progress")
"""Tiles that a kiosk may leave out."""


@dataclass(frozen=True, slots=True)
class ScreenPart:
    width: int
    height: int
    diagonal_inches: float
    fullscreen: bool


@dataclass(frozen=True, slots=True)
class VoicePart:
    speaker: str
    pack: Path | None
    out: Path | None
    player: str


@dataclass(frozen=True, slots=True)
class Config:
    server: ServerPart
    screen: ScreenPart
    printer: Mapping[str, object] | None
    """The printer's own settings, for the registry; None: this kiosk has no printer."""
    width_mm: int
    labels: Mapping[str, object] | None
    """The label printer's own settings; None: there is none."""
    labels_on_tickets: bool
    """Without a label printer, labels may go on the ticket printer's roll."""
    certificates: Mapping[str, object] | None
    """The settings of the printer of certificates, for its registry; None: there is none."""
    leave_out: tuple[str, ...]
    """Tiles of the home screen that this kiosk has not."""
    scanner: Mapping[str, object] | None
    """The scanner's own settings, for the registry; None: this kiosk has none."""
    pin: str
    language: Language
    voice: VoicePart | None
    state_dir: Path
    control_port: int | None


def load(path: Path) -> Config:
    """The configuration in ``path``. Raises ConfigError, whose message names the file."""
    parts = read_toml(path)
    try:
        return parse(parts, path.resolve().parent)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


PARTS = (
    *("server", "screen", "printer", "labels", "certificates"),
    *("scanner", "staff", "voice", "state", "script"),
)


def parse(parts: Mapping[str, Any], folder: Path) -> Config:
    """The configuration in ``parts``, a parsed TOML file that lies in ``folder``. Raises ConfigError."""
    check_parts(parts, PARTS)
    if "server" not in parts:
        raise ConfigError('[server] is missing: write it, and below it url = "http://192.168.1.10:8600"')
    printer = _driven("printer", parts, folder, "escpos-network")
    labels = _driven("labels", parts, folder, "zpl-network")
    no_labels = labels is not None and labels["driver"] == "none"
    certificates = _driven("certificates", parts, folder, "ipp")
    scanner = _driven("scanner", parts, folder, "camera")
    width_mm = printer.get("width_mm", 80) if printer else 80
    if width_mm not in (58, 80):
        raise ConfigError(f"[printer] width_mm is 58 or 80, not {width_mm!r}")
    screen = Part("screen", parts, folder)
    staff = Part("staff", parts, folder)
    state = Part("state", parts, folder)
    script = Part("script", parts, folder)
    config = Config(
        server=server_part(Part("server", parts, folder), "kiosk"),
        screen=ScreenPart(
            width=screen.whole("width", 1080, 480, 7680),
            height=screen.whole("height", 1920, 480, 7680),
            diagonal_inches=screen.number("diagonal_inches", 32.0, 7.0, 110.0),
            fullscreen=screen.flag("fullscreen", True),
        ),
        printer=printer,
        width_mm=width_mm,
        labels=None if no_labels else labels,
        labels_on_tickets=not no_labels,
        certificates=certificates,
        leave_out=screen.choices("leave_out", TILES),
        scanner=scanner,
        pin=_pin(staff),
        language=_language(screen),
        voice=_voice(Part("voice", parts, folder)) if "voice" in parts else None,
        state_dir=state.path("dir", folder / "kiosk-state") or folder,
        control_port=script.whole("control_port", 0, 0, 65535) or None,
    )
    for part in (screen, staff, state, script):
        part.done()
    return config


def _driven(name: str, parts: Mapping[str, Any], folder: Path, example: str) -> Mapping[str, object] | None:
    """The part ``name`` that a registry reads, paths counted from ``folder``; None where it is left out."""
    part: Mapping[str, object] | None = parts.get(name)
    if part is None:
        return None
    driver = part.get("driver")
    if not isinstance(driver, str):
        raise ConfigError(f'[{name}] driver is missing: write for example driver = "{example}"')
    path = part.get("path")
    if driver in ("escpos-file", "camera-file") and isinstance(path, str):
        return {**part, "path": str(folder / Path(path).expanduser())}
    return part


def _pin(part: Part) -> str:
    pin = part.text("pin", example='pin = "…", 4 to 12 digits in quotation marks')
    if not re.fullmatch(r"[0-9]{4,12}", pin):
        raise ConfigError("[staff] pin is 4 to 12 digits in quotation marks")
    return pin


def _language(part: Part) -> Language:
    wanted = part.one_of("language", LANGUAGES, "zh")
    return next(language for language in LANGUAGES if language == wanted)


def _voice(part: Part) -> VoicePart:
    voice = VoicePart(
        speaker=part.text("speaker"),
        pack=part.path("pack", None),
        out=part.path("out", None),
        player=part.text("player", "kivy"),
    )
    part.done()
    return voice
