"""A disk that is full, that only lets read, that dies; a database file that is damaged."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.store.engine import sqlite_url
from tests.conftest import need
from tests.waiting import until

from .accounts import settle
from .crowd import Crowd
from .disks import Mounted, small_disk
from .processes import HERE, Served, Starter, make_hall_by, served
from .screens import Screen


def ask(server: Served, method: str, path: str, token: str = "", body: object = None) -> tuple[int, Any]:
    """Status and JSON (or text) of one request, asked once."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=40, source_address=HERE)
    try:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        link.request(method, path, None if body is None else json.dumps(body), headers)
        answer = link.getresponse()
        text = answer.read().decode()
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) > 0
        return answer.status, json.loads(text) if "json" in answer.headers["Content-Type"] else text
    finally:
        link.close()


def still_shown(server: Served) -> None:
    """Screens and pages go on: a new board gets the hall as it stands."""
    status, hall = ask(server, "GET", "/api/v1/halls/main")
    assert (status, len(hall["services"])) == (200, 5)
    screen = Screen(server, ("board:main",))
    try:
        until("a board", lambda: bool(screen.view("board:main")))
    finally:
        screen.end()


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_disk_that_takes_nothing_more_costs_no_number_and_work_goes_on_by_itself_when_it_does(
    fault: str, tmp_path: Path, start: Starter
) -> None:
    with small_disk(tmp_path) as disk:
        data = disk.folder
        credentials = make_hall_by(start, data)
        with served(start, data, plain={"server.services.machine.LOW": 1 << 20}) as server:
            begin, end = (disk.fill, disk.empty) if fault == "full" else (disk.freeze, disk.thaw)
            crowd = Crowd(credentials, [server])
            crowd.start()
            until("a busy hall", lambda: crowd.done() >= 20, 60)
            begin(server.pid)
            codes = disk.full if fault == "full" else {"disk_read_only"}
            until("commands being refused", lambda: crowd.book.put_off.keys() & codes, 60)
            still_shown(server)
            if isinstance(disk, Mounted) and fault == "full":
                _, told = ask(server, "GET", "/metrics")
                assert "liqu_disk_low 1.0" in told
            end(server.pid)
            known = crowd.done()
            until("the hall going on by itself", lambda: crowd.done() > known + 20, 60)
            book = crowd.stop()
            assert book.put_off.keys() <= codes, book.put_off
        settle(sqlite_url(data), book, datetime.now(UTC))


def test_a_disk_that_dies_is_said_and_after_its_repair_every_acknowledged_command_is_there(
    tmp_path: Path, start: Starter
) -> None:
    with small_disk(tmp_path) as disk:
        need(isinstance(disk, Mounted), "no filesystem can be mounted here")
        assert isinstance(disk, Mounted)
        data = disk.folder
        # By the program itself, which must leave no file of it to chance.
        credentials = make_hall_by(start, data, fresh=True)
        with served(start, data) as server:
            crowd = Crowd(credentials, [server])
            crowd.start()
            until("a busy hall", lambda: crowd.done() >= 30, 60)
            # In the very moment in which it dies ext4 now and then says yes to a sync of which nothing comes
            # to the disk (2 of 60 times, with no program of ours): no promise can hold for that moment.
            crowd.hold()
            disk.break_down()
            crowd.go_on()
            until("commands being refused", lambda: crowd.book.put_off["disk_read_only"], 60)
            still_shown(server)
            server.kill()
            # A start on it says what is wrong, and changes nothing.
            code, said = start.run("run", "--data", str(data), "--port", "21298", log=tmp_path / "said.log")
            assert code == 2, said
            assert "Read-only file system" in said
            disk.mend()
            server.start()
            known = crowd.done()
            until("the hall going on", lambda: crowd.done() > known + 20, 60)
            book = crowd.stop()
        settle(sqlite_url(data), book, datetime.now(UTC))


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, start: Starter) -> Path:
    """A hall with a day's work, killed without warning; and a backup, of which the health page knows."""
    folder = tmp_path_factory.mktemp("worked")
    data = folder / "hall"
    credentials = make_hall_by(start, data)
    with served(start, data) as server:
        crowd = Crowd(credentials, [server])
        crowd.start()
        until("a busy hall", lambda: crowd.done() >= 60, 60)
        crowd.stop()
        code, said = start.run("backup", "--data", str(data), "--to", str(folder), log=folder / "said.log")
        assert code == 0, said
    return data


def cut_off(file: Path) -> None:
    with file.open("r+b") as content:
        content.truncate(file.stat().st_size // 3)


def written_over(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as content:
        for page in range(8, size // 4096, 3):
            content.seek(page * 4096)
            content.write(b"\xa5" * 4096)


def begun_anew(file: Path) -> None:
    with file.open("r+b") as content:
        content.write(b"not a database at all" * 10)


@pytest.mark.parametrize("harm", [cut_off, written_over, begun_anew])
def test_a_damaged_file_is_found_at_the_start_and_the_sentence_brings_the_hall_back(
    harm: Callable[[Path], None], worked: Path, tmp_path: Path, start: Starter
) -> None:
    data, log = tmp_path / "hall", tmp_path / "said.log"
    shutil.copytree(worked, data)
    for end in ("-wal", "-shm"):
        (data / f"liqu.db{end}").unlink(missing_ok=True)
    harm(data / "liqu.db")
    code, said = start.run("run", "--data", str(data), "--port", "21297", log=log)
    assert code == 2, said
    assert "is damaged" in said
    how = re.search(
        r"Restore the backup of \d{4}-\d\d-\d\d \d\d:\d\d UTC: liqu-server (restore .*)$", said, re.M
    )
    assert how is not None, said
    code, said = start.run(*how[1].split(), log=log)
    assert code == 0, said
    with served(start, data) as server:
        status, hall = ask(server, "GET", "/api/v1/halls/main")
        assert (status, len(hall["services"])) == (200, 5)


def test_damage_behind_a_clean_stop_is_found_while_the_hall_works(
    worked: Path, tmp_path: Path, start: Starter
) -> None:
    data = tmp_path / "hall"
    shutil.copytree(worked, data)
    with served(start, data) as server:
        assert server.stop() == 0
    # A page of old answers: nothing that a start reads.
    with closing(sqlite3.connect(data / "liqu.db")) as connection:
        page = connection.execute(
            "SELECT max(pageno) FROM dbstat WHERE name = 'answers' AND pagetype = 'leaf'"
        ).fetchone()[0]
    with (data / "liqu.db").open("r+b") as content:
        content.seek((page - 1) * 4096)
        content.write(b"\xa5" * 4096)
    with served(start, data, plain={"server.services.machine.LOOK_THROUGH": 0.0}) as server:
        until("the damage in the log", lambda: "is damaged" in server.log)
        assert "liqu_database_damaged 1.0" in ask(server, "GET", "/metrics")[1]
        still_shown(server)
