"""Booking and check-in by many at once, at two processes and with kills: every promise is kept."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from server.store.engine import sqlite_url
from tests.postgres import cluster
from tests.waiting import until

from .kills import storm
from .processes import Starter, program, served
from .promises import keep_promises
from .visitors import LIGHT, MANY, Visitors, Voucher, make_busy_hall, refused_but

ENOUGH = 500
KILLS = 10


def whole(folder: Path, database: str) -> None:
    checked = program("check", "--data", str(folder), "--database", database)
    assert (checked.returncode, checked.stdout) == (0, "main: the journal is whole\n")


@pytest.mark.postgres
def test_two_processes_give_no_place_twice_and_one_ticket_for_a_voucher(
    tmp_path: Path, start: Starter
) -> None:
    with cluster().database() as database, ExitStack() as ends:
        credentials = make_busy_hall(tmp_path, database)
        servers = [
            ends.enter_context(served(start, tmp_path, name, database, MANY)) for name in ("one", "two")
        ]
        crowd = Visitors(database, credentials, servers, seed=11)
        ends.callback(crowd.people[0].close)
        for round in range(6):
            one = crowd.people[0].book_a_place(today=True, lines=LIGHT)
            assert one is not None
            kiosk = crowd.at_desk(servers[:1], "kiosk-1", seed=round)
            other = crowd.at_desk(servers[1:], "clerk1", seed=round + 100)
            at_both_at_once(one, kiosk, other)
            at_both_with_one_key(crowd, servers, round)
        crowd.start()
        until("many answers", lambda: crowd.done() >= ENOUGH, 60)
        book = crowd.stop()
        assert refused_but(book) == set()
        assert book.refused["slot_full"] > 0, "nobody was too late for a place"
        rows = keep_promises(database, book)
        whole(tmp_path, database)
        assert len(rows.tickets) > 12
        print(book)


def at_both_at_once(one: Voucher, kiosk: Any, clerk: Any) -> None:
    """Two papers of one voucher, at two processes at the same moment."""
    answers = together(lambda: kiosk.check_in(one), lambda: clerk.check_in(one))
    kiosk.close()
    clerk.close()
    assert sorted(answer.status for answer in answers) == [201, 409]
    late = next(answer for answer in answers if answer.status == 409)
    assert late.body["code"] == "already_checked_in"


def at_both_with_one_key(crowd: Visitors, servers: Any, seed: int) -> None:
    """A device that asks again at the other process before the first has answered."""
    one = crowd.people[0].book_a_place(today=True, lines=LIGHT)
    assert one is not None
    twins = [crowd.at_desk([server], "kiosk-1", seed=seed + 200) for server in servers]
    answers = together(*(lambda twin=twin: twin.check_in(one) for twin in twins))
    for twin in twins:
        twin.close()
    assert (answers[0].key, answers[0].status, answers[0].body) == (
        answers[1].key,
        answers[1].status,
        answers[1].body,
    )
    assert answers[0].status == 201
    # To the accounts it is one answer.
    crowd.book.answers.remove(answers[1])


def together(*acts: Any) -> list[Any]:
    """What each answers, begun at the same moment."""
    begin = threading.Barrier(len(acts))
    found: dict[int, Any] = {}

    def run(n: int, act: Any) -> None:
        begin.wait(30)
        found[n] = act()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [found[n] for n in range(len(acts))]


def test_kills_under_load_lose_no_booking_and_leave_none_half_done(tmp_path: Path, start: Starter) -> None:
    database = sqlite_url(tmp_path)
    credentials = make_busy_hall(tmp_path, database)
    with served(start, tmp_path, plain=MANY) as server:
        crowd = Visitors(database, credentials, [server], seed=12)
        book = storm(crowd, [server.kill_and_start] * KILLS, seed=12)
    assert book.asked_again >= KILLS, "hardly anybody was waiting for an answer when the server was killed"
    assert refused_but(book) == set()
    keep_promises(database, book)
    whole(tmp_path, database)
    print(server.kills, "kills:", book)


@pytest.mark.postgres
def test_kills_of_two_processes_in_turn_lose_no_booking(tmp_path: Path, start: Starter) -> None:
    with cluster().database() as database, ExitStack() as ends:
        credentials = make_busy_hall(tmp_path, database)
        servers = [
            ends.enter_context(served(start, tmp_path, name, database, MANY)) for name in ("one", "two")
        ]
        crowd = Visitors(database, credentials, servers, seed=13)
        book = storm(crowd, [servers[n % 2].kill_and_start for n in range(KILLS)], seed=13)
        assert refused_but(book) == set()
        keep_promises(database, book)
        whole(tmp_path, database)
        print(book)
