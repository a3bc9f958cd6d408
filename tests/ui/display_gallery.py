"""Draws every state of the display: ``python -m tests.ui.display_gallery OUT [WIDTHxHEIGHT …]``.

Each size runs in a process of its own, without any screen (SDL's offscreen driver).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SIZES = ("1920x1080", "1080x1920", "1280x720")


def draw_all(out: Path, width: int, height: int, names: list[str]) -> None:
    from display.window import prepare

    prepare(width, height, fullscreen=False)
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from display.app import write_picture
    from display.draw import draw
    from display.layout import layout
    from display.screen import BoardScreen
    from tests.ui.display_states import STATES

    EventLoop.ensure_window()
    screen = BoardScreen()
    Window.add_widget(screen)
    place = layout(width, height)
    for name in names or list(STATES):
        screen.show(draw(STATES[name](place), place))
        EventLoop.idle()
        EventLoop.idle()
        write_picture(out / f"{width}x{height}-{name}.png")


def main() -> int:
    out = Path(sys.argv[1])
    if os.environ.get("LIQU_GALLERY"):
        width, height = map(int, os.environ["LIQU_GALLERY"].split("x"))
        draw_all(out, width, height, sys.argv[2:])
        return 0
    names = [word for word in sys.argv[2:] if word[0].isalpha()]
    for size in [word for word in sys.argv[2:] if word[0].isdigit()] or SIZES:
        subprocess.run(
            [sys.executable, "-m", "tests.ui.display_gallery", str(out), *names],
            env=os.environ | {"LIQU_GALLERY": size, "SDL_VIDEODRIVER": "offscreen"},
            check=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
