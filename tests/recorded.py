"""Every change is recorded: whoever writes a row writes a line of the journal in the same transaction.

Watches all that the server's own threads write to any database, and collects what is committed without one.
What a test itself writes past all rules comes from its own thread and is none of the server's.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?([a-z_]+)"?(?:\s+SET\s+(.*))?', re.DOTALL)
SET = re.compile(r'(?:^|,)\s*"?([a-z_]+)"?\s*=')

WITHOUT_A_LINE: Final[dict[str, str]] = {
    "answers": "what a key was answered: kept two days, says nothing that the line does not",
    "sessions": "who is signed in: what they do is recorded, not that they look",
    "outbox": "a message on its way: what caused it and what became of it have lines",
    "links": "an address that opens a certificate for minutes: a copy that is looked at, nothing changes",
    "pairings": "a device that is not a hall's yet: taking it in has a line",
}
"""Tables whose rows change without one, and why."""
COLUMNS_WITHOUT: Final[dict[str, set[str]]] = {
    "devices": {"seen_at", "status", "part_since", "token", "token_at", "token_next"},
    "certificates": {"claim", "next_at", "tries", "fault"},
    "errands": {"state", "picture"},
}
"""Columns that do. A device says every half minute how it is: what changes of that has a line. A new token
was given with a line, and takes the old one's place when it is first used. The press takes a certificate in
hand: what becomes of it has a line. A device fetches its errand: asking and ending have lines; its picture
is dropped after a day."""
FORGOTTEN: Final[frozenset[str]] = frozenset({"errands"})
"""Tables whose rows are put away when they are old: the journal keeps what they said."""


class Watch:
    """``found``: statements that were committed with no line beside them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.lines = 0
        self._own = threading.get_ident()

    def wrote(self, connection: Connection, cursor: Any, statement: str, *_rest: Any) -> None:
        said = WRITES.match(statement)
        if said is None or cursor.rowcount == 0 or threading.get_ident() == self._own:
            return
        table, columns = said[1], said[2]
        kept = connection.info.setdefault("recorded", [])
        if table == "journal":
            kept.append("")
            self.lines += 1
        elif table in FORGOTTEN and statement.lstrip().startswith("DELETE"):
            return
        elif table not in WITHOUT_A_LINE and not _only(table, columns):
            kept.append(" ".join(statement.split())[:160])

    def kept(self, connection: Connection, _name: str) -> None:
        """A savepoint begins: what comes after it may be taken back."""
        connection.info.setdefault("marks", []).append(len(connection.info.get("recorded", ())))

    def taken_back(self, connection: Connection, _name: str, _context: Any) -> None:
        del connection.info.get("recorded", [])[connection.info["marks"].pop() :]

    def released(self, connection: Connection, _name: str, _context: Any) -> None:
        connection.info["marks"].pop()

    def committed(self, connection: Connection) -> None:
        kept = connection.info.pop("recorded", [])
        if kept and "" not in kept:
            self.found += kept

    def rolled_back(self, connection: Connection) -> None:
        connection.info.pop("recorded", None)


def _only(table: str, columns: str | None) -> bool:
    """Only columns are set that may be without a line."""
    named = set(SET.findall((columns or "").partition(" WHERE ")[0]))
    return bool(named) and named <= COLUMNS_WITHOUT.get(table, set())


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    hooks = (
        ("after_cursor_execute", watch.wrote),
        ("savepoint", watch.kept),
        ("rollback_savepoint", watch.taken_back),
        ("release_savepoint", watch.released),
        ("commit", watch.committed),
        ("rollback", watch.rolled_back),
    )
    for name, hook in hooks:
        event.listen(Engine, name, hook)
    try:
        yield watch
    finally:
        for name, hook in hooks:
            event.remove(Engine, name, hook)
