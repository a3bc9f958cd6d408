"""What crosses the wire about orders (委托单) for staff: fleets, lists, labels by the thousand, sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import StringConstraints

from .booking import CustomerBody, LabelView
from .commands import Body
from .sheets import Fault
from .views import Text, Wire
from .words import Channel, CustomerType, Language


class Introduce(Body):
    """Staff write down a customer who hands in many instruments at once."""

    customer: CustomerBody
    consent: Annotated[str, StringConstraints(max_length=32)] = ""
    language: Language = "zh"


class CustomerView(Wire):
    """A customer, masked; ``id`` says nothing of who it is."""

    id: str
    type: CustomerType
    who: str
    phone: str


class FleetReport(Wire):
    """What a sheet of instruments would register, or has registered; with any fault nothing."""

    pieces: int
    by_item: dict[str, int]
    faults: tuple[Fault, ...]
    more_faults: int
    """Faults beyond those told."""
    order: str = ""
    """The id of the order that was made."""
    number: str = ""
    """Its case number."""
    due: date | None = None


class LabelsView(Wire):
    """A part of an order's labels, so that thousands are never held at once."""

    order: str
    number: str
    count: int
    """Of the whole order."""
    labels: tuple[LabelView, ...]


class OrderRow(Wire):
    """An order in a list; its customer masked."""

    id: str
    number: str
    made_at: datetime
    customer_type: CustomerType
    who: str
    channel: Channel
    service: str
    pieces: int
    items: tuple[Text, ...]
    while_you_wait: bool
    due: date | None
    ticket: str
    """Its ticket's number, where it has one."""
    labelled: bool


class OrdersView(Wire):
    """The orders of a day; of one type of customer or one channel where that was asked for."""

    day: date
    orders: tuple[OrderRow, ...]


class SourcesView(Wire):
    """Through which channels appointments came, and of which customers (来源统计)."""

    first: date
    last: date
    by_channel: dict[Channel, int]
    by_type: dict[CustomerType, int]
