"""From a scene to a picture: the look of the board. Pure; sizes are pixels of a 1080 design, scaled.

Chinese large, English small beside or below it; for an English ticket the other way round. Yellow is for
the numbers called, and nothing else; a called number also says so in words.
"""

from __future__ import annotations

from typing import assert_never

from server.protocol.language import both
from server.protocol.views import Text

from .layout import HEADING, NINTH, Box, Layout
from .marks import Align, Fill, Icon, Mark, Paragraph, Picture, Span, Words
from .scene import BoardScene, CallNow, Foot, FullScene, Head, Message, Queue, Row, Scene

INK, SOFT, NUMBER, RULE, SURFACE, STALE = (
    "board-ink", "board-ink-soft", "board-number", "board-rule", "board-surface", "board-stale",
)  # fmt: skip
DARK = "board-ground"


def paint(scene: Scene, place: Layout) -> Picture:
    """The picture of ``scene`` in ``place``."""
    if isinstance(scene, FullScene):
        if scene.kind == "emergency":
            return Picture("bad", tuple(_emergency(scene.message, place)))
        return Picture(
            DARK, (*head(scene.head, place), *_full(scene.message, place), *_foot(scene.foot, place))
        )
    return Picture(
        DARK,
        (
            *head(scene.head, place),
            *_stage(scene.stage, place),
            *_table(scene, place),
            *_queues(scene, place),
            *_foot(scene.foot, place),
        ),
    )


def bilingual(text: Text, size: float, small: float, colour: str, bold: bool = False) -> tuple[Span, ...]:
    """Chinese, and the English after it in small letters."""
    spans = (Span(text.zh, size, colour, bold),)
    return (*spans, Span(f"  {text.en}", small, SOFT)) if text.en and text.en != text.zh else spans


def head(top: Head, place: Layout) -> list[Mark]:
    u, box = place.u, place.head
    alert_w = 430 * u if top.alert.zh else 0.0
    # A narrow screen that has to say that its clock is wrong needs the date's place for it.
    day = "" if alert_w and place.portrait else f"{top.day.zh}   "
    clock_w = (430 if day else 200) * u
    name = Box(box.x, box.y, box.w - clock_w - alert_w - 24 * u, box.h)
    clock = Box(box.x + box.w - clock_w, box.y, clock_w, box.h)
    narrow = place.portrait or bool(alert_w)
    plain = (Span(top.hall.zh, 46 * u, INK, True),)
    spans = plain if narrow else bilingual(top.hall, 46 * u, 26 * u, INK, True)
    marks: list[Mark] = [
        Words("head.hall", name, spans),
        Words(
            "head.clock",
            clock,
            (Span(day, 30 * u, SOFT), Span(top.clock, 58 * u, INK, True)),
            "right",
            level=True,
        ),
        Fill("head.rule", Box(box.x, box.y + box.h - 2 * u, box.w, 2 * u), RULE),
    ]
    if alert_w:
        line = Box(box.x + box.w - clock_w - alert_w, box.y, alert_w, box.h)
        marks += [
            Icon(
                "head.alert.icon", Box(line.x, line.y + line.h / 2 - 18 * u, 36 * u, 36 * u), "warning", STALE
            ),
            Words(
                "head.alert",
                Box(line.x + 46 * u, line.y, line.w - 70 * u, line.h),
                (Span(top.alert.zh, 26 * u, STALE),),
            ),
        ]
    return marks


def _stage(stage: CallNow | Message, place: Layout) -> list[Mark]:
    match stage:
        case CallNow():
            return _call(stage, place)
        case Message():
            return _message(stage, place)
        case _:
            assert_never(stage)


