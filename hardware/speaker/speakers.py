"""The speakers: a voice that makes sound with a player that lets it out, and one that only remembers."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from .chime import chime as made_chime
from .players import Player
from .speech import Language, Said
from .waves import Clip, join, silence

AFTER_CHIME = 0.15
"""Seconds of quiet between the chime and the words."""
REMEMBERED = 200


class Voice(Protocol):
    """Makes sound of words. ``rate`` is its samples a second, ``between`` the quiet between two sayings."""

    @property
    def rate(self) -> int: ...

    @property
    def between(self) -> float: ...

    def chime(self) -> Clip | None:
        """The voice's own chime; None for the one that is made."""
        ...

    def render(self, text: str, language: Language) -> Clip: ...


class SpokenSpeaker:
    """Says with ``voice`` through ``player``; what comes meanwhile waits its turn."""

    def __init__(self, voice: Voice, player: Player) -> None:
        self._voice = voice
        self._player = player
        self._turn = threading.Lock()
        self._chime: Clip | None = None

    def say(self, text: str, language: Language, *, chime: bool = False, times: int = 1) -> Said:
        sound = self._compose(text, language, chime, times)
        with self._turn:
            self._player.play(sound)
        return Said(text, language, times, sound.seconds)

    def stop(self) -> None:
        self._player.stop()

    def _compose(self, text: str, language: Language, chime: bool, times: int) -> Clip:
        """The whole saying as one sound, so that nothing can come between its parts."""
        voice = self._voice
        words = voice.render(text, language)
        sounds: list[Clip] = []
        if chime:
            self._chime = self._chime or voice.chime() or made_chime(voice.rate)
            sounds += [self._chime, silence(voice.rate, AFTER_CHIME)]
        for turn in range(times):
            sounds += [silence(voice.rate, voice.between), words] if turn else [words]
        return join(voice.rate, sounds)


class SilentSpeaker:
    """Says nothing and remembers what it was asked to say (the last ``REMEMBERED``)."""

    def __init__(self) -> None:
        self._said: deque[Said] = deque(maxlen=REMEMBERED)

    @property
    def said(self) -> tuple[Said, ...]:
        return tuple(self._said)

    def say(self, text: str, language: Language, *, chime: bool = False, times: int = 1) -> Said:
        said = Said(text, language, times, 0.0)
        self._said.append(said)
        return said

    def stop(self) -> None:
        """There is nothing to cut."""
