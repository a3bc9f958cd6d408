"""Kivy made safe for a public screen, before its first import.

Every default input provider goes: ``probesysfs`` doubles touches and takes scanners for touch panels. The
window's own provider (``mouse``) brings fingers and mice alike. No key, no menu and no signal of the window
manager leaves the application.
"""

from __future__ import annotations

import os

from .config import ScreenPart


def prepare(screen: ScreenPart) -> None:
    """Set Kivy up; call before importing anything that imports Kivy's window."""
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_NO_CONFIG", "1")
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    # SDL would take a signal to end for a wish to close the window, which nobody may.
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")
    # One px of ours is one px of the screen: sizes come from the configured diagonal, not from X.
    os.environ.setdefault("KIVY_METRICS_DENSITY", "1")
    os.environ.setdefault("KIVY_DPI", "96")
    from kivy.config import Config

    for provider in list(Config["input"]):
        Config.remove_option("input", provider)
    settings = {
        "kivy": {"exit_on_escape": "0", "keyboard_mode": "", "log_level": "warning"},
        "graphics": {
            "width": str(screen.width),
            "height": str(screen.height),
            "fullscreen": "auto" if screen.fullscreen else "0",
            "borderless": "1" if screen.fullscreen else "0",
            "resizable": "0",
            "show_cursor": "0",
            "multisamples": "0",
            "maxfps": "60",
        },
        "input": {"mouse": "mouse,disable_multitouch"},
    }
    for section, options in settings.items():
        for name, value in options.items():
            Config.set(section, name, value)
