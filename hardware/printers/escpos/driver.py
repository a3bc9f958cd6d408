"""The ESC/POS driver: one connection a job, open → ask → send → ask → close."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..base import BadConfiguration, JobUnknown, NotSent, PrinterOffline, PrinterSilent, PrinterStatus, Sheet
from .encode import asks_status, encode
from .line import Connect, Line, LineError
from .status import QUESTIONS, Replies, is_reply, judge, refusal

log = logging.getLogger(__name__)

ANSWER_LIMIT = 2.0
"""Seconds within which the printer must answer all four questions."""

SLOWEST_HEAD = 400
"""Rows of dots a second (50 mm) that the slowest head prints: the answer after a job waits for the paper."""

ECHO_LIMIT = 0.3
"""Seconds to wait for answers to what only looked like a question inside a raster."""


class EscposPrinter:
    """An ESC/POS printer over any line that answers, or over one that can't (``answers=False``).

    Without answers the driver knows only whether the bytes were taken: its status is ready as long as
    the line opens.
    """

    def __init__(
        self,
        connect: Connect,
        width: int,
        *,
        answers: bool = True,
        answer_limit: float = ANSWER_LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._width = width
        self._answers = answers
        self._answer_limit = answer_limit
        self._clock = clock

    @property
    def width(self) -> int:
        return self._width

    def print(self, sheet: Sheet) -> None:
        if sheet.width != self._width:
            raise BadConfiguration(
                f"the sheet is {sheet.width} dots wide and the printer {self._width}: set width_mm right"
            )
        job = encode(sheet)
        with self._line() as line:
            why_not = refusal(self._before(line))
            if why_not is not None:
                raise why_not
            self._send(line, job)
            after = self._after(line, sheet, job)
        if after.state not in ("ready", "paper_low"):
            raise JobUnknown(f"after sending: {after.detail}", after.state)

    def status(self) -> PrinterStatus:
        try:
            with self._line() as line:
                return self._before(line)
        except NotSent as error:
            return PrinterStatus(error.state, str(error))

    def close(self) -> None:
        """Nothing is held between jobs."""

    @contextmanager
    def _line(self) -> Iterator[Line]:
        line = self._connect()
        try:
            yield line
        finally:
            try:
                line.close()
            except LineError as error:
                log.warning("the line did not close well: %s", error)

    def _before(self, line: Line) -> PrinterStatus:
        """How the printer is before anything is sent. Raises PrinterOffline, PrinterSilent."""
        try:
            return self._ask(line, self._answer_limit)
        except LineError as error:
            raise PrinterOffline(str(error)) from error

    def _send(self, line: Line, job: bytes) -> None:
        try:
            line.send(job)
        except LineError as error:
            raise JobUnknown(f"while sending: {error}") from error

    def _after(self, line: Line, sheet: Sheet, job: bytes) -> PrinterStatus:
        try:
            if self._answers and asks_status(job):
                self._drain(line)
            return self._ask(line, self._answer_limit + sheet.height / SLOWEST_HEAD)
        except (LineError, PrinterSilent) as error:
            raise JobUnknown(f"after sending: {error}") from error

    def _drain(self, line: Line) -> None:
        until = self._clock() + ECHO_LIMIT
        while (left := until - self._clock()) > 0:
            line.receive(left)

    def _ask(self, line: Line, limit: float) -> PrinterStatus:
        """Ask DLE EOT 1-4, each after the answer to the one before, ``limit`` seconds in all.

        Raises LineError, PrinterSilent.
        """
        if not self._answers:
            return PrinterStatus("ready", "this connection brings no status back")
        until = self._clock() + limit
        printer, offline, errors, paper = (self._reply(line, question, until) for question in QUESTIONS)
        return judge(Replies(printer, offline, errors, paper))

    def _reply(self, line: Line, question: bytes, until: float) -> int:
        line.send(question)
        while (left := until - self._clock()) > 0:
            for byte in line.receive(left):
                if is_reply(byte):
                    return byte
        raise PrinterSilent("the printer was reached and does not answer")
