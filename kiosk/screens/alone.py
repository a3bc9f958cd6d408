"""While the link is lost: what can be had all the same, and what the day's list says of a voucher."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk import alone as a
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import alone, offers
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone

from . import words
from .frame import frame, home_button
from .message import Action, message

Texts = list[Line]


def _banner(pen: Pen, state: m.State) -> Texts:
    """What can be had, and what not."""
    _ = pen.say
    if not state.alone.services:
        return [
            Line(_("正在恢复与系统的连接"), 34, bold=True, colour="warn"),
            Line(_("这台机器的号已发完，请到咨询台取号。"), 32, even=True),
        ]
    first = Line(_("正在恢复与系统的连接，可以照常取号"), 34, bold=True, colour="accent", even=True)
    if offers.purposes(state) and state.alone.vouchers:
        second = _("取号、预约签到照常，号码有效；其他事项稍后再办，或到咨询台。")
    else:
        second = _("号码有效；其他事项稍后再办，或到咨询台。")
    return [first, Line(second, 32, even=True)]


def banner_height(pen: Pen, state: m.State, width: float) -> float:
    """How high the banner is across a standing screen; 0 where there is none."""
    if not alone.cut_off(state):
        return 0.0
    room = width - pen.px(2 * 28 + 64 + 24)
    each = [pen.height(one.text, room, one.size, bold=one.bold) for one in _banner(pen, state)]
    return sum(each) + pen.px(2 * 18 + 6)


def banner(pen: Pen, state: m.State, area: Area) -> None:
    lines = _banner(pen, state)
    tone = "accent" if state.alone.services else "warn"
    pen.card(area, fill=f"{tone}-soft", line=tone)
    inner = area.inset(pen.px(28), pen.px(18))
    if pen.metrics.portrait:
        icon, text = inner.left(pen.px(64), pen.px(24))
        pen.icon(icon, "retry", tone)
        pen.stack(text, lines, gap=pen.px(6))
        return
    high = sum(pen.height(one.text, inner.width, one.size, bold=one.bold) for one in lines) + pen.px(16)
    block = inner.middle(inner.width, min(inner.height, high + pen.px(96 + 20)))
    icon, text = block.top(pen.px(96), pen.px(20))
    pen.icon(icon.left(icon.height)[0], "retry", tone)
    pen.stack(text, lines, gap=pen.px(16))


def for_staff(pen: Pen, state: m.State) -> Texts:
    """In two lines at most: since when there is no link, and what was lent and given; or, before that, what a
    person has to look at."""
    _ = pen.say
    standing = state.alone
    first, second = "", ""
    if standing.since is not None:
        first = _("从 {time} 起没有连接").format(time=f"{standing.since:%H:%M}")
    if standing.lent or standing.given or standing.waiting:
        second = _("离线号：还有 {left}，已给出 {given}，待上交 {waiting}").format(
            left=standing.left, given=standing.given, waiting=standing.waiting
        )
    told = [Line(first, 32, bold=True, colour="warn", lines=1), Line(second, 32, lines=1)]
    if standing.damaged:
        told[0] = Line(_("离线号记录曾损坏，请找技术人员"), 32, bold=True, colour="bad", lines=1)
    elif standing.bad:
        bad = _("服务器没有收下：{numbers}").format(numbers=", ".join(standing.bad[-4:]))
        told[0] = Line(bad, 32, bold=True, colour="bad", lines=1)
    return [one for one in told if one.text]


def arrived(
    pen: Pen, state: m.State, screen: a.ArrivedAlone, wall: datetime, new_key: Callable[[], str]
) -> None:
    """One screen, one touch; or why not, and where to go on."""
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    back = Action("back", _("返回"), m.BackTouched, icon="back")
    listed = screen.listed
    if listed is not None and alone.may_check_in(state, screen):
        slot = _("预约 {start}–{end}").format(
            start=f"{listed.starts_at:%H:%M}", end=f"{listed.ends_at:%H:%M}"
        )
        message(
            pen,
            body,
            icon="calendar-check",
            tone="good",
            title=words.title(_, state),
            lines=(
                _("{who} · {count} 件").format(who=listed.who, count=listed.pieces),
                slot,
                _("点“签到取号”，号码有效。样品标签稍后在恢复后补打，或到窗口领取。"),
            ),
            actions=(
                back,
                Action("check-in", _("签到取号"), lambda: m.TakeTouched(new_key()), "primary", "ticket"),
            ),
        )
        return
    home = Action("home-button", _("返回首页"), m.HomeTouched, "primary", "home")
    services = Action("services", _("现在取号办理"), v.ServicesTouched, "primary", "ticket")
    icon, tone, actions = _look(screen, home, (back, services))
    message(
        pen, body, icon=icon, tone=tone, title=words.title(_, state), lines=_why(pen, screen), actions=actions
    )


def _look(
    screen: a.ArrivedAlone, home: Action, on: tuple[Action, ...]
) -> tuple[str, Tone, tuple[Action, ...]]:
    if screen.used:
        return "check", "accent", (home,)
    return ("hand", "warn", (home,)) if screen.listed else ("calendar-check", "warn", on)


def _why(pen: Pen, screen: a.ArrivedAlone) -> tuple[str, ...]:
    """Why there is nothing to touch but the way on."""
    _ = pen.say
    if screen.used:
        return (_("号码是 {number}，请留意叫号与屏幕。").format(number=screen.used),)
    if screen.listed is not None:
        return (_("您的预约有效。"), _("这台机器的号已发完，请到咨询台签到。"))
    return (
        _("现在只认得今天的预约二维码，输入的号码也查不到。"),
        _("可以现在取号，到窗口出示凭证；或者请到咨询台。"),
    )
