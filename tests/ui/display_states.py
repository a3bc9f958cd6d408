"""Every state that the display has a design for, as scenes built by the real rules from real views."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from display.enrolment import EnrolScene, enrol_scene
from display.layout import Layout
from display.link import Link, Now
from display.panel import panel_scene
from display.scene import scene
from display.stage import Memory, Shown
from display.watch import AnyScene
from server.device.keys import Identity
from server.device.pairing import Asking, Paired, Showing
from server.protocol.views import (
    Board,
    Call,
    CaseStage,
    CounterPanel,
    CounterView,
    HallHead,
    Notice,
    Ready,
    ServiceView,
    StaffBadge,
    Text,
    WaitRange,
)
from server.protocol.words import CounterState, Language

AT = datetime(2026, 11, 21, 1, 41, tzinfo=UTC)
NOW = Now(AT, 1000.0)
LIVE = Link(connected=True, since=900.0, heard=999.0, server_at=AT - timedelta(seconds=5), server_ticks=995.0)
LOST = Link(
    connected=False, since=900.0, heard=880.0, server_at=AT - timedelta(seconds=120), server_ticks=880.0
)

HALL = HallHead(
    id="main",
    name=Text(zh="计量检测业务大厅", en="Metrology and Inspection Service Hall"),
    state="open",
    zone="Asia/Shanghai",
    hours="08:30–17:00",
    complaint_phone="12345",
)
SERVICES = (
    ("accept", "立等受理", "While you wait", "A", ("A017", "A018", "A019"), 6, (10, 15), 2),
    ("submit", "普通受理", "Hand in", "B", ("B004", "B005", "B006"), 3, (15, 25), 1),
    ("pickup", "取件", "Pick up", "C", ("C012",), 1, (5, 5), 1),
    ("consult", "咨询", "Advice", "D", (), 0, (0, 0), 1),
    ("green", "绿色通道", "Green channel", "G", ("G002",), 1, (0, 5), 0),
)
NOTICES = (
    Notice(
        title=Text(zh="收费公示", en="Fees"),
        body=Text(
            zh="列入强制检定目录的工作计量器具，检定免费；校准按公示标准收取，小微企业减半。",
            en="Compulsory verification is free of charge; calibration is charged as posted.",
        ),
    ),
    Notice(
        title=Text(zh="办理时限", en="Time limits"),
        body=Text(
            zh="立等受理当日出具证书；普通受理 15 个工作日内办结。",
            en="While-you-wait: the same day; others: 15 working days.",
        ),
    ),
)
READY = (
    Ready(who="李**", pieces=2),
    Ready(who="王*", pieces=1),
    Ready(who="南京**光学", pieces=5),
    Ready(who="张**", pieces=1),
)


def services() -> tuple[ServiceView, ...]:
    return tuple(
        ServiceView(
            id=id_, name=Text(zh=zh, en=en), prefix=prefix, waiting=waiting,
            wait=WaitRange(low=wait[0], high=wait[1]), open_counters=open_, next=next_,
        )
        for id_, zh, en, prefix, next_, waiting, wait, open_ in SERVICES
    )  # fmt: skip


def counter(number: str, ticket: str | None, state: CounterState) -> CounterView:
    return CounterView(
        counter=number, name=Text(zh=f"{number}号窗口", en=f"Counter {number}"), number=ticket, state=state
    )


COUNTERS = (
    counter("1", "A014", "serving"),
    counter("2", "C003", "serving"),
    counter("3", "A016", "called"),
    counter("4", None, "paused"),
)
MANY = tuple(
    counter(
        str(n),
        f"{'ABCDG'[n % 5]}{n * 7:03}" if n % 4 else None,
        "paused" if n == 8 else "serving" if n % 4 else "open",
    )
    for n in range(1, 17)
)


def call(number: str = "A016", at: str = "3", language: Language = "zh", age: float = 1.0) -> Call:
    return Call(id=number, number=number, counter=at, at=AT - timedelta(seconds=age), language=language)


def board(
    counters: tuple[CounterView, ...] = COUNTERS,
    calls: tuple[Call, ...] = (),
    hall: HallHead = HALL,
    notices: tuple[Notice, ...] = NOTICES,
    ready: tuple[Ready, ...] = READY,
    progress: tuple[CaseStage, ...] = (),
) -> Board:
    return Board(
        hall=hall,
        calls=calls,
        counters=counters,
        services=services(),
        notices=notices,
        ready=ready,
        progress=progress,
    )


def on_stage(one: Call, since: float = 999.8, more: int = 0) -> Memory:
    waiting = tuple(call(f"B00{n}", "2") for n in range(more))
    return Memory(seen=(one.id,), waiting=waiting, shown=Shown(one, since, 2))


def panel(
    state: CounterState, number: str | None, staffed: bool = True, hall: HallHead = HALL
) -> CounterPanel:
    return CounterPanel(
        hall=hall,
        counter="3",
        name=Text(zh="3号窗口", en="Counter 3"),
        state=state,
        number=number,
        service=Text(zh="立等受理", en="While you wait") if number else None,
        staff=StaffBadge(name="三号受理员", badge="0107", duty=Text(zh="受理岗", en="Reception"))
        if staffed
        else None,
    )


QUIET = Memory(seen=("x",))
PROGRESS = (
    CaseStage(number="…3592", stage=Text(zh="部分已取走", en="Partly collected")),
    CaseStage(number="…0403", stage=Text(zh="部分已取走", en="Partly collected")),
    CaseStage(number="…8286", stage=Text(zh="可取件", en="Ready for pick-up")),
)
CLOSED = HALL.model_copy(update={"state": "closed"})
RED = HALL.model_copy(
    update={
        "emergency": Text(
            zh="请立即从最近的安全出口离开大厅，听从工作人员指挥。",
            en="Please leave the hall at once by the nearest exit and follow the staff.",
        )
    }
)
AT_NOTICE = Now(AT, 14.0 * 72)
"""A moment at which the carousel shows the first notice (72 turns, of three)."""


def at_turn(turn: int) -> Now:
    """A moment at which a quiet stage shows the ``turn``-th of its pages (0: please watch)."""
    return Now(AT, 14.0 * (3 * 24 + turn) + 1)


def link_at(now: Now) -> Link:
    return Link(connected=True, since=0.0, heard=now.ticks, server_at=AT, server_ticks=now.ticks)


SERVER = "https://192.168.1.10:8443"
State = Callable[[Layout], AnyScene | EnrolScene]

STATES: dict[str, State] = {
    "busy-lit": lambda p: scene(on_stage(call()), board(), LIVE, NOW, p.room),
    "busy-dimmed": lambda p: scene(on_stage(call(), 999.4, 2), board(), LIVE, NOW, p.room),
    "english-call": lambda p: scene(on_stage(call(language="en")), board(), LIVE, NOW, p.room),
    "long-number": lambda p: scene(on_stage(call("B1234", "12"), 990.0), board(MANY), LIVE, NOW, p.room),
    "cases": lambda p: scene(QUIET, board(ready=(), progress=PROGRESS[:2]), LIVE, NOW, p.room),
    "quiet-watch": lambda p: scene(QUIET, board(), link_at(at_turn(0)), at_turn(0), p.room),
    "quiet-notice": lambda p: scene(QUIET, board(), link_at(at_turn(1)), at_turn(1), p.room),
    "not-begun": lambda p: scene(
        Memory(),
        board(tuple(counter(str(n), None, "open") for n in range(1, 5)), ready=()),
        LIVE,
        NOW,
        p.room,
    ),
    "many-counters": lambda p: scene(QUIET, board(MANY), link_at(at_turn(2)), at_turn(2), p.room),
    "lost": lambda p: scene(QUIET, board(), LOST, NOW, p.room),
    "clock-wrong": lambda p: scene(
        on_stage(call()), board(), LIVE, Now(AT + timedelta(hours=3), 1000.0), p.room
    ),
    "closed": lambda p: scene(
        QUIET,
        board(tuple(counter(str(n), None, "closed") for n in range(1, 5)), hall=CLOSED),
        LIVE,
        NOW,
        p.room,
    ),
    "closed-still-serving": lambda p: scene(QUIET, board(hall=CLOSED), LIVE, NOW, p.room),
    "connecting": lambda p: scene(Memory(), None, Link(since=999.5), NOW, p.room),
    "never-connected": lambda p: scene(Memory(), None, Link(since=900.0), NOW, p.room),
    "emergency": lambda p: scene(on_stage(call()), board(hall=RED), LIVE, NOW, p.room),
    "window-calling": lambda p: panel_scene(on_stage(call()), panel("called", "A016"), LIVE, NOW),
    "window-serving": lambda p: panel_scene(QUIET, panel("serving", "A016"), LIVE, NOW),
    "window-free": lambda p: panel_scene(QUIET, panel("open", None), LIVE, NOW),
    "window-paused": lambda p: panel_scene(QUIET, panel("paused", None), LIVE, NOW),
    "window-closed": lambda p: panel_scene(QUIET, panel("closed", None, staffed=False), LIVE, NOW),
    "window-lost": lambda p: panel_scene(QUIET, panel("serving", "A016"), LOST, NOW),
    "pairing": lambda p: enrol_scene(Showing("40718293", 1574.0), 1000.0, SERVER),
    "pairing-unheard": lambda p: enrol_scene(Showing("40718293", 1074.0, False), 1000.0, SERVER),
    "pairing-asking": lambda p: enrol_scene(Asking(), 1000.0, SERVER),
    "pairing-unreached": lambda p: enrol_scene(Asking("unreached"), 1000.0, SERVER),
    "pairing-certificate": lambda p: enrol_scene(Asking("certificate", "name"), 1000.0, SERVER),
    "pairing-done": lambda p: enrol_scene(Paired(Identity("main", "d", "t")), 1000.0, SERVER),
    "stopped": lambda p: enrol_scene(Showing("40718293", 1574.0), 1000.0, SERVER, stopped=True),
    "window-emergency": lambda p: panel_scene(QUIET, panel("open", None, hall=RED), LIVE, NOW),
}
