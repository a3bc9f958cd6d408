"""Alarms: which of a hall's machines needs somebody. Pure.

A device tells how its parts are; what it does not tell for ``SILENT`` is its link. A trouble becomes an alarm
when it has lasted, so that a flicker is none, and the alarm ends when the part is well again.

Numbers on paper that do not fit are an alarm of the kiosk that gave them. No machine tells when that is over:
it ends when somebody wrote down what was done about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from server.protocol.commands import DeviceStatus
from server.protocol.devices import PARTS, Part, PartState, Trouble
from server.protocol.words import Role

SILENT: Final = timedelta(seconds=90)
"""A device that has not been heard of for so long is offline (it reports every 30 s)."""
TOLD: Final[tuple[Part, ...]] = tuple(part for part in PARTS if part not in ("link", "numbers"))
"""The parts of which a device itself tells."""
LASTS: Final[Mapping[Trouble, timedelta]] = {
    "out_of_paper": timedelta(0),
    "paper_low": timedelta(0),
    "cover_open": timedelta(seconds=60),
    "offline": timedelta(seconds=5),
    "error": timedelta(seconds=5),
}
"""How long a part's trouble lasts before it is an alarm. A cover is open for a moment whenever a roll is
changed."""
HINTS: Final[frozenset[Trouble]] = frozenset({"paper_low"})
"""What somebody may see to in passing: shown, and told to nobody."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A device as it was last known."""

    name: str
    kind: Role
    active: bool
    seen_at: datetime | None
    parts: Mapping[Part, PartState] = field(default_factory=dict)
    since: Mapping[Part, datetime] = field(default_factory=dict)
    """Since when a part is as it is."""


@dataclass(frozen=True, slots=True)
class Alarm:
    id: str
    hall: str
    device: str
    part: Part
    kind: Trouble
    since: datetime
    until: datetime | None = None
    told_at: datetime | None = None
    """When a notice of it was written; None: nobody was to be told."""
    seen_by: str | None = None
    """The user who takes care of it."""
    seen_at: datetime | None = None

    @property
    def of_papers(self) -> bool:
        """Whether it is about numbers that do not fit, and no report of the machine ends it."""
        return self.part == "numbers"


@dataclass(frozen=True, slots=True)
class Paper:
    """A number that a kiosk gave while it was cut off and that does not fit."""

    ticket: str
    code: str
    lease: str
    n: int
    number: str = field(compare=False)
    """As it stands on the paper; ``…907`` where the server does not know its letter."""
    why: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be done about one device's alarms. ``opens``: part, trouble, since when."""

    opens: tuple[tuple[Part, Trouble, datetime], ...] = ()
    closes: tuple[Alarm, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opens or self.closes)


def words(status: DeviceStatus) -> dict[Part, PartState]:
    """How the parts are that a device tells of."""
    return {part: getattr(status, part) for part in TOLD}


def since(
    before: DeviceStatus, known: Mapping[Part, datetime], after: DeviceStatus, now: datetime
) -> dict[Part, datetime]:
    """Since when each part is as ``after`` says; ``known``: since when it was as ``before`` said."""
    was, is_ = words(before), words(after)
    return {part: known.get(part, now) if was[part] == is_[part] else now for part in TOLD}


def write_since(told: Mapping[Part, datetime]) -> str:
    return json.dumps({part: at.isoformat() for part, at in told.items()})


def read_since(told: str) -> dict[Part, datetime]:
    found: dict[str, str] = json.loads(told)
    return {part: datetime.fromisoformat(found[part]) for part in TOLD if part in found}


def silent(machine: Machine, now: datetime, began: datetime) -> bool:
    """Whether it has not been heard of for too long. While the server itself was down it could not be."""
    return machine.seen_at is None or now - max(machine.seen_at, began) > SILENT


def look(
    machine: Machine, standing: Sequence[Alarm], now: datetime, began: datetime, attended: bool
) -> Found:
    """Which alarms of ``machine`` begin and which of ``standing`` (its open ones) end.

    ``began``: since when this server listens. ``attended``: the hall is open and was a moment ago; machines
    that are switched off with the lights are no alarm.
    """
    standing = [one for one in standing if not one.of_papers]
    if not machine.active:
        return Found(closes=tuple(standing))
    by_part = {one.part: one for one in standing}
    if silent(machine, now, began):
        # What it last said of its parts is not known to be so any more: that neither begins nor ends.
        if "link" in by_part or machine.seen_at is None or not attended:
            return Found()
        return Found(opens=(("link", "offline", machine.seen_at),))
    opens: list[tuple[Part, Trouble, datetime]] = []
    closes = [by_part["link"]] if "link" in by_part else []
    for part in TOLD:
        state, alarm = machine.parts.get(part, "none"), by_part.get(part)
        if state == "none" or state == "ready":
            closes += [alarm] if alarm else []
            continue
        at = machine.since.get(part, now)
        if (alarm is not None and alarm.kind == state) or now - at < LASTS[state]:
            continue  # It stands already; or what it is called is not sure yet, and what stands still does.
        closes += [alarm] if alarm else []
        opens.append((part, state, at))
    return Found(tuple(opens), tuple(closes))


def unheard(found: Iterable[Paper], known: Container[Paper]) -> list[Paper]:
    """Those of which nobody has been told, each once."""
    return [one for one in dict.fromkeys(found) if one not in known]


def joined(standing: Iterable[Alarm]) -> Alarm | None:
    """The alarm of ``standing`` that further numbers of the kiosk join; None: they are another alarm.

    What somebody takes care of does not grow beneath their hands.
    """
    return next((one for one in standing if one.of_papers and one.seen_by is None), None)


def spent(alarm: Alarm, day: Callable[[datetime], date], now: datetime) -> bool:
    """Whether an alarm of numbers ends by itself: with the business day on which somebody took care of it.

    What nobody has looked at yet stands: the paper is worth nothing by then, its cause is still there.
    ``day``: the business day of an instant.
    """
    return alarm.of_papers and alarm.seen_at is not None and day(alarm.seen_at) < day(now)


def gravity(alarm: Alarm) -> tuple[int, datetime]:
    """Sorts alarms: first what nobody takes care of yet, of it what stops most, then what stands longest."""
    if alarm.kind in HINTS:
        rank = 3
    elif alarm.part == "link":
        rank = 0
    else:
        rank = 1 if alarm.part in ("numbers", "printer", "screen") else 2
    return rank + (4 if alarm.seen_by else 0), alarm.since


def by_gravity(alarms: Iterable[Alarm]) -> list[Alarm]:
    return sorted(alarms, key=gravity)
