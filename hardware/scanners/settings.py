"""Reads a scanner's settings one by one and refuses those that nobody read: a typo is not a wish."""

from __future__ import annotations

from collections.abc import Mapping

from ..printers.base import BadConfiguration


class Settings:
    """Each reader raises BadConfiguration, which names the setting that is missing or wrong."""

    def __init__(self, config: Mapping[str, object]) -> None:
        self._config = config
        self._read: set[str] = set()

    def common(self, name: str) -> tuple[str, float]:
        """The scanner's ``name``, and ``quiet_ms`` in seconds: how long until the same code counts again."""
        return self.text("name", name), self.whole("quiet_ms", 2000, 0, 60_000) / 1000

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise BadConfiguration(f"scanner setting {key!r} is a text, not {value!r}")
        return value.strip()

    def whole(self, key: str, default: int | None, low: int, high: int) -> int:
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise BadConfiguration(
                f"scanner setting {key!r} is a whole number from {low} to {high}, not {value!r}"
            )
        return value

    def text_or_whole(self, key: str, low: int, high: int) -> str | int:
        if isinstance(self._config.get(key), str):
            return self.text(key)
        return self.whole(key, None, low, high)

    def done(self) -> None:
        unknown = sorted(set(self._config) - self._read)
        if unknown:
            raise BadConfiguration(f"scanner setting {unknown[0]!r} is unknown")

    def _get(self, key: str, default: object) -> object:
        self._read.add(key)
        value = self._config.get(key, default)
        if value is None:
            raise BadConfiguration(f"scanner setting {key!r} is missing")
        return value
