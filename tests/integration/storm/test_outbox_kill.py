"""The sender killed without warning, again and again: no message is lost, and each repetition can be told."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

from server.domain import messages as m
from server.store import bookings, outbox
from server.store import tables as t
from server.store.engine import open_engine, reading, sqlite_url
from tests.postgres import cluster
from tests.waiting import until

from .processes import Starter, make_hall, program, served

MESSAGES = 240
KILLS = 12
SECRET = "the secret of the storm"
QUICK = {
    "server.services.outbox.POLL": 0.02,
    "server.services.outbox.LEASE": 3.0,
}


class Receiver:
    """Takes everything, slowly enough to be killed in the middle of; keeps each body by its id."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self._lock = threading.Lock()
        self.dice = random.Random(3)
        self.moment = threading.Event()

    def take(self, id: str, body: bytes) -> None:
        with self._lock:
            self.came[id] += 1
            self.bodies.setdefault(id, set()).add(body)
        self.moment.wait(self.dice.uniform(0, 0.02))

    @property
    def total(self) -> int:
        with self._lock:
            return self.came.total()


@contextmanager
def receiving() -> Iterator[tuple[Receiver, str]]:
    """A receiver and its address."""
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionResetError("killed in the middle of a sentence")
            receiver.take(self.headers["Idempotency-Key"], body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver, f"http://127.0.0.1:{server.server_address[1]}/in"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


def fill(database: str) -> set[str]:
    """Put the messages into the outbox; their ids."""
    now = datetime.now(UTC)
    facts = {
        "code": "V1",
        "number": "200000000001",
        "day": "2026-11-23",
        "opens": "09:00",
        "closes": "10:00",
        "service": "accept",
        "lines": "lensmeter:1",
    }
    ids = [m.message_id("main", "booked", str(n), "0") for n in range(MESSAGES)]
    one = m.Message("", "main", "booked", "", "c1", now, now + timedelta(days=1), now, facts)
    engine = open_engine(database)
    with engine.begin() as connection:
        who = bookings.Customer("c1", "main", "resident", "某甲", "", "", "13812345678", now, "1")
        bookings.add_customer(connection, who)
        told = [replace(one, id=id, subject=str(n)) for n, id in enumerate(ids)]
        assert outbox.put(connection, told) == MESSAGES
    engine.dispose()
    return set(ids)


def settled(database: str) -> bool:
    engine = open_engine(database)
    with reading(engine).begin() as connection:
        counted = outbox.counts(connection, "main")
    engine.dispose()
    return counted == {("sent", "booked", False): MESSAGES}


def sent_lines(database: str) -> list[str]:
    """The subjects of the journal's lines about messages that were sent."""
    engine = open_engine(database)
    with reading(engine).begin() as connection:
        found = connection.execute(select(t.journal.c.subject).where(t.journal.c.kind == "message.sent"))
        subjects = list(found.scalars())
    engine.dispose()
    return subjects


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_sender_killed_again_and_again_loses_nothing_and_repeats_only_under_the_same_id(
    tmp_path: Path, start: Starter, kind: str
) -> None:
    if kind == "sqlite":
        storm(tmp_path, start, "")
        return
    with cluster().database() as url:
        storm(tmp_path, start, url)


def storm(folder: Path, start: Starter, url: str) -> None:
    make_hall(folder, url)
    database = url or sqlite_url(folder)
    ids = fill(database)
    dice = random.Random(4)
    with receiving() as (receiver, address):
        settings = f'[channels.sms]\ndriver = "webhook"\nurl = "{address}"\nsecret = "{SECRET}"\n'
        (folder / "channels.toml").write_text(settings, encoding="utf-8")
        with served(start, folder, database=url, plain=QUICK) as server:
            for _ in range(KILLS):
                target = receiver.total + dice.randint(1, 10)
                until("messages arriving", lambda target=target: receiver.total >= target, 60)  # type: ignore[misc]
                # The moments that matter lie between the receiver's yes and the line in the journal.
                receiver.moment.wait(dice.uniform(0, 0.01))
                server.kill_and_start()
            until("all messages being sent", lambda: settled(database), 60)
        assert server.kills > KILLS
    assert set(receiver.came) == ids
    assert [bodies for bodies in receiver.bodies.values() if len(bodies) > 1] == []
    again = sum(receiver.came.values()) - MESSAGES
    assert again <= 4 * KILLS, "more was repeated than can have been on its way"
    assert sorted(sent_lines(database)) == sorted(str(n) for n in range(MESSAGES))
    checked = program("check", "--data", str(folder), *(["--database", url] if url else []))
    assert (checked.returncode, checked.stdout) == (0, "main: the journal is whole\n")
    print(f"{server.kills} kills: {MESSAGES} messages, {again} came twice")
