"""Errands: each done once, told once, over restarts and lost answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.device.errands import DONE, INTERRUPTED, UNWRITABLE, Ended, ErrandBook, Errands
from server.device.keys import Identity, Keys
from server.device.line import Line
from server.protocol.devices import Errand, ErrandKind
from tests.unit.device.server_door import Door
from tests.waiting import eventually

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def errand(n: int, kind: ErrandKind = "test_print", subject: str = "") -> Errand:
    return Errand(id=f"{n:032x}", kind=kind, subject=subject, at=AT)


def path_of(one: Errand) -> str:
    return f"/api/v1/devices/self/errands/{one.id}"


class Hands:
    """A device that does what it is asked, and remembers."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.busy = asyncio.Event()
        self.busy.set()
        self.photo: bytes | Ended = b"\x89PNG"
        self.print_end = DONE

    async def reprint(self, number: str) -> Ended:
        self.did.append(f"reprint {number}")
        return DONE

    async def test_print(self) -> Ended:
        self.did.append("test_print")
        return self.print_end

    async def picture(self) -> bytes | Ended:
        self.did.append("picture")
        return self.photo

    async def free(self) -> None:
        await self.busy.wait()

    def restart(self) -> None:
        self.did.append("restart")


class Office:
    """A server that takes all that is told, or answers ``status``."""

    def __init__(self, *errands: Errand) -> None:
        self.status = 204
        self.told: list[tuple[str, Any]] = []
        self.pictures: list[bytes] = []
        self.door = Door()
        for one in errands:
            self.door.answers[path_of(one)] = lambda body, one=one: self._told(one, body)  # type: ignore[misc]
            self.door.answers[f"{path_of(one)}/picture"] = self._picture

    def _told(self, one: Errand, body: Any) -> tuple[int, object]:
        if self.status < 300:
            self.told.append((one.kind, (body["outcome"], body["remark"])))
        return self.status, None

    def _picture(self, body: Any) -> tuple[int, object]:
        self.pictures.append(body)
        return self.status, None


@asynccontextmanager
async def at_work(office: Office, hands: Hands, folder: Path, limit: float = 5.0) -> AsyncIterator[Errands]:
    with office.door.open() as part:
        keys = Keys(Identity("main", "kiosk-1", "t"))
        errands = Errands(Line(part), keys, ErrandBook(folder), hands, limit=limit)
        task = asyncio.create_task(errands.run())
        try:
            yield errands
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_an_errand_heard_twice_is_done_and_told_once(tmp_path: Path) -> None:
    one = errand(1)
    office, hands = Office(one), Hands()
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((one,))
        errands.heard((one, one))
        await eventually(lambda: len(office.told) == 1)
        errands.heard((one,))
        await errands.tell()
    assert hands.did == ["test_print"]
    assert office.told == [("test_print", ("done", ""))]


async def test_each_kind_is_done_with_its_subject_and_a_failure_is_told_with_its_remark(
    tmp_path: Path,
) -> None:
    asked = (errand(1, "reprint", "A012"), errand(2, "test_print"))
    office, hands = Office(*asked), Hands()
    hands.print_end = Ended("failed", "the printer: out_of_paper")
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard(asked)
        await eventually(lambda: len(office.told) == 2)
    assert hands.did == ["reprint A012", "test_print"]
    assert office.told[1] == ("test_print", ("failed", "the printer: out_of_paper"))


async def test_a_picture_is_handed_over_and_then_told(tmp_path: Path) -> None:
    one = errand(1, "screenshot")
    office, hands = Office(one), Hands()
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((one,))
        await eventually(lambda: len(office.told) == 1)
    assert office.pictures == [b"\x89PNG"]
    assert office.door.paths("PUT") == [f"{path_of(one)}/picture"]
    assert office.told == [("screenshot", ("done", ""))]


