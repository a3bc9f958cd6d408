"""Figures of the kiosk: launch, idle, touch → changed pixels, touch → the last byte at the printer.

The real app on a virtual screen of its own, against the real server and the simulated printer. The pixels
are read from the screen's own memory (Xvfb's frame buffer file), so that looking costs nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import mmap
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from hardware.printers.simulator.server import SimulatedPrinter
from tests.afternoon import afternoon
from tests.waiting import free_port

from .figures import Figure, ms, percentile
from .servers import Running, liqu_server

TOUCHES = 30
VISITS = 12
WIDTH, HEIGHT = 1080, 1920
CUT = b"\x1dV"
IDLE_SECONDS = 10


class Ear:
    """Stands between kiosk and printer and notes when the cut, the end of a job, went by."""

    def __init__(self, printer_port: int) -> None:
        self._printer_port = printer_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts: list[float] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            kiosk, _ = self._listener.accept()
            printer = socket.create_connection(("127.0.0.1", self._printer_port))
            threading.Thread(target=self._pass, args=(printer, kiosk, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(kiosk, printer, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, listening: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if listening and CUT in data[-16:]:
                    self.cuts.append(time.monotonic())
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@dataclass(frozen=True, slots=True)
class Kiosk:
    pid: int
    control: int
    pixels: mmap.mmap
    launch: float

    def ask(self, method: str, path: str) -> dict[str, object]:
        link = http.client.HTTPConnection("127.0.0.1", self.control, timeout=30)
        link.request(method, path)
        answer = link.getresponse()
        body: dict[str, object] = json.loads(answer.read())
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {body}")
        link.close()
        return body

    def touch(self, name: str, on: str) -> float:
        """Touch ``name`` once the screen ``on`` takes touches; when that was."""
        self.ask("POST", f"/wait?screen={on}&name={name}&timeout=20")
        settled(self)
        at = time.monotonic()
        self.ask("POST", f"/tap?name={name}&hold=0")
        return at


@contextlib.contextmanager
def screen(folder: Path) -> Iterator[tuple[str, mmap.mmap]]:
    """A virtual screen and its memory."""
    folder.mkdir()
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        f"{WIDTH}x{HEIGHT}x24",
        "-fbdir",
        str(folder),
    ]
    running = subprocess.Popen(
        command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as pipe:
            display = f":{pipe.readline().strip()}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            yield display, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    finally:
        running.terminate()
        running.wait()


@contextlib.contextmanager
def kiosk(folder: Path, url: str, token: str, printer_port: int, certificates: str = "") -> Iterator[Kiosk]:
    """The kiosk of the hall at ``url``, at home. ``certificates``: the address of their printer."""
    control = free_port()
    config = folder / "kiosk.toml"
    config.write_text(
        f"""
