"""A hall of views that a test sets by hand, behind the real pages and a live link that can be cut."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect

from server.protocol import views as v
from server.protocol.errors import Problem
from server.protocol.words import Language
from server.web.pages import pages, static_files
from server.web.ports import COOKIE, SignedIn, WhoIsIn
from tests.waiting import until

CODE = "KG61AEFVX2W7XZNS"
CHINA = timezone(timedelta(hours=8))


def text(zh: str, en: str = "") -> v.Text:
    return v.Text(zh=zh, en=en)


def now() -> datetime:
    return datetime.now(UTC).astimezone(CHINA)


HEAD = v.HallHead(
    id="main",
    name=text("计量检定服务大厅", "Metrology Service Hall"),
    state="open",
    zone="Asia/Shanghai",
    hours="08:30–17:00",
    complaint_phone="12345",
)
CLOSED = HEAD.model_copy(
    update={"state": "closed", "closed_reason": text("今天是节假日。", "Today is a holiday.")}
)
EMERGENCY = HEAD.model_copy(update={"emergency": text("请立即从安全出口离开。", "Leave by the exits now.")})
ACCEPT = v.ServiceView(
    id="accept",
    name=text("立等受理", "While-you-wait"),
    prefix="A",
    waiting=2,
    wait=v.WaitRange(low=10, high=15),
    open_counters=1,
    next=("A017", "A018"),
)
PICKUP = v.ServiceView(
    id="pickup",
    name=text("取件", "Pick-up"),
    prefix="C",
    waiting=0,
    wait=v.WaitRange(low=0, high=0),
    open_counters=1,
)
COUNTERS = (
    v.CounterView(counter="1", name=text("受理", "Acceptance"), number="A014", state="serving"),
    v.CounterView(counter="2", name=text("受理", "Acceptance"), number=None, state="open"),
    v.CounterView(counter="3", name=text("取件", "Pick-up"), number="A016", state="called"),
    v.CounterView(counter="4", name=text("咨询", "Enquiries"), number=None, state="paused"),
)
BOARD = v.Board(
    hall=HEAD,
    calls=(),
    counters=COUNTERS,
    services=(ACCEPT, PICKUP),
    notices=(v.Notice(title=text("收费标准", "Fees"), body=text("强制检定免费。", "Verification is free.")),),
    ready=(v.Ready(who="李**", pieces=2),),
)
CLERK = v.StaffBadge(name="一号受理员", badge="101", duty=text("受理", "Acceptance"))
PANEL = v.CounterPanel(
    hall=HEAD, counter="1", name=text("受理", "Acceptance"), state="called", number="A016",
    service=ACCEPT.name, staff=CLERK,
)  # fmt: skip
TICKET = v.TicketView(
    id="t1",
    code=CODE,
    hall=HEAD,
    number="A016",
    service="accept",
    service_name=ACCEPT.name,
    state="waiting",
    priority="ordinary",
    language="zh",
    ahead=6,
    wait=v.WaitRange(low=10, high=15),
    promised=v.WaitRange(low=10, high=15),
    issued_at=datetime(2026, 11, 21, 9, 3, tzinfo=CHINA),
    bring=text("送检器具、联系电话。", "The instrument, your phone number."),
    missed_rule=text("过号请联系工作人员。", "If you miss it, ask the staff."),
    url=f"/t/{CODE}",
)


def call(id: str, number: str, counter: str, language: Language = "zh") -> v.Call:
    return v.Call(id=id, number=number, counter=counter, at=now(), language=language, service="accept")


def line(number: str, **facts: object) -> v.TicketLine:
    plain = v.TicketLine(
        id=f"id-{number}",
        number=number,
        service="accept",
        service_name=ACCEPT.name,
        state="waiting",
        priority="ordinary",
        language="zh",
        waited=4,
        since=now() - timedelta(minutes=4),
    )
    return plain.model_copy(update=facts)


DESK = v.Desk(
    hall=HEAD,
    counter="1",
    name=text("受理", "Acceptance"),
    state="open",
    staff=CLERK,
    staff_user="clerk1",
    ticket=None,
    waiting=(line("A017", priority="elderly"), line("A018", language="en")),
    waiting_total=2,
    next_why=text("A017等候最久。", "A017 has waited longest."),
    missed=(line("A011", state="missed"),),
    parked=(line("A012", state="parked", hold="papers"),),
    services=(ACCEPT, PICKUP),
    counters=COUNTERS,
)
HISTORY = (
    v.HistoryLine(at=now() - timedelta(minutes=5), kind="issued", text=text("取号", "Number taken")),
    v.HistoryLine(
        at=now() - timedelta(minutes=1), kind="called", text=text("呼叫到1号窗口", "Called to counter 1")
    ),
)
CALLED_DESK = DESK.model_copy(
    update={"state": "called", "ticket": line("A016", state="called", recalls=1), "history": HISTORY}
)
SERVING_DESK = DESK.model_copy(
    update={
        "state": "serving",
        "ticket": line("A016", state="serving", later=("pickup",)),
        "history": HISTORY,
    }
)
CLERK_IN = WhoIsIn(
    user="clerk1",
    name="一号受理员",
    roles=frozenset({"clerk"}),
    hall="main",
    csrf="csrf-of-clerk",
    counter="1",
)
MANAGER_IN = replace(CLERK_IN, user="manager", name="值班经理", roles=frozenset({"manager"}), counter=None)


@dataclass
class FakeHall:
    """What the pages ask for, as the test has set it. ``who``: whoever has the cookie ``good``."""

    now_board: v.Board = BOARD
    now_panel: v.CounterPanel = PANEL
    now_ticket: v.TicketView | None = TICKET
    now_desk: v.Desk = DESK
    who: WhoIsIn = CLERK_IN
    problem: Problem | None = None
    tried: list[tuple[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    linked: set[WebSocket] = field(default_factory=set)

    async def halls(self) -> Sequence[v.HallHead]:
        return [self.now_board.hall]

    def head(self, hall: str) -> v.HallHead | None:
        return self.now_board.hall if hall == "main" else None

    async def board(self, hall: str) -> v.Board | None:
        return self.now_board if hall == "main" else None

    async def counter_panel(self, hall: str, counter: str) -> v.CounterPanel | None:
        known = [one.counter for one in self.now_board.counters]
        known_one = hall == "main" and counter in known
        return self.now_panel.model_copy(update={"counter": counter}) if known_one else None

    async def desk(self, hall: str, counter: str) -> v.Desk | None:
        return self.now_desk if (hall, counter) == ("main", self.now_desk.counter) else None

    async def ticket(self, code: str) -> v.TicketView | None:
        return self.now_ticket if code == CODE else None

    async def signed_in(self, request: Request) -> WhoIsIn | None:
        return self.who if request.cookies.get(COOKIE) == "good" else None

    async def sign_in(
        self, user: str, password: str, address: str, language: Language, agent: str = ""
    ) -> SignedIn | Problem:
        self.tried.append((user, password))
        return self.problem or SignedIn("good", 3600, self.who)

    async def sign_out(self, request: Request) -> None:
        self.asked.append(("sign-out", ""))

    async def frame(self, topic: str) -> str:
        kind, _, rest = topic.partition(":")
        view = {
            "board": self.now_board,
            "hall": self.now_board.hall,
            "counter": await self.counter_panel("main", rest.rpartition(":")[2]),
            "ticket": self.now_ticket,
            "desk": self.now_desk,
        }[kind]
        assert view is not None
        at = now().isoformat()
        return f'{{"topic": "{topic}", "seq": 1, "at": "{at}", "view": {view.model_dump_json()}}}'


class FakeServer:
    """The pages over a ``FakeHall`` on a free port; ``cut`` and ``mend`` are the network's."""

    def __init__(self, hall: FakeHall | None = None) -> None:
        self.hall = hall or FakeHall()
        app = FastAPI()
        app.mount("/static", static_files())
        app.include_router(pages(self.hall))
        app.add_api_websocket_route("/api/v1/live", self._live)
        app.add_api_route("/api/v1/{path:path}", self._asked, methods=["GET", "POST", "PUT", "DELETE"])
        self._loop: asyncio.AbstractEventLoop | None = None
        self._whole = True
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app, port=self.port, ws="websockets-sansio", loop="asyncio", log_config=None, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # asyncio.run also ends what is still being sent: no open file outlives the server.
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve()
        # A page that has gone without a word leaves its connection half closed: it ends here, not when it
        # happens to be collected as garbage in the middle of another test.
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        for _ in range(3):
            await asyncio.sleep(0)

    def started(self) -> bool:
        return self._server.started

    async def _asked(self, request: Request, path: str) -> Response:
        self.hall.asked.append((request.method, path))
        return Response("null", media_type="application/json")

    async def _live(self, socket: WebSocket) -> None:
        if not self._whole:
            await socket.close()
            return
        await socket.accept()
        for topic in socket.query_params.getlist("topic"):
            await socket.send_text(await self.hall.frame(topic))
        self.hall.linked.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            self.hall.linked.discard(socket)

    def show(self, **views: object) -> None:
        """Sets views of the hall and pushes every topic that is listened to."""
        for name, view in views.items():
            setattr(self.hall, f"now_{name}", view)
        self._do(self._push())

    async def _push(self) -> None:
        for one in tuple(self.hall.linked):
            for topic in one.query_params.getlist("topic"):
                await one.send_text(await self.hall.frame(topic))

    def until_linked(self) -> None:
        until("a page's live link", lambda: self.hall.linked)

    def cut(self, *, quietly: bool = False) -> None:
        """The network goes; ``quietly``: what is open stays open, and nothing comes through it any more."""
        self._whole = False
        if not quietly:
            self._do(self._close())

    async def _close(self) -> None:
        for one in tuple(self.hall.linked):
            self.hall.linked.discard(one)
            await one.close()

    def mend(self) -> None:
        self._whole = True

    def _do(self, work: object) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)
