"""The load's scenes at their smallest: they play to the end, and their figures are what was counted."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from tests.bench.figures import Figure
from tests.conftest import need
from tests.load.scenes import City, Great, city, great
from tests.nginx import nginx
from tests.postgres import cluster

BOARDS: Final = 2


def row(rows: list[Figure], name: str) -> list[int]:
    """The whole numbers of the only row whose name has ``name`` in it."""
    [found] = [one for one in rows if name in one.name]
    return [int(one) for one in re.findall(r"\d+", found.value)]


def counted(rows: list[Figure], told: dict[str, Any], halls: int = 1) -> int:
    """How often "call next" was pressed for somebody, once everything agrees that is told of boards."""
    heard, wanted = row(rows, "calls that reached the boards")
    assert wanted % BOARDS == 0
    # What was pressed as the first and as the last that counts may have reached a board outside of it.
    assert wanted - 2 * BOARDS * halls <= heard <= wanted
    errors, asked_again, reconnects = row(rows, "errors / asked again / reconnects")
    assert (errors, told["errors"]) == (0, {})
    assert (asked_again, reconnects) == (told["asked_again"], told["reconnects"])
    assert told["frames"] > 0
    return wanted // BOARDS


def test_a_hall_is_played_and_what_its_boards_and_phones_heard_is_what_was_called() -> None:
    scene = Great(counters=1, boards=BOARDS, phones=3, kiosks=1, minutes=50, faster=600, settle=0.5)
    rows, told = great(scene)
    calls = counted(rows, told)
    assert 0 < calls <= told["done"]["call-next"]
    a_second = row(rows, "played 50 minutes")
    assert a_second == [calls, round(sum(told["done"].values()) / 5)]


@pytest.mark.postgres
def test_a_city_is_played_behind_nginx_and_every_visit_is_counted_once() -> None:
    need(nginx(), "nginx is not installed (apt install nginx)")
    scene = City(halls=2, clients=2, boards=BOARDS, phones=3, seconds=1, processes=(1,), settle=0.2)
    rows, told = city(scene, cluster())
    [one] = told.values()
    calls = counted(rows, one, scene.halls)
    done = one["done"]
    assert one["refused"] == {}
    assert set(done) == {"tickets", "call-next", "start", "done"}
    # Each hall does these four in turn; where it began and ended to be counted differs by one.
    assert max(done.values()) - min(done.values()) <= scene.halls
    assert abs(done["call-next"] - calls) <= scene.halls
    assert one["commands_a_second"] * scene.seconds == sum(done.values()) > 0
