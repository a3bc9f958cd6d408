"""Looks after one printer: when to ask how it is, how often to try, and what became of each sheet.

No thread and no clock of its own: ``supervisor`` runs it in a worker thread, tests run it by hand.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from .base import DeviceError, JobUnknown, NotSent, Printer, PrinterOffline, PrinterStatus, Sheet, State
from .outcome import Failed, FailureReason, Outcome, Printed, Unknown

log = logging.getLogger(__name__)

BACK_OFF: tuple[float, ...] = (1, 2, 4, 8, 15)
"""Seconds between tries of a printer that is offline, each shortened by up to half at random."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    look_well: float = 5.0
    """Between looks at a printer that can print."""
    look_ill: float = 2.0
    """Between looks at one that waits for a person (paper, cover, fault)."""
    patience: float = 3.0
    """How long a sheet may wait for a printer that was well and can't be reached at the moment."""
    pause: float = 0.5
    """Between tries for such a sheet."""


_REASONS: dict[State, FailureReason] = {
    "ready": "error",
    "paper_low": "error",
    "out_of_paper": "out_of_paper",
    "cover_open": "cover_open",
    "offline": "offline",
    "error": "error",
}


class Caretaker:
    """Prints sheets and looks at the printer. ``due`` is when the next look is wanted, on ``clock``.

    ``report`` hears each change of the status, once; the first status is a change.
    ``sleep`` pauses between tries; ``random`` gives a figure in [0, 1).
    """

    def __init__(
        self,
        open_printer: Callable[[], Printer],
        *,
        report: Callable[[PrinterStatus], None],
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        random: Callable[[], float],
        timing: Timing | None = None,
    ) -> None:
        self._open = open_printer
        self._report = report
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._timing = timing or Timing()
        self._printer: Printer | None = None
        self._status: PrinterStatus | None = None
        self._failures = 0
        self.due = clock()

    @property
    def status(self) -> PrinterStatus | None:
        """As last seen; None before the first look."""
        return self._status

    def look(self) -> None:
        """Ask the printer how it is, and set when to ask again."""
        try:
            self._saw(self._opened().status())
        except DeviceError as error:
            self._saw(PrinterStatus(error.state, str(error)))
        except Exception as error:
            log.exception("printer driver failed while asked for its status")
            self._saw(PrinterStatus("error", f"driver failed: {error!r}"))

    def print(self, sheet: Sheet) -> Outcome:
        """Print ``sheet`` at most once, and say what became of it."""
        was_well = self._status is None or self._status.can_print
        give_up = self._clock() + self._timing.patience
        while True:
            try:
                self._opened().print(sheet)
            except PrinterOffline as error:
                # Nothing was sent, so trying again is safe; a printer known to be off gets one try only.
                if was_well and self._clock() + self._timing.pause < give_up:
                    self._sleep(self._timing.pause)
                    continue
                return self._failed(sheet, error)
            except NotSent as error:
                return self._failed(sheet, error)
            except JobUnknown as error:
                log.warning("sheet %s: end unknown: %s", sheet.job, error)
                self._saw(PrinterStatus(error.state, str(error)))
                self.due = self._clock()
                return Unknown(sheet.job, str(error))
            except DeviceError as error:
                return self._failed(sheet, error)
            except Exception as error:
                # A defect of the driver: it may have sent something, so nobody may repeat it unasked.
                log.exception("printer driver failed while printing %s", sheet.job)
                self._saw(PrinterStatus("error", f"driver failed: {error!r}"))
                return Unknown(sheet.job, f"driver failed: {error!r}")
            # The roll may be low now: look as soon as no other sheet waits.
            self._failures = 0
            self.due = self._clock()
            return Printed(sheet.job)

    def close(self) -> None:
        if self._printer is not None:
            self._printer.close()
            self._printer = None

    def _opened(self) -> Printer:
        if self._printer is None:
            self._printer = self._open()
        return self._printer

    def _failed(self, sheet: Sheet, error: DeviceError) -> Failed:
        self._saw(PrinterStatus(error.state, str(error)))
        return Failed(sheet.job, _REASONS[error.state], str(error))

    def _saw(self, status: PrinterStatus) -> None:
        if status.state == "offline":
            step = BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
            self._failures += 1
            wait = step * (1 - self._random() / 2)
            self.close()  # whatever the driver held is stale now
        else:
            self._failures = 0
            wait = self._timing.look_well if status.can_print else self._timing.look_ill
        self.due = self._clock() + wait
        if status == self._status:
            return
        level = logging.INFO if status.state == "ready" else logging.WARNING
        log.log(level, "printer %s%s", status.state, f": {status.detail}" if status.detail else "")
        self._status = status
        self._report(status)
