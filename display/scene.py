"""Everything the waiting-area screen shows at one moment, as plain values: a pure function of what is known.

``scene(memory, board, link, now)`` decides; the renderer only draws. Texts carry both languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from server.protocol.language import both
from server.protocol.views import Board, CaseStage, CounterView, HallHead, Ready, ServiceView, Text, WaitRange
from server.protocol.words import CounterState, Language

from .link import Link, Now, clock_is_wrong, link_state
from .stage import Memory, Shown, is_lit, is_new

ROWS_TURN = 8.0
"""Seconds that a page of counters or services stays."""
NOTICE_TURN = 14.0
READY_TURN = 8.0

NOWHERE = Text(zh="", en="")
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Room:
    """How much the screen has place for, page by page; the layout says."""

    rows: int = 7
    services: int = 5
    ready: int = 3
    progress: int = 2


@dataclass(frozen=True, slots=True)
class Head:
    """The line at the top. ``alert`` is for the staff, in small letters, and empty as a rule."""

    hall: Text
    clock: str
    day: Text
    alert: Text


@dataclass(frozen=True, slots=True)
class CallNow:
    """The call that has the stage; ``lit`` is its flashing, ``more`` how many calls wait behind it."""

    number: str
    counter: str
    language: Language
    lit: bool
    more: int


@dataclass(frozen=True, slots=True)
class Message:
    """What stands on the stage when no call does. ``icon`` names an icon; notices have pages."""

    kind: Literal["watch", "not_begun", "notice", "lost", "closed", "connecting", "emergency"]
    icon: str
    title: Text
    body: Text
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A counter and the number there. ``fresh``: it is the call on the stage; ``note`` replaces a number."""

    counter: str
    number: str
    note: Text
    state: CounterState
    fresh: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A service, who is next for it, how many wait, and about how long."""

    name: Text
    next: tuple[str, ...]
    waiting: int
    wait: Text


@dataclass(frozen=True, slots=True)
class Foot:
    """The line at the bottom: a page of the masked ready list or of the cases, a notice, the phone."""

    ready: tuple[Ready, ...]
    notice: Text
    phone: str
    progress: tuple[CaseStage, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardScene:
    """The hall at work. ``stale``: the link is lost and these are the last numbers known."""

    head: Head
    stage: CallNow | Message
    rows: tuple[Row, ...]
    page: int
    pages: int
    queues: tuple[Queue, ...]
    foot: Foot
    stale: bool
    kind: Literal["board"] = "board"


@dataclass(frozen=True, slots=True)
class FullScene:
    """One message on the whole screen: connecting, hall closed, emergency."""

    head: Head
    message: Message
    foot: Foot
    kind: Literal["connecting", "closed", "emergency"]


Scene = BoardScene | FullScene
EMPTY_FOOT = Foot((), NOWHERE, "")


def scene(memory: Memory, board: Board | None, link: Link, now: Now, room: Room = Room()) -> Scene:
    """What to show now; total: every board, known or not, gives a scene."""
    if board is None:
        return FullScene(head(None, link, now), _no_board(link, now), EMPTY_FOOT, "connecting")
    top = head(board.hall, link, now)
    if board.hall.emergency is not None:
        return FullScene(top, emergency(board.hall.emergency), EMPTY_FOOT, "emergency")
    lost = link_state(link, now) == "lost"
    busy = any(counter.number for counter in board.counters) or memory.shown is not None
    if board.hall.state == "closed" and not busy:
        message = _lost(link, board.hall) if lost else _closed(board.hall)
        return FullScene(top, message, _foot(board, now, room, notice=True), "closed")
    stage = _stage(memory, board, link, now, lost)
    rows, page, pages = _rows(board, memory.shown, now, room.rows)
    return BoardScene(
        head=top,
        stage=stage,
        rows=rows,
        page=page,
        pages=pages,
        queues=_queues(board.services, now, room.services),
        foot=_foot(board, now, room, notice=not (isinstance(stage, Message) and stage.kind == "notice")),
        stale=lost,
    )


def head(hall: HallHead | None, link: Link, now: Now) -> Head:
    local = hall_clock(hall, link.time(now))
    alert = NOWHERE
    if clock_is_wrong(link, now):
        alert = both("display", "本机时钟不准，请工作人员校准")
    name = hall.name if hall is not None else both("display", "立取")
    return Head(
        hall=name,
        clock=f"{local:%H:%M}",
        day=Text(
            zh=f"{local.month}月{local.day}日 {WEEKDAYS[local.weekday()]}",
            en=f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}",
        ),
        alert=alert,
    )


def hall_clock(hall: HallHead | None, at: datetime) -> datetime:
    """``at`` by the hall's clock; before the hall is known, by the zone that all of China keeps."""
    return at.astimezone(ZoneInfo(hall.zone if hall is not None else "Asia/Shanghai"))


def emergency(text: Text) -> Message:
    return Message("emergency", "warning", both("display", "紧急通知"), text)


def _no_board(link: Link, now: Now) -> Message:
    if link_state(link, now) == "lost":
        title = both("display", "暂时连不上叫号系统")
        return Message("lost", "offline", title, both("display", "请留意工作人员呼叫"))
    title = both("display", "正在连接")
    return Message("connecting", "clock", title, both("display", "请稍候，叫号信息马上显示"))


