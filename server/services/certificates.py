"""Certificates (证书): drafted with the last signature under a result, ended by revoking.

``draft`` is called in the transaction that approves a result: number and content are fixed there and then.
The press (server.services.press) makes, signs and issues it afterwards.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from server.domain import certificates as rules
from server.domain.customers import CLEARED, mask
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.domain.results import Result
from server.protocol import certificates as c
from server.protocol import codes
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import CertificateState
from server.store import bookings, certificates, files, orders, people, prints
from server.store.certificates import Certificate
from server.store.halls import text

from .case_sentences import CERTIFICATE_KINDS, CERTIFICATE_STATES
from .certificate_sentences import FAULTS
from .halls import Halls
from .people import Who
from .refused import Refused
from .stages import move, settle
from .work import Answer, Ledger, Once, Rearrange, Record

MOST = 200


def draft(
    ledger: Ledger, order: orders.Order, sample: orders.Sample, result: Result
) -> Certificate | Refusal:
    """The certificate that comes of an approved ``result``, numbered and written as drafted.

    A later version of a result makes a new certificate; it takes the old one's place when it is issued.

    Refused: item_unknown, result_state, same_person, not_authorised, not_in_force, standard_expired.
    """
    hall, connection = ledger.floor.hall, ledger.connection
    item = hall.offer.catalogue.items.get(sample.item)
    if item is None:
        return Refusal("item_unknown", {"item": sample.item})
    against = rules.may_draft(hall.offer.catalogue, item, result)
    if against is not None:
        return against
    if result.conclusion is None:
        return Refusal("result_state")
    papers = hall.offer.papers
    kind = rules.kind_of(result.conclusion)
    said = result.content
    valid_until = rules.valid_until(
        kind, result.tested_on, item.cycle_months, last_day=papers.last_day, asked=said.interval
    )
    authorised = rules.authorisation(hall.offer.catalogue, item.id, result.tested_on)
    of = rules.series(kind, hall.day(ledger.now))
    client, who = _client(connection, order)
    earlier = certificates.of_sample(connection, sample.code)
    if not client and earlier:
        # The customer's data was cleared since: a correction names whom the paper before it names.
        client, who = earlier[-1].content.client, earlier[-1].content.who
    before = [one for one in earlier if one.state == "issued"]
    one = Certificate(
        id=uuid.uuid4().hex,
        hall=hall.id,
        order=order.id,
        sample=sample.code,
        result=result.id,
        number=rules.number(papers.prefix, of, certificates.take_count(connection, hall.id, of)),
        code=codes.code_of("Z", secrets.randbits(80)),
        kind=kind,
        state="drafted",
        made_at=ledger.now,
        valid_until=valid_until,
        content=rules.Content(
            institution=papers.name if papers.name.zh else hall.name,
            address=papers.address,
            postcode=papers.postcode,
            phone=papers.phone or hall.complaint_phone,
            authorisation=authorised.number if authorised else "",
            client=client,
            who=who,
            item=item.name,
            model=said.model,
            serial=sample.serial,
            maker=said.maker,
            regulation=result.regulation,
            conclusion=result.conclusion,
            verifier=_name(connection, result.verifier),
            reviewer=_name(connection, result.reviewer),
            approver=_name(connection, result.approver),
            tested_on=result.tested_on,
            approved_on=hall.day(result.approved_at or ledger.now),
            valid_until=valid_until,
            room=said.room,
            place=said.place,
            standards=said.standards,
            values=said.values,
            remark=said.remark,
            replaces=before[-1].number if before else "",
        ),
    )
    certificates.add(connection, one)
    for old in earlier:
        if old.state == "drafted":
            # What was corrected before it was out is never made.
            supersede(ledger, old, one.id)
    ledger.note("certificate.drafted", sample.code, {"certificate": one.id, "number": one.number})
    return one


def supersede(ledger: Ledger, old: Certificate, successor: str) -> None:
    """``old`` gives its place to the certificate with the id ``successor``."""
    ended = replace(old, state="superseded", ended_at=ledger.now, successor=successor)
    certificates.save(ledger.connection, ended)
    facts = {"certificate": old.id, "number": old.number, "successor": successor}
    ledger.note("certificate.superseded", old.sample, facts)


def _client(connection: Connection, order: orders.Order) -> tuple[str, str]:
    """送检单位, in full and masked."""
    customer = bookings.find_customer(connection, order.customer) if order.customer else None
    if customer is None or (not customer.company and customer.name == CLEARED):
        return "", ""
    return customer.company or customer.name, mask(customer.type, customer.name, customer.company)


def _name(connection: Connection, user: str) -> str:
    """The name of a member of staff; of another system's people it is their name already."""
    member = people.find_staff(connection, user)
    return member.name if member else user


