"""Every fault of the simulated printer before the real network driver and its supervisor."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from PIL import Image, ImageDraw

from hardware.printers.base import JobUnknown, Printer, PrinterOffline, PrinterSilent, Sheet
from hardware.printers.caretaker import Timing
from hardware.printers.escpos.encode import encode
from hardware.printers.outcome import Failed, Printed, Unknown
from hardware.printers.registry import open_printer
from hardware.printers.simulator.server import SimulatedPrinter
from hardware.printers.supervisor import Supervisor

LIMIT = 20.0
QUICK = Timing(look_well=0.05, look_ill=0.05, patience=0.2, pause=0.05)


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "sheets") as printer:
        yield printer


@pytest.fixture
def driver(simulated: SimulatedPrinter) -> Printer:
    return network(simulated)


def network(simulated: SimulatedPrinter) -> Printer:
    return open_printer({"driver": "escpos-network", "host": "127.0.0.1", "port": simulated.port})


def sheet(job: str = "A001") -> Sheet:
    image = Image.new("1", (576, 700), 255)
    ImageDraw.Draw(image).ellipse((60, 60, 500, 500), fill=0)
    return Sheet(image, job=job, title=job)


JOB = len(encode(sheet()))


def test_a_silent_printer_is_told_from_one_that_is_off_and_gets_nothing(
    simulated: SimulatedPrinter, driver: Printer
) -> None:
    simulated.fault("silent")
    with pytest.raises(PrinterSilent):
        driver.print(sheet())
    assert simulated.sheets == []


@pytest.mark.parametrize("fault", ["close_at_once", "refuse"])
def test_a_printer_that_takes_no_connection_is_off_and_nothing_was_sent(
    simulated: SimulatedPrinter, driver: Printer, fault: str
) -> None:
    simulated.fault("refuse" if fault == "refuse" else "close_at_once")
    with pytest.raises(PrinterOffline):
        driver.print(sheet())
    assert driver.status().state == "offline"
    simulated.fault("refuse" if fault == "refuse" else "close_at_once", on=False)
    driver.print(sheet())
    assert [one.problems for one in simulated.tray.wait_for(1)] == [()]


@pytest.mark.parametrize("after", [13, 2_000, 20_000, JOB])
def test_a_line_dropped_anywhere_within_the_job_leaves_its_end_unknown(
    simulated: SimulatedPrinter, driver: Printer, after: int
) -> None:
    simulated.fault("drop", after=after)
    with pytest.raises(JobUnknown):
        driver.print(sheet())


def test_a_printer_that_falls_silent_within_the_job_leaves_its_end_unknown(
    simulated: SimulatedPrinter, driver: Printer
) -> None:
    simulated.fault("silent", after=20_000)
    with pytest.raises(JobUnknown):
        driver.print(sheet())


def test_paper_that_ends_within_the_job_is_unknown_and_the_printer_finishes_after_the_new_roll(
    simulated: SimulatedPrinter, driver: Printer
) -> None:
    simulated.fault("out_of_paper", after=20_000)
    with pytest.raises(JobUnknown) as caught:
        driver.print(sheet())
    assert caught.value.state == "out_of_paper"
    assert simulated.sheets == []
    simulated.fault("out_of_paper", on=False)
    # This is why such a job may not be repeated unasked: the printer kept it.
    (late,) = simulated.tray.wait_for(1)
    assert late.problems == ()


def test_what_hangs_uncut_after_a_dropped_line_is_marked(
    simulated: SimulatedPrinter, driver: Printer
) -> None:
    simulated.fault("drop", after=30_000)
    with pytest.raises(JobUnknown):
        driver.print(sheet())
    (torn,) = simulated.tray.wait_for(1)
    assert any("not cut" in problem for problem in torn.problems)


def test_a_host_that_does_not_exist_is_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    printer = open_printer({"driver": "escpos-network", "host": "127.0.0.1", "port": port})
    assert printer.status().state == "offline"


@pytest.fixture
def watched(simulated: SimulatedPrinter) -> Iterator[tuple[Supervisor, Queue[str]]]:
    states: Queue[str] = Queue()
    supervisor = Supervisor(
        lambda: network(simulated),
        on_status=lambda status: states.put(status.state),
        timing=QUICK,
        random=lambda: 0.999,
    )
    yield supervisor, states
    supervisor.close()


def test_the_supervisor_tells_each_change_as_the_printer_goes_and_comes(
    simulated: SimulatedPrinter, watched: tuple[Supervisor, Queue[str]]
) -> None:
    _, states = watched
    assert states.get(timeout=LIMIT) == "ready"
    simulated.fault("paper_low")
    assert states.get(timeout=LIMIT) == "paper_low"
    simulated.fault("cover_open")
    assert states.get(timeout=LIMIT) == "cover_open"
    simulated.fault("cover_open", on=False)
    assert states.get(timeout=LIMIT) == "paper_low"
    simulated.fault("refuse")
    assert states.get(timeout=LIMIT) == "offline"
    simulated.fault("refuse", on=False)
    assert states.get(timeout=LIMIT) == "paper_low"
    simulated.fault("paper_low", on=False)
    assert states.get(timeout=LIMIT) == "ready"


def test_no_fault_makes_the_supervisor_print_twice(
    simulated: SimulatedPrinter, watched: tuple[Supervisor, Queue[str]]
) -> None:
    supervisor, _ = watched
    assert supervisor.submit(sheet("A001")).result(LIMIT) == Printed("A001")
    simulated.fault("out_of_paper")
    refused = supervisor.submit(sheet("A002")).result(LIMIT)
    assert isinstance(refused, Failed)
    assert refused.reason == "out_of_paper"
    simulated.fault("out_of_paper", on=False)
    simulated.fault("drop", after=20_000)
    assert isinstance(supervisor.submit(sheet("A003")).result(LIMIT), Unknown)
    simulated.fault("drop", on=False)
    assert supervisor.submit(sheet("A004")).result(LIMIT) == Printed("A004")
    whole = [one for one in simulated.tray.wait_for(3) if not one.problems]
    torn = [one for one in simulated.sheets if one.problems]
    assert len(whole) == 2
    assert len(torn) == 1
