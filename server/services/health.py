"""The hall's machines at a glance: what needs somebody first, each device with its parts, the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from server import __version__
from server.domain import upkeep as rules
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.protocol import devices as d
from server.protocol.commands import DeviceStatus
from server.store import alarms, people
from server.store import tables as t

from .alarm_sentences import device_name
from .alarms import WATCHED, views
from .halls import Halls
from .machine import Facts, Machine


class MachineHealth:
    """``certificate``: until when the certificate holds that is served, if any."""

    def __init__(
        self, halls: Halls, machine: Machine, certificate: Callable[[], datetime | None] = lambda: None
    ) -> None:
        self._halls = halls
        self._machine = machine
        self._certificate = certificate

    async def seen(self, hall: str) -> d.HealthView:
        floor = self._halls.floor(hall)

        def look(at: Connection) -> d.HealthView:
            return _view(at, floor, self._halls.now(), facts, self._certificate())

        facts = await asyncio.to_thread(self._machine.facts)
        return await asyncio.to_thread(self._halls.read, look)


def _view(at: Connection, floor: Floor, now: datetime, facts: Facts, until: datetime | None) -> d.HealthView:
    hall = floor.hall
    known = people.list_devices(at, hall.id)
    kinds = {one.name: one.kind for one in known}
    standing = rules.by_gravity(alarms.standing(at, hall.id))
    told = views(at, hall, kinds, standing)
    devices = [
        _device(floor, one, now, [alarm for alarm in told if alarm.device == one.name])
        for one in known
        if one.active and one.kind in WATCHED
    ]
    # Kiosks first: they are what customers meet; those in trouble first of all.
    devices.sort(key=lambda one: (not one.alarms, one.kind != "kiosk", one.name))
    sealed: date | None = at.scalar(select(func.max(t.seals.c.day)).where(t.seals.c.hall == hall.id))
    return d.HealthView(
        at=hall.local(now),
        server=d.ServerHealth(
            version=facts.version,
            database=facts.database,
            database_bytes=facts.database_bytes,
            disk_free=facts.disk_free,
            disk_low=facts.disk_low,
            backup_at=hall.local(facts.backup_at) if facts.backup_at else None,
            sealed_until=sealed.isoformat() if sealed else None,
            clock_off=facts.clock_off,
            certificate_until=hall.local(until) if until else None,
        ),
        devices=tuple(devices),
        alarms=told,
    )


def _device(floor: Floor, one: people.Device, now: datetime, mine: Sequence[d.AlarmView]) -> d.DeviceHealth:
    hall: Hall = floor.hall
    status = DeviceStatus.model_validate(json.loads(one.status))
    online = one.seen_at is not None and now - one.seen_at <= rules.SILENT
    since = rules.read_since(one.part_since)
    parts = [
        d.PartView(
            part=part,
            state=state,
            detail=status.details.get(part, "") if part != "link" and part != "numbers" else "",
            since=hall.local(since[part]) if part in since else None,
        )
        for part, state in rules.words(status).items()
        if state != "none"
    ]
    blocks = [block for block in floor.lent.values() if block.device == one.name]
    return d.DeviceHealth(
        name=one.name,
        label=device_name(one.name, one.kind),
        kind=one.kind,
        active=one.active,
        online=online,
        seen_at=hall.local(one.seen_at) if one.seen_at else None,
        version=status.version,
        outdated=bool(status.version) and status.version != __version__,
        parts=tuple(parts),
        alarms=tuple(mine),
        token_at=hall.local(one.token_at) if one.token_at else None,
        handed_in=sum(len(block.used) for block in blocks),
        leased=sum(block.unused for block in blocks if block.returned_at is None),
    )
