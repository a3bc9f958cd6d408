"""Printers that speak IPP (RFC 8011): Print-Job with a PDF, then the job is looked at until it has ended.

A job on an empty tray stays "processing" while the printer's own reasons say ``media-empty``: both are read
together. pyipp is asynchronous, so a driver has one loop in a thread of its own, and its calls block.

Looked at from outside: pyipp gives ``printer-state-reasons`` as None, a text or a list, with or without a
severity behind each reason (``media-empty-warning``).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError as FutureCancelled
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import pyipp
from pyipp.enums import IppOperation
from pyipp.exceptions import IPPError

from .base import BadConfiguration, JobUnknown, PrinterOffline, PrinterStatus, State
from .documents import JobStopped, NoPdf, PrinterBusy, Progress, Stage
from .settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

PDF = "application/pdf"
PENDING, HELD, PROCESSING, STOPPED, CANCELLED, ABORTED, COMPLETED = range(3, 10)
"""Job states (RFC 8011, 5.3.7)."""
BUSY_CODES = frozenset({0x0502, 0x0505, 0x0506, 0x0507, 0x050B})
"""Answers after which the same job may be taken a moment later: unavailable, temporary, not accepting, busy,
too many jobs."""
FORMAT_CODES = frozenset({0x040A, 0x0411})
GONE_CODES = frozenset({0x0406, 0x0407})

_REASONS: tuple[tuple[str, Stage, State], ...] = (
    ("media-empty", "out_of_paper", "out_of_paper"),
    ("media-needed", "out_of_paper", "out_of_paper"),
    ("input-tray-missing", "out_of_paper", "out_of_paper"),
    ("media-jam", "jam", "error"),
    ("cover-open", "cover_open", "cover_open"),
    ("door-open", "cover_open", "cover_open"),
    ("interlock-open", "cover_open", "cover_open"),
    ("toner-empty", "error", "error"),
    ("marker-supply-empty", "error", "error"),
    ("marker-waste-full", "error", "error"),
    ("output-area-full", "error", "error"),
    ("shutdown", "offline", "offline"),
    ("paused", "error", "error"),
    ("connecting-to-device", "offline", "offline"),
    ("timed-out", "offline", "offline"),
)
"""Reason → how a job stands, and how the printer is; the first that is there counts."""
_LOW = ("media-low", "toner-low", "marker-supply-low")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. Every wait has an end."""

    request: float = 8.0
    send: float = 30.0
    busy: float = 60.0
    """For a printer that has another job."""
    trouble: float = 600.0
    """For somebody to load paper, close a cover or clear a jam; then the job is called off."""
    printing: float = 180.0
    """Without a page or any change; then its end counts as unknown."""
    silent: float = 45.0
    """For a printer that no longer answers after it has taken a job."""
    stopping: float = 15.0
    """For a job that was called off to end."""
    closing: float = 3.0
    """For the printer to be told, while the driver is closed, that nobody waits for the job any more."""
    first: float = 0.25
    longest: float = 2.0
    """Between looks at a job: twice as long each time while nothing changes."""


