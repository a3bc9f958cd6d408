"""Coming again (再次送检): from the label on an instrument to a place, with what its customer said before.

Whoever holds the instrument sees what it is and when it may come; whose it is stays unsaid. To book, the
phone's last digits are the proof, counted like every other.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError
from sqlalchemy import Connection

from server.domain.refusal import Refusal
from server.protocol import booking as b
from server.protocol import codes
from server.protocol.again import AgainSlot, AgainView
from server.store import bookings, orders, pickups
from server.store.bookings import Customer

from . import sentences as s
from .bookings import Asker, Bookings
from .halls import Halls
from .offering import item_name
from .proofs import Proofs
from .refused import Refused, refuse
from .work import Answer, Once

SLOTS = 6
"""Free slots that are shown: the next ones, a few of each day."""
OF_A_DAY = 2


@dataclass(frozen=True, slots=True)
class _Piece:
    sample: orders.Sample
    customer: Customer | None
    valid_until: date | None


class Again:
    def __init__(self, halls: Halls, bookings_: Bookings, proofs: Proofs) -> None:
        self._halls = halls
        self._bookings = bookings_
        self._proofs = proofs

    async def look(self, text: str) -> AgainView:
        """What may be booked for the instrument of this label. Raises Refused: sample_unknown."""
        piece = await self._piece(text)
        one = piece.sample
        floor, now = self._halls.floor(one.hall), self._halls.now()
        hall = floor.hall
        item = hall.offer.catalogue.items.get(one.item)
        kind = piece.customer.type if piece.customer else "resident"
        slots: list[AgainSlot] = []
        offered = item is not None
        try:
            lines = (b.LineBody(item=one.item, pieces=1),)
            found = await self._bookings.slots(one.hall, b.Ask(lines=lines, customer=kind))
        except Refused:
            offered = False
        else:
            for day in found.days:
                free = [slot for slot in day.slots if slot.free]
                # One in the morning and one later says more than two in a row.
                some = free[:1] + free[-1:] if len(free) > OF_A_DAY else free
                slots += [
                    AgainSlot(
                        day=day.day,
                        id=slot.id,
                        opens=slot.opens,
                        closes=slot.closes,
                        starts_at=slot.starts_at,
                    )
                    for slot in some
                ]
        return AgainView(
            code=one.code,
            hall=hall.id,
            hall_name=hall.name,
            zone=hall.zone,
            today=hall.day(now),
            complaint_phone=hall.complaint_phone,
            item=one.item,
            name=item_name(hall, one.item),
            valid_until=piece.valid_until,
            known=piece.customer is not None and piece.customer.consent_to == s.CONSENT_VERSION,
            offered=offered,
            notice=item.notice.text if item is not None and item.notice is not None else None,
            slots=tuple(slots[:SLOTS]),
        )

    async def book(
        self, text: str, tail: str, day: date, slot: str, asker: Asker, once: Once | None
    ) -> Answer:
        """Take a place for it with what its customer said before; answers the AppointmentView.

        Raises Refused: sample_unknown, pickup_unknown, too_many_requests, and those of booking.
        """
        piece = await self._piece(text)
        customer = piece.customer
        self._proofs.prove(
            piece.sample.code, piece.sample.order, customer.phone if customer else "", tail, asker
        )
        assert customer is not None  # noqa: S101 - nobody's phone was proved
        one = piece.sample
        item = self._halls.floor(one.hall).hall.offer.catalogue.items.get(one.item)
        if item is None:
            raise Refused(Refusal("item_unknown"))
        try:
            body = b.Book(
                day=day,
                slot=slot,
                lines=(b.LineBody(item=one.item, pieces=1),),
                customer=b.CustomerBody(
                    type=customer.type,
                    name=customer.name,
                    phone=customer.phone,
                    company=customer.company,
                    uscc=customer.uscc,
                    email=customer.email,
                ),
                acknowledged={one.item: item.notice.version} if item.notice else {},
                consent=customer.consent_to,
                language=customer.language,
            )
        except ValidationError:
            # It would say what it was given, which is somebody's name.
            raise refuse("slot_unknown") from None
        return await self._bookings.book(one.hall, body, asker, once)

    async def _piece(self, text: str) -> _Piece:
        reading = codes.read(text[:64])
        if not isinstance(reading, codes.Code) or reading.kind != "S":
            raise refuse("sample_unknown")
        code = reading.text

        def look(at: Connection) -> _Piece | None:
            for hall in self._halls.ids():
                one = orders.find_sample(at, hall, code=code)
                if one is None:
                    continue
                order = orders.find(at, id=one.order)
                customer = bookings.find_customer(at, order.customer) if order and order.customer else None
                paper = pickups.papers(at, one.order, (one.code,)).get(one.code)
                valid = paper.valid_until if paper is not None and paper.state == "issued" else None
                return _Piece(one, customer, valid)
            return None

        found = await asyncio.to_thread(self._halls.read, look)
        if found is None:
            raise refuse("sample_unknown")
        return found