def _call(call: CallNow, place: Layout) -> list[Mark]:
    u, box = place.u, place.stage
    ground, number, ink, soft = (NUMBER, DARK, DARK, DARK) if call.lit else (SURFACE, NUMBER, INK, SOFT)
    inner = box.inset(28 * u, 20 * u)
    name, gap, to, small = (inner.h * share for share in (0.53, 0.03, 0.29, 0.15))
    top, _, middle, bottom = inner.lines(name, gap, to, small)
    go = both("display", "请到{counter}号窗口", counter="\n")
    before, after = (part.strip() for part in (go.zh if call.language == "zh" else go.en).split("\n"))
    other = both("display", "请到{counter}号窗口", counter=call.counter)
    last = [Span(other.en if call.language == "zh" else other.zh, 40 * u, soft)]
    if call.more:
        more = both("display", "后面还有{count}个呼叫", count=call.more)
        last.append(Span(f"    {more.in_(call.language)}", 26 * u, soft))
    figure = to * 1.16
    word = figure * (0.54 if call.language == "zh" else 0.46)
    return [
        Fill("stage.ground", box, ground, 28 * u),
        Words("stage.number", top, (Span(call.number, min(340 * u, name * 1.18), number, True),), "center"),
        Words(
            "stage.counter",
            middle,
            (
                Span(before, word, ink, True),
                Span(f" {call.counter} ", figure, ink, True),
                Span(after, word, ink, True),
            ),
            "center",
            level=True,
        ),
        Words("stage.other", bottom, tuple(last), "center"),
    ]


def _message(message: Message, place: Layout) -> list[Mark]:
    """A quiet stage: the icon, a title and a body, left aligned on a calm surface."""
    u, box = place.u, place.stage
    lost = message.kind == "lost"
    colour = STALE if lost else INK
    inner = box.inset(48 * u, 36 * u)
    marks: list[Mark] = [Fill("stage.ground", box, SURFACE, 28 * u)]
    text = inner
    if message.icon:
        side = 112 * u
        marks.append(
            Icon(
                "stage.icon",
                Box(inner.x, inner.y + 10 * u, side, side),
                message.icon,
                colour if lost else SOFT,
            )
        )
        text = Box(inner.x + side + 36 * u, inner.y, inner.w - side - 36 * u, inner.h)
    em = (68 if len(message.title.zh) <= 10 else 58) * u
    title, title_en, _, body = text.lines(96 * u, 44 * u, 24 * u, text.h - 164 * u)
    marks += [
        Words("stage.title", title, (Span(message.title.zh, em, colour, True),)),
        Words("stage.title.en", title_en, (Span(message.title.en, 32 * u, SOFT),)),
        Paragraph(
            "stage.body", body, (Span(message.body.zh, 46 * u, INK), Span(message.body.en, 30 * u, SOFT))
        ),
    ]
    if message.pages > 1:
        line = Box(box.x + box.w - 200 * u, box.y + box.h - 48 * u, 172 * u, 34 * u)
        marks.append(
            Words("stage.page", line, (Span(f"{message.page} / {message.pages}", 24 * u, SOFT),), "right")
        )
    return marks


def _table(scene: BoardScene, place: Layout) -> list[Mark]:
    u, box = place.u, place.table
    heading = Box(box.x, box.y, box.w, HEADING * u)
    left, right = heading.inset(28 * u).columns(1, 1)
    pages = f"   {scene.page}/{scene.pages}" if scene.pages > 1 else ""
    marks: list[Mark] = [
        Words("table.counter", left, bilingual(both("display", "窗口"), 30 * u, 22 * u, SOFT)),
        Words(
            "table.number",
            right,
            (*bilingual(both("display", "号码"), 30 * u, 22 * u, SOFT), Span(pages, 26 * u, INK)),
            "right",
        ),
    ]
    height = min((box.h - HEADING * u) / max(len(scene.rows), 1), 200 * u)
    for index, row in enumerate(scene.rows):
        line = Box(box.x, box.y + HEADING * u + index * height, box.w, height)
        bare = index == 0 or scene.rows[index - 1].fresh
        marks += _row(row, line, index, scene.stale, place, ruled=not bare)
    return marks


