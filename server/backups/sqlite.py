"""SQLite's file: copied by its own online backup, which holds up no writer."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from server.store.engine import copy_sqlite, sync_folder
from server.store.holding import owned_as
from server.store.wholeness import damage

from .archive import Kind
from .databases import Refusing
from .facts import Facts, differs, facts_of

LOGS = ("-wal", "-shm")
"""What lies beside the file while it is open, or after a stop that was not clean."""


class SqliteFile:
    kind: Kind = "sqlite"

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder

    def copy(self, to: Path) -> Facts:
        if not self._file.exists():
            raise Refusing(f"{self._file} is not there: there is nothing to back up")
        try:
            copy_sqlite(self._file, to)
            with looking_at(to) as connection:
                return facts_of(connection)
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise Refusing(f"the database cannot be copied: {getattr(error, 'orig', error)}") from error

    def tried(self, dump: Path, told: Facts, folder: Path) -> str | None:
        found = damage(dump)
        if found is None:
            with looking_at(dump) as connection:
                found = differs(connection, told)
        if found is not None:
            raise Refusing(f"the copy is not good: {found}")
        return None

    def occupied(self) -> list[str]:
        if not self._file.exists() or not self._file.stat().st_size:
            return []
        try:
            with closing(sqlite3.connect(self._file, timeout=15)) as connection:
                return [id for (id,) in connection.execute("SELECT id FROM halls ORDER BY id")]
        except sqlite3.OperationalError as error:
            return [] if "no such table" in str(error) else ["?"]
        except sqlite3.DatabaseError:
            # It is damaged: there may be halls in it.
            return ["?"]

    def in_use(self) -> bool:
        """Never by what is seen of it: a server has the folder's lock."""
        return False

    @contextmanager
    def bring(self, dump: Path, aside: datetime) -> Iterator[str]:
        kept = self._folder / f"before-restore-{aside:%Y%m%d-%H%M%S}"
        there = [
            path
            for path in (self._file, *(self._file.with_name(self._file.name + end) for end in LOGS))
            if path.exists()
        ]
        moved: list[tuple[Path, Path]] = []
        if there:
            kept.mkdir(mode=0o700, exist_ok=True)
        try:
            for path in there:
                os.replace(path, kept / path.name)
                moved.append((path, kept / path.name))
            os.replace(dump, self._file)
            owned_as(self._file, self._folder)
            sync_folder(self._file.parent)
            yield str(kept) if there else ""
        except BaseException:
            for path in (self._file, *(self._file.with_name(self._file.name + end) for end in LOGS)):
                path.unlink(missing_ok=True)
            for path, now in reversed(moved):
                os.replace(now, path)
            if there and not any(kept.iterdir()):
                kept.rmdir()
            raise

    def differs(self, told: Facts) -> str | None:
        with looking_at(self._file) as connection:
            return differs(connection, told)


@contextmanager
def looking_at(file: Path) -> Iterator[Connection]:
    """A file that nobody writes to, in one transaction; nothing is left beside it."""
    address = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(address, uri=True),
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
