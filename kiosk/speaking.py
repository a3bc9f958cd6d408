"""The kiosk's voice: a ``hardware.speaker`` speaker behind ``ports.Voice``."""

from __future__ import annotations

import logging

from hardware.speaker.registry import SpeakerSettings, open_speaker
from hardware.speaker.speech import Speaker
from server.protocol.words import Language

from .config import ConfigError, VoicePart

log = logging.getLogger(__name__)


class SpokenHelp:
    """Says sentences; a failure is logged once until the voice works again."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._failing = False

    @property
    def failing(self) -> bool:
        return self._failing

    def say(self, text: str, language: Language) -> bool:
        try:
            self._speaker.say(text, language)
        except Exception as error:
            if not self._failing:
                log.warning("the voice failed: %s", error)
            self._failing = True
            return False
        self._failing = False
        return True

    def stop(self) -> None:
        self._speaker.stop()


def open_voice(part: VoicePart) -> SpokenHelp:
    """The voice that ``part`` names. Raises ConfigError."""
    try:
        speaker = open_speaker(
            part.speaker, SpeakerSettings(pack=part.pack, out=part.out, player=part.player)
        )
    except Exception as error:
        raise ConfigError(f"[voice] {error}") from error
    return SpokenHelp(speaker)
