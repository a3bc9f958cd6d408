"""What there is to collect: each instrument with its state, and the touch that takes a number for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from kiosk import collecting as c
from kiosk import model as m
from kiosk.flows import collecting as rules
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone
from server.protocol.codes import NUMBER_DIGITS, spaced
from server.protocol.pickup import PieceView
from server.protocol.words import SampleState

from . import rows, words
from .frame import frame, home_button

LOOKS: dict[SampleState, tuple[str, Tone]] = {
    "ready": ("check", "good"),
    "released": ("package", "accent"),
    "fault_hold": ("warning", "warn"),
    "refused_at_intake": ("closed", "bad"),
    "returned_untested": ("closed", "bad"),
}
"""Icon and colour; whatever is under way has the hourglass."""


def draw(pen: Pen, state: m.State, screen: c.Collecting, wall: datetime, new_key: Callable[[], str]) -> None:
    _ = pen.say
    view = screen.view
    body = frame(pen, state, wall, first=home_button(pen))
    told = _told(pen, screen)
    pieces = [piece_row(pen, piece) for piece in view.pieces]
    if pen.metrics.portrait:
        top, rest = body.top(head_height(pen, state, body.width), pen.px(24))
        actions, rest = rest.bottom(pen.px(180), pen.px(24))
        note, rest = rest.bottom(_note_height(pen, told, rest.width), pen.px(24))
        turn, items = _turning(pen, rest, pieces)
    else:
        left, right = body.left(body.width * 0.42, pen.px(48))
        top, rest = left.top(head_height(pen, state, left.width), pen.px(24))
        actions, rest = rest.bottom(pen.px(160), pen.px(24))
        note = rest.top(_note_height(pen, told, rest.width))[0]
        turn, items = _turning(pen, right, pieces)
    tone: Tone = "good" if view.complete and view.ready else "accent" if view.ready else "warn"
    icon = "package" if view.ready else "hourglass"
    head(pen, state, top, icon, tone, view.number, view.who)
    now, pages = rows.listed(pen, items, pieces, screen.page, least=130)
    if pages > 1:
        turning(pen, turn, now, pages)
    _note(pen, note, told, "good" if view.ready else "warn")
    back, take = actions.left(actions.width * 0.3, pen.metrics.gap)
    if not rules.may_take(screen):
        pen.button(actions, "back", _("返回"), m.BackTouched, icon="back", size="title")
        return
    pen.button(back, "back", _("返回"), m.BackTouched, icon="back", size="large")
    pen.button(
        take,
        "collect",
        _("取号去取件"),
        lambda: m.TakeTouched(new_key()),
        kind="primary",
        icon="ticket",
        size=56,
    )


def _turning(pen: Pen, area: Area, pieces: Sequence[rows.Row]) -> tuple[Area, Area]:
    """A row for the keys that turn pages, where the pieces are more than fit."""
    if len(pieces) <= rows.fitting(pen, area, pieces, 130):
        return area.bottom(0)
    return area.bottom(rows.foot_height(pen), pen.px(20))


def turning(pen: Pen, area: Area, now: int, pages: int) -> None:
    _ = pen.say
    left, middle, right = area.columns(3, pen.metrics.gap)
    if now > 0:
        pen.button(left, "page:previous", _("上一页"), lambda: m.PageTouched(now - 1), icon="previous")
    if now < pages - 1:
        pen.button(right, "page:next", _("下一页"), lambda: m.PageTouched(now + 1), icon="next")
    told = _("第{page}页，共{pages}页").format(page=now + 1, pages=pages)
    pen.text(middle, told, "body", align="center")


def piece_row(pen: Pen, piece: PieceView) -> rows.Row:
    _ = pen.say
    icon, tone = LOOKS.get(piece.state, ("hourglass", "accent"))
    name = piece.item.in_(pen.language)
    state = piece.state_text.in_(pen.language)
    if piece.conclusion_text is not None:
        state = _("{first} · {second}").format(first=state, second=piece.conclusion_text.in_(pen.language))
    elif piece.due is not None and piece.state not in ("ready", "released"):
        day = words.date_of(_, piece.due)
        state = _("{first} · {second}").format(first=state, second=_("{day}前完成").format(day=day))
    which = _("第 {index} 件，共 {count} 件").format(index=piece.index, count=piece.count)
    return rows.Row(
        icon,
        tone,
        (
            Line(name, 38, bold=True, lines=2),
            Line(state, 34, bold=True, colour=tone, lines=2),
            Line(which, 28, colour="ink-soft", lines=1),
        ),
    )


def _told(pen: Pen, screen: c.Collecting) -> tuple[str, str]:
    """What to do now; or why there is nothing to take, and from when."""
    _ = pen.say
    view = screen.view
    if view.ticket:
        first = _("您已取号：{number}").format(number=view.ticket)
        return first, _("请听叫号到取件窗口，并出示取件码。")
    why = view.why.in_(pen.language) if view.why is not None else ""
    if view.may_collect:
        return _("可以取号去取件窗口。"), "" if view.complete else (why or _("其余的检完再来取。"))
    return why or _("检完会通知您，请留意短信，或者随时来这里查询。"), ""


def _note_height(pen: Pen, told: tuple[str, str], width: float) -> float:
    room = width - pen.px(56 + 64 + 24)
    high = pen.height(told[0], room, 36, bold=True)
    if told[1]:
        high += pen.height(told[1], room, 32) + pen.px(8)
    return max(high + pen.px(40), pen.px(110))


def _note(pen: Pen, area: Area, told: tuple[str, str], tone: Tone) -> None:
    pen.card(area, fill=f"{tone}-soft", line=tone)
    left, text = area.inset(pen.px(28), pen.px(16)).left(pen.px(64), pen.px(24))
    pen.icon(left, "info", tone)
    pen.stack(
        text,
        [Line(told[0], 36, bold=True, colour=tone, even=True), Line(told[1], 32, even=True)],
        gap=pen.px(8),
    )


# ---- the head of who comes back, shared ------------------------------------------------------------


def head_height(pen: Pen, state: m.State, width: float) -> float:
    room = width - pen.px(112 + 28)
    title = pen.height(words.title(pen.say, state), room, _size(pen), bold=True)
    return max(pen.px(120), title + pen.height("国", room, 30) + pen.px(12))


def _size(pen: Pen) -> float:
    return 42 if pen.metrics.large else 52


def head(pen: Pen, state: m.State, area: Area, icon: str, tone: Tone, number: str, who: str) -> None:
    """Badge, title, and whose case it is: its number and the masked name."""
    _ = pen.say
    left, text = area.left(pen.px(112), pen.px(28))
    pen.badge(left.middle(left.width, left.width), icon, tone)
    shown = spaced(number) if len(number) == NUMBER_DIGITS else number
    told = _("单号 {number}").format(number=shown)
    if who:
        told = _("{first} · {second}").format(first=told, second=who)
    pen.stack(
        text,
        [
            Line(words.title(_, state), _size(pen), bold=True, even=True),
            Line(told, 30, colour="ink-soft", lines=1),
        ],
        gap=pen.px(8),
    )
