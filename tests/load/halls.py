"""The halls of the city that is played: the demo's plan, larger, and many of it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Final

from argon2 import PasswordHasher

from server.domain.catalogue import Caps
from server.domain.hall import Counter, Hall
from server.domain.slots import Slot
from server.services.demo import DEMO_HALL, hall_from
from server.services.people import new_device_token
from server.store import people
from server.store.engine import migrate, open_engine
from server.store.halls import make_hall, text

BROUGHT: Final = "price-scale"
"""The instrument that people bring."""
SLOT: Final = "all-day"
ALL = tuple((service, 1) for service in ("green", "accept", "submit", "pickup", "consult"))


@dataclass(frozen=True, slots=True)
class Place:
    """A hall and the sign-ins of its people."""

    id: str
    day: str
    """Its business day."""
    kiosks: dict[str, str]
    """Name → token."""
    clerks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Counter → user and password."""


def night(now: datetime) -> str:
    """A zone in which it is two at night: today's places are all to come, at whatever hour this is run."""
    ahead = (2 - now.hour) % 24
    ahead -= 24 * (ahead > 12)
    return f"Etc/GMT{-ahead:+d}"


def furnish(database: str, halls: int, counters: int, kiosks: int) -> list[Place]:
    """Make so many halls in the new ``database``. Secrets are hashed weakly: that is not what is measured."""
    migrate(database)
    now = datetime.now(UTC)
    plan = json.loads(DEMO_HALL.read_text(encoding="utf-8")) | {"zone": night(now)}
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    engine = open_engine(database)
    places = []
    try:
        for n in range(halls):
            hall = _hall(hall_from(plan | {"id": f"hall-{n + 1}"}), counters)
            place = Place(hall.id, hall.day(now).isoformat(), {})
            with engine.begin() as connection:
                make_hall(connection, hall, hall.day(now))
                for number in hall.counters:
                    user, password = f"clerk-{n + 1}-{number}", secrets.token_urlsafe(9)
                    place.clerks[number] = (user, password)
                    known = people.StaffMember(
                        user, hall.id, "某", number, text({"zh": "受理员"}), ("clerk",), weak.hash(password)
                    )
                    people.save_staff(connection, known)
                for k in range(kiosks):
                    name = f"kiosk-{n + 1}-{k + 1}"
                    token = place.kiosks[name] = new_device_token(name)
                    people.add_device(connection, people.Device(name, hall.id, "kiosk", weak.hash(token)))
            places.append(place)
    finally:
        engine.dispose()
    return places


def _hall(hall: Hall, counters: int) -> Hall:
    name = next(iter(hall.counters.values())).name
    offer = hall.offer
    items = dict(offer.catalogue.items)
    items[BROUGHT] = replace(items[BROUGHT], caps=Caps(50, 10**6, 10**6))
    slot = Slot(SLOT, "accept", time(10), time(11), 10.0**7, 10**6, frozenset(range(7)))
    return replace(
        hall,
        counters={str(n + 1): Counter(str(n + 1), name, ALL) for n in range(counters)},
        offer=replace(offer, catalogue=replace(offer.catalogue, items=items), slots={SLOT: slot}),
    )
