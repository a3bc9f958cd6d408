"""The ESC/POS drivers by name: settings in, printers out. Nothing is connected yet.

All of them: ``width_mm`` 58 or 80 (80). The others as each function says.
"""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path

from ..settings import Config, Settings
from .driver import EscposPrinter
from .lines import FileLine, NetworkLine, SerialLine, UsbLine

SEND_LIMIT = 10.0
"""Seconds that a printer may take nothing while a job is sent."""


def open_network(config: Config) -> EscposPrinter:
    """``host``, ``port`` (9100)."""
    settings = Settings(config)
    host, port = settings.text("host"), settings.whole("port", 9100, 1, 65535)
    width = settings.dots()
    settings.done()
    load_transports()
    return EscposPrinter(lambda: NetworkLine(host, port, SEND_LIMIT), width)


def open_serial(config: Config) -> EscposPrinter:
    """``device``, ``baud`` (115200), ``flow`` "dtr", "xonxoff" or "none" ("dtr")."""
    settings = Settings(config)
    device, baud = settings.text("device"), settings.whole("baud", 115200, 1200, 921600)
    flow = settings.choice("flow", ("dtr", "xonxoff", "none"))
    width = settings.dots()
    settings.done()
    import_module("serial")
    load_transports()
    return EscposPrinter(
        lambda: SerialLine(
            device, baud, dsrdtr=flow == "dtr", xonxoff=flow == "xonxoff", send_limit=SEND_LIMIT
        ),
        width,
    )


def open_usb(config: Config) -> EscposPrinter:
    """``vendor``, ``product`` (numbers, or text: "04b8"), ``out_endpoint`` (1), ``in_endpoint`` (0x82)."""
    settings = Settings(config)
    vendor, product = settings.usb_number("vendor"), settings.usb_number("product")
    out, into = settings.whole("out_endpoint", 0x01, 0, 255), settings.whole("in_endpoint", 0x82, 0, 255)
    width = settings.dots()
    settings.done()
    import_module("usb.core")
    load_transports()
    return EscposPrinter(
        lambda: UsbLine(vendor, product, out=out, into=into, send_limit=SEND_LIMIT),
        width,
    )


def open_file(config: Config) -> EscposPrinter:
    """``path`` of a device file, or of an ordinary file that jobs are added to. No status comes back."""
    settings = Settings(config)
    path = Path(settings.text("path")).expanduser()
    width = settings.dots()
    settings.done()
    load_transports()
    return EscposPrinter(lambda: FileLine(str(path)), width, answers=False)


def load_transports() -> None:
    """Raises ModuleNotFoundError where python-escpos is not installed."""
    import_module("escpos.printer")
    root = logging.getLogger()
    if _not_of_transports not in root.filters:
        root.addFilter(_not_of_transports)


def _not_of_transports(record: logging.LogRecord) -> bool:
    """Keeps out the lines that the transports write to the root logger at each opening and closing.

    A printer is opened every few seconds to see how it is; the supervisor logs what changes.
    """
    return record.levelno > logging.INFO or "escpos" not in Path(record.pathname).parts
