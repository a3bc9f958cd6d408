"""Records of the air in a section's rooms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from server.domain.lab import ClimateRecord

from . import tables as t


def add(connection: Connection, one: ClimateRecord) -> None:
    row = {name: getattr(one, name) for name in ClimateRecord.__dataclass_fields__}
    connection.execute(insert(t.climate).values(row))


def last(connection: Connection, hall: str, section: str, now: datetime) -> ClimateRecord | None:
    """The newest record of a section that was not made after ``now``."""
    table = t.climate.c
    row = connection.execute(
        select(t.climate)
        .where(table.hall == hall, table.section == section, table.at <= now)
        .order_by(table.at.desc(), table.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else ClimateRecord(**row._mapping)


def newest(connection: Connection, hall: str) -> dict[str, ClimateRecord]:
    """Section → its newest record."""
    table = t.climate.c
    latest = (
        select(table.section, func.max(table.at).label("at"))
        .where(table.hall == hall)
        .group_by(table.section)
        .subquery()
    )
    rows = connection.execute(
        select(t.climate)
        .join(latest, (latest.c.section == table.section) & (latest.c.at == table.at))
        .where(table.hall == hall)
        .order_by(table.id)
    )
    return {row.section: ClimateRecord(**row._mapping) for row in rows}


def history(connection: Connection, hall: str, section: str, most: int) -> list[ClimateRecord]:
    """The newest first."""
    table = t.climate.c
    rows = connection.execute(
        select(t.climate)
        .where(table.hall == hall, table.section == section)
        .order_by(table.at.desc(), table.id.desc())
        .limit(most)
    )
    return [ClimateRecord(**row._mapping) for row in rows]
