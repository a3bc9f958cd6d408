"""The kiosk's printer: composes what is printed, hands it to the supervisor, says what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime
from typing import Any, assert_never, cast

from hardware.printers.base import PrinterStatus, Sheet, Width
from hardware.printers.outcome import Failed, Outcome, Printed, Unknown
from hardware.printers.registry import open_printer
from hardware.printers.supervisor import Supervisor
from server.protocol.booking import AppointmentView
from server.protocol.views import TicketIssued
from server.protocol.words import Language

from . import collecting as c
from . import model as m
from . import visit as v
from .printouts import Facts, compose_ticket, compose_voucher, device_test_sheet

log = logging.getLogger(__name__)

PATIENCE = 25.0
"""Seconds that a sheet may take before its end counts as unknown."""

Watcher = Callable[[m.PrinterState, str], None]


class Roll:
    """One supervised printer: sheets go in, what became of them comes out. Safe from any thread."""

    def __init__(self, config: Mapping[str, object]) -> None:
        """Raises BadConfiguration or NotInstalled when the printer can't be set up at all."""
        self._closed: Future[None] = Future()
        trial = open_printer(config)
        self.dots = trial.width
        trial.close()
        self._watcher: Watcher = lambda _state, _detail: None
        self._supervisor = Supervisor(lambda: open_printer(config), on_status=self._changed)

    def print(self, sheet: Sheet) -> m.Paper:
        """Print ``sheet`` and say what became of it. Blocks; never raises for the printer."""
        future = self._supervisor.submit(sheet)
        ends: tuple[Future[Any], ...] = (future, self._closed)
        wait(ends, PATIENCE, FIRST_COMPLETED)
        if future.done():
            return paper_of(future.result())
        # Not begun: it will not be printed behind the person's back. Begun: its end is unknown.
        return "error" if future.cancel() else "unknown"

    def watch(self, changed: Watcher) -> None:
        """Call ``changed`` (from any thread) with each new state, the present one first."""
        self._watcher = changed
        status = self._supervisor.status
        if status is not None:
            changed(status.state, status.detail)

    def close(self) -> None:
        """Whatever waits for the printer waits no longer. Blocks for 2 s at most; twice is harmless."""
        self._supervisor.close(timeout=2.0)
        if not self._closed.done():
            self._closed.set_result(None)

    def _changed(self, status: PrinterStatus) -> None:
        self._watcher(status.state, status.detail)


class PaperPrinter:
    """``ports.Paper`` on a supervised printer. ``now`` gives the present with an offset."""

    def __init__(
        self,
        config: Mapping[str, object],
        *,
        width_mm: int,
        hall: str,
        device: str,
        now: Callable[[], datetime],
    ) -> None:
        """Raises BadConfiguration or NotInstalled when the printer can't be set up at all."""
        self.roll = Roll(config)
        self._width = cast("Width", width_mm)
        self._hall = hall
        self._device = device
        self._now = now

    def print(
        self, ticket: TicketIssued, *, reprint: bool, visit: v.Visit | c.Collection | None = None
    ) -> m.Paper:
        try:
            sheet = compose_ticket(
                ticket,
                width_mm=self._width,
                printed_at=self._now(),
                reprint=reprint,
                visit=_facts(visit) if isinstance(visit, v.Visit) else None,
                pickup=visit.pickup if isinstance(visit, c.Collection) else None,
            )
        except Exception:
            # A sheet that can't be composed must not take the number from the screen.
            log.exception("the ticket's paper can't be composed")
            return "error"
        return self.roll.print(sheet)

    def print_voucher(self, view: AppointmentView, *, reprint: bool, language: Language = "zh") -> m.Paper:
        try:
            sheet = compose_voucher(
                view, width_mm=self._width, language=language, printed_at=self._now(), reprint=reprint
            )
        except Exception:
            log.exception("the voucher can't be composed")
            return "error"
        return self.roll.print(sheet)

    def print_test(self) -> bool:
        try:
            sheet = device_test_sheet(
                hall=self._hall, device=self._device, width_mm=self._width, printed_at=self._now()
            )
        except Exception:
            log.exception("the trial sheet can't be composed")
            return False
        return self.roll.print(sheet) == "printed"

    def watch(self, changed: Watcher) -> None:
        self.roll.watch(changed)

    def close(self) -> None:
        self.roll.close()


def _facts(visit: v.Visit) -> Facts:
    """What the ticket says of the visit."""
    place = visit.place
    return Facts(visit.order, (place.starts_at, place.ends_at) if place else None)


class NoPaper:
    """A kiosk without a printer: numbers stand on the screen, with their QR."""

    def print(
        self, ticket: TicketIssued, *, reprint: bool, visit: v.Visit | c.Collection | None = None
    ) -> m.Paper:
        return "none"

    def print_voucher(self, view: AppointmentView, *, reprint: bool, language: Language = "zh") -> m.Paper:
        return "none"

    def print_test(self) -> bool:
        return False

    def watch(self, changed: Watcher) -> None:
        changed("none", "")

    def close(self) -> None:
        """There is nothing to let go of."""


def paper_of(outcome: Outcome) -> m.Paper:
    """An outcome in the flow's words."""
    match outcome:
        case Printed():
            return "printed"
        case Unknown():
            return "unknown"
        case Failed(reason=("out_of_paper" | "cover_open" | "offline" | "error") as reason):
            return reason
        case Failed():
            return "error"
        case _:
            assert_never(outcome)
