"""Every screen of the kiosk as a picture: ``python -m tests.ui.kiosk_gallery OUT [WORD…]``.

Portrait and landscape, Chinese and English, normal and large text. Without an X server it draws with
``SDL_VIDEODRIVER=offscreen``; the pictures are the same. WORDs keep only names that hold one of them.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from tests.ui.kiosk_states import STATES, WALL, Shape, shapes


def main(arguments: list[str]) -> int:
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    words = arguments[1:]
    prepare_offscreen()
    wrong = 0
    for shape in shapes():
        for name, state in STATES.items():
            title = f"{name}-{shape.name}"
            if words and not any(word in title for word in words):
                continue
            for fault in picture(replace_language(state, shape), shape, out / f"{title}.png"):
                wrong += 1
                print(f"{title}: {fault}")
    return 1 if wrong else 0


def prepare_offscreen(width: int = 1920, height: int = 1920) -> None:
    """Set Kivy up without a screen; call before anything imports its window."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    from kiosk.config import ScreenPart
    from kiosk.window import prepare

    prepare(ScreenPart(width, height, 32.0, fullscreen=False))
    os.environ["KIVY_LOG_MODE"] = "PYTHON"


def replace_language(state: object, shape: Shape) -> object:
    return replace(state, language=shape.language, large=shape.large)  # type: ignore[type-var]


def picture(state: object, shape: Shape, path: Path) -> list[str]:
    """Draw ``state`` and write it as ``path``; what is wrong with the drawing, in sentences."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics import Color, Fbo, Rectangle
    from kivy.uix.widget import Widget

    from kiosk import model as m
    from kiosk.screens.draw import draw
    from kiosk.widgets.area import Metrics
    from kiosk.widgets.pen import Pen
    from tests.ui.kiosk_checks import faults

    assert isinstance(state, m.State)
    EventLoop.ensure_window()
    metrics = Metrics(shape.width, shape.height, 32.0, large=shape.large)
    root = Widget(size=(shape.width, shape.height))
    pen = Pen(root, metrics, shape.language, lambda _touch: None)
    draw(pen, state, wall=WALL, now=1000.0, new_key=lambda: "k")
    found = faults(root, metrics)
    fbo = Fbo(size=(shape.width, shape.height), with_stencilbuffer=True)
    with fbo:
        Color(*pen.colour("ground"))
        Rectangle(size=(shape.width, shape.height))
    fbo.add(root.canvas)
    Window.canvas.ask_update()
    fbo.draw()
    texture = fbo.texture
    texture.flip_vertical()
    from PIL import Image

    image = Image.frombytes("RGBA", texture.size, fbo.pixels)
    image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB").save(path)
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
