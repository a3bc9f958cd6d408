"""From a display that has no hall yet to its picture: the code as large as it goes. Pure."""

from __future__ import annotations

from server.protocol.language import both
from server.protocol.views import Text

from .enrolment import EnrolScene
from .layout import Box, Layout
from .marks import Align, Fill, Icon, Mark, Paragraph, Picture, Span, Words
from .paint import DARK, INK, RULE, SOFT, STALE, SURFACE


def paint_enrolment(scene: EnrolScene, place: Layout) -> Picture:
    """The picture of ``scene`` in ``place``."""
    u = place.u
    box = place.screen.inset(64 * u, 56 * u)
    head = Box(box.x, box.y, box.w, 150 * u)
    foot = Box(box.x, box.y + box.h - 44 * u, box.w, 44 * u)
    body = Box(box.x, head.y + head.h + 40 * u, box.w, foot.y - head.y - head.h - 72 * u)
    return Picture(
        DARK, (*_head(scene, head, u), *_body(scene, body, u, place.portrait), *_foot(scene, foot, u))
    )


def _head(scene: EnrolScene, box: Box, u: float) -> list[Mark]:
    colour = STALE if scene.stopped else INK
    side = 104 * u
    text = Box(box.x + side + 32 * u, box.y, box.w - side - 32 * u, box.h - 24 * u)
    upper, lower = text.lines(text.h * 0.62, text.h * 0.38)
    icon = Box(box.x, box.y + (box.h - 24 * u - side) / 2, side, side)
    return [
        Icon("enrol.icon", icon, "warning" if scene.stopped else "link", colour),
        Words("enrol.title", upper, (Span(scene.title.zh, 64 * u, colour, True),)),
        Words("enrol.title.en", lower, (Span(scene.title.en, 34 * u, SOFT),)),
        Fill("enrol.rule", Box(box.x, box.y + box.h - 2 * u, box.w, 2 * u), RULE),
    ]


def _body(scene: EnrolScene, box: Box, u: float, portrait: bool) -> list[Mark]:
    if scene.code is None:
        return _no_code(scene, box, u)
    if portrait:
        card, steps = box.lines(box.h * 0.46, box.h * 0.54)
        steps = Box(steps.x, steps.y + 56 * u, steps.w, steps.h - 56 * u)
    else:
        card, steps = box.lines(box.h * 0.56, box.h * 0.44)
        steps = Box(steps.x, steps.y + 44 * u, steps.w, steps.h - 44 * u)
    return [*_code(scene, scene.code, card, u), *_steps(scene, steps, u, portrait)]


def _code(scene: EnrolScene, code: tuple[str, str], box: Box, u: float) -> list[Mark]:
    """The digits, four and four, and how long they are good for."""
    inner = box.inset(48 * u, 32 * u)
    figure, below = inner.lines(inner.h * 0.76, inner.h * 0.24)
    em = min(figure.h * 0.94, figure.w / 5.6)
    left = both("display", "有效时间还剩 {left}", left=scene.left)
    told = scene.note if scene.note.zh else left
    colour = STALE if scene.note.zh else INK
    return [
        Fill("enrol.card", box, SURFACE, 28 * u),
        Words("enrol.code", figure, (Span(f"{code[0]}  {code[1]}", em, INK, True),), "center"),
        *_line("enrol.left", below, told, u, colour, "center"),
    ]


def _line(key: str, box: Box, text: Text, u: float, colour: str, align: Align = "left") -> list[Mark]:
    spans = (Span(text.zh, 42 * u, colour), Span(f"   {text.en}", 28 * u, SOFT))
    return [Words(key, box, spans, align)]


def _steps(scene: EnrolScene, box: Box, u: float, portrait: bool) -> list[Mark]:
    """What to do, numbered: below each other, or side by side where there is more width."""
    marks: list[Mark] = []
    if portrait:
        high = min(box.h / len(scene.steps), 230 * u)
        cells = tuple(Box(box.x, box.y + n * high, box.w, high - 24 * u) for n in range(len(scene.steps)))
    else:
        cells = box.columns(*(1 for _ in scene.steps))
    for index, (cell, step) in enumerate(zip(cells, scene.steps, strict=True)):
        side = 76 * u
        disc = Box(cell.x, cell.y, side, side)
        text = Box(cell.x + side + 28 * u, cell.y + 4 * u, cell.w - side - 28 * u - 40 * u, cell.h)
        marks += [
            Fill(f"enrol.step{index}.disc", disc, SURFACE, side / 2),
            Words(f"enrol.step{index}.nth", disc, (Span(str(index + 1), 44 * u, INK, True),), "center"),
            Paragraph(
                f"enrol.step{index}", text, (Span(step.zh, 42 * u, INK, True), Span(step.en, 28 * u, SOFT))
            ),
        ]
    return marks


def _no_code(scene: EnrolScene, box: Box, u: float) -> list[Mark]:
    """Why there is no code, and what a technician looks at."""
    bad = bool(scene.advice) or scene.note.zh != both("display", "正在向服务器申请配对码").zh
    colour = STALE if bad else INK
    spans = [Span(scene.note.zh, 64 * u, colour, True), Span(scene.note.en, 36 * u, SOFT)]
    if scene.advice:
        spans.append(Span(scene.advice, 32 * u, INK))
    side = 150 * u
    high = (150 + 40 + 90 * 2 + 52 * 2 + (48 * 3 if scene.advice else 0)) * u
    top = box.y + max(0.0, (box.h - high) / 2)
    icon = "offline" if bad else "clock"
    return [
        Icon("enrol.none.icon", Box(box.x + (box.w - side) / 2, top, side, side), icon, colour),
        Paragraph(
            "enrol.none",
            Box(box.x + 40 * u, top + side + 40 * u, box.w - 80 * u, high - side - 40 * u),
            tuple(spans),
            "center",
        ),
    ]


def _foot(scene: EnrolScene, box: Box, u: float) -> list[Mark]:
    server = both("display", "服务器 {url}", url=scene.server)
    return [*_line("enrol.server", box, Text(zh=server.zh, en=""), u * 0.72, SOFT)]
