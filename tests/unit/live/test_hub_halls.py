"""A change that another process made in one hall costs the phones of that hall, not of all halls."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from server.live.hub import Hub
from server.protocol import views as v
from server.protocol.topics import Topic
from server.services.floor import Change
from tests.waiting import eventually

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


class Two:
    """Two halls with a ticket each, whose code begins with the hall's name; counts the views made."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()

    def live_ticket(self, code: str) -> Any:
        self.made[code] += 1
        return v.TicketView.model_construct(id=f"id-{code}", number=f"A{self.made[code]:03d}")

    def hall_of_code(self, code: str) -> str:
        return code.partition("-")[0]

    def now(self) -> datetime:
        return NOW

    def ids(self) -> list[str]:
        return ["east", "west"]

    board = panel = kiosk = desk = ticket = lambda self, *_: None


async def test_the_tickets_of_another_hall_are_left_alone() -> None:
    halls: Any = Two()
    hub = Hub(halls)
    client = hub.join([Topic("ticket", "east-1"), Topic("ticket", "west-1")])
    joined = dict(halls.made)
    hub.start()
    try:
        hub.changed(Change("east", None, own=False))
        await eventually(lambda: halls.made["east-1"] > joined["east-1"])
        assert halls.made["west-1"] == joined["west-1"]
    finally:
        await hub.stop()
    hub.leave(client)
    assert hub._codes == {}


async def test_a_hall_is_followed_while_somebody_looks_at_anything_of_it() -> None:
    halls: Any = Two()
    hub = Hub(halls)
    assert not hub.follows("east")
    phone = hub.join([Topic("ticket", "east-1")])
    assert (hub.follows("east"), hub.follows("west")) == (True, False)
    hub.leave(phone)
    assert not hub.follows("east")
    board = hub.join([Topic("board", "west")])
    assert (hub.follows("east"), hub.follows("west")) == (False, True)
    hub.leave(board)
    assert not hub.follows("west")
