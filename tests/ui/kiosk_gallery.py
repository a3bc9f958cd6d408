"""Every screen of the kiosk as a picture: ``python -m tests.ui.kiosk_gallery OUT [WORD…]``.

Portrait and landscape, Chinese and English, normal and large text. Without an X server it draws with
``SDL_VIDEODRIVER=offscreen``; the pictures are the same. WORDs keep only names that hold one of them.
``--faults FILE [WORD…]`` draws no pictures, but writes what is wrong with each screen as JSON
``{name: [sentence, …]}``; with ``--share 2/3`` of every third screen only, from the second on.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import alone as a
from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import STATES, WALL, Shape, shapes

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL = 0.25
"""Of a drawing that nobody looks at: much quicker, and it shows as well what lies behind texts."""
RUBBISH = 50
"""Drawings after which what is left of them is thrown away."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kiosk_gallery")
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--share", default="1/1")
    parser.add_argument("words", nargs="*")
    given = parser.parse_args(arguments)
    out = None if given.faults else Path(given.words.pop(0))
    if out:
        out.mkdir(parents=True, exist_ok=True)
    prepare()
    wrong: dict[str, list[str]] = {}
    first, step = (int(part) for part in given.share.split("/"))
    # Looking for rubbish among all that was imported took longer than drawing: now and then is enough.
    gc.freeze()
    gc.disable()
    for count, (title, state, shape) in enumerate(islice(screens(), first - 1, None, step)):
        if given.words and not any(word in title for word in given.words):
            continue
        if count % RUBBISH == 0:
            gc.collect()
        wrong[title], image = draw(state, shape, scale=1.0 if out else SMALL)
        if out:
            image.save(out / f"{title}.png")
        for fault in wrong[title]:
            print(f"{title}: {fault}")
    if given.faults:
        given.faults.write_text(json.dumps(wrong, ensure_ascii=False), encoding="utf-8")
    return 1 if any(wrong.values()) else 0


def screens() -> Iterator[tuple[str, m.State, Shape]]:
    """Every state in every shape, with a name."""
    for shape in shapes():
        for name, state in STATES.items():
            yield f"{name}-{shape.name}", replace(state, language=shape.language, large=shape.large), shape


def prepare(width: int = 1920, height: int = 1920) -> None:
    """Set Kivy up, on the X server if there is one; call before anything imports its window."""
    if "DISPLAY" not in os.environ:
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    from kiosk import window
    from kiosk.config import ScreenPart

    window.prepare(ScreenPart(width, height, 32.0, fullscreen=False))
    os.environ["KIVY_LOG_MODE"] = "PYTHON"


def draw(state: m.State, shape: Shape, scale: float = 1.0) -> tuple[list[str], Image]:
    """What is wrong with the drawing of ``state``, in sentences; and the drawing, by ``scale`` as large."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics import Color, Fbo, Rectangle, Scale
    from kivy.uix.widget import Widget
    from PIL import Image, ImageOps

    from kiosk.screens.draw import draw
    from kiosk.widgets.area import Metrics
    from kiosk.widgets.pen import Pen
    from tests.ui.kiosk_checks import faults, not_foremost, still_chinese, too_faint

    EventLoop.ensure_window()
    metrics = Metrics(shape.width, shape.height, 32.0, large=shape.large)
    root = Widget(size=(shape.width, shape.height))
    pen = Pen(root, metrics, shape.language, lambda _touch: None, visits.glimpse)
    draw(pen, state, wall=WALL, now=1000.0, new_key=lambda: "k")
    size = (round(shape.width * scale), round(shape.height * scale))
    fbo = Fbo(size=size, with_stencilbuffer=True)
    with fbo:
        Scale(scale, scale, 1)
        Color(*pen.colour("ground"))
        Rectangle(size=(shape.width, shape.height))
    fbo.add(root.canvas)
    Window.canvas.ask_update()
    fbo.draw()
    image = ImageOps.flip(Image.frombytes("RGBA", fbo.size, fbo.pixels)).convert("RGB")
    found = [*faults(root, metrics), *too_faint(root, image)]
    if isinstance(state.screen, m.Holding):
        found += not_foremost(root, state.screen.ticket.number)
    if shape.language == "en":
        found += still_chinese(root, said_by_others(state))
    return found, image


def said_by_others(state: m.State) -> list[str]:
    """Chinese that belongs on an English screen: the way back to it, and what the server says."""
    emergency = state.home.hall.emergency if state.home else None
    refused = [state.screen.title, state.screen.detail] if isinstance(state.screen, m.Refused) else []
    screen = state.screen
    why = [screen.why] if isinstance(screen, v.Arrived | v.Basket) and screen.why else []
    one = screen.view.appointment if isinstance(screen, v.Arrived) else None
    who = [one.who] if one else []
    who += [screen.listed.who] if isinstance(screen, a.ArrivedAlone) and screen.listed else []
    who += said_coming_back(screen)
    return ["中文", *([emergency.zh] if emergency else []), *filter(None, refused), *why, *who]


def said_coming_back(screen: m.Screen) -> list[str]:
    """Names are masked in the script they are written in; a fault is told as the laboratory wrote it."""
    match screen:
        case c.Collecting() | c.Certificates():
            return [screen.view.who]
        case c.Following():
            return [screen.view.who, *(one.fault for one in screen.view.questions)]
        case c.Downloading():
            return [screen.why] if screen.why else []
        case c.Printing():
            return [part for part in (screen.title, screen.why) if part]
        case _:
            return []


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
