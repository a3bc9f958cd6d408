"""The labels of an order: found, rolling out one by one, stopped by a fault, and all done."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from PIL.Image import Image

from kiosk import model as m
from kiosk import visit as v
from kiosk.devices import Paper
from kiosk.flows import labelling
from kiosk.printouts import compose_label, label_of
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone
from server.protocol.booking import LabelView

from . import words
from .frame import frame, home_button
from .message import Action, message


def found(pen: Pen, state: m.State, screen: v.LabelsFound, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    labels = screen.order.labels
    here = [label for label in labels if label.code in screen.here]
    left = len(labels) - len(here)
    again = screen.order.again or bool(here)
    told = [
        _("{items}，共 {count} 张标签。").format(items=_items(pen, screen), count=len(labels)),
    ]
    back = Action("back", _("返回"), m.BackTouched, icon="back")
    if not labelling.few(screen.order):
        told.append(_("标签太多，请到服务台打印，工作人员为您一次打好。"))
        actions: tuple[Action, ...] = (Action("back", _("返回"), m.BackTouched, "primary", "back"),)
    elif here and left:
        told.append(_("这台机器已经打出 {out} 张，还有 {left} 张没有打。").format(out=len(here), left=left))
        actions = (
            Action("all", _("全部补打"), lambda: v.PrintLabelsTouched(all=True), icon="reprint"),
            Action(
                "rest",
                _("打印剩下的 {count} 张").format(count=left),
                lambda: v.PrintLabelsTouched(all=False),
                "primary",
                "tag",
            ),
        )
    else:
        if again:
            told.append(_("这些标签以前打印过，这是补打：旧标签请撕掉作废，一件器具只贴一张。"))
        actions = (
            back,
            Action(
                "print",
                _("补打 {count} 张").format(count=len(labels))
                if again
                else _("打印 {count} 张").format(count=len(labels)),
                lambda: v.PrintLabelsTouched(all=True),
                "primary",
                "tag",
            ),
        )
    message(
        pen,
        body,
        icon="reprint" if again and not (here and left) else "tag",
        tone="warn" if again and not (here and left) else "accent",
        title=words.title(_, state),
        lines=tuple(told),
        actions=actions,
    )


def _items(pen: Pen, screen: v.LabelsFound) -> str:
    _ = pen.say
    told = [
        _("{item} {pieces} 件").format(item=line.name.in_(pen.language), pieces=line.pieces)
        for line in screen.order.lines[:3]
    ]
    if len(screen.order.lines) > 3:
        told.append("…")
    return ("、" if pen.language == "zh" else ", ").join(told)


def rolling(pen: Pen, state: m.State, screen: v.Labelling, wall: datetime) -> None:
    body = frame(pen, state, wall)
    number = screen.ticket.number if screen.ticket else ""
    if pen.metrics.portrait:
        top, rest = body.top(_title_height(pen, state, body.width), pen.px(28))
        busy = screen.paper == "printing"
        actions, rest = rest.bottom(pen.px(0 if busy else _actions_height(pen, screen)), pen.px(28))
        status, rest = rest.bottom(_status_height(pen, screen, rest.width), pen.px(28))
        if number:
            box, rest = rest.top(min(rest.height * _share(screen), pen.px(440)), pen.px(28))
            _number(pen, box, number)
        _labels(pen, screen, rest)
    else:
        left, right = body.left(body.width * 0.5, pen.px(48))
        top, rest = right.top(_title_height(pen, state, right.width), pen.px(20))
        busy = screen.paper == "printing"
        actions, rest = rest.bottom(pen.px(0 if busy else _actions_height(pen, screen)), pen.px(24))
        status = rest.top(min(rest.height, max(_status_height(pen, screen, rest.width), pen.px(160))))[0]
        if number:
            box, left = left.top(left.height * _share(screen), pen.px(28))
            _number(pen, box, number)
        _labels(pen, screen, left)
    _title(pen, state, screen, top)
    _status(pen, screen, status)
    _actions(pen, screen, actions)


def _share(screen: v.Labelling) -> float:
    """How much of the place the number gets: less where there is more to tell."""
    return 0.45 if screen.paper in ("printing", "printed") else 0.3


def _tone(screen: v.Labelling) -> Tone:
    return "good" if screen.paper in ("printing", "printed") else "warn"


def _title_height(pen: Pen, state: m.State, width: float) -> float:
    text = words.title(pen.say, state)
    return max(pen.px(112), min(pen.height(text, width - pen.px(140), _heading(pen), bold=True), pen.px(230)))


def _heading(pen: Pen) -> float:
    return 42 if pen.metrics.large else 52


def _title(pen: Pen, state: m.State, screen: v.Labelling, area: Area) -> None:
    text = words.title(pen.say, state)
    left, right = area.left(pen.px(112), pen.px(28))
    icon = {"printing": "tag", "printed": "check"}.get(screen.paper, "warning")
    pen.badge(left.middle(left.width, left.width), icon, _tone(screen))
    pen.text(right, text, _heading(pen), bold=True, even=True)


def _number(pen: Pen, area: Area, number: str) -> None:
    """The number stays in sight while its labels come out."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(32), pen.px(16))
    caption, rest = inner.top(pen.size("body") * 1.5, pen.px(16))
    pen.text(caption, _("您的号码"), "body", colour="ink-soft", align="center", lines=1)
    pen.number(rest.inset(0, rest.height * 0.12), number)


