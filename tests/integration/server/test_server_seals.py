"""The daily seals of the journal: made once a day, and what each kind of tampering is found by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from server.domain.seals import FIRST, Signed, as_file
from server.main import main
from server.seals.files import SealFolder, read_copies
from server.seals.key import SealKey
from server.store import halls, journal, seals
from server.store import tables as t
from server.store.engine import open_engine, sqlite_url
from tests.postgres import cluster
from tests.servers import Clock, ServerThread, furnish, furnished_copy, served
from tests.waiting import until

from . import cases

DAYS = 4


def sealed(hall: ServerThread, of: str = "main") -> list[Signed]:
    found: list[Signed] = hall.app.state.core.halls.read(lambda at: seals.listed(at, of))
    return found


def days_pass(hall: ServerThread, days: int) -> None:
    """On each of them somebody takes a number, and nobody knows of seals."""
    for _ in range(days):
        hall.clock.advance(days=1)
        before = len(sealed(hall))
        hall.take_number()
        until("the seal of the day before", lambda before=before: len(sealed(hall)) > before)


class Machine:
    """A machine whose hall has worked for some days, and what its manager carried away each evening."""

    def __init__(self, folder: Path, key: SealKey, copies: Path) -> None:
        self.folder, self.key, self.copies = folder, key, copies
        self.engine = open_engine(sqlite_url(folder))

    def check(self, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
        asked = ["check", "--data", str(self.folder), "--key", self.key.public, *more]
        code = main(asked)
        return code, capsys.readouterr().out

    def outside(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        return self.check(capsys, "--seals", str(self.copies))

    def rewrite(self, seq: int) -> None:
        """Change line ``seq`` and make every hash after it anew, the hall's head too."""
        with self.engine.begin() as connection:
            connection.execute(
                update(t.journal)
                .where(t.journal.c.hall == "main", t.journal.c.seq == seq)
                .values(actor="staff:x")
            )
            last = FIRST
            rows = connection.execute(
                select(t.journal).where(t.journal.c.hall == "main").order_by(t.journal.c.seq)
            ).all()
            for row in rows:
                line = (row.actor, row.kind, row.subject, row.payload)
                last = journal.chained(last, "main", row.seq, row.at, line)
                one = (t.journal.c.hall == "main") & (t.journal.c.seq == row.seq)
                connection.execute(update(t.journal).where(one).values(hash=last))
            connection.execute(update(t.halls).where(t.halls.c.id == "main").values(journal_hash=last))

    def sign_anew(self) -> None:
        """Whoever took the disk has the key too: all seals are made again, and what is said of them."""
        with self.engine.begin() as connection:
            before = FIRST
            for one in seals.listed(connection, "main"):
                now = seals.line_hash(connection, "main", one.seal.seq)
                seal = replace(one.seal, hash=now, before=before)
                before = seal.digest
                where = (t.seals.c.hall == "main") & (t.seals.c.day == seal.day)
                made = {"hash": now, "before": seal.before, "signature": self.key.sign(seal.content)}
                connection.execute(update(t.seals).where(where).values(made))
                told = {"seq": seal.seq, "seal": seal.digest}
                said = (t.journal.c.kind == "day.sealed") & (t.journal.c.subject == seal.day.isoformat())
                of_hall = t.journal.c.hall == "main"
                connection.execute(update(t.journal).where(said, of_hall).values(payload=halls.pack(told)))


def harmed(machine: Machine, harm: Any) -> None:
    with machine.engine.begin() as connection:
        connection.execute(harm)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SealKey]:
    """A folder with the database of a hall that has worked for four days, and its key."""
    folder = tmp_path_factory.mktemp("worked")
    with served(*furnished_copy(folder), Clock()) as hall:
        hall.take_number()
        days_pass(hall, DAYS)
        key: SealKey = hall.app.state.core.seal
    return folder, key


@pytest.fixture
def machine(worked: tuple[Path, SealKey], tmp_path: Path) -> Iterator[Machine]:
    made, key = worked
    source = open_engine(sqlite_url(made))
    copies = tmp_path / "carried away"
    keep = SealFolder(copies)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "liqu.db").write_bytes((made / "liqu.db").read_bytes())
    with source.begin() as connection:
        for one in seals.listed(connection, "main"):
            keep("main", one.seal.day, as_file(one, key.public))
    source.dispose()
    made_of = Machine(tmp_path / "data", key, copies)
    yield made_of
    made_of.engine.dispose()


