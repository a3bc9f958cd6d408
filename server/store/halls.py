"""A hall's set-up in the tables: settings, services, counters."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, time
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from server.domain.hall import Counter, Hall, Hours, Rules, Service
from server.domain.personal import Retention
from server.protocol.views import Text

from . import tables as t
from .offers import load_offer, save_offer

GENESIS = "0" * 64
"""The hash before a journal's first line."""


def text(value: dict[str, str]) -> Text:
    return Text(zh=value["zh"], en=value.get("en", ""))


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pack(value: Any) -> str:
    """Canonical JSON: the same value is always the same string."""
    return _encoder.encode(value)


def unpack(packed: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(packed)
    return value


def hall_ids(connection: Connection) -> list[str]:
    return list(connection.scalars(select(t.halls.c.id).order_by(t.halls.c.id)))


def load_hall(connection: Connection, id: str) -> Hall | None:
    """The hall's set-up, or None when there is no such hall."""
    row = connection.execute(select(t.halls.c.settings).where(t.halls.c.id == id)).one_or_none()
    if row is None:
        return None
    settings = json.loads(row.settings)
    services = connection.execute(
        select(t.services).where(t.services.c.hall == id).order_by(t.services.c.position)
    )
    counters = connection.execute(
        select(t.counters).where(t.counters.c.hall == id).order_by(t.counters.c.position)
    )
    hours = settings["hours"]
    emergency = settings["emergency"]
    return Hall(
        id=id,
        name=text(settings["name"]),
        zone=settings["zone"],
        services={row.id: _service(row) for row in services},
        counters={row.number: _counter(row) for row in counters},
        rules=Rules(**settings["rules"]),
        hours=Hours(
            time.fromisoformat(hours["opens"]),
            time.fromisoformat(hours["closes"]),
            frozenset(hours["weekdays"]),
        )
        if hours
        else None,
        shut=settings["shut"],
        complaint_phone=settings["complaint_phone"],
        notices=tuple((text(title), text(body)) for title, body in settings["notices"]),
        guidance=tuple((text(title), text(body)) for title, body in settings["guidance"]),
        emergency=text(emergency) if emergency else None,
        offer=load_offer(connection, id),
        retention=Retention(**settings.get("retention", {})),
    )


def _service(row: Any) -> Service:
    texts = json.loads(row.texts)
    return Service(
        id=row.id,
        name=text(texts["name"]),
        prefix=row.prefix,
        minutes=row.minutes,
        bring=text(texts["bring"]),
        about=text(texts["about"]),
        green=row.green,
        active=row.active,
    )


def _counter(row: Any) -> Counter:
    functions = tuple((service, tier) for service, tier in json.loads(row.functions))
    return Counter(row.number, text(json.loads(row.name)), functions, row.active)


def settings_of(hall: Hall) -> dict[str, Any]:
    """What stands in the hall's settings column."""
    hours = hall.hours
    rules = {name: getattr(hall.rules, name) for name in Rules.__dataclass_fields__}
    rules["head_starts"] = dict(hall.rules.head_starts)
    return {
        "name": hall.name.model_dump(),
        "zone": hall.zone,
        "rules": rules,
        "hours": {
            "opens": hours.opens.isoformat("minutes"),
            "closes": hours.closes.isoformat("minutes"),
            "weekdays": sorted(hours.weekdays),
        }
        if hours
        else None,
        "shut": hall.shut,
        "complaint_phone": hall.complaint_phone,
        "notices": [[title.model_dump(), body.model_dump()] for title, body in hall.notices],
        "guidance": [[title.model_dump(), body.model_dump()] for title, body in hall.guidance],
        "emergency": hall.emergency.model_dump() if hall.emergency else None,
        "retention": asdict(hall.retention),
    }


def make_hall(connection: Connection, hall: Hall, day: date) -> None:
    """A new hall with its services and counters."""
    connection.execute(
        insert(t.halls).values(
            id=hall.id,
            settings=pack(settings_of(hall)),
            version=1,
            day=day,
            since_green=1_000,
            orders=0,
            journal_seq=0,
            journal_hash=GENESIS,
        )
    )
    save_setup(connection, hall)
    save_offer(connection, hall.id, hall.offer)


def save_setup(connection: Connection, hall: Hall) -> None:
    """Write the whole set-up: settings, services and counters (those gone from it are removed)."""
    connection.execute(
        update(t.halls)
        .where(t.halls.c.id == hall.id)
        .values(settings=pack(settings_of(hall)), setup=t.halls.c.setup + 1)
    )
    connection.execute(delete(t.services).where(t.services.c.hall == hall.id))
    connection.execute(delete(t.counters).where(t.counters.c.hall == hall.id))
    if hall.services:
        connection.execute(
            insert(t.services),
            [
                {
                    "hall": hall.id,
                    "id": service.id,
                    "position": position,
                    "prefix": service.prefix,
                    "minutes": service.minutes,
                    "green": service.green,
                    "active": service.active,
                    "texts": pack(
                        {
                            "name": service.name.model_dump(),
                            "bring": service.bring.model_dump(),
                            "about": service.about.model_dump(),
                        }
                    ),
                }
                for position, service in enumerate(hall.services.values())
            ],
        )
    if hall.counters:
        connection.execute(
            insert(t.counters),
            [
                {
                    "hall": hall.id,
                    "number": counter.number,
                    "position": position,
                    "name": pack(counter.name.model_dump()),
                    "functions": pack([list(function) for function in counter.functions]),
                    "active": counter.active,
                }
                for position, counter in enumerate(hall.counters.values())
            ],
        )
