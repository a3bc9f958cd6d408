"""Every hall of this server: one writer each, and what reads and the housekeeping need."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from server.domain.floor import Floor, Ticket
from server.protocol import views as v
from server.store import answers, floors, halls, people
from server.store.engine import reading

from . import views
from .floor import Change, Clock, FloorWriter
from .refused import Refused, refuse
from .shelf import NOTHING, Shelf
from .threads import seen_through
from .work import Refresh

log = logging.getLogger(__name__)

T = TypeVar("T")

THREADS = 4
"""Writers at work at once; the rest wait their turn."""


class Halls:
    """Finds the writer of a hall, makes views, and keeps up with other processes."""

    def __init__(self, engine: Engine, clock: Clock, base_url: str) -> None:
        self.engine = engine
        self.clock = clock
        self.base_url = base_url
        self.on_change: Callable[[Change], None] = lambda change: None
        self.shelves: dict[str, Shelf] = {}
        """What the boards tell of cases; kept by ``shelves.Shelves``."""
        self.machines: dict[str, tuple[v.Text, ...]] = {}
        """What the desks tell of machines; kept by ``alarms.Alarms``."""
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="floor")
        self._writers: dict[str, FloorWriter] = {}
        self._lost = False
        self._looked = time.monotonic()

    async def start(self) -> None:
        for id in await asyncio.to_thread(self._hall_ids):
            await self._add(id)

    async def stop(self) -> None:
        """Finish what waits in every hall."""
        await asyncio.gather(*(writer.stop() for writer in self._writers.values()))
        self._threads.shutdown()

    def ids(self) -> list[str]:
        return list(self._writers)

    def writer(self, hall: str) -> FloorWriter:
        """The hall's writer. Raises Refused: hall_unknown."""
        writer = self._writers.get(hall)
        if writer is None:
            raise refuse("hall_unknown", hall=hall)
        return writer

    def floor(self, hall: str) -> Floor:
        return self.writer(hall).standing.floor

    def now(self) -> datetime:
        return self.clock()

    def read(self, look: Callable[[Connection], T]) -> T:
        """What ``look`` finds in the tables. In a worker thread."""
        with reading(self.engine).begin() as connection:
            return look(connection)

    def write(self, change: Callable[[Connection], T]) -> T:
        """``change`` in a transaction of its own, for what no journal tells of. In a worker thread."""
        with self.engine.begin() as connection:
            return change(connection)

    # Views -------------------------------------------------------------------------------------

    def board(self, hall: str) -> v.Board:
        return views.board(self.floor(hall), self.now(), self.shelves.get(hall, NOTHING))

    def head(self, hall: str) -> v.HallHead:
        return views.head(self.floor(hall), self.now())

    def panel(self, hall: str, counter: str) -> v.CounterPanel | None:
        return views.panel(self.floor(hall), counter, self.now())

    def kiosk(self, hall: str) -> v.KioskHome:
        return views.kiosk(self.floor(hall), self.now(), self.base_url)

    def hall(self, hall: str) -> v.HallView:
        return views.hall(self.floor(hall), self.now())

    def desk(self, hall: str, counter: str) -> v.Desk | None:
        standing = self.writer(hall).standing
        view = views.desk(standing.floor, counter, self.now(), standing.histories)
        machines = self.machines.get(hall, ())
        return view.model_copy(update={"machines": machines}) if view and machines else view

    def live_ticket(self, code: str) -> v.TicketView | None:
        """The view of a ticket that is open or just over; None when it must be looked for in the tables."""
        for writer in self._writers.values():
            ticket = writer.ticket_by_code(code)
            if ticket is not None:
                return views.ticket(writer.standing.floor, ticket, self.now())
        return None

    def hall_of_code(self, code: str) -> str:
        """The hall of a ticket that is open or just over; empty when it must be looked for in the tables."""
        return next((id for id, writer in self._writers.items() if writer.ticket_by_code(code)), "")

    async def ticket(self, code: str) -> v.TicketView | None:
        """The view of any ticket by its public code, whatever its day."""
        live = self.live_ticket(code)
        if live is not None:
            return live
        found = await asyncio.to_thread(self._find, code=code)
        if found is None or found[0] not in self._writers:
            return None
        hall, ticket = found
        return views.ticket(self.floor(hall), ticket, self.now())

    async def hall_of_ticket(self, id: str) -> str:
        """The hall whose ticket this is. Raises Refused: ticket_unknown."""
        for hall, writer in self._writers.items():
            if writer.standing.floor.ticket(id) is not None:
                return hall
        found = await asyncio.to_thread(self._find, id=id)
        if found is None:
            raise refuse("ticket_unknown")
        return found[0]

    async def number_of_ticket(self, id: str) -> str:
        """The number of any ticket, whatever its day. Raises Refused: ticket_unknown."""
        found = await asyncio.to_thread(self._find, id=id)
        if found is None:
            raise refuse("ticket_unknown")
        return found[1].number

    async def ticket_by_number(self, hall: str, number: str) -> v.TicketIssued:
        """Today's ticket of that number. Raises Refused: ticket_unknown."""
        floor = self.floor(hall)
        for open_ticket in floor.tickets.values():
            if open_ticket.number == number:
                return views.issued(floor, open_ticket, self.now(), self.base_url)
        ticket = await asyncio.to_thread(self._find_number, floor, number)
        if ticket is None:
            raise refuse("ticket_unknown")
        return views.issued(floor, ticket, self.now(), self.base_url)

    # Keeping up --------------------------------------------------------------------------------

    async def keep_up(self) -> None:
        """Notice what other processes did, halls that were added, and a new business day."""
        try:
            known = await seen_through(self._versions)
        except SQLAlchemyError as error:
            self._looked = time.monotonic()
            if not self._lost:
                log.error("the database cannot be read: %s", error.__cause__ or error)
            self._lost = True
            return
        self._looked = time.monotonic()
        if self._lost:
            log.warning("the database can be read again")
        self._lost = False
        for id, version in known.items():
            writer = self._writers.get(id)
            if writer is None:
                await self._add(id)
                continue
            floor = writer.standing.floor
            if version != floor.version or floor.hall.day(self.now()) > floor.day:
                await self.refresh(id)

    def answers(self, within: float) -> bool:
        """Whether the database answered, be it with an error, and every group of commands ended, in the last
        ``within`` seconds: nothing hangs."""
        now = time.monotonic()
        begun = (writer.since for writer in self._writers.values())
        return now - self._looked < within and all(one is None or now - one < within for one in begun)

    async def refresh(self, hall: str) -> None:
        """Load the hall anew if its tables have moved on."""
        writer = self._writers.get(hall)
        if writer is not None:
            try:
                await writer.perform(Refresh())
            except Refused:
                log.warning("hall %s is too busy to refresh; the next round will", hall)

    async def tidy(self) -> None:
        """Forget what is past its time: idempotent answers, ended sessions."""
        await seen_through(self._tidy)

    async def devices_seen(self, names: set[str]) -> None:
        """These devices are connected now."""
        await seen_through(lambda: self._devices_seen(names))

    async def _add(self, id: str) -> None:
        writer = await asyncio.to_thread(
            FloorWriter, self.engine, id, self.clock, self._threads, self._changed
        )
        writer.start()
        self._writers[id] = writer

    def _changed(self, change: Change) -> None:
        self.on_change(change)

    # Below: in worker threads.

    def _hall_ids(self) -> list[str]:
        with reading(self.engine).begin() as connection:
            return halls.hall_ids(connection)

    def _versions(self) -> dict[str, int]:
        with reading(self.engine).begin() as connection:
            return floors.versions(connection)

    def _find(self, *, code: str = "", id: str = "") -> tuple[str, Ticket] | None:
        with reading(self.engine).begin() as connection:
            found = floors.find_ticket(connection, code=code, id=id)
            return None if found is None else (found[0], found[2])

    def _find_number(self, floor: Floor, number: str) -> Ticket | None:
        with reading(self.engine).begin() as connection:
            return floors.find_number(connection, floor.hall.id, floor.day, number)

    def _devices_seen(self, names: set[str]) -> None:
        with self.engine.begin() as connection:
            people.devices_seen(connection, names, self.clock())

    def _tidy(self) -> None:
        now = self.clock()
        with self.engine.begin() as connection:
            answers.forget_old(connection, now)
            people.forget_ended(connection, now)
