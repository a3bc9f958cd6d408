"""A camera's frames: the newest only, shown while they are live, read in a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy
import pytest

from hardware.scanners.base import Scan, ScannerOffline, ScannerStatus
from hardware.scanners.camera import OLD, CameraScanner
from hardware.scanners.decode import Code, Frame, Sight
from hardware.scanners.frames import EMPTY, Pictures, open_address, open_device, open_file
from hardware.scanners.registry import open_scanner
from tests.contract.scanner_rigs import LIMIT, encoded, eventually, picture


def numbered(number: int) -> Frame:
    return numpy.full((48, 64), number, numpy.uint8)


class Reel:
    """A camera that gives a frame each time it is told to, and says when it was asked for the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frames: list[Frame] = []
        self._taken = 0

    def give(self, *frames: Frame) -> None:
        """Return when all have been taken."""
        with self._changed:
            self._frames += frames
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: not self._frames, LIMIT)
            asked = self._taken
            assert self._changed.wait_for(lambda: self._taken > asked, LIMIT)

    def read(self) -> Frame | None:
        with self._changed:
            self._taken += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._frames, 0.02)
            return self._frames.pop(0) if self._frames else None

    def close(self) -> None:
        """Nothing is held open."""


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def running(reel: Reel, read: Any, clock: Clock | None = None) -> Iterator[tuple[CameraScanner, list[Scan]]]:
    scans: list[Scan] = []
    scanner = CameraScanner(lambda: reel, reader=lambda: read, fps=1000, clock=clock or Clock())
    scanner.start(scans.append)
    yield scanner, scans
    scanner.stop()


def test_only_the_newest_frame_waits_while_one_is_read() -> None:
    reel, seen = Reel(), list[int]()
    reading, go_on = threading.Event(), threading.Event()

    def read(frame: Frame) -> Sight:
        seen.append(int(frame[0, 0]))
        reading.set()
        assert go_on.wait(LIMIT)
        return Sight()

    with running(reel, read):
        reel.give(numbered(1))
        assert reading.wait(LIMIT)
        reel.give(*(numbered(n) for n in range(2, 40)))
        go_on.set()
        eventually(lambda: len(seen) == 2, "the newest frame is read")
        reel.give(numbered(40))
        eventually(lambda: len(seen) == 3, "the next is read")
    assert seen == [1, 39, 40]


def test_the_viewfinder_shows_the_newest_frame_while_it_is_live() -> None:
    reel, clock = Reel(), Clock()
    with running(reel, lambda _: Sight(), clock) as (scanner, _):
        assert scanner.view is None
        reel.give(numbered(1), numbered(2))
        view = scanner.view
        assert view is not None
        assert (int(view.frame[0, 0]), view.at) == (2, 50.0)
        clock.now += OLD + 0.1
        assert scanner.view is None
    assert scanner.view is None


def test_the_viewfinder_says_when_a_code_should_be_held_closer() -> None:
    reel = Reel()
    with running(reel, lambda frame: Sight(unread=bool(frame[0, 0] == 9))) as (scanner, _):
        reel.give(numbered(9))
        eventually(lambda: scanner.view and scanner.view.unread, "it is seen")
        reel.give(numbered(1))
        eventually(lambda: scanner.view and not scanner.view.unread, "it is gone")


def test_all_codes_of_a_frame_are_told_with_the_time_it_was_taken() -> None:
    reel = Reel()
    sight = Sight((Code("LQAAAA", "QRCode"), Code("LQBBBB", "Code128")))
    with running(reel, lambda _: sight) as (_, scans):
        reel.give(numbered(1))
        eventually(lambda: len(scans) == 2, "two scans")
    assert scans == [
        Scan("LQAAAA", "QRCode", 50.0, "camera"),
        Scan("LQBBBB", "Code128", 50.0, "camera"),
    ]


def test_a_frame_that_can_not_be_read_is_not_the_end() -> None:
    reel = Reel()

    def read(frame: Frame) -> Sight:
        if frame[0, 0] == 1:
            raise ValueError("a defect")
        return Sight((Code("LQAAAA", "QRCode"),))

    with running(reel, read) as (_, scans):
        reel.give(numbered(1))
        reel.give(numbered(2))
        eventually(lambda: scans, "the next frame is read")


def no_sleep(_: float) -> None:
    """Tests do not wait."""


def test_the_pictures_of_a_folder_come_in_turn_as_they_are_there(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path, sleep=no_sleep)

    def shown() -> int:
        frame = pictures.read()
        assert frame is not None
        return int(frame.flat[0])

    empty = pictures.read()
    assert empty is not None
    assert empty.shape == EMPTY
    for number in (1, 2, 3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), numbered(number))
    (tmp_path / "notes.txt").write_text("no picture")
    assert [shown() for _ in range(4)] == [1, 2, 3, 1]
    (tmp_path / "2.png").unlink()
    assert shown() == 3
    (tmp_path / "1.png").unlink()
    (tmp_path / "3.png").unlink()
    assert shown() == 128


@pytest.mark.parametrize(
    "content", [b"", b"no picture", encoded("A", ".png")[:60], encoded("A", ".jpg")[:30]]
)
def test_a_picture_half_written_is_waited_for(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "new.png").write_bytes(content)
    pictures = Pictures(tmp_path, sleep=no_sleep)
    half = pictures.read()
    assert half is None or half.ndim == 3
    (tmp_path / "new.png").write_bytes(encoded("A", ".png"))
    whole = pictures.read()
    assert whole is not None
    assert whole.shape == (360, 640, 3)


def test_a_single_picture_is_a_camera_too(tmp_path: Path) -> None:
    (tmp_path / "voucher.jpg").write_bytes(encoded("LQA2B3C4", ".jpg"))
    scanner = open_scanner({"driver": "camera-file", "path": str(tmp_path / "voucher.jpg"), "fps": 60})
    scans: list[Scan] = []
    scanner.start(scans.append)
    eventually(lambda: scans, "a scan")
    scanner.stop()
    assert [(scan.text, scan.format) for scan in scans] == [("LQA2B3C4", "QRCode")]


def test_a_video_is_a_camera_that_starts_over(tmp_path: Path) -> None:
    path = tmp_path / "visit.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 360))
    assert video.isOpened()
    for _ in range(3):
        video.write(cv2.cvtColor(picture("LQA2B3C4"), cv2.COLOR_GRAY2BGR))
    video.release()
    source = open_file(path, 0)
    for _ in range(8):
        frame = source.read()
        assert frame is not None
        assert frame.shape == (360, 640, 3)
    source.close()


def test_what_is_not_there_is_offline(tmp_path: Path) -> None:
    (tmp_path / "text.avi").write_text("no video")
    for path in ("none.avi", "none.png", "none", "text.avi"):
        with pytest.raises(ScannerOffline):
            open_file(tmp_path / path, 0).read()
    with pytest.raises(ScannerOffline, match="camera 99 can't be opened"):
        open_device(99, 1280, 720, 15)


def test_an_address_stays_out_of_what_is_said() -> None:
    with pytest.raises(ScannerOffline) as caught:
        open_address("http://user:PASSWORD@127.0.0.1:9/video")
    assert "PASSWORD" not in str(caught.value)


def test_a_camera_that_is_not_there_can_be_stopped_at_once() -> None:
    statuses: list[ScannerStatus] = []
    scanner = open_scanner({"driver": "camera", "device": "/dev/video99"})
    scanner.start(lambda _: None, statuses.append)
    eventually(lambda: statuses, "it says how it is")
    scanner.stop()
    assert [one.state for one in statuses] == ["offline"]
