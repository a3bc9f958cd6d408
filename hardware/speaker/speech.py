"""What a speaker promises, and what can keep it from speaking.

SpeakerError
├── MissingClip      record the piece that is named, or correct the sentence
├── PackBroken       repair or replace the voice pack
├── NoVoice          install the program or the extra that is named
└── NoSound          connect or turn on the sound device
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: the words once, and the length of the whole sound in seconds (0 where none)."""

    text: str
    language: Language
    times: int
    seconds: float


class Speaker(Protocol):
    """One voice in one room. Calls from several threads are said one after another, never together."""

    def say(self, text: str, language: Language, *, chime: bool = False, times: int = 1) -> Said:
        """Say ``text`` ``times`` over, after a chime if asked, and return when it has been heard to the end.

        Takes at most the length of the sound and a few seconds; raises SpeakerError when it was not heard.
        """
        ...

    def stop(self) -> None:
        """Cut what is being said now, from any thread; nothing happens when all is quiet."""
        ...


class SpeakerError(Exception):
    """It was not said. The message says what is missing and who can put it right."""


class MissingClip(SpeakerError):
    """A piece of the sentence has no clip in the voice pack; ``piece`` is the text to record."""

    def __init__(self, language: Language, piece: str) -> None:
        super().__init__(
            f"the voice pack has no clip for {piece!r} in {language}: record it and name it in manifest.json"
        )
        self.language = language
        self.piece = piece


class PackBroken(SpeakerError):
    """The voice pack cannot be read as its manifest says."""


class NoVoice(SpeakerError):
    """The program or library that makes or plays the sound is not installed."""


class NoSound(SpeakerError):
    """The sound device is missing or did not finish in time."""
