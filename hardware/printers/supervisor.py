"""Owns one printer in one worker thread: sheets go in, outcomes come out, status changes are told.

    supervisor = Supervisor(lambda: open_printer(config), on_status=show)
    future = supervisor.submit(sheet)     # Future[Outcome]: Printed | Failed | Unknown
    supervisor.close()

``on_status`` and the futures' callbacks run in the worker thread: a screen passes them on to its own.
"""

from __future__ import annotations

import logging
import random as random_module
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, Event, Thread

from .base import Printer, PrinterStatus, Sheet
from .caretaker import Caretaker, Timing
from .outcome import Failed, Outcome

log = logging.getLogger(__name__)

CAPACITY = 8
"""Sheets that may wait; one more is refused at once."""

_Job = tuple[Sheet, "Future[Outcome]"]


class Supervisor:
    """Prints submitted sheets in order, each at most once, and watches the printer between them."""

    def __init__(
        self,
        open_printer: Callable[[], Printer],
        *,
        on_status: Callable[[PrinterStatus], None] = lambda _: None,
        capacity: int = CAPACITY,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._on_status = on_status
        self._capacity = capacity
        self._clock = clock
        self._stopping = Event()
        self._changed = Condition()
        self._waiting: deque[_Job] = deque()
        self._caretaker = Caretaker(
            open_printer,
            report=self._tell,
            clock=clock,
            sleep=self._stopping.wait,
            random=random,
            timing=timing,
        )
        self._thread = Thread(target=self._work, name="printer", daemon=True)
        self._thread.start()

    @property
    def status(self) -> PrinterStatus | None:
        """As last seen; None before the first look."""
        return self._caretaker.status

    def submit(self, sheet: Sheet) -> Future[Outcome]:
        """Print ``sheet`` after those submitted before it. Never blocks, never raises for the printer.

        The future always ends in an Outcome: ``Failed("queue_full")`` at once when too many wait,
        ``Failed("closed")`` when the supervisor is closed before the sheet's turn. A future cancelled
        before its turn prints nothing.
        """
        future: Future[Outcome] = Future()
        with self._changed:
            if self._stopping.is_set():
                refusal: Outcome = Failed(sheet.job, "closed", "the printer was closed")
            elif len(self._waiting) >= self._capacity:
                refusal = Failed(sheet.job, "queue_full", f"{self._capacity} sheets wait already")
            else:
                self._waiting.append((sheet, future))
                self._changed.notify()
                return future
        future.set_result(refusal)
        return future

    def close(self, timeout: float = 10.0) -> None:
        """Let the sheet under way end, refuse those waiting, and let go of the printer."""
        with self._changed:
            self._stopping.set()
            self._changed.notify()
        self._thread.join(timeout)

    def _work(self) -> None:
        try:
            while not self._stopping.is_set():
                job = self._take()
                if job is not None:
                    sheet, future = job
                    if future.set_running_or_notify_cancel():
                        future.set_result(self._caretaker.print(sheet))
                elif not self._stopping.is_set():
                    self._caretaker.look()
        finally:
            self._refuse_waiting()
            self._caretaker.close()

    def _take(self) -> _Job | None:
        """The next sheet, or None when a look is due or it is time to stop."""
        with self._changed:
            while not self._waiting and not self._stopping.is_set():
                left = self._caretaker.due - self._clock()
                if left <= 0:
                    return None
                self._changed.wait(left)
            return self._waiting.popleft() if self._waiting and not self._stopping.is_set() else None

    def _refuse_waiting(self) -> None:
        with self._changed:
            self._stopping.set()
            left = list(self._waiting)
            self._waiting.clear()
        for sheet, future in left:
            if future.set_running_or_notify_cancel():
                future.set_result(Failed(sheet.job, "closed", "the printer was closed"))

    def _tell(self, status: PrinterStatus) -> None:
        try:
            self._on_status(status)
        except Exception:
            log.exception("a listener to the printer's status failed")
