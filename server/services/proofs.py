"""Proof of a case: a code or number with the customer's phone tail, and how often one may be wrong.

One set of counters for collecting, progress and certificates alike, so that nobody tries at one door after
another. An unknown code and a wrong tail get the same answer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from server.domain import customers
from server.domain.booking import Appointment
from server.domain.pickup import Pickup
from server.domain.refusal import Refusal
from server.protocol import codes
from server.store import bookings, orders, pickups
from server.store.orders import Order

from .bookings import Asker, guessers_of, read_case
from .halls import Halls
from .limits import Guesses
from .notifications import day_text
from .refused import Refused, refuse

ALL: tuple[codes.Kind, ...] = ("P", "C", "V")


@dataclass(frozen=True, slots=True)
class Found:
    """What a code or number names, and whether who asks has shown that it is theirs."""

    order: Order
    pickup: Pickup | None
    """The pick-up code that was shown; None where it was another."""
    by_number: bool
    proven: bool
    """The tail was right, or staff have the person before them."""


class Proofs:
    def __init__(self, halls: Halls, guesses: Guesses) -> None:
        self._halls = halls
        self._guesses = guesses

    async def find(
        self,
        text: str,
        tail: str,
        asker: Asker,
        hall: str = "",
        kinds: Collection[codes.Kind] = ALL,
        *,
        bare: bool = False,
        staff_without: bool = True,
    ) -> Found:
        """What ``text`` names in ``hall`` (or any, where none is said).

        ``kinds``: which codes are taken; a number is that of a case or of a pick-up code, of the latter only
        where ``kinds`` says no more. ``bare``: a code without any tail will do, though then it is not proven;
        a number never. ``staff_without``: staff of the hall need no tail.

        Raises Refused: pickup_unknown, too_many_requests, those of ``read_case``; and who has proof of a
        booking that is not a case yet is told so: not_checked_in, appointment_cancelled, appointment_over.
        """
        said = read_case(text)
        guessers = guessers_of(said.text, asker)
        by_number = isinstance(said, codes.Number)
        # To look with a code alone proves nothing and guesses at no tail: who is locked out of that, for
        # somebody's wrong tails, still sees how far it is.
        looks = bare and not tail and not by_number
        # Nor do staff, who have the person before them: nobody's wrong tails keep a counter from its work.
        watched = guessers[1:] if looks or (asker.by_staff and staff_without) else guessers
        self._guesses.must_not_wait(*watched)
        found = await asyncio.to_thread(self._halls.read, lambda at: look_up(at, said, kinds))
        # From here on nothing is waited for. Many that came at once have all passed the first look: none
        # passes this one without those before it being counted.
        self._guesses.must_not_wait(*watched)
        if found is not None and (not hall or found[0].hall == hall) and found[0].hall in self._halls.ids():
            one, pickup, phone = found
            at_home = asker.who is None or asker.who.hall == one.hall
            by_staff = asker.by_staff and at_home and staff_without
            if at_home and not looks and not by_staff:
                # A case has many names, and each piece of it a label: they share what may be guessed.
                guessers = (*guessers, f"case:{one.id}")
                self._guesses.must_not_wait(*guessers)
            right = bool(phone) and secrets.compare_digest(customers.tail(phone).encode(), tail.encode())
            proven = by_staff or right
            if at_home and (proven or looks):
                if right:
                    self._guesses.right(guessers[0], f"case:{one.id}")
                if isinstance(one, Appointment):
                    raise Refused(self._not_a_case_yet(one))
                return Found(one, pickup, by_number, proven)
        self._guesses.missed(*guessers)
        raise refuse("pickup_unknown")

    async def shown_to_staff(self, text: str, asker: Asker, hall: str) -> Pickup:
        """The pick-up code that a customer shows at the counter: staff have them before them.

        Raises Refused: pickup_unknown, too_many_requests, and those of ``read_case``.
        """
        said = read_case(text)
        guessers = guessers_of(said.text, asker)
        self._guesses.must_not_wait(*guessers[1:])

        def look(at: Connection) -> Pickup | None:
            if isinstance(said, codes.Number):
                return pickups.find(at, number=said.text)
            return pickups.find(at, code=said.text) if said.kind == "P" else None

        found = await asyncio.to_thread(self._halls.read, look)
        self._guesses.must_not_wait(*guessers[1:])
        if found is None or found.hall != hall:
            self._guesses.missed(*guessers)
            raise refuse("pickup_unknown")
        return found

    def prove(self, text: str, order: str, phone: str, tail: str, asker: Asker) -> None:
        """That who asks for ``text``, which names ``order``, knows the tail of ``phone``.

        Raises Refused: pickup_unknown, too_many_requests.
        """
        guessers = (*guessers_of(text, asker), f"case:{order}")
        self._guesses.must_not_wait(*guessers)
        if phone and secrets.compare_digest(customers.tail(phone).encode(), tail.encode()):
            self._guesses.right(guessers[0], guessers[-1])
            return
        self._guesses.missed(*guessers)
        raise refuse("pickup_unknown")

    def _not_a_case_yet(self, one: Appointment) -> Refusal:
        of = self._halls.floor(one.hall).hall
        if one.state == "cancelled":
            return Refusal("appointment_cancelled")
        if one.state != "booked" or one.day < of.day(self._halls.now()):
            return Refusal("appointment_over")
        start, end = of.local(one.starts_at), of.local(one.ends_at)
        return Refusal(
            "not_checked_in",
            {"day": day_text(one.day), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"},
        )


def look_up(
    connection: Connection, said: codes.Code | codes.Number, kinds: Collection[codes.Kind]
) -> tuple[Order | Appointment, Pickup | None, str] | None:
    """(order, its pick-up code if that was shown, the customer's phone number); of a voucher or number with
    which nobody has come yet, the appointment."""
    order: Order | None = None
    pickup: Pickup | None = None
    booked: Appointment | None = None
    if isinstance(said, codes.Number):
        if "C" in kinds:
            order = orders.find(connection, number=said.text)
        if order is None and "P" in kinds:
            pickup = pickups.find(connection, number=said.text)
        if order is None and pickup is None and "V" in kinds:
            booked = bookings.find(connection, number=said.text)
    elif said.kind not in kinds:
        return None
    elif said.kind == "P":
        pickup = pickups.find(connection, code=said.text)
    elif said.kind == "C":
        order = orders.find(connection, code=said.text)
    elif said.kind == "V":
        booked = bookings.find(connection, code=said.text)
        order = orders.find(connection, appointment=booked.id) if booked else None
    if pickup is not None:
        order = orders.find(connection, id=pickup.order)
    one = order or booked
    if one is None:
        return None
    customer = bookings.find_customer(connection, one.customer) if one.customer else None
    return one, pickup, customer.phone if customer else ""
