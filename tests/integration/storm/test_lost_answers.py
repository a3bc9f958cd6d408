"""The kiosk's own client on a line that is cut: one press is one ticket, whichever server is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from kiosk import model as m
from kiosk.client import HttpServer
from kiosk.config import ServerPart
from server.store.engine import sqlite_url
from tests.postgres import cluster

from .accounts import floor_in
from .processes import Served, Starter, make_hall, served
from .wire import Cut, Wire

CUTS: list[Cut] = ["before the request", "before the answer", "within the answer"]
KEY = "3e0a3c5e-7d55-4c55-9a5f-6a1d2f9b8c01"
PRESS = m.Press(KEY, "accept", "elderly", "en")


@contextmanager
def kiosk_on(wire: Wire, token: str, between: object = None) -> Iterator[HttpServer]:
    """The kiosk's client; ``between`` is called where it would wait before it asks again."""
    part = ServerPart(url=wire.url, hall="main", device="kiosk-1", token=token)
    kiosk = HttpServer(part, sleep=between if callable(between) else lambda seconds: None)
    try:
        yield kiosk
    finally:
        kiosk.close()
        wire.end()


@pytest.mark.parametrize("cut", CUTS)
def test_a_press_whose_answer_was_lost_gets_its_one_ticket(cut: Cut, start: Starter, tmp_path: Path) -> None:
    token = make_hall(tmp_path)["devices"]["kiosk-1"]
    with served(start, tmp_path) as server:
        wire = Wire(server)
        wire.cuts = [cut, cut]
        with kiosk_on(wire, token) as kiosk:
            given = kiosk.issue(PRESS)
            again = kiosk.issue(PRESS)
        assert isinstance(given, m.Issued)
        assert again == given, "the same key later, with nothing cut"
        assert wire.cuts == []
        assert wire.lost == (0 if cut == "before the request" else 2)
    the_only_ticket(sqlite_url(tmp_path), given)


@pytest.mark.postgres
@pytest.mark.parametrize("cut", CUTS)
def test_a_press_asked_again_at_another_process_gets_its_one_ticket(
    cut: Cut, start: Starter, tmp_path: Path
) -> None:
    with cluster().database() as database, ExitStack() as ends:
        token = make_hall(tmp_path, database)["devices"]["kiosk-1"]
        one = ends.enter_context(served(start, tmp_path, "one", database))
        two = ends.enter_context(served(start, tmp_path, "two", database))
        wire = Wire(one)
        wire.cuts = [cut, cut, cut]

        def over_to_the_other(_: float) -> None:
            wire.server = two if wire.server is one else one

        with kiosk_on(wire, token, over_to_the_other) as kiosk:
            given = kiosk.issue(PRESS)
            over_to_the_other(0)
            again = kiosk.issue(PRESS)
        assert isinstance(given, m.Issued)
        assert again == given
        assert wire.lost == (0 if cut == "before the request" else 3)
        the_only_ticket(database, given)


@pytest.mark.postgres
def test_a_press_whose_server_died_gets_its_one_ticket_from_the_other(start: Starter, tmp_path: Path) -> None:
    with cluster().database() as database, ExitStack() as ends:
        token = make_hall(tmp_path, database)["devices"]["kiosk-1"]
        two = ends.enter_context(served(start, tmp_path, "two", database))
        one = Served(start, tmp_path, "one", database)
        one.start()
        wire = Wire(one)
        wire.cuts = ["before the answer"]

        def dies(_: float) -> None:
            one.kill()
            wire.server = two

        with kiosk_on(wire, token, dies) as kiosk:
            given = kiosk.issue(PRESS)
        assert isinstance(given, m.Issued)
        assert one.kills == wire.lost == 1
        the_only_ticket(database, given)


def test_another_press_on_the_same_line_gets_another_ticket_and_a_changed_one_is_refused(
    start: Starter, tmp_path: Path
) -> None:
    token = make_hall(tmp_path)["devices"]["kiosk-1"]
    with served(start, tmp_path) as server:
        wire = Wire(server)
        with kiosk_on(wire, token) as kiosk:
            first = kiosk.issue(PRESS)
            other = kiosk.issue(m.Press(f"{KEY}2", "accept", "elderly", "en"))
            changed = kiosk.issue(m.Press(KEY, "pickup", "elderly", "en"))
        assert isinstance(first, m.Issued)
        assert isinstance(other, m.Issued)
        assert (first.ticket.number, other.ticket.number) == ("A001", "A002")
        assert isinstance(changed, m.WasRefused)
        assert changed.code == "idempotency_key_reused"
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": KEY}
        body = {"service": "accept", "priority": "elderly", "language": "en"}
        told = requests.post(
            f"{server.url}/api/v1/halls/main/tickets", json=body, headers=headers, timeout=30
        )
        assert (told.status_code, told.headers["Idempotent-Replayed"]) == (201, "true")
        assert told.json()["id"] == first.ticket.id


def the_only_ticket(database: str, given: m.Issued) -> None:
    """What the person holds is in the tables, and nothing else is."""
    floor = floor_in(database, datetime.now(UTC))
    (ticket,) = floor.tickets.values()
    held = given.ticket
    assert (ticket.id, ticket.code, ticket.number) == (held.id, held.code, held.number)
    assert floor.issued == {"A": 1}
