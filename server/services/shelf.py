"""What the boards tell of cases: who may collect, and how far each case is; all of it masked.

It is read from the tables after a change that names a case, off the event loop, and kept until the next: a
board is made many times a second, and must not ask the tables for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain.customers import mask
from server.protocol.language import both
from server.protocol.views import CaseStage, Ready
from server.protocol.words import OrderState
from server.store import pickups

from .case_sentences import ORDER_STATES
from .floor import Change
from .threads import seen_through

if TYPE_CHECKING:
    from .halls import Halls

log = logging.getLogger(__name__)

MOST = 60
"""Lines of each list at most; the latest are shown."""
PACE = 0.3
"""Seconds between two readings of the tables at least."""
AGAIN = 2.0
"""Seconds after which an unreadable table is tried again."""
TAIL = 4
SHOWN: tuple[OrderState, ...] = ("accepted", "in_progress", "ready", "partly_released")
"""States of cases that are in the house."""


@dataclass(frozen=True, slots=True)
class Shelf:
    ready: tuple[Ready, ...] = ()
    progress: tuple[CaseStage, ...] = ()


NOTHING = Shelf()


def read_shelf(connection: Connection, hall: str) -> Shelf:
    """Names only by their masks, numbers only by their last digits."""
    return Shelf(
        ready=tuple(
            Ready(who=mask(one.type, one.name, one.company), pieces=one.pieces)
            for one in pickups.waiting(connection, hall, MOST)
        ),
        progress=tuple(
            CaseStage(number=f"…{number[-TAIL:]}", stage=both("server", ORDER_STATES[state]))
            for number, state in pickups.stages(connection, hall, SHOWN, MOST)
        ),
    )


class Shelves:
    """Keeps the shelves of all halls as the tables have them."""

    def __init__(self, halls: Halls, told: Callable[[Change], None]) -> None:
        self._halls = halls
        self._told = told
        self._old: set[str] = set()
        self._bell = asyncio.Event()

    def changed(self, change: Change) -> None:
        """Look again soon, if a case may have changed."""
        if change.cases or change.tickets is None:
            self._old.add(change.hall)
            self._bell.set()

    async def run(self) -> None:
        """Look until cancelled; first at every hall."""
        self._old |= set(self._halls.ids())
        self._bell.set()
        while True:
            await self._bell.wait()
            self._bell.clear()
            old, self._old = self._old, set()
            for hall in old:
                try:
                    await self._look(hall)
                except SQLAlchemyError as error:
                    log.warning("the shelf of %s cannot be read: %s", hall, type(error).__name__)
                    await asyncio.sleep(AGAIN)
                    self._old.add(hall)
                    self._bell.set()
            await asyncio.sleep(PACE)

    async def _look(self, hall: str) -> None:
        found = await seen_through(lambda: self._halls.read(lambda at: read_shelf(at, hall)))
        if found != self._halls.shelves.get(hall, NOTHING):
            self._halls.shelves[hall] = found
            self._told(Change(hall, frozenset(), own=False))