class Certificates:
    """What staff see and do: the list, one file, revoking, what the papers say of the institution."""

    def __init__(self, halls: Halls, *, signing: bool) -> None:
        self._halls = halls
        self._signing = signing

    async def listed(
        self, hall: str, day: date | None, state: CertificateState | None, number: str
    ) -> c.CertificatesList:
        """Those drafted on ``day`` (any, when none is named), in a state, with ``number`` in theirs."""
        of = self._halls.floor(hall).hall
        since, until = _span(of, day) if day else (None, None)

        def read(connection: Connection) -> c.CertificatesList:
            found = certificates.listed(
                connection, hall, since=since, until=until, state=state, number=number, most=MOST
            )
            counts = certificates.counts(connection, hall)
            return c.CertificatesList(
                counts={state: counts.get(state, 0) for state in CERTIFICATE_STATES},
                lines=_lines(connection, of, found),
                failures=_lines(connection, of, certificates.in_trouble(connection, hall)),
                signing=self._signing,
            )

        return await asyncio.to_thread(self._halls.read, read)

    async def file(self, hall: str, id: str) -> tuple[str, bytes]:
        """(number, PDF) of a certificate of any state. Raises Refused: certificate_unknown, _not_issued."""

        def read(connection: Connection) -> tuple[str, bytes] | Refusal:
            one = certificates.find(connection, id=id)
            if one is None or one.hall != hall:
                return Refusal("certificate_unknown")
            file = files.find(connection, hall, one.file) if one.file else None
            return (one.number, file.content) if file else Refusal("certificate_not_issued")

        found = await asyncio.to_thread(self._halls.read, read)
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    async def revoke(self, hall: str, id: str, body: c.Revoke, who: Who, once: Once | None) -> Answer:
        """Withdraw it; answers its line. A piece still in the house can't be handed out with it any more."""

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            one = certificates.find(connection, id=id)
            if one is None or one.hall != hall:
                return Refusal("certificate_unknown")
            if one.state != "issued":
                drafted = one.state == "drafted"
                return Refusal("certificate_not_issued" if drafted else "certificate_over")
            revoked = replace(one, state="revoked", reason=body.reason, ended_at=ledger.now)
            certificates.save(connection, revoked)
            facts = {"certificate": one.id, "number": one.number, "reason": body.reason}
            ledger.note("certificate.revoked", one.sample, facts)
            sample = orders.find_sample(connection, hall, code=one.sample)
            order = orders.find(connection, id=one.order)
            if sample is not None and order is not None and sample.state == "ready":
                moved = move(ledger, sample, "correct", certificate=one.id)
                if isinstance(moved, Refusal):
                    return moved
                settle(ledger, order)
            return _lines(connection, ledger.floor.hall, [revoked])[0].model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))

    async def retry(self, hall: str, id: str, who: Who, once: Once | None) -> None:
        """Try at once to make what could not be made so far."""

        def change(ledger: Ledger) -> str | Refusal:
            one = certificates.find(ledger.connection, id=id)
            if one is None or one.hall != hall:
                return Refusal("certificate_unknown")
            if one.state != "drafted":
                return Refusal("certificate_over")
            certificates.save(ledger.connection, replace(one, next_at=None, claim=None))
            ledger.note("certificate.retried", one.sample, {"certificate": one.id})
            return ""

        await self._halls.writer(hall).perform(Record(who.id, change, 204, once))

    def papers(self, hall: str) -> c.PapersBody:
        said = self._halls.floor(hall).hall.offer.papers
        return c.PapersBody.model_validate(
            {
                "name": said.name.model_dump(),
                "address": said.address.model_dump(),
                "postcode": said.postcode,
                "phone": said.phone,
                "prefix": said.prefix,
                "last_day": said.last_day,
                "most_prints": said.most_prints,
            }
        )

    async def put_papers(self, hall: str, body: c.PapersBody, who: Who, once: Once | None) -> None:
        """What certificates say from the next draft on."""
        papers = rules.Papers(
            name=text(body.name.model_dump()),
            address=text(body.address.model_dump()),
            postcode=body.postcode,
            phone=body.phone,
            prefix=body.prefix,
            last_day=body.last_day,
            most_prints=body.most_prints,
        )

        def change(floor: Floor) -> Hall | Refusal:
            return replace(floor.hall, offer=replace(floor.hall.offer, papers=papers))

        kind, payload = "papers.changed", body.model_dump(mode="json")
        await self._halls.writer(hall).perform(Rearrange(who.id, kind, hall, payload, change, once))


def _span(hall: Hall, day: date) -> tuple[datetime, datetime]:
    """The hall's day from its first moment to before the next one's."""
    zone = ZoneInfo(hall.zone)
    start = datetime.combine(day, time(), zone)
    following = day if day == date.max else day + timedelta(days=1)
    return start, datetime.combine(following, time(), zone)


def _lines(connection: Connection, hall: Hall, found: Sequence[Certificate]) -> tuple[c.CertificateLine, ...]:
    copies = prints.counted(connection, [one.id for one in found])
    numbers = orders.numbers(connection, {one.order for one in found})
    successors = certificates.numbers(connection, {one.successor for one in found if one.successor})
    return tuple(
        c.CertificateLine(
            id=one.id,
            number=one.number,
            code=one.code,
            kind=one.kind,
            kind_name=both("server", CERTIFICATE_KINDS[one.kind]),
            state=one.state,
            state_name=both("server", CERTIFICATE_STATES[one.state]),
            order=numbers.get(one.order, ""),
            sample=one.sample,
            item=one.content.item,
            serial=one.content.serial,
            who=one.content.who,
            made_at=hall.local(one.made_at),
            issued_at=hall.local(one.issued_at) if one.issued_at else None,
            valid_until=one.valid_until,
            signed=one.signed,
            reason=one.reason,
            successor=successors.get(one.successor or "", ""),
            tries=one.tries,
            fault=_fault(one),
            next_at=hall.local(one.next_at) if one.next_at else None,
            prints=sum(copies.get(one.id, {}).get(outcome, 0) for outcome in ("printed", "unknown")),
            prints_unknown=copies.get(one.id, {}).get("unknown", 0),
        )
        for one in found
    )


def _fault(one: Certificate) -> Text | None:
    if one.state != "drafted" or not one.fault:
        return None
    return both("server", FAULTS.get(one.fault, FAULTS[""]))
