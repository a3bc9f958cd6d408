"""A code is wanted: the viewfinder, how to hold it, and beside it the pad for who would rather type."""

from __future__ import annotations

from datetime import datetime

from kiosk import model as m
from kiosk import visit as v
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen
from server.protocol.codes import NUMBER_DIGITS, spaced

from . import words
from .frame import frame, home_button
from .keypad import keypad


def draw(pen: Pen, state: m.State, screen: v.Showing, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    title = words.title(_, state)
    if pen.metrics.portrait:
        box, rest = body.top(pen.height(title, body.width, 56, bold=True), pen.px(20))
        pen.text(box, title, 56, bold=True, even=True)
        low, upper = rest.bottom(min(rest.height * 0.6, pen.px(840)), pen.px(28))
        _eye(pen, state, screen, upper)
        shown, pad = low.top(pen.px(120), pen.px(24))
        _number(pen, screen, shown)
        keypad(pen, pad, enter=_("确认"))
        return
    left, right = body.left(body.width * 0.54, pen.px(56))
    box, rest = left.top(pen.height(title, left.width, 52, bold=True), pen.px(24))
    pen.text(box, title, 52, bold=True, even=True)
    _eye(pen, state, screen, rest)
    shown, pad = right.top(pen.px(120), pen.px(24))
    _number(pen, screen, shown)
    keypad(pen, pad, enter=_("确认"))


def _number(pen: Pen, screen: v.Showing, area: Area) -> None:
    _ = pen.say
    pen.card(area, line="bad" if screen.fault else "line")
    inner = area.inset(pen.px(24), pen.px(8))
    if screen.digits:
        pen.text(inner, spaced(screen.digits), 60, bold=True, colour="accent", align="center", lines=1)
        return
    asked = _("或输入 {count} 位数字号码").format(count=NUMBER_DIGITS)
    pen.text(inner, asked, "large", colour="ink-soft", align="center", lines=1)


def _eye(pen: Pen, state: m.State, screen: v.Showing, area: Area) -> None:
    """The picture, and beside it (or beneath, on a lying screen) what to do or what was wrong."""
    sees = state.rules.viewfinder and state.scanner == "ready"
    if pen.metrics.portrait:
        side = min(area.height, area.width * 0.5)
        left, right = area.left(side, pen.px(32))
        picture, told = left.top(side)[0], right.top(side)[0]
    else:
        told, rest = area.bottom(pen.px(250 if state.large else 220), pen.px(24))
        side = rest.height
        picture = rest.middle(min(rest.width, side * 1.5), side)
    if sees and screen.fault is None:
        hint = _Hint(pen, _scan(pen, screen), told)
        pen.viewfinder(picture, hint)
        return
    if sees:
        pen.viewfinder(picture, lambda _hint: None)
    else:
        pen.card(picture, fill="accent-soft", line=None)
        side = min(picture.width, picture.height) * 0.5
        pen.icon(picture.middle(side, side), "scan" if state.scanner == "ready" else "keyboard", "accent")
    _told(pen, state, screen, told)


class _Hint:
    """The sentence beside the viewfinder, which follows what the camera sees."""

    def __init__(self, pen: Pen, usual: str, area: Area) -> None:
        _ = pen.say
        self._said = {
            "": usual,
            "waiting": _("摄像头正在启动，请稍候。"),
            "dark": _("光线太暗，请把手机屏幕调亮一些。"),
            "closer": _("看到了，请再靠近一点，拿稳。"),
        }
        longest = max(self._said.values(), key=lambda text: pen.height(text, area.width, 40))
        self._text = pen.text(area, longest, 40, even=True)
        self._now = longest
        self("")

    def __call__(self, hint: str) -> None:
        text = self._said[hint]
        if text != self._now:
            self._now = text
            self._text.change(text)


def _scan(pen: Pen, screen: v.Showing) -> str:
    _ = pen.say
    if screen.purpose == "check_in":
        return _("请将预约二维码对准框内，离镜头约一个手掌远。")
    if screen.purpose == "pickup":
        return _("请将取件二维码对准框内，离镜头约一个手掌远。")
    if screen.purpose in ("progress", "certificates"):
        return _("请将受理单、凭证或取件通知上的二维码对准框内。")
    return _("请将小票、预约凭证或样品标签上的码对准框内。")


def _told(pen: Pen, state: m.State, screen: v.Showing, area: Area) -> None:
    _ = pen.say
    if screen.fault is not None:
        pen.card(area, fill="bad-soft", line="bad")
        inner = area.inset(pen.px(28), pen.px(20))
        title, advice = words.wrong(_, screen.purpose, screen.fault)
        pen.stack(
            inner,
            [Line(title, 40, bold=True, colour="bad", even=True), Line(advice, 34, colour="ink", even=True)],
            gap=pen.px(12),
        )
        return
    if state.scanner == "ready":
        if screen.purpose == "check_in":
            text = _("请把预约二维码放到扫码口下方，听到提示音即可。")
        elif screen.purpose == "pickup":
            text = _("请把取件二维码放到扫码口下方，听到提示音即可。")
        elif screen.purpose in ("progress", "certificates"):
            text = _("请把受理单、凭证或取件通知上的二维码放到扫码口下方。")
        else:
            text = _("请把小票、预约凭证或样品标签上的码放到扫码口下方。")
        pen.text(area, text, 40, even=True)
        return
    lines = [Line(_where(pen, screen.purpose), 40, even=True)]
    if state.scanner != "none":
        lines.insert(0, Line(_("扫码器暂时不能用"), 40, bold=True, colour="warn", even=True))
    pen.stack(area, lines, gap=pen.px(12))


def _where(pen: Pen, purpose: v.Purpose) -> str:
    _ = pen.say
    if purpose == "check_in":
        return _("请输入预约号：在预约凭证的二维码下面，共 12 位数字。")
    if purpose == "pickup":
        return _("请输入取件号：在取件通知里，二维码下面的 12 位数字。")
    if purpose in ("progress", "certificates"):
        return _("请输入单号：它印在受理单、凭证和取件通知上，共 12 位数字。")
    return _("请输入单号：它印在小票和预约凭证上，共 12 位数字。")
