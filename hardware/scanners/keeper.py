"""Keeps one device open in a thread of its own: opens it, reads it, and opens it again when it fails.

    keeper = Keeper("camera", open_source, on_item=look, on_status=show)
    keeper.close()

``on_item`` and ``on_status`` run in the keeper's thread.
"""

from __future__ import annotations

import logging
import random as random_module
from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, Protocol, TypeVar

from ..printers.base import DeviceError
from . import tell
from .base import OnStatus, ScannerOffline, ScannerStatus

log = logging.getLogger(__name__)

BACK_OFF: tuple[float, ...] = (1, 2, 4, 8, 15)
"""Seconds between tries of a device that is offline, each shortened by up to half at random."""

Item = TypeVar("Item", covariant=True)
_Item = TypeVar("_Item")


class Source(Protocol[Item]):
    """An open device that is read piece by piece."""

    def read(self) -> Item | None:
        """The next piece; None where none came within a fraction of a second. Raises ScannerOffline."""

    def close(self) -> None:
        """Let go of the device. Never raises."""


class Keeper(Generic[_Item]):
    """``open_source`` makes a Source or raises ScannerOffline; it is called again after each failure."""

    def __init__(
        self,
        name: str,
        open_source: Callable[[], Source[_Item]],
        *,
        on_item: Callable[[_Item], None],
        on_status: OnStatus,
        back_off: tuple[float, ...] = BACK_OFF,
        random: Callable[[], float] = random_module.random,
        stopping: Event | None = None,
    ) -> None:
        self._name = name
        self._open = open_source
        self._on_item = on_item
        self._on_status = on_status
        self._back_off = back_off
        self._random = random
        self._failures = 0
        self._status: ScannerStatus | None = None
        self._stopping = stopping or Event()
        self._thread = Thread(target=self._work, name=f"scanner {name}", daemon=True)
        self._thread.start()

    @property
    def status(self) -> ScannerStatus | None:
        """As last seen; None before the first try."""
        return self._status

    def close(self, timeout: float = 10.0) -> None:
        """Let go of the device; harmless twice, and from the keeper's own thread."""
        self._stopping.set()
        try:
            self._thread.join(timeout)
        except RuntimeError:
            # A listener stops its scanner: the thread ends as soon as the listener returns.
            return

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                source = self._open()
                try:
                    self._read(source)
                finally:
                    source.close()
            except DeviceError as error:
                self._saw(
                    ScannerStatus("offline" if isinstance(error, ScannerOffline) else "error", str(error))
                )
            except Exception as error:
                log.exception("scanner driver %s failed", self._name)
                self._saw(ScannerStatus("error", f"driver failed: {type(error).__name__}"))
            self._pause()

    def _read(self, source: Source[_Item]) -> None:
        first = True
        while not self._stopping.is_set():
            item = source.read()
            if first:
                # Some devices open and then give nothing: only a read says that all is well.
                first = False
                self._failures = 0
                self._saw(ScannerStatus("ready"))
            if item is not None and not self._stopping.is_set():
                tell.safely(self._on_item, item)

    def _pause(self) -> None:
        step = self._back_off[min(self._failures, len(self._back_off) - 1)]
        self._failures += 1
        self._stopping.wait(step * (1 - self._random() / 2))

    def _saw(self, status: ScannerStatus) -> None:
        if status == self._status or self._stopping.is_set():
            return
        level = logging.INFO if status.state == "ready" else logging.WARNING
        detail = f": {status.detail}" if status.detail else ""
        log.log(level, "scanner %s %s%s", self._name, status.state, detail)
        self._status = status
        tell.safely(self._on_status, status)
