"""Every printer driver that can be reached without a device, each before the same simulated printer."""

from __future__ import annotations

import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import usb.core
from PIL import Image

from hardware.printers.base import DOTS, Printer, Width
from hardware.printers.registry import open_printer
from hardware.printers.simulator.device import Device
from hardware.printers.simulator.paper import Cutting
from hardware.printers.simulator.server import SimulatedPrinter

LIMIT = 20.0


@dataclass(frozen=True)
class Rig:
    """A driver, and what its peer printed: ``sheets(n)`` waits for n sheets and gives their dots."""

    printer: Printer
    sheets: Callable[[int], list[Cutting]]
    device: Device | None
    """Where faults are switched; None where no status comes back."""
    tells_low_paper: bool = True
    """Label languages have no word for it."""


class Pile:
    """Cut sheets in memory."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._cuttings: list[Cutting] = []

    def catch(self, cutting: Cutting) -> None:
        with self._changed:
            self._cuttings.append(cutting)
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[Cutting]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._cuttings) >= count, LIMIT):
                raise TimeoutError(f"{len(self._cuttings)} of {count} sheets")
            return list(self._cuttings)


@contextmanager
def network_rig(folder: Path, width_mm: Width) -> Iterator[Rig]:
    with SimulatedPrinter(folder / "sheets", width_mm=width_mm) as simulated:
        printer = open_printer(
            {
                "driver": "escpos-network",
                "host": "127.0.0.1",
                "port": simulated.port,
                "width_mm": width_mm,
            }
        )

        def sheets(count: int) -> list[Cutting]:
            caught = simulated.tray.wait_for(count, LIMIT)
            return [Cutting(_dots(one.path), one.problems) for one in caught]

        yield Rig(printer, sheets, simulated.device)
        printer.close()


def label_rig(language: str) -> Callable[[Path, Width], AbstractContextManager[Rig]]:
    """A label printer, its labels as wide as a ticket's dots and long enough for any sheet here."""

    @contextmanager
    def rig(folder: Path, width_mm: Width) -> Iterator[Rig]:
        with SimulatedPrinter(folder / "labels", language=language) as simulated:
            printer = open_printer(
                {
                    "driver": f"{language}-network",
                    "host": "127.0.0.1",
                    "port": simulated.port,
                    "width_mm": DOTS[width_mm] // 8,
                    "height_mm": 200,
                }
            )

            def sheets(count: int) -> list[Cutting]:
                caught = simulated.tray.wait_for(count, LIMIT)
                return [Cutting(_dots(one.path), one.problems) for one in caught]

            yield Rig(printer, sheets, simulated.device, tells_low_paper=False)
            printer.close()

    return rig


@contextmanager
def serial_rig(folder: Path, width_mm: Width) -> Iterator[Rig]:
    """A pseudo-terminal: the driver opens its one end, the simulated printer sits at the other."""
    pile = Pile()
    device = Device(DOTS[width_mm], pile.catch)
    peer, end = pty.openpty()
    tty.setraw(end)
    stop = threading.Event()

    def serve() -> None:
        session = device.connect()
        while not stop.is_set():
            if select.select([peer], [], [], 0.05)[0]:
                answers = session.receive(os.read(peer, 4096))
                if answers:
                    os.write(peer, answers)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    printer = open_printer({"driver": "escpos-serial", "device": os.ttyname(end), "width_mm": width_mm})
    try:
        yield Rig(printer, pile.wait_for, device)
    finally:
        printer.close()
        stop.set()
        thread.join(LIMIT)
        os.close(peer)
        os.close(end)


@contextmanager
def file_rig(folder: Path, width_mm: Width) -> Iterator[Rig]:
    path = folder / "lp0"
    printer = open_printer({"driver": "escpos-file", "path": str(path), "width_mm": width_mm})

    def sheets(count: int) -> list[Cutting]:
        pile = Pile()
        Device(DOTS[width_mm], pile.catch).connect().receive(path.read_bytes())
        return pile.wait_for(count)

    yield Rig(printer, sheets, None)
    printer.close()


class UsbDevice:
    """What pyusb gives for a USB printer, with the simulated one behind it."""

    class Backend:
        """Stands for the system library."""

    def __init__(self, device: Device) -> None:
        self.backend = self.Backend()
        self._session = device.connect()
        self._answers = b""
        self._ctx = self

    def write(self, endpoint: int, data: bytes, timeout: int) -> int:
        assert endpoint == 0x01
        taken = data[:4096]
        self._answers += self._session.receive(taken)
        return len(taken)

    def read(self, endpoint: int, size: int, timeout: int) -> bytes:
        assert endpoint == 0x82
        if not self._answers:
            raise usb.core.USBTimeoutError("timed out")
        answers, self._answers = self._answers[:size], self._answers[size:]
        return answers

    def get_active_configuration(self) -> object:
        return self

    def reset(self) -> None:
        raise AssertionError("a reset cuts short what the printer still prints")

    def dispose(self, device: object) -> None:
        pass


@contextmanager
def usb_rig(folder: Path, width_mm: Width) -> Iterator[Rig]:
    """python-escpos and our line over it are real; the bus beneath them is not."""
    pile = Pile()
    device = Device(DOTS[width_mm], pile.catch)

    def find(**wanted: int) -> UsbDevice:
        assert wanted == {"idVendor": 0x04B8, "idProduct": 0x0E15}
        return UsbDevice(device)

    printer = open_printer(
        {"driver": "escpos-usb", "vendor": "04b8", "product": "0e15", "width_mm": width_mm}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usb.core, "find", find)
        yield Rig(printer, pile.wait_for, device)
        printer.close()


RIGS = {
    "escpos-network": network_rig,
    "escpos-serial": serial_rig,
    "escpos-usb": usb_rig,
    "escpos-file": file_rig,
    "zpl-network": label_rig("zpl"),
    "tspl-network": label_rig("tspl"),
}


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition. Raises TimeoutError, saying ``what`` did not come."""
    until = time.monotonic() + LIMIT
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.01)


def _dots(path: Path) -> Image.Image:
    """The printed dots of a sheet's picture: what lies within its white margins."""
    with Image.open(path) as picture:
        grey = picture.convert("L")
    return grey.crop((32, 32, grey.width - 32, grey.height)).point(lambda level: 255 * (level > 127), "1")
