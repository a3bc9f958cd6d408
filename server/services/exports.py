"""Exports with a purpose: a file leaves only after the journal has a line of who took what, and what for.

Rows are read in portions and written to a file that has no name, so that memory stays small; one export is
made at a time in each process. Only managers, only so many a minute; names and phone numbers only in those
kinds that are of no use without them.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select

from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import keeping as k
from server.protocol.language import both
from server.protocol.words import Language
from server.store import journal
from server.store import tables as t

from . import keeping_sentences as s
from .case_sentences import CERTIFICATE_KINDS, CERTIFICATE_STATES, ORDER_STATES
from .halls import Halls
from .limits import Turns
from .people import Who
from .refused import Refused
from .sentences import CUSTOMERS, PRIORITIES
from .sheets import Cell, guarded, write_xlsx_to
from .work import Ledger, Record

MOST: Final[Mapping[k.ExportFormat, int]] = {"csv": 200_000, "xlsx": 20_000}
"""Lines in one file. A workbook is slow to write and to open: what is more is CSV."""
IN_MEMORY = 1024 * 1024
SUBJECT = "exports"
"""Under which the journal's lines are found."""
MOST_LISTED = 200
BURST, A_MINUTE = 10, 1.0
WIDE = 18


@dataclass(frozen=True, slots=True)
class Export:
    """A file ready to be handed over; whoever takes it closes it."""

    name: str
    file: IO[bytes]
    size: int


class Exports:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._turns = Turns(halls.now, BURST, A_MINUTE)
        self._one = asyncio.Semaphore(1)

    async def make(self, hall: str, body: k.ExportAsked, who: Who, language: Language) -> Export:
        """The file, after its line is in the journal. Raises Refused: export_too_large, too_many_requests."""
        self._turns.take(who.id)
        of = self._halls.floor(hall).hall
        async with self._one:
            made = await asyncio.to_thread(self._halls.read, lambda at: _made(at, of, body, language))
        if isinstance(made, Refusal):
            raise Refused(made)
        file, count, digest = made
        told = {
            "id": uuid.uuid4().hex,
            "kind": body.kind,
            "from": body.first.isoformat(),
            "to": body.last.isoformat(),
            "purpose": body.purpose,
            "format": body.format,
            "count": count,
            "sha256": digest,
        }

        def change(ledger: Ledger) -> str | Refusal:
            ledger.note("exported", SUBJECT, told)
            return ""

        try:
            await self._halls.writer(hall).perform(Record(who.id, change))
        except BaseException:
            file.close()
            raise
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        return Export(f"{body.kind}-{hall}-{body.first}-{body.last}.{body.format}", file, size)

    async def listed(self, hall: str) -> list[k.ExportLine]:
        """Exports that were made, the newest first."""
        of = self._halls.floor(hall).hall
        rows = await asyncio.to_thread(
            self._halls.read, lambda at: journal.history(at, hall, SUBJECT, MOST_LISTED)
        )
        return [_line(of, row) for row in reversed(rows)]


def _line(of: Hall, row: Any) -> k.ExportLine:
    told = json.loads(row.payload)
    return k.ExportLine(
        at=of.local(row.at),
        by=row.actor,
        kind=told["kind"],
        first=told["from"],
        last=told["to"],
        purpose=told["purpose"],
        format=told["format"],
        count=told["count"],
        sha256=told["sha256"],
        persons=told["kind"] in k.WITH_PERSONS,
    )


# In a worker thread -----------------------------------------------------------------------------


def _made(
    at: Connection, of: Hall, asked: k.ExportAsked, language: Language
) -> tuple[IO[bytes], int, str] | Refusal:
    """(the file, its lines, SHA-256)."""
    query = QUERIES[asked.kind](of, asked.first, asked.last)
    most = MOST[asked.format]
    count = at.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    if count > most:
        places = {"count": str(count), "most": str(most), "format": asked.format.upper()}
        return Refusal("export_too_large", places)
    heads = [both("server", head).in_(language) for head in s.HEADS[asked.kind]]
    file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)
    try:
        found = at.execute(query, execution_options={"yield_per": 500})
        rows = (_cells(of, row, language) for row in found)
        if asked.format == "csv":
            for part in _csv(heads, rows):
                file.write(part)
        else:
            title = both("server", s.TITLES[asked.kind]).in_(language)
            write_xlsx_to(file, title, heads, rows, [WIDE] * len(heads))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except BaseException:
        file.close()
        raise
    return file, count, digest


def _csv(heads: Sequence[str], rows: Iterator[Sequence[Cell]]) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it, a portion of lines at a time."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    first = True
    for number, row in enumerate(rows, start=1):
        writer.writerow([guarded(one) if isinstance(one, str) else one for one in row])
        if number % 500 == 0:
            yield out.getvalue().encode("utf-8-sig" if first else "utf-8")
            first = False
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8-sig" if first else "utf-8")


def _cells(of: Hall, row: Any, language: Language) -> list[Cell]:
    return [_cell(of, name, value, language) for name, value in row._mapping.items()]


