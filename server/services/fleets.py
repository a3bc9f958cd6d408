"""Many instruments handed in at once by one customer, and the orders of a day as staff see them."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import uuid
from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from server.domain.customers import mask, mask_phone
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.domain.slots import Line
from server.protocol import codes
from server.protocol import orders as o
from server.protocol.words import Channel, CustomerType
from server.store import bookings, floors, orders

from .bookings import customer_of
from .halls import Halls
from .offering import item_name
from .people import Who
from .refused import refuse
from .registration_sheet import MOST_FAULTS, Fleet, in_the_house, not_taken, read_fleet
from .showing import label_view
from .work import Answer, Ledger, Once, Record

CHANNEL_OF_FLEETS: Channel = "counter"


class Fleets:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def introduce(self, hall: str, body: o.Introduce, who: Who, once: Once | None) -> Answer:
        """Write a customer down; answers the CustomerView."""

        def change(ledger: Ledger) -> str | Refusal:
            said = customer_of(ledger.floor.hall, body.customer, body.consent, body.language, ledger.now)
            if isinstance(said, Refusal):
                return said
            bookings.add_customer(ledger.connection, said)
            ledger.note("customer.introduced", said.id, {"type": said.type})
            return customer_view(said).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def check(self, hall: str, customer: str, content: bytes) -> o.FleetReport:
        """What this sheet would register; nothing is changed."""
        of = self._halls.floor(hall).hall
        fleet = await asyncio.to_thread(read_fleet, content, of)

        def look(connection: Connection) -> o.FleetReport | None:
            known = bookings.find_customer(connection, customer)
            if known is None or known.hall != hall:
                return None
            return _report(_against(connection, of, fleet, known.type, of.day(self._halls.now())))

        found = await asyncio.to_thread(self._halls.read, look)
        if found is None:
            raise refuse("customer_unknown")
        return found

    async def take_in(self, hall: str, customer: str, content: bytes, who: Who, once: Once | None) -> Answer:
        """Register every piece of the sheet in one order, or, with any fault, nothing. A FleetReport."""
        read = await asyncio.to_thread(read_fleet, content, self._halls.floor(hall).hall)
        id, number = uuid.uuid4().hex, codes.number_of(secrets.randbits(64))

        def change(ledger: Ledger) -> str | Refusal:
            of, connection, today = ledger.floor.hall, ledger.connection, ledger.floor.hall.day(ledger.now)
            known = bookings.find_customer(connection, customer)
            if known is None or known.hall != hall:
                return Refusal("customer_unknown")
            fleet = _against(connection, of, read, known.type, today)
            if fleet.faults:
                first = fleet.faults[0]
                count = str(len(fleet.faults) + fleet.more_faults)
                return Refusal("sheet_bad", {"count": count, "row": str(first.row), "wrong": first.wrong})
            items = of.offer.catalogue.items
            by_item = Counter(item for _, item, _ in fleet.pieces)
            days = max(items[item].days_promised(today) for item in by_item)
            order = orders.Order(
                id=id,
                hall=hall,
                number=number,
                day=today,
                appointment=None,
                ticket=None,
                customer=customer,
                customer_type=known.type,
                channel=CHANNEL_OF_FLEETS,
                service=items[fleet.pieces[0][1]].service,
                complete=True,
                while_you_wait=False,
                due=of.offer.calendar.after(today, max(1, days)),
                made_at=ledger.now,
                lines=tuple(
                    (Line(item, pieces), items[item].regulation(today) or "")
                    for item, pieces in by_item.items()
                ),
                code=codes.code_of("C", secrets.randbits(80)),
            )
            samples = [
                orders.Sample(
                    code=codes.code_of("S", secrets.randbits(64)),
                    flow=codes.code_of("F", secrets.randbits(64)),
                    hall=hall,
                    order=id,
                    item=item,
                    position=position,
                    serial=serial,
                )
                for position, (_, item, serial) in enumerate(fleet.pieces, 1)
            ]
            orders.add(connection, order, samples)
            ledger.touch(id)
            # Thousands of codes would make a line of the journal that nobody reads: their digest proves them.
            told = hashlib.sha256("\n".join(one.code for one in samples).encode()).hexdigest()
            lines = [[item, pieces] for item, pieces in by_item.items()]
            payload = {"number": number, "customer": customer, "lines": lines, "samples": told}
            ledger.note("order.registered", id, payload)
            done = _report(fleet).model_copy(update={"order": id, "number": number, "due": order.due})
            return done.model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def labels(self, hall: str, order: str, first: int, most: int) -> o.LabelsView:
        """A part of an order's labels. ``order``: its id or its case number."""
        of = self._halls.floor(hall).hall

        def look(connection: Connection) -> o.LabelsView | None:
            one = orders.find(connection, id=order) or orders.find(connection, number=order)
            if one is None or one.hall != hall:
                return None
            count = orders.count(connection, one.id)
            samples = orders.samples(connection, one.id, first, most)
            return o.LabelsView(
                order=one.id,
                number=one.number,
                count=count,
                labels=tuple(label_view(of, one, sample, count) for sample in samples),
            )

        found = await asyncio.to_thread(self._halls.read, look)
        if found is None:
            raise refuse("order_unknown")
        return found

    async def of_day(
        self, hall: str, day: date, kind: CustomerType | None, channel: Channel | None
    ) -> o.OrdersView:
        of = self._halls.floor(hall).hall

        def look(connection: Connection) -> o.OrdersView:
            found = [
                one
                for one in orders.of_day(connection, hall, day)
                if kind in (None, one.customer_type) and channel in (None, one.channel)
            ]
            return o.OrdersView(day=day, orders=tuple(_row(connection, of, one) for one in found))

        return await asyncio.to_thread(self._halls.read, look)

    async def sources(self, hall: str, first: date, last: date) -> o.SourcesView:
        """Through which channels appointments came, and of which customers."""
        self._halls.floor(hall)
        found = await asyncio.to_thread(self._halls.read, lambda at: bookings.sources(at, hall, first, last))
        channels, kinds = Counter[Channel](), Counter[CustomerType]()
        for channel, kind, count in found:
            channels[channel] += count
            kinds[kind] += count
        return o.SourcesView(first=first, last=last, by_channel=dict(channels), by_type=dict(kinds))


