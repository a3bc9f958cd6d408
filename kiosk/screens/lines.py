"""What is handed in, line by line with plus and minus, and what becomes of it: shared by two screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from kiosk import model as m
from kiosk import visit as v
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, always
from server.protocol.booking import Verdict

from . import words


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it is shown. ``least``, ``most``: how far minus and plus go."""

    item: str
    name: str
    note: str
    pieces: int
    least: int
    most: int
    fragile: bool = False


TURN = 116
"""The height of the keys that turn pages, in px of the design: 20 mm on every panel from 15.6 inches."""


def draw_rows(pen: Pen, area: Area, rows: Sequence[Row], page: int) -> None:
    """As many lines as ``area`` has room for, a little higher where there is much; else in pages."""
    gap = pen.px(16)
    least, most = pen.metrics.target + pen.px(12), pen.px(230)
    fit = max(1, int((area.height + gap) // (least + gap)))
    if len(rows) > fit:
        turning, area = area.bottom(pen.px(TURN), gap)
        fit = max(1, int((area.height + gap) // (least + gap)))
        pages = ceil(len(rows) / fit)
        paging(pen, turning, page % pages, pages)
        rows = rows[page % pages * fit :][:fit]
    high = (area.height - gap * (len(rows) - 1)) / max(1, len(rows))
    high = max(least, min(high, most))
    for row in rows:
        box, area = area.top(high, gap)
        _row(pen, box, row)


def _row(pen: Pen, area: Area, row: Row) -> None:
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(24), (area.height - pen.metrics.target) / 2)
    side = pen.metrics.target
    count = pen.px(180 if pen.metrics.large else 150)
    keys, text = inner.right(2 * side + count, pen.px(24))
    stepper(pen, keys, row.item, row.pieces, row.least, row.most)
    if row.fragile:
        box, text = text.left(pen.px(44), pen.px(16))
        pen.icon(box, "fragile", "warn")
    pen.stack(text, [Line(row.name, 38, bold=True, lines=2), Line(row.note, 28, colour="ink-soft", lines=2)])


def stepper(pen: Pen, area: Area, item: str, pieces: int, least: int, most: int) -> None:
    """Minus, how many, plus; a key that would do nothing is not there."""
    _ = pen.say
    side = pen.metrics.target
    left, rest = area.left(side)
    right, middle = rest.right(side)
    if pieces > least:
        pen.button(left, f"fewer:{item}", "", always(v.PiecesTouched(item, -1)), icon="minus", size=48)
    if pieces < most:
        pen.button(right, f"more:{item}", "", always(v.PiecesTouched(item, 1)), icon="plus", size=48)
    told = _("{count} 件").format(count=pieces)
    pen.text(middle, told, 44, bold=True, colour="accent", align="center", lines=1)


def paging(pen: Pen, area: Area, page: int, pages: int) -> None:
    _ = pen.say
    left, middle, right = area.columns(3, pen.metrics.gap)
    if page > 0:
        pen.button(left, "page:previous", _("上一页"), lambda: m.PageTouched(page - 1), icon="previous")
    if page < pages - 1:
        pen.button(right, "page:next", _("下一页"), lambda: m.PageTouched(page + 1), icon="next")
    told = _("第{page}页，共{pages}页").format(page=page + 1, pages=pages)
    pen.text(middle, told, "body", align="center")


# ---- what becomes of it ----------------------------------------------------------------------------


def verdict_lines(pen: Pen, verdict: Verdict | None, weighing: bool, why: str) -> list[Line]:
    """立等 or 普通, why, when it is ready, and what it costs."""
    _ = pen.say
    language = pen.language
    # With large text these grow less: the number of pieces must stay in sight.
    head_size, size, small = (36.0, 30.0, 28.0) if pen.metrics.large else (44.0, 36.0, 30.0)
    if why:
        return [
            Line(_("这些器具现在不能登记"), size, bold=True, colour="bad", even=True),
            Line(why, size, even=True),
        ]
    if verdict is None and weighing:
        return [Line(_("正在计算时间和费用…"), size, colour="ink-soft", even=True)]
    if verdict is None:
        return [Line(_("时间和费用请在窗口询问，不影响登记。"), size, colour="ink-soft", even=True)]
    if verdict.while_you_wait:
        head = _("立等可取")
        when = _("交件后{minutes}可以取走").format(minutes=words.wait(_, verdict.ready))
    else:
        head = _("普通办理，检完通知您来取")
        day = words.date_of(_, verdict.promise_by)
        when = _("承诺 {day}前完成").format(day=day)
        if verdict.provisional:
            when = _("承诺 {day}前完成（暂估）").format(day=day)
    lines = [
        Line(head, head_size, bold=True, colour="good" if verdict.while_you_wait else "accent", even=True),
        Line(when, size, bold=True, even=True),
    ]
    lines.append(Line(fee(pen, verdict), size, even=True))
    told = verdict.reasons[: 1 if pen.metrics.large else 2]
    lines += [Line(reason.in_(language), small, colour="ink-soft", even=True) for reason in told]
    return lines


def fee(pen: Pen, verdict: Verdict) -> str:
    """What it costs, and why it is less than the published price where it is."""
    _ = pen.say
    due = verdict.total.due
    reason = verdict.total.reason.in_(pen.language)
    if float(due) == 0:
        told = _("不收费")
    else:
        told = _("费用 {yuan} 元").format(yuan=due)
    return _("{fee} · {reason}").format(fee=told, reason=reason) if reason else told


def verdict_height(pen: Pen, lines: Sequence[Line], width: float) -> float:
    room = width - pen.px(64 + 88)
    each = [pen.height(line.text, room, line.size, bold=line.bold) for line in lines]
    return sum(each) + pen.px(10) * (len(lines) - 1) + pen.px(44)


def draw_verdict(pen: Pen, area: Area, lines: Sequence[Line], verdict: Verdict | None, why: str) -> None:
    tone = "bad" if why else "good" if verdict is not None and verdict.while_you_wait else "accent"
    icon = "warning" if why else "hourglass" if verdict is None or verdict.while_you_wait else "wrong-day"
    pen.card(area, fill=f"{tone}-soft", line=None if tone == "accent" else tone)
    inner = area.inset(pen.px(32), pen.px(16))
    left, text = inner.left(pen.px(64), pen.px(24))
    pen.icon(left, icon, tone)
    told = list(lines)
    room = replace(text, height=text.height - pen.px(10) * (len(told) - 1))
    while len(told) > 3 and not pen.fits(room, told):
        # The reasons come last: what it is, when and for how much are told whole.
        told.pop()
    pen.stack(text, told, gap=pen.px(10))


# ---- are the parts all there? ----------------------------------------------------------------------


def parts_height(pen: Pen, parts: str, width: float) -> float:
    return max(pen.metrics.target, pen.height(parts_question(pen, parts), width * 0.46, 32)) + pen.px(8)


def parts_question(pen: Pen, parts: str) -> str:
    _ = pen.say
    return _("附件都带齐了吗？（{parts}）").format(parts=parts)


def draw_parts(pen: Pen, area: Area, item: str, parts: str, complete: bool | None) -> None:
    """The question, and two answers; none is chosen while ``complete`` is None."""
    _ = pen.say
    keys, text = area.right(area.width * 0.52, pen.px(24))
    pen.text(text, parts_question(pen, parts), 32, bold=True, even=True)
    yes, no = keys.columns(2, pen.metrics.gap)
    for cell, name, label, value in (
        (yes, "complete", _("齐全"), True),
        (no, "incomplete", _("不齐"), False),
    ):
        chosen = complete is value
        pen.button(
            cell,
            name,
            label,
            always(v.CompleteTouched(item, value)),
            kind="chosen" if chosen else "plain",
            icon="check" if chosen else None,
            size=34,
            stacked=chosen,
        )


def joined(pen: Pen, names: Sequence[str]) -> str:
    return ("、" if pen.language == "zh" else ", ").join(dict.fromkeys(names))
