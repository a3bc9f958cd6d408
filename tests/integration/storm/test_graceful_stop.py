"""A server that is asked to end, as its supervisor does at an update: what it has taken it finishes, and the
next one goes on where it stood."""

from __future__ import annotations

import json
import random
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server.store import tables as t
from server.store.engine import open_engine, reading, sqlite_url
from tests.waiting import until

from .accounts import settle
from .crowd import Book, Client, Crowd, sign_in
from .processes import Served, Starter, make_hall_by, served
from .screens import DESKS, SHOWN, Screen

STOPS = 3


class Announcing(Screen):
    """A board that writes down every call that it is shown: id → (number, counter)."""

    def __init__(self, server: Served) -> None:
        self.calls: dict[str, tuple[str, str]] = {}
        self.twice: list[Any] = []
        super().__init__(server)

    def _take(self, frame: dict[str, Any]) -> None:
        super()._take(frame)
        for call in (frame.get("view") or {}).get("calls", ()):
            said = (call["number"], call["counter"])
            if self.calls.setdefault(call["id"], said) != said:
                self.twice.append((call["id"], said))


def test_stops_in_the_middle_of_load_lose_no_command_and_announce_no_call_twice(
    tmp_path: Path, start: Starter
) -> None:
    credentials = make_hall_by(start, tmp_path)
    dice = random.Random(7)
    with served(start, tmp_path) as server:
        board = Announcing(server)
        try:
            crowd = Crowd(credentials, [server], seed=7)
            crowd.start()
            for _ in range(STOPS):
                target = crowd.done() + dice.randint(10, 40)
                until("the hall going on", lambda enough=target: crowd.done() >= enough, 60)  # type: ignore[misc]
                assert server.stop() == 0, server.log
                assert (tmp_path / "server.lock").read_text() == "", "the stop was clean"
                server.start()
            book = crowd.stop()
            settle(sqlite_url(tmp_path), book, datetime.now(UTC))
            made = calls_in(tmp_path)
            assert board.twice == []
            assert board.calls.items() <= made.items(), "a call that nobody made"
        finally:
            board.end()
    assert "Traceback" not in server.log


def calls_in(data: Path) -> dict[str, tuple[str, str]]:
    """Every call in the journal, by its id: (number, counter)."""
    engine = open_engine(sqlite_url(data))
    try:
        with reading(engine).begin() as connection:
            kinds = ("ticket.called", "ticket.recalled")
            rows = connection.scalars(select(t.journal.c.payload).where(t.journal.c.kind.in_(kinds))).all()
    finally:
        engine.dispose()
    told = [json.loads(row) for row in rows]
    assert len({one["call"] for one in told}) == len(told)
    return {one["call"]: (one["number"], one["counter"]) for one in told}


def test_calls_and_counters_stand_after_a_restart_as_they_stood(tmp_path: Path, start: Starter) -> None:
    credentials = make_hall_by(start, tmp_path)
    with served(start, tmp_path) as server:
        book, dice = Book(), random.Random(1)
        kiosk = Client("kiosk", "", credentials["devices"]["kiosk-1"], [server], book, dice)
        for _ in range(4):
            kiosk.ask("/halls/main/tickets", {"service": "accept"})
        tokens = {n: sign_in(server, f"clerk{n}", credentials["users"][f"clerk{n}"]) for n in "12"}
        clerks = {n: Client(n, "", token, [server], book, dice) for n, token in tokens.items()}
        for n, clerk in clerks.items():
            clerk.ask(f"/halls/main/counters/{n}/open")
            called = clerk.ask(f"/halls/main/counters/{n}/call-next").body["ticket"]
            if n == "2":
                clerk.ask(f"/tickets/{called['id']}/start")
        board, desk = Screen(server, SHOWN), Screen(server, DESKS[:2], tokens["1"])
        address = f"ws://127.0.0.1:{server.port}/api/v1/live?topic=board:main"
        try:
            until("both in view", lambda: bool(board.view("board:main")) and bool(desk.view(DESKS[1])))
            before = standing(board, desk)
            assert [counter["state"] for counter in before["counters"][:2]] == ["called", "serving"]
            with connect(address, proxy=None) as link:
                assert server.stop() == 0
                with pytest.raises(ConnectionClosed) as closed:
                    list(iter(link.recv, None))
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012, "service restart: clients come again at once"
            seen = {topic: frame["seq"] for topic, frame in (*board.frames.items(), *desk.frames.items())}
            server.start()
            until(
                "fresh frames",
                lambda: (
                    board.frames["board:main"]["seq"] > seen["board:main"]
                    and all(desk.frames[topic]["seq"] > seen[topic] for topic in DESKS[:2])
                ),
            )
            assert standing(board, desk) == before
            # And the clerk goes on as if nothing had been.
            assert clerks["1"].ask("/halls/main/counters/1/call-next").body["code"] == "counter_busy"
        finally:
            for one in (board, desk):
                one.end()
            for client in (kiosk, *clerks.values()):
                client.close()


def standing(board: Screen, desk: Screen) -> dict[str, Any]:
    """What people see, but for what moves with time alone."""
    shown, desks = board.view("board:main"), [desk.view(topic) for topic in DESKS[:2]]
    return {
        "counters": shown["counters"],
        "calls": shown["calls"],
        "next": [service["next"] for service in shown["services"]],
        "desks": [(one["counter"], (one["ticket"] or {}).get("number")) for one in desks],
    }


@contextmanager
def supervisor(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What systemd is to the server; a starter made inside has it for its supervisor."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        line.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        monkeypatch.setenv("WATCHDOG_USEC", "200000")
        yield line


def heard(line: socket.socket, wanted: str) -> None:
    """Go on when ``wanted`` is told."""
    while wanted not in line.recv(1024).decode().splitlines():
        pass


def silence(line: socket.socket) -> None:
    """Go on when nothing has been told for ten beats."""
    line.settimeout(1.0)
    try:
        while True:
            line.recv(1024)
    except TimeoutError:
        line.settimeout(60)


def test_the_supervisor_hears_when_it_is_ready_that_it_lives_not_when_it_hangs_and_that_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with supervisor(tmp_path / "notify", monkeypatch) as line:
        start = Starter()
        try:
            credentials = make_hall_by(start, tmp_path / "hall")
            server = Served(start, tmp_path / "hall", plain={"server.verbs.run.HUNG": 2.0})
            server.start()
            heard(line, "READY=1")
            heard(line, "WATCHDOG=1")
            # Somebody holds the database: a command waits, and with it the thread that writes.
            client = Client(
                "kiosk", "", credentials["devices"]["kiosk-1"], [server], Book(), random.Random(1)
            )
            asking = threading.Thread(target=client.ask, args=("/halls/main/tickets", {"service": "accept"}))
            with closing(sqlite3.connect(tmp_path / "hall" / "liqu.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                asking.start()
                silence(line)
                other.execute("ROLLBACK")
            heard(line, "WATCHDOG=1")
            asking.join(60)
            client.close()
            assert server.stop() == 0
            heard(line, "STOPPING=1")
        finally:
            start.end()
