"""The machine's clock jumps under a working hall: numbers, journal and business day stay as they must be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.services.clock import SteadyClock
from server.store import journal
from server.store import tables as t
from server.store.engine import reading
from tests.integration.server.stage import Stage
from tests.servers import NOON, Clock, ServerThread, furnished_copy, served
from tests.waiting import until

MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
"""In Shanghai."""


class Battery:
    """The machine: its clock (``wall``), and the time that really passed."""

    def __init__(self, wall: datetime) -> None:
        self.wall = Clock(wall)
        self.passed = 0.0
        self.right = False
        self.clock = SteadyClock(None, self.wall, lambda: self.passed, lambda: False, lambda: self.right)

    def goes_on(self, **by: float) -> None:
        self.wall.advance(**by)
        self.passed += timedelta(**by).total_seconds()


@pytest.fixture
def battery() -> Battery:
    return Battery(NOON)


@pytest.fixture
def shaky(tmp_path: Path, battery: Battery) -> Iterator[ServerThread]:
    with served(*furnished_copy(tmp_path), battery.clock) as made:  # type: ignore[arg-type]
        yield made


def instants(server: ServerThread) -> list[datetime]:
    with reading(server.app.state.core.halls.engine).begin() as connection:
        assert journal.check(connection, "main") is None
        lines = select(t.journal.c.at).where(t.journal.c.hall == "main").order_by(t.journal.c.seq)
        return list(connection.scalars(lines))


def day(server: ServerThread) -> date:
    floor: date = server.app.state.core.halls.floor("main").day
    return floor


def test_no_jump_ends_the_day_by_itself_or_turns_the_journal_back(
    shaky: ServerThread, battery: Battery
) -> None:
    assert shaky.take_number()["number"] == "A001"
    jumps = (timedelta(hours=13), timedelta(days=3660), -timedelta(days=20_000), -timedelta(minutes=40))
    for n, jump in enumerate(jumps, 2):
        battery.wall.now += jump
        battery.goes_on(seconds=30)
        assert shaky.take_number()["number"] == f"A{n:03d}"
        assert day(shaky) == date(2026, 11, 20)
        assert shaky.app.state.core.machine.facts().clock_off is not None
        battery.wall.now -= jump
        battery.goes_on(minutes=2)
        shaky.take_number("submit")
    found = instants(shaky)
    assert found == sorted(found)
    assert found[-1] - found[0] < timedelta(minutes=15), "the time that really passed"


def test_a_leap_into_tomorrow_that_a_person_vouches_for_ends_the_day(
    shaky: ServerThread, battery: Battery
) -> None:
    shaky.take_number()
    battery.wall.now += timedelta(hours=20)
    battery.goes_on(seconds=5)
    assert shaky.take_number()["number"] == "A002"
    battery.right = True
    battery.goes_on(seconds=5)
    until("the new day", lambda: day(shaky) == date(2026, 11, 21))
    assert shaky.take_number()["number"] == "A001"
    found = instants(shaky)
    assert found == sorted(found)


def test_midnight_under_load_gives_each_day_its_own_numbers_without_a_gap(
    hall: ServerThread, clock: Clock
) -> None:
    clock.now = MIDNIGHT - timedelta(seconds=1)
    numbers: list[tuple[str, str]] = []

    def kiosk() -> None:
        for _ in range(25):
            issued = hall.take_number()
            numbers.append((issued["number"], issued["issued_at"][:10]))
            clock.advance(milliseconds=40)

    kiosks = [threading.Thread(target=kiosk) for _ in range(3)]
    for one in kiosks:
        one.start()
    for one in kiosks:
        one.join()
    for on in ("2026-11-20", "2026-11-21"):
        given = sorted(number for number, issued in numbers if issued == on)
        assert given == [f"A{n:03d}" for n in range(1, len(given) + 1)]
        assert given, "load on both sides of midnight"
    assert len(numbers) == 75
    found = instants(hall)
    assert found == sorted(found)


def test_a_change_of_the_halls_zone_never_goes_back_a_day_and_may_begin_the_next(
    hall: ServerThread, clock: Clock
) -> None:
    stage = Stage(hall)
    clock.now = MIDNIGHT - timedelta(minutes=30)
    hall.take_number()
    for zone, expected, number in (
        ("Pacific/Honolulu", date(2026, 11, 20), "A002"),
        ("Asia/Tokyo", date(2026, 11, 21), "A001"),
        ("Asia/Shanghai", date(2026, 11, 21), "A002"),
    ):
        move(stage, zone)
        until(f"the day in {zone}", lambda day_=expected: day(hall) == day_)  # type: ignore[misc]
        assert hall.take_number()["number"] == number
    found = instants(hall)
    assert found == sorted(found)


def move(stage: Stage, zone: str) -> None:
    """As a manager does it on the page of settings."""
    settings = stage.do("GET", "/halls/main/settings", user="manager")
    stage.do("PUT", "/halls/main/settings", {**settings, "zone": zone}, user="manager")
