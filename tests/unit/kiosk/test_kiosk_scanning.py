"""What the screen does for each kind of scanner: shows what a camera sees, feeds one that types."""

from __future__ import annotations

from pathlib import Path

from hardware.scanners.base import Scan
from kiosk.scanning import open_scanning
from tests.ui.kiosk_visits import CODE
from tests.waiting import until


def test_without_a_scanner_there_is_nothing_to_show_or_feed() -> None:
    nothing = open_scanning(None)
    assert (nothing.scanner, nothing.finder, nothing.wedge) == (None, None, None)


def test_a_camera_has_a_viewfinder_that_is_empty_until_it_sees(tmp_path: Path) -> None:
    scanning = open_scanning({"driver": "camera-file", "path": str(tmp_path)})
    assert scanning.finder is not None
    assert scanning.scanner is not None
    assert scanning.wedge is None
    assert scanning.finder() is None
    scanning.scanner.start(lambda _scan: None)
    try:
        until("the first picture", lambda: scanning.finder is not None and scanning.finder() is not None)
        seen = scanning.finder()
        assert seen is not None
        assert seen.frame.shape[:2] == (720, 1280)
        assert not seen.unread
    finally:
        scanning.scanner.stop()
    assert scanning.finder() is None


def test_a_scanner_that_types_is_fed_by_the_window_and_has_no_viewfinder() -> None:
    scanning = open_scanning({"driver": "wedge"})
    assert scanning.finder is None
    assert scanning.wedge is not None
    assert scanning.scanner is not None
    heard: list[Scan] = []
    scanning.scanner.start(heard.append)
    for sign in CODE + "\n":
        scanning.wedge.feed(sign)
    assert [scan.text for scan in heard] == [CODE]


def test_a_serial_scanner_needs_nothing_of_the_screen() -> None:
    scanning = open_scanning({"driver": "serial", "device": "/dev/ttyACM0"})
    assert scanning.scanner is not None
    assert (scanning.finder, scanning.wedge) == (None, None)
