"""Kivy made ready for a screen that nobody touches. Import before any other part of Kivy."""

from __future__ import annotations

import os

FRAMES = 20
"""Frames a second at most: nothing on a board moves, it only changes."""


def prepare(width: int, height: int, fullscreen: bool) -> None:
    """Sets up Kivy's window without reading the user's configuration or the command line."""
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_NO_CONFIG", "1")
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    # A signal to end is the program's, not the window's.
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")
    from kivy.config import Config

    settings = {
        "width": width,
        "height": height,
        "fullscreen": "auto" if fullscreen else 0,
        "borderless": 1,
        "resizable": 0,
        "show_cursor": 0,
        "multisamples": 0,
        "maxfps": FRAMES,
        "position": "custom",
        "left": 0,
        "top": 0,
    }
    for name, value in settings.items():
        Config.set("graphics", name, value)
    Config.set("kivy", "exit_on_escape", 0)
    for name in list(Config["input"]):
        Config.remove_option("input", name)
