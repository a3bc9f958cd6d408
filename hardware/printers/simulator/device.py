"""The simulated printer without its socket: bytes in, answers and cut sheets out, faults by switch."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from threading import RLock
from typing import Literal, get_args

from . import commands as c
from .dialects import ESCPOS, Dialect, Health
from .paper import Cutting

log = logging.getLogger(__name__)

FaultName = Literal[
    "out_of_paper",
    "paper_low",
    "cover_open",
    "cutter_jammed",
    "silent",
    "drop",
    "close_at_once",
    "refuse",
    "chatter",
]
"""Faults: no paper · nearly none · cover open · cutter jammed · takes all and answers nothing · drops the
line within a job · closes each connection at once · refuses connections · sends status nobody asked for"""

FAULTS: tuple[FaultName, ...] = get_args(FaultName)

_STOPS: frozenset[FaultName] = frozenset({"out_of_paper", "cover_open", "cutter_jammed"})

_CONDITIONS: tuple[FaultName, ...] = (*sorted(_STOPS), "paper_low")

HELD = 1 << 19
"""Bytes of raster that are held while the printer can't print; what comes beyond is not taken."""


class LineDropped(Exception):
    """The fault ``drop`` has struck: close the line now."""


class Device:
    """One printer. Its sessions may run in other threads than those that switch its faults.

    ``on_sheet`` is called for each cut sheet, in the thread that fed the printer.
    """

    def __init__(self, width: int, on_sheet: Callable[[Cutting], None], dialect: Dialect = ESCPOS) -> None:
        self.dialect = dialect
        self._lock = RLock()
        self._faults: dict[FaultName, int] = {}
        self._paper = dialect.paper(width)
        self._on_sheet = on_sheet
        self._pending: deque[c.Command] = deque()
        self._pending_bytes = 0
        self._auto = False

    def fault(self, name: FaultName, *, on: bool = True, after: int = 0) -> None:
        """Switch a fault. ``after`` lets it strike once a connection has brought so many bytes."""
        with self._lock:
            if on:
                self._faults[name] = after
            else:
                self._faults.pop(name, None)
            log.info("fault %s %s", name, "on" if on else "off")
            self._print_pending()

    @property
    def faults(self) -> dict[FaultName, int]:
        """Those switched on, with the bytes after which they strike."""
        with self._lock:
            return dict(self._faults)

    def has(self, name: FaultName, received: int | None = None) -> bool:
        """Whether ``name`` strikes now, ``received`` bytes into a connection (None: at any point)."""
        with self._lock:
            after = self._faults.get(name)
            return after is not None and (received is None or received >= after)

    @property
    def full(self) -> bool:
        """Whether the printer takes no more bytes until it can print again."""
        with self._lock:
            return self._pending_bytes > HELD

    def connect(self) -> Session:
        return Session(self)

    def obey(self, command: c.Command) -> bytes:
        """Do ``command``, now or when the printer can print again; what it answers."""
        with self._lock:
            match command:
                case c.AskStatus(n):
                    return self.dialect.answer(n, self._health())
                case c.AutoStatus(mask):
                    self._auto = bool(mask)
                    return self.dialect.chatter if mask else b""
            if isinstance(command, c.Malformed):
                log.error("malformed: %s", command.why)
            self._pending.append(command)
            self._pending_bytes += len(command.data) if isinstance(command, c.Raster | c.Label) else 16
            self._print_pending()
            return b""

    def end(self, *, unfinished: bool) -> None:
        """A connection has ended; what hangs uncut is torn off and marked."""
        with self._lock:
            if unfinished:
                log.error("the line ended within a command")
                self._pending.append(c.Malformed("the line ended within a command"))
                self._print_pending()
            if not self._pending and self._paper.touched:
                self._paper.mark("not cut: the line ended within a job")
                cutting = self._paper.tear()
                if cutting is not None:
                    self._on_sheet(cutting)

    def strike(self, received: int) -> None:
        """Faults set to strike later become plain ones once ``received`` bytes have come."""
        with self._lock:
            for name in _CONDITIONS:
                if 0 < self._faults.get(name, 0) <= received:
                    self._faults[name] = 0

    def _blocked(self) -> bool:
        return any(self._faults.get(name) == 0 for name in _STOPS)

    def _print_pending(self) -> None:
        while self._pending and not self._blocked():
            command = self._pending.popleft()
            for cutting in self._paper.obey(command):
                self._on_sheet(cutting)
        if not self._pending:
            self._pending_bytes = 0

    def _health(self) -> Health:
        return Health(
            out_of_paper=self._faults.get("out_of_paper") == 0,
            paper_low=self._faults.get("paper_low") == 0,
            cover_open=self._faults.get("cover_open") == 0,
            jammed=self._faults.get("cutter_jammed") == 0,
            waiting=len(self._pending),
        )


class Session:
    """One connection to a device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._parser = device.dialect.parser()
        self._received = 0

    def receive(self, data: bytes) -> bytes:
        """Feed ``data``; what to send back. Raises LineDropped where that fault strikes."""
        device = self._device
        answers = b""
        for portion in self._portions(data):
            self._received += len(portion)
            device.strike(self._received)
            if device.has("silent", self._received):
                continue
            for command in self._parser.feed(portion):
                answer = device.obey(command)
                answers += device.dialect.chatter + answer if answer and device.has("chatter") else answer
            if device.has("drop", self._received):
                raise LineDropped
        return answers

    def end(self) -> None:
        self._device.end(unfinished=self._parser.unfinished)

    def _portions(self, data: bytes) -> list[bytes]:
        """``data`` split where a fault is to strike, so that it strikes at exactly that byte."""
        marks = sorted(
            after - self._received
            for after in set(self._device.faults.values())
            if 0 < after - self._received < len(data)
        )
        return [data[start:end] for start, end in zip([0, *marks], [*marks, len(data)], strict=True)]
