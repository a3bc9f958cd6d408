"""A kiosk cut off from the server: its numbers are lent beforehand and handed in afterwards, exactly once."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.protocol import codes
from server.protocol.offline import BLOCK
from server.seals.key import holds
from tests.servers import NOON, Clock, ServerThread

from .stage import Stage
from .visits import DAY, HALL, booked, checked_in, kiosk


def leases(hall: ServerThread, token: str = "", **body: object) -> dict[str, Any]:
    """The kiosk's blocks by service."""
    told = hall.ask("POST", f"{HALL}/leases", body or None, token or kiosk(hall))
    return {one["service"]: one for one in told["leases"]}


def paper(lease: dict[str, Any], n: int, at: datetime, **more: object) -> dict[str, Any]:
    """A ticket that the kiosk gave by itself."""
    code = codes.code_of("V", uuid.uuid4().int)
    return {
        "id": uuid.uuid4().hex,
        "code": code,
        "lease": lease["id"],
        "n": n,
        "issued_at": at.isoformat(),
        **more,
    }


def hand_in(hall: ServerThread, *tickets: dict[str, Any], token: str = "") -> Sequence[dict[str, Any]]:
    told: list[dict[str, Any]] = hall.ask(
        "POST", f"{HALL}/offline-tickets", {"tickets": tickets}, token or kiosk(hall)
    )["tickets"]
    return told


def test_a_number_given_without_the_server_stands_in_the_queue_with_its_true_time(
    either: ServerThread, clock: Clock
) -> None:
    stage = Stage(either)
    lent = leases(either)["accept"]
    assert (lent["prefix"], lent["first"], lent["last"]) == ("A", 901, 920)
    clock.advance(minutes=10)
    one = paper(lent, 901, clock.now)
    clock.advance(minutes=5)
    [told] = hand_in(either, one)
    assert (told["outcome"], told["number"]) == ("taken", "A901")
    seen = either.ask("GET", f"/tickets/{one['code']}")
    assert (seen["state"], datetime.fromisoformat(seen["issued_at"])) == ("waiting", NOON + timedelta(minutes=10))
    stage.counter("open")
    desk = stage.do("GET", "/halls/main/leases", user="clerk1")
    assert {(line["device"], line["lease"]["service"], line["handed_in"]) for line in desk} >= {
        ("kiosk-1", "accept", 1)
    }
    called = stage.counter("call-next")["ticket"]
    assert (called["number"], called["offline"], called["waited"]) == ("A901", True, 5)
