"""What the display knows and how it goes on: frames come in, moments pass, scenes and announcements come out.

Everything here runs in one thread; nothing blocks. The newest frame waits in a slot until the next moment:
older ones not yet looked at are let go, since every view is whole and carries its last two minutes of calls.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import ValidationError

from server.protocol.views import Board, Call, CounterPanel

from .announcer import Announcement
from .link import Link, Now, broke, heard, link_state, opened, told_time
from .panel import PanelScene, panel_scene
from .scene import FullScene, Room, Scene, scene
from .stage import FRESH, Memory, advance, hear, is_new
from .wording import call_sentence

log = logging.getLogger(__name__)

AnyScene = Scene | PanelScene | FullScene


class Voice(Protocol):
    """The announcer as the watch uses it."""

    def say(self, announcement: Announcement) -> None: ...
    def is_saying(self, announcement_id: str) -> bool: ...
    def hush(self) -> None: ...
    def tick(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """One moment's outcome."""

    scene: AnyScene
    now: Now


class Watch:
    """Keeps watch for one screen: of the hall, or of the window ``counter``."""

    def __init__(self, voice: Voice, clock: Callable[[], Now], counter: str = "") -> None:
        self._voice = voice
        self._clock = clock
        self._counter = counter
        self._memory = Memory()
        self._view: Board | CounterPanel | None = None
        self._slot: dict[str, Any] | None = None
        self._link = Link(since=clock().ticks)
        self._said_lost = False
        self._emergency = False
        self.wake: Callable[[], None] = lambda: None
        """Called when there is something new to look at."""

    def on_open(self, server_at: datetime | None) -> None:
        """The server answered, at ``server_at`` where it told its time.

        What is shown counts as live again only with the first frame.
        """
        if server_at is not None:
            self._link = told_time(self._link, server_at, self._clock())

    def on_frame(self, view: dict[str, Any]) -> None:
        now = self._clock()
        self._slot = view
        self._link = heard(self._link, now) if self._link.connected else opened(self._link, now)
        self.wake()

    def on_heartbeat(self, at: datetime) -> None:
        now = self._clock()
        self._link = told_time(heard(self._link, now), at, now)

    def on_broke(self) -> None:
        self._link = broke(self._link, self._clock())

    @property
    def heard(self) -> datetime | None:
        """The last sign of life of the server, in the hall's time."""
        now = self._clock()
        if self._link.heard is None:
            return None
        return self._link.time(now) - timedelta(seconds=now.ticks - self._link.heard)

    @property
    def calling(self) -> bool:
        """A call is on the stage for people to see."""
        shown = self._memory.shown
        return bool(self._memory.waiting) or (shown is not None and is_new(shown, self._clock().ticks))

    def look(self, room: Room) -> Seen:
        """Lets time pass to now and answers what to show; starts what is to be said."""
        now = self._clock()
        self._take_in(now)
        self._log_link(now)
        self._go_on(now)
        self._voice.tick()
        return Seen(self._scene(now, room), now)

    def _take_in(self, now: Now) -> None:
        view, self._slot = self._slot, None
        if view is None:
            return
        try:
            parsed = CounterPanel.model_validate(view) if self._counter else Board.model_validate(view)
        except ValidationError as error:
            log.error("a frame could not be read and was left out: %s", error)
            return
        self._view = parsed
        self._memory = hear(self._memory, parsed.calls, self._link.time(now))

    def _go_on(self, now: Now) -> None:
        emergency = self._view is not None and self._view.hall.emergency is not None
        if emergency and not self._emergency:
            self._voice.hush()
        self._emergency = emergency
        if emergency:
            return
        before = self._memory.shown
        speaking = before is not None and self._voice.is_saying(before.call.id)
        self._memory = advance(self._memory, self._link.time(now), now.ticks, speaking=speaking)
        shown = self._memory.shown
        if shown is not None and (before is None or before.call.id != shown.call.id):
            self._announce(shown.call, shown.times, now)

    def _announce(self, call: Call, times: int, now: Now) -> None:
        left = (FRESH - (self._link.time(now) - call.at)).total_seconds()
        self._voice.say(Announcement(call.id, call_sentence(call), call.language, times, now.ticks + left))

    def _scene(self, now: Now, room: Room) -> AnyScene:
        if self._counter:
            panel = self._view if isinstance(self._view, CounterPanel) else None
            return panel_scene(self._memory, panel, self._link, now)
        board = self._view if isinstance(self._view, Board) else None
        return scene(self._memory, board, self._link, now, room)

    def _log_link(self, now: Now) -> None:
        lost = link_state(self._link, now) == "lost"
        if lost and not self._said_lost:
            log.warning("link lost")
        elif self._said_lost and not lost:
            log.info("link back")
        self._said_lost = lost
