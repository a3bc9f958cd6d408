"""Every service is recorded: the watch over all tests here sees a change without a line, and only that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from server.store import journal
from server.store import tables as t
from server.store.engine import open_engine
from tests.recorded import WITHOUT_A_LINE, Watch, watched
from tests.servers import NOON, furnished_copy


@pytest.fixture(autouse=True)
def recorded() -> None:
    """The watch over all tests here is off: these break its rule, to see that it is seen."""


LINE = journal.Line(NOON, "staff:clerk1", "test", "test", {})


def done(folder: Path, change: Callable[[Connection], None]) -> Watch:
    """``change`` in a transaction of one of the server's threads, as the watch saw it."""
    engine = open_engine(furnished_copy(folder)[0])

    def work() -> None:
        with engine.begin() as connection:
            change(connection)

    with watched() as watch:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    engine.dispose()
    return watch


def rename(connection: Connection) -> None:
    connection.execute(update(t.staff).where(t.staff.c.user == "clerk1").values(name="甲"))


def test_a_change_without_a_line_is_seen(tmp_path: Path) -> None:
    [found] = done(tmp_path, rename).found
    assert found.startswith("UPDATE staff SET name=?")


def test_with_its_line_it_is_as_it_should_be(tmp_path: Path) -> None:
    def change(connection: Connection) -> None:
        rename(connection)
        journal.append(connection, "main", (0, "0" * 64), [LINE])

    watch = done(tmp_path, change)
    assert (watch.found, watch.lines) == ([], 1)


def test_what_was_taken_back_is_no_change(tmp_path: Path) -> None:
    def change(connection: Connection) -> None:
        savepoint = connection.begin_nested()
        rename(connection)
        savepoint.rollback()

    assert done(tmp_path, change).found == []


def test_looking_and_what_changes_nothing_need_no_line(tmp_path: Path) -> None:
    def change(connection: Connection) -> None:
        connection.execute(select(t.staff)).all()
        connection.execute(update(t.staff).where(t.staff.c.user == "nobody").values(name="甲"))
        connection.execute(
            insert(t.sessions).values(
                token="t", user="clerk1", csrf="c", made_at=NOON, ends_at=NOON, name="n", client=""
            )
        )

    assert done(tmp_path, change).found == []


def test_each_exception_has_its_reason() -> None:
    assert set(WITHOUT_A_LINE) <= set(t.metadata.tables)
    assert all(len(why) > 20 for why in WITHOUT_A_LINE.values())
