"""What must hold of every drawn screen: nothing cut, nothing over another, everything large enough."""

from __future__ import annotations

from kivy.uix.widget import Widget

from kiosk.widgets.area import Metrics
from kiosk.widgets.shapes import Code, Pressable
from kiosk.widgets.text import Words

Box = tuple[float, float, float, float]


def faults(root: Widget, metrics: Metrics) -> list[str]:
    """What is wrong with the widgets on ``root``, in sentences."""
    found: list[str] = []
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
        if (
            min(touch.width, touch.height) < metrics.target * 0.72
            or max(touch.width, touch.height) < metrics.target
        ):
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
