"""A server killed without warning, again and again, under load: what it has answered stays true."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.store.engine import sqlite_url
from tests.conftest import need
from tests.postgres import Cluster, programs
from tests.waiting import until

from .accounts import settle
from .crowd import Book, Crowd, Team
from .processes import Starter, make_hall, program, served

KILLS = 30
BETWEEN = (5, 50)
"""Answers between a start and the kill after it."""


def storm(crowd: Team, strikes: list[Callable[[], None]], seed: int) -> Book:
    """Strike the working hall, each time at another moment; then let everybody finish."""
    dice = random.Random(seed)
    moment = threading.Event()
    crowd.start()
    for strike in strikes:
        target = crowd.done() + dice.randint(*BETWEEN)
        until("the hall going on", lambda target=target: crowd.done() >= target, 60)  # type: ignore[misc]
        # An answer has just been sent: the moments that matter are those between two answers.
        moment.wait(dice.uniform(0, 0.02))
        strike()
    return crowd.stop()


def test_thirty_kills_under_load_lose_nothing_and_repeat_nothing(tmp_path: Path, start: Starter) -> None:
    credentials = make_hall(tmp_path)
    with served(start, tmp_path) as server:
        book = storm(Crowd(credentials, [server]), [server.kill_and_start] * KILLS, seed=1)
    assert server.kills > KILLS
    assert book.asked_again >= KILLS, "hardly anybody was waiting for an answer when the server was killed"
    settle(sqlite_url(tmp_path), book, datetime.now(UTC))
    checked = program("check", "--data", str(tmp_path))
    assert (checked.returncode, checked.stdout) == (0, "main: the journal is whole\n")
    print(server.kills, "kills:", book)


@pytest.mark.postgres
def test_kills_of_the_server_and_of_postgresql_lose_nothing_and_repeat_nothing(
    tmp_path: Path, start: Starter
) -> None:
    folder = programs()
    need(folder, "PostgreSQL's programs are not installed (apt install postgresql)")
    assert folder is not None
    # A cluster of its own: the one that the tests share is not to be crashed.
    cluster = Cluster(folder)
    try:
        with cluster.database() as database:
            credentials = make_hall(tmp_path, database)
            with served(start, tmp_path, database=database) as server:
                strikes = [server.kill_and_start, server.kill_and_start, cluster.crash] * 2
                book = storm(Crowd(credentials, [server], seed=2), strikes, seed=2)
            assert book.asked_again >= len(strikes)
            settle(database, book, datetime.now(UTC))
            checked = program("check", "--data", str(tmp_path), "--database", database)
            assert (checked.returncode, checked.stdout) == (0, "main: the journal is whole\n")
            print(server.kills, "kills:", book)
    finally:
        cluster.remove()
