"""The press: each draft is made exactly once, whatever ends in between; what fails is tried again."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from server.api.tickets import new_code
from server.certificates.settings import read_signer
from server.domain.certificates import Made, Sheet
from server.domain.refusal import Refusal
from server.main import main
from server.protocol.booking import CheckedIn, LineBody, WalkIn
from server.services import press as the_press
from server.services.checkins import CheckIns
from server.services.halls import Halls
from server.services.people import Who
from server.services.press import LEASE, Press
from server.services.work import Ledger, Record
from server.store import certificates, journal
from server.store import tables as t
from server.store.certificates import Certificate
from server.store.engine import open_engine, reading
from tests.certified import concluded
from tests.postgres import cluster
from tests.servers import Clock, ServerProcess, furnish, furnished_copy
from tests.waiting import eventually, until


class Paper:
    """A maker whose files say their number; ``before`` may stop it."""

    def __init__(self, before: Callable[[Sheet], None] = lambda sheet: None) -> None:
        self.before = before
        self.made: list[str] = []

    def make(self, sheet: Sheet) -> Made:
        self.before(sheet)
        self.made.append(sheet.number)
        return Made(f"%PDF {sheet.number}".encode(), 1, True)


@asynccontextmanager
async def halls_at(database: str, clock: Clock) -> AsyncIterator[Halls]:
    """One process's halls."""
    halls = Halls(open_engine(database), clock, "http://hall.example")
    await halls.start()
    try:
        yield halls
    finally:
        await halls.stop()
        halls.engine.dispose()


async def drafted(halls: Halls, pieces: int) -> list[Certificate]:
    """So many drafts, of orders of up to five pieces."""
    kiosk = Who("device:kiosk-1", "kiosk-1", "main", ("kiosk",))
    checkins = CheckIns(halls, new_code)
    made: list[Certificate] = []
    for first in range(0, pieces, 5):
        lines = (LineBody(item="lensmeter", pieces=min(5, pieces - first)),)
        body = WalkIn(lines=lines, customer="sole_trader")
        answer = await checkins.walk_in("main", body, kiosk, None)
        order = CheckedIn.model_validate_json(answer.body).order

        def change(ledger: Ledger, id: str = order.id, count: int = len(order.labels)) -> str | Refusal:
            for position in range(1, count + 1):
                one = concluded(ledger, id, position)
                if isinstance(one, Refusal):
                    return one
                made.append(one)
            return ""

        await halls.writer("main").perform(Record("server", change))
    return made


def seen(halls: Halls) -> tuple[Counter[str], Counter[str], list[str]]:
    """(states, files by certificate, numbers in the order in which the journal issued them)."""

    def read(connection: Connection) -> Any:
        states = Counter(connection.scalars(select(t.certificates.c.state)))
        files = Counter(connection.scalars(select(t.files.c.subject).where(t.files.c.kind == "certificate")))
        lines = connection.execute(
            select(t.journal.c.payload)
            .where(t.journal.c.kind == "certificate.issued")
            .order_by(t.journal.c.seq)
        )
        assert journal.check(connection, "main") is None
        return states, files, [line.payload.split('"number":"')[1].split('"')[0] for line in lines]

    with reading(halls.engine).begin() as connection:
        return read(connection)  # type: ignore[no-any-return]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield furnished_copy(tmp_path)[0]
        return
    with cluster().database() as url:
        furnish(url)
        yield url


async def test_drafts_are_issued_in_the_order_of_their_numbers(database: str, clock: Clock) -> None:
    async with halls_at(database, clock) as halls:
        made = await drafted(halls, 20)
        await Press(halls, Paper()).settle()
        states, files, numbers = seen(halls)
        assert states == {"issued": 20}
        assert set(files.values()) == {1}
        assert numbers == [one.number for one in made] == sorted(numbers)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["claimed", "made", "issued"])