def _row(row: Row, line: Box, index: int, stale: bool, place: Layout, *, ruled: bool) -> list[Mark]:
    u = place.u
    key = f"row{index}"
    em = max(1080 * u / NINTH, min(line.h * 0.86, 160 * u))
    called = row.state == "called" and not stale
    colour = NUMBER if called else SOFT if stale else INK
    marks: list[Mark] = []
    if row.fresh and not stale:
        marks.append(Fill(f"{key}.ground", line.inset(0, 5 * u), SURFACE, 20 * u))
    elif ruled:
        marks.append(Fill(f"{key}.rule", Box(line.x + 28 * u, line.y - 1 * u, line.w - 56 * u, 2 * u), RULE))
    inner = line.inset(28 * u)
    name, note, number = inner.columns(0.33, 0.14, 0.53)
    marks.append(
        Words(
            f"{key}.counter",
            name,
            (Span(row.counter, em * 0.72, SOFT if stale else INK, True), Span(" 号窗口", 32 * u, SOFT)),
        )
    )
    if row.number:
        marks.append(Words(f"{key}.number", number, (Span(row.number, em, colour, True),), "right"))
    if row.note.zh:
        where = note if row.number else Box(note.x, line.y, note.w + number.w, line.h)
        marks += _note(key, row.note, where, u, large=not row.number, paused=row.state == "paused")
    elif called:
        marks.append(Icon(f"{key}.icon", _middle(note, 64 * u), "volume", NUMBER))
    return marks


def _note(key: str, note: Text, box: Box, u: float, *, large: bool, paused: bool) -> list[Mark]:
    size, small = (60 * u, 30 * u) if large else (34 * u, 22 * u)
    colour = STALE if paused else SOFT
    return _two(
        f"{key}.note",
        box,
        Span(note.zh, size, colour, large),
        Span(note.en, small, SOFT),
        "right" if large else "left",
    )


def _middle(box: Box, side: float) -> Box:
    return Box(box.x + (box.w - side) / 2, box.y + (box.h - side) / 2, side, side)


def _queues(scene: BoardScene, place: Layout) -> list[Mark]:
    u, box = place.u, place.queues
    heading = Box(box.x, box.y, box.w, HEADING * u)
    marks: list[Mark] = [
        Words(
            "queues.next", heading.inset(28 * u), bilingual(both("display", "请准备"), 30 * u, 22 * u, SOFT)
        ),
    ]
    height = min((box.h - HEADING * u) / max(len(scene.queues), 1), 92 * u)
    for index, queue in enumerate(scene.queues):
        line = Box(box.x, box.y + HEADING * u + index * height, box.w, height)
        marks += _queue(queue, line, index, scene.stale, u)
    return marks


def _queue(queue: Queue, line: Box, index: int, stale: bool, u: float) -> list[Mark]:
    key = f"queue{index}"
    ink = SOFT if stale else INK
    inner = line.inset(28 * u)
    name, numbers, wait = inner.columns(0.225, 0.425, 0.35)
    count = both("display", "等候{count}人", count=queue.waiting)
    told = f"{count.zh} · {queue.wait.zh}" if queue.waiting else queue.wait.zh
    told_en = f"{count.en}, {queue.wait.en}" if queue.waiting else queue.wait.en
    cells = zip(numbers.columns(1, 1, 1), queue.next, strict=False)
    return [
        Fill(f"{key}.rule", Box(inner.x, line.y, inner.w, 2 * u), RULE),
        *_two(f"{key}.name", name, Span(queue.name.zh, 34 * u, ink, True), Span(queue.name.en, 20 * u, SOFT)),
        *(
            Words(f"{key}.next{nth}", cell, (Span(number, 46 * u, ink, nth == 0),))
            for nth, (cell, number) in enumerate(cells)
        ),
        *_two(f"{key}.wait", wait, Span(told, 30 * u, ink), Span(told_en, 20 * u, SOFT), "right"),
    ]


def _two(key: str, box: Box, large: Span, small: Span, align: Align = "left") -> list[Mark]:
    """A line and a smaller one under it, together in the middle of ``box``."""
    upper, lower = large.size * 1.16, small.size * 1.3
    top = box.y + (box.h - upper - lower) / 2
    first, second = Box(box.x, top, box.w, 0).lines(upper, lower)
    return [Words(key, first, (large,), align), Words(f"{key}.en", second, (small,), align)]


