"""The real server for tests: as a process of its own, or in a thread with a clock that tests move."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import requests
import uvicorn
from argon2 import PasswordHasher
from websockets.sync.client import ClientConnection, connect

from server.app import NO_CHANNELS, make_app
from server.services import passwords
from server.services.demo import DEMO_HALL, Credentials, make_demo
from server.services.outbox import Channels
from server.serving import serving
from server.store.engine import migrate, open_engine, sqlite_url
from server.tls.serving import ServedTls
from tests.waiting import LIMIT, free_port, until

# Hundreds of halls are signed in to in this process. Programs keep their own strength.
passwords.strength = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""A Friday, noon in Shanghai."""


class Server:
    """A server at ``url`` and the sign-ins of its halls: what both kinds below can be asked."""

    url: str
    port: int
    credentials: Credentials

    def request(
        self, method: str, path: str, body: object = None, token: str = "", **headers: str
    ) -> requests.Response:
        """A request to ``path``; ``headers`` are named with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return requests.request(
            method, self.url + path, json=body, headers=sent, timeout=LIMIT, allow_redirects=False
        )

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """The answer under ``/api/v1`` to a request with a key of its own; raises for a refusal."""
        key = str(uuid.uuid4())
        answer = self.request(method, f"/api/v1{path}", body, token, Idempotency_Key=key)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def sign_in(self, user: str) -> str:
        """A new session's token."""
        password = self.credentials["users"][user]
        token: str = self.ask("POST", "/sessions", {"user": user, "password": password})["token"]
        return token

    def take_number(self, service: str = "accept", **more: str) -> Any:
        token = self.credentials["devices"]["kiosk-1"]
        return self.ask("POST", "/halls/main/tickets", {"service": service, **more}, token)

    def live(self, *topics: str, token: str = "", **headers: str) -> ClientConnection:
        """A live link; close it when done (it is a context manager)."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        query = "&".join(f"topic={topic}" for topic in topics)
        address = f"ws://127.0.0.1:{self.port}/api/v1/live?{query}"
        return connect(address, additional_headers=sent, proxy=None, open_timeout=LIMIT)


class ServerProcess(Server):
    """``liqu-server`` with the demo hall; it can be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._program = str(Path(sys.executable).parent / "liqu-server")
        subprocess.run([self._program, "init", "--data", folder, "--demo"], check=True, capture_output=True)
        self.credentials = json.loads((folder / "credentials.json").read_text())
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        command = [self._program, "run", "--data", str(self.folder), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the server being ready", self._healthy, 60)

    def _healthy(self) -> bool:
        assert self._process.poll() is None, "the server has ended"
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def stop(self) -> None:
        """At once, as a power cut would."""
        self._process.kill()
        self._process.wait(10)


class Clock:
    """The time that the server in a thread goes by."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class ServerThread(Server):
    """The real application over a database with two halls, served as in production, in a thread."""

    def __init__(
        self,
        database: str,
        credentials: Credentials,
        clock: Clock,
        channels: Channels = NO_CHANNELS,
        tls: ServedTls | None = None,
        proxies: Sequence[str] = (),
    ) -> None:
        self.credentials = credentials
        self.clock = clock
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.app = make_app(open_engine(database), self.url, clock, channels, tls=tls)
        self._server = uvicorn.Server(serving(self.app, "127.0.0.1", self.port, tls, proxies))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        until("the server being ready", lambda: self._server.started)

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Run ``what``, such as the housekeeping of an hour, among the server's own tasks."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(LIMIT)

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            self._loop = runner.get_loop()
            runner.run(self._server.serve([self._door]))

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "the server has not ended"
        self._door.close()


@contextmanager
def served(
    database: str,
    credentials: Credentials,
    clock: Clock | None = None,
    channels: Channels = NO_CHANNELS,
    tls: ServedTls | None = None,
    proxies: Sequence[str] = (),
) -> Iterator[ServerThread]:
    """A server in a thread over ``database``."""
    made = ServerThread(database, credentials, clock or Clock(), channels, tls, proxies)
    try:
        yield made
    finally:
        made.stop()


def furnish(database: str) -> Credentials:
    """Add two halls to the migrated ``database``: the demo's, and ``east`` whose people are ``east-…``."""
    plan = json.loads(DEMO_HALL.read_text(encoding="utf-8"))
    plan["id"] = "east"
    plan["staff"] = [
        {**one, "user": f"east-{one['user']}"}
        for one in plan["staff"]
        if one["user"] in ("admin", "manager", "clerk1")
    ]
    plan["devices"] = [{**one, "name": f"east-{one['name']}"} for one in plan["devices"]]
    engine = open_engine(database)
    folder = Path(mkdtemp(prefix="liqu-plan-"))
    try:
        (folder / "east.json").write_text(json.dumps(plan), encoding="utf-8")
        main = make_demo(engine, NOON)
        east = make_demo(engine, NOON, folder / "east.json")
    finally:
        engine.dispose()
        shutil.rmtree(folder)
    return {"users": main["users"] | east["users"], "devices": main["devices"] | east["devices"]}


@cache
def furnished() -> tuple[Path, Credentials]:
    """A folder with a SQLite database of two halls to copy, made once a run; and its sign-ins."""
    import atexit

    folder = Path(mkdtemp(prefix="liqu-halls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(sqlite_url(folder))
    return folder, furnish(sqlite_url(folder))


def furnished_copy(folder: Path) -> tuple[str, Credentials]:
    """The address of a SQLite database of two halls in ``folder``, and its sign-ins."""
    made, credentials = furnished()
    shutil.copy(made / "liqu.db", folder / "liqu.db")
    return sqlite_url(folder), credentials
