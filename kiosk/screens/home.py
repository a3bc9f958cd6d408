"""Home: the hall's services as large tiles, each with its queue as it stands now."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import alone, offers
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen
from server.protocol.views import KioskHome, ServiceView

from . import words
from .alone import banner, banner_height
from .frame import frame, home_button, notices_button
from .ways import main_tiles, way


def draw(pen: Pen, state: m.State, screen: m.Home, wall: datetime) -> None:
    home = state.home
    if home is None:
        return
    body = frame(pen, state, wall, first=notices_button(pen) if home.notices else None)
    if pen.metrics.portrait:
        _portrait(pen, state, screen, home, body)
    else:
        _landscape(pen, state, screen, home, body)


def _portrait(pen: Pen, state: m.State, screen: m.Home, home: KioskHome, body: Area) -> None:
    rest = _greeting(pen, state, home, body)
    if flow.stale(state):
        high = pen.px(132) * (1.25 if state.large else 1)
        box, rest = rest.top(banner_height(pen, state, rest.width) or high, pen.px(32))
        _stale(pen, state, box)
    elif home.now_serving:
        box, rest = rest.top(pen.px(216) * (1.15 if state.large else 1), pen.px(32))
        _serving(pen, home, box, across=True)
    if offers.purposes(state):
        main_tiles(pen, state, home, rest)
        return
    _tiles(pen, state, screen, home, rest, columns=1, least=pen.px(180))


def _landscape(pen: Pen, state: m.State, screen: m.Home, home: KioskHome, body: Area) -> None:
    left, right = body.left(body.width * 0.3, pen.px(40))
    rest = _greeting(pen, state, home, left)
    if flow.stale(state):
        _stale(pen, state, rest)
    elif home.now_serving:
        _serving(pen, home, rest, across=False)
    if offers.purposes(state):
        main_tiles(pen, state, home, right)
        return
    _tiles(pen, state, screen, home, right, columns=2, least=pen.px(240 if state.large else 216))


def services(pen: Pen, state: m.State, screen: v.Services, wall: datetime) -> None:
    """All services; and the way to a number for who would rather name the instruments."""
    home = state.home
    if home is None:
        return
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    title = words.title(_, state)
    box, rest = body.top(pen.height(title, body.width, 56, bold=True), pen.px(24))
    pen.text(box, title, 56, bold=True, even=True)
    if pen.metrics.portrait:
        own, rest = rest.bottom(pen.px(210), pen.metrics.gap)
        _tiles(pen, state, screen, home, rest, columns=1, least=pen.px(170))
    else:
        own, rest = rest.right(rest.width * 0.3, pen.px(40))
        own = own.top(pen.px(470))[0]
        _tiles(pen, state, screen, home, rest, columns=2, least=pen.px(172))
    way(
        pen,
        own,
        "register",
        "instruments",
        _("按器具登记取号"),
        _("恢复连接后可用")
        if alone.cut_off(state)
        else _("选送检的器具，当场知道时间和费用，并打印样品标签"),
        None if alone.cut_off(state) else v.RegisterTouched(),
    )


def _greeting(pen: Pen, state: m.State, home: KioskHome, area: Area) -> Area:
    _ = pen.say
    text = words.title(_, state)
    size = 56 if pen.metrics.portrait else 50
    high = pen.height(text, area.width, size, bold=True)
    box, rest = area.top(high, pen.px(8))
    pen.text(box, text, size, bold=True, valign="top", even=True)
    sub = _("今日办理时间 {hours}").format(hours=home.hall.hours) if home.hall.hours else ""
    if sub:
        box, rest = rest.top(pen.height(sub, area.width, "body"), pen.px(0))
        pen.text(box, sub, "body", colour="ink-soft")
    return rest.bottom(rest.height - pen.px(28))[0]


def _serving(pen: Pen, home: KioskHome, area: Area, *, across: bool) -> None:
    """The latest calls: number, and the window it was called to; newest first."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(28), pen.px(20))
    caption, rest = inner.top(pen.size("body") * 1.5, pen.px(8))
    icon, caption = caption.left(pen.size("body") * 1.2, pen.px(12))
    pen.icon(icon, "volume", "accent")
    pen.text(caption, _("正在叫号"), "body", colour="ink-soft", lines=1)
    newest: dict[str, str] = {}
    for call in reversed(home.now_serving):
        newest.setdefault(call.number, call.counter)
    if across:
        for cell, (number, counter) in zip(rest.columns(3, pen.px(16)), newest.items(), strict=False):
            where = _("{counter}号窗口").format(counter=counter)
            pen.stack(cell, [Line(number, 56, bold=True, colour="accent", lines=1), Line(where, lines=1)])
        return
    rows = max(1, min(len(newest), int(rest.height // (pen.size(56) * 1.6))))
    rest = rest.top(min(rest.height, rows * pen.size(56) * 2.4))[0]
    for row, (number, counter) in zip(rest.rows(rows, 0), newest.items(), strict=False):
        left, right = row.left(row.width * 0.5, pen.px(8))
        where = _("{counter}号窗口").format(counter=counter)
        pen.text(left, number, 56, bold=True, colour="accent", lines=1)
        pen.text(right, where, "large", align="right", lines=1)


def _stale(pen: Pen, state: m.State, area: Area) -> None:
    _ = pen.say
    if alone.cut_off(state):
        banner(pen, state, area)
        return
    pen.card(area, fill="warn-soft", line="warn")
    inner = area.inset(pen.px(28), pen.px(16))
    text = _("排队人数暂时不能更新。您仍可以取号；取不到时请找服务台。")
    if pen.metrics.portrait:
        icon, words_ = inner.left(pen.px(64), pen.px(24))
        pen.icon(icon, "offline", "warn")
        pen.text(words_, text, 32, bold=True, colour="warn", even=True)
        return
    high = min(pen.height(text, inner.width, "large", bold=True), inner.height * 0.75)
    block = inner.middle(inner.width, high + pen.px(96 + 20))
    icon, words_ = block.top(pen.px(96), pen.px(20))
    pen.icon(icon.left(icon.height)[0], "offline", "warn")
    pen.text(words_, text, "large", bold=True, colour="warn", valign="top", even=True)


def _tiles(
    pen: Pen,
    state: m.State,
    screen: m.Home | v.Services,
    home: KioskHome,
    area: Area,
    *,
    columns: int,
    least: float,
) -> None:
    gap = pen.metrics.gap
    services = home.services
    fit = max(1, int((area.height + gap) // (least + gap))) * columns
    pages = ceil(len(services) / fit) if services else 1
    if pages > 1:
        paging, area = area.bottom(pen.metrics.target, gap)
        fit = max(1, int((area.height + gap) // (least + gap))) * columns
        pages = ceil(len(services) / fit)
        page = screen.page % pages
        _paging(pen, paging, page, pages)
        services = services[page * fit : (page + 1) * fit]
        rows = fit // columns
    else:
        rows = max(ceil(len(services) / columns), 3 if columns == 2 else 4)
    most = pen.px(236 if columns == 1 else 300) * (1.2 if state.large else 1)
    high = min((area.height - gap * (rows - 1)) / rows, most)
    grid = area.top(high * rows + gap * (rows - 1))[0]
    tiles = [
        _tile(pen, state, home, service, cell)
        for cell, service in zip(grid.grid(columns, rows, gap), services, strict=False)
    ]
    # Where a long name leaves no room for the line about it, the next screen tells it.
    tiles = [(area, lines if pen.fits(area, lines) else lines[:1]) for area, lines in tiles]
    # One size for all tiles: a longer text in one must not make its neighbours look more important.
    most = max(0.8, min((pen.scale(area, lines) for area, lines in tiles), default=1.0))
    for area, lines in tiles:
        pen.stack(area, lines, most=most)


def _paging(pen: Pen, area: Area, page: int, pages: int) -> None:
    _ = pen.say
    left, middle, right = area.columns(3, pen.metrics.gap)
    if page > 0:
        pen.button(left, "page:previous", _("上一页"), lambda: m.PageTouched(page - 1), icon="previous")
    if page < pages - 1:
        pen.button(right, "page:next", _("下一页"), lambda: m.PageTouched(page + 1), icon="next")
    pen.text(
        middle,
        _("第{page}页，共{pages}页").format(page=page + 1, pages=pages),
        "body",
        align="center",
    )


Text = tuple[Area, list[Line]]
"""Where a tile's name and line go, and they."""


def _tile(pen: Pen, state: m.State, home: KioskHome, service: ServiceView, area: Area) -> Text:
    """All of a tile but its text, which is answered."""
    name = service.name.in_(state.language)
    about = home.about.get(service.id)
    line = about.in_(state.language) if about else ""
    if offers.open_now(state, service.id):
        pen.touch(area, f"service:{service.id}", name, lambda: m.ServiceTouched(service.id))
    else:
        pen.card(area, fill="ground")
    if area.width > max(area.height * 3, pen.px(760)):
        return _wide_tile(pen, state, service, name, line, area.inset(pen.px(28), pen.px(18)))
    return _tall_tile(pen, state, service, name, line, area.inset(pen.px(28), pen.px(14)))


def _letter(pen: Pen, area: Area, prefix: str, *, shut: bool) -> None:
    pen.card(area, fill="surface" if shut else "accent-soft", line=None)
    colour = "ink-soft" if shut else "accent"
    pen.text(area, prefix, 64, bold=True, colour=colour, align="center", lines=1)


def _wide_tile(pen: Pen, state: m.State, service: ServiceView, name: str, about: str, area: Area) -> Text:
    side = min(area.height, pen.px(132))
    badge, rest = area.left(side, pen.px(28))
    shut = not offers.open_now(state, service.id)
    _letter(pen, badge.middle(side, side), service.prefix, shut=shut)
    if not shut:
        chevron, rest = rest.right(pen.px(44), pen.px(8))
        pen.icon(chevron, "next", "ink-soft")
    queue, text = rest.right(rest.width * (0.34 if state.language == "zh" else 0.42), pen.px(16))
    _queue(pen, state, service, queue)
    ink = "ink-soft" if shut else "ink"
    return text, [Line(name, 46, bold=True, colour=ink, lines=2), Line(about, colour="ink-soft", lines=3)]


def _tall_tile(pen: Pen, state: m.State, service: ServiceView, name: str, about: str, area: Area) -> Text:
    upper, lower = area.bottom(pen.size(32) * 1.45, pen.px(8))[::-1]
    side = min(upper.height, pen.px(112))
    badge, text = upper.left(side, pen.px(24))
    shut = not offers.open_now(state, service.id)
    _letter(pen, badge.middle(side, side), service.prefix, shut=shut)
    _queue_line(pen, state, service, lower)
    ink = "ink-soft" if shut else "ink"
    return text, [Line(name, 40, bold=True, colour=ink, lines=2), Line(about, colour="ink-soft", lines=3)]


def _waiting(pen: Pen, state: m.State, service: ServiceView) -> tuple[str, str]:
    """How many wait and how long it takes; the second is empty where there is nothing to add."""
    _ = pen.say
    if not alone.to_be_had(state, service.id):
        return _("请到咨询台"), ""
    if flow.stale(state):
        return _("等候人数未知"), ""
    waiting = _("等候 {count} 人").format(count=service.waiting) if service.waiting else _("无人等候")
    if service.open_counters == 0:
        return waiting, _("窗口未开")
    return waiting, words.wait(_, service.wait) if service.waiting or service.wait.high else ""


def _queue(pen: Pen, state: m.State, service: ServiceView, area: Area) -> None:
    waiting, minutes = _waiting(pen, state, service)
    known = not flow.stale(state) or not alone.to_be_had(state, service.id)
    first = Line(
        waiting, "large" if known else "body", bold=known, colour="ink" if known else "ink-soft", lines=2
    )
    pen.stack(area, [first, Line(minutes, lines=1)], align="right")


def _queue_line(pen: Pen, state: m.State, service: ServiceView, area: Area) -> None:
    waiting, minutes = _waiting(pen, state, service)
    left, right = area.left(area.width * 0.5)
    pen.text(left, waiting, 32, bold=True, lines=1)
    if minutes:
        pen.text(right, minutes, "body", align="right", lines=1)
