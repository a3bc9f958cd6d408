"""The real kiosk in a real window, touched by a script: the printer fails, answers are lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware.printers.simulator.server import SimulatedPrinter
from tests.journey.apps import Kiosk
from tests.ui.kiosk_fake_hall import FakeKioskHall
from tests.ui.kiosk_program import kiosk_at
from tests.ui.kiosk_states import CLOSED, EMERGENCY, HOME
from tests.waiting import until

pytestmark = pytest.mark.screen


@dataclass(slots=True)
class Stage:
    kiosk: Kiosk
    hall: FakeKioskHall
    printer: SimulatedPrinter

    def taken(self) -> str:
        """Take a number; it."""
        return self.kiosk.take("accept")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("kiosk-window")
    with ExitStack() as open_:
        printer = open_.enter_context(SimulatedPrinter(folder / "paper"))
        hall = open_.enter_context(FakeKioskHall().open())
        kiosk = open_.enter_context(kiosk_at(hall.url, printer.port, folder))
        kiosk.wait(screen="Home")
        yield Stage(kiosk, hall, printer)


FAULTS = {
    "out_of_paper": "out_of_paper",
    "cover_open": "cover_open",
    "cutter_jammed": "error",
    "refuse": "offline",
    "silent": "offline",
}
"""What is wrong with the printer, and what the kiosk makes of it."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_number_without_paper_stays_large_and_is_printed_after_the_repair(stage: Stage, fault: Any) -> None:
    kiosk, printer, hall = stage.kiosk, stage.printer, stage.hall
    sheets, told = len(printer.sheets), len(hall.prints)
    printer.fault(fault, on=True)
    try:
        number = stage.taken()
        seen = kiosk.wait(screen="Holding", name="print-again", limit=60)
        assert seen["number"] == number
        assert seen["paper"] == FAULTS[fault]
        assert number in seen["texts"]
        assert seen["clipped"] == []
        assert len(printer.sheets) == sheets
        # It stays through whatever else is touched.
        kiosk.tap("language")
        assert kiosk.wait(text="Your number is valid")["number"] == number
        kiosk.tap("language")
    finally:
        printer.fault(fault, on=False)
    until("the printer's recovery", lambda: hall.printer == "ready")
    kiosk.tap("print-again")
    assert kiosk.wait(screen="Holding", paper="printed", limit=40)["number"] == number
    assert len(printer.sheets) == sheets + 1
    until("both ends told", lambda: len(hall.prints) == told + 2)
    assert [outcome for _ticket, outcome, _again in hall.prints[told:]] == ["failed", "printed"]
    assert len({ticket for ticket, _outcome, _again in hall.prints[told:]}) == 1
    kiosk.tap("done")
    kiosk.wait(screen="Home")


def test_a_line_that_breaks_within_a_sheet_leaves_its_end_unknown_and_marks_the_next(stage: Stage) -> None:
    kiosk, printer, hall = stage.kiosk, stage.printer, stage.hall
    told = len(hall.prints)
    printer.fault("drop", after=4000)
    try:
        number = stage.taken()
        assert kiosk.wait(screen="Holding", paper="unknown", limit=60)["number"] == number
    finally:
        printer.fault("drop", on=False)
    until("the printer's recovery", lambda: hall.printer == "ready")
    kiosk.tap("print-again")
    kiosk.wait(screen="Holding", paper="printed", limit=40)
    until("both ends told", lambda: len(hall.prints) == told + 2)
    assert [(outcome, again) for _ticket, outcome, again in hall.prints[told:]] == [
        ("unknown", False),
        ("printed", True),
    ]
    kiosk.home()


def test_an_answer_lost_four_times_is_asked_for_again_and_brings_the_one_number(stage: Stage) -> None:
    kiosk, hall = stage.kiosk, stage.hall
    given, asked = len(hall.given), len(hall.asked)
    hall.lose = 4
    kiosk.home()
    kiosk.tap("service:accept")
    kiosk.wait(screen="Choosing")
    kiosk.tap("take")
    seen = kiosk.wait(screen="Unreached")
    assert any("不会重复取号" in text for text in seen["texts"])
    assert seen["clipped"] == []
    kiosk.tap("retry")
    held = kiosk.wait(screen="Holding", paper="printed")
    assert len(hall.given) == given + 1
    assert len(set(hall.asked[asked:])) == 1
    assert len(hall.asked) == asked + 5
    assert held["number"] == list(hall.given.values())[-1].number
    kiosk.home()


def test_an_emergency_fills_the_screen_over_a_number_and_gives_it_back(stage: Stage) -> None:
    kiosk, hall = stage.kiosk, stage.hall
    stage.printer.fault("out_of_paper", on=True)
    try:
        number = stage.taken()
        kiosk.wait(screen="Holding", paper="out_of_paper")
        hall.home = EMERGENCY
        assert kiosk.wait(screen="Emergency")["names"] == []
        hall.home = CLOSED
        assert kiosk.wait(screen="Holding")["number"] == number
        kiosk.tap("done")
        kiosk.wait(screen="HallClosed")
    finally:
        hall.home = HOME
        stage.printer.fault("out_of_paper", on=False)
    kiosk.wait(screen="Home")


def test_the_script_says_what_it_cannot_do(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.home()
    with pytest.raises(AssertionError, match="nothing called take here"):
        kiosk.tap("take")
    with pytest.raises(AssertionError, match="the kiosk shows"):
        kiosk.wait(limit=0.2, screen="Holding")


def test_a_kiosk_with_a_wrong_token_sends_people_to_the_desk(stage: Stage, tmp_path: Path) -> None:
    with kiosk_at(stage.hall.url, stage.printer.port, tmp_path, token="old") as kiosk:
        seen = kiosk.wait(screen="Loading", text="服务台", limit=20)
        assert seen["names"] == ["language", "large", "help"]
    assert "the live view is lost" in (tmp_path / "kiosk.log").read_text()
