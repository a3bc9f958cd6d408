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
from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from server.protocol.commands import DeviceStatus
from server.protocol.language import catalogue
from server.protocol.places import tokens

from . import flow
from . import model as m
from .ports import Memory, Paper, Server, Voice
from .screens import words
from .screens.draw import draw
from .widgets.area import Metrics
from .widgets.pen import Pen

log = logging.getLogger(__name__)

TICK = 0.1
STATUS_EVERY = 30.0
FINGER_LIMIT = 2.0
"""A finger that rests longer no longer holds back a newer picture of the same screen."""
VERSION = "0.1.0"


class Glass(Widget):
    """The root: sees every finger first, and watches the corner that staff hold."""

    def __init__(self, feed: Callable[[m.Input], None], corner: float) -> None:
        super().__init__()
        self._feed = feed
        self._corner = corner
        self._fingers: dict[str, float] = {}
        self._holding: str | None = None

    def touched(self, now: float) -> bool:
        """Whether a finger is down, and not for so long that its end was probably missed."""
        return any(now - since < FINGER_LIMIT for since in self._fingers.values())

    def on_touch_down(self, touch: MotionEvent) -> bool:
        self._fingers[touch.uid] = time.monotonic()
        touch.grab(self)
        self._feed(m.Touched())
        if touch.x <= self._corner and touch.y >= self.height - self._corner:
            self._holding = touch.uid
            self._feed(m.CornerPressed())
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        inside = touch.x <= self._corner and touch.y >= self.height - self._corner
        if touch.uid == self._holding and not inside:
            self._release()
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return super().on_touch_up(touch) if touch.grab_current is not None else False
        touch.ungrab(self)
        self._fingers.pop(touch.uid, None)
        if touch.uid == self._holding:
            self._release()
        return True

    def _release(self) -> None:
        self._holding = None
        self._feed(m.CornerReleased())


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
        voice: Voice | None = None,
        printer: m.PrinterState = "offline",
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        super().__init__()
        self._metrics = metrics
        self._server = server
        self._paper = paper
        self._memory = memory
        self._voice = voice
        self._clock = clock
        self._wall = wall
        self._ahead = timedelta()
        self._new_key = new_key
        self._printer_detail = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._picture: object = None
        self._dirty = False
        self.pen: Pen | None = None
        now = clock()
        self.state = m.State(
            rules,
            language=rules.language,
            printer=printer,
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
        self._paper.watch(self._printer_changed)
        Clock.schedule_interval(self._tick, TICK)
        self._spawn(self._report())

    def on_stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    def open_settings(self, *_args: object) -> bool:
        return False

    # -- what happens ------------------------------------------------------------------------------

    def feed(self, event: m.Input) -> None:
        """Let the flow decide on ``event``; do what it asks for; draw when what is shown changed."""
        self.state, effects = flow.step(self.state, event, self._clock())
        for effect in effects:
            self._do(effect)
        self.redraw()

    def heard(self, event: m.HomeSeen | m.Heard | m.LinkBroken, at: datetime | None) -> None:
        """Something of the live line; ``at`` is the server's time, which this kiosk's clock follows."""
        if at is not None:
            self._ahead = at - self._wall()
        self.feed(event)

    def hall_time(self) -> datetime:
        """Now, by the server's clock, in the hall's zone."""
        zone = self.state.home.hall.zone if self.state.home else "Asia/Shanghai"
        return (self._wall() + self._ahead).astimezone(ZoneInfo(zone))

    @property
    def settled(self) -> bool:
        """Whether the screen stands long enough for touches to count."""
        return self._clock() - self.state.screen_since >= self.state.rules.settle

    def _tick(self, _dt: float) -> None:
        self.feed(m.Tick())
        clock = self.pen.clock if self.pen else None
        if clock is not None:
            text = f"{self.hall_time():%H:%M}"
            if clock.said != text:
                clock.change(text)

    def _printer_changed(self, state: m.PrinterState, detail: str) -> None:
        """From any thread."""
        if self._loop is None:
            return

        def tell() -> None:
            self._printer_detail = detail
            if state != self.state.printer:
                self.feed(m.PrinterChanged(state))
                self._spawn(self._tell_status())

        self._loop.call_soon_threadsafe(tell)

    # -- drawing -----------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw what is shown, if it changed; a resting finger holds back a newer picture of one screen."""
        picture = _picture(self.state)
        if picture == self._picture:
            return
        same_screen = isinstance(self._picture, tuple) and picture[0] == self._picture[0]
        if same_screen and self.glass.touched(self._clock()):
            return  # the next tick draws it
        self._picture = picture
        self.glass.clear_widgets()
        metrics = replace(self._metrics, large=self.state.large)
        self.pen = Pen(self.glass, metrics, self.state.language, self.feed)
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
                self._spawn(self._test(effect.test))
            case m.Speak():
                self._spawn(self._speak())
            case m.Close():
                self.stop()
            case _:
                assert_never(effect)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, ask: Callable[[m.Press], m.Input], press: m.Press) -> None:
        try:
            answer = await asyncio.to_thread(ask, press)
        except Exception:
            log.exception("asking the server for a number failed")
            answer = m.Unanswered(press.key)
        self.feed(answer)

    async def _print(self, effect: m.Print) -> None:
        try:
            paper = await asyncio.to_thread(self._paper.print, effect.ticket, reprint=effect.reprint)
        except Exception:
            log.exception("printing failed")
            paper = "unknown"
        self.feed(m.PaperEnded(effect.ticket.id, paper))

    async def _look_up(self, number: str) -> None:
        """Ask the server; a ticket given here is known without it."""
        found = await asyncio.to_thread(self._server.look_up, number)
        if found.ticket is None and found.why == "unreached":
            kept = self._memory.find(number)
            found = m.LookedUp(number, kept, "" if kept else "unreached")
        self.feed(found)

    async def _test(self, test: m.Test) -> None:
        match test:
            case "printer":
                good = await asyncio.to_thread(self._paper.print_test)
            case "link":
                good = await asyncio.to_thread(self._server.well)
            case "speaker":
                _ = catalogue("kiosk", self.state.language)
                good = await self._say(_("这是语音测试。"))
            case _:
                assert_never(test)
        self.feed(m.Tested(test, good))

    async def _speak(self) -> None:
        await self._say(words.speech(catalogue("kiosk", self.state.language), self.state))

    async def _say(self, sentence: str) -> bool:
        if self._voice is None:
            return False
        try:
            self._voice.stop()
            return await asyncio.to_thread(self._voice.say, sentence, self.state.language)
        except Exception:
            log.exception("saying a sentence failed")
            return False

    async def _quietly(self, act: Callable[[Any], None], what: object) -> None:
        try:
            await asyncio.to_thread(act, what)
        except Exception:
            log.exception("a task beside the screen failed")

    async def _report(self) -> None:
        while True:
            await self._tell_status()
            await asyncio.sleep(STATUS_EVERY)

    async def _tell_status(self) -> None:
        status = DeviceStatus(version=VERSION, printer=self.state.printer, detail=self._printer_detail[:200])
        try:
            await asyncio.to_thread(self._server.tell_status, status)
        except Exception:
            log.exception("telling this kiosk's status failed")


def _picture(state: m.State) -> tuple[object, ...]:
    """What the picture depends on; equal pictures are not drawn twice. The first part names the screen."""
    at = flow.shown(state)
    changing: object = at
    if isinstance(at, m.Holding):
        changing = (at.ticket, at.paper)
    elif isinstance(at, m.Issuing):
        changing = (at.press, at.patience)
    return (
        type(at),
        changing,
        state.language,
        state.large,
        state.voice,
        state.home,
        flow.stale(state),
        state.link,
        state.printer,
        state.pin_wrong,
        state.pin_locked_until,
    )