async def test_a_picture_that_may_not_be_taken_is_told_so_and_none_is_sent(tmp_path: Path) -> None:
    one = errand(1, "screenshot")
    office, hands = Office(one), Hands()
    hands.photo = Ended("failed", "a visitor's data is on the screen")
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((one,))
        await eventually(lambda: len(office.told) == 1)
    assert office.pictures == []
    assert office.told == [("screenshot", ("failed", "a visitor's data is on the screen"))]


async def test_an_end_that_could_not_be_told_is_told_later(tmp_path: Path) -> None:
    one = errand(1)
    office, hands = Office(one), Hands()
    office.status = 503
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((one,))
        await eventually(lambda: len(office.door.asked) >= 1)
        office.status = 204
        await errands.tell()
    assert office.told == [("test_print", ("done", ""))]


async def test_an_end_that_the_server_will_never_take_is_told_no_more(tmp_path: Path) -> None:
    one = errand(1)
    office, hands = Office(one), Hands()
    office.status = 409
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((one,))
        await eventually(lambda: len(office.door.asked) >= 1)
        await eventually(lambda: ErrandBook(tmp_path).untold() == ())
        await errands.tell()
    assert len(office.door.asked) == 1


async def test_a_restart_waits_for_who_is_there_does_all_else_and_is_told_by_the_app_after_it(
    tmp_path: Path,
) -> None:
    restart, other = errand(1, "restart"), errand(2)
    office, hands = Office(restart, other), Hands()
    hands.busy.clear()
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((restart, other))
        await eventually(lambda: len(office.told) == 1)
        assert hands.did == ["test_print"]
        hands.busy.set()
        await eventually(lambda: hands.did == ["test_print", "restart"])
    assert [kind for kind, _ in office.told] == ["test_print"]
    # The app came up again, and hears the errand once more, since the server has not heard of its end.
    async with at_work(office, after := Hands(), tmp_path) as errands:
        errands.heard((restart,))
        await eventually(lambda: len(office.told) == 2)
    assert office.told[1] == ("restart", ("done", ""))
    assert after.did == []


async def test_what_a_power_cut_interrupted_is_not_repeated_but_told(tmp_path: Path) -> None:
    one = errand(1, "reprint", "A012")
    ErrandBook(tmp_path).begin(one)
    office, hands = Office(one), Hands()
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((one,))
        await eventually(lambda: len(office.told) == 1)
    assert hands.did == []
    assert office.told == [("reprint", ("failed", INTERRUPTED))]


async def test_what_cannot_be_written_down_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart that is forgotten would be done again for ever."""
    restart = errand(1, "restart")
    office, hands = Office(restart), Hands()

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.device.errands.write_whole", full)
    async with at_work(office, hands, tmp_path) as errands:
        errands.heard((restart,))
        await errands.tell()
    assert hands.did == []
    assert office.told == [("restart", ("failed", UNWRITABLE))]


async def test_an_errand_that_hangs_or_breaks_is_given_up_and_the_next_one_done(tmp_path: Path) -> None:
    class Broken(Hands):
        async def reprint(self, number: str) -> Ended:
            if number == "A001":
                await asyncio.Event().wait()
            raise RuntimeError("a mistake")

    asked = (errand(1, "reprint", "A001"), errand(2, "reprint", "A002"), errand(3))
    office, hands = Office(*asked), Broken()
    async with at_work(office, hands, tmp_path, limit=0.05) as errands:
        errands.heard(asked)
        await eventually(lambda: len(office.told) == 3)
    assert [told[1] for told in office.told] == [
        ("failed", "it took too long"),
        ("failed", "the app made a mistake; see its log"),
        ("done", ""),
    ]


def test_the_book_is_bounded_and_a_damaged_one_is_left_out(tmp_path: Path) -> None:
    book = ErrandBook(tmp_path)
    for n in range(130):
        assert book.begin(errand(n))
    assert not book.begin(errand(129))
    assert len(ErrandBook(tmp_path).untold()) == 100
    (tmp_path / "errands.json").write_text("{no json")
    assert ErrandBook(tmp_path).untold() == ()
