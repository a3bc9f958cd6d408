"""Server processes for the storms, killed without warning and started again on their ports."""

from __future__ import annotations

import atexit
import http.client
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.waiting import free_port, until

ROOT = Path(__file__).resolve().parents[3]
HERE = ("127.0.0.2", 0)
"""Where clients come from. A client that came from the server's own address would, asking again and again
at a port that nobody listens on, one day be given that very port and talk to itself."""


class Starter:
    """Forks servers from a process that has their code loaded."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.storm.starter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._asking = threading.Lock()

    def start(self, arguments: list[str], log: Path, **settings: object) -> int:
        return int(self._ask({"start": arguments, "log": str(log), "set": settings}))

    def kill(self, pid: int) -> None:
        """SIGKILL, and go on when the process is no more."""
        assert self._ask({"kill": pid}) == "gone"

    def stop(self, pid: int) -> int:
        """SIGTERM; its exit code when it has ended."""
        return int(self._ask({"stop": pid}))

    def run(self, *arguments: str, log: Path, **settings: object) -> tuple[int, str]:
        """``liqu-server`` with ``arguments`` to its end: exit code, and what it said."""
        log.unlink(missing_ok=True)
        code = int(self._ask({"wait": self.start(list(arguments), log, **settings)}))
        return code, log.read_text()

    def _ask(self, question: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._asking:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline().strip()
        assert answer, "the starter has ended"
        return answer

    def end(self) -> None:
        """End it and all that it started."""
        self._process.communicate(timeout=30)


class Served:
    """One ``liqu-server run`` on a port of its own. ``up``: set while it answers."""

    def __init__(
        self,
        starter: Starter,
        data: Path,
        name: str = "server",
        database: str = "",
        plain: Mapping[str, object] | None = None,
        **settings: object,
    ) -> None:
        """``settings``: of ``server.live``; ``plain``: of any module, by their whole names."""
        self._starter = starter
        self._log = data / f"{name}.log"
        self.port = free_port()
        self._arguments = ["run", "--data", str(data), "--port", str(self.port)]
        self._arguments += ["--database", database] if database else []
        self._settings = {f"server.live.{key}": value for key, value in settings.items()} | dict(plain or {})
        self._pid: int | None = None
        self.up = threading.Event()
        self.kills = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and go on when it answers."""
        self._pid = self._starter.start(self._arguments, self._log, **self._settings)
        until(f"the server answering; its log:\n{self.log}", self._answers, 60)
        self.up.set()

    def kill(self) -> None:
        """Without warning, as the loss of power would; goes on when it is no more."""
        assert self._pid is not None
        self.up.clear()
        self._starter.kill(self._pid)
        self._pid = None
        self.kills += 1

    def stop(self) -> int:
        """Ask it to end, as its supervisor would; its exit code."""
        assert self._pid is not None
        self.up.clear()
        code = self._starter.stop(self._pid)
        self._pid = None
        return code

    @property
    def pid(self) -> int:
        assert self._pid is not None
        return self._pid

    def end(self) -> None:
        """Kill it if it runs."""
        if self._pid is not None:
            self.kill()

    def kill_and_start(self) -> None:
        self.kill()
        self.start()

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def _answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5, source_address=HERE)
        try:
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()


@contextmanager
def served(
    starter: Starter,
    data: Path,
    name: str = "server",
    database: str = "",
    plain: Mapping[str, object] | None = None,
    **settings: object,
) -> Iterator[Served]:
    """A server that answers; killed at the end."""
    made = Served(starter, data, name, database, plain, **settings)
    made.start()
    try:
        yield made
    finally:
        made.end()


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``liqu-server`` itself, run to its end."""
    path = Path(sys.executable).parent / "liqu-server"
    return subprocess.run([path, *arguments], capture_output=True, text=True, timeout=60)


def make_hall_by(
    start: Starter, data: Path, database: str = "", *, fresh: bool = False
) -> dict[str, dict[str, str]]:
    """As ``make_hall``, without loading the program for it; on SQLite a copy of one that is made once, unless
    it is to be ``fresh``."""
    if database or fresh:
        data.mkdir(parents=True, exist_ok=True)
        _init(start, data, *(["--database", database] if database else []))
    else:
        shutil.copytree(_hall(start), data, dirs_exist_ok=True)
    credentials: dict[str, dict[str, str]] = json.loads((data / "credentials.json").read_text())
    return credentials


@cache
def _hall(start: Starter) -> Path:
    """Hashing the passwords of a hall's people takes its time: once."""
    folder = Path(mkdtemp(prefix="liqu-hall-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _init(start, folder)
    return folder


def _init(start: Starter, data: Path, *more: str) -> None:
    code, said = start.run("init", "--demo", "--data", str(data), *more, log=data / "init.log")
    assert code == 0, said


def make_hall(data: Path, database: str = "") -> dict[str, dict[str, str]]:
    """The demo hall in ``data`` (and ``database``); its sign-ins."""
    made = program("init", "--demo", "--data", str(data), *(["--database", database] if database else []))
    assert made.returncode == 0, made.stderr
    credentials: dict[str, dict[str, str]] = json.loads((data / "credentials.json").read_text())
    return credentials
