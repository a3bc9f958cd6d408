"""Scanners by the name their configuration gives: drivers load when named, not before.

[scanner]
driver = "camera"
device = 0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from ..printers.base import BadConfiguration, NotInstalled
from .base import Scanner

Factory = Callable[[Mapping[str, object]], Scanner]

DRIVERS: dict[str, tuple[str, str]] = {
    "camera": ("hardware.scanners.camera:open_camera", "camera"),
    "camera-file": ("hardware.scanners.camera:open_camera_file", "camera"),
    "camera-address": ("hardware.scanners.camera:open_camera_address", "camera"),
    "serial": ("hardware.scanners.serial:open_serial", "hardware"),
    "wedge": ("hardware.scanners.wedge:open_wedge", "kiosk"),
}
"""Driver → where its factory is, and the extra that brings its libraries."""


def open_scanner(config: Mapping[str, object]) -> Scanner:
    """The scanner that ``config`` names by ``driver``; the other settings are the driver's own.

    Nothing is opened until it is started. Raises BadConfiguration for an unknown driver or a wrong setting,
    NotInstalled when the driver's library is missing.
    """
    name = config.get("driver")
    if not isinstance(name, str) or name not in DRIVERS:
        raise BadConfiguration(f"scanner driver {name!r} is unknown; the known ones: {', '.join(DRIVERS)}")
    place, extra = DRIVERS[name]
    module, _, function = place.partition(":")
    try:
        factory = cast("Factory", getattr(import_module(module), function))
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"scanner driver {name} needs the library {error.name}: install liqu[{extra}]"
        ) from error
    return factory({key: value for key, value in config.items() if key != "driver"})
