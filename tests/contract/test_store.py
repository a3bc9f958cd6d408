"""What the store promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, Table, delete, inspect, select, update
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError

from server.domain import commands as c
from server.domain import events as e
from server.domain.decide import decide
from server.domain.floor import Floor, Ticket
from server.domain.hall import Hours, Rules
from server.protocol.views import Text
from server.store import answers, floors, halls, journal, leases, offers, people
from server.store import tables as t
from server.store.engine import ASK_AGAIN, migrate, open_engine, reading, sqlite_url

from . import floors as on
from .floors import NOON, add_hall, carry_out, demo_hall, issue, load

PASSED_BY = 300
"""Commands of the random day."""


@pytest.fixture
def floor(engine: Engine) -> Floor:
    return add_hall(engine, demo_hall())


# Migrations ---------------------------------------------------------------------------------------


def test_migrating_an_empty_database_makes_just_the_tables_of_the_model(empty_database: str) -> None:
    migrate(empty_database)
    engine = open_engine(empty_database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*t.metadata.tables, "alembic_version"}
    engine.dispose()


def test_migrating_again_changes_nothing(database: str) -> None:
    engine = open_engine(database)
    add_hall(engine, demo_hall())
    engine.dispose()
    migrate(database)
    engine = open_engine(database)
    assert load(engine).hall == demo_hall()
    engine.dispose()


def test_processes_that_start_at_once_on_an_empty_database_all_find_it_migrated(empty_database: str) -> None:
    code = (
        "import sys; from server.store.engine import migrate; print('ready', flush=True); "
        "sys.stdin.readline(); migrate(sys.argv[1])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, empty_database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    failures = [one.communicate(timeout=60)[1] for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], failures


def test_the_first_to_open_a_new_file_waits_for_who_is_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / "liqu.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        other.execute("COMMIT")

    monkeypatch.setattr("server.store.engine.sleep", wait)
    engine = open_engine(sqlite_url(tmp_path))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    assert waits == [ASK_AGAIN]
    engine.dispose()
    other.close()


def test_a_migration_that_fails_midway_leaves_the_schema_as_it_was(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.operations import Operations

    make = Operations.create_table
    made: list[str] = []

    def fail_at_the_fifth(self: Operations, name: str, *columns: Any, **other: Any) -> Table:
        made.append(name)
        if len(made) == 5:
            raise RuntimeError("power cut")
        return make(self, name, *columns, **other)

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_table", fail_at_the_fifth)
        with pytest.raises(RuntimeError, match="power cut"):
            migrate(empty_database)
    engine = open_engine(empty_database)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    migrate(empty_database)


# The floor ----------------------------------------------------------------------------------------


def test_a_hall_comes_back_as_it_was_set_up(engine: Engine) -> None:
    hall = replace(
        demo_hall(),
        rules=Rules(green_cap=5, patience=7, head_starts={**Rules().head_starts, "elderly": 33}),
        hours=Hours(datetime(2026, 1, 1, 8, 30).time(), datetime(2026, 1, 1, 17).time(), frozenset({0, 4})),  # noqa: DTZ001
        shut=True,
        emergency=Text(zh="请从最近的出口离开", en='Leave by the nearest exit "now"'),
    )
    add_hall(engine, hall)
    assert load(engine).hall == hall


def test_a_changed_set_up_replaces_the_old_one_whole(engine: Engine, floor: Floor) -> None:
    hall = floor.hall
    fewer = {id: one for id, one in hall.services.items() if id != "green"}
    changed = replace(hall, services=fewer, counters={"9": replace(hall.counters["1"], number="9")})
    with engine.begin() as connection:
        halls.save_setup(connection, changed)
    assert load(engine).hall == changed


@pytest.mark.parametrize("seed", [1, 2])
def test_through_a_random_day_the_tables_hold_just_what_the_floor_in_memory_is(
    engine: Engine, floor: Floor, seed: int
) -> None:
    on.add_kiosk(engine)
    day = on.storm(seed, PASSED_BY)
    next(day)
    step = day.send(floor)
    steps, states = 0, set[str]()
    while True:
        floor, command, now = step
        after = carry_out(engine, floor, command, now)
        states |= {one.state for one in (*after.tickets.values(), *after.recent.values())}
        if after is not floor:
            steps += 1
            assert load(engine, now) == on.as_stored(after, now), command
        try:
            step = day.send(after)
        except StopIteration:
            break
    assert steps > PASSED_BY / 4
    assert states == {"waiting", "called", "serving", "parked", "missed", "done", "cancelled"}
    assert any(block.returned_at for block in floor.lent.values())
    assert sum(len(block.used) for block in floor.lent.values()) > 1
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") is None


def test_instants_are_exact_to_the_microsecond_whatever_their_zone(engine: Engine, floor: Floor) -> None:
    for microseconds in (0, 1, 499_999, 999_999):
        now = NOON.replace(microsecond=microseconds) + timedelta(hours=microseconds % 5)
        floor = carry_out(engine, floor, issue(microseconds), now)
        kept = load(engine, now).tickets[f"{microseconds:032x}"].issued_at
        assert kept == now
        assert kept.tzinfo is UTC
    far = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(update(t.tickets).values(ended_at=far))
        assert connection.execute(select(t.tickets.c.ended_at)).scalars().first() == far


def test_a_floor_saved_from_an_old_version_is_refused_and_nothing_of_it_stays(
    engine: Engine, floor: Floor
) -> None:
    ahead = carry_out(engine, floor, issue(1))
    with pytest.raises(floors.StaleFloor):
        carry_out(engine, floor, issue(2))
    assert load(engine) == ahead
    with reading(engine).begin() as connection:
        assert floors.versions(connection) == {"main": ahead.version}
        assert journal.check(connection, "main") is None


def test_a_number_stands_once_a_day_even_where_the_version_guard_is_passed_by(
    engine: Engine, floor: Floor
) -> None:
    ahead = carry_out(engine, floor, issue(1))
    forged = replace(floor, version=ahead.version, orders=ahead.orders)
    with pytest.raises((IntegrityError, floors.StaleFloor)):
        carry_out(engine, forged, issue(2))
    # And where the counter row is passed by as well, the ticket's own constraint stands.
    with engine.begin() as connection:
        connection.execute(delete(t.numbers))
    with pytest.raises(IntegrityError):
        carry_out(engine, forged, issue(2))
    assert [one.number for one in load(engine).tickets.values()] == ["A001"]


def test_a_counter_row_that_moved_on_is_noticed_where_the_version_guard_is_passed_by(
    engine: Engine, floor: Floor
) -> None:
    first = carry_out(engine, floor, issue(1))
    second = carry_out(engine, first, issue(2))
    forged = replace(first, version=second.version, orders=second.orders)
    with pytest.raises(floors.StaleFloor):
        _force(engine, forged, issued={"A": 2})
    assert len(load(engine).tickets) == 2


def test_two_counters_never_hold_one_ticket_and_one_person_never_two_counters(
    engine: Engine, floor: Floor
) -> None:
    for command in (c.OpenCounter("1", "clerk1"), c.OpenCounter("2", "clerk2"), issue(1)):
        floor = carry_out(engine, floor, command)
    called = carry_out(engine, floor, c.CallNext("1", "clerk1", "call1"))
    assert called.posts["1"].ticket is not None
    twice = {"2": replace(called.posts["2"], ticket=called.posts["1"].ticket)}
    with pytest.raises(IntegrityError):
        _force(engine, called, posts={**called.posts, **twice})
    elsewhere = {"3": replace(called.post("3"), staff="clerk1")}
    with pytest.raises(IntegrityError):
        _force(engine, called, posts={**called.posts, **elsewhere})
    assert load(engine) == on.as_stored(called, NOON)


def _force(engine: Engine, before: Floor, **wrong: Any) -> None:
    """Save a floor that no rule would make."""
    with engine.begin() as connection:
        head = floors.lock(connection, "main")
        assert head is not None
        floors.save_floor(
            connection, before, replace(before, version=before.version + 1, **wrong), {}, head.journal
        )


def test_people_and_tickets_change_places_between_two_counters_in_one_save(
    engine: Engine, floor: Floor
) -> None:
    for command in (
        c.OpenCounter("1", "clerk1"),
        c.OpenCounter("2", "clerk2"),
        issue(1),
        issue(2),
        c.CallNext("1", "clerk1", "call1"),
        c.CallNext("2", "clerk2", "call2"),
    ):
        floor = carry_out(engine, floor, command)
    one, two = floor.posts["1"], floor.posts["2"]
    swapped = {"1": replace(two, counter="1"), "2": replace(one, counter="2")}
    _force(engine, floor, posts=swapped)
    assert load(engine).posts == swapped


def test_a_new_day_begins_empty_and_numbers_begin_again(engine: Engine, floor: Floor) -> None:
    floor = carry_out(engine, floor, issue(1))
    morning = NOON + timedelta(days=1)
    ended = decide(floor, c.EndDay(), morning)
    assert isinstance(ended, list)
    over = on.write(engine, floor, ended, morning)
    fresh = Floor(floor.hall, date(2026, 11, 21), version=over.version, posts=over.posts)
    with engine.begin() as connection:
        floors.open_day(connection, fresh)
    assert load(engine, morning) == fresh
    after = carry_out(engine, fresh, issue(2), morning)
    assert [one.number for one in after.tickets.values()] == ["A001"]
    assert load(engine, morning) == after
    with reading(engine).begin() as connection:
        found = floors.find_ticket(connection, id=f"{1:032x}")
        assert found is not None
        assert (found[0], found[1], found[2].state) == ("main", date(2026, 11, 20), "expired")
        by_code = floors.find_ticket(connection, code=f"{2:016d}")
        assert by_code is not None
        assert by_code[2] == after.tickets[f"{2:032x}"]
        yesterday = floors.find_number(connection, "main", date(2026, 11, 20), "A001")
        assert yesterday is not None
        assert yesterday.id == f"{1:032x}"
        assert floors.find_number(connection, "main", date(2026, 11, 21), "A002") is None


def test_lent_numbers_are_skipped_also_by_a_process_that_only_reads_the_tables(
    engine: Engine, floor: Floor
) -> None:
    on.add_kiosk(engine)
    with engine.begin() as connection:
        connection.execute(t.numbers.insert().values(hall="main", day=floor.day, prefix="A", last=900))
    floor = carry_out(engine, load(engine), c.LendNumbers("b" * 32, "kiosk-1", "accept"))
    carry_out(engine, load(engine), issue(1))
    assert [one.number for one in load(engine).tickets.values()] == ["A921"]
    block = load(engine).lent["b" * 32]
    assert (block, block.first, block.last) == (floor.lent["b" * 32], 901, 920)


def test_a_number_of_a_block_is_handed_in_once_also_where_the_version_guard_is_passed_by(
    engine: Engine, floor: Floor
) -> None:
    on.add_kiosk(engine)
    floor = carry_out(engine, floor, c.LendNumbers("b" * 32, "kiosk-1", "accept"))
    one = on.hand_in(1, floor.lent["b" * 32], 901, NOON)
    after = carry_out(engine, floor, one, NOON + timedelta(minutes=5))
    kept = load(engine, NOON + timedelta(minutes=5))
    assert kept == after
    assert kept.lent["b" * 32].used == {901}
    assert kept.tickets[f"{1:032x}"].handed_in_at == NOON + timedelta(minutes=5)
    forged = replace(floor, version=after.version, orders=after.orders)
    with pytest.raises(IntegrityError):
        carry_out(engine, forged, on.hand_in(2, floor.lent["b" * 32], 901, NOON))


def test_a_number_whose_day_is_over_is_kept_as_over_and_its_block_knows_it(
    engine: Engine, floor: Floor
) -> None:
    on.add_kiosk(engine)
    floor = carry_out(engine, floor, c.LendNumbers("b" * 32, "kiosk-1", "accept"))
    floor = carry_out(engine, floor, issue(1))
    block, morning = floor.lent["b" * 32], NOON + timedelta(days=1)
    over = leases.issued_late(block, "LATE" * 4, "f" * 32, 901, "en", NOON, morning)
    with engine.begin() as connection:
        leases.keep_late(connection, "main", floor.day, block, 901, over)
    with reading(engine).begin() as connection:
        assert leases.find(connection, "main", block.id) == (floor.day, block.with_used(901))
        assert leases.find(connection, "other", block.id) is None
        found = floors.find_ticket(connection, code="LATE" * 4)
    assert found == ("main", floor.day, replace(over, order=2))
    assert "f" * 32 not in load(engine, morning).tickets


def test_only_the_hall_that_was_asked_for_is_loaded(engine: Engine, floor: Floor) -> None:
    other = replace(demo_hall(), id="other")
    with engine.begin() as connection:
        halls.make_hall(connection, other, other.day(NOON))
    after = carry_out(engine, floor, issue(1))
    with reading(engine).begin() as connection:
        assert halls.hall_ids(connection) == ["main", "other"]
        there = floors.load_floor(connection, "other", NOON)
        assert there is not None
        assert there.tickets == {}
        assert floors.versions(connection) == {"main": after.version, "other": 1}
        assert floors.load_floor(connection, "none", NOON) is None
        assert floors.find_ticket(connection, code="none") is None


def test_a_set_up_that_nobody_changed_is_kept_and_a_changed_one_is_read(engine: Engine, floor: Floor) -> None:
    def look(before: Floor) -> Floor:
        with reading(engine).begin() as connection:
            found = floors.load_floor(connection, "main", NOON, before)
        assert found is not None
        return found

    known = look(floor)
    assert look(known).hall is known.hall
    renamed = replace(known.hall, complaint_phone="12315")
    with engine.begin() as connection:
        halls.save_setup(connection, renamed)
    seen = look(known)
    assert seen.hall.complaint_phone == "12315"
    without = replace(seen.hall.offer, slots={})
    with engine.begin() as connection:
        offers.save_offer(connection, "main", without)
    assert look(seen).hall.offer.slots == {}
    assert seen.hall.offer.slots != {}


def test_a_reader_sees_one_moment_while_another_writes(database: str, engine: Engine, floor: Floor) -> None:
    other = open_engine(database)
    with reading(engine).begin() as connection:
        before = floors.versions(connection)
        carry_out(other, floor, issue(1))
        assert floors.versions(connection) == before
        seen = floors.load_floor(connection, "main", NOON)
    assert seen == floor
    other.dispose()


def test_a_transaction_for_reading_cannot_write_on_postgresql(engine: Engine, floor: Floor) -> None:
    if engine.dialect.name != "postgresql":
        return
    with pytest.raises(InternalError, match="read-only"), reading(engine).begin() as connection:
        connection.execute(delete(t.halls))
    # The next use of that connection writes again.
    assert carry_out(engine, floor, issue(1)).orders == 1


def test_the_second_writer_of_a_hall_waits_for_the_first(database: str, engine: Engine, floor: Floor) -> None:
    """Or gives up in the end: it never reads a head that is about to change."""
    with engine.begin() as connection:
        assert floors.lock(connection, "main") is not None
        with pytest.raises(OperationalError):
            _lock_at_once(database)
    assert _lock_at_once(database) == floor.version


def _lock_at_once(database: str) -> int:
    """The version under the lock, from a connection that does not wait for it."""
    other = open_engine(database)
    try:
        with other.connect() as connection:
            wait = "PRAGMA busy_timeout=1" if other.dialect.name == "sqlite" else "SET lock_timeout='1ms'"
            connection.connection.cursor().execute(wait)
            with connection.begin():
                head = floors.lock(connection, "main")
        assert head is not None
        return head.version
    finally:
        other.dispose()


# The journal --------------------------------------------------------------------------------------


def _some_lines(engine: Engine, floor: Floor) -> None:
    for n in range(5):
        floor = carry_out(engine, floor, issue(n), NOON + timedelta(microseconds=n))


def _change_payload(connection: Any) -> None:
    connection.execute(update(t.journal).where(t.journal.c.seq == 3).values(payload='{"number":"A999"}'))


def _change_time(connection: Any) -> None:
    later = NOON + timedelta(microseconds=3)
    connection.execute(update(t.journal).where(t.journal.c.seq == 3).values(at=later))


def _remove_line(connection: Any) -> None:
    connection.execute(delete(t.journal).where(t.journal.c.seq == 3))


def _cut_end(connection: Any) -> None:
    connection.execute(delete(t.journal).where(t.journal.c.seq == 5))


@pytest.mark.parametrize(
    ("harm", "at"), [(_change_payload, 3), (_change_time, 3), (_remove_line, 3), (_cut_end, 5)]
)
def test_a_harmed_journal_is_found_at_the_line_that_was_harmed(
    engine: Engine, floor: Floor, harm: Callable[[Any], None], at: int
) -> None:
    _some_lines(engine, floor)
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") is None
    with engine.begin() as connection:
        harm(connection)
    with reading(engine).begin() as connection:
        assert journal.check(connection, "main") == at


def test_the_chain_is_the_same_on_both_databases_and_for_ever(engine: Engine, floor: Floor) -> None:
    """A journal of years ago must still be found whole: these bytes may never change."""
    lines = [
        journal.Line(NOON + timedelta(days=n), "staff:clerk1", "ticket.note", f"t{n}", {"名": "立等", "n": n})
        for n in range(3)
    ]
    with engine.begin() as connection:
        head = journal.append(connection, "main", (0, halls.GENESIS), lines)
    assert head == (3, "a6dd4d22e2ed2748ef63de67f8de4a52927da0c9fbad4e406f10c56729fa3cef")


def test_the_history_of_a_ticket_is_its_own_last_lines_in_order(engine: Engine, floor: Floor) -> None:
    floor = carry_out(engine, floor, c.OpenCounter("1", "clerk1"))
    for n in (1, 2):
        floor = carry_out(engine, floor, issue(n))
    floor = carry_out(engine, floor, c.CallNext("1", "clerk1", "call1"))
    for n in range(3):
        floor = carry_out(engine, floor, c.Recall(f"{1:032x}", "clerk1", f"recall{n}"))
    with reading(engine).begin() as connection:
        kinds = [row.kind for row in journal.history(connection, "main", f"{1:032x}")]
        assert kinds == ["ticket.issued", "ticket.called", *["ticket.recalled"] * 3]
        assert len(journal.history(connection, "main", f"{1:032x}", limit=2)) == 2


# Answers, people ----------------------------------------------------------------------------------


def test_an_answer_is_kept_word_for_word_and_once_by_its_asker_and_key(engine: Engine) -> None:
    kept = answers.Stored("device:kiosk-1", "key-0001", "d" * 64, 201, '{"number":"A001","名":"立等"}')
    with engine.begin() as connection:
        answers.keep(connection, [kept, replace(kept, actor="device:kiosk-2", body="{}")], NOON)
    with reading(engine).begin() as connection:
        assert answers.find(connection, "device:kiosk-1", "key-0001") == kept
        assert answers.find(connection, "device:kiosk-1", "key-0002") is None
    with pytest.raises(IntegrityError), engine.begin() as connection:
        answers.keep(connection, [replace(kept, status=200)], NOON)


def test_answers_are_forgotten_after_their_time_and_not_before(engine: Engine) -> None:
    def kept(key: str) -> answers.Stored:
        return answers.Stored("device:kiosk-1", key, "d", 201, "{}")

    with engine.begin() as connection:
        answers.keep(connection, [kept("old")], NOON - answers.KEPT - timedelta(microseconds=1))
        answers.keep(connection, [kept("just")], NOON - answers.KEPT)
    with engine.begin() as connection:
        assert answers.forget_old(connection, NOON) == 1
        assert answers.find(connection, "device:kiosk-1", "old") is None
        assert answers.find(connection, "device:kiosk-1", "just") is not None


def test_staff_are_added_changed_and_found(engine: Engine, floor: Floor) -> None:
    member = people.StaffMember(
        "clerk1", "main", "名字", "007", Text(zh="受理" * 100, en="R" * 200), ("clerk", "manager"), "hash"
    )
    with engine.begin() as connection:
        people.save_staff(connection, member)
        people.save_staff(connection, replace(member, user="admin", roles=("admin",)))
    changed = replace(member, active=False, password="other")
    with engine.begin() as connection:
        people.save_staff(connection, changed)
    with reading(engine).begin() as connection:
        assert people.find_staff(connection, "clerk1") == changed
        assert people.find_staff(connection, "nobody") is None
        assert [one.user for one in people.list_staff(connection, "main")] == ["admin", "clerk1"]
        assert people.list_staff(connection, "other") == []


def test_one_may_sit_down_whatever_length_of_duty_the_manager_may_write(engine: Engine, floor: Floor) -> None:
    command = c.OpenCounter("1", "u" * 32, "名" * 32, "b" * 16, "职" * 200, "d" * 200)
    assert load(engine).posts == {}
    after = carry_out(engine, floor, command)
    assert load(engine).posts == after.posts
    assert after.posts["1"].duty_en == "d" * 200


def test_devices_are_added_once_seen_and_revoked(engine: Engine, floor: Floor) -> None:
    device = people.Device("kiosk-1", "main", "kiosk", "hash")
    with engine.begin() as connection:
        people.add_device(connection, device)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        people.add_device(connection, device)
    with engine.begin() as connection:
        people.device_seen(connection, "kiosk-1", NOON, '{"printer":"ready"}', "{}")
        people.set_device_active(connection, "kiosk-1", False)
    with reading(engine).begin() as connection:
        seen = replace(device, active=False, seen_at=NOON, status='{"printer":"ready"}')
        assert people.find_device(connection, "kiosk-1") == seen
        assert people.list_devices(connection, "main") == [seen]
        assert people.find_device(connection, "kiosk-2") is None


def test_sessions_end_by_sign_out_by_time_and_with_their_user(engine: Engine, floor: Floor) -> None:
    member = people.StaffMember("clerk1", "main", "名", "1", Text(zh="", en=""), ("clerk",), "hash")
    hour = timedelta(hours=1)

    def session(token: str, user: str = "clerk1", ends: datetime = NOON + hour) -> people.Session:
        return people.Session(token, user, "csrf", NOON, ends)

    with engine.begin() as connection:
        people.save_staff(connection, member)
        people.save_staff(connection, replace(member, user="clerk2"))
        for one in (session("a"), session("b", ends=NOON), session("c", "clerk2"), session("d")):
            people.add_session(connection, one)
    with engine.begin() as connection:
        assert people.find_session(connection, "a") == session("a")
        assert people.forget_ended(connection, NOON + timedelta(microseconds=1)) == 1
        people.end_session(connection, "a")
        people.end_sessions_of(connection, "clerk2")
    with reading(engine).begin() as connection:
        left = [token for token in "abcd" if people.find_session(connection, token)]
    assert left == ["d"]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        people.add_session(connection, session("e", "nobody"))


def test_a_ticket_of_no_hall_cannot_stand(engine: Engine, floor: Floor) -> None:
    decision = decide(floor, issue(1), NOON)
    assert isinstance(decision, list)
    issued = decision[0]
    assert isinstance(issued, e.TicketIssued)
    ticket: Ticket = issued.ticket
    stray = replace(floor, hall=replace(floor.hall, id="nowhere"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        floors._save_tickets(connection, stray, {ticket.id: ticket})