def test_each_day_is_sealed_once_whoever_looks(either: ServerThread) -> None:
    hall = either
    hall.take_number()
    days_pass(hall, 1)
    for _ in range(3):
        hall.run(hall.app.state.core.sealer.look())
    hall.clock.advance(days=3)
    hall.take_number()
    until("the seals of a long weekend", lambda: len(sealed(hall)) == 4)
    first = date(2026, 11, 20)
    assert [one.seal.day for one in sealed(hall)] == [first + timedelta(days=n) for n in range(4)]
    lines = [one.seal.seq for one in sealed(hall)]
    assert lines[1] < lines[2] or lines[2] == lines[3]
    view = hall.ask("GET", "/halls/main/seals", token=hall.sign_in("manager"))
    assert [one["day"] for one in view["seals"]] == ["2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20"]
    assert (view["seals"][0]["lines"], view["seals"][-1]["lines"]) == (0, None)


@pytest.mark.postgres
def test_of_several_processes_one_seals_and_all_keep_the_file(tmp_path: Path) -> None:
    with cluster().database() as url:
        credentials = furnish(url)
        clock = Clock()
        with served(url, credentials, clock) as one, served(url, credentials, clock) as other:
            folders = [tmp_path / "one", tmp_path / "other"]
            for hall, folder in zip((one, other), folders, strict=True):
                hall.app.state.core.sealer._keep = SealFolder(folder)
            for _ in range(3):
                clock.advance(days=1)
                for hall in (one, other):
                    hall.take_number()
            until("the seals", lambda: sealed(one)[-1:] and sealed(one)[-1].seal.day == date(2026, 11, 22))
            for hall in (one, other):
                hall.run(hall.app.state.core.sealer.look())
            days = [signed.seal.day for signed in sealed(one)]
            assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
            line = t.journal.c
            told = (
                select(line.subject).where(line.hall == "main", line.kind == "day.sealed").order_by(line.seq)
            )
            assert [one_day.subject for one_day in cases.rows(one, told)] == [str(day) for day in days]
            for folder in folders:
                until("its files", lambda folder=folder: (folder / "main" / f"{days[-1]}.json").exists())


def test_a_file_that_could_not_be_kept_is_kept_in_a_later_round(hall: ServerThread, tmp_path: Path) -> None:
    sealer = hall.app.state.core.sealer
    place = tmp_path / "seals"
    place.write_text("in the way")
    sealer._keep = SealFolder(place)
    hall.clock.advance(days=1)
    hall.take_number()
    until("the seal", lambda: len(sealed(hall)) == 1)
    place.unlink()
    hall.run(sealer.look())
    [(_, kept)] = [one for one in read_copies(place) if one[1] and one[1].seal.hall == "main"]
    assert kept == sealed(hall)[0]


