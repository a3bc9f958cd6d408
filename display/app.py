"""The Kivy app: ten times a second, and at once when a frame came, it looks and draws what changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from pydantic import TypeAdapter

from .draw import draw
from .enrolment import EnrolScene
from .layout import Layout, layout
from .scene import Room
from .screen import BoardScreen
from .watch import AnyScene

BEAT = 0.1
"""Seconds between looks: a flash may be that much late."""
PATIENCE = 5.0
"""Seconds that a script waits for a picture."""

SCENES: TypeAdapter[Any] = TypeAdapter(AnyScene | EnrolScene)


class Seen(Protocol):
    @property
    def scene(self) -> AnyScene | EnrolScene: ...


class Watch(Protocol):
    """What is to be seen now; calls ``wake`` when there is something new."""

    wake: Callable[[], None]

    def look(self, room: Room) -> Seen: ...


class DisplayApp(App):  # type: ignore[misc, unused-ignore]
    """Shows what ``watch`` sees. ``scene`` is the one on the screen."""

    title = "Liqu"

    def __init__(self, watch: Watch, **options: Any) -> None:
        super().__init__(**options)
        self._watch = watch
        self._screen: BoardScreen | None = None
        self._place: Layout | None = None
        self.scene: AnyScene | EnrolScene | None = None

    def build(self) -> BoardScreen:
        self._screen = BoardScreen()
        Window.bind(on_request_close=lambda *_, **__: False)
        return self._screen

    def on_start(self) -> None:
        self._watch.wake = Clock.create_trigger(self.look)
        self.look()
        Clock.schedule_interval(self.look, BEAT)

    def open_settings(self, *_: object) -> bool:
        return False

    def look(self, *_: object) -> None:
        """Shows what is to be shown now; draws only what changed."""
        if self._screen is None:
            return
        width, height = int(Window.width), int(Window.height)
        if self._place is None or (self._place.screen.w, self._place.screen.h) != (width, height):
            self._place = layout(width, height)
            self.scene = None
        seen = self._watch.look(self._place.room).scene
        if seen != self.scene:
            self.scene = seen
            self._screen.show(draw(seen, self._place))

    def scene_json(self) -> bytes:
        return bytes(SCENES.dump_json(self.scene))

    def screenshot(self, path: Path) -> None:
        """Writes a picture of the window, asked from another thread; raises OSError or TimeoutError."""
        done = threading.Event()
        fault: list[OSError] = []

        def take(_: float) -> None:
            try:
                write_picture(path)
            except OSError as error:
                fault.append(error)
            done.set()

        Clock.schedule_once(take, 2 / 20)
        if not done.wait(PATIENCE):
            raise TimeoutError("the screen did not answer")
        if fault:
            raise fault[0]


def write_picture(path: Path) -> None:
    """The window's pixels as a PNG at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = Window.screenshot(name=str(path.with_suffix("")) + ".png")
    if written is None:
        raise OSError("the window gave no picture")
    Path(written).replace(path)
