"""The ways from home: a number now, and what else one may come for; some are shut for a while."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from kiosk import appointing as b
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.devices import ILL
from kiosk.flows import alone, offers
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, always
from server.protocol.views import KioskHome


def main_tiles(pen: Pen, state: m.State, home: KioskHome, area: Area) -> None:
    """A number for whoever comes without an appointment; checking in; labels. Low, where hands reach."""
    _ = pen.say
    gap = pen.metrics.gap
    ways = _ways(pen, state)
    columns = 2 if pen.metrics.portrait or len(ways) in (1, 2, 4) else 3
    columns = min(columns, max(1, len(ways)))
    count = ceil(len(ways) / columns)
    if pen.metrics.portrait:
        area = area.bottom(min(area.height, pen.px(1060 if count < 2 else 1260)))[0]
    share = {1: 0.46, 2: 0.34}.get(count, 0.27)
    upper, lower = area.top((area.height - gap) * share, gap)
    waiting = sum(service.waiting for service in home.services)
    touch: m.Touch | None = v.ServicesTouched()
    about = _("没有预约，按业务或器具取号")
    if alone.cut_off(state):
        note = _("号码照常有效")
        about = _("没有预约，按业务取号")
        if not state.alone.services:
            touch, about, note = None, _("这台机器的号已发完"), _("请到咨询台取号")
    elif flow.stale(state):
        note = _("等候人数未知")
    else:
        note = _("现在 {count} 人等候").format(count=waiting) if waiting else _("无人等候")
    way(
        pen,
        upper,
        "take-number",
        "ticket",
        _("取号"),
        about,
        touch,
        size=84 if count < 3 else 72,
        figure=note,
    )
    cells = list(zip(lower.grid(columns, count, gap), ways, strict=False))
    if count == 1:
        for cell, (name, icon, label, about, touch) in cells:
            ink = _ground(pen, cell, name, label, touch)
            _stacked_way(pen, cell.inset(pen.px(32), pen.px(28)), icon, label, about, 52, ink)
        return
    _small_ways(pen, cells)


Way = tuple[str, str, str, str, m.Touch | None]
"""Name, icon, label, line and touch of a way from home; None: it is shut just now, and the line says so."""


def _small_ways(pen: Pen, cells: list[tuple[Area, Way]]) -> None:
    """Tiles that are many: drawing and name in one row, the line beneath. All alike: none matters more."""
    share, between = 0.52, pen.px(6)
    notes = []
    for cell, (_name, _icon, _label, about, _touch) in cells:
        text = cell.inset(pen.px(24), pen.px(16)).bottom(1)[0]
        room = (cell.height - 2 * pen.px(16)) * (1 - share) - between
        text = replace(text, height=room)
        notes.append((text, [Line(about, 29, colour="ink-soft", lines=2, even=True)]))
    told = all(pen.fits(area, lines) for area, lines in notes)
    heads = []
    for cell, (name, icon, label, _about, touch) in cells:
        ink = _ground(pen, cell, name, label, touch)
        inner = cell.inset(pen.px(24), pen.px(16))
        top = inner.top(inner.height * share)[0] if told else inner
        side = min(top.height, pen.px(96))
        left, right = top.left(side, pen.px(20))
        square = left.middle(side, side)
        _sign(pen, square, icon, ink)
        heads.append((right, [Line(label, 46, bold=True, colour=ink, lines=2)]))
    for row in (heads, notes) if told else (heads,):
        most = min(pen.scale(area, lines) for area, lines in row)
        for area, lines in row:
            pen.stack(area, lines, most=most)


def _ways(pen: Pen, state: m.State) -> list[Way]:
    """Each way but that to a number now."""
    _ = pen.say
    ways: list[Way] = []
    if "check_in" in offers.purposes(state):
        gone = state.scanner in ("offline", "error")
        about = _("扫码器不能用，请输入预约号") if gone else _("扫预约二维码，或输入预约号")
        if alone.cut_off(state):
            about = _("请扫今天的预约二维码")
        ways.append(("check-in", "calendar-check", _("预约签到"), about, v.PurposeTouched("check_in")))
    if "labels" in offers.purposes(state):
        ill = (state.printer if state.rules.labels == "tickets" else state.label_printer) in ILL
        about = _("打印机现在有故障，请找工作人员") if ill else _("扫小票或凭证，打印或补打")
        ways.append(("labels", "tag", _("打印样品标签"), about, v.PurposeTouched("labels")))
    if "pickup" in offers.purposes(state):
        about = _("凭取件码，取回器具和证书")
        ways.append(("pickup", "package", _("取件"), about, v.PurposeTouched("pickup")))
    if "certificates" in offers.purposes(state):
        if state.documents == "none":
            label, about = _("证书下载"), _("用手机下载证书")
        else:
            label, about = _("证书打印"), _("打印，或用手机下载")
        if state.documents in ILL:
            about = _("打印机有故障，可用手机下载")
        ways.append(("certificates", "certificate", label, about, v.PurposeTouched("certificates")))
    if "progress" in offers.purposes(state):
        about = _("扫码或输入单号，看到哪一步了")
        ways.append(("progress", "progress", _("进度查询"), about, v.PurposeTouched("progress")))
    if offers.bookable(state):
        ways.append(("book", "wrong-day", _("自助预约"), _("改天再来，先约好时间"), b.BookTouched()))
    return [_shut(pen, state, one) for one in ways]


def _shut(pen: Pen, state: m.State, one: Way) -> Way:
    """``one`` as it is while only what this kiosk can do by itself can be had."""
    _ = pen.say
    name, icon, label, _about, touch = one
    if not alone.cut_off(state) or (
        isinstance(touch, v.PurposeTouched) and not alone.needs_server(state, touch.purpose)
    ):
        return one
    return name, icon, label, _("恢复连接后可用"), None


def way(
    pen: Pen,
    area: Area,
    name: str,
    icon: str,
    label: str,
    about: str,
    touch: m.Touch | None,
    *,
    size: float = 46,
    figure: str = "",
) -> None:
    """A wide tile: drawing, name, what it is for, and a figure on the right."""
    bright = bool(figure) and touch is not None
    ink = _ground(pen, area, name, label, touch, bright=bright)
    if area.width < area.height * 2.5 and not figure:
        _stacked_way(pen, area.inset(pen.px(32), pen.px(28)), icon, label, about, size, ink)
        return
    soft = "on-accent" if bright else "ink-soft"
    inner = area.inset(pen.px(36), pen.px(20))
    side = min(inner.height, pen.px(200 if figure else 120))
    badge, text = inner.left(side, pen.px(36))
    square = badge.middle(side, side)
    if bright:
        pen.icon(square.inset(side * 0.1), icon, "on-accent")
    else:
        _sign(pen, square, icon, ink)
    if touch is not None:
        chevron, text = text.right(pen.px(52), pen.px(8))
        pen.icon(chevron, "next", soft)
    lines = [Line(label, size, bold=True, colour=ink, lines=1), Line(about, 34, colour=soft, lines=2)]
    if figure:
        lines.append(Line(figure, 40, bold=True, colour=ink, lines=1))
    pen.stack(text, lines, gap=pen.px(6))


def _ground(
    pen: Pen, area: Area, name: str, label: str, touch: m.Touch | None, *, bright: bool = False
) -> str:
    """The tile itself; the colour of its label. One that is shut is flat, grey, and no button."""
    if touch is None:
        pen.card(area, fill="ground")
        return "ink-soft"
    pen.touch(area, name, label, always(touch), "primary" if bright else "plain")
    return "on-accent" if bright else "ink"


def _sign(pen: Pen, square: Area, icon: str, ink: str) -> None:
    shut = ink == "ink-soft"
    pen.card(square, fill="surface" if shut else "accent-soft", line=None)
    pen.icon(square.inset(square.width * 0.2), icon, "ink-soft" if shut else "accent")


def _stacked_way(pen: Pen, area: Area, icon: str, label: str, about: str, size: float, ink: str) -> None:
    """What stands in a tile that is not wide: the drawing above, name and line beneath."""
    top, text = area.top(min(pen.px(128), area.height * 0.4), pen.px(16))
    _sign(pen, top.left(top.height)[0], icon, ink)
    lines = [
        Line(label, size, bold=True, colour=ink, lines=2),
        Line(about, 32, colour="ink-soft", lines=4),
    ]
    pen.stack(text, lines, gap=pen.px(4))
