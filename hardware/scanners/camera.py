"""A camera as a scanner: one thread takes frames, one reads them, and only the newest frame waits.

Reading lets other threads run (OpenCV and zxing-cpp release the interpreter's lock).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread, current_thread

from . import frames, tell
from .base import OnScan, OnStatus, Scan, ScannerStatus
from .decode import Frame, Reader, Sight
from .keeper import BACK_OFF, Keeper, Source
from .repeats import QUIET, Repeats
from .settings import Settings

OLD = 2.0
"""Seconds after which a frame is not shown any more: a picture that stands still is not live."""


@dataclass(frozen=True, slots=True)
class View:
    """What a viewfinder shows. ``frame``: BGR or grey, not to be changed; ``at``: when it was taken.

    ``unread``: a code is there and cannot be read; say "hold it closer".
    """

    frame: Frame
    at: float
    unread: bool


class CameraScanner:
    """Reads what ``open_source`` gives, at most ``fps`` frames a second."""

    def __init__(
        self,
        open_source: Callable[[], Source[Frame]],
        *,
        name: str = "camera",
        quiet: float = QUIET,
        fps: float = 15.0,
        reader: Callable[[], Callable[[Frame], Sight]] = lambda: Reader().read,
        clock: Callable[[], float] = time.monotonic,
        back_off: tuple[float, ...] = BACK_OFF,
    ) -> None:
        self._open_source = open_source
        self._name = name
        self._repeats = Repeats(quiet)
        self._interval = 1 / fps
        self._read = reader()
        self._clock = clock
        self._back_off = back_off
        self._changed = Condition()
        self._newest: tuple[Frame, float] | None = None
        self._waiting = False
        self._unread = False
        self._stopped = False
        self._keeper: Keeper[Frame] | None = None
        self._thread: Thread | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def status(self) -> ScannerStatus | None:
        return self._keeper.status if self._keeper else None

    @property
    def view(self) -> View | None:
        """The newest frame, from any thread; None where there is none, or none that is live."""
        with self._changed:
            if self._newest is None or self._clock() - self._newest[1] > OLD:
                return None
            return View(*self._newest, self._unread)

    def start(self, on_scan: OnScan, on_status: OnStatus = lambda _: None) -> None:
        if self._keeper or self._stopped:
            raise RuntimeError(f"scanner {self._name} was started before")
        self._thread = Thread(target=self._look, args=(on_scan,), name=f"reader {self._name}", daemon=True)
        self._thread.start()
        self._keeper = Keeper(
            self._name, self._open_source, on_item=self._take, on_status=on_status, back_off=self._back_off
        )

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._newest = None
            self._changed.notify_all()
        if self._keeper:
            self._keeper.close()
        if self._thread and self._thread is not current_thread():
            self._thread.join(10.0)

    def _take(self, frame: Frame) -> None:
        """A newer frame takes the place of one that nobody has read yet."""
        with self._changed:
            if self._stopped:
                return
            self._newest = (frame, self._clock())
            self._waiting = True
            self._changed.notify_all()

    def _look(self, on_scan: OnScan) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopped)
                if self._stopped or self._newest is None:
                    return
                frame, at = self._newest
                self._waiting = False
            began = time.monotonic()
            tell.safely(lambda one: self._report(self._read(one), at, on_scan), frame)  # noqa: B023
            with self._changed:
                rest = self._interval - (time.monotonic() - began)
                self._changed.wait_for(lambda: self._stopped, max(rest, 0))

    def _report(self, sight: Sight, at: float, on_scan: OnScan) -> None:
        with self._changed:
            self._unread = sight.unread
        for code in sight.codes:
            if self._repeats.is_new(code.text, at) and not self._stopped:
                tell.safely(on_scan, Scan(code.text, code.format, at, self._name))


def open_camera(config: Mapping[str, object]) -> CameraScanner:
    """``device`` (a number or path), ``width`` (1280), ``height`` (720)."""
    settings = Settings(config)
    device = settings.text_or_whole("device", 0, 99)
    width = settings.whole("width", 1280, 160, 4096)
    height = settings.whole("height", 720, 120, 4096)
    return _made(settings, lambda fps: lambda: frames.open_device(device, width, height, fps))


def open_camera_file(config: Mapping[str, object]) -> CameraScanner:
    """``path`` of a picture, a folder of pictures or a video: the simulated camera."""
    settings = Settings(config)
    path = Path(settings.text("path")).expanduser()
    return _made(settings, lambda fps: lambda: frames.open_file(path, 1 / fps))


def open_camera_address(config: Mapping[str, object]) -> CameraScanner:
    """``url`` of an MJPEG or RTSP camera."""
    settings = Settings(config)
    url = settings.text("url")
    return _made(settings, lambda _: lambda: frames.open_address(url))


def _made(settings: Settings, source: Callable[[int], Callable[[], Source[Frame]]]) -> CameraScanner:
    """All cameras: ``fps`` (15), ``name``, ``quiet_ms`` (2000)."""
    fps = settings.whole("fps", 15, 1, 60)
    name, quiet = settings.common("camera")
    settings.done()
    return CameraScanner(source(fps), name=name, quiet=quiet, fps=fps)
