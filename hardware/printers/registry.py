"""Printers by the name their configuration gives: drivers load when named, not before.

[printer]
driver = "escpos-network"
width_mm = 80
host = "192.168.1.40"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from .base import BadConfiguration, NotInstalled, Printer

Factory = Callable[[Mapping[str, object]], Printer]

DRIVERS: dict[str, tuple[str, str]] = {
    "escpos-network": ("hardware.printers.escpos.drivers:open_network", "kiosk"),
    "escpos-serial": ("hardware.printers.escpos.drivers:open_serial", "hardware"),
    "escpos-usb": ("hardware.printers.escpos.drivers:open_usb", "hardware"),
    "escpos-file": ("hardware.printers.escpos.drivers:open_file", "kiosk"),
    "zpl-network": ("hardware.printers.labels.drivers:open_zpl", "kiosk"),
    "tspl-network": ("hardware.printers.labels.drivers:open_tspl", "kiosk"),
}
"""Driver → where its factory is, and the extra that brings its libraries."""


def open_printer(config: Mapping[str, object]) -> Printer:
    """The printer that ``config`` names by ``driver``; the other settings are the driver's own.

    No connection is made yet. Raises BadConfiguration for an unknown driver or a wrong setting,
    NotInstalled when the driver's library is missing.
    """
    name = config.get("driver")
    if not isinstance(name, str) or name not in DRIVERS:
        raise BadConfiguration(f"printer driver {name!r} is unknown; the known ones: {', '.join(DRIVERS)}")
    place, extra = DRIVERS[name]
    module, _, function = place.partition(":")
    try:
        factory = cast("Factory", getattr(import_module(module), function))
        return factory({key: value for key, value in config.items() if key != "driver"})
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"printer driver {name} needs the library {error.name}: install liqu[{extra}]"
        ) from error
