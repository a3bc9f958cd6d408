"""The simulated printer on TCP: one connection at a time, as such printers have it."""

from __future__ import annotations

import logging
import socket
import struct
import time
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from ..base import DOTS, Width
from .device import Device, FaultName, LineDropped, Session
from .dialects import DIALECTS
from .tray import Caught, Tray

log = logging.getLogger(__name__)

IDLE_LIMIT = 60.0
"""Seconds after which a connection that brings nothing is closed."""

_TICK = 0.05
"""Seconds between looks at the switches while nothing comes."""


class SimulatedPrinter:
    """A printer at ``host:port`` (port 0: any free one, see ``port``), sheets as PNG in ``out``.

    ``language`` is one of DIALECTS; ``width_mm`` is the roll of an ESC/POS one, labels say their own size.

    Also a context manager. ``fault`` switches its faults at any time.
    """

    def __init__(
        self,
        out: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        width_mm: Width = 80,
        language: str = "escpos",
    ) -> None:
        self.tray = Tray(out)
        self.device = Device(DOTS[width_mm], self.tray.catch, DIALECTS[language])
        self._host = host
        self._stopping = Event()
        self._listener: socket.socket | None = self._listen(port)
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, name="printer-sim", daemon=True)
        self._thread.start()

    def fault(self, name: FaultName, *, on: bool = True, after: int = 0) -> None:
        """Switch a fault; ``after``: strike once a connection has brought so many bytes.

        Returns when the switch has taken effect: from then on the next connection meets it.
        """
        self.device.fault(name, on=on, after=after)
        if name == "refuse":
            until = time.monotonic() + 5
            while (self._listener is None) != on and time.monotonic() < until and self._thread.is_alive():
                time.sleep(0.005)

    @property
    def sheets(self) -> list[Caught]:
        return self.tray.sheets

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def __enter__(self) -> SimulatedPrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server((self._host, port), backlog=4)
        listener.settimeout(_TICK)
        return listener

    def _serve(self) -> None:
        try:
            while not self._stopping.is_set():
                self._serve_once()
        finally:
            if self._listener is not None:
                self._listener.close()

    def _serve_once(self) -> None:
        if self.device.has("refuse"):
            if self._listener is not None:
                self._listener.close()
                self._listener = None
            self._stopping.wait(_TICK)
            return
        if self._listener is None:
            try:
                self._listener = self._listen(self.port)
            except OSError as error:
                log.warning("can't listen again yet: %s", error)
                self._stopping.wait(_TICK)
                return
        try:
            connection, _ = self._listener.accept()
        except TimeoutError:
            return
        with connection:
            if self.device.has("close_at_once"):
                return
            session = self.device.connect()
            try:
                self._talk(connection, session)
            except LineDropped:
                log.info("line dropped within a job")
                _reset(connection)
            except OSError as error:
                log.info("line lost: %s", error)
            finally:
                session.end()

    def _talk(self, connection: socket.socket, session: Session) -> None:
        connection.settimeout(_TICK)
        heard = time.monotonic()
        while not self._stopping.is_set() and time.monotonic() - heard < IDLE_LIMIT:
            if self.device.full:
                # Takes nothing more, as a real one: the sender's own limit must end this.
                self._stopping.wait(_TICK)
                continue
            try:
                data = connection.recv(8192)
            except TimeoutError:
                continue
            if not data:
                return
            heard = time.monotonic()
            if answers := session.receive(data):
                connection.sendall(answers)


def _reset(connection: socket.socket) -> None:
    """Make closing send RST, as a pulled cable's router does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
