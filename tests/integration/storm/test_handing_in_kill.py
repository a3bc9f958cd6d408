"""A kiosk hands in what it gave by itself while the server is killed again and again."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import requests
from sqlalchemy import select

from server.store import tables as t
from server.store.engine import open_engine, sqlite_url
from tests.servers import ServerProcess
from tests.waiting import until

PAPERS = 20
KILLS = 2


def test_what_was_given_without_the_server_stands_in_the_queue_once_whatever_is_killed(
    tmp_path: Path,
) -> None:
    server = ServerProcess(tmp_path)
    dice = Random(5)
    kiosk = server.credentials["devices"]["kiosk-1"]

    def ask(path: str, body: object) -> Any:
        """As the kiosk does it: again, with another key, until there is an answer."""
        said: list[Any] = []

        def asked() -> bool:
            try:
                said.append(server.ask("POST", f"/halls/main/{path}", body, kiosk))
            except requests.RequestException:
                return False
            return True

        until(f"an answer to {path}", asked, 60)
        return said[0]

    def handed_in() -> list[dict[str, Any]]:
        """Papers, each handed in with the one before it once more, as if that answer had been lost."""
        papers: list[dict[str, Any]] = []
        for _ in range(PAPERS):
            lease = next(one for one in ask("leases", None)["leases"] if one["service"] == "accept")
            given = {(one["lease"], one["n"]) for one in papers}
            n = next(n for n in range(lease["first"], lease["last"] + 1) if (lease["id"], n) not in given)
            paper = {
                "id": uuid.uuid4().hex,
                "code": uuid.uuid4().hex[:20].upper(),
                "lease": lease["id"],
                "n": n,
                "issued_at": datetime.now(UTC).isoformat(),
            }
            papers.append(paper)
            told = ask("offline-tickets", {"tickets": papers[-2:]})["tickets"]
            assert told[-1]["outcome"] in ("taken", "known")
        return papers

    try:
        with ThreadPoolExecutor(1) as kiosks:
            done = kiosks.submit(handed_in)
            for _ in range(KILLS):
                enough = len(_tickets(tmp_path)) + dice.randrange(1, PAPERS // KILLS)
                until("some handed in", partial(_some, tmp_path, enough, done), 60)
                server.stop()
                server.start()
            papers = done.result(120)
    finally:
        server.stop()
    assert Counter(_tickets(tmp_path)) == Counter(one["id"] for one in papers)
    engine = open_engine(sqlite_url(tmp_path))
    with engine.connect() as connection:
        lines = connection.scalars(
            select(t.journal.c.subject).where(t.journal.c.kind == "ticket.handed_in")
        ).all()
        numbers = connection.scalars(select(t.tickets.c.number)).all()
    engine.dispose()
    assert sorted(lines) == sorted(one["id"] for one in papers)
    assert len(set(numbers)) == PAPERS


def _some(folder: Path, enough: int, done: Future[Any]) -> bool:
    return done.done() or len(_tickets(folder)) >= enough


def _tickets(folder: Path) -> list[str]:
    """The ids of the tickets in the tables."""
    engine = open_engine(sqlite_url(folder))
    with engine.connect() as connection:
        ids = list(connection.scalars(select(t.tickets.c.id)))
    engine.dispose()
    return ids
