"""A screen for a program: the machine's own, or a virtual one of a given size."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from dataclasses import dataclass


class NoScreenError(Exception):
    """There is no screen, and no virtual one could be made; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Screen:
    """An X display such as ``:3``; ``virtual`` ends with ``close``."""

    display: str
    server: subprocess.Popen[bytes] | None = None

    @property
    def virtual(self) -> bool:
        return self.server is not None

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to show itself here, and only here."""
        here = {"DISPLAY": self.display, "WAYLAND_DISPLAY": "", "SDL_VIDEODRIVER": "x11"}
        return {**here, "SDL_AUDIODRIVER": "dummy"} if self.virtual else {**here}

    def close(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait()


def own_screen() -> Screen | None:
    """The machine's screen, if this session has one."""
    display = os.environ.get("DISPLAY")
    return Screen(display) if display else None


def virtual_screen(width: int, height: int, *, limit: float = 20.0) -> Screen:
    """A new virtual screen; its number is one that was free. Raises NoScreenError."""
    if not shutil.which("Xvfb"):
        raise NoScreenError("there is no screen and no Xvfb: run 'make setup'")
    told, tells = os.pipe()
    try:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(tells), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
            pass_fds=[tells],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    finally:
        os.close(tells)
    with os.fdopen(told, "rb") as answer:
        readable, _, _ = select.select([answer], [], [], limit)
        number = answer.readline().strip().decode() if readable else ""
    if not number:
        server.kill()
        raise NoScreenError("Xvfb gave no screen: see whether /tmp/.X11-unix can be written")
    return Screen(f":{number}", server)
