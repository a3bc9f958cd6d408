"""Labels on the simulated printers: on a label printer of its own, and on the ticket printer's roll."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.printers.simulator.server import SimulatedPrinter
from kiosk import model as m
from kiosk.labels import LabelPaper, NoLabels, fits
from kiosk.paper import Roll
from server.protocol.views import Text
from tests.reading import label_codes
from tests.ui.kiosk_visits import ORDER

LABEL = ORDER.labels[0]


@contextmanager
def roll(driver: str, port: int, **more: object) -> Iterator[Roll]:
    made = Roll({"driver": driver, "host": "127.0.0.1", "port": port, **more})
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(
    ("driver", "language", "more"),
    [
        ("zpl-network", "zpl", {}),
        ("tspl-network", "tspl", {}),
        ("escpos-network", "escpos", {"width_mm": 80}),
        ("zpl-network", "zpl", {"width_mm": 60}),
    ],
)
def test_a_label_comes_out_readable_whatever_the_printer_speaks(
    tmp_path: Path, driver: str, language: str, more: dict[str, object]
) -> None:
    with (
        SimulatedPrinter(tmp_path, language=language) as printer,  # type: ignore[arg-type]
        roll(driver, printer.port, **more) as paper,
    ):
        labels = LabelPaper(paper, own=True)
        assert fits(paper)
        assert labels.print_label(LABEL) == "printed"
        assert labels.print_test()
        assert len(printer.sheets) == 2
        assert set(label_codes(printer.sheets[0].path).values()) == {LABEL.code}


def test_a_narrow_roll_takes_no_labels(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(tmp_path, width_mm=58) as printer,
        roll("escpos-network", printer.port, width_mm=58) as paper,
    ):
        assert not fits(paper)
        assert LabelPaper(paper, own=False).print_label(LABEL) == "error"
        assert printer.sheets == []


@pytest.mark.parametrize("fault", ["out_of_paper", "cover_open"])
def test_a_fault_is_told_by_its_name(tmp_path: Path, fault: m.Paper) -> None:
    with SimulatedPrinter(tmp_path, language="zpl") as printer, roll("zpl-network", printer.port) as paper:
        printer.fault(fault, on=True)  # type: ignore[arg-type]
        assert LabelPaper(paper, own=True).print_label(LABEL) == fault
        assert printer.sheets == []


def test_a_label_that_cannot_be_composed_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    broken = LABEL.model_copy(update={"code": "S-NONE"})
    with SimulatedPrinter(tmp_path, language="zpl") as printer, roll("zpl-network", printer.port) as paper:
        assert LabelPaper(paper, own=True).print_label(broken) == "error"


def test_only_a_printer_of_its_own_tells_its_state(tmp_path: Path) -> None:
    heard: list[m.PrinterState] = []
    with SimulatedPrinter(tmp_path, language="zpl") as printer, roll("zpl-network", printer.port) as paper:
        LabelPaper(paper, own=True).print_label(LABEL)
        LabelPaper(paper, own=False).watch(lambda state, _detail: heard.append(state))
        assert heard == []
        LabelPaper(paper, own=True).watch(lambda state, _detail: heard.append(state))
        assert heard == ["ready"]


def test_a_kiosk_without_labels_prints_none() -> None:
    none = NoLabels()
    assert none.print_label(LABEL.model_copy(update={"item": Text(zh="秤", en="")})) == "none"
    assert not none.print_test()
    none.watch(lambda _state, _detail: pytest.fail("there is nothing to watch"))
    none.close()
