"""What must be true of appointments, orders and samples after a storm: the tables against the answers."""

from __future__ import annotations

import json
from collections import Counter as Tally
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from server.domain.hall import Hall
from server.domain.slots import Line, Load, Timetable
from server.store import journal
from server.store import tables as t
from server.store.engine import open_engine, reading
from server.store.halls import load_hall

from .accounts import every_answer_is_kept
from .crowd import Book

Pieces = dict[str, int]
HOLD = ("booked", "checked_in")
"""States that take room in their slot."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The tables of one hall."""

    hall: Hall
    appointments: dict[str, Row[Any]]
    """By number, and so the orders."""
    lines: dict[str, Pieces]
    """By appointment."""
    orders: dict[str, Row[Any]]
    order_lines: dict[str, Pieces]
    samples: list[Row[Any]]
    tickets: dict[str, Row[Any]]
    messages: list[Row[Any]]
    journal: list[Row[Any]]


def keep_promises(database: str, book: Book) -> Rows:
    """Hold the tables against what was answered. Fails on any difference."""
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            assert journal.check(connection, "main") is None, "the journal's chain is broken"
            every_answer_is_kept(connection, book)
            rows = read(connection)
    finally:
        engine.dispose()
    no_place_is_taken_twice(rows)
    every_appointment_is_as_last_told(rows, book)
    every_check_in_is_whole(rows, book)
    everything_was_written_down_once(rows, book)
    the_right_messages_wait(rows)
    return rows


def read(connection: Connection) -> Rows:
    hall = load_hall(connection, "main")
    assert hall is not None
    lines: dict[str, Pieces] = {}
    for row in connection.execute(select(t.appointment_lines)):
        lines.setdefault(row.appointment, {})[row.item] = row.pieces
    order_lines: dict[str, Pieces] = {}
    for row in connection.execute(select(t.order_lines)):
        order_lines.setdefault(row.order, {})[row.item] = row.pieces
    appointments = connection.execute(select(t.appointments)).all()
    orders = connection.execute(select(t.orders)).all()
    known = {row.number: row for row in appointments}
    assert len(known) == len({row.code for row in appointments}) == len(appointments), "a voucher given twice"
    assert set(lines) == {row.id for row in appointments}, "an appointment for nothing, or lines for nobody"
    assert set(order_lines) == {row.id for row in orders}, "an order for nothing, or lines of none"
    return Rows(
        hall=hall,
        appointments=known,
        lines=lines,
        orders={row.number: row for row in orders},
        order_lines=order_lines,
        samples=list(connection.execute(select(t.samples).order_by(t.samples.c.order, t.samples.c.position))),
        tickets={row.id: row for row in connection.execute(select(t.tickets))},
        messages=list(connection.execute(select(t.outbox))),
        journal=list(connection.execute(select(t.journal))),
    )


def no_place_is_taken_twice(rows: Rows) -> None:
    """No slot over its pieces or minutes, no item over its caps in a slot or on a day."""
    offer = rows.hall.offer
    loads: dict[tuple[Any, str], Load] = {}
    for one in rows.appointments.values():
        if one.state in HOLD:
            lines = [Line(item, pieces) for item, pieces in rows.lines[one.id].items()]
            place = (one.day, one.slot)
            loads[place] = loads.get(place, Load()).with_lines(lines, offer.catalogue)
    table = Timetable(rows.hall.zone, offer.calendar, offer.catalogue, offer.slots, loads)
    for (day, id), load in loads.items():
        slot = offer.slots[id]
        assert slot.held_on(day, offer.calendar)
        assert load.count <= slot.pieces, (day, id, load)
        assert load.minutes <= slot.minutes, (day, id, load)
        for item, pieces in load.pieces.items():
            caps = offer.catalogue.items[item].caps
            assert pieces <= caps.slot, (day, id, item, pieces)
            assert table.day_load(day).pieces[item] <= caps.day, (day, item)


