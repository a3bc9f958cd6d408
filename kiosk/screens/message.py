"""Screens that tell one thing: what happened, what is safe, what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import alone, asking
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Kind, Line, Pen, Tone

from . import words
from .frame import frame, home_button


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    label: str
    make: Callable[[], m.Touch]
    kind: Kind = "plain"
    icon: str | None = None


def message(
    pen: Pen,
    area: Area,
    *,
    icon: str,
    tone: Tone,
    title: str,
    lines: tuple[str, ...],
    actions: tuple[Action, ...] = (),
    busy: bool = False,
) -> None:
    """Icon, title, lines and actions, as one block in the middle; the actions low."""
    if actions:
        high = pen.px(200 if pen.metrics.portrait else 168)
        row, area = area.bottom(high, pen.px(40))
        if len(actions) == 1 and not pen.metrics.portrait:
            row = row.middle(row.width * 0.5, row.height)
        for cell, action in zip(row.columns(len(actions), pen.metrics.gap), actions, strict=True):
            pen.button(
                cell, action.name, action.label, action.make, kind=action.kind, icon=action.icon, size="title"
            )
    pen.card(area)
    if pen.metrics.portrait:
        _upright(pen, area, icon, tone, title, lines, busy)
    else:
        _lying(pen, area, icon, tone, title, lines, busy)


def _upright(
    pen: Pen, area: Area, icon: str, tone: Tone, title: str, lines: tuple[str, ...], busy: bool
) -> None:
    """Badge, title and lines one under another, centred a little above the middle."""
    inner = area.inset(pen.px(64), pen.px(48))
    side = min(pen.px(240), inner.height * 0.24)
    gap = pen.px(32)
    rest = pen.px(110) if busy else 0.0
    texts = _texts(title, lines)
    high = _high(pen, texts, inner.width, gap)
    tall = min(side + pen.px(48) + high + rest, inner.height)
    block = inner.top(inner.height - (inner.height - tall) * 0.12)[0].middle(inner.width, tall)
    top, block = block.top(side, pen.px(48))
    pen.badge(top, icon, tone)
    foot, block = block.bottom(rest)
    pen.stack(block, texts, align="center", gap=gap)
    if busy:
        pen.dots(foot.middle(pen.px(320), pen.px(32)))


def _lying(
    pen: Pen, area: Area, icon: str, tone: Tone, title: str, lines: tuple[str, ...], busy: bool
) -> None:
    """The badge on the left, title and lines beside it; both in the middle."""
    inner = area.inset(pen.px(72), pen.px(36))
    side = min(pen.px(260), inner.height * 0.7)
    between = pen.px(72)
    gap = pen.px(20)
    rest = pen.px(84) if busy else 0.0
    texts = _texts(title, lines)
    room = inner.width - side - between
    widest = max(pen.width(text.text, text.size, bold=text.bold) for text in texts) + pen.px(8)
    wide = min(room, widest)
    high = _high(pen, texts, wide, gap)
    block = inner.middle(side + between + wide, max(side, min(high + rest, inner.height)))
    left, text = block.left(side, between)
    pen.badge(left, icon, tone)
    text = text.middle(text.width, min(high + rest, inner.height))
    foot, text = text.bottom(rest)
    pen.stack(text, texts, gap=gap)
    if busy:
        pen.dots(foot.left(pen.px(288))[0].middle(pen.px(288), pen.px(32)))


def _texts(title: str, lines: tuple[str, ...]) -> list[Line]:
    return [Line(title, 64, bold=True, even=True), *(Line(line, 42, even=True) for line in lines)]


def _high(pen: Pen, texts: list[Line], width: float, gap: float) -> float:
    """How high the texts are when stacked ``gap`` apart."""
    each = [pen.height(text.text, width, text.size, bold=text.bold) for text in texts]
    return sum(each) + gap * (len(texts) - 1)


def _home(pen: Pen) -> Action:
    _ = pen.say
    return Action("home-button", _("返回首页"), m.HomeTouched, icon="home")


def loading(pen: Pen, state: m.State, at: flow.Loading, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall)
    if not at.lost:
        message(pen, body, icon="clock", tone="accent", title=words.title(_, state), lines=(), busy=True)
        return
    message(
        pen,
        body,
        icon="offline",
        tone="bad",
        title=words.title(_, state),
        lines=(
            _("现在不能取号。请到服务台，由工作人员为您取号。"),
            _("机器正在自动重新连接，恢复后就可以使用。"),
        ),
        busy=True,
    )


def hall_closed(pen: Pen, state: m.State, wall: datetime) -> None:
    _ = pen.say
    home = state.home
    if home is None:
        return
    lines: list[str] = []
    if home.hall.closed_reason is not None:
        lines.append(home.hall.closed_reason.in_(state.language))
    if home.hall.hours:
        lines.append(_("今日办理时间 {hours}").format(hours=home.hall.hours))
    lines.append(_("请在办理时间内再来取号。"))
    if home.hall.complaint_phone:
        lines.append(_("咨询和投诉电话 {phone}").format(phone=home.hall.complaint_phone))
    first = ("notices", "notices", _("公示信息"), m.NoticesTouched()) if home.notices else None
    body = frame(pen, state, wall, first=first)
    message(pen, body, icon="closed", tone="accent", title=words.title(_, state), lines=tuple(lines))


def refused(pen: Pen, state: m.State, screen: m.Refused, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    detail = screen.detail or _("请稍后再试，或者到服务台请工作人员帮助。")
    icon, tone = REFUSED.get(screen.code, ("hand", "warn"))
    actions: tuple[Action, ...] = (Action("home-button", _("返回首页"), m.HomeTouched, "primary", "home"),)
    if screen.back is not None:
        again = _("重新选择") if isinstance(screen.back, v.Basket) else _("重新输入")
        actions = (
            Action("home-button", _("返回首页"), m.HomeTouched, icon="home"),
            Action("back", again, m.BackTouched, "primary", "retry"),
        )
    message(
        pen,
        body,
        icon=icon,
        tone=tone,
        title=words.title(_, state),
        lines=(detail, _("没有取到号，您可以放心返回。")) if screen.gives else (detail,),
        actions=actions,
    )


REFUSED: dict[str, tuple[str, Tone]] = {
    "too_many_requests": ("lock", "bad"),
    "pickup_used": ("package", "accent"),
    "pickup_revoked": ("cancelled", "bad"),
    "pickup_expired": ("wrong-day", "warn"),
    "pickup_unknown": ("warning", "warn"),
    "proof_wrong": ("warning", "warn"),
    "not_checked_in": ("wrong-day", "accent"),
    "appointment_cancelled": ("cancelled", "bad"),
    "nothing_ready": ("hourglass", "accent"),
    "not_ready": ("hourglass", "accent"),
    "certificate_not_issued": ("hourglass", "accent"),
    "certificate_over": ("cancelled", "bad"),
    "quota_used": ("printer", "warn"),
    "slot_full": ("people", "warn"),
}
"""Refusals that have a sign of their own."""


def unreached(pen: Pen, state: m.State, screen: m.Unreached, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    if isinstance(screen.press, m.Press) and alone.gives(state, screen.press.service):
        _unreached_but_given(pen, state, body)
        return
    message(
        pen,
        body,
        icon="offline",
        tone="bad",
        title=words.title(_, state),
        lines=_unreached(pen, screen)
        if not asking.gives(screen.press)
        else (
            _("号码还没有显示，请不要离开。"),
            _("点“再试一次”是安全的：不会重复取号，也不会丢掉位置。"),
            _("还是不行，请到服务台，由工作人员为您取号。"),
        ),
        actions=(
            _home(pen),
            Action("retry", _("再试一次"), m.RetryTouched, "primary", "retry"),
        ),
    )


def _unreached_but_given(pen: Pen, state: m.State, body: Area) -> None:
    """Nobody knows whether the server gave a number; this kiosk can give one that counts in its place."""
    _ = pen.say
    message(
        pen,
        body,
        icon="offline",
        tone="warn",
        title=words.title(_, state),
        lines=(
            _("可以先取一个离线号：号码有效，照常叫号。"),
            _("两个按钮都是安全的：最后只有一个号码有效，不会重复。"),
        ),
        actions=(
            Action("retry", _("再试一次"), m.RetryTouched, icon="retry"),
            Action("take-alone", _("取离线号"), a.AloneTouched, "primary", "ticket"),
        ),
    )


def _unreached(pen: Pen, screen: m.Unreached) -> tuple[str, ...]:
    _ = pen.say
    last = _("还是不行，请到服务台，由工作人员为您办理。")
    if isinstance(screen.press, b.BookPress):
        return (_("点“再试一次”是安全的：不会重复预约。"), last)
    return (_("什么都没有改动，点“再试一次”是安全的。"), last)


def issuing(pen: Pen, state: m.State, screen: m.Issuing, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall)
    lines = (_("网络比较慢，正在再试。请不要离开。"),) if screen.patience > 1 else ()
    message(
        pen, body, icon=_waiting(screen), tone="accent", title=words.title(_, state), lines=lines, busy=True
    )


def _waiting(screen: m.Issuing) -> str:
    if asking.gives(screen.press):
        return "ticket"
    return "calendar-check" if isinstance(screen.press, b.BookPress) else "progress"


def emergency(pen: Pen, state: m.State) -> None:
    """Nothing but the hall's text."""
    area = pen.page
    pen.bar(area, fill="bad")
    inner = area.inset(pen.px(96), pen.px(120))
    side = pen.px(240)
    text = words.title(pen.say, state)
    other = ""
    told = state.home.hall.emergency if state.home else None
    if told is not None:
        other = told.in_("en" if state.language == "zh" else "zh")
    high = min(pen.height(text, inner.width, 96, bold=True), inner.height * 0.5)
    second = min(pen.height(other, inner.width, 48), inner.height * 0.25) if other != text else 0
    block = inner.middle(inner.width, min(inner.height, side + high + second + pen.px(112)))
    top, block = block.top(side, pen.px(56))
    pen.icon(top, "emergency", "on-accent")
    top, block = block.top(high, pen.px(56))
    pen.text(top, text, 96, bold=True, colour="on-accent", align="center")
    if second:
        pen.text(block, other, 48, colour="on-accent", align="center", valign="top")


