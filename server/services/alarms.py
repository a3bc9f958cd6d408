"""Alarms: machines that need somebody. Opened, closed and told; each change is a line of the journal.

Every process looks; what is to be done is decided again in the hall's transaction, so that it is done once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain import upkeep as rules
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.domain.upkeep import Alarm, Machine
from server.protocol import devices as d
from server.protocol.commands import DeviceStatus
from server.protocol.views import Text
from server.store import alarms, people

from . import misfits
from .alarm_notices import tell
from .alarm_sentences import alarm_words
from .errands import Errands
from .floor import Change
from .halls import Halls
from .offering import joined
from .people import Who
from .refused import Refused
from .staff_names import Names, names
from .threads import seen_through
from .waking import news
from .work import Ledger, Once, Record

log = logging.getLogger(__name__)

ACTOR: Final = "server"
LOOK: Final = 3.0
"""Seconds between two looks; a device that tells of a change here is looked at at once."""
KEPT: Final = timedelta(days=400)
"""How long an alarm that ended is listed; its lines in the journal stay."""
AT_THE_DESK: Final[frozenset[str]] = frozenset({"out_of_paper", "cover_open", "refused"})
"""What whoever sits nearest can put right; who holds a number that does not fit comes to a desk."""
WATCHED: Final = ("kiosk", "display")


def machine(device: people.Device) -> Machine:
    """A device as the rules see it."""
    status = DeviceStatus.model_validate(json.loads(device.status))
    since = rules.read_since(device.part_since)
    return Machine(device.name, device.kind, device.active, device.seen_at, rules.words(status), since)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look found. ``halls``: those in which something is to be done; ``lines``: for the desks."""

    halls: tuple[str, ...]
    lines: Mapping[str, tuple[Text, ...]]


class Alarms:
    """``tells``: whether there is anybody to be told by a message."""

    def __init__(self, halls: Halls, told: Callable[[Change], None], tells: bool) -> None:
        self._halls = halls
        self._told = told
        self._tells = tells
        self._began = halls.now()

    async def look(self) -> None:
        """Open and close what is to be opened and closed, in every hall; tell the desks."""
        halls = self._halls.ids()
        found = await seen_through(lambda: self._halls.read(lambda at: self._look(at, halls)))
        for hall in found.halls:
            await self._halls.writer(hall).perform(Record(ACTOR, self._change))
        if found.halls:
            found = await seen_through(lambda: self._halls.read(lambda at: self._look(at, halls)))
        for hall, lines in found.lines.items():
            if self._halls.machines.get(hall, ()) != lines:
                self._halls.machines[hall] = lines
                self._told(Change(hall, frozenset(), own=False))

    async def seen(self, hall: str, id: str, who: Who, once: Once | None) -> None:
        """Somebody takes care of it. Raises Refused: alarm_unknown."""

        def change(ledger: Ledger) -> str | Refusal:
            one = alarms.find(ledger.connection, hall, id)
            if one is None:
                return Refusal("alarm_unknown")
            take(ledger, one, who.user)
            return ""

        await self._halls.writer(hall).perform(Record(who.id, change, 204, once))

    async def listed(self, hall: str) -> list[d.AlarmView]:
        """Those that stand, the gravest first."""
        of = self._halls.floor(hall).hall

        def look(at: Connection) -> list[d.AlarmView]:
            kinds = {one.name: one.kind for one in people.list_devices(at, hall)}
            return list(views(at, of, kinds, rules.by_gravity(alarms.standing(at, hall))))

        return await asyncio.to_thread(self._halls.read, look)

    async def tidy(self) -> None:
        before = self._halls.now() - KEPT
        await asyncio.to_thread(self._halls.write, lambda at: alarms.forget(at, before))

    # Below: in worker threads, or in the hall's transaction.

    def _look(self, connection: Connection, halls: Sequence[str]) -> _Seen:
        now, busy, lines = self._halls.now(), [], {}
        # Two questions for all halls together: there may be hundreds, and this is asked all the time.
        machines: dict[str, list[people.Device]] = {}
        for device in people.watched_devices(connection, halls):
            machines.setdefault(device.hall, []).append(device)
        open_: dict[str, list[Alarm]] = {}
        for one in alarms.standing_in(connection, halls):
            open_.setdefault(one.hall, []).append(one)
        for hall in halls:
            of = self._halls.floor(hall).hall
            devices, standing = machines.get(hall, []), open_.get(hall, [])
            if any(found for _, found in self._found(of, devices, standing, now)):
                busy.append(hall)
            kinds = {one.name: one.kind for one in devices}
            numbers = misfits.numbers(connection, hall, standing)
            lines[hall] = tuple(
                alarm_words(
                    one.device, kinds.get(one.device, ""), one.part, one.kind, numbers.get(one.id, ())
                ).desk
                # A person before a machine: a desk names the first two.
                for one in sorted(rules.by_gravity(standing), key=lambda one: not one.of_papers)
                # A number is worth something on its day.
                if one.kind in AT_THE_DESK and not (one.of_papers and of.day(one.since) < of.day(now))
            )
        return _Seen(tuple(busy), lines)

    def _found(
        self, hall: Hall, devices: Sequence[people.Device], standing: Sequence[Alarm], now: datetime
    ) -> list[tuple[people.Device, rules.Found]]:
        attended = hall.gives_numbers(now) and hall.gives_numbers(now - rules.SILENT)
        told = []
        for one in devices:
            if one.kind in WATCHED:
                mine = [alarm for alarm in standing if alarm.device == one.name]
                found = rules.look(machine(one), mine, now, self._began, attended)
                spent = [alarm for alarm in mine if rules.spent(alarm, hall.day, now)]
                told.append((one, replace(found, closes=(*found.closes, *spent))))
        return told

    def _change(self, ledger: Ledger) -> str | Refusal:
        connection, of = ledger.connection, ledger.floor.hall
        devices, standing = people.list_devices(connection, of.id), alarms.standing(connection, of.id)
        for device, found in self._found(of, devices, standing, ledger.now):
            for one in found.closes:
                end(ledger, one, device)
            for part, kind, since in found.opens:
                made = Alarm(uuid.uuid4().hex, of.id, device.name, part, kind, since)
                if self._tells and kind not in rules.HINTS:
                    made = replace(made, told_at=ledger.now)
                    tell(ledger, made, device.kind, "alarm", since)
                alarms.add(connection, made)
                ledger.note("alarm.opened", device.name, {"alarm": made.id, "part": part, "kind": kind})
        return ""


