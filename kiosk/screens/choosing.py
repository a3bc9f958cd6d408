"""One service: what it is, how long it takes, what to have ready, and the button that takes the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk import flow
from kiosk import model as m
from kiosk.flows import alone
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, always
from server.protocol.views import ServiceView

from . import words
from .frame import frame, home_button

NewKey = Callable[[], str]


def draw(pen: Pen, state: m.State, screen: m.Choosing, wall: datetime, new_key: NewKey) -> None:
    service = state.service(screen.service)
    if service is None:
        return
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    if pen.metrics.portrait:
        gap = pen.px(32 if state.large else 48)
        actions, rest = body.bottom(pen.px(190 if state.large else 240), gap)
        choice, rest = rest.bottom(_choice_height(pen, state, rest.width), gap)
        _about(pen, state, service, rest)
        _choices(pen, screen, choice, columns=3 if state.large else 5)
    else:
        left, right = body.left(body.width * 0.5, pen.px(48))
        actions, rest = right.bottom(pen.px(190), pen.px(32))
        _about(pen, state, service, left)
        _choices(pen, screen, rest, columns=3)
    back, take = actions.left(actions.width * 0.28, pen.metrics.gap)
    pen.button(back, "back", _("返回"), m.HomeTouched, icon="back", size="large")
    pen.button(
        take,
        "take",
        _("取号"),
        lambda: m.TakeTouched(new_key()),
        kind="primary",
        icon="ticket",
        size=68,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes of what is told about a service, in px of the design."""

    badge: float
    prefix: float
    name: float
    about: float
    figures: float
    gap: float
    note: float
    air: float
    """Above and below the text of a note, together."""


ROOMY = Look(badge=180, prefix=100, name=72, about=40, figures=250, gap=44, note=40, air=72)
WIDE = replace(ROOMY, figures=210)
SNUG = Look(badge=140, prefix=76, name=60, about=36, figures=180, gap=28, note=36, air=32)
BETWEEN = 20

Note = tuple[str, str, str]
"""Icon, text, colour."""


def _about(pen: Pen, state: m.State, service: ServiceView, area: Area) -> None:
    home = state.home
    about = home.about.get(service.id) if home else None
    notes = _notes(pen, state, service)
    look = ROOMY if pen.metrics.portrait else WIDE
    if state.large or _height(pen, look, notes, area.width) > area.height:
        look = SNUG
    gap = pen.px(look.gap)
    side = pen.px(look.badge)
    top, rest = area.top(side, gap)
    badge, text = top.left(side, pen.px(32))
    pen.card(badge, fill="accent-soft", line=None)
    pen.text(badge, service.prefix, look.prefix, bold=True, colour="accent", align="center", lines=1)
    lines = [Line(service.name.in_(state.language), look.name, bold=True, lines=2)]
    if about:
        lines.append(Line(about.in_(state.language), look.about, colour="ink-soft", lines=2))
    pen.stack(text, lines)
    box, rest = rest.top(pen.px(look.figures) * (1.15 if state.large else 1), gap)
    _figures(pen, state, service, box)
    wanted = _note_heights(pen, look, notes, rest.width)
    share = min(1.0, (rest.height - pen.px(BETWEEN) * (len(notes) - 1)) / sum(wanted)) if wanted else 1.0
    for (icon, told, colour), high in zip(notes, wanted, strict=True):
        box, rest = rest.top(high * share, pen.px(BETWEEN))
        good = colour == "ink"
        pen.card(box, fill="surface" if good else "warn-soft", line="line" if good else "warn")
        left, right = box.inset(pen.px(28), pen.px(10)).left(pen.px(64), pen.px(24))
        pen.icon(left, icon, "accent" if good else "warn")
        pen.text(right, told, look.note, colour=colour)


