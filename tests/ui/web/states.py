"""Every state that the pages have a design for, as the views that bring it about."""

from __future__ import annotations

from datetime import timedelta

from . import fake as f

WITH_CALL = f.BOARD.model_copy(update={"calls": (f.call("c1", "A016", "3"),)})
TICKETS: dict[str, dict[str, object]] = {
    "waiting": {},
    "next": {"ahead": 0, "wait": f.v.WaitRange(low=5, high=5)},
    "called": {"state": "called", "counter": "3", "called_at": f.now()},
    "serving": {"state": "serving", "counter": "3"},
    "parked": {"state": "parked"},
    "missed": {"state": "missed"},
    "done": {"state": "done"},
    "cancelled": {"state": "cancelled"},
    "expired": {"state": "expired"},
    "closed": {"hall": f.CLOSED},
    "emergency": {"hall": f.EMERGENCY},
    "two services": {"later": (f.PICKUP.name,)},
}
SIXTEEN = tuple(
    f.line(
        f"{'ABC'[n % 3]}{20 + n:03}",
        priority=("ordinary", "elderly", "appointment", "ordinary", "green")[n % 5],
        since=f.now() - timedelta(minutes=40 - 2 * n),
        waited=40 - 2 * n,
        returns=n % 4 == 3,
    )
    for n in range(16)
)
DESKS = {
    "open": f.DESK,
    "empty": f.DESK.model_copy(
        update={
            "waiting": (),
            "waiting_total": 0,
            "missed": (),
            "parked": (),
            "next_why": f.text("没有可呼叫的号。", "There is no number to call."),
        }
    ),
    "called": f.CALLED_DESK,
    "serving": f.SERVING_DESK,
    "busy": f.SERVING_DESK.model_copy(
        update={
            "waiting": SIXTEEN,
            "waiting_total": 63,
            "missed": tuple(f.line(f"A00{n}", state="missed") for n in range(1, 6)),
            "parked": tuple(f.line(f"B00{n}", state="parked", hold="waiting") for n in range(1, 4)),
        }
    ),
    "paused": f.DESK.model_copy(update={"state": "paused"}),
    "closed": f.DESK.model_copy(update={"state": "closed", "staff": None, "staff_user": None}),
    "taken": f.DESK.model_copy(update={"staff_user": "clerk2"}),
    "emergency": f.DESK.model_copy(update={"hall": f.EMERGENCY}),
    "undo": f.DESK.model_copy(
        update={"undoable": (f.line("A016", undo="done", undo_until=f.now().replace(year=2099)),)}
    ),
}
MANY = tuple(
    f.v.CounterView(
        counter=str(n),
        name=f.text(f"{n}号窗口", f"Counter {n}"),
        number=f"{'ABCDG'[n % 5]}{n * 7:03}" if n % 4 else None,
        state="paused" if n == 8 else "serving" if n % 4 else "open",
    )
    for n in range(1, 17)
)
NAMES = (
    ("accept", "立等受理", "While you wait", "A", 6, (10, 15), 2),
    ("submit", "普通受理", "Hand in", "B", 3, (15, 25), 1),
    ("pickup", "取件", "Pick up", "C", 1, (5, 5), 1),
    ("consult", "咨询", "Enquiries", "D", 0, (0, 0), 1),
    ("green", "绿色通道", "Green channel", "G", 1, (0, 5), 1),
)
SERVICES = tuple(
    f.v.ServiceView(
        id=id, name=f.text(zh, en), prefix=prefix, waiting=waiting, open_counters=open_counters,
        wait=f.v.WaitRange(low=wait[0], high=wait[1]),
        next=tuple(f"{prefix}{17 + n:03}" for n in range(min(3, waiting))),
    )
    for id, zh, en, prefix, waiting, wait, open_counters in NAMES
)  # fmt: skip
FULL = f.BOARD.model_copy(
    update={
        "counters": MANY,
        "services": SERVICES,
        "calls": (f.call("c2", "B1234", "12"),),
        "ready": tuple(f.v.Ready(who=who, pieces=2) for who in ("李**", "王*", "南京**光学", "张**")),
        "notices": (
            f.v.Notice(
                title=f.text("收费公示", "Fees"),
                body=f.text(
                    "列入强制检定目录的工作计量器具，检定免费；校准按公示标准收取，小微企业减半。",
                    "Compulsory verification is free of charge; calibration is charged as posted.",
                ),
            ),
        ),
    }
)
BOARDS = {
    "quiet": f.BOARD,
    "call": WITH_CALL,
    "english call": f.BOARD.model_copy(update={"calls": (f.call("c1", "A016", "3", "en"),)}),
    "full": FULL,
    "closed": f.BOARD.model_copy(
        update={
            "hall": f.CLOSED,
            "counters": tuple(
                one.model_copy(update={"state": "closed", "number": None}) for one in f.COUNTERS
            ),
            "services": tuple(
                one.model_copy(update={"waiting": 0, "next": (), "open_counters": 0}) for one in SERVICES
            ),
        }
    ),
    "closed with customers": WITH_CALL.model_copy(update={"hall": f.CLOSED}),
    "emergency": f.BOARD.model_copy(update={"hall": f.EMERGENCY}),
}
PANELS = {
    "called": f.PANEL.model_copy(update={"calls": (f.call("c1", "A016", "1"),)}),
    "serving": f.PANEL.model_copy(update={"state": "serving"}),
    "open": f.PANEL.model_copy(update={"state": "open", "number": None}),
    "paused": f.PANEL.model_copy(update={"state": "paused", "number": None}),
    "closed": f.PANEL.model_copy(update={"state": "closed", "number": None, "staff": None}),
    "emergency": f.PANEL.model_copy(update={"hall": f.EMERGENCY}),
}


def fresh(board: f.v.Board) -> f.v.Board:
    """The board with its calls made just now."""
    calls = tuple(one.model_copy(update={"at": f.now()}) for one in board.calls)
    return board.model_copy(update={"calls": calls})
