"""Configuration names a driver; what is wrong with it is said by the name of the setting."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
import usb.core
from PIL import Image

from hardware.printers.base import BadConfiguration, NotInstalled, Sheet
from hardware.printers.registry import DRIVERS, open_printer

GOOD: dict[str, dict[str, object]] = {
    "escpos-network": {"host": "192.0.2.1"},
    "escpos-serial": {"device": "/dev/ttyS9", "baud": 38400, "flow": "none"},
    "escpos-usb": {"vendor": "04b8", "product": 0x0E15},
    "escpos-file": {"path": "/nowhere/lp0"},
}
LABELS = ("zpl-network", "tspl-network")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(("width_mm", "dots"), [(58, 384), (80, 576)])
def test_every_driver_opens_by_its_name_without_touching_the_device(
    name: str, width_mm: int, dots: int
) -> None:
    printer = open_printer({"driver": name, "width_mm": width_mm, **GOOD[name]})
    assert printer.width == dots
    printer.close()
    printer.close()


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize(("settings", "dots"), [({}, 400), ({"width_mm": 60, "height_mm": 40}, 480)])
def test_a_label_printer_is_as_wide_as_its_labels(name: str, settings: dict[str, object], dots: int) -> None:
    assert open_printer({"driver": name, "host": "192.0.2.1", **settings}).width == dots


def test_every_driver_is_tried_here() -> None:
    assert {*GOOD, *LABELS} == {*DRIVERS}


@pytest.mark.parametrize("name", ["laser", "", None, 7, "ipp"])
def test_an_unknown_driver_names_those_that_are_known(name: object) -> None:
    with pytest.raises(BadConfiguration, match="escpos-network, escpos-serial, escpos-usb, escpos-file"):
        open_printer({"driver": name})


@pytest.mark.parametrize(
    ("config", "setting"),
    [
        ({"driver": "escpos-network"}, "host"),
        ({"driver": "escpos-network", "host": 4}, "host"),
        ({"driver": "escpos-network", "host": "a", "port": 70000}, "port"),
        ({"driver": "escpos-network", "host": "a", "port": True}, "port"),
        ({"driver": "escpos-network", "host": "a", "width_mm": 76}, "width_mm"),
        ({"driver": "escpos-network", "host": "a", "hots": "b"}, "hots"),
        ({"driver": "escpos-serial"}, "device"),
        ({"driver": "escpos-serial", "device": "/dev/x", "flow": "rts"}, "flow"),
        ({"driver": "escpos-usb", "vendor": "04b8"}, "product"),
        ({"driver": "escpos-usb", "vendor": "zz", "product": 1}, "vendor"),
        ({"driver": "escpos-file", "path": " "}, "path"),
        ({"driver": "zpl-network"}, "host"),
        ({"driver": "zpl-network", "host": "a", "width_mm": 500}, "width_mm"),
        ({"driver": "tspl-network", "host": "a", "height_mm": 0}, "height_mm"),
        ({"driver": "tspl-network", "host": "a", "gap_mm": "2"}, "gap_mm"),
        ({"driver": "tspl-network", "host": "a", "dpi": 203}, "dpi"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(config: dict[str, object], setting: str) -> None:
    with pytest.raises(BadConfiguration, match=f"'{setting}'"):
        open_printer(config)


@pytest.mark.parametrize(
    ("name", "library", "extra"),
    [("escpos-serial", "serial", "hardware"), ("escpos-usb", "usb.core", "hardware")],
)
def test_a_missing_library_says_which_extra_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str, library: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotInstalled, match=rf"liqu\[{extra}\]"):
        open_printer({"driver": name, **GOOD[name]})


def test_a_printer_that_is_not_there_is_offline_and_takes_nothing(tmp_path: Path) -> None:
    printer = open_printer({"driver": "escpos-file", "path": str(tmp_path / "none" / "lp0")})
    assert printer.status().state == "offline"


@pytest.mark.parametrize("width", [0, 12])
def test_a_sheet_is_whole_bytes_wide(width: int) -> None:
    with pytest.raises(ValueError, match="width"):
        Sheet(Image.new("1", (width, 8)), job="", title="")


def test_a_sheet_is_dots_not_grey() -> None:
    with pytest.raises(ValueError, match="1-bit"):
        Sheet(Image.new("L", (8, 8)), job="", title="")


def test_usb_without_its_system_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_backend(**wanted: int) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", no_backend)
    printer = open_printer({"driver": "escpos-usb", **GOOD["escpos-usb"]})
    with pytest.raises(BadConfiguration, match="libusb"):
        printer.status()


def test_a_usb_printer_that_is_not_plugged_in_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb.core, "find", lambda **wanted: None)
    assert open_printer({"driver": "escpos-usb", **GOOD["escpos-usb"]}).status().state == "offline"


def test_a_serial_port_that_is_not_there_is_offline() -> None:
    assert (
        open_printer({"driver": "escpos-serial", "device": "/dev/no-such-port"}).status().state == "offline"
    )


def test_looking_at_a_printer_leaves_no_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    printer = open_printer({"driver": "escpos-file", "path": str(tmp_path / "lp0")})
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert printer.status().state == "ready"
    assert caplog.records == []
