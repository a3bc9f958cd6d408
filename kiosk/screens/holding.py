"""The number: huge, with its QR, what became of the paper, and what to do."""

from __future__ import annotations

from datetime import datetime

from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.alone import GivenAlone
from kiosk.flows import labelling
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone
from server.protocol.views import TicketIssued

from . import words
from .frame import frame


def _small(pen: Pen) -> float:
    """The text size beside the number; with large text it grows less, so that the number stays large."""
    return 28 if pen.metrics.large else 33


def draw(pen: Pen, state: m.State, screen: m.Holding, wall: datetime) -> None:
    body = frame(pen, state, wall)
    if pen.metrics.portrait:
        top, rest = body.top(pen.px(120) * (1.15 if state.large else 1), pen.px(32))
        _title(pen, state, top)
        actions, rest = rest.bottom(pen.px(184), pen.px(36))
        status, rest = rest.bottom(_status_height(pen, state, screen, rest.width), pen.px(32))
        _number(pen, state, screen, rest)
    else:
        left, right = body.left(body.width * 0.5, pen.px(48))
        top, rest = right.top(pen.px(150), pen.px(24))
        _title(pen, state, top)
        actions, rest = rest.bottom(pen.px(168), pen.px(28))
        status = rest.top(min(rest.height, max(_status_height(pen, state, screen, rest.width), pen.px(180))))[
            0
        ]
        _number(pen, state, screen, left)
    _status(pen, state, screen, status)
    _actions(pen, screen, actions)


def _tone(paper: m.Paper) -> Tone:
    return "good" if paper in ("printing", "printed", "none") else "warn"


def _title(pen: Pen, state: m.State, area: Area) -> None:
    text = words.title(pen.say, state)
    portrait = pen.metrics.portrait
    side = min(area.height, pen.px(112))
    room = int(area.width - side - pen.px(28))
    wide = min(pen.width(text, 56, bold=True) + pen.px(8), room) if portrait else room
    row = area.middle(side + pen.px(28) + wide, area.height)
    left, right = row.left(side, pen.px(28))
    pen.badge(left, "check", "good")
    pen.text(right, text, 56, bold=True, lines=2, even=True)


def _number(pen: Pen, state: m.State, screen: m.Holding, area: Area) -> None:
    """Service, number as large as it goes, how long; the code for a phone beneath, all on one card."""
    _ = pen.say
    ticket = screen.ticket
    pen.card(area)
    inner = area.inset(pen.px(40), pen.px(24))
    name, rest = inner.top(pen.size("title") * 1.5)
    pen.text(name, ticket.service_name.in_(state.language), "title", bold=True, align="center", lines=1)
    code, rest = rest.bottom(min(pen.px(300), inner.height * (0.27 if state.large else 0.34)), pen.px(44))
    line = code.top_edge + pen.px(22)
    pen.bar(Area(inner.x, line, inner.width, pen.px(2)), fill="line")
    figures, rest = rest.bottom((pen.size("body") + pen.size(44)) * 1.5)
    pen.number(rest.inset(0, pen.px(12)), ticket.number)
    square, text = code.left(code.height, pen.px(24))
    pen.code(square, ticket.url)
    pen.text(text, _scan(pen, ticket), _small(pen) + 3, even=True)
    if isinstance(ticket, GivenAlone):
        lines = [
            Line(_("离线取号 · 号码有效"), 44, bold=True, colour="accent", lines=1),
            Line(_("等候时间暂时不知道，请留意叫号与屏幕。"), 34, lines=2, even=True),
        ]
        pen.stack(figures, lines, align="center")
        return
    pen.stacks(
        figures.columns(2, pen.px(16)),
        [
            (Line(caption, colour="ink-soft", lines=1), Line(value, 44, bold=True, lines=1))
            for caption, value in (
                (_("前面还有"), _("{count} 人").format(count=ticket.ahead)),
                (_("预计等候"), words.wait(_, ticket.wait)),
            )
        ],
        align="center",
    )


def _scan(pen: Pen, ticket: TicketIssued) -> str:
    _ = pen.say
    if isinstance(ticket, GivenAlone):
        return _("系统正在恢复连接；恢复后，用手机扫码可看进度。")
    return _("用手机扫码可看排队进度；不扫也可以，听叫号即可。")


def _lines(pen: Pen, state: m.State, screen: m.Holding) -> tuple[str, str]:
    """What happened, and what to do."""
    _ = pen.say
    match screen.paper:
        case "printing":
            return _("正在打印小票…"), ""
        case "printed":
            return _("请从下方取走小票，听到叫号后到窗口办理。"), _elsewhere(pen, state, screen)
        case "none":
            told = _("请记住号码，或拍照、扫码保存，听到叫号后到窗口办理。")
            return told, _elsewhere(pen, state, screen)
        case "unknown":
            return words.paper_trouble(_, screen.paper), _(
                "请看出纸口：有完整的小票就不用再打；没有就点“再打一次”，号码不变。"
            )
        case _:
            return words.paper_trouble(_, screen.paper), _(
                "请记住号码，或拍照、扫码保存。工作人员处理后，可以再打印，也可以凭号码在服务台补打。"
            )


def _elsewhere(pen: Pen, state: m.State, screen: m.Holding) -> str:
    """Where the labels are had, when not here."""
    _ = pen.say
    if isinstance(screen.ticket, GivenAlone) and screen.ticket.slot is not None:
        return _("样品标签稍后在恢复后补打，或到窗口领取。")
    if (
        not isinstance(screen.visit, v.Visit)
        or not screen.visit.order.labels
        or labelling.follow(state, screen)
    ):
        return ""
    return _("样品标签由窗口打印。")


def _status_height(pen: Pen, state: m.State, screen: m.Holding, width: float) -> float:
    first, second = _lines(pen, state, screen)
    room = width - pen.px(56 + 72 + 24)
    if screen.paper == "printing":
        return pen.px(132)
    high = pen.height(first, room, "large", bold=True) + pen.px(40)
    if second:
        high += pen.height(second, room, _small(pen)) + pen.px(8)
    return max(high, pen.px(132))


def _status(pen: Pen, state: m.State, screen: m.Holding, area: Area) -> None:
    tone = _tone(screen.paper)
    first, second = _lines(pen, state, screen)
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
    lines = [Line(first, "large", bold=True, colour=tone, even=True), Line(second, _small(pen), even=True)]
    pen.stack(text, lines, gap=pen.px(8))


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
        area,
        "done",
        _("完成"),
        m.DoneTouched,
        kind="primary",
        icon="check",
        size="title",
    )
