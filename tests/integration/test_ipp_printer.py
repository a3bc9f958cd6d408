"""The document driver before a real IPP printer: jobs end, wait for paper, are called off, or unknown."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyipp
import pytest

from hardware.printers.base import BadConfiguration, DeviceError, JobUnknown, PrinterOffline
from hardware.printers.documents import JobStopped, NoPdf, Progress, open_document_printer
from hardware.printers.ipp import CANCELLED, IppPrinter, Patience
from tests.ipp import IppPeer, ippeve, minimal_pdf
from tests.waiting import free_port, until

PDF = minimal_pdf()


@pytest.fixture(scope="module")
def _peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IppPeer]:
    with ippeve(tmp_path_factory.mktemp("ipp")) as peer:
        yield peer


@pytest.fixture
def peer(_peer: IppPeer) -> Iterator[IppPeer]:
    yield _peer
    _peer.mend()
    _peer.go_on()
    _peer.load()
    _peer.wait_idle()


class Job:
    """One print in a thread, what it told, and how it ended."""

    def __init__(self, printer: IppPrinter, copies: int = 1) -> None:
        self.told: list[Progress] = []
        self.error: DeviceError | None = None
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(printer, copies), daemon=True)
        self._thread.start()

    def _work(self, printer: IppPrinter, copies: int) -> None:
        try:
            printer.print(PDF, "2026-0001", copies=copies, on_state=self.told.append, stop=self.stop)
        except DeviceError as error:
            self.error = error

    @property
    def stages(self) -> list[str]:
        return [progress.stage for progress in self.told]

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def until(self, stage: str) -> None:
        until(f"{stage} (told: {self.stages}, {self.error!r})", lambda: stage in self.stages)

    def end(self) -> DeviceError | None:
        until("the end of the job", lambda: self.ended)
        return self.error


@contextmanager
def driver(address: str, **patience: float) -> Iterator[IppPrinter]:
    printer = IppPrinter(address, patience=Patience(**patience))
    try:
        yield printer
    finally:
        printer.close()


def test_a_document_is_printed_when_the_printer_says_so(peer: IppPeer) -> None:
    before = len(peer.printed())
    peer.hold()
    with driver(peer.address) as printer:
        job = Job(printer)
        job.until("printing")
        assert not job.ended
        assert len(peer.printed()) == before
        peer.go_on()
        assert job.end() is None
    assert peer.wait_printed(before + 1)[-1] == PDF
    assert job.stages[0] == "sending"


def test_an_empty_tray_is_told_and_the_job_goes_on_when_there_is_paper(peer: IppPeer) -> None:
    before = len(peer.printed())
    peer.empty_tray()
    with driver(peer.address) as printer:
        assert printer.status().state == "out_of_paper"
        job = Job(printer)
        job.until("out_of_paper")
        assert not job.ended
        peer.load()
        assert job.end() is None
        assert printer.status().state == "ready"
    assert len(peer.wait_printed(before + 1)) == before + 1


@pytest.mark.parametrize(
    ("fault", "stage", "state"), [("jam", "jam", "error"), ("open_cover", "cover_open", "cover_open")]
)
def test_a_jam_and_an_open_cover_are_told_apart_and_mended(
    peer: IppPeer, fault: str, stage: str, state: str
) -> None:
    getattr(peer, fault)()
    with driver(peer.address) as printer:
        job = Job(printer)
        job.until(stage)
        assert printer.status().state == state
        peer.mend()
        assert job.end() is None


def test_a_job_called_off_is_never_taken_for_printed(peer: IppPeer) -> None:
    peer.empty_tray()
    with driver(peer.address, stopping=1.0) as printer:
        job = Job(printer)
        job.until("out_of_paper")
        job.stop.set()
        error = job.end()
        assert isinstance(error, JobStopped)
        assert error.called_off


def test_nobody_who_loads_paper_ends_the_wait(peer: IppPeer) -> None:
    peer.empty_tray()
    with driver(peer.address, trouble=0.5) as printer:
        error = Job(printer).end()
        assert isinstance(error, JobStopped)
        assert not error.called_off


def test_a_second_job_waits_its_turn(peer: IppPeer) -> None:
    peer.hold()
    with driver(peer.address) as first, driver(peer.address) as second:
        one = Job(first)
        one.until("printing")
        other = Job(second)
        other.until("waiting")
        peer.go_on()
        assert one.end() is None
        assert other.end() is None


def test_a_printer_gone_in_the_middle_leaves_the_end_unknown(tmp_path: Path) -> None:
    with ippeve(tmp_path) as peer, driver(peer.address, silent=1.0, request=1.0) as printer:
        peer.hold()
        job = Job(printer)
        job.until("printing")
        peer.switch_off()
        job.until("offline")
        assert isinstance(job.end(), JobUnknown)
        assert printer.status().state == "offline"


def test_a_printer_that_is_off_has_been_sent_nothing() -> None:
    with driver(f"ipp://localhost:{free_port()}/ipp/print", busy=0.0) as printer:
        assert printer.status().state == "offline"
        assert isinstance(Job(printer).end(), PrinterOffline)


def test_a_printer_that_takes_no_pdf_says_so(tmp_path: Path) -> None:
    with ippeve(tmp_path, formats="image/urf,image/pwg-raster") as peer, driver(peer.address) as printer:
        error = Job(printer).end()
        assert isinstance(error, NoPdf)
        assert "application/pdf" in str(error)


def test_closing_ends_what_waits_and_twice_is_harmless(peer: IppPeer) -> None:
    peer.hold()
    printer = IppPrinter(peer.address)
    job = Job(printer)
    job.until("printing")
    printer.close()
    assert isinstance(job.end(), JobUnknown)
    printer.close()


def test_closing_ends_a_wait_for_paper_too(peer: IppPeer) -> None:
    peer.empty_tray()
    printer = IppPrinter(peer.address)
    job = Job(printer)
    job.until("out_of_paper")
    printer.close()
    assert isinstance(job.end(), JobUnknown)
    assert isinstance(Job(printer).end(), PrinterOffline)


class Obedient(IppPrinter):
    """Before a printer that ends a job at once when it is called off."""

    called_off = False

    async def _cancel(self, ipp: pyipp.IPP, job: int) -> None:
        self.called_off = True
        await super()._cancel(ipp, job)

    async def _job(self, ipp: pyipp.IPP, job: int) -> Mapping[str, Any]:
        attributes = await super()._job(ipp, job)
        return {**attributes, "job-state": CANCELLED} if self.called_off else attributes


def test_closing_calls_the_job_off(peer: IppPeer) -> None:
    peer.empty_tray()
    printer = Obedient(peer.address)
    job = Job(printer)
    job.until("out_of_paper")
    printer.close()
    error = job.end()
    assert isinstance(error, JobStopped)
    assert error.called_off


def test_closing_ends_the_wait_for_another_job_and_sends_nothing(peer: IppPeer) -> None:
    peer.hold()
    with driver(peer.address) as first:
        one = Job(first)
        one.until("printing")
        second = IppPrinter(peer.address)
        other = Job(second)
        other.until("waiting")
        second.close()
        assert isinstance(other.end(), JobStopped)
        peer.go_on()
        assert one.end() is None


@pytest.mark.parametrize("address", ["http://localhost", "ipp://", "localhost", "ipp://user:word@host/"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadConfiguration, match="address"):
        open_document_printer({"driver": "ipp", "address": address})


def test_an_unknown_driver_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadConfiguration, match="ipp"):
        open_document_printer({"driver": "laser"})
