"""Staff, devices and sessions in the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from server.protocol.views import Text
from server.protocol.words import Role

from . import tables as t
from .halls import pack, text


@dataclass(frozen=True, slots=True)
class StaffMember:
    user: str
    hall: str
    name: str
    badge: str
    duty: Text
    roles: tuple[Role, ...]
    password: str
    """argon2 hash."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    hall: str
    kind: Role
    token: str
    """argon2 hash."""
    active: bool = True
    seen_at: datetime | None = None
    status: str = "{}"
    token_at: datetime | None = None
    """Since when the token is in use."""
    token_next: str = ""
    """argon2 hash of a token that was made and not used yet; its first use ends the one before it."""
    part_since: str = "{}"
    """JSON: part → since when it is as ``status`` says."""


@dataclass(frozen=True, slots=True)
class Session:
    token: str
    """SHA-256 of the token."""
    user: str
    csrf: str
    made_at: datetime
    ends_at: datetime
    name: str = ""
    """What lists call it; unlike the token's hash it may be shown."""
    client: str = ""
    """From where and with what it was begun."""
    seen_at: datetime | None = None


def find_staff(connection: Connection, user: str) -> StaffMember | None:
    row = connection.execute(select(t.staff).where(t.staff.c.user == user)).one_or_none()
    return None if row is None else _staff(row)


def list_staff(connection: Connection, hall: str) -> list[StaffMember]:
    rows = connection.execute(select(t.staff).where(t.staff.c.hall == hall).order_by(t.staff.c.user))
    return [_staff(row) for row in rows]


def _staff(row: Any) -> StaffMember:
    roles = tuple(json.loads(row.roles))
    duty = text(json.loads(row.duty))
    return StaffMember(row.user, row.hall, row.name, row.badge, duty, roles, row.password, row.active)


def save_staff(connection: Connection, member: StaffMember) -> None:
    """Add the member, or replace the one of that user name."""
    values = {
        "hall": member.hall,
        "name": member.name,
        "badge": member.badge,
        "duty": pack(member.duty.model_dump()),
        "roles": pack(list(member.roles)),
        "password": member.password,
        "active": member.active,
    }
    moved = connection.execute(update(t.staff).where(t.staff.c.user == member.user).values(values))
    if moved.rowcount == 0:
        connection.execute(insert(t.staff).values(user=member.user, **values))


def find_device(connection: Connection, name: str) -> Device | None:
    row = connection.execute(select(t.devices).where(t.devices.c.name == name)).one_or_none()
    return None if row is None else Device(**row._mapping)


def list_devices(connection: Connection, hall: str) -> list[Device]:
    rows = connection.execute(select(t.devices).where(t.devices.c.hall == hall).order_by(t.devices.c.name))
    return [Device(**row._mapping) for row in rows]


def watched_devices(connection: Connection, halls: Iterable[str]) -> list[Device]:
    """The kiosks and displays of several halls, by hall and name."""
    row = t.devices.c
    asked = select(t.devices).where(row.hall.in_(list(halls)), row.kind.in_(("kiosk", "display")))
    return [Device(**one._mapping) for one in connection.execute(asked.order_by(row.hall, row.name))]


def add_device(connection: Connection, device: Device) -> None:
    """Raises IntegrityError when there is one of that name."""
    connection.execute(insert(t.devices).values(name=device.name, **_values(device)))


def renew_device(connection: Connection, device: Device) -> None:
    """Put the device in the place of the one of that name."""
    connection.execute(update(t.devices).where(t.devices.c.name == device.name).values(_values(device)))


def _values(device: Device) -> dict[str, Any]:
    return {
        "hall": device.hall,
        "kind": device.kind,
        "token": device.token,
        "active": device.active,
        "seen_at": device.seen_at,
        "status": device.status,
        "token_at": device.token_at,
        "token_next": device.token_next,
        "part_since": device.part_since,
    }


def set_device_active(connection: Connection, name: str, active: bool) -> None:
    connection.execute(update(t.devices).where(t.devices.c.name == name).values(active=active))


def first_token(connection: Connection, name: str, token: str, at: datetime) -> bool:
    """Give the device that has none yet the hash of its first token; False: it has one, or is gone."""
    row = t.devices.c
    asked = update(t.devices).where(row.name == name, row.token == "", row.active)
    return connection.execute(asked.values(token=token, token_at=at)).rowcount == 1


def set_next_token(connection: Connection, name: str, token: str) -> None:
    """The hash of a token that was made and not used yet."""
    connection.execute(update(t.devices).where(t.devices.c.name == name).values(token_next=token))


def promote_token(connection: Connection, name: str, token: str, at: datetime) -> None:
    """The token made last takes the place of the one before it."""
    row = t.devices.c
    asked = update(t.devices).where(row.name == name, row.token_next == token)
    connection.execute(asked.values(token=token, token_next="", token_at=at))


def device_seen(connection: Connection, name: str, at: datetime, status: str, part_since: str) -> None:
    """The device has told how it is."""
    told = {"seen_at": at, "status": status, "part_since": part_since}
    connection.execute(update(t.devices).where(t.devices.c.name == name).values(told))


def devices_seen(connection: Connection, names: Iterable[str], at: datetime) -> None:
    """These devices are connected now."""
    connection.execute(update(t.devices).where(t.devices.c.name.in_(list(names))).values(seen_at=at))


def find_session(connection: Connection, token: str) -> Session | None:
    row = connection.execute(select(t.sessions).where(t.sessions.c.token == token)).one_or_none()
    return None if row is None else Session(**row._mapping)


def add_session(connection: Connection, session: Session) -> None:
    connection.execute(insert(t.sessions).values(asdict(session)))


def end_session(connection: Connection, token: str) -> None:
    connection.execute(delete(t.sessions).where(t.sessions.c.token == token))


def end_sessions_of(connection: Connection, user: str, but: str = "") -> None:
    """All sessions of the user; that of the token ``but`` stays."""
    row = t.sessions.c
    connection.execute(delete(t.sessions).where(row.user == user, row.token != but))


def find_session_named(connection: Connection, name: str) -> Session | None:
    row = connection.execute(select(t.sessions).where(t.sessions.c.name == name)).one_or_none()
    return None if row is None else Session(**row._mapping)


def end_session_named(connection: Connection, name: str, user: str) -> bool:
    """End the user's session of that name; False: there is none."""
    row = t.sessions.c
    return connection.execute(delete(t.sessions).where(row.name == name, row.user == user)).rowcount == 1


def list_sessions(connection: Connection, now: datetime, *, hall: str = "", user: str = "") -> list[Session]:
    """Those that are open, of one hall's people or of one user, the newest first."""
    row = t.sessions.c
    whose = row.user == user if user else row.user.in_(select(t.staff.c.user).where(t.staff.c.hall == hall))
    asked = select(t.sessions).where(whose, row.ends_at > now).order_by(row.made_at.desc(), row.name)
    return [Session(**found._mapping) for found in connection.execute(asked)]


def session_seen(connection: Connection, token: str, at: datetime) -> None:
    connection.execute(update(t.sessions).where(t.sessions.c.token == token).values(seen_at=at))


def set_password(connection: Connection, user: str, password: str) -> None:
    """``password``: argon2 hash."""
    connection.execute(update(t.staff).where(t.staff.c.user == user).values(password=password))


def forget_ended(connection: Connection, now: datetime) -> int:
    """Remove sessions past their end; how many."""
    return connection.execute(delete(t.sessions).where(t.sessions.c.ends_at < now)).rowcount
