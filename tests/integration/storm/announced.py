"""What a waiting-area screen would say in a storm: its own memory of calls, fed by a real live link."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from display.stage import Memory, hear
from server.protocol.views import Board
from server.store import tables as t
from server.store.engine import open_engine, reading

from .processes import Served
from .screens import Screen


class Caller(Screen):
    """A board that notes each call it would announce. Its memory is of the whole storm."""

    def __init__(self, server: Served) -> None:
        self._memory = Memory()
        self.said: list[tuple[str, str]] = []
        """(call, number), in the order in which they would be said."""
        super().__init__(server, ("board:main",))

    def _take(self, frame: dict[str, Any]) -> None:
        super()._take(frame)
        if frame["topic"] != "board:main":
            return
        board = Board.model_validate(frame["view"])
        self._memory = hear(Memory(self._memory.seen), board.calls, datetime.fromisoformat(frame["at"]))
        self.said += [(call.id, call.number) for call in self._memory.waiting]


def twice(database: str, screens: Sequence[Caller]) -> int:
    """Calls that some screen would have announced twice; fails on one that nobody made."""
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            rows = connection.execute(select(t.calls.c.id, t.calls.c.number)).all()
            lines = connection.execute(
                select(t.journal.c.kind, t.journal.c.hall).where(
                    t.journal.c.hall == "main",
                    t.journal.c.kind.in_(("ticket.called", "ticket.recalled")),
                )
            ).all()
    finally:
        engine.dispose()
    made = {row.id: row.number for row in rows}
    # One call for each time that somebody pressed, and no two.
    assert len(made) == len(lines), (len(made), len(lines))
    for screen in screens:
        for id, number in screen.said:
            assert made.get(id) == number, "a call that nobody made"
    return sum(
        again - 1 for screen in screens for again in Tally(id for id, _ in screen.said).values() if again > 1
    )
