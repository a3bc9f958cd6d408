"""A printer for certificates that needs no paper: ``ippeveprinter`` of the CUPS project and the bus it wants.

What it prints stays as PDF in a folder; its page (``http://localhost:PORT/``) fills and empties its trays.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from .programs import Program


def address(port: int) -> str:
    return f"ipp://localhost:{port}/ipp/print"


def certificate_printer(
    folder: Path,
    port: int,
    *,
    log: Path,
    ready: Callable[[], bool],
    command: Path | None = None,
    formats: str = "application/pdf",
    say: Callable[[str], None] = print,
) -> list[Program]:
    """The bus and the printer, in the order of starting. ``command`` is called with each job's file."""
    folder.mkdir(parents=True, exist_ok=True)
    # Of no folder, so that no long path can be too long for a socket's address.
    bus = f"liqu-bus-{port}"
    printing = ["-c", str(command)] if command else []
    return [
        Program(
            "the printer's bus",
            ["dbus-daemon", "--session", "--nofork", f"--address=unix:abstract={bus}"],
            log / "bus.log",
            ready=lambda: _listens(bus),
            say=say,
        ),
        Program(
            "the certificate printer",
            [
                *("ippeveprinter", "-r", "off", "-n", "localhost", "-p", str(port), "-d", str(folder), "-k"),
                *("-f", formats, *printing, "Certificates"),
            ],
            log / "certificate-printer.log",
            ready=ready,
            env={"DBUS_SYSTEM_BUS_ADDRESS": f"unix:abstract={bus}"},
            say=say,
        ),
    ]


def _listens(bus: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex("\0" + bus) == 0
