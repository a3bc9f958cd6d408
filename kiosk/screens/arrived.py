"""What a voucher is, here and now: one screen for each of the eight arrivals; checking in is one touch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import offers
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone
from server.protocol.booking import AppointmentView
from server.protocol.words import Arrival

from . import lines, words
from .frame import frame, home_button
from .message import Action, message

LOOKS: dict[Arrival, tuple[str, Tone]] = {
    "on_time": ("check", "good"),
    "early": ("clock", "accent"),
    "late": ("hourglass", "warn"),
    "wrong_day": ("wrong-day", "warn"),
    "wrong_hall": ("place", "warn"),
    "already_used": ("check", "accent"),
    "cancelled": ("cancelled", "bad"),
    "over": ("wrong-day", "bad"),
}


def draw(pen: Pen, state: m.State, screen: v.Arrived, wall: datetime, new_key: Callable[[], str]) -> None:
    body = frame(pen, state, wall, first=home_button(pen))
    one = screen.view.appointment
    if screen.view.may_check_in and one is not None:
        _welcome(pen, state, screen, one, body, new_key)
    else:
        _not_now(pen, state, screen, body)


def _not_now(pen: Pen, state: m.State, screen: v.Arrived, body: Area) -> None:
    _ = pen.say
    view = screen.view
    icon, tone = LOOKS[view.arrival]
    told = [view.detail.in_(state.language)]
    one = view.appointment
    if one is not None and view.arrival in ("wrong_day", "cancelled", "over"):
        told.insert(0, _whose(pen, one))
    home = Action("home-button", _("返回首页"), m.HomeTouched, icon="home")
    if view.arrival == "already_used" and "labels" in offers.purposes(state):
        actions: tuple[Action, ...] = (
            home,
            Action("labels", _("打印样品标签"), lambda: v.PurposeTouched("labels"), "primary", "tag"),
        )
    elif view.arrival in ("wrong_day", "wrong_hall", "cancelled", "over"):
        actions = (home, Action("services", _("现在取号办理"), v.ServicesTouched, "primary", "ticket"))
    else:
        actions = (Action("home-button", _("返回首页"), m.HomeTouched, "primary", "home"),)
    message(
        pen,
        body,
        icon=icon,
        tone=tone,
        title=view.title.in_(state.language),
        lines=tuple(told),
        actions=actions,
    )


def _whose(pen: Pen, one: AppointmentView) -> str:
    """Whose appointment it is, masked, and when."""
    _ = pen.say
    day = words.date_of(_, one.day)
    return _("{who} · {day} {start}–{end}").format(
        who=one.who or one.phone, day=day, start=f"{one.starts_at:%H:%M}", end=f"{one.ends_at:%H:%M}"
    )


def _welcome(
    pen: Pen,
    state: m.State,
    screen: v.Arrived,
    one: AppointmentView,
    body: Area,
    new_key: Callable[[], str],
) -> None:
    _ = pen.say
    rows = _rows(pen, state, screen, one)
    told = lines.verdict_lines(pen, screen.verdict, bool(screen.weighing), screen.why)
    came = {pick.item for pick in screen.picks if pick.pieces}
    parts = lines.joined(
        pen,
        [part.in_(state.language) for line in one.lines if line.item in came for part in line.accessories],
    )
    if pen.metrics.portrait:
        actions, rest = body.bottom(pen.px(180 if state.large else 200), pen.px(28))
        head, rest = rest.top(_head_height(pen, screen, one, rest.width), pen.px(24))
        high = min(lines.verdict_height(pen, told, rest.width), pen.px(400))
        verdict, rest = rest.bottom(high, pen.px(24))
        if parts:
            asked, rest = rest.bottom(lines.parts_height(pen, parts, rest.width), pen.px(24))
        items = rest
    else:
        left, right = body.left(body.width * 0.52, pen.px(48))
        head, items = left.top(_head_height(pen, screen, one, left.width), pen.px(24))
        actions, rest = right.bottom(pen.px(168), pen.px(24))
        if parts:
            asked, rest = rest.bottom(lines.parts_height(pen, parts, rest.width), pen.px(20))
        verdict = rest
    _head(pen, screen, one, head)
    lines.draw_rows(pen, items, rows, screen.page)
    lines.draw_verdict(pen, verdict, told, screen.verdict, screen.why)
    if parts:
        complete = all(pick.complete for pick in screen.picks if pick.pieces)
        lines.draw_parts(pen, asked, "", parts, complete)
    back, take = actions.left(actions.width * 0.3, pen.metrics.gap)
    if screen.why:
        pen.button(actions, "back", _("返回"), m.BackTouched, icon="back", size="title")
        return
    pen.button(back, "back", _("返回"), m.BackTouched, icon="back", size="large")
    label = _("现场取号") if screen.view.arrival == "late" else _("签到取号")
    pen.button(
        take, "check-in", label, lambda: m.TakeTouched(new_key()), kind="primary", icon="ticket", size=60
    )


def _rows(pen: Pen, state: m.State, screen: v.Arrived, one: AppointmentView) -> list[lines.Row]:
    _ = pen.say
    booked = {line.item: line for line in one.lines}
    several = sum(1 for pick in screen.picks if pick.pieces) > 1
    rows = []
    for pick in screen.picks:
        line = booked[pick.item]
        item = state.item(pick.item)
        note = _("预约 {count} 件").format(count=line.pieces)
        if pick.pieces == 0:
            note = _("今天没有带来")
        rows.append(
            lines.Row(
                pick.item,
                line.name.in_(state.language),
                note,
                pick.pieces,
                least=0 if several or pick.pieces == 0 else 1,
                most=max(item.most_in_order if item else line.pieces, pick.pieces),
                fragile=line.fragile,
            )
        )
    return rows


def _head_height(pen: Pen, screen: v.Arrived, one: AppointmentView, width: float) -> float:
    room = width - pen.px(112 + 28)
    each = [pen.height(line.text, room, line.size, bold=line.bold) for line in _head_lines(pen, screen, one)]
    return max(pen.px(130), sum(each) + pen.px(8) * (len(each) - 1))


def _head_lines(pen: Pen, screen: v.Arrived, one: AppointmentView) -> list[Line]:
    view = screen.view
    title, detail, whose = (42.0, 28.0, 28.0) if pen.metrics.large else (52.0, 32.0, 30.0)
    return [
        Line(view.title.in_(pen.language), title, bold=True, even=True),
        Line(view.detail.in_(pen.language), detail, even=True),
        Line(_whose(pen, one), whose, colour="ink-soft", lines=2),
    ]


def _head(pen: Pen, screen: v.Arrived, one: AppointmentView, area: Area) -> None:
    icon, tone = LOOKS[screen.view.arrival]
    left, text = area.left(pen.px(112), pen.px(28))
    pen.badge(left.middle(left.width, left.width), icon, tone)
    pen.stack(text, _head_lines(pen, screen, one), gap=pen.px(8))
