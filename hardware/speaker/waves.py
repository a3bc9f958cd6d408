"""Sound as plain values: 16-bit mono PCM, joined without any library but the standard ``wave``."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .speech import PackBroken

WIDTH = 2
"""Bytes a sample: 16 bits, signed, little-endian, one channel."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of sound at ``rate`` samples a second."""

    rate: int
    pcm: bytes

    @property
    def seconds(self) -> float:
        return len(self.pcm) / (WIDTH * self.rate)

    def wav(self) -> bytes:
        """The clip as a whole WAV file."""
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(WIDTH)
            out.setframerate(self.rate)
            out.writeframes(self.pcm)
        return buffer.getvalue()


def silence(rate: int, seconds: float) -> Clip:
    return Clip(rate, bytes(WIDTH * round(rate * seconds)))


def join(rate: int, clips: Iterable[Clip]) -> Clip:
    """The clips one after another; each must already have ``rate``."""
    pieces = list(clips)
    wrong = {clip.rate for clip in pieces} - {rate}
    if wrong:
        raise ValueError(f"clips of {sorted(wrong)} Hz cannot join a sound of {rate} Hz")
    return Clip(rate, b"".join(clip.pcm for clip in pieces))


def read_wav(source: Path | bytes, name: str = "") -> Clip:
    """The clip in a WAV file or in a WAV file's bytes; raises PackBroken unless it is 16-bit mono PCM."""
    name = name or (source.name if isinstance(source, Path) else "sound")
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "rb") as sound:
            if sound.getnchannels() != 1 or sound.getsampwidth() != WIDTH:
                raise PackBroken(
                    f"{name} has {sound.getnchannels()} channels of {8 * sound.getsampwidth()} bits: "
                    "save it as 16-bit mono WAV"
                )
            return Clip(sound.getframerate(), sound.readframes(sound.getnframes()))
    except FileNotFoundError as error:
        raise PackBroken(f"{name} is named in the manifest and is not there") from error
    except (wave.Error, EOFError, OSError) as error:
        raise PackBroken(f"{name} is not a readable WAV file: {error}") from error