def still_there(pen: Pen, state: m.State, screen: m.StillThere, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, foot=False)
    # Any touch is an answer: the whole screen lies beneath the two buttons.
    pen.touch(body, "stay-anywhere", words.title(_, state), m.StayTouched, "unseen")
    under = screen.under
    lines = [_("{seconds} 秒后回到首页，屏幕上的内容会清除。").format(seconds=screen.left)]
    if isinstance(under, m.Holding) or (isinstance(under, v.Labelling) and under.ticket is not None):
        assert under.ticket is not None  # noqa: S101  # a narrowing that the checker can't see
        lines.insert(0, _("您的号码 {number} 有效。").format(number=under.ticket.number))
    elif isinstance(under, c.Printing) and under.left:
        lines.insert(0, _("还有证书没有打印；不继续就会取消，不计次数。"))
    elif isinstance(under, b.Appointed):
        lines.insert(0, _("您的预约有效。"))
    lines.append(_("触摸屏幕任何地方就可以继续。"))
    message(
        pen,
        body,
        icon="clock",
        tone="warn",
        title=words.title(_, state),
        lines=tuple(lines),
        actions=(
            Action("leave", _("不用了，返回首页"), m.HomeTouched, icon="home"),
            Action("stay", _("继续"), m.StayTouched, "primary", "check"),
        ),
    )
