"""One thread owns the printer: order, bounds, refusals, and an end that leaves nobody waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, get_ident

from PIL import Image

from hardware.printers.base import PrinterStatus, Sheet
from hardware.printers.outcome import Failed, Printed, Unknown
from hardware.printers.supervisor import Supervisor

LIMIT = 10.0


def sheet(job: str) -> Sheet:
    return Sheet(Image.new("1", (576, 8), 1), job=job, title=job)


class GatedPrinter:
    """Prints only while its gate is open."""

    width = 576

    def __init__(self) -> None:
        self.gate = Event()
        self.gate.set()
        self.begun = Event()
        self.printed: list[str] = []
        self.threads: set[int] = set()
        self.closed = Event()

    def print(self, sheet: Sheet) -> None:
        self.threads.add(get_ident())
        self.begun.set()
        assert self.gate.wait(LIMIT)
        self.printed.append(sheet.job)

    def status(self) -> PrinterStatus:
        self.threads.add(get_ident())
        return PrinterStatus("ready")

    def close(self) -> None:
        self.closed.set()


@contextmanager
def supervised(printer: GatedPrinter, capacity: int = 8) -> Iterator[Supervisor]:
    supervisor = Supervisor(lambda: printer, capacity=capacity)
    try:
        yield supervisor
    finally:
        printer.gate.set()
        supervisor.close()


def test_sheets_come_out_in_order_each_once_and_from_one_thread() -> None:
    printer = GatedPrinter()
    with supervised(printer) as supervisor:
        futures = [supervisor.submit(sheet(f"A{n:03}")) for n in range(5)]
        assert [future.result(LIMIT) for future in futures] == [Printed(f"A{n:03}") for n in range(5)]
    assert printer.printed == [f"A{n:03}" for n in range(5)]
    assert len(printer.threads) == 1
    assert get_ident() not in printer.threads


def test_a_full_queue_says_so_at_once() -> None:
    printer = GatedPrinter()
    printer.gate.clear()
    with supervised(printer, capacity=2) as supervisor:
        first = supervisor.submit(sheet("A001"))
        assert printer.begun.wait(LIMIT)
        waiting = [supervisor.submit(sheet("A002")), supervisor.submit(sheet("A003"))]
        refused = supervisor.submit(sheet("A004"))
        assert refused.done()
        outcome = refused.result()
        assert isinstance(outcome, Failed)
        assert outcome.reason == "queue_full"
        printer.gate.set()
        assert [f.result(LIMIT) for f in (first, *waiting)] == [
            Printed("A001"),
            Printed("A002"),
            Printed("A003"),
        ]


def test_closing_ends_the_sheet_under_way_and_refuses_the_others() -> None:
    printer = GatedPrinter()
    printer.gate.clear()
    supervisor = Supervisor(lambda: printer)
    first = supervisor.submit(sheet("A001"))
    assert printer.begun.wait(LIMIT)
    second = supervisor.submit(sheet("A002"))
    supervisor.close(timeout=0)
    printer.gate.set()
    assert first.result(LIMIT) == Printed("A001")
    assert second.result(LIMIT) == Failed("A002", "closed", "the printer was closed")
    supervisor.close()
    assert printer.closed.is_set()
    assert supervisor.submit(sheet("A003")).result(0) == Failed("A003", "closed", "the printer was closed")
    assert printer.printed == ["A001"]


def test_a_sheet_cancelled_before_its_turn_is_not_printed() -> None:
    printer = GatedPrinter()
    printer.gate.clear()
    with supervised(printer) as supervisor:
        supervisor.submit(sheet("A001"))
        assert printer.begun.wait(LIMIT)
        unwanted = supervisor.submit(sheet("A002"))
        assert unwanted.cancel()
        last = supervisor.submit(sheet("A003"))
        printer.gate.set()
        assert last.result(LIMIT) == Printed("A003")
    assert printer.printed == ["A001", "A003"]


def test_the_status_is_told_and_a_listener_that_fails_harms_nobody() -> None:
    printer = GatedPrinter()
    told = Event()

    def listener(status: PrinterStatus) -> None:
        told.set()
        raise RuntimeError("a defect of the screen")

    supervisor = Supervisor(lambda: printer, on_status=listener)
    try:
        assert told.wait(LIMIT)
        assert supervisor.submit(sheet("A001")).result(LIMIT) == Printed("A001")
        assert supervisor.status == PrinterStatus("ready")
    finally:
        supervisor.close()


def test_a_defect_of_the_driver_ends_in_an_outcome_and_the_next_sheet_prints() -> None:
    class Defective(GatedPrinter):
        def print(self, sheet: Sheet) -> None:
            if sheet.job == "A001":
                raise ZeroDivisionError
            super().print(sheet)

    printer = Defective()
    with supervised(printer) as supervisor:
        assert isinstance(supervisor.submit(sheet("A001")).result(LIMIT), Unknown)
        assert supervisor.submit(sheet("A002")).result(LIMIT) == Printed("A002")
