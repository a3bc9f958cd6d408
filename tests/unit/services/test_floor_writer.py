"""One hall's writer: many commands in one transaction, each answered after it, each key once."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from server.domain import commands as c
from server.domain.refusal import Refusal
from server.services import floor as writing
from server.services.demo import make_demo
from server.services.floor import Change, FloorWriter, Keys
from server.services.refused import Refused
from server.services.work import Act, Note, Once, Outcome, Rearrange, Refresh
from server.store import floors, journal
from server.store import tables as t
from server.store.engine import migrate, open_engine, reading, sqlite_url

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo hall, to copy."""
    folder = tmp_path_factory.mktemp("hall")
    migrate(sqlite_url(folder))
    engine = open_engine(sqlite_url(folder))
    make_demo(engine, NOON)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return folder / "liqu.db"


@pytest.fixture
def engine(made: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(made, tmp_path / "liqu.db")
    opened = open_engine(sqlite_url(tmp_path))
    yield opened
    opened.dispose()


class Desk:
    """A writer, its clock, and what it published. ``held`` cleared: it stands still in its transaction."""

    def __init__(self) -> None:
        self.now = NOON
        self.changes: list[Change] = []
        self.commits = 0
        self.held = threading.Event()
        self.held.set()
        self.begun = threading.Event()
        self.writer: FloorWriter

    def clock(self) -> datetime:
        return self.now

    def begins(self, connection: object) -> None:
        self.begun.set()
        assert self.held.wait(30)

    def commits_one(self, connection: object) -> None:
        self.commits += 1


@asynccontextmanager
async def working(engine: Engine) -> AsyncIterator[Desk]:
    """A writer at work."""
    desk = Desk()
    with ThreadPoolExecutor(1) as threads:
        desk.writer = FloorWriter(engine, "main", desk.clock, threads, desk.changes.append)
        event.listen(engine, "begin", desk.begins)
        event.listen(engine, "commit", desk.commits_one)
        desk.writer.start()
        try:
            yield desk
        finally:
            desk.held.set()
            await desk.writer.stop()
            event.remove(engine, "begin", desk.begins)
            event.remove(engine, "commit", desk.commits_one)


def number(outcome: Outcome) -> str:
    """Answers with the number that was given."""
    return max(outcome.floor.tickets.values(), key=lambda one: one.order).number


def take(n: int, key: str = "", service: str = "accept", asked: str = "") -> Act:
    once = Once.of(key, "take", asked or service) if key else None
    return Act(c.Issue(f"{n:032x}", f"{n:016d}", service), "device:kiosk-1", number, 201, once)


def do(command: c.Command, key: str = "") -> Act:
    return Act(
        command, "staff:clerk1", lambda outcome: "{}", 200, Once.of(key, repr(command)) if key else None
    )


def stored(engine: Engine) -> Any:
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") is None
        return floors.load_floor(connection, "main", NOON)


# Groups --------------------------------------------------------------------------------------------


async def test_commands_that_wait_together_are_written_in_one_transaction(engine: Engine) -> None:
    async with working(engine) as desk:
        answers = await asyncio.gather(*(desk.writer.perform(take(n)) for n in range(1, 21)))
        assert desk.commits == desk.writer.groups == 1
        assert [answer.body for answer in answers] == [f"A{n:03d}" for n in range(1, 21)]
        assert desk.writer.standing.floor.version == 2, "one group is one step of the hall's version"
    assert stored(engine) == desk.writer.standing.floor


async def test_a_group_is_bounded_and_the_rest_go_into_the_next(engine: Engine) -> None:
    async with working(engine) as desk:
        await asyncio.gather(*(desk.writer.perform(take(n)) for n in range(1, writing.GROUP + 2)))
        assert desk.writer.groups == desk.commits == 2
    assert len(stored(engine).tickets) == writing.GROUP + 1


async def test_nobody_is_answered_and_nothing_is_shown_before_the_commit(engine: Engine) -> None:
    async with working(engine) as desk:
        before = desk.writer.standing
        desk.held.clear()
        desk.begun.clear()
        asked = asyncio.create_task(desk.writer.perform(take(1)))
        assert await asyncio.to_thread(desk.begun.wait, 30)
        # Everything that can run without the transaction has run.
        for _ in range(100):
            await asyncio.sleep(0)
        assert not asked.done()
        assert desk.writer.standing is before
        assert desk.changes == []
        desk.held.set()
        assert (await asked).body == "A001"
        assert desk.changes == [Change("main", frozenset({f"{1:032x}"}))]


async def test_a_full_queue_refuses_at_once_and_loses_nothing_of_what_it_took(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "QUEUE", 3)
    async with working(engine) as desk:
        asked = [asyncio.create_task(desk.writer.perform(take(n))) for n in range(1, 6)]
        results = await asyncio.gather(*asked, return_exceptions=True)
        refused = [one for one in results if isinstance(one, Refused)]
        assert [one.refusal.code for one in refused] == ["busy"] * 2
        assert desk.writer._queue.maxsize == 3
    assert len(stored(engine).tickets) == 3


async def test_what_a_refused_command_stood_beside_is_done(engine: Engine) -> None:
    async with working(engine) as desk:
        first, refused, last = await asyncio.gather(
            desk.writer.perform(take(1)),
            desk.writer.perform(do(c.Start("nobody", "clerk1"))),
            desk.writer.perform(take(2)),
            return_exceptions=True,
        )
        assert desk.writer.groups == 1
        assert isinstance(refused, Refused)
        assert refused.refusal == Refusal("ticket_unknown")
        assert [getattr(one, "body", "") for one in (first, last)] == ["A001", "A002"]


async def test_each_command_of_a_group_has_an_instant_of_its_own(engine: Engine) -> None:
    """What is sorted by time comes back from the tables in the order in which it was decided."""
    async with working(engine) as desk:
        await asyncio.gather(*(desk.writer.perform(take(n)) for n in (1, 2)))
        opens = [c.OpenCounter(n, f"clerk{n}") for n in "12"]
        calls = [c.CallNext(n, f"clerk{n}", f"{9 - int(n)}" * 32) for n in "12"]
        misses = [c.Miss(f"{n:032x}", f"clerk{n}") for n in (1, 2)]
        await asyncio.gather(*(desk.writer.perform(do(one)) for one in (*opens, *calls, *misses)))
        floor = desk.writer.standing.floor
        assert [call.counter for call in floor.calls] == ["1", "2"]
        assert desk.writer.groups == 2
    assert stored(engine).calls == floor.calls
    assert stored(engine).missed == floor.missed


# One by one ----------------------------------------------------------------------------------------


async def test_one_bad_work_spoils_no_other(engine: Engine) -> None:
    def broken(outcome: Outcome) -> str:
        raise ZeroDivisionError

    bad = replace(take(2), answer=broken)
    async with working(engine) as desk:
        results = await asyncio.gather(
            *(desk.writer.perform(work) for work in (take(1), bad, take(3))), return_exceptions=True
        )
        assert isinstance(results[1], Refused)
        assert results[1].refusal.code == "unavailable"
        assert [getattr(one, "body", "") for one in (results[0], results[2])] == ["A001", "A002"]
    assert [one.number for one in stored(engine).tickets.values()] == ["A001", "A002"]
    assert stored(engine) == desk.writer.standing.floor


async def test_where_the_database_fails_all_are_refused_and_later_ones_go_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def gone(*_: object) -> None:
        nonlocal asked
        asked += 1
        raise OperationalError("LOCK", {}, Exception("gone"))

    async with working(engine) as desk:
        with monkeypatch.context() as patch:
            patch.setattr(floors, "lock", gone)
            results = await asyncio.gather(
                *(desk.writer.perform(take(n)) for n in range(1, 6)), return_exceptions=True
            )
        assert [one.refusal.code for one in results if isinstance(one, Refused)] == ["unavailable"] * 5
        assert asked == 2, "as a group, once by itself; the others do not wait in turn to find the same"
        assert (await desk.writer.perform(take(6))).body == "A001"


# Another process -----------------------------------------------------------------------------------


@asynccontextmanager
async def two(engine: Engine) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two processes' writers of one hall."""
    other = open_engine(engine.url.render_as_string(hide_password=False))
    try:
        async with working(engine) as here, working(other) as there:
            yield here, there
    finally:
        other.dispose()


async def test_a_stale_floor_is_loaded_anew_before_anything_is_decided(engine: Engine) -> None:
    async with two(engine) as (here, there):
        assert (await there.writer.perform(take(1))).body == "A001"
        assert here.writer.standing.floor.tickets == {}
        assert (await here.writer.perform(take(2))).body == "A002"
        assert set(here.writer.standing.floor.tickets) == {f"{1:032x}", f"{2:032x}"}
        assert here.changes == [Change("main", None, own=True)], "any ticket may have changed"
    assert stored(engine) == here.writer.standing.floor


async def test_a_refresh_takes_over_what_another_did_and_writes_nothing(engine: Engine) -> None:
    async with two(engine) as (here, there):
        await there.writer.perform(take(1))
        await here.writer.perform(Refresh())
        assert here.writer.standing.floor == there.writer.standing.floor
        assert here.changes == [Change("main", None, own=False)]
        assert here.writer.ticket_by_code(f"{1:016d}") is not None
        await here.writer.perform(Refresh())
        assert len(here.changes) == 1, "nothing new, nothing told"


async def test_who_only_looks_does_not_wait_for_who_writes(engine: Engine) -> None:
    async with two(engine) as (here, there):
        await there.writer.perform(take(1))
        other = open_engine(engine.url.render_as_string(hide_password=False))
        with other.begin() as connection:
            assert floors.lock(connection, "main") is not None
            await asyncio.wait_for(here.writer.perform(Refresh()), 10)
        other.dispose()
        assert len(here.writer.standing.floor.tickets) == 1


async def test_a_refresh_begins_the_new_business_day(engine: Engine) -> None:
    async with working(engine) as desk:
        await desk.writer.perform(take(1))
        desk.now += timedelta(days=1)
        await desk.writer.perform(Refresh())
        assert desk.writer.standing.floor.tickets == {}
        assert desk.changes[-1] == Change("main", None, own=True)
        assert (await desk.writer.perform(take(2))).body == "A001"
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") is None
        kinds = list(connection.scalars(select(t.journal.c.kind).order_by(t.journal.c.seq)))
    assert kinds == ["ticket.issued", "ticket.expired", "day.ended", "ticket.issued"]


# Keys ----------------------------------------------------------------------------------------------


async def test_a_key_asked_again_is_told_the_same_and_nothing_is_done(engine: Engine) -> None:
    async with working(engine) as desk:
        first = await desk.writer.perform(take(1, "key-00001"))
        again = await desk.writer.perform(take(2, "key-00001"))
        assert (again.status, again.body, again.replayed) == (first.status, first.body, True)
        assert not first.replayed
        assert len(desk.changes) == 1
    assert len(stored(engine).tickets) == 1


async def test_one_key_twice_in_one_group_is_done_once(engine: Engine) -> None:
    async with working(engine) as desk:
        both = await asyncio.gather(*(desk.writer.perform(take(n, "key-00001")) for n in (1, 2)))
        assert desk.writer.groups == 1
        assert [(one.body, one.replayed) for one in both] == [("A001", False), ("A001", True)]
    assert len(stored(engine).tickets) == 1


async def test_a_key_that_another_process_answered_is_told_the_same_and_its_group_is_done(
    engine: Engine,
) -> None:
    async with two(engine) as (here, there):
        await there.writer.perform(take(1, "key-00001"))
        again, new = await asyncio.gather(
            here.writer.perform(take(2, "key-00001")), here.writer.perform(take(3, "key-00002"))
        )
        assert (again.body, again.replayed) == ("A001", True)
        assert (new.body, new.replayed) == ("A002", False)
    assert len(stored(engine).tickets) == 2


async def test_what_stands_against_a_command_may_be_itself_done_before_at_another_process(
    engine: Engine,
) -> None:
    opened = c.OpenCounter("1", "clerk1")
    start = c.Start(f"{1:032x}", "clerk1")
    async with two(engine) as (here, there):
        for work in (take(1), do(opened), do(c.CallNext("1", "clerk1", "call" * 8)), do(start, "key-00001")):
            await there.writer.perform(work)
        again = await here.writer.perform(do(start, "key-00001"))
        assert again.replayed
        with pytest.raises(Refused) as refused:
            await here.writer.perform(do(start, "key-00002"))
        assert refused.value.refusal.code == "ticket_not_called"


async def test_a_key_with_another_request_is_refused_here_and_at_another_process(engine: Engine) -> None:
    async with two(engine) as (here, there):
        await there.writer.perform(take(1, "key-00001"))
        for desk in (there, here):
            with pytest.raises(Refused) as refused:
                await desk.writer.perform(take(2, "key-00001", "pickup"))
            assert refused.value.refusal.code == "idempotency_key_reused"
    assert len(stored(engine).tickets) == 1


async def test_a_key_is_its_askers_own(engine: Engine) -> None:
    async with working(engine) as desk:
        await desk.writer.perform(take(1, "key-00001"))
        other = replace(take(2, "key-00001"), actor="device:kiosk-2")
        assert (await desk.writer.perform(other)).body == "A002"


async def test_a_refusal_is_not_kept_with_its_key(engine: Engine) -> None:
    """It may be allowed a moment later, and the person presses again."""
    async with working(engine) as desk:
        asked = do(c.CallNext("1", "clerk1", "call" * 8), "key-00001")
        with pytest.raises(Refused):
            await desk.writer.perform(asked)
        await desk.writer.perform(do(c.OpenCounter("1", "clerk1")))
        assert not (await desk.writer.perform(asked)).replayed


async def test_a_note_goes_into_the_journal_once_and_moves_no_ticket(engine: Engine) -> None:
    note = Note("device:kiosk-1", "ticket.paper", "t1", {"outcome": "printed"}, Once.of("key-00001", "x"))
    async with working(engine) as desk:
        assert not (await desk.writer.perform(note)).replayed
        assert (await desk.writer.perform(note)).replayed
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") is None
        (row,) = connection.execute(select(t.journal)).all()
    assert (row.kind, row.subject, row.actor) == ("ticket.paper", "t1", "device:kiosk-1")


async def test_a_changed_set_up_is_kept_and_a_refused_one_is_not(engine: Engine) -> None:
    def shut(floor: Any) -> Any:
        return replace(floor.hall, shut=True)

    def never(floor: Any) -> Any:
        return Refusal("in_use", {"name": "x"})

    async with working(engine) as desk:
        await desk.writer.perform(Rearrange("staff:manager", "hall.settings", "main", {}, shut))
        with pytest.raises(Refused):
            await desk.writer.perform(Rearrange("staff:manager", "hall.settings", "main", {}, never))
        with pytest.raises(Refused) as refused:
            await desk.writer.perform(take(1))
        assert refused.value.refusal.code == "hall_closed"
    assert stored(engine).hall.shut


def test_the_keys_remembered_are_the_latest_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "KEYS", 3)
    keys = Keys()
    keys.add([("kiosk", f"key{n}") for n in range(5)])
    assert [("kiosk", f"key{n}") in keys for n in range(5)] == [False, False, True, True, True]


async def test_a_key_no_longer_remembered_is_still_found_in_the_table(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "KEYS", 1)
    async with working(engine) as desk:
        for n in (1, 2, 3):
            await desk.writer.perform(take(n, f"key-0000{n}"))
        assert (await desk.writer.perform(take(4, "key-00001"))).body == "A001"
    assert len(stored(engine).tickets) == 3


async def test_stopping_finishes_what_waits(engine: Engine) -> None:
    async with working(engine) as desk:
        asked = [asyncio.create_task(desk.writer.perform(take(n))) for n in range(1, 101)]
        await asyncio.sleep(0)
        await desk.writer.stop()
        assert all(one.done() and not one.exception() for one in asked)
    assert len(stored(engine).tickets) == 100
