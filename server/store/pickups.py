"""Pick-up codes in their table, and what a release asks of certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from server.domain.pickup import Pickup
from server.protocol.words import CertificateKind, CertificateState, CustomerType, OrderState

from . import tables as t

ROW = t.pickups.c
FIELDS = tuple(Pickup.__dataclass_fields__)
NOT_COLLECTED = ("post", "deliver", "electronic")
"""Ways home of what nobody comes for."""
LATEST = 400
"""Orders among which a board looks for those that are in the house."""


def add(connection: Connection, one: Pickup) -> None:
    connection.execute(insert(t.pickups).values({name: getattr(one, name) for name in FIELDS}))


def save(connection: Connection, one: Pickup) -> None:
    changed = {name: getattr(one, name) for name in ("state", "active_at", "ended_at", "reason", "ticket")}
    connection.execute(update(t.pickups).where(ROW.id == one.id).values(changed))


def find(connection: Connection, *, code: str = "", number: str = "", id: str = "") -> Pickup | None:
    where = ROW.code == code if code else ROW.number == number if number else ROW.id == id
    row = connection.execute(select(t.pickups).where(where)).one_or_none()
    return None if row is None else Pickup(**row._mapping)


def current(connection: Connection, order: str) -> Pickup | None:
    """The order's code that is not over; there is one at most."""
    row = connection.execute(
        select(t.pickups)
        .where(ROW.order == order, ROW.state.in_(("issued", "active")))
        .order_by(ROW.made_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Pickup(**row._mapping)


@dataclass(frozen=True, slots=True)
class Paper:
    """A sample's present certificate, as far as collecting and progress need it."""

    state: CertificateState
    kind: CertificateKind
    number: str
    issued_at: datetime | None
    valid_until: date | None


def papers(connection: Connection, order: str, samples: Sequence[str] = ()) -> dict[str, Paper]:
    """Sample → its present certificate, that of its last result; of ``samples`` only, where named."""
    c, r = t.certificates.c, t.results.c
    asked = (
        select(c.sample, c.state, c.kind, c.number, c.issued_at, c.valid_until)
        .join(t.results, r.id == c.result)
        .where(c.order == order)
    )
    if 0 < len(samples) <= 100:
        asked = asked.where(c.sample.in_(samples))
    found = {}
    for row in connection.execute(asked.order_by(r.version, c.made_at)):
        found[row.sample] = Paper(row.state, row.kind, row.number, row.issued_at, row.valid_until)
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order with pieces on the shelf; the names go no further than their mask."""

    type: CustomerType
    name: str
    company: str
    pieces: int


def waiting(connection: Connection, hall: str, most: int) -> list[Waiting]:
    """Who may come and collect, the latest first; nobody whose order goes home by post."""
    p, o, s, c, f = ROW, t.orders.c, t.samples.c, t.customers.c, t.fulfilments.c
    # A code is active as soon as something is ready: of thousands of orders in work these are the few.
    rows = connection.execute(
        select(o.customer_type, c.name, c.company, func.count().label("pieces"))
        .select_from(
            t.pickups.join(t.orders, o.id == p.order)
            .join(t.samples, s.order == o.id)
            .join(t.customers, c.id == o.customer)
            .outerjoin(t.fulfilments, f.order == o.id)
        )
        .where(
            p.hall == hall,
            p.state == "active",
            s.state == "ready",
            f.way.is_(None) | f.way.not_in(NOT_COLLECTED),
        )
        .group_by(o.id, o.customer_type, c.name, c.company)
        .order_by(func.max(s.changed_at).desc(), o.id)
        .limit(most)
    )
    return [Waiting(row.customer_type, row.name, row.company, row.pieces) for row in rows]


def stages(
    connection: Connection, hall: str, states: Sequence[OrderState], most: int
) -> list[tuple[str, OrderState]]:
    """(case number, state) of those of the latest orders that are in ``states``, the last accepted first."""
    o = t.orders.c
    # Only among the latest: a board that is read while walking by needs no more, and asking for all that are
    # in the house would sort thousands at each change.
    latest = select(o.id).where(o.hall == hall).order_by(o.day.desc()).limit(LATEST).scalar_subquery()
    rows = connection.execute(
        select(o.number, o.state)
        .where(o.id.in_(latest), o.state.in_(states))
        .order_by(func.coalesce(o.accepted_at, o.made_at).desc(), o.id)
        .limit(most)
    )
    return [(row.number, row.state) for row in rows]
