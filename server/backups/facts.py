"""What a database held at a moment: how far each hall's journal goes, and how much is in each table.

Tables are asked for by name, not by this program's schema: a backup of an older version is counted as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from server.store import halls, journal
from server.store import tables as t


@dataclass(frozen=True, slots=True)
class HallFacts:
    seq: int
    """The journal's last line."""
    hash: str
    at: str | None
    """When that line was written, ISO 8601."""
    tables: dict[str, int]
    """Rows of the hall by table."""


@dataclass(frozen=True, slots=True)
class Facts:
    revision: str
    """Of the schema."""
    tables: dict[str, int]
    """Rows by table, of all halls and of none."""
    halls: dict[str, HallFacts]


def facts_of(connection: Connection) -> Facts:
    """As of the connection's transaction, which is of one moment."""
    rows: dict[str, int] = {}
    by_hall: dict[str, dict[str, int]] = {id: {} for id in halls.hall_ids(connection)}
    look = inspect(connection)
    for name in sorted(look.get_table_names()):
        if name == "alembic_version":
            continue
        known = table(name, column("hall"))
        rows[name] = connection.scalar(select(func.count()).select_from(known)) or 0
        if any(one["name"] == "hall" for one in look.get_columns(name)):
            count = select(known.c.hall, func.count()).group_by(known.c.hall)
            for hall, many in connection.execute(count):
                if hall in by_hall:
                    by_hall[hall][name] = many
    revision = connection.scalar(select(column("version_num")).select_from(table("alembic_version")))
    return Facts(str(revision), rows, {id: _hall(connection, id, found) for id, found in by_hall.items()})


def _hall(connection: Connection, id: str, rows: dict[str, int]) -> HallFacts:
    head = connection.execute(
        select(t.halls.c.journal_seq, t.halls.c.journal_hash).where(t.halls.c.id == id)
    ).one()
    at = journal.last_at(connection, id, head.journal_seq)
    return HallFacts(head.journal_seq, head.journal_hash, at.isoformat() if at else None, rows)


def differs(connection: Connection, told: Facts) -> str | None:
    """In what the database is not as ``told``; None: it is the same, and every journal in it is whole."""
    try:
        found = facts_of(connection)
        for hall in found.halls:
            broken = journal.check(connection, hall)
            if broken is not None:
                return f"the journal of hall {hall} is broken at line {broken}"
    except SQLAlchemyError as error:
        return str(getattr(error, "orig", None) or error).strip()
    if found == told:
        return None
    if found.revision != told.revision:
        return f"its schema is {found.revision}, not {told.revision}"
    for hall in sorted(told.halls.keys() | found.halls.keys()):
        then, now = told.halls.get(hall), found.halls.get(hall)
        if then is None or now is None:
            return f"hall {hall} is {'too many' if then is None else 'missing'}"
        if (then.seq, then.hash) != (now.seq, now.hash):
            return f"the journal of hall {hall} ends at line {now.seq}, not as told at line {then.seq}"
    names = sorted(
        name
        for name in told.tables.keys() | found.tables.keys()
        if told.tables.get(name) != found.tables.get(name)
    )
    return f"other numbers of rows than told in: {', '.join(names) or 'the halls'}"


def from_plain(plain: Any) -> Facts:
    """From a manifest. Raises KeyError, TypeError, ValueError for what is none."""
    made = {
        str(id): HallFacts(int(one["seq"]), str(one["hash"]), one["at"], _counts(one["tables"]))
        for id, one in plain["halls"].items()
    }
    return Facts(str(plain["revision"]), _counts(plain["tables"]), made)


def _counts(plain: Any) -> dict[str, int]:
    return {str(name): int(many) for name, many in plain.items()}
