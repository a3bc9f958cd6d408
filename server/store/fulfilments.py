"""How each order goes back to its customer, in its table. An address leaves it towards staff only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from server.domain.acceptance import Way

from . import tables as t


@dataclass(frozen=True, slots=True)
class Fulfilment:
    order: str
    hall: str
    way: Way = "collect"
    address: str = ""
    """With the recipient, as it stands on the parcel; of an electronic certificate the e-mail address."""
    carrier: str = ""
    tracking: str = ""
    sent_at: datetime | None = None
    received_at: datetime | None = None

    @property
    def fulfilled(self) -> bool:
        """Nothing is left to do after the release: what is posted has its number."""
        return self.way != "post" or bool(self.tracking)


def find(connection: Connection, order: str) -> Fulfilment | None:
    row = connection.execute(select(t.fulfilments).where(t.fulfilments.c.order == order)).one_or_none()
    return None if row is None else Fulfilment(**row._mapping)


def save(connection: Connection, one: Fulfilment) -> None:
    values = {name: getattr(one, name) for name in Fulfilment.__dataclass_fields__ if name != "order"}
    written = connection.execute(
        update(t.fulfilments).where(t.fulfilments.c.order == one.order).values(values)
    )
    if written.rowcount == 0:
        connection.execute(insert(t.fulfilments).values(order=one.order, **values))


def fulfilled(connection: Connection, order: str) -> bool:
    """Whether nothing but the release keeps this order from being closed (``stages.settle``'s question)."""
    one = find(connection, order)
    return one is None or one.fulfilled
