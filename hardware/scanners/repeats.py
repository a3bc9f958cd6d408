"""The same code seen again within a short time is one scan."""

from __future__ import annotations

QUIET = 2.0
"""Seconds without a code after which it counts again."""
REMEMBERED = 16
"""Codes in mind; with one more, that seen longest ago is forgotten."""


class Repeats:
    """Which sightings are new. A code held before a camera for minutes stays one scan.

    No clock of its own: ``at`` is in seconds and does not run backwards.
    """

    def __init__(self, quiet: float = QUIET, remembered: int = REMEMBERED) -> None:
        self._quiet = quiet
        self._remembered = remembered
        self._seen: dict[str, float] = {}

    def is_new(self, text: str, at: float) -> bool:
        """Whether ``text`` was not seen in the ``quiet`` seconds before ``at``; it is seen now."""
        last = self._seen.pop(text, None)
        self._seen[text] = at
        if len(self._seen) > self._remembered:
            del self._seen[next(iter(self._seen))]
        return last is None or at - last >= self._quiet
