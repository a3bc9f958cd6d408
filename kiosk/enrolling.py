"""The Kivy application of a kiosk that has no hall: it pairs, or says that it was stopped. Serves nobody."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from server.device.pairing import Asking, Showing, Stage
from server.protocol.places import tokens

from . import flow
from . import model as m
from .glass import Glass
from .screens import enrolling, staff
from .screens.enrolling import Enrolment
from .widgets.area import Metrics
from .widgets.pen import Pen

log = logging.getLogger(__name__)

TICK = 0.1
ZONE = ZoneInfo("Asia/Shanghai")


class EnrolApp(App):
    """``pair`` begins the pairing; the staff corner leads to it where this kiosk was stopped."""

    def __init__(
        self,
        *,
        rules: m.Rules,
        metrics: Metrics,
        server: str,
        stopped: bool,
        pair: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._metrics = metrics
        self._server = server
        self._stopped = stopped
        self._pair = pair
        self._clock = clock
        self._picture: object = None
        self._stage: Stage | None = None if stopped else Asking()
        now = clock()
        self.state = m.State(
            replace(rules, language="zh"), touched_at=now, heard_at=now, screen_since=now - 1
        )
        self.glass = Glass(self.feed, corner=max(metrics.target, 120 * metrics.unit))

    def build(self) -> Widget:
        Window.clearcolor = get_color_from_hex(tokens()["colour"]["ground"])
        Window.bind(on_request_close=lambda *_: True, on_keyboard=lambda *_: True)
        self.glass.size = (self._metrics.width, self._metrics.height)
        self.redraw()
        return self.glass

    def on_start(self) -> None:
        Clock.schedule_interval(lambda _dt: self.feed(m.Tick()), TICK)
        if not self._stopped:
            self._pair()

    def open_settings(self, *_args: object) -> bool:
        return False

    def show(self, stage: Stage) -> None:
        """What the pairing has come to; on the loop."""
        self._stage = stage
        self.redraw()

    @property
    def settled(self) -> bool:
        """Whether the screen stands long enough for touches to count."""
        return self._clock() - self.state.screen_since >= self.state.rules.settle

    def feed(self, event: m.Input) -> None:
        """The staff corner's rules are the kiosk's own; beside them there is only the wish to pair."""
        if event == m.RetryTouched() and isinstance(self.state.screen, m.StaffMenu):
            self.state = replace(self.state, screen=m.Home(), screen_since=self._clock())
            self._stage = Asking()
            self._pair()
        else:
            self.state, effects = flow.step(self.state, event, self._clock())
            if any(isinstance(effect, m.Close) for effect in effects):
                self.stop()
        self.redraw()

    def redraw(self) -> None:
        now = self._clock()
        state = self.state
        left = self._stage.left(now) if isinstance(self._stage, Showing) else 0
        at = Enrolment(self._stage, left, self._server)
        picture = (type(state.screen), state.screen, at, state.pin_wrong, state.pin_locked_until)
        if picture == self._picture or self.glass.touched(now):
            return  # nothing new, or a finger rests on it: the next tick draws it
        self._picture = picture
        self.glass.clear_widgets()
        pen = Pen(self.glass, self._metrics, "zh", self.feed)
        wall = datetime.now(UTC).astimezone(ZONE)
        match state.screen:
            case m.StaffSignIn():
                staff.sign_in(pen, state, state.screen, wall, now)
            case m.StaffMenu():
                enrolling.technician(pen, pairing=self._stage is not None)
            case m.Closing():
                staff.closing(pen, state, wall)
            case _:
                enrolling.draw(pen, at)


class Pairer:
    """Begins the pairing, and begins it again: a newer code takes the place of the one before."""

    def __init__(self, pair: Callable[[], asyncio.Future[None]]) -> None:
        self._begin = pair
        self._task: asyncio.Future[None] | None = None

    def __call__(self) -> None:
        self.stop()
        self._task = self._begin()

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
