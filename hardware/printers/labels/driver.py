"""The label driver: one connection a job or a batch, open → ask → send → ask until printed → close."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ..base import (
    BadConfiguration,
    BatchStopped,
    JobUnknown,
    NotSent,
    PrinterOffline,
    PrinterSilent,
    PrinterStatus,
    Sheet,
    State,
)
from ..escpos.line import Connect, Line, LineError
from ..escpos.status import refusal
from .language import Answer, Language, Stock

log = logging.getLogger(__name__)

ANSWER_LIMIT = 2.0
"""Seconds within which the printer must answer."""

SLOWEST_HEAD = 400
"""Rows of dots a second (50 mm) that the slowest head prints."""

WINDOW = 20
"""Labels of a batch that may be in the printer and not seen printed; before the next it is asked again."""

PAUSE = 0.05
"""Seconds between questions while the printer prints."""

_LONGEST_ANSWER = 1024


class LabelPrinter:
    """A label printer over a line that answers."""

    def __init__(
        self,
        connect: Connect,
        language: Language,
        stock: Stock,
        *,
        answer_limit: float = ANSWER_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._connect = connect
        self._language = language
        self._stock = stock
        self._answer_limit = answer_limit
        self._clock = clock
        self._sleep = sleep

    @property
    def width(self) -> int:
        return self._stock.dots[0]

    def print(self, sheet: Sheet) -> None:
        self._check(sheet)
        try:
            self._print_all((sheet,), lambda printed: None)
        except BatchStopped as error:
            raise JobUnknown(str(error), error.state) from error

    def print_batch(
        self, sheets: Iterable[Sheet], progress: Callable[[int], None] = lambda printed: None
    ) -> int:
        """Print ``sheets`` over one connection, taking each when the printer has room for it.

        ``progress`` hears how many are printed for certain, every WINDOW labels and at the end; the answer
        is their number. Raises NotSent (any kind) when nothing was sent, BatchStopped when the batch ended
        early; what ``sheets`` raises goes through.
        """
        return self._print_all(sheets, progress)

    def status(self) -> PrinterStatus:
        try:
            with self._line() as line:
                return self._before(line)
        except NotSent as error:
            return PrinterStatus(error.state, str(error))

    def close(self) -> None:
        """Nothing is held between jobs."""

    def _print_all(self, sheets: Iterable[Sheet], progress: Callable[[int], None]) -> int:
        printed = sent = 0
        with self._line() as line:
            why_not = refusal(self._before(line))
            if why_not is not None:
                raise why_not
            try:
                for sheet in sheets:
                    self._check(sheet)
                    sent += 1
                    line.send(self._language.encode(sheet, self._stock))
                    if sent - printed >= WINDOW:
                        self._settle(line, sent - printed)
                        printed = sent
                        progress(printed)
                if sent > printed:
                    self._settle(line, sent - printed)
                    printed = sent
                    progress(printed)
            except _Stopped as error:
                raise BatchStopped(f"after sending: {error}", printed, sent, error.state) from error
            except (LineError, PrinterSilent) as error:
                raise BatchStopped(f"while sending: {error}", printed, sent) from error
        return printed

    def _check(self, sheet: Sheet) -> None:
        width, height = self._stock.dots
        if sheet.width != width or sheet.height > height:
            raise BadConfiguration(
                f"the sheet is {sheet.width} x {sheet.height} dots and a label {width} x {height}: "
                "set width_mm and height_mm right"
            )

    def _settle(self, line: Line, labels: int) -> None:
        """Return when the printer has printed the ``labels`` that it holds, and is well. Raises _Stopped."""
        slowest = labels * self._stock.dots[1] / SLOWEST_HEAD
        until = self._clock() + self._answer_limit + slowest
        while True:
            answer = self._ask(line)
            if not answer.status.can_print:
                raise _Stopped(answer.status.detail, answer.status.state)
            if not answer.waiting:
                return
            if self._clock() > until:
                raise _Stopped("the printer holds labels and does not print them", "error")
            self._sleep(PAUSE)

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
            return self._ask(line).status
        except LineError as error:
            raise PrinterOffline(str(error)) from error

    def _ask(self, line: Line) -> Answer:
        """Raises LineError, PrinterSilent."""
        line.send(self._language.question)
        until, heard = self._clock() + self._answer_limit, b""
        while (left := until - self._clock()) > 0:
            heard = (heard + line.receive(left))[-_LONGEST_ANSWER:]
            answer = self._language.answer(heard)
            if answer is not None:
                return answer
        raise PrinterSilent("the printer was reached and does not answer")


class _Stopped(Exception):
    """The printer can't go on with what it holds."""

    def __init__(self, message: str, state: State) -> None:
        super().__init__(message)
        self.state: State = state
