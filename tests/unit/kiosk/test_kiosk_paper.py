"""The kiosk's printing against the simulated printer on a real socket: what came of a sheet, in one word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import pytest

from hardware.printers.base import DeviceError
from hardware.printers.outcome import Failed, FailureReason, Printed, Unknown
from hardware.printers.simulator.server import SimulatedPrinter
from kiosk import model as m
from kiosk import paper as paper_module
from kiosk.paper import PATIENCE, NoPaper, PaperPrinter, paper_of
from tests.ui.kiosk_states import TICKET, WALL


@contextmanager
def printing(port: int) -> Iterator[PaperPrinter]:
    settings: dict[str, object] = {
        **{"driver": "escpos-network", "host": "127.0.0.1", "port": port},
        "width_mm": 80,
    }
    paper = PaperPrinter(settings, width_mm=80, hall="main", device="kiosk-1", now=lambda: WALL)
    try:
        yield paper
    finally:
        paper.close()


def test_a_ticket_and_a_trial_sheet_come_out_one_each(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer, printing(printer.port) as paper:
        assert paper.print(TICKET, reprint=False) == "printed"
        assert paper.print_test()
        assert len(printer.sheets) == 2


@pytest.mark.parametrize("fault", ["out_of_paper", "cover_open"])
def test_a_fault_is_told_by_its_name_and_over_once_mended(tmp_path: Path, fault: m.Paper) -> None:
    with SimulatedPrinter(tmp_path) as printer, printing(printer.port) as paper:
        printer.fault(fault, on=True)  # type: ignore[arg-type]
        assert paper.print(TICKET, reprint=False) == fault
        assert printer.sheets == []
        printer.fault(fault, on=False)  # type: ignore[arg-type]
        assert paper.print(TICKET, reprint=False) == "printed"
        assert len(printer.sheets) == 1


def test_whoever_watches_hears_the_printers_state_and_its_changes(tmp_path: Path) -> None:
    heard: list[m.PrinterState] = []
    changed = threading.Condition()

    def hear(state: m.PrinterState, _detail: str) -> None:
        with changed:
            heard.append(state)
            changed.notify_all()

    with SimulatedPrinter(tmp_path) as printer, printing(printer.port) as paper:
        paper.watch(hear)
        with changed:
            assert changed.wait_for(lambda: "ready" in heard, 15)
        printer.fault("cover_open", on=True)
        with changed:
            assert changed.wait_for(lambda: heard[-1] == "cover_open", 15)


def test_closing_ends_the_wait_for_a_printer_that_says_nothing(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer, printing(printer.port) as paper:
        printer.fault("silent")
        ends: list[m.Paper] = []
        thread = threading.Thread(target=lambda: ends.append(paper.print(TICKET, reprint=False)))
        thread.start()
        paper.close()
        thread.join(PATIENCE / 2)
        assert ends
        assert ends[0] != "printed"


def test_a_sheet_that_cannot_be_composed_is_an_error_and_not_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_more: object) -> object:
        raise ValueError("no font")

    monkeypatch.setattr(paper_module, "compose_ticket", broken)
    monkeypatch.setattr(paper_module, "device_test_sheet", broken)
    with SimulatedPrinter(tmp_path) as printer, printing(printer.port) as paper:
        assert paper.print(TICKET, reprint=False) == "error"
        assert not paper.print_test()
        assert printer.sheets == []


def test_a_driver_that_nobody_knows_is_told_before_the_kiosk_starts() -> None:
    with pytest.raises(DeviceError, match="nothing-such"):
        PaperPrinter({"driver": "nothing-such"}, width_mm=80, hall="main", device="kiosk-1", now=lambda: WALL)


def test_a_kiosk_without_a_printer_says_so() -> None:
    heard: list[tuple[str, str]] = []
    paper = NoPaper()
    paper.watch(lambda state, detail: heard.append((state, detail)))
    assert heard == [("none", "")]
    assert paper.print(TICKET, reprint=False) == "none"
    assert not paper.print_test()


@pytest.mark.parametrize("reason", get_args(FailureReason))
def test_what_a_person_can_mend_keeps_its_name_and_the_rest_is_a_fault(reason: FailureReason) -> None:
    mendable = ("out_of_paper", "cover_open", "offline")
    assert paper_of(Failed("job", reason)) == (reason if reason in mendable else "error")


def test_an_end_that_is_not_known_is_not_called_a_failure() -> None:
    assert paper_of(Printed("job")) == "printed"
    assert paper_of(Unknown("job")) == "unknown"
