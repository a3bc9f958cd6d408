"""The maintenance log (维护记录): who did what to which machine, and when. Nothing of it is ever dropped."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from server.protocol.devices import UpkeepKind

from . import tables as t

ROW = t.upkeep.c


@dataclass(frozen=True, slots=True)
class Upkeep:
    id: str
    hall: str
    device: str
    kind: UpkeepKind
    remark: str
    by: str
    """The user who did it."""
    at: datetime
    alarm: str | None = None
    """The alarm that it answered."""


def add(connection: Connection, one: Upkeep) -> None:
    connection.execute(insert(t.upkeep).values(asdict(one)))


def listed(
    connection: Connection, hall: str, device: str = "", before: datetime | None = None, most: int = 200
) -> list[Upkeep]:
    """The newest first; of one device, where one is named; from before an instant, where one is given."""
    asked = select(t.upkeep).where(ROW.hall == hall)
    if device:
        asked = asked.where(ROW.device == device)
    if before is not None:
        asked = asked.where(ROW.at < before)
    rows = connection.execute(asked.order_by(ROW.at.desc(), ROW.id).limit(most))
    return [Upkeep(**row._mapping) for row in rows]
