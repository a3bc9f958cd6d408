"""The number: huge, with its QR, what became of the paper, and what to do."""

from __future__ import annotations

from datetime import datetime

from kiosk import flow
from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Pen, Tone

from . import words
from .frame import frame


def draw(pen: Pen, state: m.State, screen: m.Holding, wall: datetime) -> None:
    body = frame(pen, state, wall, first=None, foot=True)
    portrait = pen.metrics.portrait
    top, rest = body.top(pen.px(120) * (1.15 if state.large else 1), pen.px(32 if portrait else 24))
    _title(pen, state, screen, top)
    actions, rest = rest.bottom(pen.px(184 if portrait else 160), pen.px(36 if portrait else 28))
    _actions(pen, screen, actions)
    if portrait:
        status, rest = rest.bottom(_status_height(pen, state, screen, rest.width), pen.px(32))
        _number(pen, state, screen, rest, across=False)
        _status(pen, screen, status)
    else:
        left, right = rest.left(rest.width * 0.58, pen.px(40))
        status, left = left.bottom(_status_height(pen, state, screen, left.width), pen.px(24))
        _number_card(pen, state, screen, left)
        _status(pen, screen, status)
        _qr_card(pen, screen, right)


def _tone(paper: m.Paper) -> Tone:
    if paper in ("printing", "printed", "none"):
        return "good"
    return "warn"


def _title(pen: Pen, state: m.State, screen: m.Holding, area: Area) -> None:
    text = words.title(pen.say, state)
    side = min(area.height, pen.px(112))
    room = int(area.width - side - pen.px(28))
    wide = min(pen.width(text, 56, bold=True) + pen.px(8), room)
    row = area.middle(side + pen.px(28) + wide, area.height)
    left, right = row.left(side, pen.px(28))
    pen.badge(left, "check", "good")
    pen.text(right, text, 56, bold=True, lines=2)


def _number(pen: Pen, state: m.State, screen: m.Holding, area: Area, *, across: bool) -> None:
    """Portrait: the number over its figures, the QR beneath, all on one card."""
    pen.card(area)
    inner = area.inset(pen.px(40), pen.px(28))
    qr, rest = inner.bottom(min(pen.px(330), inner.height * 0.36), pen.px(24))
    pen.bar(Area(inner.x, qr.top_edge + pen.px(11), inner.width, pen.px(2)), fill="line")
    _figures(pen, state, screen, rest)
    code, text = qr.left(qr.height, pen.px(28))
    pen.code(code, screen.ticket.url)
    pen.text(text, _scan(pen), "large", colour="ink")


def _number_card(pen: Pen, state: m.State, screen: m.Holding, area: Area) -> None:
    pen.card(area)
    _figures(pen, state, screen, area.inset(pen.px(40), pen.px(20)))


def _qr_card(pen: Pen, screen: m.Holding, area: Area) -> None:
    pen.card(area)
    inner = area.inset(pen.px(32), pen.px(24))
    high = pen.height(_scan(pen), inner.width, "body")
    text, code = inner.bottom(min(high, inner.height * 0.4), pen.px(12))
    pen.code(code, screen.ticket.url)
    pen.text(text, _scan(pen), "body", align="center")


def _scan(pen: Pen) -> str:
    return pen.say("用手机扫码可看排队进度；不扫也可以，听叫号即可。")


def _figures(pen: Pen, state: m.State, screen: m.Holding, area: Area) -> None:
    _ = pen.say
    ticket = screen.ticket
    upper, rest = area.top(pen.size("title") * 1.5)
    name = ticket.service_name.in_(state.language)
    pen.text(upper, name, "title", bold=True, align="center", lines=1)
    lower, middle = rest.bottom(pen.size("large") * 1.6 + pen.size("body") * 1.5)
    pen.text(
        middle,
        ticket.number,
        # As large as the card allows; large-text mode can't make it larger than that.
        min(330, int(middle.height / 1.45 / pen.metrics.text)),
        bold=True,
        colour="accent",
        align="center",
        lines=1,
        least=120,
    )
    left, right = lower.columns(2, pen.px(16))
    ahead = _("{count} 人").format(count=ticket.ahead)
    for cell, value, caption in (
        (left, ahead, _("前面还有")),
        (right, words.wait(_, ticket.wait), _("大约等候")),
    ):
        first, second = cell.top(cell.height * 0.45)
        pen.text(first, caption, "body", colour="ink-soft", align="center", lines=1)
        pen.text(second, value, 40, bold=True, align="center", lines=1)


def _lines(pen: Pen, screen: m.Holding) -> tuple[str, str]:
    """What happened, and what to do."""
    _ = pen.say
    match screen.paper:
        case "printing":
            return _("正在打印小票…"), ""
        case "printed":
            return _("请从下方取走小票，听到叫号后到窗口办理。"), ""
        case "none":
            return _("请记住号码，或拍照、扫码保存，听到叫号后到窗口办理。"), ""
        case "unknown":
            return words.paper_trouble(_, screen.paper), _(
                "请看出纸口：有完整的小票就不用再打；没有就点“再打一次”，号码不变。"
            )
        case _:
            return words.paper_trouble(_, screen.paper), _(
                "请记住号码，或拍照、扫码保存。工作人员处理后，可以再打印，也可以凭号码在服务台补打。"
            )


def _status_height(pen: Pen, state: m.State, screen: m.Holding, width: float) -> float:
    first, second = _lines(pen, screen)
    room = width - pen.px(56 + 72 + 24)
    if screen.paper == "printing":
        return pen.px(132)
    high = pen.height(first, room, "large", bold=True) + pen.px(40)
    if second:
        high += pen.height(second, room, "body") + pen.px(8)
    return max(high, pen.px(132))


def _status(pen: Pen, screen: m.Holding, area: Area) -> None:
    tone = _tone(screen.paper)
    first, second = _lines(pen, screen)
    pen.card(area, fill=f"{tone}-soft", line=tone)
    inner = area.inset(pen.px(28), pen.px(16))
    icon, text = inner.left(pen.px(72), pen.px(24))
    if screen.paper == "printing":
        pen.icon(icon, "printer", tone)
        dots, text = text.right(pen.px(180), pen.px(16))
        pen.dots(dots.middle(dots.width, pen.px(20)))
        pen.text(text, first, "large", bold=True, colour=tone, lines=1)
        return
    pen.icon(icon, {"printed": "paper-done", "none": "phone"}.get(screen.paper, "warning"), tone)
    if not second:
        pen.text(text, first, "large", bold=True, colour=tone)
        return
    upper, lower = text.top(pen.height(first, text.width, "large", bold=True), pen.px(8))
    pen.text(upper, first, "large", bold=True, colour=tone)
    pen.text(lower, second, "body", colour="ink", valign="top")


def _actions(pen: Pen, screen: m.Holding, area: Area) -> None:
    _ = pen.say
    if screen.paper == "printing":
        return
    if flow.may_print_again(screen):
        left, right = area.columns(2, pen.metrics.gap)
        pen.button(left, "print-again", _("再打一次"), m.PrintAgainTouched, icon="printer", size="title")
        pen.button(
            right, "done", _("记下了，完成"), m.DoneTouched, kind="primary", icon="check", size="title"
        )
        return
    pen.button(
        area.middle(area.width * (1.0 if pen.metrics.portrait else 0.5), area.height),
        "done",
        _("完成"),
        m.DoneTouched,
        kind="primary",
        icon="check",
        size="title",
    )
