"""The machine that the server runs on: its disk, its clock, its last backup; told on the health page."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from server import __version__
from server.store.engine import reading
from server.store.wholeness import damage

from .clock import SteadyClock
from .threads import seen_through

log = logging.getLogger(__name__)

LOW = 512 * 1024 * 1024
"""Bytes: with less free it is time to make room, while there still is some."""
LAST_BACKUP = "last-backup.json"
LOOK_THROUGH = 60.0
"""Seconds after the start until the database's file is looked through."""
LOOK = 10.0
"""Seconds between looks at the disk."""
TICK = 1.0
"""Seconds between looks at the clock: a jump shorter than that long sees nobody."""


@dataclass(frozen=True, slots=True)
class Facts:
    """As ``server.protocol.devices.ServerHealth`` names them, but for the seals."""

    version: str
    database: Literal["sqlite", "postgresql"]
    database_bytes: int | None
    disk_free: int | None
    disk_low: bool
    backup_at: datetime | None
    clock_off: float | None


class Machine:
    """``folder``: the data folder; of SQLite it is known from the database itself."""

    def __init__(self, engine: Engine, folder: Path | None = None, clock: object = None) -> None:
        self._engine = engine
        self._clock = clock if isinstance(clock, SteadyClock) else None
        self._file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
        self.folder = folder if folder is not None or self._file is None else self._file.parent
        self._was_low = False
        self.damage: str | None = None
        """What is wrong with the database's file, where that was found."""

    def facts(self) -> Facts:
        """In a worker thread: it asks the disk and the database."""
        free = self.disk_free()
        return Facts(
            version=__version__,
            database="sqlite" if self._file is not None else "postgresql",
            database_bytes=self._database_bytes(),
            disk_free=free,
            disk_low=free is not None and free < LOW,
            backup_at=last_backup(self.folder),
            clock_off=self.clock_off,
        )

    def disk_free(self) -> int | None:
        """Bytes that may still be written beside the data; None when nobody knows."""
        if self.folder is None:
            return None
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:
            return None

    @property
    def clock_off(self) -> float | None:
        return self._clock.off if self._clock is not None else None

    @property
    def clock_held(self) -> bool:
        return self._clock is not None and self._clock.held

    def _database_bytes(self) -> int | None:
        try:
            if self._file is not None:
                parts = (self._file.with_name(self._file.name + end) for end in ("", "-wal"))
                return sum(part.stat().st_size for part in parts if part.exists())
            with reading(self._engine).begin() as connection:
                size = connection.scalar(text("SELECT pg_database_size(current_database())"))
                return None if size is None else int(size)
        except (OSError, SQLAlchemyError):
            return None

    async def run(self) -> None:
        """Look at clock and disk until cancelled; what changes is logged once."""
        every = max(1, round(LOOK / TICK))
        looking = asyncio.create_task(self._look_through())
        try:
            await self._watch(every)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _watch(self, every: int) -> None:
        rounds = 0
        while True:
            if self._clock is not None:
                self._clock()
            if rounds % every == 0:
                await seen_through(self._look)
            rounds += 1
            await asyncio.sleep(TICK)

    async def _look_through(self) -> None:
        """Once, beside the work: whether the file is whole. After a stop that was not clean the start did."""
        if self._file is None:
            return
        await asyncio.sleep(LOOK_THROUGH)
        file, over = self._file, threading.Event()
        done = asyncio.ensure_future(asyncio.to_thread(damage, file, over.is_set))
        try:
            self.damage = await asyncio.shield(done)
        except OSError as error:
            log.warning("the database could not be looked through: %s", error)
        except asyncio.CancelledError:
            over.set()
            await asyncio.wait([done])
            raise
        if self.damage is not None:
            log.critical("%s is damaged (%s): stop the server and restore the last backup", file, self.damage)

    def _look(self) -> None:
        free = self.disk_free()
        low = free is not None and free < LOW
        if low and not self._was_low:
            log.warning("only %d MB are free in %s: make room", (free or 0) >> 20, self.folder)
        elif self._was_low and not low:
            log.warning("there is room again in %s", self.folder)
        self._was_low = low


def last_backup(folder: Path | None) -> datetime | None:
    """When the last good backup was made, as ``liqu-server backup`` left word."""
    told = backup_word(folder)
    return told[0] if told else None


def backup_word(folder: Path | None) -> tuple[datetime, str] | None:
    """When the last good backup was made, and its file."""
    if folder is None:
        return None
    try:
        told = json.loads((folder / LAST_BACKUP).read_bytes())
        good = told if told["ok"] else told["before"]
        at = datetime.fromisoformat(good["at"])
        return (at, str(good["file"])) if at.tzinfo is not None else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
