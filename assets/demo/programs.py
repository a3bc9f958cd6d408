"""Programs that run beside each other: started, watched, started again when they end, and stopped cleanly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
STEADY = 60.0
"""Seconds after which a program counts as running well, and its next end starts again with a short pause."""
STOP_LIMIT = 10.0


class NotReadyError(Exception):
    """A program ended, or was not ready in time; the message says where to look."""


class Program:
    """One child process with its log; ``tend`` keeps it running."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._ready = ready
        self._env = {**os.environ, **(env or {})}
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE
        self._again_at: float | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        # If we are killed outright, the kernel ends the children too.
        tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*tied, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
            )
        self._started = time.monotonic()
        self._again_at = None

    def wait_ready(self, limit: float = 60.0) -> None:
        """Come back when the program is ready. Raises NotReadyError."""
        end = time.monotonic() + limit
        while not self._ready():
            if not self.alive:
                raise NotReadyError(f"{self.name} ended: {self.last_words()}\n  All it said: {self.log}")
            if time.monotonic() > end:
                raise NotReadyError(f"{self.name} is not ready after {limit:.0f} s; what it said: {self.log}")
            time.sleep(0.1)

    def tend(self) -> None:
        """Start the program again if it ended, each time after a longer pause."""
        if self.alive:
            return
        now = time.monotonic()
        if self._again_at is None:
            self._pause = FIRST_PAUSE if now - self._started > STEADY else min(LONGEST_PAUSE, self._pause * 2)
            self._again_at = now + self._pause
            again = f"starting it again in {self._pause:.0f} s ({self.log})"
            self._say(f"{self.name} ended: {self.last_words()}; {again}")
        elif now >= self._again_at:
            self.start()

    def last_words(self) -> str:
        """The last line of the program's log."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except FileNotFoundError:
            lines = []
        return lines[-1] if lines else "it said nothing"

    def stop(self) -> None:
        """Ask the program to end; insist after STOP_LIMIT seconds."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._say(f"{self.name} did not stop when asked; ending it")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def stop_all(programs: Sequence[Program]) -> None:
    """Stop what was started last first."""
    for program in reversed(programs):
        program.stop()
