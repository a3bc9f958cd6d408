"""A backup taken while the hall works, brought back: every command acknowledged before it is there."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, text

from server.store import tables as t
from server.store.engine import open_engine, reading, sqlite_url
from tests.postgres import cluster
from tests.waiting import until

from .accounts import effects, settle
from .crowd import Crowd
from .processes import Starter, make_hall_by, served


@contextmanager
def database_of(kind: str, *, empty: bool = False) -> Iterator[str]:
    """What ``--database`` says; empty for SQLite, which lies in the data folder."""
    if kind == "sqlite":
        yield ""
        return
    with cluster().database(empty=empty) as url:
        yield url


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    said: str


def run(start: Starter, *arguments: str) -> Ran:
    """``liqu-server`` to its end."""
    folder = Path(arguments[arguments.index("--data") + 1])
    return Ran(*start.run(*arguments, log=folder.parent / "said.log"))


def ours(database: str) -> list[str]:
    return ["--database", database] if database else []


def lines(url: str) -> list[Row[Any]]:
    """The journal, line by line."""
    engine = open_engine(url)
    try:
        with reading(engine).begin() as connection:
            return list(connection.execute(select(t.journal).order_by(t.journal.c.hall, t.journal.c.seq)))
    finally:
        engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_restore_of_a_backup_taken_under_load_equals_the_journal_to_the_last_acknowledged_command(
    kind: str, tmp_path: Path, start: Starter
) -> None:
    data, other, folder = tmp_path / "hall", tmp_path / "other", tmp_path / "backups"
    folder.mkdir()
    with (
        database_of(kind) as database,
        database_of(kind, empty=True) as second,
        database_of(kind, empty=True) as third,
    ):
        credentials = make_hall_by(start, data, database)
        with served(start, data, database=database) as server:
            crowd = Crowd(credentials, [server])
            crowd.start()
            until("a busy hall", lambda: crowd.done() >= 80, 60)
            before = list(crowd.book.answers)
            taken = run(
                start, "backup", "--data", str(data), "--to", str(tmp_path / "storm.tar.gz"), *ours(database)
            )
            assert taken.code == 0, taken.said
            assert "it is good" in taken.said
            known = crowd.done()
            until("the hall going on", lambda: crowd.done() > known + 20, 60)
            book = crowd.stop()
            # The stricter reading: nothing is asked any more, and everything acknowledged must be there.
            at_rest = run(start, "backup", "--data", str(data), "--to", str(folder), *ours(database))
            assert at_rest.code == 0, at_rest.said
        whole = lines(database or sqlite_url(data))

        first = brought_back(start, tmp_path / "storm.tar.gz", other, second)
        assert first == whole[: len(first)], "lines of another journal"
        there = {(row.kind, row.subject, row.actor) for row in first}
        for answer in before:
            if answer.status < 300:
                assert effects(answer).keys() <= there, answer

        last = brought_back(start, next(folder.iterdir()), tmp_path / "third", third)
        assert last == whole
        settle(third or sqlite_url(tmp_path / "third"), book, datetime.now(UTC))


def brought_back(start: Starter, file: Path, data: Path, database: str) -> list[Row[Any]]:
    """The journal of ``file`` after a restore into an empty folder, and an empty database, on which a server
    then runs."""
    done = run(start, "restore", "--data", str(data), "--from", str(file), *ours(database))
    assert done.code == 0, done.said
    found = lines(database or sqlite_url(data))
    assert f"main: {len([row for row in found if row.kind == 'ticket.issued'])} tickets" in done.said
    assert f"whole up to line {len(found)} of {found[-1].at.isoformat()}" in done.said
    checked = run(start, "check", "--data", str(data), *ours(database))
    assert checked.code == 0, checked.said
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, start: Starter) -> Path:
    """A folder with a hall that has worked, ``hall``, and its backup, ``backup.tar.gz``."""
    folder = tmp_path_factory.mktemp("made")
    credentials = make_hall_by(start, folder / "hall")
    with served(start, folder / "hall") as server:
        crowd = Crowd(credentials, [server])
        crowd.start()
        until("a busy hall", lambda: crowd.done() >= 40, 60)
        crowd.stop()
    taken = run(start, "backup", "--data", str(folder / "hall"), "--to", str(folder / "backup.tar.gz"))
    assert taken.code == 0, taken.said
    return folder


def restored(start: Starter, data: Path, file: Path, *more: str) -> tuple[int, str]:
    done = run(start, "restore", "--data", str(data), "--from", str(file), *more)
    return done.code, done.said


def test_a_backup_is_one_file_for_its_owner_alone_and_holds_keys_and_settings(made: Path) -> None:
    file = made / "backup.tar.gz"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        names = tar.getnames()
        told = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert names == [
        "manifest.json",
        "database.sqlite",
        "settings/certificates.toml",
        "settings/demo-certificate-key.pem",
        "settings/seal-key.pem",
    ]
    facts = told["facts"]
    journal = lines(sqlite_url(made / "hall"))
    assert (facts["halls"]["main"]["seq"], facts["halls"]["main"]["hash"]) == (len(journal), journal[-1].hash)
    assert facts["halls"]["main"]["tables"]["journal"] == facts["tables"]["journal"] == len(journal)
    word = json.loads((made / "hall" / "last-backup.json").read_text())
    assert (word["ok"], word["file"]) == (True, str(file))
    assert not [path for path in made.iterdir() if path.name.startswith(".")], "nothing is left of the work"


def test_a_restore_overwrites_nothing_and_with_replace_moves_it_aside(
    made: Path, tmp_path: Path, start: Starter
) -> None:
    data = tmp_path / "hall"
    shutil.copytree(made / "hall", data)
    (data / "channels.toml").write_text("# as it is\n")
    was = lines(sqlite_url(data))
    code, said = restored(start, data, made / "backup.tar.gz")
    assert (code, "a hall (main) already" in said) == (2, True), said
    assert not list(data.glob("before-restore-*"))
    code, said = restored(start, data, made / "backup.tar.gz", "--replace")
    assert code == 0, said
    (kept,) = data.glob("before-restore-*")
    assert str(kept) in said
    assert {path.name for path in kept.iterdir()} >= {"liqu.db", "seal-key.pem"}
    assert lines(f"sqlite+pysqlite:///{kept / 'liqu.db'}") == lines(sqlite_url(data)) == was
    assert (data / "channels.toml").exists(), "what is in no backup stays"


def spoilt(made: Path, to: Path, how: str) -> Path:
    whole = (made / "backup.tar.gz").read_bytes()
    unpacked = gzip.decompress(whole)
    middle = len(unpacked) // 2
    content = {
        "empty": b"",
        "foreign": b"PK\x03\x04 what somebody else made",
        "a picture": gzip.compress(b"\x89PNG" * 1000),
        "cut in the middle": whole[: len(whole) // 2],
        "cut after the manifest": gzip.compress(unpacked[:4096]),
        "one byte of the database": gzip.compress(
            unpacked[:middle] + bytes([unpacked[middle] ^ 1]) + unpacked[middle + 1 :]
        ),
    }[how]
    file = to / "spoilt.tar.gz"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "how",
    [
        "empty",
        "foreign",
        "a picture",
        "cut in the middle",
        "cut after the manifest",
        "one byte of the database",
    ],
)
def test_what_is_no_whole_backup_is_refused_in_a_sentence_and_nothing_is_touched(
    made: Path, tmp_path: Path, how: str, start: Starter
) -> None:
    data = tmp_path / "hall"
    shutil.copytree(made / "hall", data)
    before = {path: path.read_bytes() for path in data.iterdir() if path.name != "server.lock"}
    code, said = restored(start, data, spoilt(made, tmp_path, how), "--replace")
    assert code == 2
    assert said.startswith("liqu-server: nothing was restored, and nothing changed: ")
    assert "Traceback" not in said
    assert {path: path.read_bytes() for path in data.iterdir() if path.name != "server.lock"} == before


def test_a_tar_with_a_way_out_of_its_folder_is_refused(made: Path, tmp_path: Path, start: Starter) -> None:
    with tarfile.open(made / "backup.tar.gz") as whole:
        told = json.loads(whole.extractfile("manifest.json").read())  # type: ignore[union-attr]
        content = whole.extractfile("database.sqlite").read()  # type: ignore[union-attr]
    told["members"] = {"database.sqlite": told["members"]["database.sqlite"], "settings/../../out": "0" * 64}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    (tmp_path / "database.sqlite").write_bytes(content)
    (tmp_path / "out-of-it").write_text("x")
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
        tar.add(tmp_path / "database.sqlite", "database.sqlite")
        tar.add(tmp_path / "out-of-it", "settings/../../out")
    code, said = restored(start, tmp_path / "fresh", tmp_path / "bad.tar.gz")
    assert (code, "not a backup's" in said) == (2, True), said
    assert not (tmp_path / "out").exists()


def test_a_running_server_is_not_restored_under_its_feet(made: Path, tmp_path: Path, start: Starter) -> None:
    data = tmp_path / "hall"
    shutil.copytree(made / "hall", data)
    with served(start, data):
        code, said = restored(start, data, made / "backup.tar.gz", "--replace")
        assert (code, "stop it first" in said) == (2, True), said
        # Nor does a second server begin beside it.
        quick = {"server.store.holding.PATIENCE": 0.1}
        command = ["run", "--data", str(data), "--port", "21299"]
        second = Ran(*start.run(*command, log=tmp_path / "second.log", **quick))
        assert (second.code, "stop it first" in second.said) == (2, True)


@pytest.mark.postgres
def test_on_postgresql_too_what_is_there_is_moved_aside(made: Path, tmp_path: Path, start: Starter) -> None:
    with cluster().database(empty=True) as database:
        data = tmp_path / "hall"
        make_hall_by(start, data, database)
        file = tmp_path / "backup.tar.gz"
        assert run(start, "backup", "--data", str(data), "--to", str(file), "--database", database).code == 0
        engine = open_engine(database)
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE halls SET version = 77")
        with engine.connect() as somebody:
            somebody.exec_driver_sql("SELECT 1")
            code, said = restored(start, data, file, "--replace", "--database", database)
            assert (code, "somebody is connected" in said) == (2, True), said
        engine.dispose()
        code, said = restored(start, data, file, "--database", database)
        assert (code, "a hall (main) already" in said) == (2, True), said
        code, said = restored(start, data, file, "--replace", "--database", database)
        assert code == 0, said
        kept = said.partition("what was there is kept: schema ")[2].split()[0]
        engine = open_engine(database)
        with engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT version FROM halls").scalar() == 1
            assert connection.scalar(text(f"SELECT version FROM {kept}.halls")) == 77  # noqa: S608
        engine.dispose()
        code, said = restored(start, data, made / "backup.tar.gz", "--replace", "--database", database)
        assert (code, "is of a sqlite database" in said) == (2, True), said


def test_old_backups_are_removed_and_the_newest_are_kept(made: Path, tmp_path: Path, start: Starter) -> None:
    for day in range(1, 6):
        (tmp_path / f"liqu-2026110{day}-030000.tar.gz").write_bytes(b"x")
    (tmp_path / "mine.tar.gz").write_bytes(b"x")
    taken = run(start, "backup", "--data", str(made / "hall"), "--to", str(tmp_path), "--keep", "3")
    assert taken.code == 0, taken.said
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[:2] == ["liqu-20261104-030000.tar.gz", "liqu-20261105-030000.tar.gz"]
    assert (len(names), "mine.tar.gz" in names) == (4, True)


def test_a_backup_that_fails_says_so_and_the_last_good_one_is_still_told(
    made: Path, tmp_path: Path, start: Starter
) -> None:
    data = tmp_path / "hall"
    shutil.copytree(made / "hall", data)
    good = json.loads((data / "last-backup.json").read_text())["file"]
    with (data / "liqu.db").open("r+b") as file:
        file.seek(os.path.getsize(data / "liqu.db") // 2)
        file.write(b"\xff" * 8192)
    failed = run(start, "backup", "--data", str(data), "--to", str(tmp_path / "backup.tar.gz"))
    assert failed.code == 2
    assert "Traceback" not in failed.said
    assert not (tmp_path / "backup.tar.gz").exists()
    word = json.loads((data / "last-backup.json").read_text())
    assert (word["ok"], word["before"]["file"]) == (False, good)
