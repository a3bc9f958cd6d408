"""Orders (委托单) and their samples in the tables: what was handed in, one row a piece."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from server.domain.slots import Line
from server.protocol.words import Channel, Conclusion, CustomerType, OrderState, SampleState, ServiceMode

from . import tables as t

OUT_OF_THE_HOUSE = ("released", "refused_at_intake", "returned_untested")
ROWS = 500
"""Rows written or read in one statement: thousands of samples come in one order."""


@dataclass(frozen=True, slots=True)
class Order:
    id: str
    hall: str
    number: str
    """The case number: that of its appointment, where it has one."""
    day: date
    appointment: str | None
    ticket: str | None
    customer: str | None
    customer_type: CustomerType
    channel: Channel
    service: str
    complete: bool
    while_you_wait: bool
    due: date | None
    """The last day of what was promised; None where it is done while the customer waits."""
    made_at: datetime
    lines: tuple[tuple[Line, str], ...]
    """(line, regulation in force on that day)."""
    labelled_at: datetime | None = None
    """When its labels were first handed out for printing."""
    code: str | None = None
    """C…: to follow the case with; None: of before cases had one."""
    state: OrderState = "registered"
    handler: str = ""
    """首问责任人: the staff user who first dealt with it, and their section; see server.domain.acceptance."""
    handler_section: str = ""
    accepted_at: datetime | None = None
    mode: ServiceMode = "hall"
    site: str = ""
    ecqs: str = ""
    """Its order number in e-CQS, where it has one."""


@dataclass(frozen=True, slots=True)
class Sample:
    code: str
    flow: str
    hall: str
    order: str
    item: str
    position: int
    """Of the order's pieces, from 1."""
    serial: str = ""
    foreign: str | None = None
    state: SampleState = "registered"
    section: str = ""
    """The lab section that tests it; from its item when it is accepted."""
    conclusion: Conclusion | None = None
    holder: str = "customer"
    """Who has it: ``customer``, ``staff:USER``, ``shelf:NAME``. Exactly one."""
    held_since: datetime | None = None
    rests_until: datetime | None = None
    received_at: datetime | None = None
    due: date | None = None
    """The last day of what was promised for it."""
    changed_at: datetime | None = None


def add(connection: Connection, order: Order, samples: Sequence[Sample]) -> None:
    names = (name for name in Order.__dataclass_fields__ if name != "lines")
    connection.execute(insert(t.orders).values({name: getattr(order, name) for name in names}))
    connection.execute(insert(t.order_lines), _line_rows(order))
    rows = [{name: getattr(one, name) for name in Sample.__dataclass_fields__} for one in samples]
    for start in range(0, len(rows), ROWS):
        connection.execute(insert(t.samples), rows[start : start + ROWS])


def find(
    connection: Connection,
    *,
    id: str = "",
    number: str = "",
    appointment: str = "",
    ticket: str = "",
    code: str = "",
) -> Order | None:
    table = t.orders.c
    where = (
        table.id == id
        if id
        else table.number == number
        if number
        else table.appointment == appointment
        if appointment
        else table.code == code
        if code
        else table.ticket == ticket
    )
    row = connection.execute(select(t.orders).where(where)).one_or_none()
    return None if row is None else _read(connection, [row])[0]


def of_day(connection: Connection, hall: str, day: date) -> list[Order]:
    """The orders of a day in the order of time."""
    rows = connection.execute(
        select(t.orders)
        .where(t.orders.c.hall == hall, t.orders.c.day == day)
        .order_by(t.orders.c.made_at, t.orders.c.id)
    ).all()
    return _read(connection, rows)


def waiting_since(connection: Connection, hall: str, before: date) -> list[Order]:
    """The orders of earlier days that still wait for papers, the oldest first."""
    table = t.orders.c
    rows = connection.execute(
        select(t.orders)
        .where(table.hall == hall, table.state == "supplement_required", table.day < before)
        .order_by(table.made_at, table.id)
    ).all()
    return _read(connection, rows)


def work_of_day(connection: Connection, hall: str, day: date) -> list[tuple[datetime, str, int]]:
    """(registered at, item, pieces) of a day in the order of time."""
    rows = connection.execute(
        select(t.orders.c.made_at, t.order_lines.c.item, t.order_lines.c.pieces)
        .join(t.order_lines, t.order_lines.c.order == t.orders.c.id)
        .where(t.orders.c.hall == hall, t.orders.c.day == day)
        .order_by(t.orders.c.made_at, t.orders.c.id, t.order_lines.c.position)
    )
    return [(row.made_at, row.item, row.pieces) for row in rows]


def labelled(connection: Connection, id: str, at: datetime) -> None:
    connection.execute(update(t.orders).where(t.orders.c.id == id).values(labelled_at=at))


def samples(connection: Connection, order: str, first: int = 1, most: int | None = None) -> list[Sample]:
    """An order's samples by their place in it, ``most`` of them from ``first`` on."""
    table = t.samples.c
    rows = connection.execute(
        select(t.samples)
        .where(table.order == order, table.position >= first)
        .order_by(table.position)
        .limit(most)
    )
    return [Sample(**row._mapping) for row in rows]


