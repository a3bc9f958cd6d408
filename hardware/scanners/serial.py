"""Scanners on a serial line (USB-CDC or RS-232): texts ended by CR, LF, both, or a pause."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import serial

from . import tell
from .base import OnScan, OnStatus, Scan, ScannerOffline, ScannerStatus
from .keeper import BACK_OFF, Keeper
from .repeats import QUIET, Repeats
from .settings import Settings

LONGEST = 4096
"""Bytes of one text; a longer one is dropped to its end."""
PAUSE = 0.15
"""Seconds of silence that end a text without a terminator."""


class Cutter:
    """Cuts a stream of bytes into texts. No clock of its own: ``at`` in seconds."""

    def __init__(self, pause: float = PAUSE, longest: int = LONGEST) -> None:
        self._pause = pause
        self._longest = longest
        self._held = bytearray()
        self._last = 0.0
        self._too_long = False

    def feed(self, data: bytes, at: float) -> tuple[str, ...]:
        """The texts that are whole now; ``data`` may be empty. Bytes that are not UTF-8 come as U+FFFD."""
        texts: list[str] = []
        if at - self._last > self._pause:
            self._end(texts)
        if data:
            self._last = at
        for byte in data:
            if byte in b"\r\n":
                self._end(texts)
            elif len(self._held) >= self._longest:
                self._too_long = True
            else:
                self._held.append(byte)
        return tuple(texts)

    def _end(self, texts: list[str]) -> None:
        if self._held and not self._too_long:
            texts.append(self._held.decode("utf-8", "replace"))
        self._held.clear()
        self._too_long = False


class SerialSource:
    """An open serial line, read text by text. Raises ScannerOffline where it can't be opened or goes away."""

    def __init__(self, device: str, baud: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._device = device
        self._clock = clock
        self._cutter = Cutter()
        try:
            self._line = serial.Serial(device, baud, timeout=PAUSE / 3, exclusive=True)
            self._line.reset_input_buffer()
        except (serial.SerialException, OSError, ValueError) as error:
            raise ScannerOffline(f"scanner {device} can't be opened: check its cable") from error

    def read(self) -> tuple[str, ...] | None:
        try:
            data = self._line.read(max(1, min(self._line.in_waiting, LONGEST)))
        except (serial.SerialException, OSError, TypeError) as error:
            # pyserial raises TypeError where the line is closed under it.
            raise ScannerOffline(f"scanner {self._device} went away: check its cable") from error
        return self._cutter.feed(data, self._clock()) or None

    def close(self) -> None:
        try:
            self._line.close()
        except OSError:
            return  # gone already


class SerialScanner:
    """A scanner on a serial line, kept open."""

    def __init__(
        self,
        device: str,
        baud: int = 9600,
        *,
        name: str = "serial",
        quiet: float = QUIET,
        clock: Callable[[], float] = time.monotonic,
        back_off: tuple[float, ...] = BACK_OFF,
    ) -> None:
        self._device = device
        self._baud = baud
        self._name = name
        self._repeats = Repeats(quiet)
        self._clock = clock
        self._back_off = back_off
        self._keeper: Keeper[tuple[str, ...]] | None = None
        self._stopped = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def status(self) -> ScannerStatus | None:
        return self._keeper.status if self._keeper else None

    def start(self, on_scan: OnScan, on_status: OnStatus = lambda _: None) -> None:
        if self._keeper or self._stopped:
            raise RuntimeError(f"scanner {self._name} was started before")

        def report(texts: tuple[str, ...]) -> None:
            at = self._clock()
            for text in texts:
                if self._repeats.is_new(text, at) and not self._stopped:
                    tell.safely(on_scan, Scan(text, "unknown", at, self._name))

        self._keeper = Keeper(
            self._name,
            lambda: SerialSource(self._device, self._baud, self._clock),
            on_item=report,
            on_status=on_status,
            back_off=self._back_off,
        )

    def stop(self) -> None:
        self._stopped = True
        if self._keeper:
            self._keeper.close()


def open_serial(config: Mapping[str, object]) -> SerialScanner:
    """``device``, ``baud`` (9600; USB scanners ignore it), ``name``, ``quiet_ms`` (2000)."""
    settings = Settings(config)
    device, baud = settings.text("device"), settings.whole("baud", 9600, 1200, 921600)
    name, quiet = settings.common("serial")
    settings.done()
    return SerialScanner(device, baud, name=name, quiet=quiet)