def _labels(pen: Pen, screen: v.Labelling, area: Area) -> None:
    """How far it is, as squares; and the label at work, or how to stick them on."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(32), pen.px(24))
    bar, rest = inner.top(pen.px(28), pen.px(24))
    _progress(pen, screen, bar)
    label = screen.at
    if label is None:
        size = 30.0 if pen.metrics.large else 38.0
        steps = [
            Line(_("怎样贴标签"), size + 2, bold=True, colour="accent", lines=1),
            Line(_("一、看标签上的器具名称，一件贴一张。"), size, even=True),
            Line(_("二、贴在机身平整干净的地方；不要盖住铭牌、铅封和显示窗。"), size, even=True),
            Line(_("三、贴不下的小件，贴在包装盒上。"), size, even=True),
        ]
        pen.stack(rest, steps, gap=pen.px(16))
        return
    left, text = rest.left(rest.width * 0.48, pen.px(36))
    image = _image(label)
    if image is not None:
        high = min(left.height, left.width * image.height / image.width)
        paper = left.middle(high * image.width / image.height, high)
        pen.card(paper, line="ink-soft")
        pen.picture(paper.inset(pen.px(12)), image)
    told = [
        Line(
            _("第 {index} 件，共 {count} 件").format(index=label.index, count=label.count),
            34,
            colour="ink-soft",
            lines=1,
        ),
        Line(label.item.in_(pen.language), 36 if pen.metrics.large else 48, bold=True, lines=2, even=True),
        Line(_stick(pen, label.fragile), _small(pen) + 2, even=True),
    ]
    pen.stack(text, told, gap=pen.px(14))


@lru_cache(maxsize=16)
def _image(label: LabelView) -> Image | None:
    """The label as it comes out of the printer; None where it can't be composed."""
    try:
        return compose_label(label_of(label)).image
    except ValueError:
        return None


def _stick(pen: Pen, fragile: bool) -> str:
    _ = pen.say
    if fragile:
        return _("易碎：请贴在包装箱正面；不要盖住铭牌和铅封。")
    return _("请贴在机身平整干净的地方；不要盖住铭牌、铅封和显示窗。")


def _progress(pen: Pen, screen: v.Labelling, area: Area) -> None:
    """One square a label up to twelve, then one bar."""
    count, out = screen.count, screen.out
    if count <= 12:
        for index, cell in enumerate(area.columns(count, pen.px(8))):
            pen.card(cell, fill="good" if index < out else "line", line=None)
        return
    pen.card(area, fill="line", line=None)
    if out:
        pen.card(area.left(max(area.height, area.width * out / count))[0], fill="good", line=None)


