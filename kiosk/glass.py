"""The root of all widgets: sees every finger first, and watches the corner that staff hold."""

from __future__ import annotations

import time
from collections.abc import Callable

from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget

from . import model as m

FINGER_LIMIT = 2.0
"""A finger that rests longer no longer holds back a newer picture of the same screen."""


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
