"""Certificates on paper, one by one: how each stands in the printer, and what to do where it stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk import collecting as c
from kiosk import model as m
from kiosk.devices import TROUBLES
from kiosk.flows import certifying as rules
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone

from . import titles, words
from .frame import frame

NewKey = Callable[[], str]


def draw(pen: Pen, state: m.State, screen: c.Printing, wall: datetime, new_key: NewKey) -> None:
    body = frame(pen, state, wall)
    _ = pen.say
    title = words.title(_, state)
    size = 44 if pen.metrics.large else 54
    high = max(pen.px(120), pen.height(title, body.width - pen.px(140), size, bold=True))
    action_high = pen.px(176)
    if pen.metrics.portrait:
        top, rest = body.top(high, pen.px(28))
        actions, rest = rest.bottom(action_high, pen.px(28))
        status, middle = rest.bottom(_status_height(pen, screen, rest.width), pen.px(28))
    else:
        left, right = body.left(body.width * 0.46, pen.px(48))
        top, rest = right.top(
            max(high, pen.height(title, right.width - pen.px(140), size, bold=True)), pen.px(24)
        )
        actions, rest = rest.bottom(action_high, pen.px(24))
        status = rest.top(min(rest.height, max(_status_height(pen, screen, rest.width), pen.px(180))))[0]
        middle = left
    tone = _tone(screen)
    badge, text = top.left(pen.px(112), pen.px(28))
    icon = "check" if rules.done(screen) else "printer" if tone == "good" else "warning"
    pen.badge(badge.middle(badge.width, badge.width), icon, tone)
    pen.text(text, title, size, bold=True, even=True)
    _sheet(pen, screen, middle)
    _status(pen, screen, status, tone)
    _actions(pen, screen, actions, new_key)


def _tone(screen: c.Printing) -> Tone:
    if rules.done(screen) or screen.stage in ("asking", "sending", "waiting", "printing", "printed"):
        return "good"
    return "bad" if screen.stage in ("refused", "failed") else "warn"


def _sheet(pen: Pen, screen: c.Printing, area: Area) -> None:
    """How far it is as squares, and the certificate at work."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(36), pen.px(28))
    bar, rest = inner.top(pen.px(28), pen.px(28))
    count = screen.count
    out = screen.out
    if count <= 12:
        for index, cell in enumerate(bar.columns(max(1, count), pen.px(8))):
            pen.card(cell, fill="good" if index < out else "line", line=None)
    else:
        pen.card(bar, fill="line", line=None)
        if out:
            pen.card(bar.left(max(bar.height, bar.width * out / count))[0], fill="good", line=None)
    one = screen.at
    side = min(rest.height * 0.6, pen.px(460))
    if pen.metrics.portrait:
        mark, text = rest.left(side, pen.px(40))
    else:
        mark, text = rest.top(min(side, rest.height * 0.4), pen.px(20))
    _paper(pen, mark.middle(side * 0.72, side) if pen.metrics.portrait else mark, screen)
    if one is None:
        pen.stack(
            text,
            [
                Line(_("请从证书打印机的出纸口取走证书。"), 40, bold=True, even=True),
                Line(_("请数一数份数，不要落下。"), 36, even=True),
            ],
            gap=pen.px(16),
        )
        return
    lines = [
        Line(one.item.in_(pen.language), 44, bold=True, lines=2, even=True),
        Line(one.kind_name.in_(pen.language), 36, lines=2),
        Line(one.number, 36, colour="ink-soft", lines=2),
    ]
    if screen.job is not None and screen.job.pages > 0:
        told = _("共 {pages} 页").format(pages=screen.job.pages)
        if screen.pages:
            told = _("已打印 {done} 页，共 {pages} 页").format(
                done=min(screen.pages, screen.job.pages), pages=screen.job.pages
            )
        lines.append(Line(told, 36, bold=True, even=True))
    pen.stack(text, lines, gap=pen.px(10))


def _paper(pen: Pen, area: Area, screen: c.Printing) -> None:
    """A sheet of A4 with the seal's place, as a sign that paper comes out."""
    high = min(area.height, area.width * 1.414)
    sheet = area.middle(high / 1.414, high)
    pen.card(sheet, line="ink-soft")
    inner = sheet.inset(sheet.width * 0.14, sheet.height * 0.1)
    mark, rest = inner.top(inner.height * 0.4, inner.height * 0.06)
    trouble = _tone(screen) not in ("good",)
    pen.icon(mark, "warning" if trouble else "certificate", _tone(screen) if trouble else "accent")
    for wide in (1.0, 1.0, 0.7):
        line, rest = rest.top(max(pen.px(6), rest.height * 0.09), rest.height * 0.12)
        pen.bar(line.left(line.width * wide)[0], fill="line")


