"""A private PostgreSQL for the tests: one cluster a run on a socket of its own, one database a test.

The cluster is made by ``initdb`` in a temporary folder and answers on a Unix socket in it only, so that it
meets no other server of the machine. Its settings are PostgreSQL's own: ``fsync`` stays on.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from server.store.engine import migrate
from tests.conftest import need

DEADLINE = 60.0
TEMPLATE = "liqu_template"


def programs() -> Path | None:
    """The newest folder that holds both ``initdb`` and ``postgres``."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((one for one in folders if (one / "initdb").exists() and (one / "postgres").exists()), None)


def other_user() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as then; None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Cluster:
    """One running PostgreSQL, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder
        self._user = other_user()
        self.home = Path(tempfile.mkdtemp(prefix="liqu-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._names = (f"test_{n}" for n in itertools.count(1))
        if self._user:
            shutil.chown(self.home, self._user)
        self.home.chmod(0o755)
        self._initdb()
        self.start()
        with self.admin() as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        migrate(self.url(TEMPLATE))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://liqu@/{database}?host={self.home}"

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the cluster's owner, outside any transaction."""
        return psycopg.connect(host=str(self.home), user="liqu", dbname=database, autocommit=True)

    def start(self) -> None:
        """Start, and go on when it answers."""
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.home / "data", "-k", self.home, "-h", ""],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._as_user(),
            )
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                self.admin().close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.home / "log").read_text()) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once: every connection is cut, nothing that was committed is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(DEADLINE)
            self._process = None

    def crash(self) -> None:
        """As ``pg_ctl restart -m immediate``: no shutdown, and at the start it recovers from its log."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(DEADLINE)
        self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a fresh database, at the newest schema unless ``empty``; dropped afterwards."""
        name = next(self._names)
        with self.admin() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            with self.admin() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _initdb(self) -> None:
        # The locale is C: a test must not pass or fail by the order of a machine's language.
        asked = [self._bin / "initdb", "-D", self.home / "data", "-U", "liqu", "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*asked, "--locale=C", "--no-sync"], capture_output=True, text=True, cwd="/", **self._as_user()
        )
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@functools.cache
def cluster() -> Cluster:
    """The run's one cluster, made at the first call."""
    folder = programs()
    need(folder, "PostgreSQL's programs are not installed (apt install postgresql)")
    assert folder is not None
    made = Cluster(folder)
    atexit.register(made.remove)
    return made
