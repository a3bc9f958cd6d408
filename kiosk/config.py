"""The kiosk's configuration: one TOML file, read once, every mistake told in a sentence.

    [server]  url, hall, and token or (token_file and device)
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
    [state]   dir: where the last tickets are kept for a reprint
    [script]  control_port: scripted touch, see kiosk.script; off without it

Paths are taken from the folder of the configuration file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.protocol.topics import NAME
from server.protocol.words import LANGUAGES, Language

TILES = ("book", "pickup", "certificates", "progress")
"""Tiles that a kiosk may leave out."""


class ConfigError(Exception):
    """A setting is missing or wrong; the message names it and says what to write."""


@dataclass(frozen=True, slots=True)
class ServerPart:
    url: str
    """Without a slash at the end."""
    hall: str
    token: str
    device: str


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
    """The configuration in ``path``. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"can't read the configuration {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text: save it as UTF-8") from error
    try:
        parts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    return parse(parts, path.resolve().parent)


def parse(parts: Mapping[str, Any], folder: Path) -> Config:
    """The configuration in ``parts``, a parsed TOML file that lies in ``folder``. Raises ConfigError."""
    known = {
        "server",
        "screen",
        "printer",
        "labels",
        "certificates",
        "scanner",
        "staff",
        "voice",
        "state",
        "script",
    }
    for name, part in parts.items():
        if name not in known:
            raise ConfigError(f"[{name}] is unknown; the parts are {', '.join(sorted(known))}")
        if not isinstance(part, dict):
            raise ConfigError(f"{name} must be a part of its own: write [{name}]")
    if "server" not in parts:
        raise ConfigError("[server] is missing: write its url, hall and token")
    printer = _driven("printer", parts, folder, "escpos-network")
    labels = _driven("labels", parts, folder, "zpl-network")
    no_labels = labels is not None and labels["driver"] == "none"
    certificates = _driven("certificates", parts, folder, "ipp")
    scanner = _driven("scanner", parts, folder, "camera")
    width_mm = printer.get("width_mm", 80) if printer else 80
    if width_mm not in (58, 80):
        raise ConfigError(f"[printer] width_mm is 58 or 80, not {width_mm!r}")
    screen = _Part("screen", parts, folder)
    staff = _Part("staff", parts, folder)
    state = _Part("state", parts, folder)
    script = _Part("script", parts, folder)
    config = Config(
        server=_server(_Part("server", parts, folder)),
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
        voice=_voice(_Part("voice", parts, folder)) if "voice" in parts else None,
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


def _server(part: _Part) -> ServerPart:
    url = part.text("url").rstrip("/")
    if not re.fullmatch(r"https?://[^/\s]+(/\S*)?", url):
        raise ConfigError(f'[server] url must look like "http://192.168.1.10:8600", not {url!r}')
    hall = part.text("hall")
    if not NAME.fullmatch(hall):
        raise ConfigError(f'[server] hall is a short name such as "main", not {hall!r}')
    device = part.text("device", "")
    token = part.text("token", "")
    file = part.path("token_file", None)
    if bool(token) == bool(file):
        raise ConfigError("[server] write either token, or token_file together with device")
    if file is not None:
        if not device:
            raise ConfigError('[server] token_file needs device, such as device = "kiosk-1"')
        token = _token(file, device)
    if not token.isascii() or any(sign.isspace() for sign in token):
        raise ConfigError("[server] token has signs that no token has: copy it again")
    part.done()
    return ServerPart(url, hall, token, device or "kiosk")


def _token(file: Path, device: str) -> str:
    try:
        devices = json.loads(file.read_text(encoding="utf-8"))["devices"]
        token = devices[device]
    except OSError as error:
        raise ConfigError(f"[server] can't read token_file {file}: {error.strerror}") from error
    except KeyError as error:
        raise ConfigError(f"[server] token_file {file} has no device {device!r}") from error
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f'[server] token_file {file} must be JSON like {{"devices": {{"{device}": "…"}}}}'
        ) from error
    if not isinstance(token, str) or not token:
        raise ConfigError(f"[server] token_file {file}: the token of {device!r} is not a text")
    return token


def _pin(part: _Part) -> str:
    pin = part.text("pin")
    if not re.fullmatch(r"[0-9]{4,12}", pin):
        raise ConfigError("[staff] pin is 4 to 12 digits in quotation marks")
    return pin


def _language(part: _Part) -> Language:
    wanted = part.text("language", "zh")
    for language in LANGUAGES:
        if language == wanted:
            return language
    raise ConfigError(f"[screen] language is one of {', '.join(LANGUAGES)}, not {wanted!r}")


def _voice(part: _Part) -> VoicePart:
    voice = VoicePart(
        speaker=part.text("speaker"),
        pack=part.path("pack", None),
        out=part.path("out", None),
        player=part.text("player", "kivy"),
    )
    part.done()
    return voice


class _Part:
    """Reads the settings of one part one by one, and refuses those that nobody read."""

    def __init__(self, name: str, parts: Mapping[str, Any], folder: Path) -> None:
        self._name = name
        self._settings: Mapping[str, Any] = parts.get(name, {})
        self._folder = folder
        self._read: set[str] = set()

    def _get(self, key: str, default: Any) -> Any:
        self._read.add(key)
        value = self._settings.get(key, default)
        if value is _NEEDED:
            raise ConfigError(f"[{self._name}] {key} is missing")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, _NEEDED if default is None else default)
        if not isinstance(value, str):
            raise ConfigError(f"[{self._name}] {key} must be a text in quotation marks, not {value!r}")
        return value.strip()

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ConfigError(f"[{self._name}] {key} must be a whole number {low} to {high}, not {value!r}")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self._get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise ConfigError(f"[{self._name}] {key} must be a number {low:g} to {high:g}, not {value!r}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise ConfigError(f"[{self._name}] {key} must be true or false, not {value!r}")
        return value

    def choices(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        value = self._get(key, [])
        if not isinstance(value, list) or not set(value) <= set(known):
            raise ConfigError(f"[{self._name}] {key} is a list of some of {', '.join(known)}, not {value!r}")
        return tuple(value)

    def path(self, key: str, default: Path | None) -> Path | None:
        text = self.text(key, "")
        return (self._folder / Path(text).expanduser()) if text else default

    def done(self) -> None:
        for key in self._settings:
            if key not in self._read:
                raise ConfigError(
                    f"[{self._name}] {key} is unknown; it knows {', '.join(sorted(self._read))}"
                )


_NEEDED = object()
