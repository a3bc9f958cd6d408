"""What is on the glass, as a file."""

from __future__ import annotations

from pathlib import Path

from kivy.core.window import Window


def take_picture(path: Path) -> None:
    """Write what is on the glass as ``path``; Kivy adds a number to names, so it is renamed.

    Raises OSError when no picture came.
    """
    written = Window.screenshot(name=str(path))
    if not written:
        raise OSError("the window gave no picture")
    Path(written).replace(path)
