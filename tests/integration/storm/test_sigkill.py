"""A server killed without warning, again and again, under load: what it has answered stays true."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime
from pathlib import Path


from server.store.engine import sqlite_url
from tests.servers import until

from .accounts import settle
from .crowd import Book, Crowd
from .processes import Served, make_hall, program, starter

KILLS = 30
BETWEEN = (5, 60)
"""Answers between a start and the kill after it."""


def storm(crowd: Crowd, server: Served, kills: int, seed: int) -> Book:
    """Kill the working server ``kills`` times, and once more when all is done."""
    dice = random.Random(seed)
    moment = threading.Event()
    crowd.start()
    for _ in range(kills):
        target = crowd.done() + dice.randint(*BETWEEN)
        until("the hall going on", lambda target=target: crowd.done() >= target, 60)
        # An answer has just been sent: the moments that matter are those between two answers.
        moment.wait(dice.uniform(0, 0.02))
        server.kill()
        server.start()
    book = crowd.stop()
    server.kill()
    return book


def test_thirty_kills_under_load_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    credentials = make_hall(tmp_path)
    with starter() as start:
        server = Served(start, tmp_path)
        server.start()
        book = storm(Crowd(credentials, [server]), server, KILLS, seed=1)
    assert server.kills > KILLS
    assert book.asked_again >= KILLS, "hardly anybody was waiting for an answer when the server was killed"
    settle(sqlite_url(tmp_path), book, datetime.now(UTC))
    checked = program("check", "--data", str(tmp_path))
    assert (checked.returncode, checked.stdout) == (0, "main: the journal is whole\n")
    print(told(book, server))


def told(book: Book, server: Served) -> str:
    issued = sum(one.status == 201 for one in book.answers)
    return (
        f"{server.kills} kills, {len(book.answers)} answers, {issued} tickets, {book.asked_again} asked again, "
        f"{book.told_again} told again, refused {dict(book.refused)}"
    )
