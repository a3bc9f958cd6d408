"""Booking: one open interface for every channel, at any hour, under the hall's lock.

A place is decided and taken in one transaction with the hall's row locked, so that two bookings of the last
place, from whatever channel or process, are decided one after the other.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from server.domain import customers
from server.domain.booking import Appointment, Not, Place, may_book, may_change
from server.domain.eligibility import refused
from server.domain.hall import Hall
from server.domain.messages import OF_APPOINTMENTS, of_booking, of_cancelling, of_moving
from server.domain.refusal import Refusal
from server.domain.slots import Line, Timetable
from server.protocol import booking as b
from server.protocol import codes
from server.protocol.errors import RefusalCode
from server.protocol.words import ON_BEHALF, Channel, CustomerType, Language, Role
from server.store import bookings, outbox

from . import sentences as s
from .halls import Halls
from .limits import Guesses, Turns
from .offering import catalogue_view, judge, not_taken, refusal_of, service_for, slots_view, verdict_view
from .people import Who
from .refused import Refused, refuse
from .showing import appointment_view
from .work import Answer, Ledger, Once, Record

TRIES = {"code": 5, "case": 15, "kiosk": 20, "staff": 30, "partner": 30, "address": 30}
"""Wrong proofs before the wait begins: for one code or number, for one case by whatever names it, at one
kiosk, by one colleague or system, from one address."""
BURST, A_MINUTE = 60, 60.0
"""Bookings and changes by the public from one address: a whole office may share it."""
STAFF: tuple[Role, ...] = ("clerk", "manager", "admin")

FAULTS: dict[codes.Fault, RefusalCode] = {
    "empty": "code_unreadable",
    "foreign": "code_foreign",
    "torn": "code_torn",
    "mistyped": "code_mistyped",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, through which channel. ``who`` None: anybody, from ``address``."""

    who: Who | None
    address: str = ""

    @property
    def actor(self) -> str:
        return self.who.id if self.who else "public"

    @property
    def by_staff(self) -> bool:
        return self.who is not None and self.who.is_(*STAFF)

    def trusted_in(self, hall: str) -> bool:
        """Staff and kiosks of the hall need no second proof: they have the person before them."""
        return self.who is not None and self.who.hall == hall and self.who.is_(*STAFF, "kiosk")

    def channel(self, said: Channel | None) -> Channel:
        """Through which channel this comes. Raises Refused: forbidden, when it claims another."""
        if self.by_staff:
            if said is not None and said not in ON_BEHALF:
                raise refuse("forbidden")
            return said or "counter"
        own: Channel = "web" if self.who is None else "kiosk" if self.who.is_("kiosk") else "partner"
        # Who works at the benches only is no channel: nothing is booked in another system's name.
        benches = self.who is not None and not self.who.is_("kiosk", "partner")
        if benches or said not in (None, own):
            raise refuse("forbidden")
        return own


def guessers_of(text: str, asker: Asker) -> tuple[str, ...]:
    """By whom a wrong proof is counted: what it was said for, and who said it.

    Another system has one address for all its customers, and is counted as one.
    """
    own = f"code:{text}"
    if asker.who is None:
        return own, f"address:{asker.address}"
    kind = "kiosk" if asker.who.is_("kiosk") else "partner" if asker.who.is_("partner") else "staff"
    return own, f"{kind}:{asker.who.id}"


def lines_of(body: Iterable[b.LineBody]) -> tuple[Line, ...]:
    return tuple(Line(one.item, one.pieces) for one in body)


def well_formed(
    hall: Hall, lines: Sequence[Line], customer: CustomerType, day: date, agreed: Sequence[Line] = ()
) -> Refusal | None:
    """Why ``lines`` are none that can be taken on ``day``.

    ``agreed``: what was booked. So much was promised, though the hall's limits may be lower by now.
    """
    rules = hall.offer.rules
    most = max(rules.most_lines, len(agreed))
    if not lines or len(lines) > most or len({line.item for line in lines}) < len(lines):
        return Refusal("lines_bad", {"most": str(most)})
    stands = [
        one
        for one in refused(hall.offer.catalogue, lines, customer, day)
        if not (one.why == "too_many" and _covered(lines, one.item, agreed))
    ]
    return not_taken(hall, stands, customer) if stands else None


def _covered(lines: Sequence[Line], item: str, agreed: Sequence[Line]) -> bool:
    """Whether as many pieces of ``item`` were agreed on."""
    came = sum(line.pieces for line in lines if line.item == item)
    return came <= sum(line.pieces for line in agreed if line.item == item)


