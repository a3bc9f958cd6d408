"""Three server processes on one PostgreSQL behind the shipped nginx: any may die, and nobody need notice."""

from __future__ import annotations

import random
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from websockets.sync.client import connect

from tests.conftest import need
from tests.nginx import balanced, command, configured, nginx
from tests.postgres import cluster
from tests.waiting import until

from .accounts import floor_in, settle
from .crowd import Crowd
from .processes import Served, Starter, make_hall, served
from .screens import SHOWN, Screen, right

pytestmark = pytest.mark.postgres

KILLS = 4


@dataclass(frozen=True, slots=True)
class Stand:
    """Three processes and what stands before them."""

    database: str
    credentials: dict[str, dict[str, str]]
    servers: list[Served]
    front: Served


@contextmanager
def stand(start: Starter, folder: Path) -> Iterator[Stand]:
    need(nginx(), "nginx is not installed (apt install nginx)")
    with cluster().database() as database, ExitStack() as ends:
        credentials = make_hall(folder, database)
        names = ("one", "two", "three")
        servers = [ends.enter_context(served(start, folder, name, database)) for name in names]
        balancer = ends.enter_context(balanced(folder, [one.port for one in servers], "least_conn"))
        front = Served(start, folder, "front", database)
        front.port = balancer.port
        front.up.set()
        yield Stand(database, credentials, servers, front)


def all_right(stand: Stand, screens: list[Screen]) -> bool:
    floor = floor_in(stand.database, datetime.now(UTC))
    return all(right(screen, topic, floor) for screen in screens for topic in SHOWN)


def test_processes_may_be_killed_under_load_and_every_command_is_answered_once(
    start: Starter, tmp_path: Path
) -> None:
    with stand(start, tmp_path) as hall, ExitStack() as ends:
        screens = [Screen(hall.front) for _ in range(4)]
        for screen in screens:
            ends.callback(screen.end)
        crowd = Crowd(hall.credentials, [hall.front], seed=11)
        dice = random.Random(12)
        crowd.start()
        for _ in range(KILLS):
            killed = dice.choice(hall.servers)
            killed.kill()
            gone_on = crowd.done() + 20
            until("the others going on", lambda enough=gone_on: crowd.done() >= enough, 60)  # type: ignore[misc]
            killed.start()
        book = crowd.stop()
        settle(hall.database, book, datetime.now(UTC))
        until("every screen showing what the tables say", lambda: all_right(hall, screens))
        print(book)


def test_a_rolling_restart_under_load_loses_nothing(start: Starter, tmp_path: Path) -> None:
    """Each process in turn is asked to end, as systemd asks, and started again; processes come and go."""
    with stand(start, tmp_path) as hall, ExitStack() as ends:
        screens = [Screen(hall.front) for _ in range(2)]
        for screen in screens:
            ends.callback(screen.end)
        crowd = Crowd(hall.credentials, [hall.front], seed=13)
        crowd.start()
        for one in hall.servers:
            one.stop()
            gone_on = crowd.done() + 20
            until("the others going on", lambda enough=gone_on: crowd.done() >= enough, 60)  # type: ignore[misc]
            one.start()
        book = crowd.stop()
        settle(hall.database, book, datetime.now(UTC))
        until("every screen showing what the tables say", lambda: all_right(hall, screens))
        print(book)


def test_the_shipped_configuration_is_well_formed_and_speaks_tls(start: Starter, tmp_path: Path) -> None:
    need(nginx(), "nginx is not installed (apt install nginx)")
    data = tmp_path / "data"
    make_hall(data)
    (tmp_path / "front").mkdir()
    with served(start, data) as server:
        made = configured(tmp_path / "front", [server.port], tls=True)
        tested = subprocess.run(
            command(tmp_path / "front", "-t"), capture_output=True, text=True, timeout=60, check=False
        )
        assert tested.returncode == 0, tested.stderr
        assert "warn" not in tested.stderr
        with balanced(tmp_path / "front", [server.port], tls=True) as front:
            trusted = str(front.certificate)
            url = f"https://127.0.0.1:{front.port}"
            health = requests.get(f"{url}/healthz", verify=trusted, timeout=20)
            assert health.json()["status"] == "ok"
            assert "nginx/" not in health.headers["Server"]
            sent_on = requests.get(
                f"http://127.0.0.1:{front.plain}/board/main", allow_redirects=False, timeout=20
            )
            assert (sent_on.status_code, sent_on.headers["Location"]) == (301, f"{url}/board/main")
            assert requests.get(f"{url}/metrics", verify=trusted, timeout=20).status_code == 404
            large = requests.post(
                f"{url}/api/v1/sessions", data=b"a" * 12_000_000, verify=trusted, timeout=20
            )
            assert large.status_code == 413
            tls = ssl.create_default_context(cafile=trusted)
            live = f"wss://127.0.0.1:{front.port}/api/v1/live?topic=board:main"
            # A page of this very site, port and all: Host comes through as the browser named it.
            with connect(live, ssl=tls, origin=url, proxy=None) as link:  # type: ignore[arg-type]
                assert '"topic":"board:main"' in str(link.recv(20))
    assert made.certificate is not None
