"""One person's data: found, handed to them as a copy, erased when they ask; cleared when its time is over.

The journal refers to customers by id, and so stays whole whatever is cleared. What the law on metrology wants
kept is told with every erasure.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain import customers
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.personal import Retention
from server.domain.refusal import Refusal
from server.protocol import codes
from server.protocol import keeping as k
from server.protocol.language import both
from server.store import bookings, journal, orders, personal, pickups
from server.store import tables as t

from . import keeping_sentences as s
from .bookings import FAULTS
from .halls import Halls
from .limits import Turns
from .people import Who
from .refused import Refused
from .threads import seen_through
from .work import Answer, Ledger, Once, Rearrange, Record

log = logging.getLogger(__name__)

ACTOR = "server"
LOOK = 60.0
"""Seconds between two looks at whether a hall's day has begun."""
BATCH = 200
"""Customers, or photos, cleared in one transaction: nobody at a counter waits for it."""
MOST_LISTED = 100
PAUSE = 0.2
"""Seconds between two batches, in which the counters have the hall's writer for themselves."""
ERASURES, PURGES = "erasures", "purges"
"""Subjects under which the journal's lines about these are found."""
CONTACT: tuple[str, ...] = ("name", "company", "uscc", "phone", "email")


class Persons:
    """What a manager does with one person's data."""

    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._turns = Turns(halls.now, burst=10, a_minute=6)

    async def find(self, hall: str, body: k.PersonAsked, who: Who) -> k.PersonView:
        """Who it is and how much is kept.

        Raises Refused: customer_unknown, already_erased, phone_bad, too_many_requests, and those of codes.
        """
        self._turns.take(who.id)
        of, now = self._halls.floor(hall).hall, self._halls.now()

        def look(at: Connection) -> k.PersonView | Refusal:
            ids = _whose(at, hall, body)
            return ids if isinstance(ids, Refusal) else _view(at, of, ids, now)

        found = await asyncio.to_thread(self._halls.read, look)
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    async def copy(self, hall: str, body: k.CopyAsked, who: Who) -> tuple[str, bytes]:
        """(name of the file, all that is kept of them as JSON). It leaves with its line in the journal.

        Raises Refused: as ``find``.
        """
        self._turns.take(who.id)
        of = self._halls.floor(hall).hall

        def look(at: Connection) -> tuple[Sequence[str], bytes] | Refusal:
            ids = _whose(at, hall, body)
            return ids if isinstance(ids, Refusal) else (ids, _copied(at, of, ids, self._halls.now()))

        found = await asyncio.to_thread(self._halls.read, look)
        if isinstance(found, Refusal):
            raise Refused(found)
        ids, content = found

        def change(ledger: Ledger) -> str | Refusal:
            digest = hashlib.sha256(content).hexdigest()
            told = {"customers": list(ids)[:MOST_LISTED], "purpose": body.purpose, "sha256": digest}
            ledger.note("person.copied", "copies", told)
            return ""

        await self._halls.writer(hall).perform(Record(who.id, change))
        return f"personal-data-{of.day(self._halls.now())}.json", content

    async def erase(self, hall: str, body: k.ErasureAsked, who: Who, once: Once | None) -> Answer:
        """Empty what is known of them; answers the ErasureView.

        Raises Refused: case_open, and as ``find``.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            of, connection = ledger.floor.hall, ledger.connection
            ids = _whose(connection, hall, body)
            if isinstance(ids, Refusal):
                return ids
            matters = personal.open_matters(connection, ids, of.day(ledger.now))
            if matters:
                first = _matter(matters[0])
                return Refusal("case_open", {"number": first.number, "who": first.who_acts})
            kept = _kept(connection, ids)
            erased = _erase(connection, hall, ids, ledger.now)
            told = {"id": id, "customers": list(ids)[:MOST_LISTED], "reason": body.reason, "erased": erased}
            ledger.note(
                "person.erased", ERASURES, told | {"kept": {what: n for what, n in kept.items() if n}}
            )
            view = k.ErasureView(
                id=id,
                at=of.local(ledger.now),
                erased=erased,
                kept=tuple(
                    k.Kept(what=both("server", s.KEPT[what][0]), count=n, why=both("server", s.KEPT[what][1]))
                    for what, n in kept.items()
                    if n
                ),
            )
            return view.model_dump_json()

        # What a repeated press is told is stored under its key: it says nothing of the person.
        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def erasures(self, hall: str) -> list[k.ErasureLine]:
        """Those that were made, the newest first."""
        of = self._halls.floor(hall).hall
        rows = await asyncio.to_thread(
            self._halls.read, lambda at: journal.history(at, hall, ERASURES, MOST_LISTED)
        )
        found = []
        for row in reversed(rows):
            told = json.loads(row.payload)
            found.append(
                k.ErasureLine(
                    id=told["id"],
                    at=of.local(row.at),
                    by=row.actor,
                    reason=told["reason"],
                    erased=told["erased"],
                )
            )
        return found

    # Retention ---------------------------------------------------------------------------------

    async def retention(self, hall: str) -> k.RetentionView:
        of = self._halls.floor(hall).hall
        rows = await asyncio.to_thread(self._halls.read, lambda at: journal.history(at, hall, PURGES, 10))
        lines = [k.PurgeLine(at=of.local(row.at), counts=json.loads(row.payload)) for row in reversed(rows)]
        kept = of.retention
        return k.RetentionView(
            contact_days=kept.contact_days, photo_days=kept.photo_days, cleared=tuple(lines)
        )

    async def keep_for(self, hall: str, body: k.RetentionBody, who: Who, once: Once | None) -> None:
        def change(floor: Floor) -> Hall | Refusal:
            return replace(floor.hall, retention=Retention(body.contact_days, body.photo_days))

        told = body.model_dump()
        await self._halls.writer(hall).perform(
            Rearrange(who.id, "retention.changed", hall, told, change, once)
        )


class Clearer:
    """Clears what is past its time, once each hall's new day has begun, in small batches. Runs in every
    process; what another one has cleared is not there any more."""

    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._done: dict[str, date] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, Refused) as error:
                log.warning("personal data could not be cleared: %s; tried again", type(error).__name__)
            except Exception:
                log.exception("personal data could not be cleared; the next round tries again")
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """One round over all halls."""
        for hall in self._halls.ids():
            day = self._halls.floor(hall).day
            if self._done.get(hall) == day:
                continue
            while True:
                if not await self._some(hall):
                    break
                await asyncio.sleep(PAUSE)
            self._done[hall] = day

    async def _some(self, hall: str) -> bool:
        """Clear a batch; whether there was anything to clear."""
        # The long look is done without the hall's lock; what it found is asked for again under it.
        if not await seen_through(
            lambda: self._halls.read(lambda at: _stale(at, self._of(hall), self._now()))
        ):
            return False

        def change(ledger: Ledger) -> str | Refusal:
            found = _stale(ledger.connection, ledger.floor.hall, ledger.now)
            counts = _clear(ledger.connection, hall, found, ledger.now) if found else {}
            if counts:
                ledger.note("personal.cleared", PURGES, counts)
            return ""

        await self._halls.writer(hall).perform(Record(ACTOR, change))
        return True

    def _of(self, hall: str) -> Hall:
        return self._halls.floor(hall).hall

    def _now(self) -> datetime:
        return self._halls.now()


def _stale(at: Connection, of: Hall, now: datetime) -> dict[str, list[str]]:
    """What is past its time: kind → ids, a batch at most. Empty: nothing."""
    kept = of.retention
    before, day = now - timedelta(days=kept.contact_days), of.day(now) - timedelta(days=kept.contact_days)
    found = {
        "customers": personal.stale_customers(at, of.id, before, day, BATCH),
        "due_items": personal.stale_due_items(at, of.id, before, day, BATCH),
        "referrals": personal.stale_referrals(at, of.id, before, BATCH),
        "photos": personal.stale_photos(at, of.id, now - timedelta(days=kept.photo_days), BATCH),
    }
    return {what: ids for what, ids in found.items() if ids}


def _clear(at: Connection, hall: str, found: Mapping[str, list[str]], now: datetime) -> dict[str, int]:
    counts = (
        personal.clear_customers(at, found["customers"], now, "retention") if "customers" in found else {}
    )
    counts["due_items"] = personal.clear_due_items(at, found.get("due_items", ()), now)
    counts["texts"] = counts.get("texts", 0) + personal.clear_referrals(at, found.get("referrals", ()))
    counts["photos"] = personal.drop_photos(at, found.get("photos", ()))
    return {what: n for what, n in counts.items() if n}


# One person -------------------------------------------------------------------------------------


def _whose(at: Connection, hall: str, asked: k.PersonAsked) -> list[str] | Refusal:
    """The ids under which the person was written down; ``due:ID`` of one who is known by due items alone.
    Refused: customer_unknown, already_erased, phone_bad, and what is wrong with a code."""
    if asked.phone:
        phone = customers.phone(asked.phone)
        if phone is None:
            return Refusal("phone_bad")
        ids = personal.same_person(at, hall, phone=phone)
        due = [] if ids else personal.due_items_of(at, hall, (), [phone])
        return ids or [f"due:{row['id']}" for row in due] or Refusal("customer_unknown")
    found = _customer_of(at, hall, asked.code)
    if isinstance(found, Refusal):
        return found
    return personal.same_person(at, hall, id=found) or Refusal("already_erased")


def _customer_of(at: Connection, hall: str, text: str) -> str | Refusal:
    """The customer whose voucher, case, pick-up code or label this is."""
    said = codes.read(text)
    if isinstance(said, codes.Number):
        one = (
            orders.find(at, number=said.text)
            or bookings.find(at, number=said.text)
            or _of_pickup(at, pickups.find(at, number=said.text))
        )
    elif not isinstance(said, codes.Code):
        return Refusal(FAULTS[said])
    elif said.kind in ("S", "F"):
        piece = orders.find_sample(at, hall, code=said.text)
        one = orders.find(at, id=piece.order) if piece else None
    elif said.kind == "P":
        one = _of_pickup(at, pickups.find(at, code=said.text))
    elif said.kind == "C":
        one = orders.find(at, code=said.text)
    else:
        one = bookings.find(at, code=said.text) if said.kind == "V" else None
    if one is None or one.hall != hall or not one.customer:
        return Refusal("customer_unknown")
    return one.customer


def _of_pickup(at: Connection, pickup: Any) -> orders.Order | None:
    return orders.find(at, id=pickup.order) if pickup else None


def _matter(one: personal.Open) -> k.OpenMatter:
    return k.OpenMatter(number=one.number, state=one.state, who_acts=both("server", s.WHO_ACTS[one.state]))


def _view(at: Connection, of: Hall, ids: Sequence[str], now: datetime) -> k.PersonView:
    rows = personal.rows_of(at, t.customers, t.customers.c.id, ids)
    numbers = personal.phones(at, ids)
    due = personal.due_items_of(at, of.id, ids, numbers) or _due_rows(at, ids)
    cases = personal.orders_of(at, ids)
    newest = max(rows, key=lambda row: row["consent_at"], default=None)
    booked = personal.rows_of(at, t.appointments, t.appointments.c.customer, ids)
    days = [row["day"] for row in (*booked, *personal.rows_of(at, t.orders, t.orders.c.id, cases))]
    who, phone = "", ""
    if newest is not None:
        who = customers.mask(newest["type"], newest["name"], newest["company"])
        phone = customers.mask_phone(newest["phone"])
    elif due:
        who = customers.mask_company(due[0]["company"]) or customers.mask_person(due[0]["name"])
        phone = customers.mask_phone(due[0]["phone"])
    return k.PersonView(
        who=who,
        phone=phone,
        customers=len(rows),
        appointments=len(booked),
        orders=len(cases),
        certificates=personal.count(at, t.certificates.c.order, cases),
        due_items=len(due),
        photos=len(personal.photos_of(at, of.id, personal.samples_of(at, cases))),
        last=max(days, default=None),
        open=tuple(_matter(one) for one in personal.open_matters(at, ids, of.day(now))),
    )


def _due_rows(at: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    alone = [id.removeprefix("due:") for id in ids if id.startswith("due:")]
    return personal.rows_of(at, t.due_items, t.due_items.c.id, alone)


def _erase(at: Connection, hall: str, ids: Sequence[str], now: datetime) -> dict[str, int]:
    numbers = personal.phones(at, ids)
    due = personal.due_items_of(at, hall, ids, numbers) or _due_rows(at, ids)
    cases = personal.orders_of(at, ids)
    names = [row["number"] for row in personal.rows_of(at, t.orders, t.orders.c.id, cases)]
    names += [row["number"] for row in personal.rows_of(at, t.appointments, t.appointments.c.customer, ids)]
    erased = personal.clear_customers(at, ids, now, "asked")
    erased["due_items"] = personal.clear_due_items(at, [row["id"] for row in due], now)
    photos = personal.photos_of(at, hall, personal.samples_of(at, cases))
    erased["photos"] = personal.drop_photos(at, photos)
    erased["answers"] = personal.forget_answers(at, [*names, *cases, *ids, *(row["id"] for row in due)])
    return erased


def _kept(at: Connection, ids: Sequence[str]) -> dict[str, int]:
    """What stays, by what it is."""
    cases = personal.orders_of(at, ids)
    institutions = [
        row
        for row in personal.rows_of(at, t.customers, t.customers.c.id, ids)
        if row["type"] not in customers.NATURAL and row["company"]
    ]
    samples = personal.samples_of(at, cases)
    return {
        "certificates": personal.count(at, t.certificates.c.order, cases),
        "results": personal.count(at, t.results.c.sample, samples),
        "acceptances": personal.count(at, t.acceptances.c.order, cases),
        "orders": len(cases),
        "companies": len(institutions),
        "journal": 1,
    }


def _copied(at: Connection, of: Hall, ids: Sequence[str], now: datetime) -> bytes:
    """All that is kept of a person, in the words of the tables, for them to read (查阅、复制)."""
    numbers = personal.phones(at, ids)
    cases = personal.orders_of(at, ids)
    samples = personal.samples_of(at, cases)

    def some(rows: Sequence[Mapping[str, Any]], *names: str) -> list[dict[str, Any]]:
        return [{name: _told(of, row[name]) for name in names} for row in rows]

    def all_of(table: Any, column: Any, values: Sequence[str], *names: str) -> list[dict[str, Any]]:
        return some(personal.rows_of(at, table, column, values), *names)

    c = t.customers.c
    due = personal.due_items_of(at, of.id, ids, numbers) or _due_rows(at, ids)
    certificates = personal.rows_of(at, t.certificates, t.certificates.c.order, cases)
    said = {
        "hall": of.name.model_dump(),
        "made_at": of.local(now).isoformat(timespec="seconds"),
        "customers": all_of(t.customers, c.id, ids, "type", *CONTACT, "language", "consent_at", "consent_to"),
        "appointments": all_of(
            t.appointments, t.appointments.c.customer, ids, "number", "day", "starts_at", "state", "made_at"
        ),
        "orders": all_of(t.orders, t.orders.c.id, cases, "number", "day", "state", "made_at", "accepted_at"),
        "deliveries": all_of(
            t.fulfilments, t.fulfilments.c.order, cases, "way", "address", "carrier", "tracking", "sent_at"
        ),
        "instruments": all_of(t.samples, t.samples.c.code, samples, "item", "serial", "state", "due"),
        "answers": all_of(
            t.negotiations, t.negotiations.c.order, cases, "fault", "answer", "remark", "answered_at"
        ),
        "certificates": [
            some([row], "number", "kind", "state", "issued_at", "valid_until")[0]
            | {"client": json.loads(row["content"])["client"]}
            for row in certificates
        ],
        "due_items": some(due, "name", "company", "phone", "email", "item", "pieces", "due_on", "reference"),
        "messages": all_of(t.outbox, t.outbox.c.customer, ids, "kind", "state", "channel", "ended_at"),
        "photos": len(personal.photos_of(at, of.id, samples)),
    }
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def _told(of: Hall, value: Any) -> Any:
    if isinstance(value, datetime):
        return of.local(value.replace(tzinfo=value.tzinfo or UTC)).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
