"""Whether a SQLite file is whole: after a stop that was not clean at the start, else beside the work.

``PRAGMA quick_check`` reads every page and the order in it, not whether indices and tables agree
(docs/operation.md says how long it takes). Then each journal must end where its hall says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

STEPS = 100_000
"""Of SQLite's machine between two questions whether to go on."""


def never() -> bool:
    return False


def damage(file: Path, given_up: Callable[[], bool] = never) -> str | None:
    """What is wrong with the database in ``file``; None: it is whole, or nobody waits for the answer.

    Raises OSError where it can't be read for another reason, such as a missing right.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=15)) as connection:
            connection.set_progress_handler(lambda: int(given_up()), STEPS)
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found is None or found[0] != "ok":
                return str(found[0] if found else "nothing was answered")
            return _heads(connection)
    except sqlite3.OperationalError as error:
        if given_up():
            return None
        if error.sqlite_errorname.startswith(("SQLITE_IOERR", "SQLITE_PROTOCOL")):
            return str(error)
        raise OSError(error.sqlite_errorcode, str(error), str(file)) from error
    except sqlite3.DatabaseError as error:
        return str(error)


def _heads(connection: sqlite3.Connection) -> str | None:
    """A journal that does not end where its hall says: the file is of another moment than its parts."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if not {"halls", "journal"} <= tables:
        return None
    for hall, seq, head in connection.execute("SELECT id, journal_seq, journal_hash FROM halls").fetchall():
        last = connection.execute(
            "SELECT seq, hash FROM journal WHERE hall = ? ORDER BY seq DESC LIMIT 1", (hall,)
        ).fetchone()
        if (last or (0, "0" * 64)) != (seq, head):
            return f"the journal of hall {hall} does not end where it should"
    return None
