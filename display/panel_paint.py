"""From a window's scene to a picture: one number as large as it goes, and who serves here. Pure."""

from __future__ import annotations

from server.protocol.language import both

from .layout import Box, Layout
from .marks import Fill, Icon, Mark, Picture, Span, Words
from .paint import DARK, INK, NUMBER, SOFT, STALE, SURFACE, bilingual, head, paint
from .panel import PanelScene
from .scene import FullScene


def paint_panel(scene: PanelScene | FullScene, place: Layout) -> Picture:
    """The picture of ``scene`` in ``place``."""
    if isinstance(scene, FullScene):
        return paint(scene, place)
    return Picture(
        DARK,
        (*head(scene.head, place), *_window(scene, place), *_middle(scene, place), *_staff(scene, place)),
    )


def _parts(place: Layout) -> tuple[Box, Box, Box]:
    """The window's own number, the ticket's number, and who serves."""
    u = place.u
    top = place.head.y + place.head.h + 24 * u
    bottom = place.screen.h - 40 * u
    box = Box(place.head.x, top, place.head.w, bottom - top)
    staff_h = 150 * u
    if place.portrait:
        name_h = box.h * 0.24
        return (
            Box(box.x, box.y, box.w, name_h),
            Box(box.x, box.y + name_h, box.w, box.h - name_h - staff_h - 20 * u),
            Box(box.x, box.y + box.h - staff_h, box.w, staff_h),
        )
    upper = box.h - staff_h - 20 * u
    return (
        Box(box.x, box.y, box.w * 0.3, upper),
        Box(box.x + box.w * 0.3 + 30 * u, box.y, box.w * 0.7 - 30 * u, upper),
        Box(box.x, box.y + box.h - staff_h, box.w, staff_h),
    )


def _window(scene: PanelScene, place: Layout) -> list[Mark]:
    """The window's number, and its name where that says more than the number."""
    u = place.u
    box, _, _ = _parts(place)
    name = scene.name.zh if scene.name.zh != f"{scene.counter}号窗口" else ""
    heading, figure, below = box.lines(box.h * 0.16, box.h * 0.68, box.h * 0.16)
    return [
        Words("window.heading", heading, bilingual(both("display", "窗口"), 48 * u, 34 * u, SOFT), "center"),
        Words("window.counter", figure, (Span(scene.counter, min(430 * u, figure.h), INK, True),), "center"),
        Words("window.name", below, (Span(name, 48 * u, INK),), "center"),
    ]


def _middle(scene: PanelScene, place: Layout) -> list[Mark]:
    u = place.u
    _, box, _ = _parts(place)
    flash = scene.calling and scene.number and not scene.banner.zh
    ground = NUMBER if flash and scene.lit else SURFACE
    ink, soft = (DARK, DARK) if flash and scene.lit else (INK, SOFT)
    marks: list[Mark] = [Fill("middle.ground", box, ground, 28 * u)]
    inner = box.inset(30 * u, 24 * u)
    if scene.banner.zh:
        upper, lower = inner.lines(inner.h * 0.62, inner.h * 0.38)
        marks += [
            Words("middle.number", upper, (Span(scene.number or "—", 250 * u, SOFT, True),), "center"),
            *_pair("middle.banner", lower, scene.banner.zh, scene.banner.en, 72 * u, 38 * u, STALE, SOFT),
        ]
        return marks
    if scene.number:
        upper, lower = inner.lines(inner.h * 0.68, inner.h * 0.32)
        number = DARK if flash and scene.lit else NUMBER if scene.calling else INK
        marks.append(
            Words(
                "middle.number", upper, (Span(scene.number, min(400 * u, upper.h), number, True),), "center"
            )
        )
        zh, en = scene.note.zh, scene.note.en
        if not scene.calling and scene.service.zh:
            zh, en = f"{scene.service.zh}  ·  {zh}", f"{scene.service.en} · {en}"
        return [*marks, *_pair("middle.note", lower, zh, en, 72 * u, 38 * u, ink, soft)]
    colour = STALE if scene.state == "paused" else SOFT if scene.state == "closed" else INK
    side = 130 * u
    icon = {"paused": "warning", "closed": "closed"}.get(scene.state, "people")
    middle = inner.y + inner.h / 2
    marks.append(
        Icon("middle.icon", Box(inner.x + (inner.w - side) / 2, middle - 230 * u, side, side), icon, colour)
    )
    below = Box(inner.x, middle - 70 * u, inner.w, 260 * u)
    return [*marks, *_pair("middle.note", below, scene.note.zh, scene.note.en, 120 * u, 52 * u, colour, SOFT)]


def _pair(
    key: str, box: Box, zh: str, en: str, size: float, small: float, colour: str, soft: str
) -> list[Mark]:
    """Chinese over English, together in the middle of ``box``."""
    top = box.y + (box.h - size * 1.3 - small * 1.4) / 2
    upper, lower = Box(box.x, top, box.w, 0).lines(size * 1.3, small * 1.4)
    return [
        Words(key, upper, (Span(zh, size, colour, True),), "center"),
        Words(f"{key}.en", lower, (Span(en, small, soft),), "center"),
    ]


def _staff(scene: PanelScene, place: Layout) -> list[Mark]:
    """Who serves: shown by duty; nothing where nobody is signed in."""
    u = place.u
    _, _, box = _parts(place)
    if scene.staff is None:
        return []
    left, right = box.inset(16 * u, 10 * u).columns(1, 1)
    duty = scene.staff.duty
    badge = both("display", "工号 {badge}", badge=scene.staff.badge)
    return [
        Words(
            "staff.name",
            left,
            (Span(scene.staff.name, 64 * u, INK, True), Span(f"   {badge.zh}", 40 * u, SOFT)),
        ),
        Words(
            "staff.duty", right, (Span(duty.zh, 44 * u, INK), Span(f"   {duty.en}", 28 * u, SOFT)), "right"
        ),
    ]
