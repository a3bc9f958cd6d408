"""Certificates beside the screen: what is printed, called off, and told until the server has heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from hardware.printers.base import DeviceError, JobUnknown, PrinterOffline
from hardware.printers.documents import JobStopped, NoPdf, Progress
from kiosk import collecting as c
from kiosk import model as m
from kiosk.certificates import CertificateWork, NoDocuments, end_of
from tests.ui import kiosk_returning as back
from tests.waiting import eventually


class Printer:
    """Prints at once, or waits to be called off."""

    def __init__(
        self, end: tuple[c.End, str] = ("printed", ""), *, waits: bool = False, stubborn: bool = False
    ) -> None:
        self.end = end
        self.stubborn = stubborn
        self.waits = waits
        self.got: list[bytes] = []
        self.closed = Event()

    def print(
        self, pdf: bytes, title: str, *, on_state: Callable[[Progress], None], stop: Event
    ) -> tuple[c.End, str]:
        self.got.append(pdf)
        on_state(Progress("out_of_paper" if self.waits else "printing", 1))
        if self.waits:
            # Called off, it still waits for paper, as some printers do.
            assert (self.closed if self.stubborn else stop).wait(10)
            return ("unknown", "end unknown") if self.stubborn else ("stopped", "called off")
        return self.end

    def print_test(self) -> bool:
        return True

    def watch(self, changed: object) -> None:
        """Says nothing."""

    def close(self) -> None:
        self.closed.set()


class Server:
    def __init__(self, pdf: bytes | None = b"%PDF-1.7", hears: bool = True) -> None:
        self.pdf = pdf
        self.hears = hears
        self.told: list[c.TellPrint] = []

    def document(self, path: str) -> bytes | None:
        return self.pdf

    def tell_print(self, effect: c.TellPrint) -> bool:
        if self.hears:
            self.told.append(effect)
        return self.hears


def work(printer: Any, server: Any) -> tuple[CertificateWork, list[m.Input]]:
    heard: list[m.Input] = []
    return CertificateWork(printer, server, heard.append), heard


async def test_a_copy_is_fetched_printed_and_its_way_told() -> None:
    printer = Printer()
    certificates, heard = work(printer, Server())
    await certificates.print(c.PrintDocument(back.JOB))
    await eventually(lambda: len(heard) == 2)
    assert printer.got == [b"%PDF-1.7"]
    assert set(heard) == {c.DocumentStaged("p1", "printing", 1), c.DocumentEnded("p1", "printed")}


async def test_what_can_not_be_fetched_reaches_no_printer() -> None:
    printer = Printer()
    certificates, heard = work(printer, Server(pdf=None))
    await certificates.print(c.PrintDocument(back.JOB))
    assert heard == [c.DocumentEnded("p1", "failed", "not fetched")]
    assert printer.got == []


async def test_a_job_is_called_off_while_it_waits_for_paper() -> None:
    certificates, heard = work(Printer(waits=True), Server())
    task = asyncio.create_task(certificates.print(c.PrintDocument(back.JOB)))
    await eventually(lambda: c.DocumentStaged("p1", "out_of_paper", 1) in heard)
    certificates.stop(c.StopDocument("nobody's"))
    certificates.stop(c.StopDocument("p1"))
    await task
    assert heard[-1] == c.DocumentEnded("p1", "stopped", "called off")


@pytest.mark.parametrize(("stubborn", "end"), [(False, "stopped"), (True, "unknown")])
async def test_when_the_program_ends_no_job_keeps_it_waiting_and_each_end_is_told(
    stubborn: bool, end: c.End
) -> None:
    server = Server()
    certificates, heard = work(Printer(waits=True, stubborn=stubborn), server)
    task = asyncio.create_task(certificates.print(c.PrintDocument(back.JOB)))
    await eventually(lambda: c.DocumentStaged("p1", "out_of_paper", 1) in heard)
    seen = len(heard)
    task.cancel()
    await certificates.close()
    assert [(told.job, told.end) for told in server.told] == [("p1", end)]
    assert len(heard) == seen


async def test_an_end_is_told_later_when_the_server_does_not_hear_and_only_once() -> None:
    server = Server(hears=False)
    certificates, _heard = work(Printer(), server)
    first, second = c.TellPrint("p1", "printed"), c.TellPrint("p2", "failed", "why")
    await certificates.told(first)
    await certificates.told(second)
    assert server.told == []
    server.hears = True
    await certificates.tell()
    await certificates.tell()
    assert server.told == [first, second]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (JobStopped("x", called_off=True), "stopped"),
        (JobStopped("x", called_off=False), "failed"),
        (JobUnknown("x"), "unknown"),
        (NoPdf("x"), "failed"),
        (PrinterOffline("x"), "failed"),
    ],
)
def test_each_error_of_the_driver_is_an_end_that_is_not_printed(error: DeviceError, end: c.End) -> None:
    assert end_of(error)[0] == end


def test_a_kiosk_without_a_printer_prints_none() -> None:
    none = NoDocuments()
    assert none.print(b"", "", on_state=lambda _progress: None, stop=Event()) == ("failed", "no printer")
    assert not none.print_test()