async def test_a_press_that_dies_at_any_step_leaves_each_made_exactly_once(
    database: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async with halls_at(database, clock) as halls:
        made = await drafted(halls, 3)
        paper = Paper()
        dying = Press(halls, paper)
        own, times = dying._one, 0

        async def one(each: Certificate, token: str) -> None:
            nonlocal times
            times += 1
            if times == 2 and step == "claimed":
                raise Killed
            if times == 2 and step == "made":
                paper.make(the_press.sheet_of(each, halls))
                raise Killed
            await own(each, token)
            if times == 2:
                raise Killed

        monkeypatch.setattr(dying, "_one", one)
        with pytest.raises(Killed):
            await dying.settle()
        heir = Press(halls, Paper())
        await heir.settle()
        assert seen(halls)[0]["drafted"] > 0, "what was claimed is not taken from one who may yet be alive"
        clock.advance(seconds=LEASE.total_seconds() + 1)
        await heir.settle()
        states, files, numbers = seen(halls)
        assert states == {"issued": 3}
        assert set(files.values()) == {1}
        assert sorted(numbers) == [each.number for each in made]


async def test_two_processes_issue_each_once(database: str, clock: Clock) -> None:
    async with halls_at(database, clock) as one, halls_at(database, clock) as other:
        made = await drafted(one, 16)
        # The lease of the first ends while it makes: both have the same drafts in hand.
        first = Press(one, Paper())
        token, claimed = await asyncio.to_thread(first._claim)
        clock.advance(seconds=LEASE.total_seconds() + 1)
        await Press(other, Paper()).settle()
        for each in claimed:
            await first._one(each, token)
        states, files, numbers = seen(one)
        assert states == {"issued": 16}
        assert set(files.values()) == {1}
        assert sorted(numbers) == [each.number for each in made]


async def test_what_fails_is_told_and_tried_again_later_and_holds_up_no_other(
    database: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with halls_at(database, clock) as halls:
        made = await drafted(halls, 3)
        broken = True

        def pulled(sheet: Sheet) -> None:
            if broken and sheet.number == made[0].number:
                raise OSError("the token was pulled")

        press = Press(halls, Paper(pulled), dice=lambda: 0.0)
        await press.settle()
        assert seen(halls)[0] == {"issued": 2, "drafted": 1}
        waits = []
        for _ in range(3):
            trouble = halls.read(lambda at: certificates.in_trouble(at, "main"))
            assert [(one.number, one.fault) for one in trouble] == [(made[0].number, "OSError")]
            assert trouble[0].next_at is not None
            waits.append((trouble[0].next_at - clock.now).total_seconds())
            clock.advance(seconds=waits[-1] + 1)
            await press.settle()
        assert waits == [5, 10, 20]
        assert caplog.text.count("could not be made") == 1
        broken = False
        clock.advance(seconds=901)
        await press.settle()
        states, _, numbers = seen(halls)
        assert states == {"issued": 3}
        assert sorted(numbers) == [one.number for one in made]
        assert halls.read(lambda at: certificates.in_trouble(at, "main")) == []


async def test_an_approval_wakes_the_press(
    database: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(the_press, "POLL", 3600.0)
    async with halls_at(database, clock) as halls:
        press = Press(halls, Paper())
        halls.on_change = lambda change: press.wake()
        running = asyncio.create_task(press.run())
        try:
            await drafted(halls, 2)
            await eventually(lambda: seen(halls)[0] == {"issued": 2})
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def test_a_server_killed_over_and_over_issues_every_draft_once(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    server.stop()
    database = f"sqlite+pysqlite:///{tmp_path / 'liqu.db'}"

    async def prepare() -> list[str]:
        async with halls_at(database, Clock()) as halls:
            return [one.number for one in await drafted(halls, 25)]

    numbers = asyncio.run(prepare())
    engine = open_engine(database)

    def count() -> int:
        with reading(engine).begin() as connection:
            return certificates.counts(connection, "main").get("issued", 0)

    try:
        reached = 0
        while reached < len(numbers):
            server.start()
            goal = min(len(numbers), reached + 10)
            until("some more being issued", lambda goal=goal: count() >= goal)  # type: ignore[misc]
            server._process.send_signal(signal.SIGKILL)
            server._process.wait(10)
            reached = count()
    finally:
        server.stop()

    async def look() -> tuple[Counter[str], Counter[str], list[str]]:
        async with halls_at(database, Clock()) as halls:
            return seen(halls)

    states, files, issued = asyncio.run(look())
    engine.dispose()
    assert states == {"issued": len(numbers)}
    assert set(files.values()) == {1}
    assert issued == numbers


def test_the_demo_signs_with_a_key_of_its_own_that_nobody_else_can_read(tmp_path: Path) -> None:
    assert main(["init", "--data", str(tmp_path), "--demo"]) == 0
    for name in ("certificates.toml", "demo-certificate-key.pem"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    signer = read_signer(tmp_path)
    assert signer is not None
    assert "demo" in signer.name
