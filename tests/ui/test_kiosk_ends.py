"""The kiosk program ends soon when it is asked to, whatever it waits for, and tells what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.printers.simulator.server import SimulatedPrinter
from tests.ipp import IppPeer, ippeve
from tests.journey.apps import Kiosk
from tests.ui import kiosk_returning as back
from tests.ui.kiosk_fake_hall import FakeKioskHall
from tests.ui.kiosk_program import kiosk_at
from tests.waiting import until

pytestmark = pytest.mark.screen


@dataclass(slots=True)
class Stage:
    kiosk: Kiosk
    hall: FakeKioskHall
    printer: IppPeer
    tickets: SimulatedPrinter

    def print_one(self) -> None:
        self.kiosk.tap("certificates")
        self.kiosk.wait(screen="Showing")
        self.kiosk.scan(back.PICKUP)
        self.kiosk.wait(screen="Tail")
        for digit in "5678":
            self.kiosk.tap(f"key:{digit}")
        self.kiosk.tap("key:enter")
        self.kiosk.wait(screen="Certificates")
        self.kiosk.tap("print:c1")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as open_:
        printer = open_.enter_context(ippeve(tmp_path / "ipp"))
        tickets = open_.enter_context(SimulatedPrinter(tmp_path / "paper"))
        hall = FakeKioskHall()
        hall.returning.on = True
        open_.enter_context(hall.open())
        kiosk = open_.enter_context(kiosk_at(hall.url, tickets.port, tmp_path, certificates=printer.address))
        kiosk.wait(screen="Home", name="certificates", limit=40)
        until("the certificate printer", lambda: kiosk.shown()["document_printer"] == "ready")
        yield Stage(kiosk, hall, printer, tickets)


def ended_in_time(stage: Stage, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether the program ends when asked, before whoever looks after it insists (after ten seconds)."""
    capsys.readouterr()
    stage.kiosk.program.stop()
    return "did not stop when asked" not in capsys.readouterr().out


def test_while_a_certificate_waits_for_paper_whose_end_is_told_as_unknown(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.printer.empty_tray()
    stage.print_one()
    stage.kiosk.wait(screen="Printing", stage="out_of_paper", limit=30)
    assert ended_in_time(stage, capsys)
    # This printer prints it as soon as there is paper, called off or not: nobody may say it did not.
    assert stage.hall.returning.ends == [("p1", "unknown")]


def test_while_a_certificate_is_being_printed_whose_end_is_told_as_unknown(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.printer.hold()
    stage.print_one()
    stage.kiosk.wait(screen="Printing", stage="printing", limit=30)
    assert ended_in_time(stage, capsys)
    assert stage.hall.returning.ends == [("p1", "unknown")]


def test_while_a_ticket_is_at_a_printer_that_says_nothing(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.tickets.fault("silent")
    assert stage.kiosk.take("accept")
    assert ended_in_time(stage, capsys)
