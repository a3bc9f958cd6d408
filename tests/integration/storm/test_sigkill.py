"""A server killed without warning, again and again, under load: what it has answered stays true."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import need
from tests.postgres import Cluster, programs

from .accounts import settle
from .crowd import Crowd
from .kills import storm, storm_of_kills
from .processes import Starter, make_hall, program, served

KILLS = 25


def test_kills_under_load_lose_nothing_and_repeat_nothing(tmp_path: Path, start: Starter) -> None:
    """Tickets and calls in one hall, labels and certificates in another; ``make bench`` does it a thousand
    times."""
    told = storm_of_kills(start, tmp_path, KILLS, seed=1)
    checked = program("check", "--data", str(tmp_path))
    assert checked.returncode == 0, checked.stdout
    assert "main: the journal is whole" in checked.stdout
    print(told)


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
