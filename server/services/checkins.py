"""Coming to the hall, with a voucher or without: a number in the right queue, and a label for each piece."""

from __future__ import annotations

import asyncio
import re
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from server.domain.booking import Appointment, arrival, callable_from
from server.domain.commands import Issue, IssueOffline
from server.domain.eligibility import Verdict, bench_queue
from server.domain.floor import Floor
from server.domain.messages import OF_APPOINTMENTS
from server.domain.refusal import Refusal
from server.domain.slots import Line
from server.protocol import booking as b
from server.protocol import codes
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import Arrival, Channel, CustomerType
from server.store import bookings, floors, orders, outbox

from . import sentences as s
from . import stages, views
from .bookings import find_case, lines_of, read_case, well_formed
from .halls import Halls
from .offering import bench_of, both_with, judge, service_for
from .people import Who
from .refused import Refused, refuse
from .showing import appointment_view, order_view, sample_view
from .work import Answer, Ledger, Once, Record

WELCOME: tuple[Arrival, ...] = ("on_time", "early", "late")
"""Arrivals with which a number can be had."""
TICKET_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
TICKET_NUMBER = re.compile(r"[A-Z][0-9]{3,4}")


class CheckIns:
    def __init__(self, halls: Halls, new_ticket_code: Callable[[], str]) -> None:
        self._halls = halls
        self._new_ticket_code = new_ticket_code

    async def arrival(self, hall: str, body: b.Show) -> b.ArrivalView:
        """What this voucher is, here and now. Nothing is changed."""
        proof = read_case(body.code)
        floor, now, url = self._halls.floor(hall), self._halls.now(), self._halls.base_url

        def read(connection: Connection) -> b.ArrivalView | None:
            one = find_case(connection, proof)
            if one is None:
                return None
            came = arrival(one, hall, floor.hall.day(now), floor.hall.offer.rules, now)
            title, detail = self._said(connection, floor, one, came)
            seen = appointment_view(connection, floor.hall, url, one, now) if one.hall == hall else None
            return b.ArrivalView(
                arrival=came,
                title=title,
                detail=detail,
                may_check_in=came in WELCOME,
                # Without the phone number, whose last digits are the proof for changing.
                appointment=seen and seen.model_copy(update={"phone": ""}),
            )

        found = await asyncio.to_thread(self._halls.read, read)
        if found is None:
            raise refuse("appointment_unknown")
        return found

    async def check_in(self, hall: str, body: b.CheckIn, who: Who, once: Once | None) -> Answer:
        """Check in; answers CheckedIn. Who comes late is taken as one who walks in."""
        proof = read_case(body.code)
        made = self._new_ids()

        def change(ledger: Ledger) -> str | Refusal:
            floor, now, connection = ledger.floor, ledger.now, ledger.connection
            one = find_case(connection, proof)
            if one is None:
                return Refusal("appointment_unknown")
            rules = floor.hall.offer.rules
            came = arrival(one, hall, floor.hall.day(now), rules, now)
            if came not in WELCOME:
                return self._not_welcome(connection, floor, one, came)
            lines = lines_of(body.lines) if body.lines is not None else one.lines
            late = came == "late"
            ledger.note("appointment.checked_in", one.id, {"ticket": made[0], "arrival": came})
            registered = self._register(
                ledger,
                made,
                lines,
                one.customer_type,
                body.complete,
                one.channel,
                Issue(
                    id=made[0],
                    code=made[1],
                    service="",
                    priority="ordinary" if late else "appointment",
                    language=body.language,
                    callable_from=None if late else callable_from(one, rules, now),
                ),
                one,
            )
            if isinstance(registered, Refusal):
                return registered
            outbox.withdraw(connection, one.id, OF_APPOINTMENTS, now)
            return registered.model_copy(update={"arrival": came}).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    def check_in_offline(
        self, ledger: Ledger, text: str, issue: IssueOffline, at: datetime
    ) -> Refusal | None:
        """Check in with the voucher in ``text`` as of ``at``, under the number of ``issue``, given then.

        The refusal, when nothing was done: the number is still to be handed in.
        """
        connection, hall = ledger.connection, ledger.floor.hall
        try:
            proof = read_case(text)
        except Refused as refused:
            return refused.refusal
        one = find_case(connection, proof)
        if one is None:
            return Refusal("appointment_unknown")
        rules = hall.offer.rules
        came = arrival(one, hall.id, hall.day(at), rules, at)
        if came not in WELCOME:
            return self._not_welcome(connection, ledger.floor, one, came)
        number = codes.number_of(secrets.randbits(64))
        command = issue
        if came != "late":
            command = replace(issue, priority="appointment", callable_from=callable_from(one, rules, at))
        registered = self._register(
            ledger,
            (issue.id, issue.code, uuid.uuid4().hex, number),
            one.lines,
            one.customer_type,
            True,
            one.channel,
            command,
            one,
        )
        if isinstance(registered, Refusal):
            return registered
        payload = {"ticket": issue.id, "arrival": came, "at": at.isoformat()}
        ledger.note("appointment.checked_in", one.id, payload)
        outbox.withdraw(connection, one.id, OF_APPOINTMENTS, ledger.now)
        return None

    async def walk_in(self, hall: str, body: b.WalkIn, who: Who, once: Once | None) -> Answer:
        """Register instruments that were not announced, and give a number for them; answers CheckedIn."""
        if body.priority == "appointment" or (body.priority == "green" and who.is_("kiosk")):
            raise refuse("priority_forbidden")
        made = self._new_ids()
        channel: Channel = "kiosk" if who.is_("kiosk") else "counter"
        issue = Issue(
            id=made[0],
            code=made[1],
            service="",
            priority=body.priority,
            language=body.language,
            reason=body.reason,
        )

        def change(ledger: Ledger) -> str | Refusal:
            lines = lines_of(body.lines)
            registered = self._register(
                ledger, made, lines, body.customer, body.complete, channel, issue, None
            )
            return registered if isinstance(registered, Refusal) else registered.model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def labels(self, hall: str, body: b.LabelsAgain) -> b.OrderView:
        """The labels of what was registered: by voucher, case number, ticket, or one of the labels itself."""
        floor = self._halls.floor(hall)
        text = body.code.strip()
        found = await asyncio.to_thread(self._halls.read, lambda at: self._order_of(at, floor, text))
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    async def printed(self, order: str, body: b.LabelPrinted, who: Who, once: Once | None) -> None:
        """What became of an order's labels; the first that came out end the case's wait for its labels.

        A piece whose label came out is labelled; its order stays what it is.
        """

        def change(ledger: Ledger) -> str | Refusal:
            one = orders.find(ledger.connection, id=order)
            if one is None or one.hall != who.hall:
                return Refusal("order_unknown")
            known = {sample.code: sample for sample in orders.samples(ledger.connection, order)}
            if not set(body.codes) <= known.keys():
                return Refusal("sample_unknown")
            again = body.reprint or (one.labelled_at is not None)
            kind = "labels.reprinted" if again else "labels.printed"
            if body.outcome != "printed":
                kind = "labels.failed"
            elif one.labelled_at is None:
                orders.labelled(ledger.connection, order, ledger.now)
            ledger.note(kind, order, {"outcome": body.outcome, "codes": list(body.codes)})
            if body.outcome != "printed":
                return ""
            # A label that is printed again, also of a piece that is further on, changes nothing.
            told = (known[code] for code in dict.fromkeys(body.codes))
            moved = stages.move_alike(
                ledger, [piece for piece in told if piece.state == "registered"], "label"
            )
            if isinstance(moved, Refusal):
                return moved
            return ""

        await self._halls.writer(who.hall).perform(Record(who.id, change, 204, once))

    async def sample(self, hall: str, text: str) -> b.SampleView:
        """One piece by its identity or flow code, or by a pre-printed label that was bound to it."""

        def read(connection: Connection) -> b.SampleView | None:
            return self._sample(connection, hall, text)

        found = await asyncio.to_thread(self._halls.read, read)
        if found is None:
            raise refuse("sample_unknown")
        return found

    async def bind(self, text: str, body: b.Bind, who: Who, once: Once | None) -> Answer:
        """A pre-printed label names this piece from now on; it can name no other, ever."""
        foreign = body.foreign.strip()
        if codes.read(foreign) == "empty":
            raise refuse("code_unreadable")
        if codes.could_be_ours(foreign):
            # It names something already, or nothing that can be trusted.
            raise refuse("label_bound")

        def change(ledger: Ledger) -> str | Refusal:
            one = self._sample(ledger.connection, who.hall, text)
            if one is None:
                return Refusal("sample_unknown")
            other = orders.find_sample(ledger.connection, who.hall, foreign=foreign)
            if (other is not None and other.code != one.code) or one.foreign not in (None, foreign):
                return Refusal("label_bound")
            orders.bind(ledger.connection, one.code, foreign)
            ledger.note("sample.label_bound", one.code, {"foreign": foreign})
            return one.model_copy(update={"foreign": foreign}).model_dump_json()

        return await self._halls.writer(who.hall).perform(Record(who.id, change, 200, once))

    # Below: in worker threads.

    def _new_ids(self) -> tuple[str, str, str, str]:
        """(ticket id, ticket code, order id, case number)."""
        number = codes.number_of(secrets.randbits(64))
        return uuid.uuid4().hex, self._new_ticket_code(), uuid.uuid4().hex, number

    def _register(
        self,
        ledger: Ledger,
        made: tuple[str, str, str, str],
        lines: Sequence[Line],
        customer: CustomerType,
        complete: bool,
        channel: Channel,
        issue: Issue | IssueOffline,
        booked: Appointment | None,
    ) -> b.CheckedIn | Refusal:
        """The order with its samples, and the number for it, in the transaction of ``ledger``."""
        floor, now, connection = ledger.floor, ledger.now, ledger.connection
        hall, today = floor.hall, floor.hall.day(now)
        against = well_formed(hall, lines, customer, today, booked.lines if booked else ())
        if against is not None:
            return against
        said = self._judge_here(connection, floor, lines, complete, now)
        if isinstance(issue, Issue):
            service = service_for(hall, lines, said)
            refusal = ledger.act(replace(issue, service=service))
        else:
            # What stands on the paper holds.
            service = floor.lent[issue.block].service
            refusal = ledger.act(issue)
        if refusal is not None:
            return refusal
        items = hall.offer.catalogue.items
        days = max(items[line.item].days_promised(today) for line in lines)
        order = orders.Order(
            id=made[2],
            hall=hall.id,
            number=booked.number if booked else made[3],
            day=today,
            appointment=booked.id if booked else None,
            ticket=issue.id,
            customer=booked.customer if booked else None,
            customer_type=customer,
            channel=channel,
            service=service,
            complete=complete,
            while_you_wait=said.while_you_wait,
            due=None if said.while_you_wait else hall.offer.calendar.after(today, max(1, days)),
            made_at=now,
            lines=tuple((line, items[line.item].regulation(today) or "") for line in lines),
            code=codes.code_of("C", secrets.randbits(80)),
        )
        pieces = [line.item for line in lines for _ in range(line.pieces)]
        samples = [
            orders.Sample(
                code=codes.code_of("S", secrets.randbits(64)),
                flow=codes.code_of("F", secrets.randbits(64)),
                hall=hall.id,
                order=order.id,
                item=item,
                position=position,
            )
            for position, item in enumerate(pieces, 1)
        ]
        if booked is not None:
            bookings.save(
                connection, replace(booked, state="checked_in", ticket=issue.id, lines=tuple(lines))
            )
        orders.add(connection, order, samples)
        ledger.touch(order.id)
        ledger.note(
            "order.registered",
            order.id,
            {
                "number": order.number,
                "appointment": order.appointment,
                "ticket": issue.id,
                "channel": channel,
                "customer_type": customer,
                "complete": complete,
                "lines": [[line.item, line.pieces] for line in lines],
                "samples": [one.code for one in samples],
            },
        )
        ticket = ledger.floor.tickets[issue.id]
        return b.CheckedIn(
            ticket=views.issued(ledger.floor, ticket, ticket.issued_at, self._halls.base_url),
            order=order_view(hall, order, samples, said, base_url=self._halls.base_url),
        )

    def _judge_here(
        self, connection: Connection, floor: Floor, lines: Sequence[Line], complete: bool, now: datetime
    ) -> Verdict:
        """The verdict with what waits at the benches that these lines need."""
        hall = floor.hall
        jobs = bench_of(floor, orders.work_of_day(connection, hall.id, hall.day(now)))
        items = hall.offer.catalogue.items
        sections = {items[line.item].section for line in lines}
        bench = max((bench_queue(jobs.get(section, ()), now) for section in sections), default=0.0)
        return judge(hall, lines, bench, now, complete, today=True)

    def _said(
        self, connection: Connection, floor: Floor, one: Appointment, came: Arrival
    ) -> tuple[Text, Text]:
        title, detail = s.ARRIVALS[came]
        other = self._halls.floor(one.hall).hall if one.hall in self._halls.ids() else floor.hall
        start, end = other.local(one.starts_at), other.local(one.ends_at)
        return both("server", title), both_with(
            detail,
            start=f"{start:%H:%M}",
            end=f"{end:%H:%M}",
            day=f"{one.day:%Y-%m-%d}",
            before=other.offer.rules.callable_before,
            hall=other.name,
            number=self._number(connection, one),
        )

    def _number(self, connection: Connection, one: Appointment) -> str:
        found = floors.find_ticket(connection, id=one.ticket) if one.ticket else None
        return found[2].number if found else ""

    def _not_welcome(self, connection: Connection, floor: Floor, one: Appointment, came: Arrival) -> Refusal:
        match came:
            case "wrong_day":
                return Refusal("wrong_day", {"day": f"{one.day:%Y-%m-%d}"})
            case "wrong_hall":
                known = one.hall in self._halls.ids()
                name = self._halls.floor(one.hall).hall.name if known else Text(zh=one.hall, en=one.hall)
                return Refusal("wrong_hall", {"hall": name})
            case "already_used":
                return Refusal("already_checked_in", {"number": self._number(connection, one)})
            case "cancelled":
                return Refusal("appointment_cancelled")
            case _:
                return Refusal("appointment_over")

    def _order_of(self, connection: Connection, floor: Floor, text: str) -> b.OrderView | Refusal:
        hall = floor.hall
        plain = text.split("?")[0].rstrip("/").rsplit("/", 1)[-1].upper()
        only = ""
        order: orders.Order | None = None
        if TICKET_NUMBER.fullmatch(plain):
            ticket = floors.find_number(connection, hall.id, floor.day, plain)
            order = orders.find(connection, ticket=ticket.id) if ticket else None
        elif TICKET_CODE.fullmatch(plain) and (found := floors.find_ticket(connection, code=plain)):
            order = orders.find(connection, ticket=found[2].id)
        else:
            try:
                proof = read_case(text)
            except Refused as refused:
                return refused.refusal
            if isinstance(proof, codes.Number):
                order = orders.find(connection, number=proof.text)
            elif proof.kind == "V":
                one = find_case(connection, proof)
                order = orders.find(connection, appointment=one.id) if one else None
            else:
                sample = orders.find_sample(connection, hall.id, code=proof.text)
                order = orders.find(connection, id=sample.order) if sample else None
                only = sample.code if sample else ""
        if order is None or order.hall != hall.id:
            return Refusal("order_unknown")
        known = [line for line, _ in order.lines if line.item in hall.offer.catalogue.items]
        said = judge(hall, known, 0, self._halls.now(), order.complete, today=False)
        return order_view(hall, order, orders.samples(connection, order.id), said, only=only)

    def _sample(self, connection: Connection, hall: str, text: str) -> b.SampleView | None:
        reading_ = codes.read(text)
        if isinstance(reading_, codes.Code):
            one = orders.find_sample(connection, hall, code=reading_.text)
        else:
            one = orders.find_sample(connection, hall, foreign=text.strip())
        order = orders.find(connection, id=one.order) if one else None
        return sample_view(one, order, orders.count(connection, order.id)) if one and order else None
