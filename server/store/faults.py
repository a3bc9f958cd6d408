"""What is wrong with a database that refuses: a full disk, one that only lets read, a damaged file.

SQLite says it by the name of its error (sqlite.org/rescode.html), PostgreSQL by its SQLSTATE.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Fault: TypeAlias = Literal["disk_full", "disk_read_only", "database_damaged", "unavailable"]

SQLITE: tuple[tuple[str, Fault], ...] = (
    ("SQLITE_FULL", "disk_full"),
    ("SQLITE_READONLY", "disk_read_only"),
    ("SQLITE_CORRUPT", "database_damaged"),
    ("SQLITE_NOTADB", "database_damaged"),
    # A disk that takes nothing more, of which SQLite does not learn why.
    ("SQLITE_IOERR_WRITE", "disk_read_only"),
    ("SQLITE_IOERR_FSYNC", "disk_read_only"),
    ("SQLITE_IOERR_TRUNCATE", "disk_read_only"),
    ("SQLITE_IOERR_SHMSIZE", "disk_full"),
    ("SQLITE_IOERR_SHORT_READ", "database_damaged"),
)
POSTGRESQL: dict[str, Fault] = {
    "53100": "disk_full",
    # A standby, or a server that was told to write nothing.
    "25006": "disk_read_only",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
    "58030": "disk_read_only",
}


def fault_of(error: BaseException | None) -> Fault:
    """Why the database refused; ``unavailable`` where it is none of the others."""
    while error is not None:
        name = getattr(error, "sqlite_errorname", None)
        if isinstance(name, str):
            return next((fault for start, fault in SQLITE if name.startswith(start)), "unavailable")
        state = getattr(error, "sqlstate", None)
        if isinstance(state, str):
            return POSTGRESQL.get(state, "unavailable")
        error = error.__cause__ or getattr(error, "orig", None)
    return "unavailable"
