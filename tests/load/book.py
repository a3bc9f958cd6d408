"""What the city's people noted: latencies, frames, errors by kind."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.figures import percentile


@dataclass(slots=True)
class Heard:
    """One call as the boards had it."""

    number: str
    at: array[float] = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class Book:
    """All of one run. Times are of one monotonic clock, in seconds."""

    commands: array[float] = field(default_factory=lambda: array("d"))
    """From sending a command to its final answer."""
    done: Counter[str] = field(default_factory=Counter)
    """Answered commands by kind."""
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    """What no rule explains: statuses of 500 and more that stayed, requests never answered."""
    asked_again: int = 0
    reconnects: int = 0
    frames: int = 0
    pages: array[float] = field(default_factory=lambda: array("d"))
    pressed: dict[tuple[str, str], float] = field(default_factory=dict)
    """(hall, number) → when "call next" was pressed; the first call of that number only."""
    calls: dict[tuple[str, str], Heard] = field(default_factory=dict)
    """(hall, call) → when each board had it."""
    measuring: bool = False
    """Set once all have come: what is before counts for nothing but errors."""
    boards: Counter[str] = field(default_factory=Counter)
    """Boards by hall."""

    def called(self) -> tuple[list[float], int]:
        """Seconds from each press to each board, and how many there should be."""
        first: dict[tuple[str, str], Heard] = {}
        for (hall, _), heard in self.calls.items():
            first.setdefault((hall, heard.number), heard)
        took: list[float] = []
        wanted = 0
        for key, since in self.pressed.items():
            wanted += self.boards[key[0]]
            heard = first.get(key)
            if heard is not None:
                took += [at - since for at in heard.at]
        return took, wanted


def both(values: array[float] | list[float]) -> tuple[float, float]:
    """p50 and p99; zeros of nothing."""
    return (percentile(values, 0.5), percentile(values, 0.99)) if values else (0.0, 0.0)