def _foot(foot: Foot, place: Layout) -> list[Mark]:
    u, box = place.u, place.foot
    marks: list[Mark] = []
    if foot.ready or foot.progress or foot.notice.zh or foot.phone:
        marks.append(Fill("foot.rule", Box(box.x, box.y, box.w, 2 * u), RULE))
    ready, notice, phone = _foot_boxes(foot, place)
    if foot.ready:
        spans = [Span(both("display", "可取件").zh, 30 * u, SOFT), Span(" Ready", 22 * u, SOFT)]
        for one in foot.ready:
            line = both("display", "{who} {pieces}件", who=one.who, pieces=one.pieces)
            spans.append(Span(f"    {line.zh}", 34 * u, INK, True))
        marks.append(Words("foot.ready", ready, tuple(spans)))
    elif foot.progress:
        spans = [Span(both("display", "办理进度").zh, 30 * u, SOFT), Span(" Progress", 20 * u, SOFT)]
        for case in foot.progress:
            spans += [Span(f"   {case.number}", 28 * u, INK, True), Span(f" {case.stage.zh}", 28 * u, INK)]
        marks.append(Words("foot.progress", ready, tuple(spans)))
    if foot.notice.zh:
        marks.append(Paragraph("foot.notice", notice, (Span(foot.notice.zh, 30 * u, SOFT),)))
    if foot.phone:
        line = both("display", "投诉电话 {phone}", phone=foot.phone)
        marks.append(Words("foot.phone", phone, (Span(line.zh, 30 * u, SOFT),), "right"))
    return marks


def _foot_boxes(foot: Foot, place: Layout) -> tuple[Box, Box, Box]:
    u, box = place.u, place.foot
    if place.portrait:
        upper, lower = box.lines(box.h * 0.5, box.h * 0.5)
        phone_w = 300 * u
        return (
            Box(upper.x, upper.y, upper.w - phone_w, upper.h),
            Box(lower.x, lower.y + 14 * u, lower.w, lower.h - 14 * u),
            Box(upper.x + upper.w - phone_w, upper.y, phone_w, upper.h),
        )
    ready_w = box.w * 0.38 if foot.ready or foot.progress else 0.0
    phone_w = box.w * 0.2 if foot.phone else 0.0
    gap = 32 * u
    notice = Box(box.x + ready_w, box.y + 24 * u, box.w - ready_w - phone_w - gap, box.h - 26 * u)
    return (
        Box(box.x, box.y, ready_w - gap, box.h),
        notice,
        Box(box.x + box.w - phone_w, box.y, phone_w, box.h),
    )


def _full(message: Message, place: Layout) -> list[Mark]:
    u, box = place.u, place.full
    colour = STALE if message.kind == "lost" else INK
    top = box.y + box.h * 0.5 - 330 * u
    side = 150 * u
    lines = Box(box.x, top + side + 40 * u, box.w, 0).lines(130 * u, 64 * u, 40 * u, 260 * u)
    marks: list[Mark] = []
    if message.icon:
        marks.append(
            Icon(
                "full.icon",
                Box(box.x + (box.w - side) / 2, top, side, side),
                message.icon,
                colour if colour == STALE else SOFT,
            )
        )
    marks += [
        Words("full.title", lines[0], (Span(message.title.zh, 96 * u, colour, True),), "center"),
        Words("full.title.en", lines[1], (Span(message.title.en, 44 * u, SOFT),), "center"),
        Paragraph(
            "full.body",
            lines[3],
            (Span(message.body.zh, 56 * u, INK), Span(message.body.en, 34 * u, SOFT)),
            "center",
        ),
    ]
    return marks


def _emergency(message: Message, place: Layout) -> list[Mark]:
    u = place.u
    box = place.screen.inset(90 * u, 70 * u)
    side = 150 * u
    title = Box(box.x + side + 40 * u, box.y, box.w - side - 40 * u, side)
    rest = box.h - side - 60 * u
    body = (Span(message.body.zh, 132 * u, "on-accent", True), Span(message.body.en, 68 * u, "on-accent"))
    return [
        Icon("emergency.icon", Box(box.x, box.y, side, side), "warning", "on-accent"),
        Words("emergency.title", title, bilingual_white(message.title, 100 * u, 52 * u)),
        Paragraph("emergency.body", Box(box.x, box.y + side + 60 * u, box.w, rest), body),
    ]


def bilingual_white(text: Text, size: float, small: float) -> tuple[Span, ...]:
    return (Span(text.zh, size, "on-accent", True), Span(f"   {text.en}", small, "on-accent"))
