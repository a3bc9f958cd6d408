"""PostgreSQL stops and comes back, cuts connections, and dies for good while its replica takes over."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from tests.conftest import need
from tests.postgres import Cluster, other_user, programs
from tests.waiting import until

from .accounts import settle
from .crowd import Crowd
from .processes import Starter, make_hall_by, served
from .screens import Screen

pytestmark = pytest.mark.postgres


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """The one that the tests share is not to be stopped."""
    folder = programs()
    need(folder, "PostgreSQL's programs are not installed (apt install postgresql)")
    assert folder is not None
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.remove()


def test_a_database_that_stops_cuts_links_and_comes_back_costs_nothing_but_patience(
    tmp_path: Path, start: Starter
) -> None:
    with own_cluster() as cluster, cluster.database() as database:
        credentials = make_hall_by(start, tmp_path, database)
        with served(start, tmp_path, database=database) as server:
            board = Screen(server, ("board:main",))
            try:
                crowd = Crowd(credentials, [server], seed=11)
                crowd.start()

                def going_on() -> None:
                    enough = crowd.done() + 15
                    until("the hall going on", lambda: crowd.done() >= enough, 60)

                for _ in range(2):
                    going_on()
                    with cluster.admin() as connection:
                        cut = connection.execute(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            " WHERE datname = %s AND backend_type = 'client backend'",
                            (make_url(database).database,),
                        ).fetchone()
                        assert cut is not None
                        assert cut[0] > 0
                going_on()
                cluster.stop()
                until("commands being put off", lambda: crowd.book.put_off["unavailable"], 60)
                # The board stands: it is made from what is in memory.
                assert board.view("board:main")["counters"]
                cluster.start()
                going_on()
                book = crowd.stop()
            finally:
                board.end()
        settle(database, book, datetime.now(UTC))


class Replica:
    """A streaming replica of ``primary`` that confirms each commit before it counts; it can take over."""

    def __init__(self, primary: Cluster, folder: Path) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="liqu-replica-"))
        self._bin, self._user = folder, other_user()
        if self._user:
            shutil.chown(self.home, self._user)
        self.home.chmod(0o755)
        asked = ["pg_basebackup", "-h", str(primary.home), "-U", "liqu", "-D", str(self.home / "data")]
        # -R: the copy knows from where it goes on.
        self._run(*asked, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
        line = f"primary_conninfo = 'host={primary.home} user=liqu application_name=standby'\n"
        with (self.home / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(line)
        self._ctl("start", "-o", f"-k {self.home} -h ''", "-l", str(self.home / "log"))

    def promote(self) -> None:
        self._ctl("promote")

    def remove(self) -> None:
        self._ctl("stop", "-m", "immediate")
        shutil.rmtree(self.home, ignore_errors=True)

    def _ctl(self, verb: str, *more: str) -> None:
        self._run("pg_ctl", verb, "-w", "-D", str(self.home / "data"), *more)

    def _run(self, program: str, *asked: str) -> None:
        more: dict[str, Any] = {}
        if self._user:
            entry = pwd.getpwnam(self._user)
            more = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with (self.home / "said").open("ab") as said:
            done = subprocess.run([self._bin / program, *asked], stdout=said, stderr=said, cwd="/", **more)
        assert done.returncode == 0, (self.home / "said").read_text()


def killed_for_good(cluster: Cluster) -> None:
    """As a machine that burns: the server and all its processes at once, without a word."""
    first = int((cluster.home / "data" / "postmaster.pid").read_text().split()[0])
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True)
    for pid in (first, *map(int, listed.stdout.split())):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    assert cluster._process is not None
    cluster._process.wait(30)
    cluster._process = None


def test_a_replica_that_takes_over_has_every_acknowledged_command_and_numbers_go_on(
    tmp_path: Path, start: Starter
) -> None:
    folder = programs()
    with own_cluster() as primary:
        assert folder is not None
        with primary.admin() as connection:
            connection.execute("CREATE DATABASE hall TEMPLATE liqu_template")
        replica = Replica(primary, folder)
        try:
            with primary.admin() as connection:
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
                connection.execute("SELECT pg_reload_conf()")
                until("the replica confirming commits", lambda: confirming(connection))
            both = f"{primary.home},{replica.home}"
            url = f"postgresql+psycopg://liqu@/hall?host={both}&target_session_attrs=read-write"
            credentials = make_hall_by(start, tmp_path, url)
            with served(start, tmp_path, database=url) as server:
                crowd = Crowd(credentials, [server], seed=12)
                crowd.start()
                until("a busy hall", lambda: crowd.done() >= 60, 60)
                killed_for_good(primary)
                until("commands being put off", lambda: crowd.book.put_off["unavailable"], 60)
                replica.promote()
                known = crowd.done()
                until("the hall going on at the replica", lambda: crowd.done() >= known + 25, 60)
                book = crowd.stop()
            settle(f"postgresql+psycopg://liqu@/hall?host={replica.home}", book, datetime.now(UTC))
        finally:
            replica.remove()


def confirming(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall()
    return found == [("sync",)]
