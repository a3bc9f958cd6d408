"""Booking: the day, the time, what is to be read, all of it once more, and the voucher."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from kiosk import appointing as b
from kiosk import model as m
from kiosk.flows import appointing as rules
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Make, Pen, Tone, always

from . import lines, rows, words
from .frame import frame, home_button

NewKey = Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Cell:
    """Something to choose; without ``make`` it only tells."""

    name: str
    lines: tuple[Line, ...]
    make: Make | None


def days(pen: Pen, state: m.State, screen: b.ChoosingDay, wall: datetime) -> None:
    _ = pen.say
    cells = []
    for day in screen.slots.days:
        if not day.works or not day.slots:
            continue
        free = sum(slot.free for slot in day.slots)
        told = _("{count} 个时段可约").format(count=free) if free else _("已约满")
        cells.append(
            _Cell(
                f"day:{day.day:%Y-%m-%d}",
                (
                    Line(words.date_of(_, day.day), 40, bold=True, lines=2),
                    Line(told, 30, colour="good" if free else "ink-soft", lines=2),
                ),
                always(b.DayTouched(day.day)) if free else None,
            )
        )
    about = _("办理：{service}。列出的都是工作日。").format(
        service=screen.slots.service_name.in_(pen.language)
    )
    if not cells:
        about = _("近期没有可以预约的日子，请到服务台询问。")
    _grid(pen, state, wall, cells, screen.page, about, columns=(2, 4))


def slots(pen: Pen, state: m.State, screen: b.ChoosingSlot, wall: datetime) -> None:
    _ = pen.say
    view = screen.view
    cells = []
    for slot in view.slots if view else ():
        told = _("还可约 {count} 件").format(count=slot.left) if slot.free else _("已约满")
        if not slot.free and slot.why is not None and slot.left > 0:
            told = _("放不下这么多件")
        cells.append(
            _Cell(
                f"slot:{slot.id}",
                (
                    Line(f"{slot.opens}–{slot.closes}", 44, bold=True, lines=1),
                    Line(told, 30, colour="good" if slot.free else "ink-soft", lines=2),
                ),
                always(b.SlotTouched(slot.id)) if slot.free else None,
            )
        )
    about = words.date_of(_, screen.day)
    _grid(pen, state, wall, cells, screen.page, about, columns=(2, 4))


def _grid(
    pen: Pen,
    state: m.State,
    wall: datetime,
    cells: Sequence[_Cell],
    page: int,
    about: str,
    *,
    columns: tuple[int, int],
) -> None:
    body = frame(pen, state, wall, first=home_button(pen))
    title = words.title(pen.say, state)
    box, rest = body.top(pen.height(title, body.width, 56, bold=True), pen.px(8))
    pen.text(box, title, 56, bold=True, even=True)
    box, rest = rest.top(pen.height(about, rest.width, 36), pen.px(24))
    pen.text(box, about, 36, colour="ink-soft", even=True)
    foot, rest = rest.bottom(rows.foot_height(pen), pen.px(24))
    across = columns[0] if pen.metrics.portrait else columns[1] - (1 if state.large else 0)
    gap = pen.metrics.gap
    low = max(pen.metrics.target, pen.px(176 if not state.large else 210))
    fit = max(1, int((rest.height + gap) // (low + gap)))
    pages = max(1, ceil(len(cells) / (fit * across)))
    now = page % pages
    shown = cells[now * fit * across :][: fit * across]
    high = min((rest.height - gap * (fit - 1)) / fit, pen.px(240))
    places = rest.top(high * fit + gap * (fit - 1))[0].grid(across, fit, gap)
    stacks = []
    for place, cell in zip(places, shown, strict=False):
        if cell.make is not None:
            pen.touch(place, cell.name, cell.lines[0].text, cell.make)
        else:
            pen.card(place, fill="ground")
        stacks.append((place.inset(pen.px(20), pen.px(14)), cell.lines))
    scale = max(0.8, min((pen.scale(area, told, align="center") for area, told in stacks), default=1.0))
    for area, told in stacks:
        pen.stack(area, told, align="center", most=scale)
    rows.foot(pen, foot, now, pages, back=m.BackTouched)


# ---- what is to be read ----------------------------------------------------------------------------


def agreeing(pen: Pen, state: m.State, screen: b.Agreeing, wall: datetime) -> None:
    _ = pen.say
    draft = screen.under.under.under.draft
    pages = rules.to_tick(state, draft)
    page = screen.page % len(pages)
    item = pages[page]
    consent = item == b.CONSENT
    body = frame(pen, state, wall, first=home_button(pen))
    if consent:
        title = _("个人信息说明")
        told = state.catalogue.consent.text.in_(pen.language) if state.catalogue else ""
        head = _("同意后才能预约")
    else:
        known = state.item(item)
        title = known.name.in_(pen.language) if known else ""
        notice = known.notice if known else None
        told = notice.text.in_(pen.language) if notice else ""
        head = _("送检注意事项（第 {version} 版）").format(version=notice.version if notice else 0)
    count = _("第 {index} 项，共 {count} 项").format(index=page + 1, count=len(pages))
    box, rest = body.top(pen.height("国", body.width, "body") * 1.1, pen.px(4))
    pen.text(box, count, "body", colour="ink-soft", lines=1)
    box, rest = rest.top(pen.height(title, rest.width, 56, bold=True), pen.px(20))
    pen.text(box, title, 56, bold=True, even=True)
    actions, rest = rest.bottom(pen.px(180), pen.px(28))
    wanted = pen.height(told, rest.width - pen.px(56 + 88), _read(pen)) + pen.px(150)
    card = rest.top(min(rest.height, max(wanted, pen.px(300))))[0]
    pen.card(card, fill="surface" if consent else "warn-soft", line="line" if consent else "warn")
    tone = "accent" if consent else "warn"
    icon, text = card.inset(pen.px(28), pen.px(20)).left(pen.px(64), pen.px(24))
    pen.icon(icon, "lock" if consent else "clipboard", tone)
    pen.stack(
        text,
        [Line(head, 36, bold=True, colour=tone, lines=2), Line(told, _read(pen), even=False)],
        gap=pen.px(12),
    )
    back, tick = actions.left(actions.width * 0.3, pen.metrics.gap)
    pen.button(back, "back", _("返回"), m.BackTouched, icon="back", size="large")
    label = _("我同意") if consent else _("我已阅读")
    name = "tick:consent" if consent else f"tick:{item}"
    pen.button(tick, name, label, always(b.TickTouched(item)), kind="primary", icon="check", size=56)


def _read(pen: Pen) -> float:
    return 40 if pen.metrics.large else 52


# ---- once more -------------------------------------------------------------------------------------


def confirming(pen: Pen, state: m.State, screen: b.Confirming, wall: datetime, new_key: NewKey) -> None:
    _ = pen.say
    phoning = screen.under.under
    slot = phoning.slot
    day = phoning.under.day
    draft = phoning.under.under.draft
    body = frame(pen, state, wall, first=home_button(pen))
    title = words.title(_, state)
    box, rest = body.top(pen.height(title, body.width, 56, bold=True), pen.px(24))
    pen.text(box, title, 56, bold=True, even=True)
    actions, rest = rest.bottom(pen.px(190), pen.px(28))
    things = [
        _("{item} {pieces} 件").format(item=known.name.in_(pen.language), pieces=pick.pieces)
        for pick in draft.picks
        if (known := state.item(pick.item)) is not None
    ]
    digits = phoning.digits
    facts = [
        ("calendar-check", _("到厅时间"), f"{words.date_of(_, day)}  {slot.opens}–{slot.closes}"),
        ("place", _("地点"), words.hall_name(state.home, pen.language)),
        ("instruments", _("送检器具"), lines.joined(pen, things)),
        ("phone", _("联系手机"), f"{digits[:3]} {digits[3:7]} {digits[7:]}"),
        ("clipboard", _("注意事项和个人信息说明"), _("已阅读，已同意")),
    ]
    if not pen.metrics.portrait:
        # One comes here only after having ticked them; a low screen has room for what can be wrong.
        facts.pop()
    gap = pen.px(20)
    columns = 1 if pen.metrics.portrait else 2
    count = ceil(len(facts) / columns)
    high = min((rest.height - gap * (count - 1)) / count, pen.px(210))
    places = rest.top(high * count + gap * (count - 1))[0].grid(columns, count, gap)
    for place, (icon, caption, value) in zip(places, facts, strict=False):
        pen.card(place)
        inner = place.inset(pen.px(28), pen.px(12))
        left, text = inner.left(pen.px(72), pen.px(28))
        pen.icon(left, icon, "accent")
        pen.stack(
            text,
            [Line(caption, 28, colour="ink-soft", lines=1), Line(value, 40, bold=True, lines=3)],
            gap=pen.px(4),
        )
    back, take = actions.left(actions.width * 0.3, pen.metrics.gap)
    pen.button(back, "back", _("返回"), m.BackTouched, icon="back", size="large")
    pen.button(
        take,
        "book",
        _("确认预约"),
        lambda: m.TakeTouched(new_key()),
        kind="primary",
        icon="calendar-check",
        size=60,
    )


# ---- the voucher -----------------------------------------------------------------------------------


def appointed(pen: Pen, state: m.State, screen: b.Appointed, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall)
    title = words.title(_, state)
    if pen.metrics.portrait:
        top, rest = body.top(
            max(pen.px(120), pen.height(title, body.width - pen.px(140), 52, bold=True)), pen.px(24)
        )
        actions, rest = rest.bottom(pen.px(180), pen.px(28))
        status, rest = rest.bottom(_status_height(pen, screen, rest.width), pen.px(28))
        card = rest
    else:
        card, right = body.left(body.width * 0.54, pen.px(48))
        top, rest = right.top(
            max(pen.px(130), pen.height(title, right.width - pen.px(140), 52, bold=True)), pen.px(24)
        )
        actions, rest = rest.bottom(pen.px(168), pen.px(28))
        status = rest.top(min(rest.height, max(_status_height(pen, screen, rest.width), pen.px(170))))[0]
    badge, text = top.left(pen.px(112), pen.px(28))
    pen.badge(badge.middle(badge.width, badge.width), "check", "good")
    pen.text(text, title, 52, bold=True, even=True)
    _voucher(pen, screen, card)
    tone = _tone(screen)
    first, second = _told(pen, screen)
    pen.card(status, fill=f"{tone}-soft", line=tone)
    icon, text = status.inset(pen.px(28), pen.px(16)).left(pen.px(72), pen.px(24))
    looks = {"printing": "printer", "printed": "paper-done", "none": "phone"}
    pen.icon(icon, looks.get(screen.paper, "warning"), tone)
    if screen.paper == "printing":
        dots, text = text.right(pen.px(160), pen.px(16))
        pen.dots(dots.middle(dots.width, pen.px(20)))
    pen.stack(
        text, [Line(first, 36, bold=True, colour=tone, even=True), Line(second, 32, even=True)], gap=pen.px(8)
    )
    if screen.paper == "printing":
        return
    if rules.may_print_again(screen):
        left, right = actions.columns(2, pen.metrics.gap)
        pen.button(left, "print-again", _("再打一次"), m.PrintAgainTouched, icon="printer", size="title")
        pen.button(right, "done", _("完成"), m.DoneTouched, kind="primary", icon="check", size="title")
        return
    pen.button(actions, "done", _("完成"), m.DoneTouched, kind="primary", icon="check", size="title")


def _voucher(pen: Pen, screen: b.Appointed, area: Area) -> None:
    """When, the code to show, and its number."""
    _ = pen.say
    view = screen.view
    pen.card(area)
    inner = area.inset(pen.px(40), pen.px(28))
    when = [
        Line(words.date_of(_, view.day), 52, bold=True, colour="accent", lines=1),
        Line(f"{view.starts_at:%H:%M}–{view.ends_at:%H:%M}", 84, bold=True, colour="accent", lines=1),
        Line(view.hall_name.in_(pen.language), 32, colour="ink-soft", lines=2),
    ]
    number = [
        Line(_("预约号"), 30, colour="ink-soft", lines=1),
        Line(words.spaced_number(view.number), 52, bold=True, lines=1),
        Line(_("到厅后，在自助机上扫这个码取号。"), 32, even=True, lines=3),
    ]
    if pen.metrics.portrait:
        top, rest = inner.top(inner.height * 0.3, pen.px(20))
        foot, code = rest.bottom(rest.height * 0.36, pen.px(16))
        pen.stack(top, when, align="center", gap=pen.px(4))
        pen.code(code, view.url)
        pen.stack(foot, number, align="center", gap=pen.px(8))
        return
    code, text = inner.left(min(inner.width * 0.44, inner.height), pen.px(32))
    pen.code(code, view.url)
    upper, lower = text.rows(2, pen.px(16))
    pen.stack(upper, when, gap=pen.px(4))
    pen.stack(lower, number, gap=pen.px(8))


def _tone(screen: b.Appointed) -> Tone:
    return "good" if screen.paper in ("printing", "printed", "none") else "warn"


def _told(pen: Pen, screen: b.Appointed) -> tuple[str, str]:
    _ = pen.say
    until = f"{screen.view.change_until:%H:%M}"
    day = words.date_of(_, screen.view.change_until.date())
    change = _("{day} {time} 前可以扫码改期或取消。").format(day=day, time=until)
    match screen.paper:
        case "printing":
            return _("正在打印凭证…"), ""
        case "printed":
            return _("请从下方取走凭证。"), change
        case "none":
            return _("请拍照保存这个二维码和预约号。"), change
        case "unknown":
            return _("凭证可能没有打印完整"), _("请看出纸口：不完整就点“再打一次”，预约不变。")
        case _:
            return _("预约已经成功，只是凭证没有打印出来。"), _("请拍照保存二维码和预约号，也可以再打一次。")


def _status_height(pen: Pen, screen: b.Appointed, width: float) -> float:
    first, second = _told(pen, screen)
    room = width - pen.px(56 + 72 + 24)
    high = pen.height(first, room, 36, bold=True) + pen.px(44)
    if second:
        high += pen.height(second, room, 32) + pen.px(8)
    return max(high, pen.px(132))
