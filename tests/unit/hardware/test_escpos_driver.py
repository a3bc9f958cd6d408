"""One job, step by step, over a line that is scripted: no socket, no waiting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from hardware.printers.base import BadConfiguration, JobUnknown, PrinterOffline, PrinterSilent, Sheet
from hardware.printers.escpos.driver import EscposPrinter
from hardware.printers.escpos.encode import encode
from hardware.printers.escpos.line import LineError

WELL = b"\x12"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class ScriptedLine:
    """Answers each question by ``answer(question, jobs sent so far)``; None breaks the line."""

    def __init__(self, clock: Clock, answer: Callable[[int, int], bytes | None]) -> None:
        self._clock = clock
        self._answer = answer
        self._waiting = b""
        self.jobs: list[bytes] = []
        self.closed = 0
        self.breaks_on_send = False

    def send(self, data: bytes) -> None:
        if len(data) == 3 and data[:2] == b"\x10\x04":
            answer = self._answer(data[2], len(self.jobs))
            if answer is None:
                raise LineError("gone")
            self._waiting += answer
        elif self.breaks_on_send:
            raise LineError("cut within the job")
        else:
            self.jobs.append(data)

    def receive(self, limit: float) -> bytes:
        waiting, self._waiting = self._waiting, b""
        if not waiting:
            self._clock.now += limit
        return waiting

    def close(self) -> None:
        self.closed += 1


def sheet(width: int = 576) -> Sheet:
    return Sheet(Image.new("1", (width, 200), 1), job="A001", title="A001")


def driver(answer: Callable[[int, int], bytes | None]) -> tuple[EscposPrinter, ScriptedLine, Clock]:
    clock = Clock()
    line = ScriptedLine(clock, answer)
    return EscposPrinter(lambda: line, 576, clock=clock), line, clock


def test_a_job_is_asked_sent_asked_and_closed() -> None:
    printer, line, _ = driver(lambda n, jobs: WELL)
    printer.print(sheet())
    assert line.jobs == [encode(sheet())]
    assert line.closed == 1


def test_unasked_status_between_the_answers_is_thrown_away() -> None:
    # ASB whose bytes say "paper end" to whoever takes them for an answer.
    printer, line, _ = driver(lambda n, jobs: b"\x10\x00\x6c\x00" + WELL)
    assert printer.status().state == "ready"
    printer.print(sheet())
    assert len(line.jobs) == 1


def test_a_printer_that_never_answers_gets_nothing_within_two_seconds() -> None:
    printer, line, clock = driver(lambda n, jobs: b"")
    with pytest.raises(PrinterSilent):
        printer.print(sheet())
    assert line.jobs == []
    assert clock.now == pytest.approx(2.0)


def test_the_limit_holds_for_all_four_answers_together() -> None:
    clock = Clock()

    def slow(n: int, jobs: int) -> bytes:
        clock.now += 0.9
        return WELL

    line = ScriptedLine(clock, slow)
    printer = EscposPrinter(lambda: line, 576, clock=clock)
    assert printer.status().state == "offline"


def test_noise_without_end_does_not_hold_the_driver() -> None:
    clock = Clock()

    class Noisy(ScriptedLine):
        def receive(self, limit: float) -> bytes:
            clock.now += 0.01
            return b"\x10\x00\x00\x00"

    printer = EscposPrinter(lambda: Noisy(clock, lambda n, jobs: b""), 576, clock=clock)
    assert printer.status().state == "offline"


def test_a_line_that_breaks_before_the_job_leaves_nothing_sent() -> None:
    printer, line, _ = driver(lambda n, jobs: None)
    with pytest.raises(PrinterOffline):
        printer.print(sheet())
    assert line.jobs == []
    assert line.closed == 1


def test_a_line_that_breaks_within_the_job_leaves_its_end_unknown() -> None:
    printer, line, _ = driver(lambda n, jobs: WELL)
    line.breaks_on_send = True
    with pytest.raises(JobUnknown):
        printer.print(sheet())
    assert line.closed == 1


@pytest.mark.parametrize("after", [None, b""])
def test_a_printer_that_says_nothing_after_the_job_leaves_its_end_unknown(after: bytes | None) -> None:
    printer, line, _ = driver(lambda n, jobs: after if jobs else WELL)
    with pytest.raises(JobUnknown) as caught:
        printer.print(sheet())
    assert caught.value.state == "offline"
    assert len(line.jobs) == 1


def test_paper_that_ends_within_the_job_leaves_its_end_unknown_and_says_why() -> None:
    printer, _, _ = driver(lambda n, jobs: bytes([0x12 | (0x60 if n == 4 and jobs else 0)]))
    with pytest.raises(JobUnknown) as caught:
        printer.print(sheet())
    assert caught.value.state == "out_of_paper"


def test_a_sheet_of_another_width_is_never_sent() -> None:
    printer, line, _ = driver(lambda n, jobs: WELL)
    with pytest.raises(BadConfiguration, match="width_mm"):
        printer.print(sheet(384))
    assert line.jobs == []
