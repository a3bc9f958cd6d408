"""Configuration names a scanner; what is wrong with it is said by the name of the setting."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hardware.printers.base import BadConfiguration, NotInstalled
from hardware.scanners.registry import DRIVERS, open_scanner

GOOD: dict[str, dict[str, object]] = {
    "camera": {"device": 0},
    "camera-file": {"path": "/nowhere"},
    "camera-address": {"url": "http://192.0.2.1/video"},
    "serial": {"device": "/dev/ttyS99"},
    "wedge": {},
}


@pytest.mark.parametrize("name", DRIVERS)
def test_every_driver_opens_by_its_name_without_touching_the_device(name: str) -> None:
    scanner = open_scanner({"driver": name, "name": "left", **GOOD[name]})
    assert scanner.name == "left"
    assert scanner.status is None
    scanner.stop()
    scanner.stop()


@pytest.mark.parametrize("name", ["laser", "", None, 7])
def test_an_unknown_driver_names_those_that_are_known(name: object) -> None:
    with pytest.raises(BadConfiguration, match="camera, camera-file, camera-address, serial, wedge"):
        open_scanner({"driver": name})


@pytest.mark.parametrize(
    ("config", "setting"),
    [
        ({"driver": "camera"}, "device"),
        ({"driver": "camera", "device": -1}, "device"),
        ({"driver": "camera", "device": True}, "device"),
        ({"driver": "camera", "device": 0, "width": 9}, "width"),
        ({"driver": "camera", "device": 0, "fps": 0}, "fps"),
        ({"driver": "camera", "device": 0, "higth": 720}, "higth"),
        ({"driver": "camera-file"}, "path"),
        ({"driver": "camera-file", "path": " "}, "path"),
        ({"driver": "camera-address"}, "url"),
        ({"driver": "serial"}, "device"),
        ({"driver": "serial", "device": "/dev/x", "baud": 1}, "baud"),
        ({"driver": "wedge", "quiet_ms": -1}, "quiet_ms"),
        ({"driver": "wedge", "gap_ms": "35"}, "gap_ms"),
        ({"driver": "wedge", "name": 5}, "name"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(config: dict[str, object], setting: str) -> None:
    with pytest.raises(BadConfiguration, match=f"'{setting}'"):
        open_scanner(config)


@pytest.mark.parametrize(
    ("driver", "library", "extra"),
    [("camera", "cv2", "camera"), ("camera-file", "zxingcpp", "camera"), ("serial", "serial", "hardware")],
)
def test_a_missing_library_names_the_extra_that_brings_it(
    driver: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.startswith("hardware.scanners.")]:
        if module.rpartition(".")[2] in ("camera", "frames", "decode", "serial"):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotInstalled, match=rf"library {library}: install liqu\[{extra}\]"):
        open_scanner({"driver": driver, **GOOD[driver]})


def test_a_scanner_that_types_needs_neither_camera_nor_serial_libraries() -> None:
    program = (
        "import sys; from hardware.scanners.registry import open_scanner; open_scanner({'driver': 'wedge'});"
        "sys.exit(any(name in sys.modules for name in ('cv2', 'numpy', 'zxingcpp', 'serial')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
