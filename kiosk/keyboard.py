"""The window's keyboard, where the scanner is one."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.window import Window

from .ports import Typed

ENTER_KEYS = (13, 271)


class Keyboard:
    """Hands keys on to ``wedge``; those that turn out to be a person's it drops: the screen has its own."""

    def __init__(self, wedge: Typed) -> None:
        self._wedge = wedge

    def listen(self) -> None:
        """From now on."""
        Window.bind(on_textinput=self._typed, on_key_down=self._key_down)

    def _typed(self, _window: object, text: str) -> None:
        for sign in text:
            self._feed(sign)

    def _key_down(self, _window: object, key: int, *_more: object) -> bool:
        if key in ENTER_KEYS:
            self._feed("\n")
        return True

    def _feed(self, sign: str) -> None:
        self._wedge.feed(sign)
        Clock.schedule_once(lambda _dt: self._wedge.flush(), self._wedge.gap * 2)
