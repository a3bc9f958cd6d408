"""Instruments chosen by touch: whose, which field, which item, how many; then all of it and the number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

from kiosk import appointing as b
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import offers, registering
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Kind, Line, Make, Pen, always
from server.protocol.booking import ItemView, Term
from server.protocol.places import ICONS
from server.protocol.words import Language

from . import lines, words
from .frame import frame, home_button
from .message import Action, message


def customer(pen: Pen, state: m.State, screen: v.ChoosingCustomer, wall: datetime) -> None:
    _ = pen.say
    known = state.catalogue.customer_types if state.catalogue else {}
    tiles = [
        _Tile(
            f"customer:{type_}",
            _icon(f"customer-{type_.replace('_', '-')}", "ordinary"),
            [Line(name.in_(state.language), 44, bold=True, lines=2)],
            always(v.CustomerTouched(type_)),
        )
        for type_, name in known.items()
    ]
    asked = _("有的器具只为部分对象检定，请按送检人选择。")
    if screen.booking:
        asked = _("自助预约：先选送检人，再选器具、日期和时间。")
    _choices(pen, state, wall, tiles, screen.page, columns=(1, 3), least=160, about=asked)


def priority(pen: Pen, state: m.State, screen: v.ChoosingPriority, wall: datetime) -> None:
    _ = pen.say
    tiles = [
        _Tile(
            f"priority:{choice}",
            "check" if choice == screen.draft.priority else choice,
            [Line(words.priority(_, choice), 44, bold=True, lines=2)],
            always(m.PriorityTouched(choice)),
        )
        for choice in m.CHOICES
    ]
    asked = _("符合的请点选，叫到时在窗口出示证件。")
    _choices(pen, state, wall, tiles, screen.page, columns=(1, 3), least=160, about=asked)


def fields(pen: Pen, state: m.State, screen: v.ChoosingField, wall: datetime) -> None:
    tiles = [
        _Tile(
            f"field:{field.id}",
            _icon(f"field-{field.id}", "field"),
            [
                Line(field.name.in_(state.language), 44, bold=True, lines=2),
                Line(_some(pen, state, field.id), 28, colour="ink-soft", lines=4),
            ],
            always(v.FieldTouched(field.id)),
        )
        for field in offers.fields(state)
    ]
    _choices(pen, state, wall, tiles, screen.page, columns=(1, 3), least=150, about="")


def items(pen: Pen, state: m.State, screen: v.ChoosingItem, wall: datetime) -> None:
    tiles = [_item_tile(pen, state, screen.draft, item) for item in offers.items(state, screen.field)]
    _choices(pen, state, wall, tiles, screen.page, columns=(1, 2), least=190, about="")


class _Tile:
    """Something to choose; without ``make`` it only tells, and why it can't be chosen."""

    def __init__(self, name: str, icon: str, told: Sequence[Line], make: Make | None) -> None:
        self.name = name
        self.icon = icon
        self.told = told
        self.make = make


def _icon(name: str, otherwise: str) -> str:
    """A hall may name its fields as it likes: those without a drawing of their own share one."""
    return name if (ICONS / f"{name}.png").is_file() else otherwise


def _some(pen: Pen, state: m.State, field: str) -> str:
    return lines.joined(pen, [item.name.in_(state.language) for item in offers.items(state, field)][:3])


def _item_tile(pen: Pen, state: m.State, draft: v.Draft, item: ItemView) -> _Tile:
    _ = pen.say
    name = Line(item.name.in_(state.language), 42, bold=True, lines=2)
    if not offers.takes(item, draft):
        why = item.why.in_(state.language) if item.why else _("这种器具不从您这类送检人处受理。")
        return _Tile(item.id, "info", [name, Line(why, 30, colour="warn", lines=3)], None)
    kind = _("可立等") if item.while_you_wait else _("需留下检定")
    fee = _("不收费") if float(item.fee.due) == 0 else _("每件 {yuan} 元").format(yuan=item.fee.due)
    note = _("{first} · {second}").format(first=kind, second=fee)
    return _Tile(
        f"item:{item.id}",
        "fragile" if item.fragile else "field",
        [name, Line(note, 30, colour="ink-soft", lines=2)],
        always(v.ItemTouched(item.id)),
    )


