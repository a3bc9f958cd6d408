"""Devices that ask to become a hall's own, in the tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from server.protocol.devices import PairingState

from . import tables as t

KEPT = timedelta(hours=1)
"""How long a pairing that is over is still known, so that its device hears that it is."""


@dataclass(frozen=True, slots=True)
class Pairing:
    id: str
    code: str
    """What stands on the device's screen."""
    secret: str
    """SHA-256 of what only the device knows."""
    kind: str
    version: str
    made_at: datetime
    ends_at: datetime
    hall: str | None = None
    device: str | None = None
    token: str = ""
    """The hall's half of what the token is made from; the other half is the device's secret."""
    state: PairingState = "waiting"


def find(connection: Connection, *, id: str = "", code: str = "") -> Pairing | None:
    wanted = t.pairings.c.id == id if id else t.pairings.c.code == code
    row = connection.execute(select(t.pairings).where(wanted)).one_or_none()
    return None if row is None else Pairing(**row._mapping)


def add(connection: Connection, pairing: Pairing) -> None:
    """Raises IntegrityError when another shows the same code."""
    connection.execute(insert(t.pairings).values(asdict(pairing)))


def waiting(connection: Connection, now: datetime) -> int:
    """How many wait for a manager."""
    row = t.pairings.c
    asked = select(func.count()).where(row.state == "waiting", row.ends_at > now).select_from(t.pairings)
    return int(connection.execute(asked).scalar_one())


def pair(connection: Connection, id: str, hall: str, device: str, token: str, ends_at: datetime) -> bool:
    """Give the pairing that waits its place in a hall; False: it waits no longer."""
    row = t.pairings.c
    chosen = {"hall": hall, "device": device, "token": token, "ends_at": ends_at, "state": "paired"}
    asked = update(t.pairings).where(row.id == id, row.state == "waiting")
    return connection.execute(asked.values(chosen)).rowcount == 1


def shorten(connection: Connection, id: str, ends_at: datetime) -> None:
    connection.execute(update(t.pairings).where(t.pairings.c.id == id).values(ends_at=ends_at))


def undelivered(connection: Connection, device: str) -> bool:
    """Whether this device's token could still be told again."""
    row = t.pairings.c
    asked = select(row.id).where(row.device == device, row.token != "").limit(1)
    return connection.execute(asked).one_or_none() is not None


def close(connection: Connection, device: str) -> None:
    """No token is told any more by what was paired under this name."""
    row = t.pairings.c
    asked = update(t.pairings).where(row.device == device, row.token != "")
    connection.execute(asked.values(token="", state="over"))


def forget_old(connection: Connection, now: datetime) -> int:
    """Remove what is long over; how many."""
    return connection.execute(delete(t.pairings).where(t.pairings.c.ends_at < now - KEPT)).rowcount