def end(ledger: Ledger, one: Alarm, device: people.Device) -> None:
    """It is over; who was told that it began is told so."""
    alarms.close(ledger.connection, one.id, ledger.now)
    ledger.note("alarm.closed", one.device, {"alarm": one.id, "part": one.part, "kind": one.kind})
    if one.told_at is not None and device.active:
        numbers = misfits.numbers(ledger.connection, one.hall, [one]).get(one.id, ())
        tell(ledger, one, device.kind, "alarm_over", ledger.now, numbers)


def take(ledger: Ledger, one: Alarm, user: str) -> None:
    """``user`` takes care of it, unless somebody does already."""
    if one.seen_by is None:
        alarms.seen(ledger.connection, one.id, user, ledger.now)
        ledger.note("alarm.seen", one.device, {"alarm": one.id})


def views(
    connection: Connection, hall: Hall, kinds: Mapping[str, str], found: Sequence[Alarm]
) -> tuple[d.AlarmView, ...]:
    """``kinds``: device → its kind."""
    called = names(connection, hall) if any(one.seen_by for one in found) else None
    numbers = misfits.numbers(connection, hall.id, found)
    return tuple(
        _view(hall, kinds.get(one.device, ""), called, one, numbers.get(one.id, ())) for one in found
    )


def _view(hall: Hall, kind: str, called: Names | None, one: Alarm, numbers: Sequence[str]) -> d.AlarmView:
    told = alarm_words(one.device, kind, one.part, one.kind, numbers)
    return d.AlarmView(
        id=one.id,
        device=one.device,
        part=one.part,
        kind=one.kind,
        since=hall.local(one.since),
        until=hall.local(one.until) if one.until else None,
        seen_by=called.person(one.seen_by).name if called and one.seen_by else None,
        text=joined([told.what, told.advice], ("。", ". ")),
        what=told.what,
        advice=told.advice,
    )


class AlarmWatch:
    """Looks regularly after machines and errands, and at once when ``hurry`` is set."""

    def __init__(self, alarms_: Alarms, errands: Errands, hurry: asyncio.Event) -> None:
        self._alarms = alarms_
        self._errands = errands
        self._hurry = hurry
        self._well = True

    async def run(self) -> None:
        while True:
            self._hurry.clear()
            try:
                await self._alarms.look()
                await self._errands.look()
                self._well = True
            except (SQLAlchemyError, Refused) as error:
                if self._well:
                    log.warning("machines could not be looked after: %s", type(error).__name__)
                self._well = False
            except Exception:
                log.exception("machines could not be looked after; the next round tries again")
            await news(self._hurry, LOOK)