def _choices(
    pen: Pen,
    state: m.State,
    wall: datetime,
    tiles: Sequence[_Tile],
    page: int,
    *,
    columns: tuple[int, int],
    least: float,
    about: str,
) -> None:
    """A title, and things to choose from in pages. ``columns``: on a standing and on a lying screen."""
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    title = words.title(_, state)
    box, rest = body.top(pen.height(title, body.width, 56, bold=True), pen.px(12))
    pen.text(box, title, 56, bold=True, even=True)
    if about:
        box, rest = rest.top(pen.height(about, rest.width, 32))
        pen.text(box, about, 32, colour="ink-soft", even=True)
    rest = rest.bottom(rest.height - pen.px(16))[0]
    across = columns[0] if pen.metrics.portrait else columns[1]
    gap = pen.metrics.gap
    foot, rest = rest.bottom(max(pen.metrics.target, pen.px(150)), gap)
    most = pen.px(220 if not state.large else 260)
    high = pen.px(least if pen.metrics.portrait else least * 0.8) * (1.15 if state.large else 1)
    fit = max(1, int((rest.height + gap) // (high + gap)))
    pages = max(1, ceil(len(tiles) / (fit * across)))
    now = page % pages
    shown = tiles[now * fit * across :][: fit * across]
    rows = fit if pages > 1 else max(ceil(len(shown) / across), 1)
    tall = min((rest.height - gap * (rows - 1)) / rows, most)
    grid = rest.top(tall * rows + gap * (rows - 1))[0]
    cells = list(zip(grid.grid(across, rows, gap), shown, strict=False))
    texts = [(_place(pen, tile, cell), tile) for cell, tile in cells]
    # Where there is no room for the line about a thing, its name stands alone; why it can't be had stays.
    stacks = [
        (area, tile.told if tile.make is None or pen.fits(area, tile.told) else tile.told[:1])
        for area, tile in texts
    ]
    scale = max(0.8, min((pen.scale(area, told) for area, told in stacks), default=1.0))
    for area, told in stacks:
        pen.stack(area, told, most=scale)
    left, middle, right = foot.columns(3, gap)
    pen.button(left, "back", _("返回"), m.BackTouched, icon="back", size=40)
    if pages > 1:
        before, after = now - 1, now + 1
        if now > 0:
            pen.button(middle, "page:previous", _("上一页"), lambda: m.PageTouched(before), icon="previous")
        if now < pages - 1:
            pen.button(right, "page:next", _("下一页"), lambda: m.PageTouched(after), icon="next")


def _place(pen: Pen, tile: _Tile, area: Area) -> Area:
    """Draws a tile but its text, whose area is answered."""
    if tile.make is not None:
        pen.touch(area, tile.name, tile.told[0].text, tile.make)
    else:
        pen.card(area, fill="ground")
    inner = area.inset(pen.px(28), pen.px(16))
    side = min(inner.height, pen.px(104))
    badge, text = inner.left(side, pen.px(28))
    square = badge.middle(side, side)
    if tile.make is not None:
        pen.card(square, fill="accent-soft", line=None)
        chevron, text = text.right(pen.px(44), pen.px(8))
        pen.icon(chevron, "next", "ink-soft")
    pen.icon(square.inset(side * 0.22), tile.icon, "accent" if tile.make is not None else "warn")
    return text


# ---- one item --------------------------------------------------------------------------------------


def counting(pen: Pen, state: m.State, screen: v.Counting, wall: datetime) -> None:
    item = state.item(screen.item)
    if item is None:
        return
    terms = state.catalogue.terms if state.catalogue else ()
    if screen.term is not None and 0 <= screen.term < len(terms):
        _term(pen, state, wall, terms[screen.term])
        return
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    if pen.metrics.portrait:
        actions, rest = body.bottom(pen.px(180), pen.px(28))
        pieces, upper = rest.bottom(pen.px(200), pen.px(24))
        if item.accessories:
            asked, upper = upper.bottom(_parts_height(pen, item, upper.width), pen.px(24))
    else:
        upper, right = body.left(body.width * 0.52, pen.px(48))
        actions, right = right.bottom(pen.px(168), pen.px(28))
        if item.accessories:
            asked, right = right.bottom(_parts_height(pen, item, right.width), pen.px(32))
        pieces = right.middle(right.width, min(right.height, pen.px(240)))
    _about(pen, state, item, terms, upper)
    _how_many(pen, screen, item, pieces)
    if item.accessories:
        lines.draw_parts(pen, asked, item.id, _parts(pen, item), screen.complete)
    back, on = actions.left(actions.width * 0.3, pen.metrics.gap)
    pen.button(back, "back", _("返回"), m.BackTouched, icon="back", size="large")
    if screen.complete is None:
        pen.text(on, _("请先回答：附件带齐了吗？"), "large", bold=True, colour="warn", align="center")
        return
    pen.button(on, "add", _("下一步"), v.AddTouched, kind="primary", icon="check", size=56)


def _parts(pen: Pen, item: ItemView) -> str:
    return lines.joined(pen, [part.in_(pen.language) for part in item.accessories])


def _parts_height(pen: Pen, item: ItemView, width: float) -> float:
    return lines.parts_height(pen, _parts(pen, item), width)


def _how_many(pen: Pen, screen: v.Counting, item: ItemView, area: Area) -> None:
    """Minus, how many, plus; by tens too where an order may have many."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(28), pen.px(16))
    side = max(pen.metrics.target, pen.px(150))
    row = inner.middle(inner.width, side)
    many = item.most_in_order > 20
    steps = (-10, -1, 1, 10) if many else (-1, 1)
    count = len(steps)
    room = min(pen.px(300), row.width - count * side - (count - 2) * pen.metrics.gap)
    half = count // 2
    row = row.middle(count * side + (count - 2) * pen.metrics.gap + room, side)
    left, rest = row.left(half * side + (half - 1) * pen.metrics.gap)
    right, middle = rest.right(half * side + (half - 1) * pen.metrics.gap)
    cells = [*left.columns(half, pen.metrics.gap), *right.columns(half, pen.metrics.gap)]
    for cell, step in zip(cells, steps, strict=True):
        if 1 <= screen.pieces + step <= item.most_in_order:
            name = f"{'more' if step > 0 else 'fewer'}:{item.id}" + ("" if abs(step) == 1 else ":10")
            touch = always(v.PiecesTouched(item.id, step))
            if abs(step) == 1:
                pen.button(cell, name, "", touch, icon="plus" if step > 0 else "minus", size=56)
            else:
                pen.button(cell, name, f"{step:+d}".replace("-", "−"), touch, size=48)
    told = _("{count} 件").format(count=screen.pieces)
    pen.text(middle, told, 64, bold=True, colour="accent", align="center", lines=1)


def _about(pen: Pen, state: m.State, item: ItemView, terms: Sequence[Term], area: Area) -> None:
    """Its name, by which regulation and for how much, and what to mind, with the words it is said in."""
    _ = pen.say
    big, small, read = (46.0, 28.0, 34.0) if pen.metrics.large else (60.0, 32.0, 40.0)
    name = Line(item.name.in_(state.language), big, bold=True, lines=2, even=True)
    facts = Line(_facts(pen, item), small, colour="ink-soft", even=True)
    high = sum(
        min(pen.height(line.text, area.width, line.size, bold=line.bold), pen.size(line.size) * 3.2)
        for line in (name, facts)
    )
    top, rest = area.top(high + pen.px(12), pen.px(24))
    pen.stack(top, [name, facts], gap=pen.px(12))
    notice = item.notice.text.in_(state.language) if item.notice else ""
    if not notice:
        return
    found = said_in(notice, terms, state.language)
    chips_high = pen.px(lines.TURN) if found else 0.0
    wanted = pen.height(notice, rest.width - pen.px(56 + 88), read) + pen.px(150)
    card = rest.top(min(rest.height, wanted + chips_high + (pen.px(20) if found else 0)))[0]
    pen.card(card, fill="warn-soft", line="warn")
    inner = card.inset(pen.px(28), pen.px(20))
    if found:
        chips, inner = inner.bottom(chips_high, pen.px(20))
        for cell, index in zip(chips.columns(len(found), pen.metrics.gap), found, strict=True):
            word = terms[index].word.in_(state.language)
            label = _("“{word}”是什么？").format(word=word)
            pen.button(cell, f"term:{index}", label, always(v.TermTouched(index)), icon="help", size=32)
    icon, text = inner.left(pen.px(64), pen.px(24))
    pen.icon(icon, "clipboard", "warn")
    pen.stack(
        text,
        [Line(_("送检注意事项"), 36, bold=True, colour="warn", lines=1), Line(notice, read, even=True)],
        gap=pen.px(10),
    )


def said_in(text: str, terms: Sequence[Term], language: Language) -> list[int]:
    """The terms, by their place, whose word occurs in ``text``; at most two."""
    low = text.lower()
    return [index for index, term in enumerate(terms) if term.word.in_(language).lower() in low][:2]


def _facts(pen: Pen, item: ItemView) -> str:
    _ = pen.say
    fee = _("不收费") if float(item.fee.due) == 0 else _("每件 {yuan} 元").format(yuan=item.fee.due)
    return _("{regulation} · {fee} · 一单最多 {most} 件").format(
        regulation=item.regulation, fee=fee, most=item.most_in_order
    )


def _term(pen: Pen, state: m.State, wall: datetime, term: Term) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    message(
        pen,
        body,
        icon="help",
        tone="accent",
        title=term.word.in_(state.language),
        lines=(term.note.in_(state.language),),
        actions=(Action("back", _("知道了"), lambda: v.TermTouched(None), "primary", "check"),),
    )


# ---- all that was chosen ---------------------------------------------------------------------------


def basket(pen: Pen, state: m.State, screen: v.Basket, wall: datetime, new_key: Callable[[], str]) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    rows = [
        lines.Row(
            pick.item,
            item.name.in_(state.language),
            _("附件不齐，请在窗口说明") if not pick.complete else _("减到 0 件就去掉"),
            pick.pieces,
            least=0,
            most=max(item.most_in_order, pick.pieces),
            fragile=item.fragile,
        )
        for pick in screen.draft.picks
        if (item := state.item(pick.item)) is not None
    ]
    told = lines.verdict_lines(pen, screen.verdict, bool(screen.weighing), screen.why)
    title = words.title(_, state)
    if pen.metrics.portrait:
        box, rest = body.top(pen.px(lines.TURN), pen.px(24))
        actions, rest = rest.bottom(pen.px(190), pen.px(28))
        high = min(lines.verdict_height(pen, told, rest.width), pen.px(440))
        verdict, rest = rest.bottom(high, pen.px(28))
        rows_area = rest
    else:
        left, right = body.left(body.width * 0.52, pen.px(48))
        box, rows_area = left.top(pen.px(lines.TURN), pen.px(20))
        actions, verdict = right.bottom(pen.px(176), pen.px(28))
    booking = screen.draft.booking
    if not booking:
        first, box = box.right(box.width * 0.36, pen.px(24))
    pen.text(box, title, 52, bold=True, even=True)
    chosen = screen.draft.priority
    label = _("优先服务") if chosen == "ordinary" else words.priority(_, chosen)
    kind: Kind = "plain" if chosen == "ordinary" else "chosen"
    icon = "priority" if chosen == "ordinary" else "check"
    if not booking:
        pen.button(first, "first", label, v.FirstTouched, kind=kind, icon=icon, size=32)
    more = registering.may_add(state, screen)
    lines.draw_rows(pen, rows_area, rows, screen.page)
    lines.draw_verdict(pen, verdict, told, screen.verdict, screen.why)
    if not more and screen.why:
        return
    add, take = actions.left(actions.width * 0.42, pen.metrics.gap) if more else (None, actions)
    if add is not None:
        area = actions if screen.why else add
        pen.button(area, "more", _("再加一种"), v.MoreTouched, icon="plus", size=40)
    if not screen.why and booking:
        pen.button(
            take, "times", _("选择时间"), b.TimesTouched, kind="primary", icon="calendar-check", size=52
        )
    elif not screen.why:
        pen.button(
            take,
            "register",
            _("登记取号"),
            lambda: m.TakeTouched(new_key()),
            kind="primary",
            icon="ticket",
            size=52,
        )
