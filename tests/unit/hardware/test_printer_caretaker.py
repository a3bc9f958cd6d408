"""Back-off, retries and outcomes, with a clock that moves only when told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from hardware.printers.base import (
    BadConfiguration,
    CoverOpen,
    DeviceError,
    JobUnknown,
    NotInstalled,
    OutOfPaper,
    PrinterFault,
    PrinterOffline,
    PrinterSilent,
    PrinterStatus,
    Sheet,
)
from hardware.printers.caretaker import BACK_OFF, Caretaker, Timing
from hardware.printers.outcome import Failed, Printed, Unknown

SHEET = Sheet(Image.new("1", (576, 8), 1), job="A001", title="A001")
READY = PrinterStatus("ready")
OFFLINE = PrinterStatus("offline", "no connection")


class FakePrinter:
    """Has the status it is given; raises the errors it is given, one a sheet, then prints."""

    width = 576

    def __init__(self) -> None:
        self.now = READY
        self.errors: list[Exception] = []
        self.tries = 0
        self.printed: list[str] = []
        self.closed = 0

    def print(self, sheet: Sheet) -> None:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        self.printed.append(sheet.job)

    def status(self) -> PrinterStatus:
        return self.now

    def close(self) -> None:
        self.closed += 1


class World:
    def __init__(self, random: float = 0.0) -> None:
        self.now = 100.0
        self.printer = FakePrinter()
        self.told: list[PrinterStatus] = []
        self.opened = 0
        self.refuses: DeviceError | None = None
        self.caretaker = Caretaker(
            self.open,
            report=self.told.append,
            clock=lambda: self.now,
            sleep=self.sleep,
            random=lambda: random,
        )

    def open(self) -> FakePrinter:
        self.opened += 1
        if self.refuses:
            raise self.refuses
        return self.printer

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def wait(self) -> float:
        """Look when due; how long that was to wait."""
        waited = self.caretaker.due - self.now
        self.now = self.caretaker.due
        self.caretaker.look()
        return waited


def test_a_change_is_told_once_and_a_heartbeat_never() -> None:
    world = World()
    for _ in range(4):
        world.wait()
    world.printer.now = PrinterStatus("paper_low", "the roll is near its end")
    for _ in range(4):
        world.wait()
    assert [status.state for status in world.told] == ["ready", "paper_low"]


def test_a_printer_that_is_off_is_tried_ever_less_often_and_a_fresh_fault_starts_over() -> None:
    world = World()
    world.printer.now = OFFLINE
    world.wait()
    assert [world.wait() for _ in range(7)] == [1, 2, 4, 8, 15, 15, 15]
    world.printer.now = READY
    world.wait()
    assert world.wait() == Timing().look_well
    world.printer.now = OFFLINE
    world.wait()
    assert world.wait() == 1
    assert [status.state for status in world.told] == ["offline", "ready", "offline"]


@pytest.mark.parametrize("random", [0.0, 0.5, 0.999])
def test_jitter_shortens_each_wait_by_up_to_half(random: float) -> None:
    world = World(random)
    world.printer.now = OFFLINE
    world.wait()
    for step in BACK_OFF:
        assert step / 2 < world.wait() <= step


def test_a_printer_that_is_off_is_opened_anew() -> None:
    world = World()
    world.wait()
    world.wait()
    assert world.opened == 1
    world.printer.now = OFFLINE
    world.wait()
    world.printer.now = READY
    world.wait()
    assert world.opened == 2
    assert world.printer.closed == 1


@pytest.mark.parametrize("error", [NotInstalled("install liqu[kiosk]"), BadConfiguration("host is missing")])
def test_a_printer_that_cannot_be_opened_says_why_and_is_tried_again(error: DeviceError) -> None:
    world = World()
    world.refuses = error
    world.wait()
    assert world.told == [PrinterStatus("error", str(error))]
    assert world.caretaker.print(SHEET) == Failed("A001", "error", str(error))
    world.refuses = None
    world.wait()
    assert world.told[-1] == READY


def test_after_a_sheet_the_printer_is_looked_at_at_once() -> None:
    world = World()
    world.wait()
    assert world.caretaker.print(SHEET) == Printed("A001")
    assert world.caretaker.due == world.now


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OutOfPaper("a"), "out_of_paper"),
        (CoverOpen("b"), "cover_open"),
        (PrinterFault("c"), "error"),
        (PrinterSilent("d"), "offline"),
    ],
)
def test_a_printer_that_needs_a_person_fails_at_once_and_is_tried_once(
    error: DeviceError, reason: str
) -> None:
    world = World()
    world.wait()
    world.printer.errors = [error]
    assert world.caretaker.print(SHEET) == Failed("A001", reason, str(error))  # type: ignore[arg-type]
    assert world.printer.tries == 1
    assert world.told[-1] == PrinterStatus(error.state, str(error))


def test_a_passing_break_before_sending_is_tried_again_within_patience() -> None:
    world = World()
    world.wait()
    world.printer.errors = [PrinterOffline("refused"), PrinterOffline("refused")]
    assert world.caretaker.print(SHEET) == Printed("A001")
    assert world.printer.printed == ["A001"]
    assert [status.state for status in world.told] == ["ready"]


def test_patience_ends() -> None:
    world = World()
    world.wait()
    world.printer.errors = [PrinterOffline("refused") for _ in range(1000)]
    start = world.now
    assert world.caretaker.print(SHEET) == Failed("A001", "offline", "refused")
    assert world.now - start <= Timing().patience


def test_a_printer_known_to_be_off_is_tried_once_for_each_sheet() -> None:
    world = World()
    world.printer.now = OFFLINE
    world.wait()
    world.printer.errors = [PrinterOffline("refused")]
    assert isinstance(world.caretaker.print(SHEET), Failed)
    assert world.printer.tries == 1
    assert world.caretaker.print(SHEET) == Printed("A001")


@pytest.mark.parametrize("error", [JobUnknown("the link broke"), RuntimeError("a defect"), OSError("what")])
def test_a_job_whose_end_is_unknown_is_never_sent_again(error: Exception) -> None:
    world = World()
    world.wait()
    world.printer.errors = [error]
    outcome = world.caretaker.print(SHEET)
    assert isinstance(outcome, Unknown)
    assert outcome.job == "A001"
    for _ in range(5):
        world.wait()
    assert world.printer.tries == 1
    assert world.printer.printed == []


def test_a_driver_that_fails_while_looking_is_an_error_not_the_end() -> None:
    world = World()
    good: Callable[[], PrinterStatus] = world.printer.status

    def broken() -> PrinterStatus:
        raise RuntimeError("a defect")

    world.printer.status = broken  # type: ignore[method-assign]
    world.wait()
    assert world.told[-1].state == "error"
    world.printer.status = good  # type: ignore[method-assign]
    world.wait()
    assert world.told[-1] == READY
