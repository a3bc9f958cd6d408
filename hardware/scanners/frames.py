"""Where a camera's frames come from: a device, a video file, an address, or a folder of pictures.

The last is the simulated camera: a picture put into the folder is held before it, one taken out is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy

from .base import ScannerOffline
from .decode import Frame

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp"})
EMPTY: tuple[int, int] = (720, 1280)
"""Height and width of what a camera before an empty folder sees."""
ANSWER_MS = 3000
"""Most that an address may take to open, and to give one frame."""


class Captured:
    """Frames by OpenCV's capture. ``what`` names it in messages; ``again`` starts a file over at its end."""

    def __init__(
        self,
        capture: cv2.VideoCapture,
        what: str,
        *,
        again: bool = False,
        interval: float = 0.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._capture = capture
        self._what = what
        self._again = again
        self._interval = interval
        self._sleep = sleep

    def read(self) -> Frame | None:
        self._sleep(self._interval)
        got, frame = self._capture.read()
        if not got and self._again:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            got, frame = self._capture.read()
        if not got:
            raise ScannerOffline(f"{self._what} gives no picture")
        return frame

    def close(self) -> None:
        self._capture.release()


class Pictures:
    """The pictures of a folder in turn and over again, as they are there; or one picture always."""

    def __init__(
        self, path: Path, *, interval: float = 0.1, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._path = path
        self._interval = interval
        self._sleep = sleep
        self._shown = ""

    def read(self) -> Frame | None:
        """The next picture; grey where the folder is empty; None for what is not, or not yet, a picture."""
        self._sleep(self._interval)
        try:
            names = self._names()
            if not names:
                return numpy.full(EMPTY, 128, numpy.uint8)
            self._shown = next((name for name in names if name > self._shown), names[0])
            path = self._path / self._shown if self._path.is_dir() else self._path
            written = numpy.frombuffer(path.read_bytes(), numpy.uint8)
        except OSError as error:
            raise ScannerOffline(f"no picture at {self._path}: {error.strerror}") from error
        # What is not a picture gives None, or an error where the header promises one.
        try:
            return cv2.imdecode(written, cv2.IMREAD_COLOR) if written.size else None
        except cv2.error:
            return None

    def close(self) -> None:
        """Nothing is held open."""

    def _names(self) -> list[str]:
        if not self._path.is_dir():
            return [self._path.name]
        return sorted(one.name for one in self._path.iterdir() if one.suffix.lower() in PICTURES)


def open_device(device: str | int, width: int, height: int, fps: int) -> Captured:
    """``device``: a number, or a path as ``/dev/video0``."""
    _hush()
    capture = cv2.VideoCapture(device)
    if not capture.isOpened():
        capture.release()
        raise ScannerOffline(f"camera {device} can't be opened: check that it is connected and free")
    # Uncompressed 720p does not fit through USB 2 at a useful rate; one frame waits, not five old ones.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_FPS, fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return Captured(capture, f"camera {device}")


def open_address(url: str) -> Captured:
    """An MJPEG or RTSP address. Messages leave it out: it may hold a password."""
    _hush()
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, ANSWER_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, ANSWER_MS]
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        raise ScannerOffline("the camera's address does not answer: check its cable and its power")
    return Captured(capture, "the camera's address")


def open_file(path: Path, interval: float) -> Captured | Pictures:
    """A picture, a folder of pictures, or a video, over and over; ``interval``: seconds between frames."""
    if path.is_dir() or path.suffix.lower() in PICTURES:
        return Pictures(path, interval=interval)
    _hush()
    capture = cv2.VideoCapture(str(path))
    if not path.is_file() or not capture.isOpened():
        capture.release()
        raise ScannerOffline(f"no video at {path}")
    return Captured(capture, f"video {path}", again=True, interval=interval)


def _hush() -> None:
    """Who keeps a camera logs what changes; OpenCV would repeat itself at each try."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
