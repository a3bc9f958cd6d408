"""Scanners that type: which keys are a scan, and which are a person's.

A burst faster than a person types and ended by Enter is a scan; all other keys are given back in order.
``press`` and ``settle`` are pure over (char, time). ``WedgeScanner`` is the scanner that a window feeds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import tell
from .base import OnScan, OnStatus, Scan, ScannerStatus
from .repeats import QUIET, Repeats
from .settings import Settings

ENTER = "\n"
LONGEST = 2000
"""Characters of one burst; a longer one is no scan."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``gap``: most seconds between two keys of a scanner. ``shortest``: fewest characters of a scan."""

    gap: float = 0.035
    shortest: int = 6


@dataclass(frozen=True, slots=True)
class Key:
    """A key pressed by a person: one character, or ``ENTER``."""

    char: str
    at: float


@dataclass(frozen=True, slots=True)
class Burst:
    """A whole scan; ``at`` is when its Enter came."""

    text: str
    at: float


Held = tuple[Key, ...]
"""Keys of which it is not known yet whose they are, oldest first."""


def press(held: Held, char: str, at: float, pace: Pace = Pace()) -> tuple[Held, tuple[Key | Burst, ...]]:
    """One more key (any of ``\\r`` and ``\\n`` is Enter): what is still held, and what is decided now.

    Every key is decided exactly once, in order. ``at`` in seconds, not running backwards.
    """
    held, decided = settle(held, at, pace)
    if char in ("\r", "\n"):
        if len(held) >= pace.shortest:
            return (), (*decided, Burst("".join(key.char for key in held), at))
        return (), (*decided, *held, Key(ENTER, at))
    if len(held) >= LONGEST:
        return (Key(char, at),), (*decided, *held)
    return (*held, Key(char, at)), decided


def settle(held: Held, now: float, pace: Pace = Pace()) -> tuple[Held, tuple[Key | Burst, ...]]:
    """As ``press`` without a key: a pause longer than ``gap`` says that the held keys are a person's."""
    if held and now - held[-1].at > pace.gap:
        return (), held
    return held, ()


class WedgeScanner:
    """A scanner on the keyboard. The window calls ``feed`` for each key, and ``flush`` soon after the last.

    Both return the keys that are a person's; scans go to the function given to ``start``, in the caller's
    thread. Before ``start`` and after ``stop`` all keys are a person's.
    """

    def __init__(
        self,
        name: str = "wedge",
        *,
        pace: Pace | None = None,
        quiet: float = QUIET,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._pace = pace or Pace()
        self._repeats = Repeats(quiet)
        self._clock = clock
        self._held: Held = ()
        self._on_scan: OnScan | None = None
        self._started = False
        self._status: ScannerStatus | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def status(self) -> ScannerStatus | None:
        return self._status

    @property
    def gap(self) -> float:
        """Seconds after the last key when ``flush`` is due."""
        return self._pace.gap

    def start(self, on_scan: OnScan, on_status: OnStatus = lambda _: None) -> None:
        if self._started:
            raise RuntimeError(f"scanner {self._name} was started before")
        self._started = True
        self._on_scan = on_scan
        # A keyboard does not say whether it is there.
        self._status = ScannerStatus("ready")
        tell.safely(on_status, self._status)

    def stop(self) -> None:
        self._on_scan = None
        self._held = ()

    def feed(self, char: str) -> tuple[Key, ...]:
        """One key, as its character."""
        now = self._clock()
        if self._on_scan is None:
            return (Key(char, now),)
        self._held, decided = press(self._held, char, now, self._pace)
        return self._split(decided)

    def flush(self) -> tuple[Key, ...]:
        """The keys that turned out to be a person's, by the time that passed."""
        self._held, decided = settle(self._held, self._clock(), self._pace)
        return self._split(decided)

    def _split(self, decided: tuple[Key | Burst, ...]) -> tuple[Key, ...]:
        for one in decided:
            if isinstance(one, Burst) and self._on_scan and self._repeats.is_new(one.text, one.at):
                tell.safely(self._on_scan, Scan(one.text, "unknown", one.at, self._name))
        return tuple(one for one in decided if isinstance(one, Key))


def open_wedge(config: Mapping[str, object]) -> WedgeScanner:
    """``gap_ms`` (35), ``shortest`` (6), and what all scanners have: ``name``, ``quiet_ms`` (2000)."""
    settings = Settings(config)
    name, quiet = settings.common("wedge")
    pace = Pace(settings.whole("gap_ms", 35, 5, 200) / 1000, settings.whole("shortest", 6, 2, 100))
    settings.done()
    return WedgeScanner(name, pace=pace, quiet=quiet)