def read_case(text: str) -> codes.Code | codes.Number:
    """The voucher's code or number in a scanned or typed text; also out of its page's address.

    Raises Refused: code_unreadable, code_torn, code_mistyped, code_foreign.
    """
    plain = text.strip()
    if "://" in plain:
        plain = plain.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    reading_ = codes.read(plain)
    if isinstance(reading_, codes.Code | codes.Number):
        return reading_
    raise Refused(Refusal(FAULTS[reading_]))


def find_case(connection: Connection, proof: codes.Code | codes.Number) -> Appointment | None:
    if isinstance(proof, codes.Number):
        return bookings.find(connection, number=proof.text)
    return bookings.find(connection, code=proof.text) if proof.kind == "V" else None


class Bookings:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self.guesses = Guesses(halls.now, TRIES, "too_many_requests")
        """Counts at every door that a proof opens, here and at those of ``Proofs``."""
        self._turns = Turns(halls.now, BURST, A_MINUTE)

    # What there is -----------------------------------------------------------------------------

    def catalogue(self, hall: str) -> b.CatalogueView:
        return catalogue_view(self._halls.floor(hall).hall, self._halls.now())

    async def slots(self, hall: str, ask: b.Ask) -> b.SlotsView:
        """The days of the horizon with the slots in which these lines fit."""
        of = self._halls.floor(hall).hall
        now = self._halls.now()
        lines = lines_of(ask.lines)
        against = well_formed(of, lines, ask.customer, of.day(now))
        if against is not None:
            raise Refused(against)
        # Who books brings everything: a booking knows no other case.
        service = service_for(of, lines, judge(of, lines, 0, now, True, today=False))
        last = of.day(now) + timedelta(days=of.offer.rules.horizon_days)

        def read(connection: Connection) -> b.SlotsView:
            table = timetable(connection, of, of.day(now), last)
            return slots_view(of, table, lines, ask.customer, service, now)

        return await asyncio.to_thread(self._halls.read, read)

    def verdict(self, hall: str, ask: b.Ask) -> b.Verdict:
        """What would become of these lines at an empty bench: for who plans a visit."""
        of = self._halls.floor(hall).hall
        now = self._halls.now()
        lines = lines_of(ask.lines)
        against = well_formed(of, lines, ask.customer, of.day(now))
        if against is not None:
            raise Refused(against)
        return verdict_view(of, lines, judge(of, lines, 0, now, ask.complete, today=False), of.day(now))

    # Booking -----------------------------------------------------------------------------------

    async def book(self, hall: str, body: b.Book, asker: Asker, once: Once | None) -> Answer:
        """Take a place; answers the AppointmentView."""
        if asker.who is None:
            self._turns.take(asker.address)
        channel = asker.channel(body.channel)
        id, base_url = uuid.uuid4().hex, self._halls.base_url
        code, number = codes.code_of("V", secrets.randbits(80)), codes.number_of(secrets.randbits(64))

        def change(ledger: Ledger) -> str | Refusal:
            of, now = ledger.floor.hall, ledger.now
            nameless = channel == "kiosk"
            who = customer_of(of, body.customer, body.consent, body.language, now, nameless=nameless)
            if isinstance(who, Refusal):
                return who
            connection, rules = ledger.connection, of.offer.rules
            lines = lines_of(body.lines)
            table = timetable(connection, of, body.day, body.day)
            kind = body.customer.type
            place = may_book(table, rules, body.day, body.slot, lines, kind, body.acknowledged, now)
            if isinstance(place, Not):
                # For the alternatives the whole horizon is looked through.
                wide = timetable(connection, of, of.day(now), of.day(now) + timedelta(rules.horizon_days))
                return refusal_of(of, place, kind, wide, lines, now)
            if not _of_service(of, place, lines, ledger):
                return Refusal("slot_unknown")
            held = bookings.open_of_phone(connection, hall, who.phone, of.day(now))
            if held >= rules.most_open and not asker.by_staff:
                return Refusal("too_many_open", {"count": str(held)})
            notices = {
                line.item: notice.version
                for line in lines
                if (notice := of.offer.catalogue.items[line.item].notice) is not None
            }
            one = Appointment(
                id=id,
                code=code,
                number=number,
                hall=hall,
                service=place.slot.service,
                day=place.day,
                slot=place.slot.id,
                starts_at=place.starts_at,
                ends_at=place.ends_at,
                lines=lines,
                customer=who.id,
                customer_type=kind,
                channel=channel,
                state="booked",
                made_at=now,
                notices=notices,
            )
            bookings.add_customer(connection, who)
            bookings.add(connection, one)
            ledger.note("appointment.booked", id, _told(one))
            outbox.put(connection, of_booking(one, of.zone, now))
            return appointment_view(connection, of, base_url, one, now, "booked").model_dump_json()

        return await self._halls.writer(hall).perform(Record(asker.actor, change, 201, once))

    async def find(self, proof: b.Proof, asker: Asker) -> b.AppointmentView:
        """The appointment that this is proof of."""
        one = await self._proven(proof, asker)
        hall = self._halls.floor(one.hall).hall
        now, url = self._halls.now(), self._halls.base_url
        return await asyncio.to_thread(self._halls.read, lambda at: appointment_view(at, hall, url, one, now))

    async def voucher(self, text: str) -> b.AppointmentView:
        """The appointment of a voucher's code, which is unguessable: what its page shows.

        Without the phone number: its last digits are the proof for changing.
        """
        proof = read_case(text)
        if not isinstance(proof, codes.Code):
            raise refuse("appointment_unknown")
        one = await asyncio.to_thread(self._halls.read, lambda at: find_case(at, proof))
        if one is None or one.hall not in self._halls.ids():
            raise refuse("appointment_unknown")
        hall, now, url = self._halls.floor(one.hall).hall, self._halls.now(), self._halls.base_url
        shown = await asyncio.to_thread(
            self._halls.read, lambda at: appointment_view(at, hall, url, one, now)
        )
        return shown.model_copy(update={"phone": ""})

    async def of_day(self, hall: str, day: date) -> list[b.AppointmentView]:
        of, now, url = self._halls.floor(hall).hall, self._halls.now(), self._halls.base_url

        def read(connection: Connection) -> list[b.AppointmentView]:
            found = bookings.of_day(connection, hall, day)
            return [appointment_view(connection, of, url, one, now) for one in found]

        return await asyncio.to_thread(self._halls.read, read)

    async def reschedule(self, body: b.Reschedule, asker: Asker, once: Once | None) -> Answer:
        """Move an appointment to another place, perhaps with other lines."""
        proven = await self._proven(body, asker)

        def change(ledger: Ledger) -> str | Refusal:
            of, now, connection = ledger.floor.hall, ledger.now, ledger.connection
            rules = of.offer.rules
            one = bookings.find(connection, id=proven.id)
            if one is None:
                return Refusal("appointment_unknown")
            lines = lines_of(body.lines) if body.lines is not None else one.lines
            by_staff = asker.by_staff
            no = may_change(one, rules, "staff" if by_staff else "customer", body.reason, now)
            own = timetable(connection, of, body.day, body.day, but=one)
            if no is not None:
                return refusal_of(of, no, one.customer_type, own, lines, now)
            read = {**one.notices, **body.acknowledged}
            place = may_book(own, rules, body.day, body.slot, lines, one.customer_type, read, now)
            if isinstance(place, Not):
                last = of.day(now) + timedelta(rules.horizon_days)
                wide = timetable(connection, of, of.day(now), last, but=one)
                return refusal_of(of, place, one.customer_type, wide, lines, now)
            if not _of_service(of, place, lines, ledger):
                return Refusal("slot_unknown")
            moved = replace(
                one,
                service=place.slot.service,
                day=place.day,
                slot=place.slot.id,
                starts_at=place.starts_at,
                ends_at=place.ends_at,
                lines=lines,
                notices={line.item: read[line.item] for line in lines if line.item in read},
                moved=one.moved + 1,
            )
            bookings.save(connection, moved)
            ledger.note("appointment.moved", one.id, {**_told(moved), "reason": body.reason})
            outbox.withdraw(connection, one.id, OF_APPOINTMENTS, now)
            outbox.put(connection, of_moving(moved, of.zone, now))
            shown = appointment_view(connection, of, self._halls.base_url, moved, now, "moved")
            return shown.model_dump_json()

        return await self._halls.writer(proven.hall).perform(Record(asker.actor, change, 200, once))

    async def cancel(self, body: b.GiveUp, asker: Asker, once: Once | None) -> Answer:
        """Give the place up."""
        proven = await self._proven(body, asker)

        def change(ledger: Ledger) -> str | Refusal:
            of, now, connection = ledger.floor.hall, ledger.now, ledger.connection
            one = bookings.find(connection, id=proven.id)
            if one is None:
                return Refusal("appointment_unknown")
            by_staff = asker.by_staff
            no = may_change(one, of.offer.rules, "staff" if by_staff else "customer", body.reason, now)
            if no is not None:
                table = Timetable(of.zone, of.offer.calendar, of.offer.catalogue, of.offer.slots)
                return refusal_of(of, no, one.customer_type, table, one.lines, now)
            gone = replace(one, state="cancelled")
            bookings.save(connection, gone)
            ledger.note("appointment.cancelled", one.id, {"reason": body.reason})
            outbox.withdraw(connection, one.id, OF_APPOINTMENTS, now)
            outbox.put(connection, of_cancelling(gone, of.zone, now))
            shown = appointment_view(connection, of, self._halls.base_url, gone, now, "cancelled")
            return shown.model_dump_json()

        return await self._halls.writer(proven.hall).perform(Record(asker.actor, change, 200, once))

    async def tidy(self) -> None:
        """Who has not come by the end of the day is written down as not come."""
        for hall in self._halls.ids():
            await self._halls.writer(hall).perform(Record("server", _not_come))

    async def _proven(self, proof: b.Proof, asker: Asker) -> Appointment:
        """The appointment, if the proof is enough for who asks; one answer for a wrong number and tail.

        Another hall's people, devices and systems find none here, whatever they know.

        Raises Refused: appointment_unknown, too_many_requests, and those of ``read_case``.
        """
        said = read_case(proof.code)
        guessers = guessers_of(said.text, asker)
        needs_tail = asker.who is None or not asker.who.is_(*STAFF, "kiosk")
        if needs_tail:
            self.guesses.must_not_wait(*guessers)

        def read(connection: Connection) -> tuple[Appointment, str] | None:
            one = find_case(connection, said)
            customer = bookings.find_customer(connection, one.customer) if one else None
            return (one, customer.phone) if one and customer else None

        found = await asyncio.to_thread(self._halls.read, read)
        if needs_tail:
            # Many that came at once have all passed the first look: none passes this one uncounted.
            self.guesses.must_not_wait(*guessers)
        if found is not None and found[0].hall in self._halls.ids():
            one, phone = found
            # A phone number that was erased is no proof of anything.
            right = bool(phone) and secrets.compare_digest(
                customers.tail(phone).encode(), proof.tail.encode()
            )
            at_home = asker.who is None or asker.who.hall == one.hall
            if at_home and (asker.trusted_in(one.hall) or right):
                return one
        if needs_tail:
            self.guesses.missed(*guessers)
        raise refuse("appointment_unknown")