def test_what_nobody_touched_is_good(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = machine.outside(capsys)
    assert code == 0, said
    assert "main: the journal is whole\n" in said
    assert "2026-11-20 … 2026-11-23 (4)" in said
    assert "BROKEN" not in said


def test_the_files_that_a_manager_downloads_are_copies_too(
    hall: ServerThread, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall.take_number()
    days_pass(hall, 2)
    token = hall.sign_in("manager")
    whole, one = tmp_path / "all.json", tmp_path / "one.json"
    whole.write_bytes(hall.request("GET", "/api/v1/halls/main/seals.json", token=token).content)
    one.write_bytes(hall.request("GET", "/api/v1/halls/main/seals/2026-11-20", token=token).content)
    asked = ["check", "--data", str(tmp_path), "--key", hall.app.state.core.seal.public]
    assert main([*asked, "--seals", str(whole), "--seals", str(one)]) == 0
    assert "  3       good" in capsys.readouterr().out
    assert [seal for _, seal in read_copies(whole)] == sealed(hall)


HARMS: dict[str, tuple[Callable[[Machine], None], str]] = {
    "a line is changed": (
        lambda m: harmed(m, update(t.journal).where(t.journal.c.seq == 2).values(actor="staff:x")),
        "the journal is broken at line 2",
    ),
    "all hashes are made anew": (
        lambda m: m.rewrite(2),
        "is not the one with which 2026-11-20 was sealed",
    ),
    "a seal is taken away": (
        lambda m: harmed(m, delete(t.seals).where(t.seals.c.day == date(2026, 11, 21))),
        "the seal of 2026-11-21 is missing",
    ),
    "the last seal is taken away": (
        lambda m: harmed(m, delete(t.seals).where(t.seals.c.day == date(2026, 11, 23))),
        "the seal of 2026-11-23 was taken away",
    ),
    "a seal is changed": (
        lambda m: harmed(m, update(t.seals).where(t.seals.c.hall == "main").values(hash="0" * 64)),
        "the signature of the seal of 2026-11-20 is not right",
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_tampering_is_found_by_what_lies_on_the_machine(
    machine: Machine, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    do, sentence = HARMS[harm]
    do(machine)
    code, said = machine.check(capsys)
    assert code == 1
    assert sentence in said


def test_who_has_the_disk_and_its_key_is_found_by_the_copies_alone(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Journal rewritten, every hash made anew, every seal signed again with the stolen key."""
    machine.rewrite(2)
    for _ in range(DAYS + 1):
        # What the journal says of each seal changes the lines after it: anew until it all fits.
        machine.sign_anew()
        machine.rewrite(2)
    alone, said = machine.check(capsys)
    assert alone == 0, said
    code, said = machine.outside(capsys)
    assert code == 1
    assert "2026-11-20.json, kept outside, says that 2026-11-20 ended with line" in said
    assert "the journal was rewritten at or before that line" in said
    assert "BROKEN from 2026-11-20" in said


def test_an_older_state_brought_back_is_found_by_the_copies(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if a backup of yesterday had been put in place of today."""
    with machine.engine.begin() as connection:
        last = seals.listed(connection, "main")[-1].seal
        of_hall = t.journal.c.hall == "main"
        before = (last.day - timedelta(days=1)).isoformat()
        # On its last day, just after the day before was sealed.
        of_before = (t.journal.c.kind == "day.sealed") & (t.journal.c.subject == before)
        head = connection.scalar(select(t.journal.c.seq).where(of_hall, of_before))
        assert head is not None
        connection.execute(delete(t.journal).where(of_hall, t.journal.c.seq > head))
        connection.execute(delete(t.seals).where(t.seals.c.hall == "main", t.seals.c.day >= last.day))
        kept = {
            "journal_seq": head,
            "journal_hash": seals.line_hash(connection, "main", head),
            "day": last.day,
        }
        connection.execute(update(t.halls).where(t.halls.c.id == "main").values(kept))
    alone, said = machine.check(capsys)
    assert alone == 0, said
    code, said = machine.outside(capsys)
    assert code == 1
    assert "here it is gone" in said


def test_another_key_than_the_one_noted_is_told(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    from server.seals.key import passing_key

    code = main(["check", "--data", str(machine.folder), "--key", passing_key().public])
    assert code == 1
    assert "was made with another key" in capsys.readouterr().out
    assert main(["check", "--data", str(machine.folder), "--key", "nonsense"]) == 2


def test_a_file_that_is_no_seal_is_told(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    (machine.copies / "main" / "note.json").write_text(json.dumps({"format": "liqu-seal-1"}))
    code, said = machine.outside(capsys)
    assert code == 1
    assert "note.json is no seal" in said


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_edit_of_a_sealed_line_goes_unseen_from_outside(
    machine: Machine, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    """Whatever line of a sealed day is changed, and however well it is covered up."""
    before = (machine.folder / "liqu.db").read_bytes()
    with machine.engine.connect() as connection:
        last = seals.listed(connection, "main")[-1].seal.seq
    line = data.draw(st.integers(1, last))
    cover = data.draw(st.sampled_from(["nothing", "hashes", "hashes and seals"]))
    try:
        if cover == "nothing":
            at = (t.journal.c.hall == "main") & (t.journal.c.seq == line)
            harmed(machine, update(t.journal).where(at).values(actor="staff:x"))
        else:
            machine.rewrite(line)
            if cover == "hashes and seals":
                machine.sign_anew()
                machine.rewrite(line)
        code, _ = machine.outside(capsys)
        assert code == 1
    finally:
        machine.engine.dispose()
        for part in ("liqu.db-wal", "liqu.db-shm"):
            (machine.folder / part).unlink(missing_ok=True)
        (machine.folder / "liqu.db").write_bytes(before)
