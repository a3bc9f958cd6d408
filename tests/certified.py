"""Samples brought to a signed result, for tests of what comes after: certificates, pick-up, labels."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from server.domain.refusal import Refusal
from server.domain.results import Content, Result, Room, StandardUsed, Value
from server.domain.samples import MOVES, Move
from server.protocol.views import Text
from server.protocol.words import Conclusion
from server.services.certificates import draft
from server.services.refused import Refused
from server.services.stages import move, settle
from server.services.work import Ledger, Record
from server.store import orders, results
from server.store.certificates import Certificate
from tests.servers import ServerThread

TO_REVIEWED: tuple[Move, ...] = ("receive", "queue", "start", "test", "review")


def content(today: date, **other: Any) -> Content:
    """What a verifier wrote down: three readings, one standard, the room's air."""
    return Content(
        **{
            "values": tuple(
                Value(
                    f"r{n}",
                    Text(zh=f"示值误差（第{n}点）", en=f"Error of indication, point {n}"),
                    f"{0.01 * n:.2f}",
                    "m⁻¹",
                    "−0.06 … 0.06",
                )
                for n in (1, 2, 3)
            ),
            "standards": (
                StandardUsed(
                    code="E0000000000XX",
                    name=Text(zh="焦度计标准镜片", en="Standard lenses"),
                    model="BJ-1",
                    number="LQ-OPT-001",
                    uncertainty="U=0.02 m⁻¹, k=2",
                    certificate="GX2026-00123",
                    until=today + timedelta(days=90),
                ),
            ),
            "place": "光学实验室",
            "maker": "某某光学仪器有限公司",
            "model": "JDY-5",
            **other,
        }
    )


def approved(ledger: Ledger, sample: orders.Sample, conclusion: Conclusion, **other: Any) -> Result:
    """A result with its three signatures, in the tables. ``other``: fields that differ."""
    now, hall = ledger.now, ledger.floor.hall
    today = hall.day(now)
    item = hall.offer.catalogue.items[sample.item]
    facts: Mapping[str, Any] = {
        "id": uuid.uuid4().hex,
        "hall": hall.id,
        "sample": sample.code,
        "version": len(results.of_sample(ledger.connection, sample.code)) + 1,
        "state": "approved",
        "content": replace(content(today), room=Room(21.3, 48.0, now)),
        "regulation": item.regulation(today) or "",
        "tested_on": today,
        "made_at": now,
        "changed_at": now,
        "conclusion": conclusion,
        "verifier": "clerk1",
        "verified_at": now,
        "reviewer": "clerk2",
        "reviewed_at": now,
        "approver": "manager",
        "approved_at": now,
        **other,
    }
    result = Result(**facts)
    results.add(ledger.connection, result)
    return result


def concluded(
    ledger: Ledger, order: str, position: int = 1, conclusion: Conclusion = "qualified", **other: Any
) -> Certificate | Refusal:
    """One piece of an order taken from wherever it is to its last signature, and its certificate drafted."""
    one = next(each for each in orders.samples(ledger.connection, order) if each.position == position)
    found = orders.find(ledger.connection, id=order)
    assert found is not None
    if found.state == "registered":
        found = replace(found, state="accepted", accepted_at=ledger.now)
        orders.save(ledger.connection, found)
    for what in TO_REVIEWED:
        if one.state in MOVES[what][0]:
            moved = move(ledger, one, what)
            assert not isinstance(moved, Refusal), moved
            one = moved
    result = approved(ledger, one, conclusion, **other)
    if one.state == "reviewed":
        done = move(ledger, replace(one, conclusion=conclusion, serial=one.serial or "2024-0117"), "conclude")
        assert not isinstance(done, Refusal), done
        one = done
    settle(ledger, found)
    return draft(ledger, found, one, result)


def certify(
    server: ServerThread, order: str, position: int = 1, conclusion: Conclusion = "qualified", **other: Any
) -> Certificate | Refusal:
    """As ``concluded``, in a transaction of its own on the server."""
    got: list[Certificate | Refusal] = []

    def change(ledger: Ledger) -> str | Refusal:
        got.append(concluded(ledger, order, position, conclusion, **other))
        return got[-1] if isinstance(got[-1], Refusal) else ""

    with suppress(Refused):
        server.run(server.app.state.core.halls.writer("main").perform(Record("server", change)))
    return got[-1]
