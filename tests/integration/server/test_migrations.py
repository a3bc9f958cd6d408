"""A database of any released schema: brought up to date, all of it is there and the hall works on.

The databases were made by the programs of their time: tests/golden/released.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, MetaData, Row, create_engine, select, text

from server.store import journal
from server.store import tables as t
from server.store.engine import NewerDatabase, migrate, open_engine, reading, revision, sqlite_url
from tests.integration.storm.processes import program
from tests.postgres import cluster
from tests.servers import Clock, served

RELEASED = Path(__file__).parents[2] / "golden" / "released"
REVISIONS = sorted(path.stem for path in RELEASED.glob("*.json"))
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
Lines = list[Row[Any]]


@dataclass(frozen=True, slots=True)
class Old:
    """A database of an old schema. ``rows``: how many there are, by table."""

    url: str
    folder: Path
    told: dict[str, Any]
    lines: Lines
    rows: dict[str, int]
    last_a: int
    """The last number given with the letter A."""


@contextmanager
def old(kind: str, rev: str, folder: Path) -> Iterator[Old]:
    told = json.loads((RELEASED / f"{rev}.json").read_text())
    script = gzip.decompress((RELEASED / f"{rev}.sql.gz").read_bytes()).decode()
    with closing(sqlite3.connect(folder / "liqu.db")) as connection:
        connection.executescript(script)
        names = [one for (one,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in names
            if name != "alembic_version"
        }
        last = connection.execute("SELECT last FROM numbers WHERE prefix = 'A'").fetchone()[0]
    url = sqlite_url(folder)
    lines = lines_in(url)
    assert len(lines) >= 17
    if kind == "sqlite":
        yield Old(url, folder, told, lines, rows, last)
        return
    with cluster().database(empty=True) as database:
        migrate(database, to=rev)
        carried_over(folder / "liqu.db", database)
        (folder / "liqu.db").unlink()
        yield Old(database, folder, told, lines, rows, last)


def carried_over(file: Path, database: str) -> None:
    """The rows of the SQLite ``file`` in the PostgreSQL ``database`` of the same schema."""
    engine = create_engine(database)
    try:
        with closing(sqlite3.connect(file)) as source, engine.begin() as target:
            source.row_factory = sqlite3.Row
            target.execute(text("SET LOCAL session_replication_role = replica"))
            metadata = MetaData()
            metadata.reflect(target)
            for table in metadata.tables.values():
                if table.name == "alembic_version":
                    continue
                target.execute(table.delete())
                found = source.execute(f'SELECT * FROM "{table.name}"').fetchall()  # noqa: S608
                if found:
                    target.execute(
                        table.insert(),
                        [{name: fit(table, name, row[name]) for name in row.keys()} for row in found],
                    )
    finally:
        engine.dispose()


def fit(table: Any, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, Boolean):
        return bool(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def lines_in(url: str) -> Lines:
    engine = open_engine(url)
    try:
        with reading(engine).begin() as connection:
            return list(connection.execute(select(t.journal).order_by(t.journal.c.hall, t.journal.c.seq)))
    finally:
        engine.dispose()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rev", REVISIONS)
def test_a_hall_of_any_released_schema_works_on_after_its_migration(
    rev: str, kind: str, tmp_path: Path
) -> None:
    with old(kind, rev, tmp_path) as hall:
        assert revision(hall.url) == rev
        migrate(hall.url, hall.folder)
        assert revision(hall.url) != rev
        kept = hall.folder / f"before-migration-{rev}.db"
        assert kept.exists() == (kind == "sqlite")
        if kept.exists():
            assert revision(f"sqlite+pysqlite:///{kept}") == rev
        assert lines_in(hall.url)[: len(hall.lines)] == hall.lines
        engine = open_engine(hall.url)
        with reading(engine).begin() as connection:
            assert journal.check(connection, "main") is None
            for name, many in hall.rows.items():
                count = connection.scalar(text(f'SELECT count(*) FROM "{name}"'))  # noqa: S608
                assert (count or 0) >= many, name
        engine.dispose()
        works_on(hall)


def works_on(hall: Old) -> None:
    credentials: Any = {"users": {}, "devices": {"kiosk-1": hall.told["kiosk"]}}
    with served(hall.url, credentials, Clock(hall.lines[-1].at + timedelta(minutes=1))) as server:
        states = []
        for number, code in hall.told["tickets"].items():
            seen = server.request("GET", f"/api/v1/tickets/{code}").json()
            assert seen["number"] == number
            states.append(seen["state"])
        assert sorted(states) == sorted(["done", "missed", "parked", "called", *["waiting"] * 3])
        with server.live("board:main") as link:
            board = json.loads(link.recv())["view"]
        assert [one["state"] for one in board["counters"]] == ["called", "closed", "closed", "closed"]
        assert server.take_number()["number"] == f"A{hall.last_a + 1:03d}"
        for page in ("/board/main", "/about/main", "/book/main", f"/t/{hall.told['tickets']['A001']}"):
            assert server.request("GET", page).status_code == 200, page
        assert server.request("GET", "/api/v1/halls/main/catalogue").status_code == 200
        if "voucher" in hall.told:
            found = server.ask("POST", "/appointments/find", {"code": hall.told["voucher"], "tail": "5678"})
            assert (found["state"], found["day"]) == ("booked", "2026-11-23")
            walked_in = server.request("GET", f"/api/v1/tickets/{hall.told['walked_in']}").json()
            assert walked_in["state"] == "waiting"
        with reading(server.app.state.core.halls.engine).begin() as connection:
            assert journal.check(connection, "main") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(kind: str, tmp_path: Path) -> None:
    with old(kind, REVISIONS[-1], tmp_path) as hall:
        engine = open_engine(hall.url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        with pytest.raises(NewerDatabase, match="newer version of Liqu"):
            migrate(hall.url, hall.folder)
        assert revision(hall.url) == "9999"
        assert lines_in(hall.url) == hall.lines
        if kind == "sqlite":
            done = program("run", "--data", str(hall.folder), "--port", "21296")
            assert (done.returncode, "newer version of Liqu" in done.stderr) == (2, True), done.stderr
            assert "Traceback" not in done.stderr
