"""One service: what it is, how long it takes, what to have ready, and the button that takes the number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk import flow
from kiosk import model as m
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
    pen.button(back, "back", pen.say("返回"), m.HomeTouched, icon="back", size="large")
    pen.button(
        take,
        "take",
        pen.say("取号"),
        lambda: m.TakeTouched(new_key()),
        kind="primary",
        icon="ticket",
        size=68,
    )


def _about(pen: Pen, state: m.State, service: ServiceView, area: Area) -> None:
    _ = pen.say
    home = state.home
    name = service.name.in_(state.language)
    about = home.about.get(service.id) if home else None
    bring = home.bring.get(service.id) if home else None
    tall = pen.metrics.portrait and not state.large
    gap = pen.px(44 if tall else 28)
    side = pen.px(180 if tall else 140)
    top, rest = area.top(side, gap)
    badge, text = top.left(side, pen.px(32))
    pen.card(badge, fill="accent-soft", line=None)
    pen.text(badge, service.prefix, 100 if tall else 76, bold=True, colour="accent", align="center", lines=1)
    lines = [Line(name, 72 if tall else 60, bold=True, lines=2)]
    if about:
        lines.append(Line(about.in_(state.language), 40 if tall else 36, colour="ink-soft", lines=2))
    pen.stack(text, lines)
    box, rest = rest.top(pen.px(250 if tall else 180) * (1.15 if state.large else 1), gap)
    _figures(pen, state, service, box)
    notes: list[tuple[str, str, str]] = []
    if bring is not None and bring.in_(state.language):
        notes.append(("clipboard", bring.in_(state.language), "ink"))
    if state.printer in ("out_of_paper", "cover_open", "offline", "error"):
        notes.append(
            (
                "paper-out",
                _("{trouble}：号码会显示在屏幕上，请拍照或扫码保存。").format(
                    trouble=words.printer(_, state.printer)
                ),
                "warn",
            )
        )
    elif state.printer == "none":
        notes.append(("phone", _("这台机器不打印小票：号码会显示在屏幕上，请拍照或扫码保存。"), "ink"))
    size = 40 if tall else 36
    between = pen.px(20)
    room = rest.width - pen.px(56 + 64 + 24)
    wanted = [
        max(pen.height(text_, room, size) + pen.px(72 if tall else 32), pen.px(112))
        for _i, text_, _c in notes
    ]
    share = min(1.0, (rest.height - between * (len(notes) - 1)) / sum(wanted)) if wanted else 1.0
    for (icon, text_, colour), high in zip(notes, wanted, strict=True):
        box, rest = rest.top(high * share, between)
        good = colour == "ink"
        pen.card(box, fill="surface" if good else "warn-soft", line="line" if good else "warn")
        left, right = box.inset(pen.px(28), pen.px(10)).left(pen.px(64), pen.px(24))
        pen.icon(left, icon, "accent" if good else "warn")
        pen.text(right, text_, size, colour=colour)


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
    for index, (cell, (value, caption)) in enumerate(zip(inner.columns(3, pen.px(24)), figures, strict=True)):
        big = 84 if pen.metrics.portrait and not state.large else 60
        lines = [
            Line(value, big, bold=True, colour="accent", lines=1),
            Line(caption, colour="ink-soft", lines=2),
        ]
        pen.stack(cell, lines, align="center")
        if index:
            pen.bar(
                Area(cell.x - pen.px(13), cell.y + pen.px(12), pen.px(2), cell.height - pen.px(24)),
                fill="line",
            )


def _choice_height(pen: Pen, state: m.State, width: float) -> float:
    caption = pen.height(_question(pen), width, "large", bold=True) + pen.height(_proof(pen), width, "body")
    rows = 2 if state.large else 1
    chip = max(pen.metrics.target, pen.px(164 if state.large else 190))
    return caption + pen.px(24) + rows * chip + (rows - 1) * pen.metrics.gap


def _question(pen: Pen) -> str:
    return pen.say("需要优先服务吗？")


def _proof(pen: Pen) -> str:
    return pen.say("符合的请点选，叫到时在窗口出示证件；不需要就直接取号。")


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
