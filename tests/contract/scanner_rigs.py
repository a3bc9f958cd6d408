"""Every scanner driver that can be reached without a device, each before a stand-in of what it reads."""

from __future__ import annotations

import os
import pty
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy
import zxingcpp

from hardware.scanners.base import Scan, Scanner, ScannerStatus
from hardware.scanners.camera import CameraScanner
from hardware.scanners.frames import open_address, open_file
from hardware.scanners.serial import SerialScanner
from hardware.scanners.wedge import WedgeScanner

LIMIT = 20.0
QUIET = 0.3
RETRY = (0.02,)
"""Seconds between tries: nobody waits in a test."""


def eventually(holds: Callable[[], object], what: str) -> None:
    """Wait until ``holds``, with a deadline."""
    deadline = time.monotonic() + LIMIT
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.005)


@dataclass
class Ear:
    """What a scanner told."""

    scans: list[Scan] = field(default_factory=list)
    statuses: list[ScannerStatus] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [scan.text for scan in self.scans]


@dataclass(frozen=True)
class Rig:
    """A scanner; ``show`` holds a code before it, ``clear`` takes it away, ``unplug`` takes the device away.

    ``plug`` brings it back. The last two are None where the driver can't know.
    """

    scanner: Scanner
    show: Callable[[str], None]
    clear: Callable[[], None]
    unplug: Callable[[], None] | None = None
    plug: Callable[[], None] | None = None


def picture(text: str) -> Any:
    """A voucher before a camera: white paper with a QR on a grey desk."""
    made: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    symbol = numpy.array(made.to_image(scale=4, add_quiet_zones=True))
    seen = numpy.full((360, 640), 128, numpy.uint8)
    seen[40 : 40 + symbol.shape[0], 60 : 60 + symbol.shape[1]] = symbol
    return seen


def encoded(text: str | None, kind: str) -> bytes:
    """A picture file of a voucher, or of the empty desk."""
    seen = numpy.full((360, 640), 128, numpy.uint8) if text is None else picture(text)
    good, written = cv2.imencode(kind, seen)
    assert good
    return written.tobytes()


@contextmanager
def folder_rig(folder: Path) -> Iterator[Rig]:
    desk, gone = folder / "desk", folder / "gone"
    desk.mkdir()

    def show(text: str) -> None:
        (desk / "new").write_bytes(encoded(text, ".png"))
        (desk / "new").rename(desk / "voucher.png")

    scanner = CameraScanner(lambda: open_file(desk, 0.01), quiet=QUIET, fps=100, back_off=RETRY)
    yield Rig(
        scanner,
        show,
        lambda: (desk / "voucher.png").unlink(),
        lambda: desk.rename(gone) and None,
        lambda: gone.rename(desk) and None,
    )
    scanner.stop()


class Stream:
    """An MJPEG camera on HTTP: its address, and what it sees."""

    def __init__(self) -> None:
        self.jpeg = encoded(None, ".jpg")
        self.on = True
        stream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not stream.on:
                    self.send_error(503)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    while stream.on:
                        jpeg = stream.jpeg
                        head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
                        self.wfile.write(b"--frame\r\n" + head + jpeg + b"\r\n")
                        time.sleep(0.02)
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/video"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self.on = False
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def stream_rig(folder: Path) -> Iterator[Rig]:
    stream = Stream()

    def see(text: str | None) -> None:
        stream.jpeg = encoded(text, ".jpg")

    def turn(on: bool) -> None:
        stream.on = on

    scanner = CameraScanner(lambda: open_address(stream.url), quiet=QUIET, fps=100, back_off=RETRY)
    yield Rig(scanner, see, lambda: see(None), lambda: turn(False), lambda: turn(True))
    scanner.stop()
    stream.close()


@contextmanager
def serial_rig(folder: Path) -> Iterator[Rig]:
    device = folder / "scanner"
    ends: list[int] = []

    def plug() -> None:
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        ends[:] = [ours]
        # Their end stays open in the driver only, so that ours sees when it is let go.
        device.unlink(missing_ok=True)
        device.symlink_to(os.ttyname(theirs))
        kept.append(theirs)

    def unplug() -> None:
        device.unlink()
        for end in (*ends, *kept):
            os.close(end)
        ends.clear()
        kept.clear()

    kept: list[int] = []
    plug()
    scanner = SerialScanner(str(device), quiet=QUIET, back_off=RETRY)
    yield Rig(
        scanner, lambda text: os.write(ends[0], text.encode() + b"\r\n") and None, lambda: None, unplug, plug
    )
    scanner.stop()
    if ends:
        unplug()


@contextmanager
def wedge_rig(folder: Path) -> Iterator[Rig]:
    scanner = WedgeScanner(quiet=QUIET)

    def show(text: str) -> None:
        for char in text + "\n":
            scanner.feed(char)

    yield Rig(scanner, show, lambda: None)
    scanner.stop()


RIGS = {"folder": folder_rig, "stream": stream_rig, "serial": serial_rig, "wedge": wedge_rig}
