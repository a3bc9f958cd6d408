"""Servers for the bench: the real one, and the yardsticks, each as a process of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from server.services.demo import Credentials
from tests.servers import ServerProcess
from tests.waiting import free_port

READY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Running:
    port: int
    pid: int
    credentials: Credentials


def ready(url: str) -> None:
    """Wait until ``url`` answers."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


@contextlib.contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextlib.contextmanager
def liqu_server(folder: Path) -> Iterator[Running]:
    """A demo hall on SQLite with ``synchronous=FULL``, served as in production."""
    hall = ServerProcess(folder)
    try:
        yield Running(hall.port, hall.pid, hall.credentials)
    finally:
        hall.stop()


@contextlib.contextmanager
def yardstick(name: str, *arguments: str) -> Iterator[Running]:
    """One of the yardstick servers of ``tests.bench.yardsticks``."""
    port = free_port()
    with process(sys.executable, "-m", "tests.bench.yardsticks", name, str(port), *arguments) as running:
        ready(f"http://127.0.0.1:{port}/")
        yield Running(port, running.pid, {"users": {}, "devices": {}})
