"""The voice's queue: one announcement at a time, none spoken late, and none that can hold up the others.

The queue is a frozen value; ``step`` says what to start and what to give up. ``Announcer`` below is the
thin part that speaks in a thread of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.speaker.speech import Speaker, SpeakerError
from server.protocol.words import Language

log = logging.getLogger(__name__)

LIMIT = 20.0
"""Seconds after its start at which an announcement is given up, whatever the speaker does."""
WAITING = 8
"""Announcements that may wait; a newer one past them drops the oldest: it is the nearest to being late."""
REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Announcement:
    """``text`` to say ``times`` over in ``language``; never started after ``latest`` (ticks)."""

    id: str
    text: str
    language: Language
    times: int
    latest: float


@dataclass(frozen=True, slots=True)
class Speaking:
    announcement: Announcement
    since: float

    def is_overdue(self, ticks: float) -> bool:
        return ticks - self.since >= LIMIT


@dataclass(frozen=True, slots=True)
class VoiceQueue:
    waiting: tuple[Announcement, ...] = ()
    speaking: Speaking | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What follows at one moment: the queue after it, what to start now, and whether to cut the voice."""

    queue: VoiceQueue
    start: Announcement | None = None
    cut: bool = False


def offer(queue: VoiceQueue, announcement: Announcement) -> VoiceQueue:
    return replace(queue, waiting=(*queue.waiting, announcement)[-WAITING:])


def ended(queue: VoiceQueue, announcement_id: str) -> VoiceQueue:
    """The speaker came back from ``announcement_id``, said or not."""
    if queue.speaking is None or queue.speaking.announcement.id != announcement_id:
        return queue
    return replace(queue, speaking=None)


def step(queue: VoiceQueue, ticks: float, *, free: bool = True) -> Step:
    """Gives up the overdue, drops the late, and starts the next if all is quiet.

    ``free``: the speaker itself has come back; after one was given up it may still hang, and two voices
    must never meet.
    """
    cut = queue.speaking is not None and queue.speaking.is_overdue(ticks)
    speaking = None if cut else queue.speaking
    waiting = tuple(one for one in queue.waiting if ticks <= one.latest)
    if speaking is None and waiting and free:
        first, *rest = waiting
        return Step(VoiceQueue(tuple(rest), Speaking(first, ticks)), first, cut)
    return Step(VoiceQueue(waiting, speaking), None, cut)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of what was said: ``began`` in ticks; ``fault`` is empty when it was heard to the end."""

    id: str
    text: str
    language: Language
    times: int
    began: float
    seconds: float
    fault: str


class Announcer:
    """Speaks through ``speaker``, one at a time. A speaker that hangs costs the voice, never the screen."""

    def __init__(self, speaker: Speaker, ticks: Callable[[], float] = time.monotonic) -> None:
        self._speaker = speaker
        self._ticks = ticks
        self._queue = VoiceQueue()
        self._lock = threading.Lock()
        self._threads: tuple[threading.Thread, ...] = ()
        self._spoken: deque[Spoken] = deque(maxlen=REMEMBERED)
        self._fault = ""

    @property
    def spoken(self) -> tuple[Spoken, ...]:
        """What was said last, oldest first."""
        return tuple(self._spoken)

    @property
    def fault(self) -> str:
        """Why the last announcement was not heard; empty when it was."""
        return self._fault

    def is_saying(self, announcement_id: str) -> bool:
        queue = self._queue
        waits = any(one.id == announcement_id for one in queue.waiting)
        return waits or (queue.speaking is not None and queue.speaking.announcement.id == announcement_id)

    def say(self, announcement: Announcement) -> None:
        """Takes it in turn; returns at once."""
        with self._lock:
            self._queue = offer(self._queue, announcement)
        self.tick()

    def hush(self) -> None:
        """Cuts what is being said and forgets what waits."""
        with self._lock:
            self._queue = VoiceQueue((), self._queue.speaking)
        self._speaker.stop()

    def tick(self) -> None:
        """Call often (ten times a second): starts what is due, gives up what hangs."""
        self._threads = tuple(thread for thread in self._threads if thread.is_alive())
        with self._lock:
            done = step(self._queue, self._ticks(), free=not self._threads)
            self._queue = done.queue
        if done.cut:
            self._speaker.stop()
        if done.start is not None:
            thread = threading.Thread(target=self._speak, args=(done.start,), name="voice", daemon=True)
            self._threads = (*self._threads, thread)
            thread.start()

    def _speak(self, announcement: Announcement) -> None:
        began = self._ticks()
        seconds = 0.0
        fault = ""
        try:
            said = self._speaker.say(
                announcement.text, announcement.language, chime=True, times=announcement.times
            )
            seconds = said.seconds
        except SpeakerError as error:
            fault = str(error)
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
            log.exception("the speaker failed")
        if fault and fault != self._fault:
            log.warning("voice lost: %s", fault)
        elif self._fault and not fault:
            log.info("voice back")
        self._fault = fault
        line = Spoken(
            announcement.id,
            announcement.text,
            announcement.language,
            announcement.times,
            began,
            seconds,
            fault,
        )
        with self._lock:
            self._spoken.append(line)
            self._queue = ended(self._queue, announcement.id)
