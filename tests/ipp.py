"""A real IPP printer for tests: ``ippeveprinter`` of the CUPS project, its tray filled and emptied at will.

    with ippeve(folder) as printer:
        printer.address           # ipp://localhost:PORT/ipp/print
        printer.empty_tray(); printer.load()
        printer.jam(); printer.open_cover(); printer.mend()
        printer.hold(); printer.go_on()      # what is printed waits in the printer
        printer.printed()         # the PDFs that came out, oldest first

Its tray is emptied in its own web form. Jam and cover are told by its print command, which is its documented
way to report states. It takes one job at a time and ends a job that was cancelled only when it can print.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from assets.demo.certificate_printer import address, certificate_printer
from tests.conftest import need
from tests.waiting import free_port, until

COMMAND = """#!/bin/sh
# Called by the printer with the job's file; its messages become the printer's state.
here={folder}
for state in media-jam cover-open; do
    if [ -e "$here/$state" ]; then
        echo "STATE: +$state" >&2
        while [ -e "$here/$state" ]; do sleep 0.05; done
        echo "STATE: -$state" >&2
    fi
done
while [ -e "$here/hold" ]; do sleep 0.05; done
cp "$1" "$here/out/.$$" && mv "$here/out/.$$" "$here/out/$(date +%s%N).pdf"
"""
TRAYS = (
    "size1=iso_a4_210x297mm&type1=stationery&level1={level}"
    "&size3=na_number-10_4.125x9.5in&type3=envelope&level3={level}"
)
_open = build_opener(ProxyHandler({})).open


class IppPeer:
    """The printer program; start and stop it as one switches a printer on and off."""

    def __init__(self, folder: Path, port: int, formats: str = "application/pdf") -> None:
        self.port = port
        self.address = address(port)
        self.folder = folder
        (folder / "out").mkdir(parents=True, exist_ok=True)
        command = folder / "print"
        command.write_text(COMMAND.format(folder=folder), encoding="utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        self._bus, self._printer = certificate_printer(
            folder / "spool",
            port,
            log=folder,
            ready=self._answers,
            command=command,
            formats=formats,
            say=lambda _line: None,
        )

    def start(self) -> None:
        if not self._bus.alive:
            self._bus.start()
            self._bus.wait_ready()
        self._printer.start()
        self._printer.wait_ready()

    def switch_off(self) -> None:
        """Gone without a word, and its jobs with it."""
        self._printer.stop()

    def stop(self) -> None:
        self.mend()
        self.go_on()
        self._printer.stop()
        self._bus.stop()

    def empty_tray(self) -> None:
        self._trays(0)

    def load(self) -> None:
        self._trays(250)

    def jam(self) -> None:
        """The next job jams."""
        (self.folder / "media-jam").touch()

    def open_cover(self) -> None:
        """The next job finds the cover open."""
        (self.folder / "cover-open").touch()

    def mend(self) -> None:
        for state in ("media-jam", "cover-open"):
            (self.folder / state).unlink(missing_ok=True)

    def hold(self) -> None:
        """The next job prints until ``go_on``."""
        (self.folder / "hold").touch()

    def go_on(self) -> None:
        (self.folder / "hold").unlink(missing_ok=True)

    def printed(self) -> list[bytes]:
        """The documents that came out, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "out").glob("*.pdf"))]

    def wait_printed(self, count: int) -> list[bytes]:
        return until(f"{count} documents", lambda: len(self.printed()) >= count and self.printed())

    def wait_idle(self) -> None:
        """Until no job is in it."""
        until("the printer being idle", lambda: "Idle" in self._page())

    def _page(self) -> str:
        with _open(f"http://localhost:{self.port}/", timeout=5) as answer:
            return str(answer.read(), "utf-8", "replace")

    def _trays(self, level: int) -> None:
        with _open(f"http://localhost:{self.port}/media?{TRAYS.format(level=level)}", timeout=5) as answer:
            answer.read()

    def _answers(self) -> bool:
        try:
            with _open(f"http://localhost:{self.port}/", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def ippeve(folder: Path, *, formats: str = "application/pdf", on: bool = True) -> Iterator[IppPeer]:
    """A printer that is ready, its tray full; ``on`` False: switched off for now."""
    need(shutil.which("ippeveprinter"), "ippeveprinter is not installed (Debian: cups-ipp-utils)")
    need(shutil.which("dbus-daemon"), "dbus-daemon is not installed (Debian: dbus)")
    peer = IppPeer(folder, free_port(), formats)
    try:
        if on:
            peer.start()
        yield peer
    finally:
        peer.stop()


def minimal_pdf(title: str = "A certificate") -> bytes:
    """A PDF of one empty page, whole enough for any reader."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Title ({title}) >>".encode(),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        table,
    )
