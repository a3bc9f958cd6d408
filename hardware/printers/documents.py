"""What a printer of documents (A4) promises, and where its drivers are: a PDF goes in, its end comes out.

Unlike a roll printer it keeps a job that it can't print yet: an empty tray makes the job wait until somebody
loads paper. So ``print`` tells how the job stands while it waits, and can be told to stop.

    DeviceError
    ├── NotInstalled       the installer: add the named extra
    ├── BadConfiguration   the installer: correct the named setting
    │   └── NoPdf          the installer: print through a local queue that turns PDF into what it takes
    ├── NotSent            nothing was sent; printing later is safe
    │   ├── PrinterOffline the staff: check the power and the cable
    │   └── PrinterBusy    the staff: another job holds it; look at the printer
    ├── JobStopped         nobody, when it was called off; else the staff: the printer gave the job up
    └── JobUnknown         the person at the kiosk: look whether it came out. Nobody sends it again unasked.

[certificates]
driver = "ipp"
address = "ipp://192.168.1.41/ipp/print"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from threading import Event
from typing import Literal, Protocol, cast

from .base import BadConfiguration, DeviceError, NotInstalled, NotSent, PrinterStatus, State

Stage = Literal["sending", "waiting", "printing", "out_of_paper", "cover_open", "jam", "offline", "error"]
"""正在发送 · 等待打印机 · 正在打印 · 缺纸 · 盖未关 · 卡纸 · 联系不上 · 故障"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a job stands. ``pages``: printed so far, as far as the printer tells; else 0."""

    stage: Stage
    pages: int = 0


class PrinterBusy(NotSent):
    """Another job holds the printer: look at it."""


class NoPdf(BadConfiguration):
    """The printer does not take PDF: give the address of a local queue that turns it into what it takes."""


class JobStopped(DeviceError):
    """The job ended before it was whole: ``called_off`` by us, or given up by the printer."""

    def __init__(self, message: str, *, called_off: bool, state: State = "error") -> None:
        super().__init__(message)
        self.called_off = called_off
        self.state: State = state


class DocumentPrinter(Protocol):
    """Safe from any thread; prints one document at a time."""

    def print(
        self,
        pdf: bytes,
        title: str,
        *,
        copies: int = 1,
        on_state: Callable[[Progress], None] = ...,
        stop: Event | None = None,
    ) -> None:
        """Print; return when the printer says that the job has completed, not before.

        ``on_state`` hears each change, in a thread of the driver's. ``title`` is what the printer shows and
        logs: no names. Setting ``stop`` calls the job off. Raises NotSent, NoPdf, JobStopped or JobUnknown.
        """

    def status(self) -> PrinterStatus:
        """How the printer is now. Never raises for a printer that is off or broken: that is a status."""

    def close(self) -> None:
        """Let go of the device, in a few seconds. Calling it twice is harmless.

        A ``print`` under way calls its job off and raises what is known: JobStopped, else JobUnknown.
        """


Factory = Callable[[Mapping[str, object]], DocumentPrinter]

DRIVERS: dict[str, tuple[str, str]] = {"ipp": ("hardware.printers.ipp:open_ipp", "kiosk")}
"""Driver → where its factory is, and the extra that brings its libraries."""


def open_document_printer(config: Mapping[str, object]) -> DocumentPrinter:
    """The printer that ``config`` names by ``driver``. No connection is made yet.

    Raises BadConfiguration for an unknown driver or a wrong setting, NotInstalled when a library is missing.
    """
    name = config.get("driver")
    if not isinstance(name, str) or name not in DRIVERS:
        raise BadConfiguration(f"document printer {name!r} is unknown; the known ones: {', '.join(DRIVERS)}")
    place, extra = DRIVERS[name]
    module, _, function = place.partition(":")
    try:
        factory = cast("Factory", getattr(import_module(module), function))
        return factory({key: value for key, value in config.items() if key != "driver"})
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"document printer {name} needs the library {error.name}: install liqu[{extra}]"
        ) from error
