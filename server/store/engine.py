"""Opening the database: SQLite (one file, WAL, FULL) or PostgreSQL, behind one SQLAlchemy engine."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

BUSY_SECONDS = 15
"""How long a process waits for another's write before it gives up."""

ASK_AGAIN = 0.05
"""Seconds between two tries at what SQLite itself does not wait for."""

POSTGRESQL = {
    "connect_timeout": 5,
    # A process that hangs inside a transaction must not hold the hall's lock for ever: the others give up
    # waiting, and the server ends the idle transaction.
    "options": f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout={2 * BUSY_SECONDS}s",
    # A server that vanished without a word is noticed by the kernel, not by a customer.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 1000 * BUSY_SECONDS,
}
"""How a connection is opened, unless the address itself says otherwise."""


def sqlite_url(folder: Path) -> str:
    """The address of the default database in the data folder."""
    return f"sqlite+pysqlite:///{folder.resolve() / 'liqu.db'}"


def sqlite_file(url: str) -> Path | None:
    """The file of the SQLite database at ``url``; None where it is another database."""
    made = make_url(url)
    return Path(made.database or "") if made.get_backend_name() == "sqlite" else None


def open_engine(url: str) -> Engine:
    """An engine for ``url``.

    What went into a statement is in no error, and so in no log: it may be somebody's name or phone number.
    SQLite runs in WAL with ``synchronous=FULL``: an acknowledged change survives a power cut.
    Raises ``ModuleNotFoundError`` naming the extra to install when PostgreSQL's driver is missing.
    """
    if make_url(url).get_backend_name() == "sqlite":
        sqlite = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(url, connect_args=sqlite, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_settings)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    settings = {name: value for name, value in POSTGRESQL.items() if name not in make_url(url).query}
    try:
        return create_engine(
            url,
            connect_args=settings,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=15,
            pool_timeout=BUSY_SECONDS,
        )
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("PostgreSQL needs its driver: install liqu[postgres]") from error


def _sqlite_settings(connection: DBAPIConnection, _record: Any) -> None:
    # The driver's own transaction handling begins too late for BEGIN IMMEDIATE: it is switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    _keep_a_log(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _keep_a_log(cursor: DBAPICursor) -> None:
    """Turn the write-ahead log on: the one thing for which SQLite does not wait its turn by itself."""
    last = monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as refused:
            if refused.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > last:
                raise
        sleep(ASK_AGAIN)


def _sqlite_begin(connection: Connection) -> None:
    # A reader need not queue behind the writer; a writer takes its lock at once, never midway.
    reading = connection.get_execution_options().get("liqu_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Engine:
    """The engine for transactions that only read: each sees the tables as of one moment.

    SQLite's deferred transactions are such by themselves. PostgreSQL's default would give every statement
    its own moment: a floor read while another process commits would be of no moment at all.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(liqu_reading=True)


class NewerDatabase(Exception):
    """The database was made by a newer program: its sentence says so."""


def migrate(url: str, folder: Path | None = None, to: str = "head") -> None:
    """Bring the database at ``url`` to the newest schema (or ``to``); makes it when it is empty.

    A SQLite file of an older schema is copied into ``folder`` first, where one is named, as
    ``before-migration-REVISION.db``. Raises NewerDatabase and changes nothing when this program does not know
    the database's schema.
    """
    config = _config()
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    present = revision(url)
    if present is not None and present not in known_schemas():
        raise NewerDatabase(
            f"the database is of a newer version of Liqu (schema {present}; this program knows up to"
            f" {scripts.get_current_head()}): install that version, or restore a backup of before"
        )
    file = sqlite_file(url)
    if folder is not None and file is not None and present not in (None, scripts.get_current_head()):
        copy_sqlite(file, folder / f"before-migration-{present}.db")
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def known_schemas() -> set[str]:
    """Every schema from which this program can go on."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def revision(url: str) -> str | None:
    """The schema of the database at ``url``; None where it has none yet."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    engine = open_engine(url)
    try:
        with reading(engine).begin() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def copy_sqlite(file: Path, to: Path) -> None:
    """The database in ``file`` as of one moment, whoever writes to it meanwhile; whole or not at all.

    All pages in one step: the copy is of a read transaction, which waits for nobody and holds up nobody.
    """
    fresh = to.with_name(f".{to.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as source,
            closing(sqlite3.connect(fresh)) as target,
        ):
            source.backup(target)
            # The copy stands alone, without a log beside it.
            target.execute("PRAGMA journal_mode=DELETE")
        with fresh.open("rb+") as made:
            os.fsync(made.fileno())
        fresh.replace(to)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(to.parent)


def sync_folder(folder: Path) -> None:
    """Names that were given in ``folder`` outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
