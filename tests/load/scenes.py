"""The two scenes that are played: a great hall through half an hour, and a city at full speed."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.store.engine import sqlite_url
from tests.bench.figures import Figure, ms
from tests.nginx import balanced, nginx
from tests.postgres import Cluster, programs

from .book import Book, both
from .halls import Place, furnish
from .lines import Door, Follower
from .people import Boards, Pace, Town, busy, clerk, reader, visit
from .servers import Watched, processes, watch

BOOKED, WALK_IN = 0.05, 0.05
"""Shares of the visitors who booked, and who register their instruments at the kiosk."""
READERS = 20


@dataclass(frozen=True, slots=True)
class Great:
    """One great hall on one process and SQLite."""

    counters: int = 50
    boards: int = 100
    phones: int = 2000
    kiosks: int = 4
    minutes: float = 30.0
    """Simulated."""
    faster: float = 6.0
    """Simulated seconds in a real one."""
    settle: float = 10.0
    """Real seconds between the coming of all and the first that counts."""


@dataclass(frozen=True, slots=True)
class City:
    """Many halls on several processes and PostgreSQL, each client as fast as it is answered."""

    halls: int = 100
    clients: int = 48
    """At work at once; each has some of the halls, one after another."""
    boards: int = 1
    phones: int = 5
    """In each hall."""
    seconds: float = 45.0
    processes: Sequence[int] = (1, 2, 4)
    balance: str = "least_conn"
    """How nginx spreads: ``least_conn`` or ``hall``; ``none``: clients go to the processes themselves."""
    settle: float = 5.0
    """Seconds between the first work and the first that counts."""


def great(scene: Great) -> tuple[list[Figure], dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="liqu-load-") as name:
        folder = Path(name)
        [place] = furnish(sqlite_url(folder), 1, scene.counters, scene.kiosks)
        with processes(folder, 1) as [server]:
            return asyncio.run(_great(scene, place, server.port, server.pid))


async def _great(scene: Great, place: Place, port: int, pid: int) -> tuple[list[Figure], dict[str, Any]]:
    book, pace = Book(), Pace(scene.faster)
    town = Town(place, book, [Door(port)], pace, 0)
    for token in place.kiosks.values():
        town.kiosks.put_nowait(town.line(token))
    server, own = Watched("server", [pid], memory_too=True), Watched("load", [os.getpid()], children=False)
    boards = Boards(town, scene.boards)
    async with asyncio.TaskGroup() as all_of_them:
        begun: list[asyncio.Task[None]] = []

        def begin(what: Any) -> None:
            begun.append(all_of_them.create_task(what))

        for board in boards.all:
            await board.start()
        for _ in range(scene.phones):
            begin(visit(town, BOOKED, WALK_IN))
        while len(town.gone) < scene.phones - scene.counters:  # noqa: ASYNC110 - any of two thousand
            await asyncio.sleep(0.2)
        for counter in place.clerks:
            begin(clerk(town, counter))
        for _ in range(READERS):
            begin(reader(town))
        await asyncio.sleep(scene.settle)
        book.measuring = True
        begin(watch([server, own]))
        await asyncio.sleep(scene.minutes * 60 / scene.faster)
        # Who pressed in the last moment is not waited for.
        book.measuring = False
        for task in begun:
            task.cancel()
        for board in boards.all:
            board.end()
    town.end()
    return _told_of_great(scene, book, server, own)


def _told_of_great(
    scene: Great, book: Book, server: Watched, own: Watched
) -> tuple[list[Figure], dict[str, Any]]:
    took, wanted = book.called()
    half, most = both(took)
    command_half, command_most = both(book.commands)
    page_half, page_most = both(book.pages)
    seconds = scene.minutes * 60 / scene.faster
    early, late = server.memory(0.2, 0.4), server.memory(0.8, 1.0)
    cpu_early, cpu_late = server.cores(0.2, 0.4), server.cores(0.8, 1.0)
    name = f"1 hall, {scene.counters} counters, {scene.boards} boards, {scene.phones} phones"
    rows = [
        Figure(
            f"{name}: played {scene.minutes:.0f} minutes, {scene.faster:.0f} times as fast",
            f"{len(book.pressed)} calls, {sum(book.done.values()) / seconds:.0f} commands/s",
        ),
        Figure("call-next → frame, all boards, p50 / p99", f"{ms(half)} / {ms(most)}"),
        Figure("calls that reached the boards", f"{len(took)} of {wanted}"),
        Figure("command → answer, p50 / p99", f"{ms(command_half)} / {ms(command_most)}"),
        Figure("page, p50 / p99", f"{ms(page_half)} / {ms(page_most)}"),
        Figure("server: CPU of one core", f"{100 * server.cores():.0f} %"),
        Figure(
            "server: CPU, last fifth to second fifth",
            f"{100 * cpu_late:.0f} %",
            f"{100 * cpu_early:.0f} %",
            cpu_late / cpu_early if cpu_early else None,
            at_most=1.15,
        ),
        Figure(
            "server: memory (USS), last fifth to second fifth",
            f"{late:.0f} MiB",
            f"{early:.0f} MiB",
            late / early if early else None,
            at_most=1.1,
        ),
        Figure("errors / asked again / reconnects", _troubles(book)),
    ]
    told = _raw(book) | {
        "cpu": [(round(one.at - server.looks[0].at), round(one.cpu, 2)) for one in server.looks],
        "uss": [(round(one.at - server.looks[0].at), round(one.uss, 1)) for one in server.looks],
        "load_cores": own.cores(),
    }
    return rows, told


def _troubles(book: Book) -> str:
    return f"{sum(book.errors.values())} / {book.asked_again} / {book.reconnects}"


def _raw(book: Book) -> dict[str, Any]:
    return {
        "done": dict(book.done),
        "refused": dict(book.refused),
        "errors": dict(book.errors),
        "asked_again": book.asked_again,
        "reconnects": book.reconnects,
        "frames": book.frames,
    }


def city(scene: City, database_server: Cluster | None = None) -> tuple[list[Figure], dict[str, Any]]:
    """``database_server``: one that runs already and goes on; None: one of the city's own."""
    folder_of_programs = programs()
    if folder_of_programs is None:
        return [Figure("the city", "not measured: PostgreSQL is not installed (make setup)")], {}
    rows: list[Figure] = []
    told: dict[str, Any] = {}
    cluster = database_server or Cluster(folder_of_programs)
    alone: float | None = None
    try:
        for count in scene.processes:
            with (
                cluster.database(empty=True) as database,
                tempfile.TemporaryDirectory(prefix="liqu-load-") as name,
                ExitStack() as ends,
            ):
                folder = Path(name)
                places = furnish(database, scene.halls, 1, 1)
                servers = ends.enter_context(processes(folder, count, database))
                doors = [Door(one.port) for one in servers]
                front = scene.balance if nginx() else "none"
                watched = [Watched("server", [one.pid for one in servers], memory_too=True)]
                watched.append(Watched("postgres", [cluster.pid]))
                if front != "none":
                    balancer = ends.enter_context(balanced(folder, [one.port for one in servers], front))
                    doors = [Door(balancer.port)]
                    watched.append(Watched("nginx", [balancer.pid]))
                watched.append(Watched("load", [os.getpid()], children=False))
                book = asyncio.run(_city(scene, places, doors, watched))
            a_second = sum(book.done.values()) / scene.seconds
            alone = alone or a_second
            rows += _told_of_city(scene, count, book, watched, a_second, alone)
            told[str(count)] = (
                _raw(book)
                | {"commands_a_second": a_second}
                | {f"{one.name}_cores": one.cores() for one in watched}
            )
    finally:
        if database_server is None:
            cluster.remove()
    return rows, told