[server]
url = "{url}"
hall = "main"
token = "{token}"
[screen]
width = {WIDTH}
height = {HEIGHT}
diagonal_inches = 32
[printer]
driver = "escpos-network"
host = "127.0.0.1"
port = {printer_port}
[staff]
pin = "2468"
[state]
dir = "{folder / "state"}"
[script]
control_port = {control}
"""
        + (f'[certificates]\ndriver = "ipp"\naddress = "{certificates}"\n' if certificates else ""),
        encoding="utf-8",
    )
    with screen(folder / "screen") as (display, pixels):
        blank = bytes(pixels[-WIDTH * 4 * 200 :])
        since = time.monotonic()
        app = subprocess.Popen(
            [sys.executable, "-m", "kiosk.main", "--config", str(config)],
            env={**os.environ, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until(lambda: bytes(pixels[-WIDTH * 4 * 200 :]) != blank, 30)
            launch = time.monotonic() - since
            made = Kiosk(app.pid, control, pixels, launch)
            _until(lambda: _answers(made), 30)
            made.ask("POST", "/wait?screen=Home&name=take-number&timeout=30")
            yield made
        finally:
            app.terminate()
            app.wait(20)


def settled(app: Kiosk) -> None:
    """Until touches count: a screen ignores them in its first quarter of a second, which nobody measures."""
    _until(lambda: app.ask("GET", "/screen")["settled"], 10)


def _answers(made: Kiosk) -> bool:
    try:
        made.ask("GET", "/screen")
    except OSError:
        return False
    return True


def _until(condition: object, seconds: float) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(str(condition))
        time.sleep(0.001)


def _touches(app: Kiosk, ear: Ear) -> tuple[list[float], list[float]]:
    """Seconds from the press of a tile to the first changed pixel, and of "take" to the printer's cut."""
    to_pixels: list[float] = []
    to_paper: list[float] = []
    middle = slice(len(app.pixels) // 4, len(app.pixels) // 4 + WIDTH * 4 * 600)
    for _ in range(TOUCHES):
        app.ask("POST", "/wait?screen=Home&name=take-number")
        settled(app)
        before, cuts = app.pixels[middle], len(ear.cuts)
        finger = threading.Thread(target=app.ask, args=("POST", "/tap?name=take-number&hold=0"))
        since = time.monotonic()
        finger.start()
        _until(lambda before=before: app.pixels[middle] != before, 10)
        to_pixels.append(time.monotonic() - since)
        finger.join()
        app.touch("service:accept", "Services")
        since = app.touch("take", "Choosing")
        _until(lambda cuts=cuts: len(ear.cuts) > cuts, 20)
        to_paper.append(ear.cuts[-1] - since)
        app.ask("POST", "/wait?screen=Holding&paper=printed")
        app.ask("POST", "/tap?name=done")
    return to_pixels, to_paper


def _visits(app: Kiosk, ear: Ear, running: Running) -> tuple[list[float], list[float]]:
    """Seconds from a scan to its answer on the screen, and from there, touched, to the ticket's last byte."""
    to_screen: list[float] = []
    to_paper: list[float] = []

    def ask(method: str, path: str, body: object, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        url = f"http://127.0.0.1:{running.port}/api/v1{path}"
        answer = requests.request(method, url, json=body, headers=headers, timeout=20)
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.text}")
        return answer.json() if answer.content else None

    signed = {"user": "manager", "password": running.credentials["users"]["manager"]}
    manager = ask("POST", "/sessions", signed)["token"]
    day, slot = afternoon(lambda *asked: ask(*asked, token=manager))
    for n in range(VISITS):
        body = {
            "day": day.isoformat(),
            "slot": slot,
            "lines": [{"item": "pressure-gauge", "pieces": 1}],
            "customer": {"type": "company", "name": "某", "company": "某某公司", "phone": f"137{n:08d}"},
            "acknowledged": {"pressure-gauge": 1},
            "consent": "1",
        }
        code = ask("POST", "/halls/main/appointments", body, running.credentials["devices"]["kiosk-1"])[
            "code"
        ]
        app.ask("POST", "/wait?screen=Home&name=check-in")
        settled(app)
        cuts, since = len(ear.cuts), time.monotonic()
        app.ask("POST", f"/scan?text={code}")
        app.ask("POST", "/wait?screen=Arrived&name=check-in&timeout=20")
        to_screen.append(time.monotonic() - since)
        since = app.touch("check-in", "Arrived")
        _until(lambda cuts=cuts: len(ear.cuts) > cuts, 20)
        to_paper.append(ear.cuts[cuts] - since)
        app.ask("POST", "/wait?screen=Labelling&paper=printed&timeout=30")
        app.touch("done", "Labelling")
    return to_screen, to_paper


def run() -> Sequence[Figure]:
    if shutil.which("Xvfb") is None:
        return [Figure("kiosk", "not measured: Xvfb is not installed (make setup)")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with liqu_server(folder / "hall") as running, SimulatedPrinter(folder / "paper") as printer:
            ear = Ear(printer.port)
            url, token = f"http://127.0.0.1:{running.port}", running.credentials["devices"]["kiosk-1"]
            with kiosk(folder, url, token, ear.port) as app:
                process = psutil.Process(app.pid)
                to_pixels, to_paper = _touches(app, ear)
                process.cpu_percent()
                time.sleep(IDLE_SECONDS)
                idle = process.cpu_percent()
                memory = process.memory_full_info().pss / 2**20
                to_screen, to_ticket = _visits(app, ear, running)
                whole = [seen + paper for seen, paper in zip(to_screen, to_ticket, strict=True)]
    return [
        Figure("kiosk: launch → first pixels", f"{app.launch:.2f} s"),
        Figure("kiosk: idle CPU of one core", f"{idle:.1f} %"),
        Figure("kiosk: memory (PSS)", f"{memory:.0f} MiB"),
        Figure(
            "kiosk: touch → changed pixels, p50 / p95",
            f"{ms(percentile(to_pixels, 0.5))} / {ms(percentile(to_pixels, 0.95))}",
        ),
        Figure(
            "touch → last byte at the printer, p50 / p95",
            f"{ms(percentile(to_paper, 0.5))} / {ms(percentile(to_paper, 0.95))}",
        ),
        Figure(
            "voucher scanned → what it is, on the screen, p50 / p95",
            f"{ms(percentile(to_screen, 0.5))} / {ms(percentile(to_screen, 0.95))}",
        ),
        Figure(
            "scan seen → last byte of the ticket at the printer (the one touch taken out), p50 / p95",
            f"{ms(percentile(whole, 0.5))} / {ms(percentile(whole, 0.95))}",
        ),
    ]
