"""The demo lab: its standards and devices, and what its people may sign, from ``assets/demo/lab.json``."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from server.domain.equipment import Equipment, Factors
from server.domain.hall import Hall
from server.domain.lab import Credential
from server.protocol import codes
from server.protocol.places import ASSETS
from server.store import credentials, equipment
from server.store.halls import text

DEMO_LAB = ASSETS / "demo" / "lab.json"


def make_lab(
    connection: Connection, hall: Hall, users: frozenset[str], now: datetime, plan: Path = DEMO_LAB
) -> None:
    """Add the planned equipment to ``hall``, and the credentials of those of ``users`` that it names."""
    planned = json.loads(plan.read_text(encoding="utf-8"))
    for one in planned["equipment"]:
        equipment.add(connection, _equipment(hall, one, now))
    for one in planned["credentials"]:
        if one["user"] in users:
            credentials.add(connection, _credential(hall.id, one))


def _equipment(hall: Hall, one: dict[str, Any], now: datetime) -> Equipment:
    today = hall.day(now)
    values = tuple((where, value) for where, value in one.get("factors", ()))
    return Equipment(
        code=codes.code_of("E", secrets.randbits(64)),
        hall=hall.id,
        number=one["number"],
        section=one["section"],
        name=text(one["name"]),
        standard=one.get("standard", True),
        model=one["model"],
        maker_number=one["maker_number"],
        uncertainty=one["uncertainty"],
        span=one["span"],
        certificate=one["certificate"],
        until=date.fromisoformat(one["until"]),
        check_days=one["check_days"],
        factors=(Factors(1, today, values, now, "server"),) if values else (),
        since=today,
    )


def _credential(hall: str, one: dict[str, Any]) -> Credential:
    return Credential(
        id=uuid.uuid4().hex,
        hall=hall,
        user=one["user"],
        kind=one["kind"],
        number=one["number"],
        items=frozenset(one["items"]),
        title=one["title"],
        since=date.fromisoformat(one["since"]),
        until=date.fromisoformat(one["until"]),
    )
