"""What must hold of every drawn screen: nothing cut, nothing over another, all large and clear enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from kivy.uix.widget import Widget
from PIL import Image

from kiosk.widgets.area import Metrics
from kiosk.widgets.shapes import Code, Pressable
from kiosk.widgets.text import Words

SMALLEST_PANEL = 15.6
"""Inches: on every panel from this size up, whatever is touched measures 20 mm."""
CONTRAST = 7.0

Box = tuple[float, float, float, float]


def faults(root: Widget, metrics: Metrics) -> list[str]:
    """What is wrong with the widgets on ``root``, in sentences."""
    found: list[str] = []
    least = Metrics(metrics.width, metrics.height, SMALLEST_PANEL).mm(20) - 0.5
    texts = [child for child in root.children if isinstance(child, Words)]
    touches = [child for child in root.children if isinstance(child, Pressable)]
    codes = [child for child in root.children if isinstance(child, Code)]
    for text in texts:
        if not text.whole:
            found.append(f"{text.said!r} does not fit into {text.width:.0f} × {text.height:.0f}")
        if text.fitted.size < round(28 * metrics.unit):
            found.append(f"{text.said!r} is only {text.fitted.size} px")
        if not _inside(_ink(text), (0, 0, metrics.width, metrics.height)):
            found.append(f"{text.said!r} runs over the edge of the screen")
    for touch in touches:
        short, long = sorted((touch.width, touch.height))
        if short < least or long < metrics.target:
            found.append(f"{touch.name} is only {touch.width:.0f} × {touch.height:.0f}")
        if not _inside(_box(touch), (0, 0, metrics.width, metrics.height)):
            found.append(f"{touch.name} runs over the edge of the screen")
    shown = [(text.said, _ink(text)) for text in texts if text.said] + [
        (code.says, _box(code)) for code in codes
    ]
    for index, (first, box) in enumerate(shown):
        found.extend(
            f"{first!r} lies over {second!r}" for second, other in shown[index + 1 :] if _over(box, other)
        )
    anywhere = {"stay-anywhere"}
    firm = [touch for touch in touches if touch.name not in anywhere]
    for index, touch in enumerate(firm):
        for other in firm[index + 1 :]:
            if _over(_box(touch), _box(other)):
                found.append(f"{touch.name} lies over {other.name}")
    names = [touch.name for touch in touches]
    found.extend(f"two things are called {name}" for name in set(names) if names.count(name) > 1)
    return found


def not_foremost(root: Widget, number: str) -> list[str]:
    """Whether the person's number stands there at least twice as large as anything else."""
    texts = [child for child in root.children if isinstance(child, Words)]
    largest = max((text.fitted.size for text in texts if text.said == number), default=0)
    return [
        f"{text.said!r} of {text.fitted.size} px rivals the number of {largest} px"
        for text in texts
        if text.said != number and 2 * text.fitted.size > largest
    ]


def still_chinese(root: Widget, allowed: Sequence[str]) -> list[str]:
    """What an English screen says in Chinese, other than the ``allowed``."""
    said = [child.said for child in root.children if isinstance(child, Words)]
    return [
        f"{text!r} is not English"
        for text in said
        if any("\u3000" <= sign <= "\u9fff" or sign > "\uff00" for sign in _without(text, allowed))
    ]


def _without(text: str, parts: Sequence[str]) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text


def too_faint(root: Widget, picture: Image.Image) -> list[str]:
    """Texts whose colour stands out from what is drawn behind them by less than 7 : 1."""
    pixels = np.asarray(picture.convert("RGB"))
    scale = picture.height / root.height
    step = max(1, round(3 * scale))
    found: list[str] = []
    for text in (child for child in root.children if isinstance(child, Words) and child.said):
        left, bottom, right, top = (round(edge * scale) for edge in _box(text))
        behind = pixels[max(0, picture.height - top) : picture.height - bottom, max(0, left) : right]
        # Every third pixel tells what lies behind as well as all do.
        packed = behind[::step, ::step].reshape(-1, 3).astype(np.uint32) @ np.array(
            [65536, 256, 1], dtype=np.uint32
        )
        colours, counts = np.unique(packed, return_counts=True)
        ground = int(colours[counts.argmax()])
        ratio = _contrast(
            text.colour, ((ground >> 16) / 255, (ground >> 8 & 255) / 255, (ground & 255) / 255)
        )
        if ratio < CONTRAST:
            found.append(f"{text.said!r} has a contrast of only {ratio:.1f} : 1")
    return found


def _contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """As WCAG 2 reckons it; red, green, blue from 0 to 1."""

    def light(colour: Sequence[float]) -> float:
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def _box(widget: Widget) -> Box:
    return (widget.x, widget.y, widget.right, widget.top)


def _ink(text: Words) -> Box:
    """Where the letters of ``text`` are, without the font's own space above and below."""
    air = text.fitted.size * 0.22
    ink = text.ink
    return (ink.x, ink.y + air, ink.right_edge, ink.top_edge - air)


def _inside(box: Box, frame: Box) -> bool:
    return (
        box[0] >= frame[0] - 1
        and box[1] >= frame[1] - 1
        and box[2] <= frame[2] + 1
        and box[3] <= frame[3] + 1
    )


def _over(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[1], b[1]) > 2
