"""The end of a business day: everything open expires, the counters close, numbers begin anew."""

from __future__ import annotations

import json
from typing import Any

from server.store import journal
from server.store.engine import reading
from tests.integration.server.stage import Stage
from tests.servers import ServerThread, until


def states(server: ServerThread, codes: dict[str, str]) -> dict[str, str]:
    return {
        name: server.request("GET", f"/api/v1/tickets/{code}").json()["state"] for name, code in codes.items()
    }


def test_a_day_ends_with_customers_in_every_state(either: ServerThread) -> None:
    stage = Stage(either)
    stage.counter("open")
    stage.counter("open", "2", "clerk2")
    codes: dict[str, str] = {}

    def take(name: str) -> str:
        issued: dict[str, Any] = either.take_number("accept")
        codes[name] = issued["code"]
        return str(issued["id"])

    stage.step(stage.call(take("done")), "start", "done")
    stage.step(stage.call(take("missed")), "miss")
    stage.step(stage.call(take("parked")), "start", "park")
    stage.call(take("called"))
    waiting = take("waiting")
    assert states(either, codes) == {name: name for name in codes}
    with either.live("board:main") as link:
        assert json.loads(link.recv())["view"]["calls"]
        either.clock.advance(hours=12, minutes=1)
        # Nobody asks for anything: the server notices midnight by itself, and tells every screen.
        view = until("the new day's board", lambda: _empty(json.loads(link.recv(timeout=30))))
    assert {counter["state"] for counter in view["counters"]} == {"closed"}
    assert {service["waiting"] for service in view["services"]} == {0}
    assert states(either, codes) == {name: "done" if name == "done" else "expired" for name in codes}
    assert either.take_number("accept")["number"] == "A001"
    # A desk that has slept through midnight learns which number it was.
    start = f"/api/v1/tickets/{waiting}/start"
    late = either.request("POST", start, token=either.sign_in("clerk1"), Accept_Language="zh")
    assert late.status_code == 409
    assert (late.json()["code"], late.json()["title"]) == ("ticket_over", "A005已结束")
    engine = either.app.state.core.halls.engine
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") is None


def _empty(told: dict[str, Any]) -> dict[str, Any] | None:
    view: dict[str, Any] = told.get("view", {"calls": True})
    return view if not view["calls"] else None