def _told(pen: Pen, screen: v.Labelling) -> tuple[str, str]:
    """What happened, and what is safe and to be done."""
    _ = pen.say
    left = len(screen.left)
    if screen.paper == "printing":
        return _("标签出来后请先不要撕，等全部打完。"), ""
    if labelling.done(screen):
        if screen.ticket is not None:
            return _("请取走标签，贴好后听叫号到窗口交件。"), ""
        return _("请取走标签，贴好后交给窗口。"), ""
    if screen.paper == "unknown":
        return label_trouble(pen, screen.paper), _("请看出纸口：标签完整就点“这张出来了”，没有就重打。")
    safe = _("已经出来的 {out} 张有效，还有 {left} 张。").format(out=screen.out, left=left)
    return label_trouble(pen, screen.paper), safe + _(
        "工作人员处理后点“继续打印”；也可以点“完成”，凭小票在任何自助机或服务台再打。"
    )


def label_trouble(pen: Pen, paper: Paper) -> str:
    _ = pen.say
    match paper:
        case "out_of_paper":
            return _("标签纸用完了，这一张没有打印")
        case "cover_open":
            return _("标签打印机的盖子没有关好，这一张没有打印")
        case "offline":
            return _("标签打印机没有连接，这一张没有打印")
        case "unknown":
            return _("这一张标签可能没有打印完整")
        case _:
            return _("标签打印机出了故障，这一张没有打印")


def _status_height(pen: Pen, screen: v.Labelling, width: float) -> float:
    first, second = _told(pen, screen)
    room = width - pen.px(56 + 72 + 24)
    high = pen.height(first, room, _first(pen), bold=True) + pen.px(40)
    if second:
        high += pen.height(second, room, _small(pen)) + pen.px(8)
    return max(high, pen.px(120))


def _small(pen: Pen) -> float:
    return 28 if pen.metrics.large else 32


def _first(pen: Pen) -> float:
    return 30 if pen.metrics.large else 36


def _status(pen: Pen, screen: v.Labelling, area: Area) -> None:
    tone = _tone(screen)
    first, second = _told(pen, screen)
    pen.card(area, fill=f"{tone}-soft", line=tone)
    inner = area.inset(pen.px(28), pen.px(16))
    icon, text = inner.left(pen.px(72), pen.px(24))
    pen.icon(icon, {"printing": "printer", "printed": "sticker"}.get(screen.paper, "warning"), tone)
    if screen.paper == "printing":
        dots, text = text.right(pen.px(160), pen.px(16))
        pen.dots(dots.middle(dots.width, pen.px(20)))
    lines = [
        Line(first, _first(pen), bold=True, colour=tone, even=True),
        Line(second, _small(pen), even=True),
    ]
    pen.stack(text, lines, gap=pen.px(8))


def _actions_height(pen: Pen, screen: v.Labelling) -> float:
    return (
        168 if labelling.done(screen) or screen.paper != "unknown" else 330 if pen.metrics.portrait else 310
    )


def _actions(pen: Pen, screen: v.Labelling, area: Area) -> None:
    _ = pen.say
    if screen.paper == "printing":
        return
    if labelling.done(screen):
        pen.button(area, "done", _("完成"), m.DoneTouched, kind="primary", icon="check", size="title")
        return
    if screen.paper == "unknown":
        upper, lower = area.rows(2, pen.metrics.gap)
        pen.button(upper, "skip", _("这张出来了，继续"), v.SkipTouched, kind="primary", icon="check", size=44)
        left, right = lower.columns(2, pen.metrics.gap)
        pen.button(left, "done", _("完成"), m.DoneTouched, icon="home", size=40)
        pen.button(right, "continue", _("没出来，重打这张"), v.ContinueTouched, icon="reprint", size=40)
        return
    left, right = area.columns(2, pen.metrics.gap)
    pen.button(left, "done", _("完成"), m.DoneTouched, icon="home", size="title")
    pen.button(
        right, "continue", _("继续打印"), v.ContinueTouched, kind="primary", icon="printer", size="title"
    )