class IppPrinter:
    """``documents.DocumentPrinter`` over IPP. ``clock`` and ``patience`` are for tests."""

    def __init__(
        self,
        address: str,
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises BadConfiguration for an address that is none."""
        self._target = _target(address)
        self._wait = patience or Patience()
        self._clock = clock
        self._one = Lock()
        self._door = Lock()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="ipp", daemon=True)
        self._thread.start()

    def print(
        self,
        pdf: bytes,
        title: str,
        *,
        copies: int = 1,
        on_state: Callable[[Progress], None] = lambda _progress: None,
        stop: Event | None = None,
    ) -> None:
        with self._one:
            try:
                self._run(self._print(pdf, title, copies, on_state, stop or Event()))
            except FutureCancelled as error:
                raise JobUnknown("the program ended while it was printing") from error

    def status(self) -> PrinterStatus:
        try:
            return self._run(self._status())
        except PrinterOffline as error:
            return PrinterStatus("offline", str(error))
        except FutureCancelled:
            return PrinterStatus("offline", "the printer was closed")

    def close(self) -> None:
        """Every wait ends: a job under way is called off, and ``print`` raises what is known of its end."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(self._wait.closing + 2)
        if not self._thread.is_alive():
            self._loop.close()

    # ---- in the loop -----------------------------------------------------------------------------

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        with self._door:
            if self._closed:
                work.close()
                raise PrinterOffline("the printer was closed")
            begun = asyncio.run_coroutine_threadsafe(work, self._loop)
        return begun.result()

    async def _end(self) -> None:
        """Nobody is left waiting when the loop stops."""
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._loop.stop()

    async def _status(self) -> PrinterStatus:
        async with self._open() as ipp:
            return status_of(await self._printer(ipp))

    async def _print(
        self, pdf: bytes, title: str, copies: int, on_state: Callable[[Progress], None], stop: Event
    ) -> None:
        told = _Told(on_state)
        async with self._open() as ipp:
            printer = await self._printer(ipp)
            formats = _several(printer.get("document-format-supported"))
            if formats and PDF not in formats:
                raise NoPdf(f"{self._target.address} takes {', '.join(formats)}, not {PDF}")
            told(Progress("sending"))
            job = await self._send(ipp, pdf, title, copies, told, stop)
            try:
                await self._watch(ipp, job, told, stop)
            except asyncio.CancelledError:
                await self._let_go(ipp, job)

    async def _send(
        self, ipp: pyipp.IPP, pdf: bytes, title: str, copies: int, told: _Told, stop: Event
    ) -> int:
        """Hand the document over; the printer's number for the job."""
        until = self._clock() + self._wait.busy
        pause = self._wait.first
        message = {
            "operation-attributes-tag": {"job-name": title, "document-format": PDF},
            "job-attributes-tag": {"copies": copies},
            "data": pdf,
        }
        while True:
            if stop.is_set():
                raise JobStopped("called off before it was sent", called_off=True)
            try:
                async with asyncio.timeout(self._wait.send):
                    answer = await ipp.execute(IppOperation.PRINT_JOB, message)
                return int(answer["jobs"][0]["job-id"])
            except (IPPError, TimeoutError) as error:
                code = _code(error)
                if code in FORMAT_CODES:
                    raise NoPdf(f"{self._target.address} refuses {PDF}") from error
                if code is not None and code not in BUSY_CODES:
                    raise JobStopped(f"refused by the printer: {code:#06x}", called_off=False) from error
                if code is None and not _never_connected(error):
                    # The document may have arrived: nobody may send it again unasked.
                    raise JobUnknown(f"no answer to the document: {error!r}") from error
                if self._clock() >= until:
                    if code is None:
                        raise PrinterOffline(f"{self._target.address} can't be reached") from error
                    raise PrinterBusy(f"{self._target.address} has another job") from error
                told(Progress("offline" if code is None else "waiting"))
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise JobUnknown(f"the printer's answer has no job: {error!r}") from error
            try:
                await asyncio.sleep(pause)
            except asyncio.CancelledError as error:
                raise JobStopped("the program ended before it was sent", called_off=True) from error
            pause = min(2 * pause, self._wait.longest)

    async def _watch(self, ipp: pyipp.IPP, job: int, told: _Told, stop: Event) -> None:
        """Look at the job until it has ended."""
        wait = self._wait
        pause = wait.first
        heard = since = self._clock()
        stopping: float | None = None
        while True:
            if stop.is_set() and stopping is None:
                stopping = self._clock()
                await self._cancel(ipp, job)
            try:
                attributes = await self._job(ipp, job)
                printer = await self._printer(ipp)
            except (PrinterOffline, IPPError) as error:
                if _code(error) in GONE_CODES:
                    raise JobUnknown("the printer has forgotten the job") from error
                if self._clock() - heard >= wait.silent:
                    raise JobUnknown(f"the printer no longer answers: {error}") from error
                if told(Progress("offline", told.pages)):
                    since, pause = self._clock(), wait.first
            else:
                heard = self._clock()
                state = int(attributes.get("job-state", PROCESSING))
                if state == COMPLETED:
                    return
                if state in (CANCELLED, ABORTED):
                    how = "called off" if state == CANCELLED else "given up by the printer"
                    raise JobStopped(how, called_off=stopping is not None, state=status_of(printer).state)
                if told(progress_of(attributes, printer)):
                    since, pause = heard, wait.first
            now = self._clock()
            if stopping is not None and now - stopping >= wait.stopping:
                # It was told to stop, and will when it can: with an empty tray some end only with paper.
                raise JobStopped("called off, not ended yet", called_off=True, state="error")
            limit = wait.trouble if told.stage not in ("printing", "waiting", "offline") else wait.printing
            if stopping is None and now - since >= limit:
                await self._cancel(ipp, job)
                if told.stage in ("printing", "waiting", "offline"):
                    raise JobUnknown("the job does not end", "error")
                raise JobStopped("nobody mended the printer in time", called_off=False)
            await asyncio.sleep(pause)
            pause = min(2 * pause, wait.longest) if stopping is None else wait.first

    async def _let_go(self, ipp: pyipp.IPP, job: int) -> None:
        """The driver is closed: call the job off, and say what is known of it; comes back if printed."""
        state = PROCESSING
        try:
            async with asyncio.timeout(self._wait.closing):
                await self._cancel(ipp, job)
                state = int((await self._job(ipp, job)).get("job-state", PROCESSING))
        except (PrinterOffline, IPPError, TimeoutError) as error:
            log.info("how the job ended can't be asked: %s", error)
        if state == COMPLETED:
            return
        if state in (CANCELLED, ABORTED):
            raise JobStopped("called off: the program ended", called_off=True)
        # Some print a job that was called off as soon as there is paper: nobody is there to see it.
        raise JobUnknown("the program ended while it was printing")

    async def _cancel(self, ipp: pyipp.IPP, job: int) -> None:
        try:
            async with asyncio.timeout(self._wait.request):
                await ipp.execute(IppOperation.CANCEL_JOB, {"operation-attributes-tag": {"job-id": job}})
        except (IPPError, TimeoutError) as error:
            # A job that has just ended can't be cancelled: the next look tells.
            log.info("the job could not be called off: %s", error)

    async def _job(self, ipp: pyipp.IPP, job: int) -> Mapping[str, Any]:
        asked = ["job-state", "job-state-reasons", "job-impressions-completed"]
        answer = await self._ask(
            ipp,
            IppOperation.GET_JOB_ATTRIBUTES,
            {"operation-attributes-tag": {"job-id": job, "requested-attributes": asked}},
        )
        return next(iter(answer.get("jobs") or []), {})

    async def _printer(self, ipp: pyipp.IPP) -> Mapping[str, Any]:
        asked = [
            "printer-state",
            "printer-state-reasons",
            "printer-is-accepting-jobs",
            "document-format-supported",
        ]
        try:
            answer = await self._ask(
                ipp,
                IppOperation.GET_PRINTER_ATTRIBUTES,
                {"operation-attributes-tag": {"requested-attributes": asked}},
            )
        except IPPError as error:
            raise PrinterOffline(f"{self._target.address} answers no question: {error}") from error
        return next(iter(answer.get("printers") or []), {})

    async def _ask(self, ipp: pyipp.IPP, what: IppOperation, message: dict[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._wait.request):
                return await ipp.execute(what, message)
        except TimeoutError as error:
            raise PrinterOffline(f"{self._target.address} does not answer") from error
        except IPPError as error:
            if _code(error) is None:
                raise PrinterOffline(f"{self._target.address} can't be reached") from error
            raise

    def _open(self) -> pyipp.IPP:
        target = self._target
        return pyipp.IPP(
            host=target.host,
            port=target.port,
            base_path=target.path,
            tls=target.tls,
            request_timeout=max(1, round(self._wait.send)),
        )


class _Told:
    """Tells each change once, and remembers the last."""

    def __init__(self, listener: Callable[[Progress], None]) -> None:
        self._listener = listener
        self._last: Progress | None = None

    def __call__(self, progress: Progress) -> bool:
        """Whether it was a change."""
        if progress == self._last:
            return False
        self._last = progress
        try:
            self._listener(progress)
        except Exception:
            log.exception("a listener to a document's progress failed")
        return True

    @property
    def stage(self) -> Stage:
        return self._last.stage if self._last else "sending"

    @property
    def pages(self) -> int:
        return self._last.pages if self._last else 0


def reasons_of(told: object) -> tuple[str, ...]:
    """Reasons without their severity; nothing for "none"."""
    bare = (
        reason.removesuffix("-error").removesuffix("-warning").removesuffix("-report")
        for reason in _several(told)
    )
    return tuple(reason for reason in bare if reason and reason != "none")


def status_of(printer: Mapping[str, Any]) -> PrinterStatus:
    """How a printer is that answered with these attributes."""
    reasons = reasons_of(printer.get("printer-state-reasons"))
    detail = ", ".join(reasons)
    for reason, _stage, state in _REASONS:
        if reason in reasons:
            return PrinterStatus(state, detail)
    if printer.get("printer-state") == 5:  # stopped, and it does not say why
        return PrinterStatus("error", detail or "stopped")
    if printer.get("printer-is-accepting-jobs") is False:
        return PrinterStatus("error", detail or "takes no jobs")
    return PrinterStatus("paper_low" if any(low in reasons for low in _LOW) else "ready", detail)


def progress_of(job: Mapping[str, Any], printer: Mapping[str, Any]) -> Progress:
    """How a job stands that has not ended."""
    pages = job.get("job-impressions-completed")
    done = pages if isinstance(pages, int) and pages > 0 else 0
    reasons = reasons_of(printer.get("printer-state-reasons"))
    for reason, stage, _state in _REASONS:
        if reason in reasons:
            return Progress(stage, done)
    if job.get("job-state") in (PENDING, HELD):
        return Progress("waiting", done)
    if job.get("job-state") == STOPPED or printer.get("printer-state") == 5:
        return Progress("error", done)
    return Progress("printing", done)


def _several(told: object) -> tuple[str, ...]:
    if told is None:
        return ()
    return tuple(str(one) for one in told) if isinstance(told, list | tuple | set) else (str(told),)


def _code(error: BaseException) -> int | None:
    """The status code of an IPP answer that was no success; None where there was no such answer."""
    told = error.args[1] if len(error.args) > 1 else None
    code = told.get("status-code") if isinstance(told, Mapping) else None
    # pyipp reports refusals of HTTP in the same place: those are under 0x0400.
    return code if isinstance(code, int) and code >= 0x0400 and "HTTP" not in str(error.args[0]) else None


def _never_connected(error: BaseException) -> bool:
    return isinstance(error.__cause__, aiohttp.ClientConnectorError)


@dataclass(frozen=True, slots=True)
class _Target:
    address: str
    host: str
    port: int
    path: str
    tls: bool


def _target(address: str) -> _Target:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadConfiguration(f"printer setting 'address' {address!r} is no address: {error}") from error
    if parts.scheme not in ("ipp", "ipps") or not host or parts.username is not None:
        raise BadConfiguration(
            f"printer setting 'address' looks like ipp://192.168.1.41/ipp/print, not {address!r}"
        )
    return _Target(address, host, port or 631, parts.path or "/ipp/print", parts.scheme == "ipps")


def open_ipp(config: Mapping[str, object]) -> IppPrinter:
    """The printer at ``address``. Raises BadConfiguration."""
    settings = Settings(config)
    address = settings.text("address")
    settings.done()
    return IppPrinter(address)
