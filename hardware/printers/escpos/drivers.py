"""The ESC/POS drivers by name: settings in, printers out. Nothing is connected yet.

All of them: ``width_mm`` 58 or 80 (80). The others as each function says.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from ..base import DOTS, BadConfiguration
from .driver import EscposPrinter
from .lines import FileLine, NetworkLine, SerialLine, UsbLine

Config = Mapping[str, object]

SEND_LIMIT = 10.0
"""Seconds that a printer may take nothing while a job is sent."""


def open_network(config: Config) -> EscposPrinter:
    """``host``, ``port`` (9100)."""
    settings = _Settings(config)
    host, port = settings.text("host"), settings.whole("port", 9100, 1, 65535)
    width = settings.dots()
    settings.done()
    _load_transports()
    return EscposPrinter(lambda: NetworkLine(host, port, SEND_LIMIT), width)


def open_serial(config: Config) -> EscposPrinter:
    """``device``, ``baud`` (115200), ``flow`` "dtr", "xonxoff" or "none" ("dtr")."""
    settings = _Settings(config)
    device, baud = settings.text("device"), settings.whole("baud", 115200, 1200, 921600)
    flow = settings.choice("flow", ("dtr", "xonxoff", "none"))
    width = settings.dots()
    settings.done()
    import_module("serial")
    _load_transports()
    return EscposPrinter(
        lambda: SerialLine(
            device, baud, dsrdtr=flow == "dtr", xonxoff=flow == "xonxoff", send_limit=SEND_LIMIT
        ),
        width,
    )


def open_usb(config: Config) -> EscposPrinter:
    """``vendor``, ``product`` (numbers, or text: "04b8"), ``out_endpoint`` (1), ``in_endpoint`` (0x82)."""
    settings = _Settings(config)
    vendor, product = settings.usb_number("vendor"), settings.usb_number("product")
    out, into = settings.whole("out_endpoint", 0x01, 0, 255), settings.whole("in_endpoint", 0x82, 0, 255)
    width = settings.dots()
    settings.done()
    import_module("usb.core")
    _load_transports()
    return EscposPrinter(
        lambda: UsbLine(vendor, product, out=out, into=into, send_limit=SEND_LIMIT),
        width,
    )


def open_file(config: Config) -> EscposPrinter:
    """``path`` of a device file, or of an ordinary file that jobs are added to. No status comes back."""
    settings = _Settings(config)
    path = Path(settings.text("path")).expanduser()
    width = settings.dots()
    settings.done()
    _load_transports()
    return EscposPrinter(lambda: FileLine(str(path)), width, answers=False)


def _load_transports() -> None:
    import_module("escpos.printer")
    root = logging.getLogger()
    if _not_of_transports not in root.filters:
        root.addFilter(_not_of_transports)


def _not_of_transports(record: logging.LogRecord) -> bool:
    """Keeps out the lines that the transports write to the root logger at each opening and closing.

    A printer is opened every few seconds to see how it is; the supervisor logs what changes.
    """
    return record.levelno > logging.INFO or "escpos" not in Path(record.pathname).parts


class _Settings:
    """Reads settings one by one and refuses those that nobody read: a typo is not a wish."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._read: set[str] = set()

    def _get(self, key: str, default: object = None) -> object:
        self._read.add(key)
        value = self._config.get(key, default)
        if value is None:
            raise BadConfiguration(f"printer setting {key!r} is missing")
        return value

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadConfiguration(f"printer setting {key!r} is a text, not {value!r}")
        return value.strip()

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise BadConfiguration(
                f"printer setting {key!r} is a whole number from {low} to {high}, not {value!r}"
            )
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self._get(key, choices[0])
        if not isinstance(value, str) or value not in choices:
            raise BadConfiguration(f"printer setting {key!r} is one of {', '.join(choices)}, not {value!r}")
        return value

    def usb_number(self, key: str) -> int:
        value = self._get(key)
        if isinstance(value, str) and re.fullmatch(r"(?:0x)?[0-9a-fA-F]{1,4}", value):
            return int(value, 16)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 0xFFFF:
            return value
        raise BadConfiguration(f"printer setting {key!r} is a USB number such as '04b8', not {value!r}")

    def dots(self) -> int:
        value = self._get("width_mm", 80)
        for width, dots in DOTS.items():
            if value == width:
                return dots
        raise BadConfiguration(f"printer setting 'width_mm' is 58 or 80, not {value!r}")

    def done(self) -> None:
        unknown = sorted(set(self._config) - self._read)
        if unknown:
            raise BadConfiguration(f"printer setting {unknown[0]!r} is unknown")
