"""The Kivy application: feeds the flow, does what it asks for, draws what it shows. Decides nothing.

One loop: ``await KioskApp(…).async_run("asyncio")``; whatever may block runs in threads.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from hardware.scanners.base import Scan, Scanner, ScannerStatus
from server.protocol.commands import DetailOf
from server.protocol.places import tokens

from . import alone as a
from . import appointing as b
from . import collecting as c
from . import flow
from . import model as m
from . import visit as v
from .alone_work import AloneWork, Reserve
from .certificates import CertificateWork, Documents, NoDocuments
from .flows.collecting import followed
from .following import Follower, Line
from .glass import Glass
from .hall_clock import HallClock
from .keyboard import Keyboard
from .label_work import LabelWork
from .picture import picture_of
from .ports import Finder, LabelMemory, Labels, Memory, Paper, Server, Typed, Voice
from .reporting import Reporter
from .screens.draw import draw
from .trials import Trials
from .widgets.area import Metrics
from .widgets.pen import Pen

log = logging.getLogger(__name__)

TICK = 0.1
CATALOGUE_EVERY = 300.0
CATALOGUE_RETRY = 10.0


class KioskApp(App):
    """The kiosk on its ports. ``metrics`` is the screen; ``clock`` and ``wall`` are steady and civil time."""

    def __init__(
        self,
        *,
        rules: m.Rules,
        metrics: Metrics,
        server: Server,
        paper: Paper,
        memory: Memory,
        labels: Labels,
        label_memory: LabelMemory,
        scanner: Scanner | None = None,
        finder: Finder | None = None,
        wedge: Typed | None = None,
        voice: Voice | None = None,
        documents: Documents | None = None,
        line: Line | None = None,
        reserve: Reserve | None = None,
        printer: m.PrinterState = "offline",
        label_printer: m.PrinterState = "none",
        certificate_printer: m.PrinterState = "none",
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        super().__init__()
        self._metrics = metrics
        self._server = server
        self._paper = paper
        self._memory = memory
        self._labels = labels
        self._label_work = LabelWork(labels, label_memory, server)
        self._documents = documents or NoDocuments()
        self._certificates = CertificateWork(self._documents, server, self.feed)
        size = (metrics.width, metrics.height)
        self.reporter = Reporter(
            server, self._label_work, self._certificates, lambda: self.state, voice, size
        )
        self._follower = Follower(line, self.feed)
        self._scanner = scanner
        self._finder = finder
        # Kept here: what is bound to the window is not kept by it.
        self._keyboard = Keyboard(wedge) if wedge is not None else None
        self._trials = Trials(
            server, paper, labels, self._documents, voice, seen=lambda: self.state, feed=self.feed
        )
        self._clock = clock
        self._hall_clock = HallClock(clock, wall, reserve.standby.ahead if reserve else timedelta())
        self._alone = AloneWork(
            reserve, self._hall_clock, feed=self.feed, seen=lambda: self.state, local=self.hall_time
        )
        self._new_key = new_key
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = False
        """Nothing is decided, drawn or begun any more."""
        self._picture: object = None
        self.pen: Pen | None = None
        now = clock()
        self.state = m.State(
            rules,
            language=rules.language,
            printer=printer,
            label_printer=label_printer,
            documents=certificate_printer,
            scanner="none" if scanner is None else "offline",
            kept=reserve.standby.home if reserve else None,
            touched_at=now,
            heard_at=now,
            screen_since=now - 1,
        )
        self.glass = Glass(self.feed, corner=max(metrics.target, 120 * metrics.unit))

    # -- Kivy's hooks ------------------------------------------------------------------------------

    def build(self) -> Widget:
        Window.clearcolor = get_color_from_hex(tokens()["colour"]["ground"])
        Window.bind(on_request_close=lambda *_: True, on_keyboard=lambda *_: True)
        self.glass.size = (self._metrics.width, self._metrics.height)
        self.redraw()
        return self.glass

    def on_start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._paper.watch(
            lambda state, detail: self._device_changed("printer", m.PrinterChanged(state), detail)
        )
        self._labels.watch(
            lambda state, detail: self._device_changed("labels", v.LabelPrinterChanged(state), detail)
        )
        self._documents.watch(
            lambda state, detail: self._device_changed(
                "certificates", c.DocumentPrinterChanged(state), detail
            )
        )
        if self._keyboard is not None:
            self._keyboard.listen()
        if self._scanner is not None:
            self._scanner.start(self._scanned, self._scanner_changed)
        Clock.schedule_interval(self._tick, TICK)
        self._spawn(self.reporter.go_on())
        self._spawn(self._keep_catalogue())
        self._spawn(self._alone.go_on())

    def on_stop(self) -> None:
        self._over = True
        self._follower.follow(None)
        self._certificates.stop_all()
        for task in self._tasks:
            task.cancel()

    async def leave(self) -> None:
        """The screen is gone: end every wait for a device, and tell how certificates ended.

        Takes a few seconds at most, so that no thread holds the program back.
        """
        self._server.hurry()
        ends = [
            self._certificates.close(),
            asyncio.to_thread(self._paper.close),
            asyncio.to_thread(self._labels.close),
        ]
        ends.append(asyncio.to_thread(self._trials.hush))
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(failure, Exception):
                log.error("a device could not be let go of", exc_info=failure)

    def open_settings(self, *_args: object) -> bool:
        return False

    # -- what happens ------------------------------------------------------------------------------

    def feed(self, event: m.Input) -> None:
        """Let the flow decide on ``event``; do what it asks for; draw when what is shown changed."""
        if self._over:
            return
        self.state, effects = flow.step(self.state, event, self._clock())
        for effect in effects:
            self._do(effect)
        self._follower.follow(followed(self.state))
        self.redraw()

    def heard(self, event: m.HomeSeen | m.Heard | m.LinkBroken, at: datetime | None) -> None:
        """Something of the live line; ``at`` is the server's time, which this kiosk's clock follows."""
        if at is not None:
            self._hall_clock.hear(at)
        self.feed(event)
        self._alone.look()

    def hall_time(self) -> datetime:
        """Now, by the server's clock, in the hall's zone."""
        known = self.state.home or self.state.kept
        return self._hall_clock.now().astimezone(ZoneInfo(known.hall.zone if known else "Asia/Shanghai"))

    @property
    def settled(self) -> bool:
        """Whether the screen stands long enough for touches to count."""
        return self._clock() - self.state.screen_since >= self.state.rules.settle

    def _tick(self, _dt: float) -> None:
        self.feed(m.Tick())
        self._alone.look()
        clock = self.pen.clock if self.pen else None
        if clock is not None:
            text = f"{self.hall_time():%H:%M}"
            if clock.said != text:
                clock.change(text)

    def _from_thread(self, act: Callable[[], None]) -> None:
        """Do ``act`` on the loop; from any thread, also while the program ends."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act)

    def _device_changed(
        self,
        name: DetailOf,
        event: m.PrinterChanged | v.LabelPrinterChanged | c.DocumentPrinterChanged | v.ScannerChanged,
        detail: str,
    ) -> None:
        """From any thread."""

        def tell() -> None:
            self.reporter.note(name, detail)
            known = {
                m.PrinterChanged: self.state.printer,
                v.LabelPrinterChanged: self.state.label_printer,
                c.DocumentPrinterChanged: self.state.documents,
                v.ScannerChanged: self.state.scanner,
            }[type(event)]
            if event.state != known and not self._over:
                self.feed(event)
                self._spawn(self.reporter.tell())

        self._from_thread(tell)

    def _scanner_changed(self, status: ScannerStatus) -> None:
        self._device_changed("scanner", v.ScannerChanged(status.state), status.detail)

    def _scanned(self, scan: Scan) -> None:
        """From the scanner's thread; the text is data from outside, and is not logged."""
        self._from_thread(lambda: self.feed(v.Scanned(scan.text)))

    # -- drawing -----------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw what is shown, if it changed; a resting finger holds back a newer picture of one screen."""
        picture = picture_of(self.state)
        if picture == self._picture:
            return
        same_screen = isinstance(self._picture, tuple) and picture[0] == self._picture[0]
        if same_screen and self.glass.touched(self._clock()):
            return  # the next tick draws it
        self._picture = picture
        self.glass.clear_widgets()
        metrics = replace(self._metrics, large=self.state.large)
        self.pen = Pen(self.glass, metrics, self.state.language, self.feed, self._finder)
        draw(self.pen, self.state, wall=self.hall_time(), now=self._clock(), new_key=self._new_key)

    # -- doing -------------------------------------------------------------------------------------

    def _do(self, effect: m.Effect) -> None:
        match effect:
            case m.Issue():
                self._spawn(self._answer(self._server.issue, effect.press))
            case m.Print():
                self._spawn(self._print(effect))
            case m.TellPaper():
                self._spawn(self._quietly(self._server.tell_paper, effect))
            case m.Remember():
                self._spawn(self._quietly(self._memory.keep, effect.ticket))
            case m.LookUp():
                self._spawn(self._look_up(effect.number))
            case m.RunTest():
                self._spawn(self._trials.test(effect.test))
            case v.PrintLabel():
                self._spawn(self._print_label(effect))
            case v.LabelSeen():
                self._spawn(self._quietly(self._label_work.seen, effect))
            case v.TellLabels():
                self._spawn(self._label_work.tell())
            case c.PrintDocument():
                self._spawn(self._certificates.print(effect))
            case c.StopDocument():
                self._certificates.stop(effect)
            case c.TellPrint():
                self._spawn(self._certificates.told(effect))
            case a.GiveAlone():
                self._spawn(self._alone.give(effect))
            case a.LookAlone():
                self._alone.find(effect)
            case b.PrintVoucher():
                self._spawn(self._print_voucher(effect))
            case m.Speak():
                self._spawn(self._trials.speak())
            case m.Close():
                self.stop()
            case _:
                assert_never(effect)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, ask: Callable[[m.Said], m.Input], press: m.Said) -> None:
        answer: m.Input
        try:
            answer = await asyncio.to_thread(ask, press)
        except Exception:
            log.exception("asking the server failed")
            answer = m.Unanswered(press.key)
        if isinstance(answer, v.Found):
            answer = replace(answer, here=self._label_work.here(answer.order.id))
        self.feed(answer)

    async def _print(self, effect: m.Print) -> None:
        try:
            paper = await asyncio.to_thread(
                self._paper.print, effect.ticket, reprint=effect.reprint, visit=effect.visit
            )
        except Exception:
            log.exception("printing failed")
            paper = "unknown"
        self.feed(m.PaperEnded(effect.ticket.id, paper))

    async def _print_voucher(self, effect: b.PrintVoucher) -> None:
        try:
            paper = await asyncio.to_thread(
                self._paper.print_voucher, effect.view, reprint=effect.reprint, language=effect.language
            )
        except Exception:
            log.exception("printing a voucher failed")
            paper = "unknown"
        self.feed(b.VoucherEnded(effect.view.code, paper))

    async def _print_label(self, effect: v.PrintLabel) -> None:
        self.feed(v.LabelEnded(effect.label.code, await self._label_work.print(effect)))

    async def _keep_catalogue(self) -> None:
        while True:
            seen = None
            try:
                seen = await asyncio.to_thread(self._server.catalogue)
            except Exception:
                log.exception("asking for the catalogue failed")
            if seen is not None and seen.catalogue != self.state.catalogue:
                self.feed(seen)
            await asyncio.sleep(CATALOGUE_RETRY if seen is None else CATALOGUE_EVERY)

    async def _look_up(self, number: str) -> None:
        """Ask the server; a ticket given here is known without it."""
        found = await asyncio.to_thread(self._server.look_up, number)
        if found.ticket is None and found.why == "unreached":
            kept = self._memory.find(number)
            found = m.LookedUp(number, kept, "" if kept else "unreached")
        self.feed(found)

    async def _quietly(self, act: Callable[[Any], None], what: object) -> None:
        try:
            await asyncio.to_thread(act, what)
        except Exception:
            log.exception("a task beside the screen failed")
