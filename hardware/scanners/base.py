"""What every scanner promises: scans, a status, the errors.

A scanner is started once with the two functions it calls, and stopped once. It looks after its device by
itself: a device that is not there or goes away is a status, and is opened again with back-off. The errors
that leave a driver are those of all devices (``NotInstalled``, ``BadConfiguration``: the installer), when it
is opened by its configuration; ``ScannerOffline`` stays between a driver and its keeper.

What is scanned is data from outside: parse it by the grammar of our codes, and never log it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from ..printers.base import DeviceError
from ..printers.base import State as DeviceState

State = Literal["ready", "offline", "error"]
"""正常 · 离线 · 故障"""

Symbology = Literal["QRCode", "Code128", "DataMatrix", "unknown"]
"""``unknown``: scanners that type or send a text do not say what they read."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One code held before one scanner once. ``at``: seconds on the scanner's monotonic clock, when it was
    seen; ``source``: the scanner's name."""

    text: str
    format: Symbology
    at: float
    source: str


@dataclass(frozen=True, slots=True)
class ScannerStatus:
    """How a scanner is; ``detail`` is for the staff and the log, in English."""

    state: State
    detail: str = ""

    @property
    def can_scan(self) -> bool:
        return self.state == "ready"


OnScan = Callable[[Scan], None]
OnStatus = Callable[[ScannerStatus], None]


class Scanner(Protocol):
    """A scanner that tells what it sees from its own thread: a screen passes that on to its own."""

    @property
    def name(self) -> str:
        """What scans carry as their source."""

    @property
    def status(self) -> ScannerStatus | None:
        """As last told; None before the first try."""

    def start(self, on_scan: OnScan, on_status: OnStatus = lambda _: None) -> None:
        """Begin. Returns at once and never raises for the device; ``on_status`` hears each change once.

        A listener that raises is logged and harms nothing. Starting twice raises RuntimeError.
        """

    def stop(self) -> None:
        """Let go of the device; nothing is told after this returns. Harmless twice, and before ``start``."""


class ScannerOffline(DeviceError):
    """Check that the scanner or camera is connected and switched on."""

    state: DeviceState = "offline"
