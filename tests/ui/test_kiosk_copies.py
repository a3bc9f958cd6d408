"""Certificates at the real kiosk when answers are lost: one copy a press, and each end told as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from hardware.printers.simulator.server import SimulatedPrinter
from tests.ipp import IppPeer, ippeve
from tests.journey.apps import Kiosk
from tests.ui import kiosk_returning as back
from tests.ui.kiosk_fake_hall import FakeKioskHall
from tests.ui.kiosk_fake_returning import Returning
from tests.ui.kiosk_program import kiosk_at
from tests.waiting import until

pytestmark = pytest.mark.screen


@dataclass(slots=True)
class Stage:
    kiosk: Kiosk
    hall: Returning
    printer: IppPeer

    def to_list(self) -> None:
        self.kiosk.home()
        self.kiosk.tap("certificates")
        self.kiosk.wait(screen="Showing")
        self.kiosk.scan(back.PICKUP)
        self.kiosk.wait(screen="Tail")
        for digit in "5678":
            self.kiosk.tap(f"key:{digit}")
        self.kiosk.tap("key:enter")
        self.kiosk.wait(screen="Certificates")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("kiosk-copies")
    with ExitStack() as open_:
        printer = open_.enter_context(ippeve(folder / "ipp"))
        tickets = open_.enter_context(SimulatedPrinter(folder / "paper"))
        hall = FakeKioskHall()
        hall.returning.on = True
        open_.enter_context(hall.open())
        kiosk = open_.enter_context(kiosk_at(hall.url, tickets.port, folder, certificates=printer.address))
        kiosk.wait(screen="Home", name="certificates", limit=40)
        until("the certificate printer", lambda: kiosk.shown()["document_printer"] == "ready")
        yield Stage(kiosk, hall.returning, printer)


def test_a_lost_answer_brings_one_copy_and_one_paper(stage: Stage) -> None:
    kiosk, hall = stage.kiosk, stage.hall
    papers, copies, ends = len(stage.printer.printed()), len(hall.copies), len(hall.ends)
    stage.to_list()
    hall.lose = 4
    kiosk.tap("print:c1")
    seen = kiosk.wait(screen="Printing", stage="unreached", limit=30)
    assert any("不会多计次数" in text for text in seen["texts"])
    kiosk.tap("again")
    kiosk.wait(screen="Printing", stage="printed", limit=40)
    assert len(hall.copies) == copies + 1
    assert len(stage.printer.wait_printed(papers + 1)) == papers + 1
    until("the end being told", lambda: len(hall.ends) == ends + 1)
    assert hall.ends[-1][1] == "printed"
    kiosk.tap("done")


def test_a_refusal_is_told_in_the_servers_words_and_nothing_is_printed(stage: Stage) -> None:
    kiosk, hall = stage.kiosk, stage.hall
    papers = len(stage.printer.printed())
    stage.to_list()
    hall.refuse = "quota_used"
    try:
        kiosk.tap("print:c1")
        seen = kiosk.wait(screen="Printing", stage="refused")
        assert "again" not in seen["names"]
        assert any("请找工作人员" in text for text in seen["texts"])
    finally:
        hall.refuse = ""
    assert len(stage.printer.printed()) == papers
    kiosk.tap("done")
