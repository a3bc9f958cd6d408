"""The staff corner: PIN, device tests, reprint by number, screen test, closing."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from kiosk import model as m
from kiosk import staff
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Pen, always

from . import words
from .alone import for_staff
from .frame import frame
from .keypad import keypad
from .message import Action, message

PATTERNS = ("surface", "ink", "bad", "good", "accent")
"""What the screen test shows, one after another: a dead pixel is seen on one of them."""


def sign_in(pen: Pen, state: m.State, screen: m.StaffSignIn, wall: datetime, now: float) -> None:
    _ = pen.say
    body = frame(pen, state, wall, foot=False)
    pad, text = _beside(pen, body)
    locked = state.pin_locked_until is not None and state.pin_locked_until > now
    _title(pen, text, words.title(_, state))
    shown, rest = _below_title(pen, text)
    if locked:
        minutes = ceil((state.pin_locked_until or now) / 60 - now / 60)
        hint, colour = _("密码错误次数太多，请{minutes}分钟后再试。").format(minutes=minutes), "bad"
    elif screen.wrong:
        left = state.rules.pin_tries - state.pin_wrong
        hint, colour = _("密码不对，还可以试{count}次。").format(count=left), "bad"
    else:
        hint, colour = _("请输入密码。"), "ink-soft"
    pen.card(shown)
    pen.text(shown, "●" * len(screen.digits), "title", align="center", lines=1)
    hint_area, rest = rest.top(pen.size("large") * 3.2, pen.px(16))
    pen.text(hint_area, hint, "large", colour=colour, valign="top")
    leave = rest.bottom(pen.px(160))[0]
    pen.button(leave, "home-button", _("返回首页"), m.HomeTouched, icon="home", size=44)
    keypad(pen, pad, enter=_("确认"))


def menu(pen: Pen, state: m.State, screen: m.StaffMenu, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, foot=False)
    top, rest = body.top(pen.size(56) * 1.5, pen.px(24))
    told = for_staff(pen, state)
    if told:
        # Beside the title: what can be touched needs all the height there is.
        top, box = top.left(pen.width(words.title(_, state), 56, bold=True) + pen.px(8), pen.px(40))
        pen.stack(box, told)
    pen.text(top, words.title(_, state), 56, bold=True, lines=1)
    results = dict(screen.tests)
    said = {
        None: "",
        "busy": _("正在测试…"),
        "good": _("正常"),
        "bad": _("不正常"),
    }
    items: list[tuple[str, str, str, str, m.Touch]] = [
        (
            "test:printer",
            "printer",
            _("打印测试页"),
            said[results.get("printer")] or words.printer(_, state.printer),
            m.TestTouched("printer"),
        ),
        (
            "test:labels",
            "tag",
            _("打印测试标签"),
            said[results.get("labels")] or words.label_printer(_, state),
            m.TestTouched("labels"),
        ),
        *(
            [
                (
                    "test:certificates",
                    "certificate",
                    _("测试证书打印机"),
                    said[results.get("certificates")] or words.printer(_, state.documents),
                    m.TestTouched("certificates"),
                )
            ]
            if state.documents != "none"
            else []
        ),
        (
            "test:scanner",
            "scan",
            _("测试扫码器"),
            said[results.get("scanner")] or words.scanner(_, state.scanner),
            m.TestTouched("scanner"),
        ),
        ("test:speaker", "volume", _("测试语音"), said[results.get("speaker")], m.TestTouched("speaker")),
        (
            "test:link",
            "link",
            _("测试网络"),
            said[results.get("link")] or words.link_for_staff(_, state),
            m.TestTouched("link"),
        ),
        ("staff:screen", "screen", _("测试屏幕"), "", m.StaffTouched("screen")),
        ("staff:reprint", "reprint", _("补打小票"), "", m.StaffTouched("reprint")),
        ("staff:close", "exit", _("退出程序"), "", m.StaffTouched("close")),
    ]
    columns = 1 if pen.metrics.portrait else 2
    gap = pen.metrics.gap
    if len(items) % columns == 0:
        leave, rest = rest.bottom(pen.px(160), pen.px(36))
        rows = len(items) // columns
    else:
        # The last cell of the grid is free: the way home goes there, and each row is higher.
        leave, rows = rest, ceil(len(items) / columns)
    high = min((rest.height - gap * (rows - 1)) / rows, pen.px(190))
    grid = rest.top(high * rows + gap * (rows - 1))[0]
    if len(items) % columns:
        leave = grid.grid(columns, rows, gap)[-1]
    pen.button(leave, "home-button", _("返回首页"), m.HomeTouched, kind="primary", icon="home", size=44)
    for cell, (name, icon, label, note, touch) in zip(grid.grid(columns, rows, gap), items, strict=False):
        pen.touch(cell, name, label, always(touch))
        inner = cell.inset(pen.px(32), pen.px(16))
        left, text = inner.left(pen.px(64), pen.px(32))
        pen.icon(left, icon, "accent")
        if note:
            right, text = text.right(text.width * 0.42, pen.px(16))
            bad = note == said["bad"] or (note != said["good"] and name in _ill(state))
            pen.text(right, note, "body", colour="bad" if bad else "ink-soft", align="right", lines=2)
        pen.text(text, label, 40, bold=True, lines=1)


def _ill(state: m.State) -> set[str]:
    """The tests of devices that are not well."""
    return {
        name
        for name, sick in (
            ("test:printer", state.printer not in ("ready", "none")),
            ("test:certificates", state.documents not in ("ready", "none")),
            ("test:labels", state.label_printer not in ("ready", "none")),
            ("test:scanner", state.scanner not in ("ready", "none")),
            ("test:link", bool(state.link_fault)),
        )
        if sick
    }


def reprint(pen: Pen, state: m.State, screen: m.Reprinting, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, foot=False)
    pad, text = _beside(pen, body)
    _title(pen, text, words.title(_, state))
    shown, rest = _below_title(pen, text)
    pen.card(shown)
    number = f"{screen.prefix}{screen.digits}"
    pen.text(shown, number, 72, bold=True, colour="accent", align="center", lines=1)
    prefixes = staff.prefixes(state)
    if prefixes:
        columns = min(len(prefixes), 5)
        rows = ceil(len(prefixes) / columns)
        side = max(pen.metrics.target * 0.8, pen.px(120))
        box, rest = rest.top(side * rows + pen.metrics.gap * (rows - 1), pen.px(24))
        for cell, prefix in zip(box.grid(columns, rows, pen.px(16)), prefixes, strict=False):
            pen.button(
                cell,
                f"prefix:{prefix}",
                prefix,
                always(m.PrefixTouched(prefix)),
                kind="chosen" if prefix == screen.prefix else "plain",
                size="title",
            )
    leave, rest = rest.bottom(pen.px(152), pen.px(16))
    pen.button(leave, "staff:menu", _("返回"), lambda: m.StaffTouched("menu"), icon="back", size=44)
    note, colour = _note(pen, screen)
    pen.text(rest, note, "large", colour=colour, valign="top", even=True)
    keypad(pen, pad, enter=_("打印"))


def _note(pen: Pen, screen: m.Reprinting) -> tuple[str, str]:
    _ = pen.say
    match screen.note:
        case "":
            return _("选字母，输入数字，再点“打印”。小票上会印“补打”。"), "ink-soft"
        case "looking":
            return _("正在查找…"), "ink"
        case "not_found":
            return _("今天没有这个号码，请核对。"), "bad"
        case "unreached":
            return _("连接不到服务器，请稍后再试。"), "bad"
        case "printing":
            return _("正在打印小票…"), "ink"
        case "printed":
            return _("已打印。"), "good"
        case "none":
            return _("这台机器没有打印机。"), "bad"
        case _:
            return words.paper_trouble(_, screen.note), "bad"


def screen_test(pen: Pen, screen: m.ScreenTest) -> None:
    _ = pen.say
    pattern = screen.pattern % len(PATTERNS)
    pen.bar(pen.page, fill=PATTERNS[pattern])
    ink = "ink" if PATTERNS[pattern] == "surface" else "on-accent"
    high = pen.metrics.target
    row = pen.page.inset(pen.metrics.margin).bottom(high)[0]
    left, right = row.columns(2, pen.metrics.gap)
    pen.button(left, "staff:menu", _("返回"), lambda: m.StaffTouched("menu"), icon="back")
    pen.button(right, "page:next", _("下一个颜色"), lambda: m.PageTouched(screen.pattern + 1), icon="next")
    # Text at the least size and a grid of lines show whether the picture is sharp.
    box = pen.page.middle(pen.page.width * 0.8, pen.px(200))
    pen.text(box, _("屏幕测试：字是否清楚，有没有坏点"), "large", colour=ink, align="center")


def closing(pen: Pen, state: m.State, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, foot=False)
    message(
        pen,
        body,
        icon="exit",
        tone="bad",
        title=words.title(_, state),
        lines=(_("退出后这台机器不能取号，需要由技术人员重新启动。"),),
        actions=(
            Action("staff:closed", _("退出程序"), lambda: m.StaffTouched("closed"), "danger", "exit"),
            Action("staff:menu", _("不退出"), lambda: m.StaffTouched("menu"), "primary", "back"),
        ),
    )


def _beside(pen: Pen, body: Area) -> tuple[Area, Area]:
    """The pad's place and the text's: one below the other, or side by side."""
    if pen.metrics.portrait:
        pad, text = body.bottom(min(body.height * 0.54, pen.px(920)), pen.px(40))
        return pad.middle(min(pad.width, pen.px(860)), pad.height), text
    pad, text = body.right(body.width * 0.46, pen.px(64))
    return pad, text


def _title(pen: Pen, text: Area, title: str) -> None:
    pen.text(text.top(pen.size(56) * 1.5)[0], title, 56, bold=True, lines=1)


def _below_title(pen: Pen, text: Area) -> tuple[Area, Area]:
    rest = text.top(pen.size(56) * 1.5, pen.px(16))[1]
    return rest.top(pen.px(132), pen.px(24))