def _told(pen: Pen, screen: c.Printing) -> tuple[str, str]:
    """What happens, what is safe, what to do."""
    _ = pen.say
    if rules.done(screen):
        return _("请取走证书。"), _("证书上有二维码，谁都可以扫码核对真伪。")
    stage = screen.stage
    said = titles.stage(_, stage)
    match stage:
        case "asking" | "sending" | "waiting" | "printing":
            return _("{stage}，请不要离开。").format(stage=said), ""
        case "stopping":
            return _("正在取消，请稍候。"), _("没有打印完的不计次数。")
        case "out_of_paper":
            return _("打印机没有纸了，正在等待加纸。"), _("已通知工作人员。加纸后会自动接着打，不计两次。")
        case "jam":
            return _("打印机卡纸了，正在等待处理。"), _(
                "已通知工作人员，请不要自己拉纸。处理后会自动接着打。"
            )
        case "cover_open":
            return _("打印机的盖子没有关好。"), _("已通知工作人员。关好后会自动接着打。")
        case "offline" | "error":
            return _("{stage}，正在等待处理。").format(stage=said), _(
                "已通知工作人员。也可以取消，改用手机下载。"
            )
        case "stopped":
            return _("已取消，这一份没有打印。"), _("没有计次数，可以再打印，也可以用手机下载。")
        case "unknown":
            return _("不能确定这一份有没有打完整。"), _("请看出纸口：完整就不用再打；不完整请找工作人员。")
        case "failed":
            return _("这一份没有打印出来。"), _("没有计次数，可以再试，也可以用手机下载。")
        case "refused":
            return screen.title or _("现在不能打印"), screen.why or _("请到服务台请工作人员帮助。")
        case _:
            return said, _("点“再试一次”是安全的，不会多计次数。")


def _status_height(pen: Pen, screen: c.Printing, width: float) -> float:
    first, second = _told(pen, screen)
    room = width - pen.px(56 + 72 + 24) - (pen.px(176) if _moving(screen) else 0)
    high = pen.height(first, room, _first(pen), bold=True) + pen.px(44)
    if second:
        high += pen.height(second, room, _small(pen)) + pen.px(8)
    return max(high, pen.px(140))


def _first(pen: Pen) -> float:
    return 34 if pen.metrics.large else 40


def _small(pen: Pen) -> float:
    return 30 if pen.metrics.large else 34


def _moving(screen: c.Printing) -> bool:
    return screen.stage in ("asking", "sending", "waiting", "printing", "stopping") and not rules.done(screen)


def _status(pen: Pen, screen: c.Printing, area: Area, tone: Tone) -> None:
    first, second = _told(pen, screen)
    pen.card(area, fill=f"{tone}-soft", line=tone)
    inner = area.inset(pen.px(28), pen.px(16))
    icon, text = inner.left(pen.px(72), pen.px(24))
    name = {"out_of_paper": "paper-out", "stopping": "cancelled"}.get(screen.stage, "printer")
    if rules.done(screen):
        name = "paper-done"
    elif screen.stage not in TROUBLES and tone != "good" and screen.stage != "stopping":
        name = "warning"
    pen.icon(icon, name, tone)
    if _moving(screen):
        dots, text = text.right(pen.px(160), pen.px(16))
        pen.dots(dots.middle(dots.width, pen.px(20)))
    pen.stack(
        text,
        [
            Line(first, _first(pen), bold=True, colour=tone, even=True),
            Line(second, _small(pen), even=True),
        ],
        gap=pen.px(8),
    )


def _actions(pen: Pen, screen: c.Printing, area: Area, new_key: NewKey) -> None:
    _ = pen.say
    if rules.busy(screen):
        if screen.job is not None and screen.stage != "stopping":
            pen.button(area, "stop", _("取消打印"), c.StopTouched, icon="cancelled", size="title")
        return
    if rules.done(screen):
        left, right = area.left(area.width * 0.42, pen.metrics.gap)
        pen.button(left, "back", _("返回"), m.BackTouched, icon="back", size=40)
        pen.button(right, "done", _("完成"), m.DoneTouched, kind="primary", icon="check", size="title")
        return
    cells: list[tuple[str, str, str, Callable[[], m.Touch]]] = [
        ("back", "back", _("返回"), m.BackTouched),
        ("done", "home", _("完成"), m.DoneTouched),
    ]
    if len(screen.left) > 1:
        cells.append(("next", "next", _("下一份"), lambda: c.NextTouched(new_key())))
    if screen.stage != "refused":
        cells.append(("again", "retry", _("再试一次"), lambda: c.AgainTouched(new_key())))
    last = len(cells) - 1
    if screen.stage == "unknown":
        # It may have come out: to print it once more is the person's choice, not the obvious one.
        last = 1
    for index, (cell, (name, icon, label, make)) in enumerate(
        zip(area.columns(len(cells), pen.metrics.gap), cells, strict=True)
    ):
        pen.button(
            cell,
            name,
            label,
            make,
            kind="primary" if index == last else "plain",
            icon=icon,
            size=34,
            stacked=True,
        )
