"""Every screen of a kiosk that is no hall's own, as a picture: ``python -m tests.ui.kiosk_enrolments OUT``.

``--faults FILE``: no pictures, but what is wrong with each screen as JSON ``{name: [sentence, …]}``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from server.device.keys import Identity
from server.device.pairing import Asking, Paired, Showing, Stage
from tests.ui.kiosk_gallery import prepare

if TYPE_CHECKING:
    from kivy.uix.widget import Widget
    from PIL.Image import Image

    from kiosk.widgets.area import Metrics
    from kiosk.widgets.pen import Pen

SIZES = ((1080, 1920), (1920, 1080), (1280, 720))
SERVER = "https://192.168.1.10:8443"
STAGES: dict[str, Stage | None] = {
    "pairing": Showing("40718293", 574.0),
    "pairing-unheard": Showing("40718293", 74.0, reached=False),
    "pairing-asking": Asking(),
    "pairing-unreached": Asking("unreached"),
    "pairing-busy": Asking("busy"),
    "pairing-unknown": Asking("unknown"),
    "pairing-authority": Asking("certificate", "authority"),
    "pairing-name": Asking("certificate", "name"),
    "pairing-done": Paired(Identity("main", "kiosk-1", "t")),
    "stopped": None,
}
TECHNICIAN = {"technician": False, "technician-pairing": True}
TITLES = tuple(f"{name}-{width}x{height}" for width, height in SIZES for name in (*STAGES, *TECHNICIAN))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kiosk_enrolments")
    parser.add_argument("--faults", type=Path)
    parser.add_argument("out", nargs="?", type=Path)
    given = parser.parse_args(arguments)
    prepare()
    from kiosk.screens import enrolling

    wrong: dict[str, list[str]] = {}
    for width, height in SIZES:
        drawings: dict[str, Callable[[Pen], None]] = {}
        for name, stage in STAGES.items():
            left = stage.left(0.0) if isinstance(stage, Showing) else 0
            at = enrolling.Enrolment(stage, left, SERVER)
            drawings[name] = lambda pen, at=at: enrolling.draw(pen, at)  # type: ignore[misc]
        for name, pairing in TECHNICIAN.items():
            drawings[name] = lambda pen, pairing=pairing: enrolling.technician(pen, pairing=pairing)  # type: ignore[misc]
        for name, draw in drawings.items():
            title = f"{name}-{width}x{height}"
            wrong[title], image = drawn(draw, width, height)
            if given.out:
                given.out.mkdir(parents=True, exist_ok=True)
                image.save(given.out / f"{title}.png")
            for fault in wrong[title]:
                print(f"{title}: {fault}")
    if given.faults:
        given.faults.write_text(json.dumps(wrong, ensure_ascii=False), encoding="utf-8")
    return 1 if any(wrong.values()) else 0


def drawn(draw: Callable[[Pen], None], width: int, height: int) -> tuple[list[str], Image]:
    """What is wrong with a drawing, in sentences; and the drawing."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics import Color, Fbo, Rectangle
    from kivy.uix.widget import Widget
    from PIL import Image, ImageOps

    from kiosk.widgets.area import Metrics
    from kiosk.widgets.pen import Pen

    EventLoop.ensure_window()
    metrics = Metrics(width, height, 32.0)
    root = Widget(size=(width, height))
    pen = Pen(root, metrics, "zh", lambda _touch: None)
    draw(pen)
    fbo = Fbo(size=(width, height), with_stencilbuffer=True)
    with fbo:
        Color(*pen.colour("ground"))
        Rectangle(size=(width, height))
    fbo.add(root.canvas)
    Window.canvas.ask_update()
    fbo.draw()
    image = ImageOps.flip(Image.frombytes("RGBA", fbo.size, fbo.pixels)).convert("RGB")
    return _faults(root, metrics, image), image


def _faults(root: Widget, metrics: Metrics, image: Image) -> list[str]:
    from tests.ui.kiosk_checks import faults, too_faint

    return [*faults(root, metrics), *too_faint(root, image)]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
