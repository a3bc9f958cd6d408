"""The two kinds of database, as a backup needs them: copied as of one moment, tried out, brought back."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from server.store.engine import sqlite_file

from .archive import Kind
from .facts import Facts


class Refusing(Exception):
    """It can't be done as things are, and nothing was changed: its sentence says what to do."""


class Database(Protocol):
    """One contract for both: tests/integration/storm/test_backups.py proves it on each."""

    @property
    def kind(self) -> Kind: ...

    def copy(self, to: Path) -> Facts:
        """Write all of it, as of one moment, to ``to``, while others work on it; what it held then."""

    def tried(self, dump: Path, told: Facts, folder: Path) -> str | None:
        """Really restore ``dump`` in a place of its own and hold it against ``told``. None: it is the same;
        else why that could not be tried. Raises Refusing when it is not the same."""

    def occupied(self) -> list[str]:
        """The halls that are in it now."""

    def in_use(self) -> bool:
        """Whether somebody is connected to it."""

    def bring(self, dump: Path, aside: datetime) -> AbstractContextManager[str]:
        """Put ``dump`` in its place, and what was there aside, never away; answers where that is (empty:
        nothing was there). When the body raises, all is as it was."""

    def differs(self, told: Facts) -> str | None:
        """In what it is not as ``told``."""


def database_at(url: str, folder: Path) -> Database:
    """``folder``: where what is moved aside goes, if it is a file."""
    file = sqlite_file(url)
    if file is not None:
        from .sqlite import SqliteFile

        return SqliteFile(file, folder)
    from .postgresql import PostgresqlDatabase

    return PostgresqlDatabase(url)
