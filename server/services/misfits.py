"""Numbers handed in that do not fit: an alarm of the hall, for who holds one waits for nothing.

Which numbers an alarm is about say the journal's lines ``ticket.bad`` about it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from sqlalchemy import Connection

from server.domain import upkeep as rules
from server.domain.upkeep import Alarm, Paper
from server.store import alarms, journal
from server.store.halls import unpack

from .alarm_notices import tell
from .work import Ledger

BAD: Final = "ticket.bad"
BEFORE: Final = 50
"""Alarms of a kiosk that are looked through for what was told already: the newest."""


def report(ledger: Ledger, device: str, found: Sequence[Paper], tells: bool) -> list[Paper]:
    """An alarm of ``found``, or more for one that nobody has looked at; answers what is new.

    What was told before is not told again, however often it is handed in. ``tells``: see ``Alarms``.
    """
    connection, hall = ledger.connection, ledger.floor.hall.id
    before = alarms.of_part(connection, hall, device, "numbers", BEFORE)
    known = {paper for papers in _papers(connection, hall, before).values() for paper in papers}
    fresh = rules.unheard(found, known)
    if not fresh:
        return []
    alarm = rules.joined(one for one in before if one.until is None)
    if alarm is None:
        alarm = Alarm(uuid.uuid4().hex, hall, device, "numbers", "refused", ledger.now)
        if tells:
            alarm = replace(alarm, told_at=ledger.now)
            tell(ledger, alarm, "kiosk", "alarm", ledger.now, [one.number for one in fresh])
        alarms.add(connection, alarm)
        ledger.note("alarm.opened", device, {"alarm": alarm.id, "part": alarm.part, "kind": alarm.kind})
    for one in fresh:
        ledger.note(BAD, alarm.id, {"device": device, **asdict(one)})
    return fresh


def numbers(connection: Connection, hall: str, found: Sequence[Alarm]) -> Mapping[str, tuple[str, ...]]:
    """Alarm → the numbers that it is about, in the order in which they came."""
    papers = _papers(connection, hall, found)
    return {id: tuple(dict.fromkeys(one.number for one in told)) for id, told in papers.items()}


def _papers(connection: Connection, hall: str, found: Sequence[Alarm]) -> dict[str, list[Paper]]:
    told: dict[str, list[Paper]] = {one.id: [] for one in found if one.of_papers}
    if not told:
        return told
    for row in journal.of_subjects(connection, hall, list(told)):
        if row.kind == BAD:
            facts = unpack(row.payload)
            told[row.subject].append(Paper(**{name: facts[name] for name in Paper.__dataclass_fields__}))
    return told