def timetable(
    connection: Connection, hall: Hall, first: date, last: date, but: Appointment | None = None
) -> Timetable:
    """The hall's slots with what is booked from ``first`` to ``last``; ``but``: as if this were not."""
    catalogue = hall.offer.catalogue
    loads = bookings.loads(connection, hall.id, first, last, catalogue)
    if but is not None and (but.day, but.slot) in loads:
        loads[but.day, but.slot] = loads[but.day, but.slot].without(but.lines, catalogue)
    return hall.offer.timetable(hall.zone, loads)


def customer_of(
    hall: Hall,
    said: b.CustomerBody,
    consent: str,
    language: Language,
    now: datetime,
    *,
    nameless: bool = False,
) -> bookings.Customer | Refusal:
    """The customer as they may be written down, or what is wrong with what was typed.

    ``nameless``: asked at a kiosk, which has digits only; the names are completed at acceptance.
    """
    personal = said.type in customers.PERSONAL
    phone = customers.phone(said.phone)
    uscc = customers.uscc(said.uscc) if said.uscc and not personal else ""
    if not said.name and not nameless:
        return Refusal("name_needed")
    if phone is None:
        return Refusal("phone_bad")
    if said.email and customers.email(said.email) is None:
        return Refusal("email_bad")
    if not personal and not said.company and not nameless:
        return Refusal("company_needed")
    if uscc is None:
        return Refusal("uscc_bad")
    if consent != s.CONSENT_VERSION:
        return Refusal("consent_needed")
    return bookings.Customer(
        id=uuid.uuid4().hex,
        hall=hall.id,
        type=said.type,
        name=said.name,
        company="" if personal else said.company,
        uscc=uscc,
        phone=phone,
        consent_at=now,
        consent_to=consent,
        email=said.email,
        language=language,
    )


def _of_service(hall: Hall, place: Place, lines: Sequence[Line], ledger: Ledger) -> bool:
    """Whether the slot is one of the service that these lines need."""
    said = judge(hall, lines, 0, ledger.now, True, today=False)
    return place.slot.service == service_for(hall, lines, said)


def _told(one: Appointment) -> dict[str, object]:
    """What the journal keeps of an appointment: nothing of its customer but the id."""
    return {
        "customer": one.customer,
        "channel": one.channel,
        "service": one.service,
        "day": one.day.isoformat(),
        "slot": one.slot,
        "lines": [[line.item, line.pieces] for line in one.lines],
        "notices": dict(one.notices),
    }


def _not_come(ledger: Ledger) -> str | Refusal:
    today = ledger.floor.hall.day(ledger.now)
    for id in bookings.mark_not_come(ledger.connection, ledger.floor.hall.id, today):
        ledger.note("appointment.no_show", id, {})
    return ""
