"""How far a case is: its promise, its stages, each instrument, and what waits for the customer's answer."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk import collecting as c
from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone, always
from server.protocol.pickup import ProgressStep, ProgressView, QuestionView

from . import rows, words
from .collecting import head, head_height, piece_row
from .frame import frame, home_button

_TONES: dict[str, Tone] = {"green": "good", "amber": "warn", "red": "bad", "done": "good"}
_ICONS = {"green": "clock", "amber": "hourglass", "red": "warning", "done": "check", "none": "clock"}


def draw(pen: Pen, state: m.State, screen: c.Following, wall: datetime) -> None:
    asked = next((one for one in screen.view.questions if one.id == screen.question), None)
    if asked is not None and not asked.answer:
        _answering(pen, state, screen, asked, wall)
        return
    view = screen.view
    body = frame(pen, state, wall, first=home_button(pen))
    waiting = [one for one in view.questions if not one.answer]
    banner = pen.metrics.target if waiting else 0.0
    if pen.metrics.portrait:
        top, rest = body.top(head_height(pen, state, body.width), pen.px(20))
        foot, rest = rest.bottom(rows.foot_height(pen), pen.px(20))
        if waiting:
            box, rest = rest.top(banner, pen.px(20))
        promise, rest = rest.top(_promise_height(pen, view, rest.width), pen.px(20))
        wanted = _steps_height(pen, view)
        steps, items = rest.top(min(wanted, rest.height * 0.52), pen.px(20))
    else:
        left, right = body.left(body.width * 0.5, pen.px(40))
        top, rest = left.top(head_height(pen, state, left.width), pen.px(16))
        if waiting:
            box, rest = rest.top(banner, pen.px(16))
        promise, steps = rest.top(_promise_height(pen, view, rest.width), pen.px(16))
        foot, items = right.bottom(rows.foot_height(pen), pen.px(20))
    tone = _TONES.get(view.promise.colour, "accent")
    head(pen, state, top, "progress", "warn" if waiting else tone, view.number, view.who)
    if waiting:
        _banner(pen, box, waiting)
    _promise(pen, promise, view)
    _steps(pen, steps, view)
    pieces = [piece_row(pen, piece) for piece in view.pieces]
    now, pages = rows.listed(pen, items, pieces, screen.page, least=126, most=180)
    rows.foot(pen, foot, now, pages, back=m.BackTouched)


def _banner(pen: Pen, area: Area, waiting: list[QuestionView]) -> None:
    _ = pen.say
    told = _("有故障待您答复：第 {piece} 件 {item}").format(
        piece=waiting[0].piece, item=waiting[0].item.in_(pen.language)
    )
    pen.button(
        area,
        "question",
        told,
        always(c.QuestionTouched(waiting[0].id)),
        kind="danger",
        icon="warning",
        size=38,
    )


def _promise_text(pen: Pen, view: ProgressView) -> list[Line]:
    _ = pen.say
    promise = view.promise
    tone = _TONES.get(promise.colour, "accent")
    lines = [Line(promise.text.in_(pen.language), 40, bold=True, colour=tone, even=True)]
    if promise.limit_days and promise.colour != "done":
        told = _("承诺 {limit} 个工作日，已用 {net} 个").format(
            limit=promise.limit_days, net=promise.net_days
        )
        if promise.paused:
            told = _("{first} · {second}").format(first=told, second=_("等您答复期间不计"))
        lines.append(Line(told, 30, even=True))
    if view.pickup_number:
        lines.append(Line(_("取件码 {number}").format(number=words.spaced_number(view.pickup_number)), 34))
    return lines


def _promise_height(pen: Pen, view: ProgressView, width: float) -> float:
    room = width - pen.px(56 + 64 + 24)
    each = [pen.height(line.text, room, line.size, bold=line.bold) for line in _promise_text(pen, view)]
    return max(pen.px(110), sum(each) + pen.px(36))


def _promise(pen: Pen, area: Area, view: ProgressView) -> None:
    colour = view.promise.colour
    tone = _TONES.get(colour, "accent")
    pen.card(area, fill=f"{tone}-soft", line=None if tone == "accent" else tone)
    left, text = area.inset(pen.px(28), pen.px(12)).left(pen.px(64), pen.px(24))
    pen.icon(left, _ICONS.get(colour, "clock"), tone)
    pen.stack(text, _promise_text(pen, view), gap=pen.px(4))


def _step_height(pen: Pen) -> float:
    return pen.size(32) * 1.75


def _steps_height(pen: Pen, view: ProgressView) -> float:
    return len(view.steps) * _step_height(pen) + pen.px(40)


def _steps(pen: Pen, area: Area, view: ProgressView) -> None:
    """The stages, as many as there is room for: what comes next is never left out for what is past."""
    _ = pen.say
    if area.height < _step_height(pen) + pen.px(40):
        return
    pen.card(area)
    inner = area.inset(pen.px(28), pen.px(20))
    fit = max(1, int(inner.height // _step_height(pen)))
    steps = _window(view.steps, fit)
    if not steps:
        return
    high = min(inner.height / len(steps), _step_height(pen) * 1.5)
    zone = ZoneInfo(view.zone)
    size = 34
    texts = []
    for step in steps:
        row, inner = inner.top(high)
        mark, text = row.left(pen.px(44), pen.px(20))
        done = step.at is not None
        pen.icon(
            mark.middle(pen.px(40), pen.px(40)), "check" if done else "clock", "good" if done else "ink-soft"
        )
        when = f"{step.at.astimezone(zone):%m-%d %H:%M}" if step.at is not None else _("还没有到")
        right, text = text.right(pen.width(when, 28) + pen.px(8), pen.px(16))
        pen.text(right, when, 28, colour="ink-soft", align="right", lines=1)
        texts.append((text, step))
    # One size for all stages: a longer name must not make its neighbours look more important.
    share = min(
        area.width / max(1.0, pen.width(step.text.in_(pen.language), size, bold=step.at is not None))
        for area, step in texts
    )
    for area, step in texts:
        done = step.at is not None
        pen.text(
            area,
            step.text.in_(pen.language),
            size * min(1.0, max(share * 0.98, 0.7)),
            bold=done,
            colour="ink" if done else "ink-soft",
            lines=1,
        )


def _window(steps: tuple[ProgressStep, ...], fit: int) -> tuple[ProgressStep, ...]:
    """``fit`` of the stages: the last that is done, a third of them to come, the rest before."""
    if len(steps) <= fit:
        return steps
    done = sum(step.at is not None for step in steps)
    last = min(len(steps), max(done + fit // 3, fit))
    return steps[last - fit : last]


def _answering(pen: Pen, state: m.State, screen: c.Following, asked: QuestionView, wall: datetime) -> None:
    """How to answer: on the phone, or at the desk. A kiosk takes no decision about somebody's instrument."""
    _ = pen.say
    view = screen.view
    body = frame(pen, state, wall, first=home_button(pen))
    due = asked.due_at.astimezone(ZoneInfo(view.zone))
    options = ("；" if pen.language == "zh" else "; ").join(
        one.in_(pen.language) for one in asked.option_texts
    )
    told = [
        Line(
            _("第 {piece} 件 {item}").format(piece=asked.piece, item=asked.item.in_(pen.language)),
            44,
            bold=True,
            even=True,
        ),
        Line(asked.fault, 36, even=True),
        Line(_("您可以选：{options}").format(options=options), 34, colour="ink-soft", even=True),
        Line(
            _("请在 {day} {time} 前答复；答复之前先不检。").format(
                day=words.date_of(_, due.date()), time=f"{due:%H:%M}"
            ),
            34,
            bold=True,
            colour="warn",
            even=True,
        ),
        Line(_("用手机扫码答复；不方便用手机，请找工作人员当面办理。"), 34, even=True),
    ]
    action, rest = body.bottom(pen.px(170), pen.px(28))
    pen.button(
        action, "back", _("返回"), lambda: c.QuestionTouched(None), kind="primary", icon="back", size="title"
    )
    top, rest = rest.top(head_height(pen, state, rest.width), pen.px(20))
    head(pen, state, top, "warning", "warn", view.number, view.who)
    pen.card(rest)
    inner = rest.inset(pen.px(48), pen.px(32))
    if pen.metrics.portrait:
        code, text = inner.bottom(min(pen.px(560), inner.height * 0.5), pen.px(28))
        pen.code(code, view.url)
    else:
        code, text = inner.right(min(inner.height, inner.width * 0.4), pen.px(48))
        pen.code(code, view.url)
    pen.stack(text, told, gap=pen.px(16))
