"""The label drivers before simulated printers: what is on the labels, batches, every fault."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from hardware.printers.base import (
    BadConfiguration,
    BatchPrinter,
    BatchStopped,
    CoverOpen,
    JobUnknown,
    OutOfPaper,
    PrinterOffline,
    PrinterSilent,
    Sheet,
)
from hardware.printers.caretaker import Timing
from hardware.printers.labels.driver import WINDOW, LabelPrinter
from hardware.printers.labels.language import Language, Stock
from hardware.printers.labels.tspl import Tspl
from hardware.printers.labels.zpl import Zpl
from hardware.printers.outcome import Failed, Printed, Unknown
from hardware.printers.registry import open_printer
from hardware.printers.simulator.device import Device, FaultName
from hardware.printers.simulator.dialects import DIALECTS
from hardware.printers.simulator.paper import Cutting
from hardware.printers.simulator.server import SimulatedPrinter
from hardware.printers.supervisor import Supervisor
from kiosk.printouts import compose_label, compose_labels, on_roll
from tests.conftest import need
from tests.reading import label_codes
from tests.unit.kiosk.printouts.label_samples import batch, label

LIMIT = 20.0
QUICK = Timing(look_well=0.05, look_ill=0.05, patience=0.2, pause=0.05)
LANGUAGES: dict[str, Language] = {"zpl": Zpl(), "tspl": Tspl()}
STOCK = Stock(width=50, height=30, gap=2)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def simulated(language: str, tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "labels", language=language) as printer:
        yield printer


@pytest.fixture
def driver(language: str, simulated: SimulatedPrinter) -> BatchPrinter:
    config = {"driver": f"{language}-network", "host": "127.0.0.1", "port": simulated.port}
    return cast("BatchPrinter", open_printer(config))


def job_bytes(language: str) -> int:
    return len(LANGUAGES[language].encode(compose_label(label()), STOCK))


def test_each_piece_gets_its_own_label_and_every_one_is_read(
    simulated: SimulatedPrinter, driver: BatchPrinter
) -> None:
    pieces = batch(12)
    assert driver.print_batch(compose_labels(pieces)) == 12
    caught = simulated.tray.wait_for(12, LIMIT)
    assert [one.problems for one in caught] == [()] * 12
    for one, piece in zip(caught, pieces, strict=True):
        assert label_codes(one.path) == dict.fromkeys(("DataMatrix", "Code128"), piece.code)
    assert len({one.path.read_bytes() for one in caught}) == 12


def test_another_decoder_reads_the_printed_bars(simulated: SimulatedPrinter, driver: BatchPrinter) -> None:
    try:
        from pyzbar import pyzbar
    except ImportError as error:
        need(False, str(error))
    driver.print(compose_label(label()))
    (caught,) = simulated.tray.wait_for(1, LIMIT)
    with Image.open(caught.path) as picture:
        found = pyzbar.decode(picture.convert("L"), symbols=[pyzbar.ZBarSymbol.CODE128])
    assert [code.data.decode() for code in found] == [label().code]


def test_a_ticket_printer_with_label_paper_prints_it_too(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path / "labels") as simulated:
        printer = open_printer({"driver": "escpos-network", "host": "127.0.0.1", "port": simulated.port})
        printer.print(on_roll(compose_label(label()), printer.width))
        (caught,) = simulated.tray.wait_for(1, LIMIT)
    assert caught.problems == ()
    assert label_codes(caught.path) == dict.fromkeys(("DataMatrix", "Code128"), label().code)


def test_a_batch_tells_how_far_it_is_and_takes_labels_as_there_is_room(
    simulated: SimulatedPrinter, driver: BatchPrinter
) -> None:
    told: list[int] = []
    sheet = compose_label(label())
    taken = 0

    def sheets() -> Iterator[Sheet]:
        nonlocal taken
        for _ in range(2 * WINDOW + 3):
            taken += 1
            assert taken - (told[-1] if told else 0) <= WINDOW
            yield sheet

    assert driver.print_batch(sheets(), told.append) == 2 * WINDOW + 3
    assert told == [WINDOW, 2 * WINDOW, 2 * WINDOW + 3]


def test_an_empty_batch_prints_nothing(simulated: SimulatedPrinter, driver: BatchPrinter) -> None:
    assert driver.print_batch(()) == 0
    assert simulated.sheets == []


class Loopback:
    """A line straight into a simulated device."""

    def __init__(self, device: Device) -> None:
        self._session = device.connect()
        self._answers = b""

    def send(self, data: bytes) -> None:
        self._answers += self._session.receive(data)

    def receive(self, limit: float) -> bytes:
        answers, self._answers = self._answers, b""
        return answers

    def close(self) -> None:
        self._session.end()


def test_a_batch_of_thousands_does_not_grow_in_memory(language: str) -> None:
    printed = 0

    def count(cutting: Cutting) -> None:
        nonlocal printed
        printed += not cutting.problems

    device = Device(400, count, DIALECTS[language])
    printer = LabelPrinter(lambda: Loopback(device), LANGUAGES[language], STOCK)
    image = compose_label(label()).image
    peaks: list[int] = []

    def progress(done: int) -> None:
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()

    sheets = (Sheet(image.copy(), job=f"W-{number}", title="") for number in range(3500))
    tracemalloc.start()
    try:
        assert printer.print_batch(sheets, progress) == 3500
    finally:
        tracemalloc.stop()
    assert printed == 3500
    # The last window needs no more than the first ones, but for what allocators round.
    assert max(peaks[-10:]) < max(peaks[:10]) + 100_000


@pytest.mark.parametrize(("fault", "error"), [("out_of_paper", OutOfPaper), ("cover_open", CoverOpen)])
def test_nothing_of_a_batch_is_sent_to_a_printer_that_can_not_print(
    simulated: SimulatedPrinter, driver: BatchPrinter, fault: FaultName, error: type[Exception]
) -> None:
    simulated.fault(fault)

    def never() -> Iterator[Sheet]:
        raise AssertionError("a label was taken")
        yield

    with pytest.raises(error):
        driver.print_batch(never())
    assert simulated.sheets == []


@pytest.mark.parametrize(("fault", "error"), [("silent", PrinterSilent), ("refuse", PrinterOffline)])
def test_a_printer_that_can_not_be_reached_gets_nothing(
    simulated: SimulatedPrinter, driver: BatchPrinter, fault: FaultName, error: type[Exception]
) -> None:
    simulated.fault(fault)
    assert driver.status().state == "offline"
    with pytest.raises(error):
        driver.print(compose_label(label()))
    assert simulated.sheets == []


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("out_of_paper", "out_of_paper"),
        ("cover_open", "cover_open"),
        ("cutter_jammed", "error"),
        ("silent", "offline"),
        ("drop", "offline"),
    ],
)
def test_a_fault_within_a_job_leaves_its_end_unknown(
    language: str, simulated: SimulatedPrinter, driver: BatchPrinter, fault: FaultName, state: str
) -> None:
    simulated.fault(fault, after=job_bytes(language) // 2)
    with pytest.raises(JobUnknown) as caught:
        driver.print(compose_label(label()))
    assert caught.value.state == state


def test_a_torn_job_prints_no_label_that_looks_whole(
    language: str, simulated: SimulatedPrinter, driver: BatchPrinter
) -> None:
    simulated.fault("drop", after=job_bytes(language) // 2)
    with pytest.raises(JobUnknown):
        driver.print(compose_label(label()))
    (torn,) = simulated.tray.wait_for(1, LIMIT)
    assert torn.problems
    assert label_codes(torn.path) == {}


@pytest.mark.parametrize("fault", ["drop", "out_of_paper"])
def test_a_batch_that_stops_says_which_labels_are_certain(
    language: str, simulated: SimulatedPrinter, driver: BatchPrinter, fault: FaultName
) -> None:
    sheet = compose_label(label())
    told: list[int] = []
    simulated.fault(fault, after=job_bytes(language) * (WINDOW + 3))
    with pytest.raises(BatchStopped) as caught:
        driver.print_batch((sheet for _ in range(3 * WINDOW)), told.append)
    stopped = caught.value
    assert stopped.printed == WINDOW == told[-1]
    assert WINDOW < stopped.sent <= 2 * WINDOW
    assert stopped.state == ("offline" if fault == "drop" else "out_of_paper")
    whole = [one for one in simulated.tray.wait_for(WINDOW, LIMIT) if not one.problems]
    assert stopped.printed <= len(whole) <= stopped.sent


def test_what_composing_raises_goes_through_after_the_labels_before_it(
    simulated: SimulatedPrinter, driver: BatchPrinter
) -> None:
    def broken() -> Iterator[Sheet]:
        yield compose_label(label())
        raise LookupError("no such piece")

    with pytest.raises(LookupError):
        driver.print_batch(broken())
    assert driver.print_batch([compose_label(label())]) == 1
    assert all(not one.problems for one in simulated.tray.wait_for(2, LIMIT))


def test_a_label_of_another_size_is_refused(simulated: SimulatedPrinter, driver: BatchPrinter) -> None:
    for size in ((408, 240), (400, 241)):
        with pytest.raises(BadConfiguration, match="width_mm"):
            driver.print(Sheet(Image.new("1", size, 255), job="W-1", title=""))
    assert simulated.sheets == []


def test_the_supervisor_prints_no_label_twice(
    language: str, simulated: SimulatedPrinter, driver: BatchPrinter
) -> None:
    config = {"driver": f"{language}-network", "host": "127.0.0.1", "port": simulated.port}
    supervisor = Supervisor(lambda: open_printer(config), timing=QUICK)
    try:
        sheets = list(compose_labels(batch(4)))
        assert supervisor.submit(sheets[0]).result(LIMIT) == Printed(sheets[0].job)
        simulated.fault("out_of_paper")
        refused = supervisor.submit(sheets[1]).result(LIMIT)
        assert isinstance(refused, Failed)
        assert refused.reason == "out_of_paper"
        simulated.fault("out_of_paper", on=False)
        simulated.fault("drop", after=job_bytes(language) // 2)
        assert isinstance(supervisor.submit(sheets[2]).result(LIMIT), Unknown)
        simulated.fault("drop", on=False)
        assert supervisor.submit(sheets[3]).result(LIMIT) == Printed(sheets[3].job)
    finally:
        supervisor.close()
    caught = simulated.tray.wait_for(3, LIMIT)
    assert len([one for one in caught if not one.problems]) == 2
