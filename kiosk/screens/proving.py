"""Digits of a phone number: its last four as proof, or all of it for an appointment."""

from __future__ import annotations

from datetime import datetime

from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen

from . import words
from .frame import frame, home_button
from .keypad import keypad


def tail(pen: Pen, state: m.State, screen: c.Tail, wall: datetime) -> None:
    _ = pen.say
    shown = "  ".join(screen.digits.ljust(c.TAIL, "—"))
    note = Line(_("登记时留的手机号的后四位，用来确认是您本人。"), 40, even=True)
    if screen.short:
        note = Line(_("请输满四位数字，再点“确认”。"), 40, bold=True, colour="bad", even=True)
    _digits(pen, state, wall, shown, bool(screen.digits), note, bad=screen.short)


def phone(pen: Pen, state: m.State, screen: b.Phoning, wall: datetime) -> None:
    _ = pen.say
    digits = screen.digits
    shown = " ".join(part for part in (digits[:3], digits[3:7], digits[7:]) if part)
    lines = {
        None: Line(_("用来通知您取件；不用于其他用途。到厅受理时再登记姓名。"), 40, even=True),
        "short": Line(_("手机号是 11 位数字，请补全。"), 40, bold=True, colour="bad", even=True),
        "wrong": Line(_("这不是手机号，请核对第一、二位。"), 40, bold=True, colour="bad", even=True),
    }
    note = lines[screen.fault]
    _digits(pen, state, wall, shown or _("11 位手机号"), bool(digits), note, bad=screen.fault is not None)


def _digits(
    pen: Pen, state: m.State, wall: datetime, shown: str, typed: bool, note: Line, *, bad: bool
) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    title = words.title(_, state)
    if pen.metrics.portrait:
        share = 0.5 if state.large else 0.56
        pad, text = body.bottom(min(body.height * share, pen.px(860)), pen.px(36))
        pad = pad.middle(min(pad.width, pen.px(900)), pad.height)
    else:
        pad, text = body.right(body.width * 0.46, pen.px(64))
    high = pen.height(title, text.width, 56, bold=True)
    box, rest = text.top(high, pen.px(28))
    pen.text(box, title, 56, bold=True, even=True)
    field, rest = rest.top(pen.px(150), pen.px(28))
    pen.card(field, line="bad" if bad else "line")
    inside = field.inset(pen.px(24), pen.px(8))
    if typed:
        pen.text(inside, shown, 72, bold=True, colour="accent", align="center", lines=1)
    else:
        pen.text(inside, shown, "title", colour="ink-soft", align="center", lines=1)
    leave, rest = rest.bottom(pen.px(150), pen.px(16))
    pen.button(leave, "back", _("返回"), m.BackTouched, icon="back", size=44)
    _note(pen, rest, note)
    keypad(pen, pad, enter=_("确认"))


def _note(pen: Pen, area: Area, note: Line) -> None:
    pen.text(area, note.text, note.size, bold=note.bold, colour=note.colour, valign="top", even=True)