def every_appointment_is_as_last_told(rows: Rows, book: Book) -> None:
    """Those that were told of, no other; each where its last acknowledged answer put it."""
    last: dict[str, Any] = {}
    for one in book.answers:
        if one.status >= 300 or one.path.endswith("/check-ins"):
            continue
        told, before = one.body, last.get(one.body["number"])
        if before is None or rank(told) > rank(before):
            last[told["number"]] = told
    assert set(last) == set(rows.appointments)
    checked_in = {one.body["order"]["number"]: one.body for one in book.answers if came(one.path, one.status)}
    for number, told in last.items():
        row = rows.appointments[number]
        assert (row.code, row.day.isoformat(), row.slot, row.moved) == tuple(
            told[name] for name in ("code", "day", "slot", "moved")
        )
        with_it = checked_in.get(number)
        assert row.state == ("checked_in" if with_it else told["state"]), (row, told)
        lines = (with_it["order"] if with_it else told)["lines"]
        assert rows.lines[row.id] == {line["item"]: line["pieces"] for line in lines}


def rank(told: Any) -> tuple[int, bool]:
    """Later answers about one appointment rank higher, whoever heard them first."""
    return told["moved"], told["state"] != "booked"


def came(path: str, status: int) -> bool:
    return path.endswith("/check-ins") and status == 201


def every_check_in_is_whole(rows: Rows, book: Book) -> None:
    """One ticket, one order and a label for each piece, as told; nothing of one without the others."""
    told = [one.body for one in book.answers if came(one.path, one.status)]
    by_number = {body["order"]["number"]: body for body in told}
    assert len(by_number) == len(told), "one voucher, two tickets"
    here = {number: one for number, one in rows.appointments.items() if one.state == "checked_in"}
    assert set(here) == set(rows.orders) == set(by_number)
    assert {one.ticket for one in here.values()} == set(rows.tickets)
    assert len(rows.tickets) == len(here)
    labels: dict[str, list[str]] = {}
    for sample in rows.samples:
        labels.setdefault(sample.order, []).append(sample.code)
        assert sample.position == len(labels[sample.order])
    assert set(labels) == {order.id for order in rows.orders.values()}
    codes = [code for sample in rows.samples for code in (sample.code, sample.flow)]
    assert len(set(codes)) == len(codes)
    for number, body in by_number.items():
        order, appointment = rows.orders[number], here[number]
        ticket = rows.tickets[appointment.ticket]
        assert (order.appointment, order.ticket, order.customer) == (
            appointment.id,
            ticket.id,
            appointment.customer,
        )
        assert (ticket.number, ticket.code) == (body["ticket"]["number"], body["ticket"]["code"])
        assert (order.id, labels[order.id]) == (
            body["order"]["id"],
            [label["code"] for label in body["order"]["labels"]],
        )
        assert rows.order_lines[order.id] == rows.lines[appointment.id]
        assert len(labels[order.id]) == sum(rows.order_lines[order.id].values())


def everything_was_written_down_once(rows: Rows, book: Book) -> None:
    """As many lines of each kind about each case as were acknowledged: nothing lost, nothing twice."""
    done = Tally((row.kind, row.subject) for row in rows.journal if not row.kind.startswith("message."))
    wanted: Tally[tuple[str, str]] = Tally()
    for one in book.answers:
        if one.status >= 300:
            continue
        if one.path.endswith("/check-ins"):
            order = one.body["order"]
            case = rows.appointments[order["number"]].id
            wanted.update([("ticket.issued", one.body["ticket"]["id"]), ("order.registered", order["id"])])
            wanted["appointment.checked_in", case] += 1
            continue
        kind = {"reschedule": "moved", "cancel": "cancelled"}.get(one.path.rsplit("/", 1)[-1], "booked")
        wanted[f"appointment.{kind}", rows.appointments[one.body["number"]].id] += 1
    assert done == wanted


def the_right_messages_wait(rows: Rows) -> None:
    """One for each thing that was done, of the latest place; none of what nobody has booked."""
    by_case: dict[str, list[Row[Any]]] = {row.id: [] for row in rows.appointments.values()}
    for message in rows.messages:
        by_case[message.subject].append(message)
    for one in rows.appointments.values():
        kinds = Tally(message.kind for message in by_case[one.id])
        assert kinds["booked"] == 1
        assert kinds["moved"] == one.moved
        assert kinds["cancelled"] == (one.state == "cancelled")
        for message in by_case[one.id]:
            facts = json.loads(message.parameters)
            assert (facts["code"], facts["number"]) == (one.code, one.number)
            if message.state == "waiting":
                assert one.state != "checked_in"
                assert message.kind == "cancelled" or one.state == "booked"
                assert (facts["day"], message.customer) == (one.day.isoformat(), one.customer)
