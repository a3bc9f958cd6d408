"""What every signature under a result is checked against, anew each time: it must hold on the test date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from server.domain.catalogue import Item
from server.domain.equipment import Equipment, usable
from server.domain.hall import Hall
from server.domain.lab import CredentialKind, air, fits, holds
from server.domain.refusal import Refusal
from server.domain.results import Result, Room, StandardUsed
from server.protocol import codes
from server.protocol.language import both
from server.protocol.views import Text
from server.store import climate, credentials, equipment, negotiations, orders, people

from . import lab_sentences as s
from .work import Ledger


def may_sign(
    connection: Connection, hall: Hall, user: str, kind: CredentialKind, item: Item, day: date
) -> Refusal | None:
    """Refused: credential_missing, where ``user`` may not sign as ``kind`` for ``item`` on ``day``."""
    held = credentials.of_hall(connection, hall.id, user)
    if holds(held, kind, item.id, day):
        return None
    member = people.find_staff(connection, user)
    name = member.name if member else user
    what = both("server", s.CREDENTIALS[kind])
    told = Text(zh=f"{what.zh}（{item.name.zh}）", en=f"{what.en} ({item.name.en or item.name.zh})")
    return Refusal("credential_missing", {"name": Text(zh=name, en=name), "what": told})


def edition(item: Item, day: date) -> str | Refusal:
    """The regulation in force on ``day``. Refused: not_in_force."""
    found = item.regulation(day)
    return found if found is not None else Refusal("not_in_force", {"item": item.name, "regulation": "—"})


def holds_on(hall: Hall, item: Item, result: Result) -> Refusal | None:
    """Refused: not_in_force, not_authorised: both on the test date."""
    day = result.tested_on
    known = edition(item, day)
    if isinstance(known, Refusal):
        return known
    if known != result.regulation:
        return Refusal("not_in_force", {"item": item.name, "regulation": known})
    if not hall.offer.catalogue.authorised(item.id, day):
        return Refusal("not_authorised", {"item": item.name})
    return None


def standards_named(
    connection: Connection, hall: str, told: Iterable[str], day: date
) -> tuple[StandardUsed, ...] | Refusal:
    """The standards that were scanned, as they are on ``day``.

    Refused: standard_unknown, standard_out, standard_expired.
    """
    found: dict[str, StandardUsed] = {}
    for scanned in told:
        one = equipment_named(connection, hall, scanned)
        if one is None or not one.standard:
            return Refusal("standard_unknown")
        against = usable(one, day)
        if against is not None:
            return against
        found[one.code] = used(one, day)
    return tuple(found.values())


def equipment_named(connection: Connection, hall: str, scanned: str) -> Equipment | None:
    """By its E code, or by the institution's own number."""
    reading = codes.read(scanned)
    if isinstance(reading, codes.Code) and reading.kind == "E":
        return equipment.find(connection, hall, code=reading.text)
    number = scanned.strip()
    return equipment.find(connection, hall, number=number) if number else None


def used(one: Equipment, day: date) -> StandardUsed:
    factors = one.factors_on(day)
    return StandardUsed(
        code=one.code,
        name=one.name,
        model=one.model,
        number=one.number,
        uncertainty=one.uncertainty,
        certificate=one.certificate,
        until=one.until or day,
        factors=factors.version if factors else 0,
    )


def standards_hold(
    connection: Connection, hall: str, least: int, named: Sequence[StandardUsed], day: date
) -> tuple[StandardUsed, ...] | Refusal:
    """The standards anew as they are on ``day``. Refused: standard_needed, and as ``standards_named``."""
    if len(named) < least:
        return Refusal("standard_needed")
    return standards_named(connection, hall, [one.code for one in named], day)


def room_of(ledger: Ledger, item: Item, section: str) -> Room | Refusal:
    """The room's air now, from the section's newest record. Refused: climate_missing, climate_unfit."""
    hall = ledger.floor.hall
    record = climate.last(ledger.connection, hall.id, section, ledger.now)
    against = air(record, item.climate, section, ledger.now, hall.offer.lab)
    if against is not None:
        return against
    assert record is not None  # noqa: S101 - air has refused where there is none
    return Room(record.celsius, record.humidity, record.at)


def room_fits(item: Item, room: Room | None, section: str) -> Refusal | None:
    """Whether the air that stands on a result is one in which it may be tested."""
    if room is None:
        return Refusal("climate_missing", {"section": section})
    return fits(room.celsius, room.humidity, item.climate) if item.climate else None


def by_fault(connection: Connection, result: Result) -> bool:
    """Whether it says 不合格 for a fault, as the customer agreed: nothing could be measured then."""
    return result.conclusion == "unqualified" and any(
        one.answer == "conclude_unqualified" and one.state == "executed"
        for one in negotiations.of_sample(connection, result.sample)
    )


def sound(ledger: Ledger, item: Item, sample: orders.Sample, result: Result) -> Result | Refusal:
    """``result`` with everything looked at anew that must hold on its test date, whoever signs it next.

    Refused: not_in_force, not_authorised, standard_needed, standard_unknown, standard_out, standard_expired,
    climate_missing, climate_unfit, credential_missing.
    """
    hall, connection = ledger.floor.hall, ledger.connection
    day = result.tested_on
    against = holds_on(hall, item, result) or may_sign(
        connection, hall, result.verifier, "verifier", item, day
    )
    if against is None and result.reviewer:
        against = may_sign(connection, hall, result.reviewer, "reviewer", item, day)
    faulty = by_fault(connection, result)
    if against is None and not (faulty and result.content.room is None):
        against = room_fits(item, result.content.room, sample.section)
    if against is not None:
        return against
    least = 0 if faulty else item.standards
    named = standards_hold(connection, hall.id, least, result.content.standards, day)
    if isinstance(named, Refusal):
        return named
    # What was written down stays: the standards as they were when it was tested.
    return replace(result, changed_at=ledger.now)