def _lost(link: Link, hall: HallHead) -> Message:
    """``link.heard`` is where the shown numbers stopped being live."""
    title = both("display", "连接中断，请留意工作人员呼叫")
    if link.heard is None or link.server_at is None:
        return Message("lost", "offline", title, NOWHERE)
    at = hall_clock(hall, link.time(Now(link.server_at, link.heard)))
    return Message("lost", "offline", title, both("display", "屏幕上是 {time} 的情况", time=f"{at:%H:%M}"))


def _closed(hall: HallHead) -> Message:
    title = both("display", "大厅现在不办理业务")
    if hall.closed_reason is not None:
        return Message("closed", "closed", title, hall.closed_reason)
    if hall.hours:
        return Message("closed", "closed", title, both("display", "今日办理时间 {hours}", hours=hall.hours))
    return Message("closed", "closed", title, both("display", "请在办理时间再来"))


def _stage(memory: Memory, board: Board, link: Link, now: Now, lost: bool) -> CallNow | Message:
    shown = memory.shown
    if shown is not None and (not lost or is_new(shown, now.ticks)):
        call = shown.call
        lit = is_lit(shown, now.ticks)
        return CallNow(call.number, call.counter, call.language, lit, len(memory.waiting))
    if lost:
        return _lost(link, board.hall)
    if board.hall.state == "closed":
        title = both("display", "现在不再取号")
        return Message("closed", "closed", title, both("display", "已经取到号的，请继续等候叫号"))
    if not board.calls and not any(counter.number for counter in board.counters) and not memory.seen:
        title = both("display", "还没有开始叫号")
        return Message(
            "not_begun", "clock", title, both("display", "取号后请在这里等候，叫到您时会显示并播报")
        )
    # A quiet hall: between the notices the screen says again what it is for.
    turn = int(now.ticks // NOTICE_TURN) % (len(board.notices) + 1)
    if turn == 0:
        title = both("display", "请留意叫号")
        body = both("display", "叫到您的号时，这里会显示号码和窗口，并有语音播报")
        return Message("watch", "volume", title, body)
    notice = board.notices[turn - 1]
    return Message("notice", "", notice.title, notice.body, turn, len(board.notices))


def _rows(board: Board, shown: Shown | None, now: Now, size: int) -> tuple[tuple[Row, ...], int, int]:
    """One page of counters in their own order, its number from 1, and how many pages there are.

    Counters that are closed and have no number are left out. While a call is new, its page is shown.
    """
    at_work = sorted(
        (counter for counter in board.counters if counter.state != "closed" or counter.number),
        key=lambda counter: natural(counter.counter),
    )
    pages = max(1, -(-len(at_work) // size))
    page = int(now.ticks // ROWS_TURN) % pages
    called = shown.call if shown is not None else None
    if called is not None and shown is not None and is_new(shown, now.ticks):
        place = next((i for i, counter in enumerate(at_work) if counter.counter == called.counter), None)
        page = page if place is None else place // size
    rows = tuple(
        _row(
            counter,
            called is not None and (counter.counter, counter.number) == (called.counter, called.number),
        )
        for counter in at_work[page * size : (page + 1) * size]
    )
    return rows, page + 1, pages


def _row(counter: CounterView, fresh: bool) -> Row:
    note = NOWHERE if counter.number else state_note(counter.state)
    if counter.state == "paused":
        note = state_note("paused")
    return Row(counter.counter, counter.number or "", note, counter.state, fresh)


def state_note(state: CounterState) -> Text:
    """What a counter's state is called before the public."""
    match state:
        case "closed":
            return both("display", "未开放")
        case "open":
            return both("display", "空闲")
        case "paused":
            return both("display", "暂停服务")
        case "called":
            return both("display", "正在呼叫")
        case "serving":
            return both("display", "办理中")


def _queues(services: tuple[ServiceView, ...], now: Now, size: int) -> tuple[Queue, ...]:
    pages = max(1, -(-len(services) // size))
    page = int(now.ticks // ROWS_TURN) % pages
    return tuple(
        Queue(service.name, service.next[:3], service.waiting, _wait(service))
        for service in services[page * size : (page + 1) * size]
    )


def _wait(service: ServiceView) -> Text:
    if service.open_counters == 0:
        return both("display", "暂无窗口")
    if service.waiting == 0:
        return both("display", "无需等候")
    return about(service.wait)


def about(wait: WaitRange) -> Text:
    """A range of minutes as people say it."""
    if wait.high <= 0:
        return both("display", "马上")
    if wait.low == wait.high:
        return both("display", "约{minutes}分钟", minutes=wait.high)
    if wait.low <= 0:
        return both("display", "约{minutes}分钟内", minutes=wait.high)
    return both("display", "约{low}–{high}分钟", low=wait.low, high=wait.high)


def _foot(board: Board, now: Now, room: Room, *, notice: bool) -> Foot:
    first = -(-len(board.ready) // room.ready)
    pages = first + -(-len(board.progress) // room.progress)
    page = int(now.ticks // READY_TURN) % max(1, pages)
    later = page - first
    line = NOWHERE
    if notice and board.notices:
        told = board.notices[int(now.ticks // NOTICE_TURN) % len(board.notices)]
        line = Text(zh=f"{told.title.zh}：{told.body.zh}", en=f"{told.title.en}: {told.body.en}")
    ready = board.ready[page * room.ready : (page + 1) * room.ready]
    progress = board.progress[later * room.progress : (later + 1) * room.progress] if later >= 0 else ()
    return Foot(ready, line, board.hall.complaint_phone, progress)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 2 before 10, and A2 before A10."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
