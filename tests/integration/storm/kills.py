"""The server killed without warning, any number of times, while a whole hall is at work."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from server.store.engine import sqlite_url
from tests.waiting import until

from .accounts import settle
from .announced import Caller, twice
from .crowd import Book, Crowd, Team
from .papers import Counted, Papers, count
from .processes import Served, Starter, make_hall, served

BETWEEN = (5, 50)
"""Answers between a start and the kill after it."""


def storm(crowd: Team, strikes: Sequence[Callable[[], None]], seed: int) -> Book:
    """Strike the working hall, each time at another moment; then let everybody finish."""
    crowd.start()
    strike_all(crowd, strikes, seed)
    return crowd.stop()


def strike_all(crowd: Team, strikes: Sequence[Callable[[], None]], seed: int) -> None:
    dice = random.Random(seed)
    moment = threading.Event()
    for strike in strikes:
        target = crowd.done() + dice.randint(*BETWEEN)
        until("the hall going on", lambda target=target: crowd.done() >= target, 60)  # type: ignore[misc]
        # An answer has just been sent: the moments that matter are those between two answers.
        moment.wait(dice.uniform(0, 0.02))
        strike()


@dataclass(frozen=True, slots=True)
class Survived:
    """A storm over which every promise was kept: a broken one ends it with a failure."""

    kills: int
    book: Book
    calls: int
    """Announced by each of the screens, on average."""
    twice: int
    papers: Counted

    def __str__(self) -> str:
        said = f"{self.calls} calls announced, {self.twice} twice"
        return f"{self.kills} kills: {self.book}; {said}; {self.papers}"


def storm_of_kills(start: Starter, folder: Path, kills: int, seed: int) -> Survived:
    """Kill it so many times, and hold everything that was answered against the tables."""
    credentials = make_hall(folder)
    database = sqlite_url(folder)
    with served(start, folder) as server, ExitStack() as ends:
        papers = Papers(database, [server], seed)
        crowd = Crowd(credentials, [server], seed=seed)
        screens = [Caller(server) for _ in range(2)]
        for screen in screens:
            ends.callback(screen.end)
        until("the second hall", lambda: known(server, papers.place.id))
        papers.start()
        crowd.start()
        strike_all(crowd, [server.kill_and_start] * kills, seed)
        book = crowd.stop()
        papers.stop()
        until("every certificate being made", papers.issued, 120)
        done = server.kills
    assert book.asked_again >= kills, "hardly anybody was waiting for an answer when the server was killed"
    settle(database, book, datetime.now(UTC))
    again = twice(database, screens)
    assert again == 0
    said = sum(len(screen.said) for screen in screens) // len(screens)
    return Survived(done, book, said, again, count(database, papers))


def known(server: Served, hall: str) -> bool:
    """Whether the server has noticed a hall that was added."""
    return requests.get(f"{server.url}/api/v1/halls/{hall}", timeout=20).ok
