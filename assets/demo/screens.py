"""A screen for a program: the machine's own, or a virtual one of a given size, and what it shows."""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from PIL import Image


class NoScreenError(Exception):
    """There is no screen, and no virtual one could be made; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Screen:
    """An X display such as ``:3``; ``virtual`` ends with ``close``."""

    display: str
    server: subprocess.Popen[bytes] | None = None
    memory: Path | None = None
    """Folder of the virtual screen's picture memory."""

    @property
    def virtual(self) -> bool:
        return self.server is not None

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to show itself here, and only here."""
        here = {"DISPLAY": self.display, "WAYLAND_DISPLAY": "", "SDL_VIDEODRIVER": "x11"}
        return {**here, "SDL_AUDIODRIVER": "dummy"} if self.virtual else {**here}

    def picture(self) -> Image.Image:
        """What a virtual screen shows now. Raises NoScreenError for the machine's own screen."""
        if self.memory is None:
            raise NoScreenError("only a virtual screen gives pictures of itself")
        return picture_of(self.memory)

    def close(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait()


def own_screen() -> Screen | None:
    """The machine's screen, if this session has one."""
    display = os.environ.get("DISPLAY")
    return Screen(display) if display else None


def virtual_screen(width: int, height: int, memory: Path, *, limit: float = 20.0) -> Screen:
    """A new virtual screen that keeps its picture in the folder ``memory``; its number is one that was free.

    Raises NoScreenError.
    """
    if not shutil.which("Xvfb"):
        raise NoScreenError("there is no screen and no Xvfb: run 'make setup'")
    memory.mkdir(parents=True, exist_ok=True)
    told, tells = os.pipe()
    try:
        server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(tells), "-screen", "0", f"{width}x{height}x24"),
                *("-fbdir", str(memory), "-nolisten", "tcp", "-noreset"),
            ],
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
    return Screen(f":{number}", server, memory)


def picture_of(memory: Path) -> Image.Image:
    """The picture in a virtual screen's memory, an X window dump (XWD) of 32 bits a pixel."""
    dump = (memory / "Xvfb_screen0").read_bytes()
    # XWDFile.h: 25 big-endian words; then the colour map's entries of 12 bytes, then the rows.
    header = struct.unpack(">25I", dump[:100])
    header_size, width, height, bits, row, colours = (header[i] for i in (0, 4, 5, 11, 12, 19))
    if bits != 32:
        raise NoScreenError(f"the virtual screen has {bits} bits a pixel; 32 are read here")
    start = header_size + colours * 12
    return Image.frombuffer("RGB", (width, height), dump[start : start + row * height], "raw", "BGRX", row, 1)