def _notes(pen: Pen, state: m.State, service: ServiceView) -> list[Note]:
    """What to have ready, and what becomes of the paper where it is not the usual."""
    _ = pen.say
    bring = state.home.bring.get(service.id) if state.home else None
    notes: list[Note] = []
    if bring is not None and bring.in_(state.language):
        notes.append(("clipboard", bring.in_(state.language), "ink"))
    if state.printer in ("out_of_paper", "cover_open", "offline", "error"):
        trouble = words.printer(_, state.printer)
        told = _("{trouble}：号码会显示在屏幕上，请拍照或扫码保存。").format(trouble=trouble)
        notes.append(("paper-out", told, "warn"))
    if alone.cut_off(state):
        notes.append(("retry", _("系统正在恢复连接：取到的号码一样有效。"), "ink"))
    if state.printer == "none":
        notes.append(("phone", _("这台机器不打印小票：号码会显示在屏幕上，请拍照或扫码保存。"), "ink"))
    return notes


def _note_heights(pen: Pen, look: Look, notes: list[Note], width: float) -> list[float]:
    room = width - pen.px(56 + 64 + 24)
    return [
        max(pen.height(told, room, look.note) + pen.px(look.air), pen.px(112)) for _icon, told, _ink in notes
    ]


def _height(pen: Pen, look: Look, notes: list[Note], width: float) -> float:
    """How high all that is told is in this look."""
    above = pen.px(look.badge + look.figures + 2 * look.gap)
    return above + sum(_note_heights(pen, look, notes, width)) + pen.px(BETWEEN) * (len(notes) - 1)


def _figures(pen: Pen, state: m.State, service: ServiceView, area: Area) -> None:
    """Waiting, minutes, open windows: or that they are not known."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(20), pen.px(20))
    if flow.stale(state):
        pen.text(inner, _("排队人数暂时不能更新"), "large", colour="warn", bold=True, align="center")
        return
    low, high = service.wait.low, service.wait.high
    minutes = f"{low}–{high}" if 0 < low < high else f"{high}"
    known = service.open_counters > 0
    figures = [
        (f"{service.waiting}", _("等候人数")),
        (minutes if known else "—", _("大约等候（分钟）")),
        (f"{service.open_counters}" if known else _("未开"), _("办理窗口")),
    ]
    big = 60 if state.large else 84
    cells = inner.columns(3, pen.px(24))
    pen.stacks(
        cells,
        [
            (Line(value, big, bold=True, colour="accent", lines=1), Line(caption, colour="ink-soft", lines=2))
            for value, caption in figures
        ],
        align="center",
    )
    for cell in cells[1:]:
        pen.bar(
            Area(cell.x - pen.px(13), cell.y + pen.px(12), pen.px(2), cell.height - pen.px(24)), fill="line"
        )


def _choice_height(pen: Pen, state: m.State, width: float) -> float:
    caption = pen.height(_question(pen), width, "large", bold=True) + pen.height(_proof(pen), width, "body")
    rows = 2 if state.large else 1
    chip = max(pen.metrics.target, pen.px(164 if state.large else 190))
    return caption + pen.px(24) + rows * chip + (rows - 1) * pen.metrics.gap


def _question(pen: Pen) -> str:
    _ = pen.say
    return _("需要优先服务吗？")


def _proof(pen: Pen) -> str:
    _ = pen.say
    return _("符合的请点选，叫到时在窗口出示证件；不需要就直接取号。")


def _choices(pen: Pen, screen: m.Choosing, area: Area, *, columns: int) -> None:
    box, rest = area.top(pen.height(_question(pen), area.width, "large", bold=True))
    pen.text(box, _question(pen), "large", bold=True)
    box, rest = rest.top(pen.height(_proof(pen), area.width, "body"), pen.px(24))
    pen.text(box, _proof(pen), "body", colour="ink-soft")
    rows = -(-len(m.CHOICES) // columns)
    gap = pen.metrics.gap
    most = pen.px(200)
    high = min((rest.height - gap * (rows - 1)) / rows, max(most, pen.metrics.target))
    grid = rest.top(high * rows + gap * (rows - 1))[0]
    for cell, choice in zip(grid.grid(columns, rows, gap), m.CHOICES, strict=False):
        pen.button(
            cell,
            f"priority:{choice}",
            words.priority(pen.say, choice),
            always(m.PriorityTouched(choice)),
            kind="chosen" if screen.priority == choice else "plain",
            icon="check" if screen.priority == choice else choice,
            size=32,
            stacked=True,
        )
