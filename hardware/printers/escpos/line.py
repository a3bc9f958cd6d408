"""One open connection to a printer, whatever carries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class LineError(Exception):
    """The connection broke, or took nothing within its limit."""


class Line(Protocol):
    """An open connection: used for one job, then closed."""

    def send(self, data: bytes) -> None:
        """Send all of ``data``; return when the system has taken it. Raises LineError."""

    def receive(self, limit: float) -> bytes:
        """What arrives within ``limit`` seconds, at least one byte; empty when nothing did.

        Raises LineError when the printer has closed the line.
        """

    def close(self) -> None:
        """Let go. Calling it twice is harmless."""


Connect = Callable[[], Line]
"""Opens a line. Raises PrinterOffline when it can't."""
