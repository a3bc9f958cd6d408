"""``liqu-printer-sim``: the simulated printer as a program."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from ..base import DOTS
from .control import Control
from .dialects import DIALECTS
from .server import SimulatedPrinter


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="liqu-printer-sim", description="A simulated ticket or label printer: each sheet becomes a PNG."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=9100, help="port to listen on (9100; 0: any free one)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the sheets")
    parser.add_argument(
        "--language", choices=tuple(DIALECTS), default="escpos", help="what the printer speaks (escpos)"
    )
    parser.add_argument(
        "--width", type=int, choices=tuple(DOTS), default=80, help="width of an escpos roll, mm (80)"
    )
    parser.add_argument("--control", type=int, metavar="PORT", help="switch faults over HTTP on this port")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        printer = SimulatedPrinter(
            options.out,
            host=options.host,
            port=options.port,
            width_mm=options.width,
            language=options.language,
        )
    except OSError as error:
        parser.exit(1, f"liqu-printer-sim: can't listen on {options.host}:{options.port}: {error.strerror}\n")
    with printer:
        control = Control(printer, options.control) if options.control is not None else None
        switches = f", switches on http://127.0.0.1:{control.port}" if control else ""
        sys.stdout.write(
            f"printer ready at {options.host}:{printer.port}, sheets in {options.out}{switches}\n"
        )
        sys.stdout.flush()
        stop.wait()
        if control:
            control.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