def count(connection: Connection, order: str) -> int:
    return int(
        connection.scalar(select(func.count()).select_from(t.samples).where(t.samples.c.order == order)) or 0
    )


def find_sample(connection: Connection, hall: str, *, code: str = "", foreign: str = "") -> Sample | None:
    """The sample with that identity or flow code, or whose pre-printed label says ``foreign``."""
    table = t.samples.c
    where = (table.code == code) | (table.flow == code) if code else table.foreign == foreign
    row = connection.execute(select(t.samples).where(table.hall == hall, where)).one_or_none()
    return None if row is None else Sample(**row._mapping)


def with_serials(connection: Connection, hall: str, serials: Sequence[str]) -> dict[tuple[str, str], str]:
    """(item, maker's number) → case number, of those pieces that are in the house."""
    found: dict[tuple[str, str], str] = {}
    table = t.samples.c
    for start in range(0, len(serials), ROWS):
        rows = connection.execute(
            select(table.item, table.serial, t.orders.c.number)
            .join(t.orders, t.orders.c.id == table.order)
            .where(
                table.hall == hall,
                table.serial.in_(serials[start : start + ROWS]),
                table.state.not_in(OUT_OF_THE_HOUSE),
            )
        )
        found |= {(row.item, row.serial): row.number for row in rows}
    return found


def save(connection: Connection, order: Order) -> None:
    """Write what may change of an order after it was registered."""
    names = ("customer", "customer_type", "due", "code", "state", "handler", "handler_section", "accepted_at")
    changed = {name: getattr(order, name) for name in (*names, "mode", "site", "ecqs")}
    connection.execute(update(t.orders).where(t.orders.c.id == order.id).values(changed))


def save_sample(connection: Connection, sample: Sample) -> None:
    """Write all of a sample but its names."""
    fixed = ("code", "flow", "hall", "order", "position")
    changed = {name: getattr(sample, name) for name in Sample.__dataclass_fields__ if name not in fixed}
    connection.execute(update(t.samples).where(t.samples.c.code == sample.code).values(changed))


def save_states(connection: Connection, samples: Sequence[Sample]) -> None:
    """Write the states of many samples, and when they came to them: those alike in one statement."""
    alike: dict[tuple[SampleState, datetime | None], list[str]] = {}
    for one in samples:
        alike.setdefault((one.state, one.changed_at), []).append(one.code)
    for (state, at), codes in alike.items():
        for start in range(0, len(codes), ROWS):
            which = t.samples.c.code.in_(codes[start : start + ROWS])
            connection.execute(update(t.samples).where(which).values(state=state, changed_at=at))


def change_pieces(connection: Connection, order: Order, samples: Sequence[Sample]) -> None:
    """Write what ``order`` has come to consist of: its lines, and ``samples`` in the place of those before.

    Only before acceptance, when nothing but its own rows speaks of a piece.
    """
    connection.execute(delete(t.order_lines).where(t.order_lines.c.order == order.id))
    connection.execute(insert(t.order_lines), _line_rows(order))
    connection.execute(delete(t.samples).where(t.samples.c.order == order.id))
    rows = [{name: getattr(one, name) for name in Sample.__dataclass_fields__} for one in samples]
    for start in range(0, len(rows), ROWS):
        connection.execute(insert(t.samples), rows[start : start + ROWS])


def states(connection: Connection, order: str) -> list[SampleState]:
    """The states of an order's samples, by their place in it."""
    table = t.samples.c
    return list(connection.scalars(select(table.state).where(table.order == order).order_by(table.position)))


def state(connection: Connection, order: str) -> OrderState:
    """What the table says that an order has come to."""
    table = t.orders.c
    found: OrderState = connection.execute(select(table.state).where(table.id == order)).scalar_one()
    return found


def numbers(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Order id → case number."""
    rows = connection.execute(select(t.orders.c.id, t.orders.c.number).where(t.orders.c.id.in_(list(ids))))
    return {row.id: row.number for row in rows}


def bind(connection: Connection, code: str, foreign: str) -> None:
    """A pre-printed label names this sample from now on."""
    connection.execute(update(t.samples).where(t.samples.c.code == code).values(foreign=foreign))


def _line_rows(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order": order.id,
            "item": line.item,
            "position": position,
            "pieces": line.pieces,
            "regulation": regulation,
        }
        for position, (line, regulation) in enumerate(order.lines)
    ]


def _read(connection: Connection, rows: Sequence[Any]) -> list[Order]:
    lines: dict[str, list[tuple[Line, str]]] = {}
    table = t.order_lines.c
    ids = [row.id for row in rows]
    for start in range(0, len(ids), ROWS):
        found = connection.execute(
            select(t.order_lines)
            .where(table.order.in_(ids[start : start + ROWS]))
            .order_by(table.order, table.position)
        )
        for line in found:
            lines.setdefault(line.order, []).append((Line(line.item, line.pieces), line.regulation))
    return [Order(**row._mapping, lines=tuple(lines.get(row.id, ()))) for row in rows]
