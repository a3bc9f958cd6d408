"""Server processes for the load, what they cost, and a balancer before them."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import psutil

from tests.bench.servers import ready
from tests.waiting import free_port

EVERY = 5.0
"""Seconds between two looks at memory and CPU."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at some processes together."""

    at: float
    cpu: float
    """Seconds used so far."""
    uss: float
    """Memory of their own, MiB."""


@dataclass(slots=True)
class Watched:
    """Processes and their children, looked at now and then."""

    name: str
    pids: Sequence[int]
    children: bool = True
    memory_too: bool = False
    """Memory of one's own takes the system long to tell: it is asked of the servers alone."""
    looks: list[Look] = field(default_factory=list)

    def look(self) -> None:
        cpu = uss = 0.0
        for pid in self.pids:
            with contextlib.suppress(psutil.Error):
                first = psutil.Process(pid)
                for one in (first, *(first.children(recursive=True) if self.children else ())):
                    with contextlib.suppress(psutil.Error):
                        times = one.cpu_times()
                        cpu += times.user + times.system
                        uss += one.memory_full_info().uss / 2**20 if self.memory_too else 0
        self.looks.append(Look(time.monotonic(), cpu, uss))

    def cores(self, first: float = 0.0, last: float = 1.0) -> float:
        """Cores used between two shares of the time."""
        some = self._between(first, last)
        return (some[-1].cpu - some[0].cpu) / (some[-1].at - some[0].at) if len(some) > 1 else 0.0

    def memory(self, first: float = 0.0, last: float = 1.0) -> float:
        """MiB on average between two shares of the time."""
        some = self._between(first, last)
        return fmean(one.uss for one in some) if some else 0.0

    def _between(self, first: float, last: float) -> list[Look]:
        if not self.looks:
            return []
        begin, end = self.looks[0].at, self.looks[-1].at
        length = end - begin
        return [one for one in self.looks if begin + first * length <= one.at <= begin + last * length]


async def watch(some: Sequence[Watched]) -> None:
    """Look at all of them every few seconds, until cancelled."""
    while True:
        # In a thread: who is looked at must not be held up by the looking.
        await asyncio.to_thread(lambda: [one.look() for one in some])
        await asyncio.sleep(EVERY)


@dataclass(frozen=True, slots=True)
class Process:
    port: int
    pid: int


@contextlib.contextmanager
def processes(folder: Path, count: int, database: str = "") -> Iterator[list[Process]]:
    """So many servers on one database, as in production."""
    program = str(Path(sys.executable).parent / "liqu-server")
    running: list[subprocess.Popen[bytes]] = []
    made: list[Process] = []
    try:
        for n in range(count):
            port = free_port()
            command = [program, "run", "--data", str(folder), "--port", str(port), "--proxy", "127.0.0.1"]
            command += ["--database", database] if database else []
            with (folder / f"server-{n + 1}.log").open("ab") as log:
                running.append(subprocess.Popen(command, stdout=log, stderr=log))
            made.append(Process(port, running[-1].pid))
            # One after another: each looks whether the tables are at the newest schema.
            ready(f"http://127.0.0.1:{port}/healthz")
        yield made
    finally:
        for one in running:
            one.terminate()
        for one in running:
            try:
                one.wait(15)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
