"""Certificates (证书): drafted with the last signature under a result, ended by revoking.

``draft`` is called in the transaction that approves a result: number and content are fixed there and then.
The press (server.services.press) makes, signs and issues it afterwards.
"""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy import Connection

from server.domain import certificates as rules
from server.domain.customers import mask
from server.domain.refusal import Refusal
from server.domain.results import Result
from server.protocol import codes
from server.store import bookings, certificates, orders, people
from server.store.certificates import Certificate

from .work import Ledger


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
    before = [one for one in certificates.of_sample(connection, sample.code) if one.state == "issued"]
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
    ledger.note("certificate.drafted", sample.code, {"certificate": one.id, "number": one.number})
    return one


def _client(connection: Connection, order: orders.Order) -> tuple[str, str]:
    """送检单位, in full and masked."""
    customer = bookings.find_customer(connection, order.customer) if order.customer else None
    if customer is None:
        return "", ""
    return customer.company or customer.name, mask(customer.type, customer.name, customer.company)


def _name(connection: Connection, user: str) -> str:
    """The name of a member of staff; of another system's people it is their name already."""
    member = people.find_staff(connection, user)
    return member.name if member else user
