"""The settings of one printer, as its part of the configuration gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .base import DOTS, BadConfiguration

Config = Mapping[str, object]


class Settings:
    """Reads settings one by one and refuses those that nobody read: a typo is not a wish."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._read: set[str] = set()

    def _get(self, key: str, default: object = None) -> object:
        self._read.add(key)
        value = self._config.get(key, default)
        if value is None:
            raise BadConfiguration(f"printer setting {key!r} is missing")
        return value

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadConfiguration(f"printer setting {key!r} is a text, not {value!r}")
        return value.strip()

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise BadConfiguration(
                f"printer setting {key!r} is a whole number from {low} to {high}, not {value!r}"
            )
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self._get(key, choices[0])
        if not isinstance(value, str) or value not in choices:
            raise BadConfiguration(f"printer setting {key!r} is one of {', '.join(choices)}, not {value!r}")
        return value

    def usb_number(self, key: str) -> int:
        value = self._get(key)
        if isinstance(value, str) and re.fullmatch(r"(?:0x)?[0-9a-fA-F]{1,4}", value):
            return int(value, 16)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 0xFFFF:
            return value
        raise BadConfiguration(f"printer setting {key!r} is a USB number such as '04b8', not {value!r}")

    def dots(self) -> int:
        value = self._get("width_mm", 80)
        for width, dots in DOTS.items():
            if value == width:
                return dots
        raise BadConfiguration(f"printer setting 'width_mm' is 58 or 80, not {value!r}")

    def done(self) -> None:
        unknown = sorted(set(self._config) - self._read)
        if unknown:
            raise BadConfiguration(f"printer setting {unknown[0]!r} is unknown")
