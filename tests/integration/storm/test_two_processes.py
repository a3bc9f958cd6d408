"""Two server processes on one PostgreSQL serve one hall as if they were one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres import cluster
from tests.servers import until

from .accounts import floor_in, settle
from .crowd import Book, Client, Crowd, sign_in
from .processes import Served, Starter, make_hall, served
from .screens import DESKS, SHOWN, Screen, right

pytestmark = pytest.mark.postgres

NO_NOTICE = {"notices.CHANNEL": "nobody_listens"}
NO_POLL = {"poll.POLL": 86_400}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers of the demo hall on one database."""

    database: str
    credentials: dict[str, dict[str, str]]
    servers: tuple[Served, Served]


@contextmanager
def pair(start: Starter, folder: Path, **settings: object) -> Iterator[Pair]:
    """``settings`` are those of the second process; the poll's those of both."""
    both = {name: value for name, value in settings.items() if name.startswith("poll.")}
    with cluster().database() as database, ExitStack() as ends:
        credentials = make_hall(folder, database)
        one = ends.enter_context(served(start, folder, "one", database, **both))
        two = ends.enter_context(served(start, folder, "two", database, **settings))
        if "notices.CHANNEL" not in settings:
            until("both processes listening", lambda: listening(database) == 2)
        yield Pair(database, credentials, (one, two))


def listening(database: str) -> int:
    """How many connections have LISTENed on the database."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN liqu'"
        ).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("lost", [{}, NO_NOTICE], ids=["notices and poll", "all notices lost"])
def test_a_storm_through_both_keeps_every_promise_and_all_screens_end_right(
    start: Starter, tmp_path: Path, lost: dict[str, object]
) -> None:
    with pair(start, tmp_path, **lost) as hall, ExitStack() as ends:
        token = sign_in(hall.servers[0], "manager", hall.credentials["users"]["manager"])
        screens = [Screen(server) for server in hall.servers for _ in range(2)]
        desks = [Screen(server, DESKS, token) for server in hall.servers]
        for screen in (*screens, *desks):
            ends.callback(screen.end)
        crowd = Crowd(hall.credentials, hall.servers, seed=3)
        crowd.start()
        until("a busy hour", lambda: crowd.done() >= 500, 120)
        book = crowd.stop()
        settle(hall.database, book, datetime.now(UTC))

        def all_right() -> bool:
            floor = floor_in(hall.database, datetime.now(UTC))
            return all(right(screen, topic, floor) for screen in screens for topic in SHOWN) and all(
                right(desk, topic, floor) for desk in desks for topic in DESKS
            )

        until("every screen showing what the tables say", all_right, 30)
        print(book)


def test_either_process_may_be_killed_and_the_other_goes_on(start: Starter, tmp_path: Path) -> None:
    with pair(start, tmp_path) as hall, ExitStack() as ends:
        screens = [Screen(server) for server in hall.servers]
        for screen in screens:
            ends.callback(screen.end)
        crowd = Crowd(hall.credentials, hall.servers, seed=4)
        crowd.start()
        for n in range(6):
            killed = hall.servers[n % 2]
            killed.kill()
            gone_on = crowd.done() + 20
            until("the other going on", lambda enough=gone_on: crowd.done() >= enough, 60)  # type: ignore[misc]
            killed.start()
        book = crowd.stop()
        settle(hall.database, book, datetime.now(UTC))

        def all_right() -> bool:
            floor = floor_in(hall.database, datetime.now(UTC))
            return all(right(screen, topic, floor) for screen in screens for topic in SHOWN)

        until("every screen showing what the tables say", all_right, 30)
        print(book)


@pytest.mark.parametrize(
    "settings", [{}, NO_POLL, NO_NOTICE], ids=["notices and poll", "notices alone", "poll alone"]
)
def test_each_change_at_one_process_reaches_the_screens_of_the_other(
    start: Starter, tmp_path: Path, settings: dict[str, object]
) -> None:
    with pair(start, tmp_path, **settings) as hall, ExitStack() as ends:
        one, two = (Screen(server) for server in hall.servers)
        for screen in (one, two):
            ends.callback(screen.end)
        until("the first frames", lambda: all(one.view(topic) and two.view(topic) for topic in SHOWN))
        token = sign_in(hall.servers[0], "clerk1", hall.credentials["users"]["clerk1"])
        book, dice = Book(), random.Random(5)

        def asks(server: Served, path: str, body: object = None) -> Any:
            kiosk = path.endswith("tickets")
            known = hall.credentials["devices"]["kiosk-1"] if kiosk else token
            client = Client("somebody", "", known, [server], book, dice)
            try:
                answer = client.ask(path, body)
            finally:
                client.close()
            assert answer.status < 300, answer
            return answer.body

        ways = [(hall.servers[0], two), (hall.servers[1], one)]
        for here, there in ways:
            number = asks(here, "/halls/main/tickets", {"service": "accept"})["number"]
            until(f"{number} among the next", partial(upcoming, there, number))
        asks(hall.servers[0], "/halls/main/counters/1/open")
        until("window 1 open at the other", partial(window, two, "open", None))
        for here, there in ways:
            called = asks(here, "/halls/main/counters/1/call-next")["ticket"]
            until("the window showing its number", partial(window, there, "called", called["number"]))
            said = [call["number"] for call in there.view("board:main")["calls"]]
            assert said[-1] == called["number"]
            asks(here, f"/tickets/{called['id']}/start")
            asks(here, f"/tickets/{called['id']}/done")
            until("the window free again", partial(window, there, "open", None))


def upcoming(screen: Screen, number: str) -> bool:
    return any(number in service["next"] for service in screen.view("board:main")["services"])


def window(screen: Screen, state: str, number: str | None) -> bool:
    """Whether both the board and the window's own screen show this at window 1."""
    on_board = next(one for one in screen.view("board:main")["counters"] if one["counter"] == "1")
    own = screen.view("counter:main:1")
    return all((shown["state"], shown["number"]) == (state, number) for shown in (on_board, own))
