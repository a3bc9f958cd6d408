"""Referrals (转办) in their table."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from server.domain.referral import Referral

from . import tables as t

NAMES = tuple(Referral.__dataclass_fields__)


def add(connection: Connection, one: Referral) -> None:
    connection.execute(insert(t.referrals).values({name: getattr(one, name) for name in NAMES}))


def save(connection: Connection, one: Referral) -> None:
    values = {name: getattr(one, name) for name in NAMES if name != "id"}
    connection.execute(update(t.referrals).where(t.referrals.c.id == one.id).values(values))


def find(connection: Connection, hall: str, id: str) -> Referral | None:
    table = t.referrals.c
    row = connection.execute(select(t.referrals).where(table.hall == hall, table.id == id)).one_or_none()
    return None if row is None else Referral(**row._mapping)


def of_order(connection: Connection, order: str) -> list[Referral]:
    table = t.referrals.c
    rows = connection.execute(select(t.referrals).where(table.order == order).order_by(table.made_at))
    return [Referral(**row._mapping) for row in rows]


def of_hall(connection: Connection, hall: str, *, closed: bool, most: int = 200) -> list[Referral]:
    """The open ones by their last day; the closed ones the newest first."""
    table = t.referrals.c
    where = table.closed_at.is_not(None) if closed else table.closed_at.is_(None)
    order = table.closed_at.desc() if closed else table.due
    rows = connection.execute(
        select(t.referrals).where(table.hall == hall, where).order_by(order, table.id).limit(most)
    )
    return [Referral(**row._mapping) for row in rows]
