"""Sets every state of the display with the real typeface and tells what does not fit, as JSON.

``python -m tests.ui.display_measure WIDTHxHEIGHT …``, without any screen (SDL's offscreen driver). Told are,
by state and size: text shrunk too far, paragraphs cut, text off the screen, and text over other text.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

SMALLEST = 0.75
"""How far a line may be shrunk to fit its place: one that needs more was given too little."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Where signs of ``text`` leave colour, in pixels from the left bottom."""

    key: str
    text: str
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Ink) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 1
            and min(self.top, other.top) - max(self.bottom, other.bottom) > 1
        )


def height_of(text: str) -> tuple[float, float]:
    """How far signs reach under and over the base line, in ems."""
    if any(sign > "⺀" for sign in text):
        return -0.1, 0.86
    return (-0.21 if set(text) & set("gjpqy,;()/") else -0.02), 0.75


def recorder() -> Any:
    """A screen that remembers where it set which text, and what it had to do to make it fit."""
    from display.screen import MIDDLE, BoardScreen

    class Recorder(BoardScreen):
        def __init__(self) -> None:
            super().__init__()
            self.ink: list[Ink] = []
            self.faults: list[str] = []
            self.key = ""

        def _make(self, group: Any, mark: Any) -> None:
            self.key = mark.key
            super()._make(group, mark)

        def _set(self, group: Any, spans: Any, box: Any, align: Any, *, level: bool = False) -> None:
            super()._set(group, spans, box, align, level=level)
            widths = [self._type.width(span.text, span.size, span.bold) for span in spans]
            scale = min(1.0, box.w / sum(widths)) if sum(widths) else 1.0
            if scale < SMALLEST:
                self.faults.append(f"{self.key}: shrunk to {scale:.2f}: {[span.text for span in spans]}")
            total = sum(widths) * scale
            x = box.x + {"left": 0.0, "center": (box.w - total) / 2, "right": box.w - total}[align]
            largest = max((span.size for span in spans), default=0.0) * scale
            for span, width in zip(spans, widths, strict=True):
                size = span.size * scale
                base = self._tall - box.y - box.h / 2 - MIDDLE * (size if level else largest)
                under, over = height_of(span.text)
                if span.text.strip():
                    self.ink.append(
                        Ink(
                            self.key, span.text, x, base + under * size, x + width * scale, base + over * size
                        )
                    )
                x += width * scale

        def _cut(self, line: Any, width: float) -> Any:
            self.faults.append(f"{self.key}: cut: {line.text}")
            return super()._cut(line, width)

    return Recorder()


def faults_of(screen: Any, width: int, height: int) -> Iterator[str]:
    yield from screen.faults
    for one in screen.ink:
        if one.left < 0 or one.bottom < 0 or one.right > width or one.top > height:
            yield f"{one.key}: off the screen: {one.text}"
    for one, other in combinations(screen.ink, 2):
        if one.key != other.key and one.meets(other):
            yield f"{one.key} over {other.key}: {one.text} · {other.text}"


def main() -> int:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    sizes = [(int(w), int(h)) for w, h in (word.split("x") for word in sys.argv[1:])]
    from display.window import prepare

    prepare(*sizes[0], fullscreen=False)
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics import InstructionGroup

    from display.draw import draw
    from display.layout import layout
    from tests.ui.display_states import STATES

    EventLoop.ensure_window()
    told: dict[str, list[str]] = {}
    for width, height in sizes:
        Window.size = (width, height)
        place = layout(width, height)
        for name, state in STATES.items():
            screen = recorder()
            screen._tall = float(height)
            picture = draw(state(place), place)
            for mark in picture.marks:
                screen._make(InstructionGroup(), mark)
            told[f"{width}x{height} {name}"] = list(faults_of(screen, width, height))
    sys.stdout.write(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
