"""A hall made from a file such as ``assets/demo/hall.json``, with passwords and tokens made at random."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy import Engine

from server.domain.hall import Counter, Hall, Service
from server.domain.offer import Offer
from server.protocol.places import ASSETS
from server.store import people
from server.store.halls import make_hall, text
from server.store.offers import offer_from

from .demo_lab import make_lab
from .passwords import hashed
from .people import new_device_token
from .years import announced

DEMO_HALL = ASSETS / "demo" / "hall.json"
DEMO_OFFER = ASSETS / "demo" / "offer.json"


class Credentials(TypedDict):
    users: dict[str, str]
    devices: dict[str, str]


def demo_offer(path: Path = DEMO_OFFER) -> Offer:
    """The default catalogue with its slots; the calendar as it is announced so far."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    return replace(offer_from(plan), calendar=announced(plan["calendar_from"]))


def hall_from(plan: Mapping[str, Any]) -> Hall:
    """The hall's set-up as the file describes it, with the default offer."""
    services = (
        Service(
            id=one["id"],
            name=text(one["name"]),
            prefix=one["prefix"],
            minutes=one["minutes"],
            bring=text(one["bring"]),
            about=text(one["about"]),
            green=one["green"],
        )
        for one in plan["services"]
    )
    counters = (
        Counter(one["number"], text(one["name"]), tuple((name, tier) for name, tier in one["functions"]))
        for one in plan["counters"]
    )
    return Hall(
        id=plan["id"],
        name=text(plan["name"]),
        zone=plan["zone"],
        services={one.id: one for one in services},
        counters={one.number: one for one in counters},
        complaint_phone=plan["complaint_phone"],
        notices=tuple((text(title), text(body)) for title, body in plan["notices"]),
        guidance=tuple((text(title), text(body)) for title, body in plan["guidance"]),
        offer=demo_offer(),
    )


def make_demo(engine: Engine, now: datetime, plan: Path = DEMO_HALL) -> Credentials:
    """Add the planned hall; answer its passwords and tokens, which stand nowhere else in the clear."""
    planned = json.loads(plan.read_text(encoding="utf-8"))
    hall = hall_from(planned)
    made: Credentials = {"users": {}, "devices": {}}
    with engine.begin() as connection:
        make_hall(connection, hall, hall.day(now))
        for one in planned["staff"]:
            password = made["users"][one["user"]] = secrets.token_urlsafe(9)
            people.save_staff(
                connection,
                people.StaffMember(
                    user=one["user"],
                    hall=hall.id,
                    name=one["name"],
                    badge=one["badge"],
                    duty=text(one["duty"]),
                    roles=tuple(one["roles"]),
                    password=hashed(password),
                ),
            )
        make_lab(connection, hall, frozenset(made["users"]), now)
        for one in planned["devices"]:
            token = made["devices"][one["name"]] = new_device_token(one["name"])
            device = people.Device(one["name"], hall.id, one["kind"], hashed(token), token_at=now)
            people.add_device(connection, device)
    return made
