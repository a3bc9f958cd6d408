"""Where sound comes out: through a program of the system, through Kivy's mixer, or into a folder.

A player blocks until the sound has ended and is used by one thread at a time; ``stop`` may come from any.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any, Protocol

from .speech import NoSound, NoVoice
from .waves import Clip

GRACE = 2.5
"""Seconds past its own length that a sound may take to end before the device counts as missing."""
PROGRAMS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))


class Player(Protocol):
    def play(self, clip: Clip) -> None:
        """Play ``clip`` and return at its end; raises NoSound when the device does not play it in time."""
        ...

    def stop(self) -> None: ...


class CommandPlayer:
    """Plays through the first of the system's playing programs that is installed."""

    def __init__(self, programs: tuple[tuple[str, ...], ...] = PROGRAMS) -> None:
        found = next((program for program in programs if shutil.which(program[0])), None)
        if found is None:
            names = ", ".join(program[0] for program in programs)
            raise NoVoice(
                f"none of {names} is installed: apt-get install alsa-utils, or use the player 'kivy'"
            )
        self._program = found
        self._playing: subprocess.Popen[bytes] | None = None

    def play(self, clip: Clip) -> None:
        with tempfile.TemporaryDirectory(prefix="liqu-voice-") as folder:
            path = Path(folder) / "say.wav"
            path.write_bytes(clip.wav())
            try:
                self._playing = subprocess.Popen(  # noqa: S603 - one of the fixed programs above
                    [*self._program, str(path)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                code = self._playing.wait(clip.seconds + GRACE)
            except OSError as error:
                raise NoSound(f"{self._program[0]} did not start: {error}") from error
            except subprocess.TimeoutExpired as error:
                self.stop()
                raise NoSound(
                    f"{self._program[0]} did not finish in time: is the sound device there?"
                ) from error
            finally:
                self._playing = None
            if code > 0:
                raise NoSound(f"{self._program[0]} ended with code {code}: is the sound device there?")

    def stop(self) -> None:
        playing = self._playing
        if playing is not None:
            playing.kill()
            playing.wait()


class KivyPlayer:
    """Plays through Kivy's mixer. For an app whose Kivy loop runs in another thread than the speaking one."""

    def __init__(self) -> None:
        try:
            from kivy.clock import Clock
            from kivy.core.audio import SoundLoader
        except ImportError as error:
            raise NoVoice("Kivy is not installed: install the extra 'display' or 'kiosk'") from error
        self._clock: Any = Clock
        self._loader: Any = SoundLoader
        self._sound: Any = None
        self._ended = threading.Event()

    def play(self, clip: Clip) -> None:
        with tempfile.TemporaryDirectory(prefix="liqu-voice-") as folder:
            path = Path(folder) / "say.wav"
            path.write_bytes(clip.wav())
            self._ended.clear()
            refused = threading.Event()

            def start(_: float) -> None:
                self._sound = self._loader.load(str(path))
                if self._sound is None:
                    refused.set()
                    self._ended.set()
                    return
                self._sound.bind(on_stop=lambda *_: self._ended.set())
                self._sound.play()

            self._clock.schedule_once(start, 0)
            # Without a sound device Kivy never says that a sound has ended: the length is the deadline.
            heard = self._ended.wait(clip.seconds + GRACE)
            self._clock.schedule_once(self._unload, 0)
            if refused.is_set() or not heard:
                raise NoSound("the sound did not play to its end: is the sound device there?")

    def _unload(self, _: float) -> None:
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.stop()
            sound.unload()

    def stop(self) -> None:
        self._ended.set()


class FolderPlayer:
    """Writes each sound as ``0001.wav``, ``0002.wav`` … into ``folder``, at once; the last ``keep`` stay."""

    def __init__(self, folder: Path, keep: int = 200) -> None:
        self._folder = folder
        self._keep = keep
        folder.mkdir(parents=True, exist_ok=True)
        self._count = max(
            (int(path.stem) for path in folder.glob("[0-9]*.wav") if path.stem.isdigit()), default=0
        )

    def play(self, clip: Clip) -> None:
        self._count += 1
        try:
            (self._folder / f"{self._count:04}.wav").write_bytes(clip.wav())
            (self._folder / f"{self._count - self._keep:04}.wav").unlink(missing_ok=True)
        except OSError as error:
            raise NoSound(f"{self._folder} cannot be written: {error}") from error

    def stop(self) -> None:
        """What is written is written."""