def customer_view(one: bookings.Customer) -> o.CustomerView:
    return o.CustomerView(
        id=one.id, type=one.type, who=mask(one.type, one.name, one.company), phone=mask_phone(one.phone)
    )


def _against(connection: Connection, hall: Hall, fleet: Fleet, kind: CustomerType, today: date) -> Fleet:
    """The fleet with what only the tables know against it: pieces that are in the house already."""
    if fleet.faults:
        return fleet
    faults = not_taken(fleet, hall, kind, today)
    there = orders.with_serials(connection, hall.id, [serial for _, _, serial in fleet.pieces])
    faults += [
        in_the_house(row, there[item, serial])
        for row, item, serial in fleet.pieces
        if (item, serial) in there
    ]
    faults.sort(key=lambda one: one.row)
    return replace(fleet, faults=tuple(faults[:MOST_FAULTS]), more_faults=max(0, len(faults) - MOST_FAULTS))


def _report(fleet: Fleet) -> o.FleetReport:
    return o.FleetReport(
        pieces=len(fleet.pieces),
        by_item=dict(Counter(item for _, item, _ in fleet.pieces)),
        faults=fleet.faults,
        more_faults=fleet.more_faults,
    )


def _row(connection: Connection, hall: Hall, one: orders.Order) -> o.OrderRow:
    customer = bookings.find_customer(connection, one.customer) if one.customer else None
    ticket = floors.find_ticket(connection, id=one.ticket) if one.ticket else None
    return o.OrderRow(
        id=one.id,
        number=one.number,
        made_at=hall.local(one.made_at),
        customer_type=one.customer_type,
        who=mask(customer.type, customer.name, customer.company) if customer else "",
        channel=one.channel,
        service=one.service,
        pieces=sum(line.pieces for line, _ in one.lines),
        items=tuple(item_name(hall, line.item) for line, _ in one.lines),
        while_you_wait=one.while_you_wait,
        due=one.due,
        ticket=ticket[2].number if ticket else "",
        labelled=one.labelled_at is not None,
    )
