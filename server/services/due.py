"""Items that fall due: entered or imported by staff, told to their owners in time, marked done."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain import customers
from server.domain.due import DueItem, mask_email
from server.domain.hall import Hall
from server.domain.messages import of_due
from server.domain.refusal import Refusal
from server.protocol import outbox as o
from server.store import due, outbox
from server.store.engine import reading

from .due_sheet import read_sheet
from .halls import Halls
from .offering import item_name
from .outbox import ACTOR, KEPT
from .people import Who
from .refused import Refused
from .threads import seen_through
from .work import Answer, Ledger, Once, Record

log = logging.getLogger(__name__)


LOOK = 5.0
"""Seconds between two looks at the hall's clock."""
EVERY = timedelta(minutes=10)
"""How often due items are looked through, and messages that are over are put away."""


class DueItems:
    """What staff do with due items."""

    def __init__(self, halls: Halls, days_before: Sequence[int]) -> None:
        self._halls = halls
        self._days_before = days_before

    async def listed(
        self, hall: str, *, open_only: bool, until: date | None, item: str, text: str, limit: int
    ) -> o.DueItemsView:
        """The hall's items by due day, their owners masked."""
        of = self._halls.floor(hall).hall

        def look(at: Connection) -> o.DueItemsView:
            total, found = due.listed(
                at, hall, open_only=open_only, until=until, item=item, text=text, limit=limit
            )
            pushes = outbox.sent(at, [one.id for one in found])
            return o.DueItemsView(
                total=total, items=tuple(_view(of, one, pushes.get(one.id, [])) for one in found)
            )

        return await asyncio.to_thread(self._halls.read, look)

    async def add(self, hall: str, body: o.DueItemBody, who: Who, once: Once | None) -> Answer:
        """Enter one item; answers the DueItemView.

        Raises Refused: item_unknown, name_needed, phone_bad, email_bad, already_exists.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            of = ledger.floor.hall
            one = _entered(of, body, id, ledger.now)
            if isinstance(one, Refusal):
                return one
            if due.add(ledger.connection, [one]) == 0:
                return Refusal("already_exists", {"name": item_name(of, one.item)})
            ledger.note("due_item.entered", id, {"item": one.item, "due_on": one.due_on.isoformat()})
            self._push(ledger.connection, of, [one], ledger.now)
            return _view(of, one, []).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def check(self, hall: str, content: bytes) -> o.DueReport:
        """What this sheet would add; nothing is changed."""
        of, now = self._halls.floor(hall).hall, self._halls.now()
        found = await asyncio.to_thread(read_sheet, content, of, "", now, _new_id)

        def look(at: Connection) -> int:
            return due.known(at, hall, [one.digest for one in found.items])

        known = await asyncio.to_thread(self._halls.read, look)
        different = len({one.digest for one in found.items})
        return o.DueReport(
            new=different - known,
            known=len(found.items) - different + known,
            faults=found.faults,
            more_faults=found.more_faults,
            applied=False,
        )

    async def take_in(self, hall: str, content: bytes, source: str, who: Who, once: Once | None) -> Answer:
        """Add all items of a sheet that are not there yet, or, with any fault, nothing. A DueReport.

        Raises Refused: sheet_bad.
        """
        of, now = self._halls.floor(hall).hall, self._halls.now()
        found = await asyncio.to_thread(read_sheet, content, of, source, now, _new_id)
        if found.faults:
            first = found.faults[0]
            count = len(found.faults) + found.more_faults
            raise Refused(
                Refusal("sheet_bad", {"count": str(count), "row": str(first.row), "wrong": first.wrong})
            )

        def change(ledger: Ledger) -> str | Refusal:
            new = due.add(ledger.connection, found.items)
            known = len(found.items) - new
            ledger.note("due_items.imported", sheet, {"new": new, "known": known})
            report = o.DueReport(new=new, known=known, faults=(), more_faults=0, applied=True)
            return report.model_dump_json()

        # Not the file's name, in which a person's may stand.
        sheet = hashlib.sha256(content).hexdigest()
        answer = await self._halls.writer(hall).perform(Record(who.id, change, 201, once))
        await self.push(hall)
        return answer

    async def done(self, hall: str, id: str, who: Who, once: Once | None) -> None:
        """It was brought in, or needs no telling any more: what was to be told is withdrawn.

        Raises Refused: due_item_unknown.
        """

        def change(ledger: Ledger) -> str | Refusal:
            one = due.find(ledger.connection, id)
            if one is None or one.hall != hall:
                return Refusal("due_item_unknown")
            if due.close(ledger.connection, hall, id, ledger.now):
                outbox.withdraw(ledger.connection, id, ("due_item",), ledger.now)
                ledger.note("due_item.done", id, {"item": one.item, "due_on": one.due_on.isoformat()})
            return ""

        await self._halls.writer(hall).perform(Record(who.id, change, 204, once))

    async def push(self, hall: str) -> None:
        """Put the pushes whose day has come into the outbox; each only once, however often this runs."""
        of, now = self._halls.floor(hall).hall, self._halls.now()
        if not self._days_before:
            return
        today = of.day(now)
        last = today + timedelta(days=max(self._days_before))
        items = await seen_through(lambda: self._halls.read(lambda at: due.between(at, hall, today, last)))
        if items:
            await seen_through(lambda: self._halls.write(lambda at: self._push(at, of, items, now)))

    def _push(self, connection: Connection, hall: Hall, items: Iterable[DueItem], now: datetime) -> None:
        for one in items:
            facts = {"item": one.item, "pieces": str(one.pieces), "day": one.due_on.isoformat()}
            told = of_due(one.id, hall.id, one.due_on, self._days_before, hall.zone, now, facts)
            if told is not None:
                outbox.put(connection, [told])


class Keeper:
    """Looks regularly after what happens by itself: pushes whose day has come, messages that are over."""

    def __init__(self, halls: Halls, items: DueItems) -> None:
        self._halls = halls
        self._items = items
        self._next: datetime | None = None

    async def run(self) -> None:
        while True:
            now = self._halls.now()
            if self._next is None or now >= self._next:
                self._next = now + EVERY
                try:
                    await self.look()
                except (SQLAlchemyError, Refused) as error:
                    log.warning("due items could not be looked through: %s", type(error).__name__)
                except Exception:
                    log.exception("due items could not be looked through; the next round tries again")
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """One round over all halls."""
        halls, now = self._halls.ids(), self._halls.now()
        for hall in halls:
            await self._items.push(hall)
        for hall in await seen_through(lambda: self._over(halls, now)):
            await self._halls.writer(hall).perform(Record(ACTOR, _expire))
        await seen_through(lambda: self._forget(now))

    def _over(self, halls: list[str], now: datetime) -> list[str]:
        with reading(self._halls.engine).begin() as connection:
            return outbox.over(connection, halls, now)

    def _forget(self, now: datetime) -> None:
        with self._halls.engine.begin() as connection:
            outbox.forget(connection, now - KEPT)


def _expire(ledger: Ledger) -> str | Refusal:
    hall = ledger.floor.hall.id
    count = outbox.expire(ledger.connection, hall, ledger.now)
    if count:
        ledger.note("messages.expired", hall, {"count": count})
    return ""


def _entered(hall: Hall, body: o.DueItemBody, id: str, now: datetime) -> DueItem | Refusal:
    phone = customers.phone(body.phone) if body.phone else ""
    if body.item not in hall.offer.catalogue.items:
        return Refusal("item_unknown")
    if not body.name and not body.company:
        return Refusal("name_needed")
    if phone is None or not (phone or body.email):
        return Refusal("phone_bad")
    if body.email and customers.email(body.email) is None:
        return Refusal("email_bad")
    return DueItem(
        id=id,
        hall=hall.id,
        customer=None,
        name=body.name,
        company=body.company,
        phone=phone,
        email=body.email,
        item=body.item,
        pieces=body.pieces,
        due_on=body.due_on,
        reference=body.reference,
        source="entered",
        made_at=now,
    )


def _view(hall: Hall, one: DueItem, pushed: Sequence[datetime]) -> o.DueItemView:
    return o.DueItemView(
        id=one.id,
        item=one.item,
        item_name=item_name(hall, one.item),
        pieces=one.pieces,
        due_on=one.due_on,
        who=customers.mask_person(one.name),
        company=customers.mask_company(one.company),
        phone=customers.mask_phone(one.phone),
        email=mask_email(one.email),
        reference=one.reference,
        source=one.source,
        state="open" if one.done_at is None else "done",
        pushes=tuple(hall.day(at) for at in pushed),
    )


def _new_id() -> str:
    return uuid.uuid4().hex
