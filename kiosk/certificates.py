"""Certificates as work beside the screen: fetched, printed, called off, and their ends told to the server."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Protocol

from hardware.printers.base import DeviceError, JobUnknown, NotSent, PrinterStatus
from hardware.printers.documents import DocumentPrinter, JobStopped, NoPdf, Progress, open_document_printer

from . import collecting as c
from . import model as m
from .ports import Server

log = logging.getLogger(__name__)

LOOK_WELL, LOOK_ILL = 5.0, 2.0
"""Seconds between looks at a printer that can print, and at one that waits for somebody."""
LAST_WORDS = 2.0
"""Seconds for what was printing when its printer was closed to come back; then its end is unknown."""
MOST_UNTOLD = 200
"""Ends that the server has not heard of; beyond that the oldest is dropped, and logged."""

Watcher = Callable[[m.PrinterState, str], None]


class Documents(Protocol):
    """The printer of certificates. ``print`` blocks for as long as the job takes; it runs in a thread."""

    def print(
        self, pdf: bytes, title: str, *, on_state: Callable[[Progress], None], stop: Event
    ) -> tuple[c.End, str]:
        """Print; how it ended, and why. Never raises."""

    def print_test(self) -> bool:
        """Whether the printer answers that it can print; no paper is used."""

    def watch(self, changed: Watcher) -> None:
        """Call ``changed`` (from any thread) with each new state and its detail, the present one first."""

    def close(self) -> None:
        """End every wait and let go of the printer. Blocks for a few seconds; twice is harmless."""


class NoDocuments:
    """A kiosk without a printer of certificates."""

    def print(
        self, pdf: bytes, title: str, *, on_state: Callable[[Progress], None], stop: Event
    ) -> tuple[c.End, str]:
        return "failed", "no printer"

    def print_test(self) -> bool:
        return False

    def watch(self, changed: Watcher) -> None:
        """There is nothing to say."""

    def close(self) -> None:
        """There is nothing to let go of."""


class DocumentPaper:
    """``Documents`` on a driver, looked at by a thread of its own."""

    def __init__(self, config: Mapping[str, object]) -> None:
        """Raises BadConfiguration or NotInstalled when the printer can't be set up at all."""
        self._printer: DocumentPrinter = open_document_printer(config)
        self._ending = Event()
        self._thread: Thread | None = None

    def print(
        self, pdf: bytes, title: str, *, on_state: Callable[[Progress], None], stop: Event
    ) -> tuple[c.End, str]:
        try:
            self._printer.print(pdf, title, on_state=on_state, stop=stop)
        except DeviceError as error:
            end, reason = end_of(error)
            log.warning("certificate %s: %s: %s", title, end, error)
            return end, reason
        except Exception:
            # A defect of the driver: it may have sent something, so nobody may repeat it unasked.
            log.exception("the driver failed while printing %s", title)
            return "unknown", "driver failed"
        return "printed", ""

    def print_test(self) -> bool:
        return self._printer.status().can_print

    def watch(self, changed: Watcher) -> None:
        self._thread = Thread(target=self._look, args=(changed,), name="documents", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ending.set()
        self._printer.close()
        if self._thread is not None:
            self._thread.join(2.0)

    def _look(self, changed: Watcher) -> None:
        seen: PrinterStatus | None = None
        while not self._ending.is_set():
            try:
                status = self._printer.status()
            except Exception as error:
                log.exception("the driver failed while asked for its status")
                status = PrinterStatus("error", f"driver failed: {error!r}")
            if self._ending.is_set():
                return
            if status != seen:
                log.info("certificate printer %s %s", status.state, status.detail)
                seen = status
                changed(status.state, status.detail)
            self._ending.wait(LOOK_WELL if status.can_print else LOOK_ILL)


def end_of(error: DeviceError) -> tuple[c.End, str]:
    """How a job ended that the driver gave up, in a word for the journal."""
    match error:
        case JobStopped(called_off=True):
            return "stopped", "called off"
        case JobStopped():
            return "failed", "given up by the printer"
        case JobUnknown():
            return "unknown", "end unknown"
        case NoPdf():
            return "failed", "takes no pdf"
        case NotSent():
            return "failed", "not sent"
        case _:
            return "failed", "device"


class CertificateWork:
    """Whatever may block runs in threads; nothing raises. ``feed`` is called on the loop."""

    def __init__(self, documents: Documents, server: Server, feed: Callable[[m.Input], None]) -> None:
        self._documents = documents
        self._server = server
        self._feed = feed
        self._stops: dict[str, Event] = {}
        self._at_work: dict[str, asyncio.Future[tuple[c.End, str]]] = {}
        self._closing = False
        self._untold: deque[c.TellPrint] = deque()
        self._telling = asyncio.Lock()

    async def print(self, effect: c.PrintDocument) -> None:
        job = effect.job
        stop = self._stops.setdefault(job.id, Event())
        loop = asyncio.get_running_loop()

        def staged(progress: Progress) -> None:
            """From the driver's thread."""
            seen = c.DocumentStaged(job.id, progress.stage, progress.pages)
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._feed, seen)

        def work() -> tuple[c.End, str]:
            try:
                pdf = self._server.document(job.pdf)
                if pdf is None:
                    return "failed", "not fetched"
                if stop.is_set():
                    return "stopped", "called off"
                return self._documents.print(pdf, job.number, on_state=staged, stop=stop)
            except Exception:
                log.exception("printing a certificate failed")
                return "unknown", "failed"

        at_work = self._at_work[job.id] = asyncio.ensure_future(asyncio.to_thread(work))
        # The thread goes on when this task is cancelled: ``close`` hears how it ends.
        end, reason = await asyncio.shield(at_work)
        if self._closing:
            return
        del self._at_work[job.id]
        self._stops.pop(job.id, None)
        self._feed(c.DocumentEnded(job.id, end, reason))

    def stop(self, effect: c.StopDocument) -> None:
        stop = self._stops.get(effect.job)
        if stop is not None:
            stop.set()

    def stop_all(self) -> None:
        """The program ends: nobody is there to take what would come out."""
        for stop in self._stops.values():
            stop.set()

    async def close(self) -> None:
        """Call off what is under way, end every wait for the printer, and tell the server what became of it.

        Takes a few seconds at most. Nothing is fed any more: nobody looks.
        """
        self._closing = True
        self.stop_all()
        await asyncio.to_thread(self._documents.close)
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=LAST_WORDS)
        for job, work in self._at_work.items():
            end, reason = work.result() if work.done() else ("unknown", "program ended")
            self._untold.append(c.TellPrint(job, end, reason))
        self._at_work.clear()
        await self.tell()
        for effect in self._untold:
            log.error("the server never heard how print %s ended: %s", effect.job, effect.end)

    async def told(self, effect: c.TellPrint) -> None:
        """An end that the server must hear of."""
        if len(self._untold) >= MOST_UNTOLD:
            log.error("the server never heard how print %s ended", self._untold.popleft().job)
        self._untold.append(effect)
        await self.tell()

    async def tell(self) -> None:
        """Tell the server of each end that it has not heard of; what fails now is told later."""
        async with self._telling:
            while self._untold:
                first = self._untold[0]
                try:
                    heard = await asyncio.to_thread(self._server.tell_print, first)
                except Exception:
                    log.exception("telling how a print ended failed")
                    return
                if not heard:
                    return
                if self._untold and self._untold[0] == first:
                    self._untold.popleft()
