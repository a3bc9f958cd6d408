"""Speakers and players by the names that a configuration uses; a library loads when its driver is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .espeak import Espeak
from .pack import VoicePack
from .players import CommandPlayer, FolderPlayer, KivyPlayer, Player
from .speakers import SilentSpeaker, SpokenSpeaker, Voice
from .speech import Speaker


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """What a speaker is opened with.

    ``pack``: the voice pack's folder (for ``voice-pack``, and for ``file`` where given).
    ``out``: the folder that ``file`` writes into. ``player``: ``kivy`` or ``command``.
    """

    pack: Path | None = None
    out: Path | None = None
    player: str = "kivy"


PLAYERS: dict[str, Callable[[], Player]] = {"kivy": KivyPlayer, "command": CommandPlayer}


def _pack(settings: SpeakerSettings) -> VoicePack:
    if settings.pack is None:
        raise ValueError("the speaker 'voice-pack' needs the setting 'pack': the folder of the voice pack")
    return VoicePack(settings.pack)


def _player(settings: SpeakerSettings) -> Player:
    if settings.player not in PLAYERS:
        raise ValueError(f"no player {settings.player!r}: choose one of {', '.join(PLAYERS)}")
    return PLAYERS[settings.player]()


def _file(settings: SpeakerSettings) -> Speaker:
    if settings.out is None:
        raise ValueError("the speaker 'file' needs the setting 'out': the folder to write into")
    voice: Voice = _pack(settings) if settings.pack else Espeak()
    return SpokenSpeaker(voice, FolderPlayer(settings.out))


SPEAKERS: dict[str, Callable[[SpeakerSettings], Speaker]] = {
    "voice-pack": lambda settings: SpokenSpeaker(_pack(settings), _player(settings)),
    "espeak": lambda settings: SpokenSpeaker(Espeak(), _player(settings)),
    "file": _file,
    "silent": lambda settings: SilentSpeaker(),
}


def open_speaker(name: str, settings: SpeakerSettings) -> Speaker:
    """The speaker called ``name``; raises ValueError for a name or setting that is wrong, SpeakerError where
    the machine lacks something."""
    if name not in SPEAKERS:
        raise ValueError(f"no speaker {name!r}: choose one of {', '.join(SPEAKERS)}")
    return SPEAKERS[name](settings)
