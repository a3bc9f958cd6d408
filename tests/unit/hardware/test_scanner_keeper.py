"""A device that fails is opened again, ever more rarely, and only changes are told."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from hardware.scanners.base import ScannerOffline, ScannerStatus
from hardware.scanners.keeper import BACK_OFF, Keeper

LIMIT = 20.0


class Device:
    """Opens and reads as its plan says: each step is a piece, or an error that is raised."""

    def __init__(self, *lives: list[object]) -> None:
        self.lives = list(lives)
        self.opened = 0
        self.closed = 0
        self.spent = threading.Event()

    def open(self) -> Device:
        self.opened += 1
        if not self.lives:
            self.spent.set()
            raise ScannerOffline("gone")
        self.life = self.lives.pop(0)
        return self

    def read(self) -> str | None:
        if not self.life:
            raise ScannerOffline("gone")
        step = self.life.pop(0)
        if isinstance(step, Exception):
            raise step
        return None if step is None else str(step)

    def close(self) -> None:
        self.closed += 1


def kept(
    device: Device, on_item: Callable[[str], None] = lambda _: None
) -> tuple[list[ScannerStatus], list[str]]:
    """What was told until the device was spent."""
    statuses: list[ScannerStatus] = []
    items: list[str] = []

    def take(item: str) -> None:
        items.append(item)
        on_item(item)

    keeper: Keeper[str] = Keeper(
        "test", device.open, on_item=take, on_status=statuses.append, back_off=(0.001,)
    )
    assert device.spent.wait(LIMIT)
    keeper.close()
    return statuses, items


def test_a_device_that_goes_away_is_opened_again_and_each_change_is_told_once() -> None:
    device = Device(["a", None, "b"], ["c"], ["d"])
    statuses, items = kept(device)
    assert items == ["a", "b", "c", "d"]
    assert [one.state for one in statuses] == ["ready", "offline"] * 3
    assert device.closed == 3


def test_a_device_that_opens_and_gives_nothing_is_never_called_ready() -> None:
    statuses, items = kept(Device([], [], []))
    assert statuses == [ScannerStatus("offline", "gone")]
    assert items == []


def test_a_defect_of_a_driver_is_a_status_and_not_the_end() -> None:
    statuses, items = kept(Device(["a", RuntimeError("SECRET")], ["b"]))
    assert items == ["a", "b"]
    assert [one.state for one in statuses] == ["ready", "error", "ready", "offline"]
    assert "SECRET" not in statuses[1].detail


def test_a_listener_that_fails_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("listener")

    with caplog.at_level(logging.ERROR):
        _, items = kept(Device(["a", "b"]), fail)
    assert items == ["a", "b"]
    assert "a listener to a scanner failed" in caplog.text


def test_a_device_that_stays_away_is_tried_ever_more_rarely() -> None:
    pauses: list[float] = []
    done = threading.Event()

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            pauses.append(timeout)
            if len(pauses) == 7:
                self.set()
                done.set()
            return self.is_set()

    keeper: Keeper[str] = Keeper(
        "test",
        Device().open,
        on_item=lambda _: None,
        on_status=lambda _: None,
        random=lambda: 0.0,
        stopping=Stopping(),
    )
    assert done.wait(LIMIT)
    keeper.close()
    assert pauses == [*BACK_OFF, 15, 15]


def test_a_listener_may_stop_its_scanner() -> None:
    stopped = threading.Event()
    box: list[Keeper[str]] = []
    ready = threading.Event()

    def stop(_: str) -> None:
        assert ready.wait(LIMIT)
        box[0].close()
        stopped.set()

    box.append(Keeper("test", Device(["a"]).open, on_item=stop, on_status=lambda _: None))
    ready.set()
    assert stopped.wait(LIMIT)
