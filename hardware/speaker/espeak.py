"""Speaks any sentence through the program ``espeak-ng``: for titles read aloud, where no clip is ready."""

from __future__ import annotations

import shutil
import subprocess

from .speech import Language, NoVoice
from .waves import Clip, read_wav

VOICES: dict[Language, tuple[str, ...]] = {
    "zh": ("-v", "cmn-latn-pinyin+f2", "-s", "165", "-p", "42"),
    "en": ("-v", "en-gb+f2", "-s", "150", "-p", "42"),
}
"""``cmn-latn-pinyin`` reads the common Chinese signs; plain ``cmn`` (1.51) as letters."""
LIMIT = 10.0
"""Seconds that one sentence may take to make (26 ms is usual)."""


class Espeak:
    """A voice that can say any sentence; raises NoVoice at once when the program is not installed."""

    rate = 22050
    between = 0.8

    def __init__(self, program: str = "espeak-ng") -> None:
        found = shutil.which(program)
        if found is None:
            raise NoVoice(f"{program} is not installed: apt-get install espeak-ng, or choose another speaker")
        self._program = found

    def chime(self) -> Clip | None:
        return None

    def render(self, text: str, language: Language) -> Clip:
        return speak(self._program, text, VOICES[language])


def speak(program: str, text: str, options: tuple[str, ...]) -> Clip:
    """``text`` in the voice that ``options`` choose; raises NoVoice when the program fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the program is ours to name and the text goes by its input
            [program, *options, "--stdin", "--stdout"],
            input=text.encode(),
            capture_output=True,
            timeout=LIMIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoVoice(f"espeak-ng did not speak: {error}") from error
    return read_wav(_with_length(done.stdout), "espeak-ng's sound")


def _with_length(stream: bytes) -> bytes:
    """The WAV with its true lengths: into a pipe, espeak-ng writes placeholders for both of them."""
    data = stream.find(b"data")
    if data < 0:
        raise NoVoice("espeak-ng made no sound")
    size = len(stream) - data - 8
    whole = (len(stream) - 8).to_bytes(4, "little")
    return stream[:4] + whole + stream[8 : data + 4] + size.to_bytes(4, "little") + stream[data + 8 :]
