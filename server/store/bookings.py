"""Appointments and their customers in the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from server.domain.booking import Appointment
from server.domain.catalogue import Catalogue
from server.domain.customers import CLEARED
from server.domain.slots import Line, Load
from server.protocol.words import Channel, CustomerType, Language

from . import tables as t
from .halls import pack

# Built once: it is asked at every booking, by hundreds at a time.
LOADS = (
    select(
        t.appointments.c.day,
        t.appointments.c.slot,
        t.appointment_lines.c.item,
        t.appointment_lines.c.pieces,
    )
    .join(t.appointment_lines, t.appointment_lines.c.appointment == t.appointments.c.id)
    .where(
        t.appointments.c.hall == bindparam("of"),
        t.appointments.c.day >= bindparam("first"),
        t.appointments.c.day <= bindparam("last"),
        # Whoever has not given it up takes room in the slot.
        t.appointments.c.state != "cancelled",
        t.appointments.c.state != "no_show",
    )
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who brings the instruments. Leaves this module only towards who may see it, or masked."""

    id: str
    hall: str
    type: CustomerType
    name: str
    company: str
    uscc: str
    phone: str
    consent_at: datetime
    consent_to: str
    email: str = ""
    language: Language = "zh"


def loads(
    connection: Connection, hall: str, first: date, last: date, catalogue: Catalogue
) -> dict[tuple[date, str], Load]:
    """(day, slot) -> what is booked, from ``first`` to ``last``."""
    rows = connection.execute(LOADS, {"of": hall, "first": first, "last": last})
    found: dict[tuple[date, str], Load] = {}
    for row in rows:
        held = found.get((row.day, row.slot), Load())
        # An item that has left the catalogue still holds its pieces, though nobody knows its minutes.
        lines = [Line(row.item, row.pieces)]
        found[row.day, row.slot] = (
            held.with_lines(lines, catalogue)
            if row.item in catalogue.items
            else Load(held.minutes, {**held.pieces, row.item: held.pieces.get(row.item, 0) + row.pieces})
        )
    return found


def add_customer(connection: Connection, customer: Customer) -> None:
    names = Customer.__dataclass_fields__
    connection.execute(insert(t.customers).values({name: getattr(customer, name) for name in names}))


def find_customer(connection: Connection, id: str) -> Customer | None:
    row = connection.execute(select(t.customers).where(t.customers.c.id == id)).one_or_none()
    if row is None:
        return None
    one = Customer(**{name: getattr(row, name) for name in Customer.__dataclass_fields__})
    return one if row.erased_at is None else replace(one, name=CLEARED)


def add(connection: Connection, one: Appointment) -> None:
    connection.execute(insert(t.appointments).values(_columns(one)))
    _add_lines(connection, one.id, one.lines)


def save(connection: Connection, one: Appointment) -> None:
    """Write an appointment that has changed, with its lines."""
    connection.execute(update(t.appointments).where(t.appointments.c.id == one.id).values(_columns(one)))
    connection.execute(t.appointment_lines.delete().where(t.appointment_lines.c.appointment == one.id))
    _add_lines(connection, one.id, one.lines)


def find(connection: Connection, *, code: str = "", number: str = "", id: str = "") -> Appointment | None:
    """The appointment with that voucher code, number to type, or id."""
    table = t.appointments.c
    where = table.code == code if code else table.number == number if number else table.id == id
    row = connection.execute(select(t.appointments).where(where)).one_or_none()
    return None if row is None else _read(connection, [row])[0]


def open_of_phone(connection: Connection, hall: str, phone: str, today: date) -> int:
    """Appointments to come that were booked with this phone number."""
    a, c = t.appointments.c, t.customers.c
    count = connection.scalar(
        select(func.count())
        .select_from(t.appointments.join(t.customers, a.customer == c.id))
        .where(c.hall == hall, c.phone == phone, a.state == "booked", a.day >= today)
    )
    return int(count or 0)


def sources(
    connection: Connection, hall: str, first: date, last: date
) -> list[tuple[Channel, CustomerType, int]]:
    """(channel, type of customer, appointments) for the days from ``first`` to ``last``."""
    table = t.appointments.c
    rows = connection.execute(
        select(table.channel, table.customer_type, func.count())
        .where(table.hall == hall, table.day >= first, table.day <= last)
        .group_by(table.channel, table.customer_type)
    )
    return [(channel, kind, int(count)) for channel, kind, count in rows]


def mark_not_come(connection: Connection, hall: str, today: date) -> list[str]:
    """Those booked for a day before ``today`` are no-shows; answers their ids."""
    table = t.appointments.c
    late = (table.hall == hall) & (table.state == "booked") & (table.day < today)
    ids = list(connection.scalars(select(table.id).where(late).order_by(table.starts_at)))
    if ids:
        connection.execute(update(t.appointments).where(late).values(state="no_show"))
    return ids


def of_day(connection: Connection, hall: str, day: date) -> list[Appointment]:
    """The appointments of a day in time order, whatever became of them."""
    rows = connection.execute(
        select(t.appointments)
        .where(t.appointments.c.hall == hall, t.appointments.c.day == day)
        .order_by(t.appointments.c.starts_at, t.appointments.c.made_at, t.appointments.c.id)
    ).all()
    return _read(connection, rows)


def open_of_day(
    connection: Connection, hall: str, day: date
) -> list[tuple[Appointment, CustomerType, str, str]]:
    """(appointment, its customer's type, name, company) of those of a day with which nobody has come yet, in
    time order. The names are for masking only."""
    a, c = t.appointments.c, t.customers.c
    open_ones = [one for one in of_day(connection, hall, day) if one.state == "booked"]
    rows = connection.execute(
        select(c.id, c.type, c.name, c.company).where(
            c.id.in_(select(a.customer).where(a.hall == hall, a.day == day, a.state == "booked"))
        )
    )
    who = {row.id: (row.type, row.name, row.company) for row in rows}
    return [(one, *who.get(one.customer, (one.customer_type, "", ""))) for one in open_ones]


def _read(connection: Connection, rows: Sequence[Any]) -> list[Appointment]:
    lines: dict[str, list[Line]] = {}
    table = t.appointment_lines.c
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 500):
        found = connection.execute(
            select(t.appointment_lines)
            .where(table.appointment.in_(ids[start : start + 500]))
            .order_by(table.appointment, table.position)
        )
        for line in found:
            lines.setdefault(line.appointment, []).append(Line(line.item, line.pieces))
    return [
        Appointment(
            **{**row._mapping, "notices": json.loads(row.notices), "lines": tuple(lines.get(row.id, ()))}
        )
        for row in rows
    ]


def _columns(one: Appointment) -> dict[str, Any]:
    names = (name for name in Appointment.__dataclass_fields__ if name != "lines")
    return {**{name: getattr(one, name) for name in names}, "notices": pack(dict(one.notices))}


def _add_lines(connection: Connection, id: str, lines: Iterable[Line]) -> None:
    rows = [
        {"appointment": id, "item": line.item, "position": position, "pieces": line.pieces}
        for position, line in enumerate(lines)
    ]
    connection.execute(insert(t.appointment_lines), rows)
