"""A device's settings: one TOML file, read once, every mistake told in a sentence that says what to write."""

from __future__ import annotations

import getpass
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

TOML_PLACE = re.compile(
    r"^(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$"
)


class ConfigError(Exception):
    """A setting is missing or wrong; the message names it and says what to write."""


def read_toml(path: Path) -> dict[str, Any]:
    """The parts of the settings file ``path``. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no settings file {path}: give its whole path after --config") from error
    except IsADirectoryError as error:
        raise ConfigError(f"{path} is a folder: name the file in it, such as {path}/device.toml") from error
    except PermissionError as error:
        raise ConfigError(
            f"{path} may not be read by the user {user()}: give it that owner, with chown {user()} {path}"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"can't read the settings file {path}: {error.strerror}") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}, {_toml_fault(str(error))}") from error


def user() -> str:
    """Who this program runs as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "of this program"


def _toml_fault(told: str) -> str:
    """Where the text stops being TOML, and what is most often the reason. Never shows the line: it may hold
    a token."""
    found = TOML_PLACE.match(told)
    why = found["why"] if found else told
    where = f"line {found['line']}, column {found['column']}" if found and found["line"] else "at its end"
    hint = next((hint for sign, hint in _HINTS if sign in why), "")
    return f"{where}: not TOML: {why[:1].lower()}{why[1:]}" + (f"; {hint}" if hint else "")


_HINTS = (
    ("Invalid value", 'a text stands in straight quotation marks ("…"), a number in none'),
    ("Cannot overwrite", "the same setting stands there twice: take one away"),
    ("Cannot declare", "the same [part] stands there twice: put its settings together"),
    ("Expected '=' after a key", 'a setting is written name = "value"'),
    ("Expected ']'", "a part is written [name]"),
    ("Unescaped '\\'", r"write \\ for each backslash, or the text in 'single' quotation marks"),
    ("Illegal character", "a quotation mark at the end of a text is missing"),
    ('Expected "\'"', "a quotation mark at the end of a text is missing"),
    ("Expected newline", "one setting a line, and texts in quotation marks"),
)
"""What tomllib says, and what a technician most probably did."""


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, as the end of a sentence; else all that are known."""
    names = sorted(known)
    close = get_close_matches(wrong.lower(), names, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(names)}"


def check_parts(parts: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises ConfigError for a part that nobody reads, and for a setting that stands in no part."""
    names = tuple(known)
    for name, part in parts.items():
        if not isinstance(part, dict):
            if name in names:
                raise ConfigError(f"{name} must be a part of its own: write [{name}]")
            raise ConfigError(f"{name} stands in no part: write it below a line such as [{names[0]}]")
        if name not in names:
            raise ConfigError(f"[{name}] is unknown; {nearest(name, names)}")


_NEEDED = object()


class Part:
    """Reads the settings of one part one by one, and refuses those that nobody read."""

    def __init__(self, name: str, parts: Mapping[str, Any], folder: Path) -> None:
        self._name = name
        self._settings: Mapping[str, Any] = parts.get(name, {})
        self._folder = folder
        self._read: set[str] = set()

    def _get(self, key: str, default: Any, example: str = "") -> Any:
        self._read.add(key)
        value = self._settings.get(key, default)
        if value is _NEEDED:
            for other in self._settings:
                if get_close_matches(other.lower(), [key], n=1, cutoff=0.7):
                    raise ConfigError(f"[{self._name}] {other} is unknown; did you mean {key}?")
            raise ConfigError(f"[{self._name}] {key} is missing" + (f": write {example}" if example else ""))
        return value

    def text(self, key: str, default: str | None = None, example: str = "") -> str:
        value = self._get(key, _NEEDED if default is None else default, example)
        if not isinstance(value, str):
            raise ConfigError(f"[{self._name}] {key} must be a text in quotation marks, not {_shown(value)}")
        return value.strip()

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            told = f"[{self._name}] {key} must be a whole number {low} to {high}"
            raise ConfigError(f"{told}, not {_shown(value)}")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self._get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            told = f"[{self._name}] {key} must be a number {low:g} to {high:g}"
            raise ConfigError(f"{told}, not {_shown(value)}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise ConfigError(
                f"[{self._name}] {key} must be true or false, without quotation marks, not {_shown(value)}"
            )
        return value

    def choices(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        value = self._get(key, [])
        if not isinstance(value, list) or any(one not in known for one in value):
            told = f"[{self._name}] {key} is a list of some of {', '.join(known)}"
            raise ConfigError(f"{told}, not {_shown(value)}")
        return tuple(value)

    def one_of(self, key: str, known: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in known:
            names = ", ".join(one for one in known if one)
            raise ConfigError(f"[{self._name}] {key} is one of {names}, not {_shown(value)}")
        return value

    def path(self, key: str, default: Path | None) -> Path | None:
        text = self.text(key, "")
        return (self._folder / Path(text).expanduser()) if text else default

    def done(self) -> None:
        for key in self._settings:
            if key not in self._read:
                raise ConfigError(f"[{self._name}] {key} is unknown; {nearest(key, self._read)}")


def _shown(value: object) -> str:
    """``value`` as the file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | list) else repr(value)


def token_in(file: Path, device: str) -> str:
    """The token of ``device`` in a credentials file. Raises ConfigError, and never shows a token."""
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