async def _city(scene: City, places: list[Place], doors: list[Door], watched: list[Watched]) -> Book:
    book, stop, ready = Book(), asyncio.Event(), asyncio.Barrier(len(places) + 1)
    towns = []
    for n, place in enumerate(places):
        here = [replace(door, source=f"127.{1 + n // 250}.{n % 250}.1") for door in doors]
        town = Town(place, book, here, Pace(1), n)
        for token in place.kiosks.values():
            town.kiosks.put_nowait(town.line(token))
        towns.append(town)
    followers: list[Follower] = []
    turns = asyncio.Semaphore(scene.clients)

    async with asyncio.TaskGroup() as all_of_them:
        for town in towns:
            followers += Boards(town, scene.boards).all
            phone = town.kiosks.get_nowait()
            for _ in range(scene.phones):
                status, ticket = await phone.command(
                    f"{town.at}/tickets", {"service": "consult", "language": "zh"}
                )
                if status == 201:
                    followers.append(town.follower(f"ticket:{ticket['code']}"))
            town.kiosks.put_nowait(phone)
        for follower in followers:
            await follower.start()
        workers = [all_of_them.create_task(busy(town, stop, ready, turns)) for town in towns]
        await ready.wait()
        await asyncio.sleep(scene.settle)
        book.measuring = True
        watching = all_of_them.create_task(watch(watched))
        await asyncio.sleep(scene.seconds)
        book.measuring = False
        watching.cancel()
        stop.set()
        await asyncio.wait(workers, timeout=60)
        for follower in followers:
            follower.end()
    for town in towns:
        town.end()
    return book


def _told_of_city(
    scene: City, count: int, book: Book, watched: list[Watched], a_second: float, alone: float
) -> list[Figure]:
    took, wanted = book.called()
    half, most = both(book.commands)
    frame_half, frame_most = both(took)
    name = f"{scene.halls} halls, PostgreSQL, {count} process{'es' if count > 1 else ''}"
    commands = max(1, sum(book.done.values()))
    cores = " + ".join(f"{one.name} {one.cores():.2f}" for one in watched)
    servers, postgres = watched[0], watched[1]
    return [
        Figure(
            f"{name}: commands/s, {scene.clients} at once",
            f"{a_second:.0f}/s",
            f"{alone:.0f}/s (1 process)",
            a_second / alone,
        ),
        Figure(f"{name}: command → answer, p50 / p99", f"{ms(half)} / {ms(most)}"),
        Figure(f"{name}: call-next → frame, p50 / p99", f"{ms(frame_half)} / {ms(frame_most)}"),
        Figure(f"{name}: calls that reached the boards", f"{len(took)} of {wanted}"),
        Figure(
            f"{name}: CPU a command, servers / PostgreSQL",
            f"{ms(servers.cores() * scene.seconds / commands)} / "
            f"{ms(postgres.cores() * scene.seconds / commands)}",
        ),
        Figure(f"{name}: cores used, of {os.cpu_count()}", cores),
        Figure(f"{name}: memory (USS) of the servers", f"{servers.memory():.0f} MiB"),
        Figure(f"{name}: errors / asked again / reconnects", _troubles(book)),
    ]
