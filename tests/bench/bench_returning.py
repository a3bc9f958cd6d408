"""Figures of coming back to the kiosk: a code scanned until its state is shown, a certificate until printed.

The real app on a virtual screen. Codes are asked of the real server with ten thousand samples in work; the
tail's digits are typed, and what a finger takes for them is taken out. Certificates go through a real IPP
printer; between it and the kiosk stands who notes when a job was accepted.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from hardware.printers.simulator.server import SimulatedPrinter
from server.store.engine import sqlite_url
from tests.ipp import IppPeer, ippeve
from tests.ui import kiosk_returning as back
from tests.ui.kiosk_fake_hall import TOKEN, FakeKioskHall

from .bench_cases import PHONE, Case, fill
from .bench_kiosk import Kiosk, kiosk, settled
from .figures import Figure, ms, percentile
from .servers import liqu_server

SCANS = 30
PRINTS = 12
WARM = 2
ACCEPTED = b"application/ipp"


class Counter:
    """Stands between the kiosk and the IPP printer, and notes when the answer to a document went by."""

    def __init__(self, printer: IppPeer) -> None:
        self._printer_port = printer.port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.accepted: list[float] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"ipp://localhost:{self.port}/ipp/print"

    def _serve(self) -> None:
        while True:
            kiosk, _ = self._listener.accept()
            printer = socket.create_connection(("localhost", self._printer_port))
            sent = threading.Event()
            for source, target, documents in ((kiosk, printer, True), (printer, kiosk, False)):
                threading.Thread(
                    target=self._pass, args=(source, target, sent, documents), daemon=True
                ).start()

    def _pass(
        self, source: socket.socket, target: socket.socket, sent: threading.Event, documents: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 20):
                if documents and b"%%EOF" in data:
                    sent.set()
                elif not documents and sent.is_set() and ACCEPTED in data:
                    sent.clear()
                    self.accepted.append(time.monotonic())
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _home(app: Kiosk, name: str, until: str) -> None:
    """From home to the screen ``until`` by the touch of ``name``; it stands long enough to be used."""
    app.touch(name, "Home")
    app.ask("POST", f"/wait?screen={until}&timeout=20")
    settled(app)


def _tail(app: Kiosk, digits: str) -> float:
    """Type the phone's tail; when it was confirmed."""
    app.ask("POST", "/wait?screen=Tail&timeout=20")
    for digit in digits:
        app.ask("POST", f"/tap?name=key:{digit}&hold=0")
    settled(app)
    at = time.monotonic()
    app.ask("POST", "/tap?name=key:enter&hold=0")
    return at


def _scans(app: Kiosk, cases: Sequence[Case]) -> tuple[list[float], list[float]]:
    """Seconds from a case's code to its state, and from the confirmed tail to what there is to collect."""
    followed: list[float] = []
    collected: list[float] = []
    for case in cases:
        _home(app, "progress", "Showing")
        since = time.monotonic()
        app.ask("POST", f"/scan?text={case.code}")
        app.ask("POST", "/wait?screen=Following&timeout=20")
        followed.append(time.monotonic() - since)
        app.touch("home", "Following")
        _home(app, "pickup", "Showing")
        since = time.monotonic()
        app.ask("POST", f"/scan?text={case.pickup}")
        app.ask("POST", "/wait?screen=Tail&timeout=20")
        asked = time.monotonic() - since
        since = _tail(app, PHONE[-4:])
        app.ask("POST", "/wait?screen=Collecting&timeout=20")
        collected.append(asked + time.monotonic() - since)
        app.touch("home", "Collecting")
    return followed[WARM:], collected[WARM:]


def _prints(app: Kiosk, counter: Counter) -> list[float]:
    """Seconds from the answer that a job is accepted to "printed" on the screen."""
    shown: list[float] = []
    for _ in range(WARM + PRINTS):
        _home(app, "certificates", "Showing")
        app.ask("POST", f"/scan?text={back.PICKUP}")
        _tail(app, "5678")
        app.touch("print:c1", "Certificates")
        app.ask("POST", "/wait?screen=Printing&stage=printed&timeout=60")
        shown.append(time.monotonic() - counter.accepted[-1])
        app.touch("done", "Printing")
    if len(counter.accepted) != len(shown):
        raise AssertionError(f"{len(counter.accepted)} jobs were accepted, {len(shown)} shown as printed")
    return shown[WARM:]


def _both(times: Sequence[float]) -> str:
    return f"{ms(percentile(times, 0.5))} / {ms(percentile(times, 0.95))}"


def _codes(folder: Path) -> Sequence[Figure]:
    with liqu_server(folder / "hall") as running, SimulatedPrinter(folder / "paper") as printer:
        cases = fill(sqlite_url(folder / "hall"))[: WARM + SCANS]
        url, token = f"http://127.0.0.1:{running.port}", running.credentials["devices"]["kiosk-1"]
        with kiosk(folder, url, token, printer.port) as app:
            followed, collected = _scans(app, cases)
    return [
        Figure("kiosk: code scanned → state on the screen, p50 / p95", _both(followed)),
        Figure(
            "kiosk: pick-up code scanned → what there is (the tail's touches taken out), p50 / p95",
            _both(collected),
        ),
    ]


def _paper(folder: Path) -> Sequence[Figure]:
    if not (shutil.which("ippeveprinter") and shutil.which("dbus-daemon")):
        return [Figure("kiosk: certificate", "not measured: ippeveprinter or dbus is not installed")]
    hall = FakeKioskHall()
    hall.returning.on = True
    with (
        ippeve(folder / "ipp") as peer,
        SimulatedPrinter(folder / "paper") as printer,
        hall.open(),
    ):
        counter = Counter(peer)
        with kiosk(folder, hall.url, TOKEN, printer.port, certificates=counter.address) as app:
            times = _prints(app, counter)
    return [Figure("print job accepted → printed, on the screen, p50 / p95", _both(times))]


def run() -> Sequence[Figure]:
    if shutil.which("Xvfb") is None:
        return [Figure("kiosk: coming back", "not measured: Xvfb is not installed (make setup)")]
    figures: list[Figure] = []
    for part in (_codes, _paper):
        with tempfile.TemporaryDirectory() as name:
            figures += part(Path(name))
    return figures
