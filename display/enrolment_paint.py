"""From a display that has no hall yet to its picture: the code as large as it goes. Pure."""

from __future__ import annotations

from server.protocol.language import both

from .enrolment import EnrolScene
from .layout import Box, Layout
from .marks import Fill, Icon, Mark, Paragraph, Picture, Span, Words
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
        return _no_code(scene, box, u, portrait)
    if portrait:
        card, steps = box.lines(box.h * 0.52, box.h * 0.48)
        steps = Box(steps.x, steps.y + 64 * u, steps.w, steps.h - 64 * u)
    else:
        card, steps = box.lines(box.h * 0.56, box.h * 0.44)
        steps = Box(steps.x, steps.y + 44 * u, steps.w, steps.h - 44 * u)
    return [*_code(scene, scene.code, card, u, portrait), *_steps(scene, steps, u, portrait)]


def _code(scene: EnrolScene, code: tuple[str, str], box: Box, u: float, portrait: bool) -> list[Mark]:
    """The digits, four and four, and how long they are good for."""
    inner = box.inset(48 * u, 32 * u)
    below_h = (150 if portrait else 120) * u
    figure, below = inner.lines(inner.h - below_h, below_h)
    rows = figure.lines(figure.h / 2, figure.h / 2) if portrait else (figure,)
    texts = code if portrait else ("  ".join(code),)
    em = min(rows[0].h * (1.06 if portrait else 0.98), figure.w / (2.6 if portrait else 5.6))
    left = both("display", "有效时间还剩 {left}", left=scene.left)
    told = scene.note if scene.note.zh else left
    upper, lower = below.inset(0, 8 * u).lines(below_h * 0.5, below_h * 0.36)
    return [
        Fill("enrol.card", box, SURFACE, 28 * u),
        *(
            Words(f"enrol.code{index}", row, (Span(text, em, INK, True),), "center")
            for index, (row, text) in enumerate(zip(rows, texts, strict=True))
        ),
        Words("enrol.left", upper, (Span(told.zh, 44 * u, STALE if scene.note.zh else INK),), "center"),
        Words("enrol.left.en", lower, (Span(told.en, 28 * u, SOFT),), "center"),
    ]


def _steps(scene: EnrolScene, box: Box, u: float, portrait: bool) -> list[Mark]:
    """What to do, numbered: below each other, or side by side where there is more width."""
    marks: list[Mark] = []
    em, small = (50, 32) if portrait else (42, 28)
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
                f"enrol.step{index}", text, (Span(step.zh, em * u, INK, True), Span(step.en, small * u, SOFT))
            ),
        ]
    return marks


def _no_code(scene: EnrolScene, box: Box, u: float, portrait: bool) -> list[Mark]:
    """Why there is no code, and what a technician looks at."""
    colour = STALE if scene.bad else INK
    spans = (Span(scene.note.zh, 60 * u, colour, True), Span(scene.note.en, 36 * u, SOFT))
    side, words_h, advice_h = (
        130 * u,
        (300 if portrait else 190) * u,
        ((350 if portrait else 176) * u if scene.advice.zh else 0.0),
    )
    top = box.y + max(0.0, (box.h - side - 40 * u - words_h - advice_h) / 2)
    words = Box(box.x, top + side + 40 * u, box.w, words_h)
    marks: list[Mark] = [
        Icon(
            "enrol.none.icon",
            Box(box.x + (box.w - side) / 2, top, side, side),
            "offline" if scene.bad else "clock",
            colour,
        ),
        Paragraph("enrol.none", words, spans, "center"),
    ]
    if scene.advice.zh:
        card = Box(box.x, words.y + words_h, box.w, advice_h)
        marks += [
            Fill("enrol.advice.ground", card, SURFACE, 28 * u),
            Paragraph(
                "enrol.advice",
                card.inset(48 * u, 32 * u),
                (Span(scene.advice.zh, 42 * u, INK), Span(scene.advice.en, 28 * u, SOFT)),
                "center",
            ),
        ]
    return marks


def _foot(scene: EnrolScene, box: Box, u: float) -> list[Mark]:
    server = both("display", "服务器 {url}", url=scene.server)
    return [Words("enrol.server", box, (Span(server.zh, 30 * u, SOFT),))]
