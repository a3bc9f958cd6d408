"""The board tells how far cases are (及时公示办结进度): masked, current, and gone when the customer is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.servers import ServerThread
from tests.waiting import until

from . import cases
from .visits import PHONE, SHOP

SECRETS = (PHONE, SHOP["name"], SHOP["company"])


def test_the_board_shows_progress_masked_and_current(either: ServerThread) -> None:
    hall = either
    case = cases.handed_in(hall)
    tail = f"…{case['order']['number'][-4:]}"
    frames: list[str] = []
    with hall.live("board:main") as board:

        def shows(holds: Callable[[Any], bool]) -> Callable[[], bool]:
            def look() -> bool:
                frames.append(str(board.recv(timeout=30)))
                frame = json.loads(frames[-1])
                return frame["topic"] == "board:main" and holds(frame["view"])

            return look

        order = cases.accepted(hall, case)
        until("it being shown as accepted", shows(lambda view: stages(view).get(tail) == "已受理"))
        cases.walked(hall, order, "testing")
        until("it being shown as tested", shows(lambda view: stages(view).get(tail) == "检定中"))
        cases.walked(hall, order)
        until("it being shown as ready", shows(lambda view: [one["pieces"] for one in view["ready"]] == [2]))
        ready = json.loads(frames[-1])["view"]["ready"]
        cases.shelve(hall, order)
        body = {"code": cases.pickup(hall, order).code, "samples": cases.labels(case)}
        hall.ask("POST", "/halls/main/releases", body, hall.sign_in("clerk1"))
        until("it being gone", shows(lambda view: view["ready"] == [] and tail not in stages(view)))
    assert [one["who"] for one in ready] == ["明***店"]
    for secret in (*SECRETS, case["order"]["number"], order):
        assert [frame for frame in frames if secret in frame] == [], secret


def stages(view: Any) -> dict[str, str]:
    return {one["number"]: one["stage"]["zh"] for one in view["progress"]}
