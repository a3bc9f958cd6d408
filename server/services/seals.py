"""Seals each business day of each hall's journal once it has ended, and keeps the seals as files too.

Every process looks; the seal is made in the hall's transaction, so that there is one. It follows the first
command of a new day at once, and midnight within seconds. The file is written after the commit, by every
process into its own folder: one that could not be written is written in a later round.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain.refusal import Refusal
from server.domain.seals import FIRST, DaySeal, Signed, as_file, key_id, to_seal
from server.protocol import keeping as k
from server.store import seals

from .floor import Change
from .halls import Halls
from .refused import Refused, refuse
from .seal import Seal
from .threads import seen_through
from .waking import news
from .work import Ledger, Record

log = logging.getLogger(__name__)

ACTOR = "server"
LOOK = 20.0
"""Seconds between two looks, where nothing happens."""
AT_ONCE = 366
"""Days sealed in one transaction: of a hall that was closed for long."""
MOST_LISTED = 400

Keep = Callable[[str, date, bytes], None]
"""Keeps a seal's file: (hall, day, content). Raises OSError."""


class Sealer:
    """Runs in every server process; and shows the seals to a manager."""

    def __init__(self, halls: Halls, seal: Seal, keep: Keep | None = None) -> None:
        self._halls = halls
        self._seal = seal
        self._key = key_id(seal.public)
        self._keep = keep
        self._sealed: dict[str, date] = {}
        """The day up to which each hall is sealed, and its files are kept, as far as this process knows."""
        self._wake = asyncio.Event()
        self._troubled = False

    def changed(self, change: Change) -> None:
        """A hall moved on: perhaps to a new day."""
        if self._behind(change.hall):
            self._wake.set()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.look()
                if self._troubled:
                    log.warning("the journal's seals are made and kept again")
                self._troubled = False
            except (SQLAlchemyError, Refused, OSError) as error:
                if not self._troubled:
                    log.error("a day's journal could not be sealed: %s; tried again", type(error).__name__)
                self._troubled = True
            except Exception:
                log.exception("a day's journal could not be sealed; the next round tries again")
            await news(self._wake, LOOK)

    async def look(self) -> None:
        """One round over all halls."""
        for hall in self._halls.ids():
            if self._behind(hall):
                while await self._seal_some(hall):
                    pass
                through = await seen_through(lambda hall=hall: self._kept(hall))  # type: ignore[misc]
                self._sealed[hall] = through

    def _behind(self, hall: str) -> bool:
        known = self._sealed.get(hall)
        return known is None or known < self._halls.floor(hall).day - timedelta(days=1)

    async def _seal_some(self, hall: str) -> bool:
        """Seal what is not; whether there was as much as is sealed in one go."""
        today = self._halls.floor(hall).day
        if not await seen_through(lambda: self._halls.read(lambda at: _missing(at, hall, today))):
            return False
        made = 0

        def change(ledger: Ledger) -> str | Refusal:
            nonlocal made
            connection = ledger.connection
            last = seals.last(connection, hall)
            # Another process may have been quicker: asked again, under the hall's lock.
            signed = self._signed(ledger, last, _missing(connection, hall, ledger.floor.day)[:AT_ONCE])
            made = len(signed)
            seals.add(connection, signed)
            for one in signed:
                told = {"seq": one.seal.seq, "seal": one.seal.digest}
                ledger.note("day.sealed", one.seal.day.isoformat(), told)
            return ""

        await self._halls.writer(hall).perform(Record(ACTOR, change))
        return made == AT_ONCE

    def _signed(self, ledger: Ledger, last: DaySeal | None, days: list[tuple[date, int]]) -> list[Signed]:
        found: list[Signed] = []
        before = last.digest if last else FIRST
        for day, seq in days:
            seal = DaySeal(
                hall=ledger.floor.hall.id,
                day=day,
                seq=seq,
                hash=seals.line_hash(ledger.connection, ledger.floor.hall.id, seq),
                before=before,
                made_at=ledger.now,
                key=self._key,
            )
            found.append(Signed(seal, self._seal.sign(seal.content)))
            before = seal.digest
        return found

    def _kept(self, hall: str) -> date:
        """Write the files that are not there; the day up to which all is sealed. In a worker thread."""
        known = self._sealed.get(hall)
        all_of_it = self._halls.read(lambda at: seals.listed(at, hall))
        for one in all_of_it:
            if self._keep is not None and (known is None or one.seal.day > known):
                self._keep(hall, one.seal.day, self.file_of(one))
        today = self._halls.floor(hall).day
        # A hall of which no day has ended yet has nothing to seal before its first one does.
        return all_of_it[-1].seal.day if all_of_it else today - timedelta(days=1)

    def file_of(self, one: Signed) -> bytes:
        """The seal as a file."""
        return as_file(one, self._seal.public if one.seal.key == self._key else "")

    # For the manager ---------------------------------------------------------------------------

    async def listed(self, hall: str) -> k.SealsView:
        """The newest seals, the newest first."""
        of = self._halls.floor(hall)
        found = await asyncio.to_thread(self._halls.read, lambda at: seals.listed(at, hall, MOST_LISTED))
        lines = tuple(
            k.SealLine(
                day=one.seal.day,
                seq=one.seal.seq,
                lines=one.seal.seq - (found[at - 1].seal.seq if at else 0) if at else None,
                hash=one.seal.hash,
                digest=one.seal.digest,
                made_at=of.hall.local(one.seal.made_at),
                key=one.seal.key,
                signature=one.signature,
            )
            for at, one in enumerate(found)
        )
        return k.SealsView(hall=hall, public=self._seal.public, key=self._key, seals=lines[::-1])

    async def file(self, hall: str, day: date) -> bytes:
        """One day's seal as a file. Raises Refused: not_found."""
        self._halls.writer(hall)
        found = await asyncio.to_thread(self._halls.read, lambda at: seals.find(at, hall, day))
        if found is None:
            raise refuse("not_found")
        return self.file_of(found)

    async def files(self, hall: str) -> bytes:
        """All seals of the hall in one file: a JSON array. Raises Refused: hall_unknown."""
        self._halls.writer(hall)
        found = await asyncio.to_thread(self._halls.read, lambda at: seals.listed(at, hall))
        return b"[\n" + b",\n".join(self.file_of(one).rstrip() for one in found) + b"\n]\n"


def _missing(connection: Connection, hall: str, today: date) -> list[tuple[date, int]]:
    last = seals.last(connection, hall)
    return to_seal(last, seals.ended(connection, hall, last.day if last else None, today), today)
