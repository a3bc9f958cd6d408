"""Halls that another process has moved on: a slow one holds up no other, and none is read in vain."""

from __future__ import annotations

import asyncio
from collections import Counter

from server.live.catching_up import AT_ONCE, CatchingUp


class Store:
    """``there``: the version of each hall in the tables; ``here``: as this process knows it."""

    def __init__(self) -> None:
        self.there: Counter[str] = Counter()
        self.here: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        self.slow: dict[str, asyncio.Event] = {}
        self.at_once: Counter[str] = Counter()
        self.most = 0

    async def refresh(self, hall: str) -> None:
        self.at_once[hall] += 1
        assert self.at_once[hall] == 1, "a hall is read twice at once"
        self.most = max(self.most, self.at_once.total())
        seen = self.there[hall]
        self.reads[hall] += 1
        if hall in self.slow:
            await self.slow[hall].wait()
        await asyncio.sleep(0)
        self.here[hall] = seen
        self.at_once[hall] -= 1


async def settled() -> None:
    """Let all that is not held up end."""
    for _ in range(20 * AT_ONCE):
        await asyncio.sleep(0)


def begun() -> tuple[Store, CatchingUp]:
    store = Store()
    return store, CatchingUp(store.refresh, lambda hall: store.here[hall])


async def held_up() -> tuple[Store, CatchingUp]:
    """``main`` is being read at version 1, and goes on being read until its event is set."""
    store, behind = begun()
    store.slow["main"] = asyncio.Event()
    store.there["main"] = 1
    behind.hear("main", 1)
    await settled()
    return store, behind


async def test_a_hall_that_takes_long_holds_up_no_other() -> None:
    store, behind = begun()
    store.slow["slow"] = asyncio.Event()
    for hall in ("slow", "one", "other"):
        store.there[hall] = 5
        behind.hear(hall, 5)
    await settled()
    assert (store.here["slow"], store.here["one"], store.here["other"]) == (0, 5, 5)
    store.slow["slow"].set()
    await settled()
    assert store.here["slow"] == 5


async def test_what_is_heard_while_a_hall_is_read_is_one_more_reading() -> None:
    store, behind = await held_up()
    for version in range(2, 50):
        store.there["main"] = version
        behind.hear("main", version)
    store.slow["main"].set()
    await settled()
    assert (store.here["main"], store.reads["main"]) == (49, 2)


async def test_what_is_known_already_is_not_read() -> None:
    store, behind = begun()
    store.here["main"] = 7
    behind.hear("main", 7)
    behind.hear("main", 3)
    await settled()
    assert store.reads.total() == 0


async def test_only_so_many_are_read_at_once_and_all_in_the_end() -> None:
    store, behind = begun()
    halls = [f"h{n}" for n in range(5 * AT_ONCE)]
    for hall in halls:
        store.there[hall] = 1
        behind.hear(hall, 1)
    await settled()
    assert [store.here[hall] for hall in halls] == [1] * len(halls)
    assert store.most == AT_ONCE


async def test_at_its_end_nothing_is_read_any_more() -> None:
    store, behind = await held_up()
    behind.hear("main", 2)
    await behind.end()
    store.slow["main"].set()
    await settled()
    assert (store.here["main"], store.reads["main"]) == (0, 1)
