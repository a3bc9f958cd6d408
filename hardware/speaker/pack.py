"""A voice pack: a folder of WAV clips by language, and ``manifest.json`` that says which words each speaks.

    {"version": 1, "rate": 22050, "chime": "chime.wav",
     "gap": {"zh": 0.03, "en": 0.06}, "between": 0.8,
     "pauses": {"，": 0.2},
     "clips": {"zh": {"请": "zh/qing.wav", "A": "zh/A.wav", "号窗口办理": "…"}, "en": {"ticket": "…"}}}

A sentence is spoken by the longest clips that cover it, so a hall may record one word, a whole phrase or
both, and reword the sentence by recording its new words. All clips are 16-bit mono of one rate.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .speech import Language, MissingClip, PackBroken
from .waves import Clip, join, read_wav, silence

VERSION = 1
PAUSES = {"，": 0.16, ",": 0.16, "、": 0.12, "；": 0.25, ";": 0.25, "。": 0.3, ".": 0.3, "！": 0.3, "!": 0.3}
"""Seconds of silence that a sign stands for, unless the manifest says otherwise."""


class Manifest(BaseModel):
    """``manifest.json`` as it is read; unknown fields are let be, so that a newer pack still speaks."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int
    rate: Annotated[int, Field(ge=8000, le=48000)]
    chime: str | None = None
    gap: dict[str, float] = {}
    between: Annotated[float, Field(ge=0, le=5)] = 0.8
    """Seconds between two sayings of the same sentence."""
    pauses: dict[str, float] = {}
    clips: dict[Language, dict[str, str]]


class VoicePack:
    """Speaks with the clips of ``folder``; raises PackBroken at once when the manifest cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            text = (folder / "manifest.json").read_text(encoding="utf-8")
            self.manifest = Manifest.model_validate(json.loads(text))
        except OSError as error:
            raise PackBroken(f"no voice pack at {folder}: run 'make setup', or correct the path") from error
        except (ValueError, ValidationError) as error:
            raise PackBroken(f"{folder / 'manifest.json'} cannot be used: {error}") from error
        if self.manifest.version != VERSION:
            raise PackBroken(
                f"{folder} is a voice pack of version {self.manifest.version}; this speaks {VERSION}"
            )
        self.rate = self.manifest.rate
        self.between = self.manifest.between
        self._pauses = PAUSES | self.manifest.pauses
        self._read: dict[str, Clip] = {}

    def chime(self) -> Clip | None:
        """The pack's own chime; None where it brings none."""
        return self._clip(self.manifest.chime) if self.manifest.chime else None

    def render(self, text: str, language: Language) -> Clip:
        """``text`` as one sound; raises MissingClip naming the first piece that no clip speaks."""
        files = {fold(words, language): name for words, name in self.manifest.clips.get(language, {}).items()}
        gap = silence(self.rate, self.manifest.gap.get(language, 0.04))
        sounds: list[Clip] = []
        for piece in split(text, language, tuple(files), self._pauses):
            if piece in files:
                sounds += [self._clip(files[piece]), gap]
            else:
                sounds.append(silence(self.rate, self._pauses[piece]))
        return join(self.rate, sounds)

    def faults(self) -> tuple[str, ...]:
        """Every clip that the manifest names and that cannot be used, each with its reason."""
        names = [name for clips in self.manifest.clips.values() for name in clips.values()]
        found: list[str] = []
        for name in dict.fromkeys([*([self.manifest.chime] if self.manifest.chime else []), *names]):
            try:
                self._clip(name)
            except PackBroken as error:
                found.append(str(error))
        return tuple(found)

    def _clip(self, name: str) -> Clip:
        if name not in self._read:
            path = (self.folder / name).resolve()
            if not path.is_relative_to(self.folder.resolve()):
                raise PackBroken(f"{name} lies outside the voice pack")
            clip = read_wav(path, name)
            if clip.rate != self.rate:
                raise PackBroken(
                    f"{name} has {clip.rate} Hz and the pack {self.rate} Hz: save all clips alike"
                )
            self._read[name] = clip
        return self._read[name]


def fold(words: str, language: Language) -> str:
    """The words as they are compared: English without regard to case."""
    return words.lower() if language == "en" else words


def split(text: str, language: Language, clips: tuple[str, ...], pauses: dict[str, float]) -> tuple[str, ...]:
    """``text`` cut into clips (the longest that fits first) and signs that pause; English only at word ends.

    Raises MissingClip naming the first stretch that neither speaks.
    """
    folded = fold(text, language)
    longest_first = sorted(clips, key=len, reverse=True)
    pieces: list[str] = []
    at = 0
    while at < len(folded):
        piece = next((clip for clip in longest_first if _fits(folded, at, clip, language)), None)
        if piece is None and folded[at] in pauses:
            piece = folded[at]
        if piece is not None:
            pieces.append(piece)
            at += len(piece)
        elif folded[at].isspace():
            at += 1
        else:
            raise MissingClip(language, _stretch(text, at, language, longest_first, pauses))
    return tuple(pieces)


def _fits(text: str, at: int, clip: str, language: Language) -> bool:
    if not clip or not text.startswith(clip, at):
        return False
    end = at + len(clip)
    inside = (at > 0 and text[at - 1].isalnum()) or (end < len(text) and text[end].isalnum())
    return language == "zh" or not inside


def _stretch(text: str, at: int, language: Language, clips: list[str], pauses: dict[str, float]) -> str:
    """The text from ``at`` to the next sign, space or (in Chinese) clip."""
    folded = fold(text, language)
    end = at + 1
    while end < len(folded) and not (
        folded[end] in pauses
        or folded[end].isspace()
        or any(_fits(folded, end, clip, language) for clip in clips)
    ):
        end += 1
    return text[at:end]
