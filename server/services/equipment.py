"""The institution's standards and devices: their book, their state, and what of them falls due."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from server.domain import equipment as rules
from server.domain.equipment import Equipment
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import codes
from server.protocol import lab as l
from server.protocol import lab_book as k
from server.protocol.language import both
from server.protocol.views import Text
from server.store import equipment
from server.store.halls import pack

from . import lab_sentences as s
from .halls import Halls
from .people import Who
from .refused import refuse
from .signing import equipment_named
from .staff_names import Names, names
from .work import Ledger, Once, Record

Alter = Callable[[Ledger, Equipment], Equipment | Refusal]


class EquipmentBook:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def listed(self, hall: str) -> list[k.EquipmentView]:
        """All of it, by section and number."""
        of, today = self._of(hall)

        def find(at: Connection) -> list[k.EquipmentView]:
            called = names(at, of)
            return [equipment_view(one, today, called) for one in equipment.of_hall(at, hall)]

        return await asyncio.to_thread(self._halls.read, find)

    async def one(self, hall: str, scanned: str) -> k.EquipmentView:
        """By a scan of its label, or its own number: its state now. Raises Refused: equipment_unknown."""
        of, today = self._of(hall)

        def find(at: Connection) -> k.EquipmentView | None:
            found = equipment_named(at, hall, scanned)
            return equipment_view(found, today, names(at, of)) if found else None

        found = await asyncio.to_thread(self._halls.read, find)
        if found is None:
            raise refuse("equipment_unknown")
        return found

    async def add(self, hall: str, body: k.EquipmentBody, who: Who, once: Once | None) -> str:
        """Enter a piece; answers its new code. Raises Refused: already_exists."""
        code = codes.code_of("E", secrets.randbits(64))

        def change(ledger: Ledger) -> str | Refusal:
            if equipment.find(ledger.connection, hall, number=body.number) is not None:
                return Refusal("already_exists", {"name": body.number})
            today = ledger.floor.hall.day(ledger.now)
            made = _described(
                Equipment(code, hall, body.number, body.section, _text(body), since=today), body
            )
            equipment.add(ledger.connection, made)
            ledger.note("equipment.added", code, body.model_dump(mode="json"))
            return code

        return (await self._halls.writer(hall).perform(Record(who.id, change, 201, once))).body

    async def change(
        self, hall: str, scanned: str, body: k.EquipmentBody, who: Who, once: Once | None
    ) -> None:
        """Say anew what it is; its state, checks and factors stay.

        Raises Refused: equipment_unknown, already_exists.
        """

        def alter(ledger: Ledger, one: Equipment) -> Equipment | Refusal:
            other = equipment.find(ledger.connection, hall, number=body.number)
            if other is not None and other.code != one.code:
                return Refusal("already_exists", {"name": body.number})
            ledger.note("equipment.changed", one.code, body.model_dump(mode="json"))
            return _described(one, body)

        await self._altered(hall, scanned, alter, who, once)

    async def put(
        self, hall: str, scanned: str, body: k.EquipmentStateBody, who: Who, once: Once | None
    ) -> None:
        """Take it out, limit it, put it back. Raises Refused: equipment_unknown, check_needed."""

        def alter(ledger: Ledger, one: Equipment) -> Equipment | Refusal:
            today = ledger.floor.hall.day(ledger.now)
            put = rules.put(one, body.state, ledger.now, today, body.reason, who.user)
            if isinstance(put, Refusal):
                return put
            ledger.note(
                "equipment.state", one.code, {"from": one.state, "to": body.state, "reason": body.reason}
            )
            return replace(put, limited_to=body.limited_to if body.state == "limited" else "")

        await self._altered(hall, scanned, alter, who, once)

    async def check(self, hall: str, scanned: str, body: k.CheckBody, who: Who, once: Once | None) -> None:
        """Write down an intermediate check; a bad one takes the piece out.

        Raises Refused: equipment_unknown; bad_request for a day to come.
        """

        def alter(ledger: Ledger, one: Equipment) -> Equipment | Refusal:
            today = ledger.floor.hall.day(ledger.now)
            on = body.on or today
            if on > today:
                return Refusal("bad_request", {"where": "on"})
            made = rules.Check(on, body.good, body.remark, ledger.now, who.user)
            ledger.note("equipment.checked", one.code, {"on": on.isoformat(), "good": body.good})
            return rules.checked(one, made)

        await self._altered(hall, scanned, alter, who, once)

    async def factors(
        self, hall: str, scanned: str, body: k.FactorsBody, who: Who, once: Once | None
    ) -> None:
        """The next version of its correction factors. Raises Refused: equipment_unknown."""

        def alter(ledger: Ledger, one: Equipment) -> Equipment | Refusal:
            values = [(line.where, line.value) for line in body.values]
            made = rules.corrected(one, body.since, values, ledger.now, who.user)
            note = {"version": made.factors[-1].version, "since": body.since.isoformat(), "values": values}
            ledger.note("equipment.factors", one.code, note)
            return made

        await self._altered(hall, scanned, alter, who, once)

    def _of(self, hall: str) -> tuple[Hall, date]:
        of = self._halls.floor(hall).hall
        return of, of.day(self._halls.now())

    async def _altered(self, hall: str, scanned: str, alter: Alter, who: Who, once: Once | None) -> None:
        def change(ledger: Ledger) -> str | Refusal:
            one = equipment_named(ledger.connection, hall, scanned)
            if one is None:
                return Refusal("equipment_unknown")
            made = alter(ledger, one)
            if isinstance(made, Refusal):
                return made
            equipment.save(ledger.connection, made)
            return pack({"code": made.code})

        await self._halls.writer(hall).perform(Record(who.id, change, 200, once))


def _text(body: k.EquipmentBody) -> Text:
    return Text(zh=body.name.zh, en=body.name.en)


def _described(one: Equipment, body: k.EquipmentBody) -> Equipment:
    return replace(
        one,
        number=body.number,
        section=body.section,
        name=_text(body),
        standard=body.standard,
        model=body.model,
        maker_number=body.maker_number,
        uncertainty=body.uncertainty,
        span=body.span,
        certificate=body.certificate,
        until=body.until,
        check_days=body.check_days,
    )


def standard_view(one: Equipment, today: date) -> l.StandardView:
    factors = one.factors_on(today)
    return l.StandardView(
        code=one.code,
        number=one.number,
        name=one.name,
        model=one.model,
        uncertainty=one.uncertainty,
        certificate=one.certificate,
        until=one.until,
        factors=factors.version if factors else 0,
    )


def label_text(one: Equipment, today: date) -> Text:
    """What its status label says: 合格 · 准用 · 停用."""
    if one.state != "out_of_service" and one.expired(today):
        return both("server", s.EXPIRED)
    return both("server", s.EQUIPMENT[one.state])


def equipment_view(one: Equipment, today: date, called: Names) -> k.EquipmentView:
    due = one.check_due()
    return k.EquipmentView(
        code=one.code,
        number=one.number,
        section=one.section,
        name=one.name,
        state=one.state,
        colour=one.colour(today),
        label=label_text(one, today),
        expired=one.expired(today),
        standard=one.standard,
        model=one.model,
        maker_number=one.maker_number,
        uncertainty=one.uncertainty,
        span=one.span,
        certificate=one.certificate,
        until=one.until,
        limited_to=one.limited_to,
        reason=one.changes[-1].reason if one.changes else "",
        check_days=one.check_days,
        check_due=due,
        check_late=due is not None and due < today,
        factors=tuple(
            k.FactorsView(
                version=known.version,
                since=known.since,
                values=tuple(k.FactorBody(where=where, value=value) for where, value in known.values),
                by=called.staff.get(known.by, known.by),
            )
            for known in reversed(one.factors)
        ),
        checks=tuple(
            k.CheckView(
                on=known.on, good=known.good, remark=known.remark, by=called.staff.get(known.by, known.by)
            )
            for known in reversed(one.checks)
        ),
    )