def _cell(of: Hall, name: str, value: Any, language: Language) -> Cell:
    if value is None:
        return ""
    if name == "service" and value in of.services:
        return of.services[value].name.in_(language)
    if name in WORDS and value in WORDS[name]:
        return both("server", WORDS[name][value]).in_(language)
    if name == "item" and value in of.offer.catalogue.items:
        return of.offer.catalogue.items[value].name.in_(language)
    if name == "client":
        return str(json.loads(value).get("client", ""))
    if isinstance(value, datetime):
        return of.local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)


WORDS: Final[Mapping[str, Mapping[Any, str]]] = {
    "customer_type": CUSTOMERS,
    "priority": PRIORITIES,
    "order_state": ORDER_STATES,
    "ticket_state": s.TICKET_STATES,
    "booking_state": s.BOOKING_STATES,
    "channel": s.CHANNELS,
    "mode": s.MODES,
    "certificate_kind": CERTIFICATE_KINDS,
    "certificate_state": CERTIFICATE_STATES,
}
"""Columns whose values have words for people; the others stay as the API calls them."""


# What each kind is made of. The columns stand in the order of its headings.


def _span(of: Hall, first: date, last: date) -> tuple[datetime, datetime]:
    """The instants between which these days lie, on the hall's clock."""
    zone = ZoneInfo(of.zone)
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def _tickets(of: Hall, first: date, last: date) -> Select[Any]:
    c = t.tickets.c
    return (
        select(
            c.day,
            c.number,
            c.service,
            c.priority,
            c.state.label("ticket_state"),
            c.counter,
            c.issued_at,
            c.called_at,
            c.started_at,
            c.ended_at,
            c.recalls,
        )
        .where(c.hall == of.id, c.day >= first, c.day <= last)
        .order_by(c.day, c.issued_at, c.id)
    )


def _appointments(of: Hall, first: date, last: date) -> Select[Any]:
    c, who, line = t.appointments.c, t.customers.c, t.appointment_lines.c
    pieces = select(func.sum(line.pieces)).where(line.appointment == c.id).scalar_subquery()
    return (
        select(
            c.day,
            c.number,
            c.starts_at,
            c.ends_at,
            c.service,
            c.channel,
            c.customer_type,
            c.state.label("booking_state"),
            pieces.label("pieces"),
            who.company,
            who.name,
            who.phone,
        )
        .join(t.customers, who.id == c.customer)
        .where(c.hall == of.id, c.day >= first, c.day <= last)
        .order_by(c.day, c.starts_at, c.id)
    )


def _orders(of: Hall, first: date, last: date) -> Select[Any]:
    c, who, line = t.orders.c, t.customers.c, t.order_lines.c
    pieces = select(func.sum(line.pieces)).where(line.order == c.id).scalar_subquery()
    return (
        select(
            c.day,
            c.number,
            c.state.label("order_state"),
            c.channel,
            c.customer_type,
            c.mode,
            c.handler,
            c.accepted_at,
            c.due,
            pieces.label("pieces"),
            who.company,
            who.name,
            who.phone,
        )
        .select_from(t.orders.outerjoin(t.customers, who.id == c.customer))
        .where(c.hall == of.id, c.day >= first, c.day <= last)
        .order_by(c.day, c.made_at, c.id)
    )


def _certificates(of: Hall, first: date, last: date) -> Select[Any]:
    c, order, piece = t.certificates.c, t.orders.c, t.samples.c
    since, until = _span(of, first, last)
    return (
        select(
            c.number,
            c.kind.label("certificate_kind"),
            c.state.label("certificate_state"),
            order.number.label("order_number"),
            piece.item,
            piece.serial,
            c.content.label("client"),
            c.issued_at,
            c.valid_until,
            c.code,
        )
        .join(t.orders, order.id == c.order)
        .join(t.samples, piece.code == c.sample)
        .where(c.hall == of.id, c.made_at >= since, c.made_at < until)
        .order_by(c.made_at, c.id)
    )


def _customers(of: Hall, first: date, last: date) -> Select[Any]:
    c = t.customers.c
    since, until = _span(of, first, last)
    return (
        select(
            c.consent_at,
            c.type.label("customer_type"),
            c.company,
            c.uscc,
            c.name,
            c.phone,
            c.email,
            c.erased_at,
        )
        .where(c.hall == of.id, c.consent_at >= since, c.consent_at < until)
        .order_by(c.consent_at, c.id)
    )


def _journal(of: Hall, first: date, last: date) -> Select[Any]:
    c = t.journal.c
    since, until = _span(of, first, last)
    return (
        select(c.seq, c.at, c.actor, c.kind, c.subject, c.payload, c.hash)
        .where(c.hall == of.id, c.at >= since, c.at < until)
        .order_by(c.seq)
    )


def _upkeep(of: Hall, first: date, last: date) -> Select[Any]:
    c = t.upkeep.c
    since, until = _span(of, first, last)
    return (
        select(c.at, c.device, c.kind, c.remark, c.by)
        .where(c.hall == of.id, c.at >= since, c.at < until)
        .order_by(c.at, c.id)
    )


QUERIES: Final[Mapping[k.ExportKind, Callable[[Hall, date, date], Select[Any]]]] = {
    "tickets": _tickets,
    "appointments": _appointments,
    "orders": _orders,
    "certificates": _certificates,
    "customers": _customers,
    "journal": _journal,
    "upkeep": _upkeep,
}
