"""Certificates for their customers: finding them by proof, printing at a kiosk, downloading by a link.

Proof is a code of the case and the phone's last four digits, also at a kiosk: nobody of the house stands
beside it. A copy of the quota is set aside when printing is asked for; it counts until the kiosk says for
certain that nothing was printed.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from server.domain import customers
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import booking as b
from server.protocol import pickup as p
from server.protocol.errors import RefusalCode
from server.protocol.language import both
from server.protocol.views import Text
from server.store import bookings, certificates, files, orders, prints
from server.store.certificates import Certificate

from . import sentences as s
from .bookings import Asker
from .case_sentences import CERTIFICATE_KINDS, CONCLUSIONS
from .halls import Halls
from .limits import Turns
from .people import Who
from .proofs import Proofs
from .refused import Refused, refuse
from .threads import seen_through
from .work import Answer, Ledger, Once, Record

log = logging.getLogger(__name__)

T = TypeVar("T")

BURST, A_MINUTE = 30, 30.0
LINK_KEEPS = timedelta(minutes=15)
LOST_AFTER = timedelta(minutes=15)
"""After which a kiosk that has told nothing of a copy is not waited for any longer."""
EVERY = 60.0
"""Seconds between looks for such copies."""
LIVING = ("issued", "active", "consumed")
"""States in which a pick-up code still proves whose the case is."""
MOST = 500


@dataclass(frozen=True, slots=True)
class Download:
    number: str
    content: bytes


class CertificatePrints:
    def __init__(self, halls: Halls, proofs: Proofs) -> None:
        self._halls = halls
        self._proofs = proofs
        self._turns = Turns(halls.now, BURST, A_MINUTE)

    async def find(self, hall: str, proof: b.Proof, asker: Asker) -> p.CertificatesView:
        """The certificates of the case that this is proof of."""
        order = await self._proven(hall, proof, asker)
        of = self._halls.floor(hall).hall
        return await asyncio.to_thread(self._halls.read, lambda at: _view(at, of, order))

    async def ask(self, id: str, proof: b.Proof, kiosk: Who, once: Once | None) -> Answer:
        """Set a copy aside for this kiosk; answers PrintJob."""
        order = await self._proven(kiosk.hall, proof, Asker(kiosk))
        job = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            one = _present(ledger.connection, id, order)
            if isinstance(one, Refusal):
                return one
            most = ledger.floor.hall.offer.papers.most_prints
            if prints.used(ledger.connection, one.id) >= most:
                return Refusal("quota_used", {"most": str(most)})
            prints.add(
                ledger.connection,
                prints.Print(job, kiosk.hall, one.id, kiosk.user, "printing", ledger.now),
            )
            facts = {"certificate": one.id, "print": job, "device": kiosk.user}
            ledger.note("certificate.print_asked", one.sample, facts)
            made = p.PrintJob(id=job, pdf=f"/api/v1/prints/{job}/pdf", number=one.number, pages=one.pages)
            return made.model_dump_json()

        return await self._halls.writer(kiosk.hall).perform(Record(kiosk.id, change, 201, once))

    async def sheet(self, job: str, kiosk: Who) -> Download:
        """The PDF of a copy that this kiosk set aside, until its end is told."""

        def read(connection: Connection) -> Download | Refusal:
            held = _held(connection, job, kiosk)
            if isinstance(held, Refusal):
                return held
            if held.outcome != "printing":
                return Refusal("print_over")
            one = certificates.find(connection, id=held.certificate)
            return _file(connection, one) if one else Refusal("certificate_unknown")

        return _or_refused(await asyncio.to_thread(self._halls.read, read))

    async def ended(self, job: str, body: p.PrintEnded, kiosk: Who, once: Once | None) -> None:
        """What became of a copy. One that nobody knew about can still turn out printed or failed."""

        def change(ledger: Ledger) -> str | Refusal:
            held = _held(ledger.connection, job, kiosk)
            if isinstance(held, Refusal):
                return held
            if held.outcome not in ("printing", "unknown"):
                return "" if held.outcome == body.outcome else Refusal("print_over")
            _end(ledger, held, body.outcome, body.reason)
            return ""

        await self._halls.writer(kiosk.hall).perform(Record(kiosk.id, change, 204, once))

    async def link(self, id: str, proof: b.Proof, asker: Asker, once: Once | None) -> Answer:
        """An address that opens the certificate for a while; answers DownloadLink."""
        hall = await self._hall_of(id)
        order = await self._proven(hall, proof, asker)
        token = secrets.token_urlsafe(24)

        def change(ledger: Ledger) -> str | Refusal:
            one = _present(ledger.connection, id, order)
            if isinstance(one, Refusal):
                return one
            ends = ledger.now + LINK_KEEPS
            prints.add_link(ledger.connection, _hash(token), one.id, ends)
            ledger.note("certificate.link", one.sample, {"certificate": one.id})
            url = f"{self._halls.base_url}/d/{token}"
            at = ledger.floor.hall.local(ends)
            return p.DownloadLink(url=url, expires_at=at).model_dump_json()

        return await self._halls.writer(hall).perform(Record(asker.actor, change, 201, once))

    async def download(self, token: str, address: str) -> Download:
        """The PDF behind a link. Raises Refused: link_over, certificate_over, too_many_requests."""
        self._turns.take(address)
        digest, now = _hash(token[:128]), self._halls.now()

        def read(connection: Connection) -> tuple[Certificate, Download] | Refusal:
            id = prints.linked(connection, digest, now)
            one = certificates.find(connection, id=id) if id else None
            if one is None or one.hall not in self._halls.ids():
                return Refusal("link_over")
            if one.state != "issued":
                return Refusal("certificate_over")
            found = _file(connection, one)
            return found if isinstance(found, Refusal) else (one, found)

        one, found = _or_refused(await asyncio.to_thread(self._halls.read, read))

        def change(ledger: Ledger) -> str | Refusal:
            ledger.note("certificate.downloaded", one.sample, {"certificate": one.id})
            return ""

        await self._halls.writer(one.hall).perform(Record("public", change))
        return found

    async def run(self) -> None:
        """Give up waiting for kiosks that told nothing, and forget links that ended; until cancelled."""
        while True:
            try:
                await self.tidy()
            except Exception:
                log.exception("copies could not be looked through; the next round tries again")
            await asyncio.sleep(EVERY)

    async def tidy(self) -> None:
        now = self._halls.now()
        await seen_through(lambda: self._halls.write(lambda at: prints.forget_links(at, now)))
        for hall in self._halls.ids():
            if await seen_through(partial(self._unheard, hall, now - LOST_AFTER)):
                await self._halls.writer(hall).perform(Record("server", _lose))

    def _unheard(self, hall: str, before: datetime) -> bool:
        return bool(self._halls.read(lambda at: prints.unheard(at, hall, before, 1)))

    async def _hall_of(self, id: str) -> str:
        found = await asyncio.to_thread(self._halls.read, lambda at: certificates.find(at, id=id))
        if found is None or found.hall not in self._halls.ids():
            # As for a code that nobody has: an id tells nothing either.
            raise refuse("pickup_unknown")
        return found.hall

    async def _proven(self, hall: str, proof: b.Proof, asker: Asker) -> orders.Order:
        """The hall's case, if the proof is enough for who asks; one answer for a wrong code and a wrong tail.

        Raises Refused: pickup_unknown, too_many_requests, and those of ``read_case``.
        """
        self._halls.writer(hall)
        found = await self._proofs.find(proof.code, proof.tail, asker, hall)
        if found.pickup is not None and found.pickup.state not in LIVING:
            # What was lost and replaced opens nothing any more.
            raise refuse("pickup_unknown")
        return found.order


# Below: in worker threads.


def _present(connection: Connection, id: str, order: orders.Order) -> Certificate | Refusal:
    """The order's issued certificate. Refused: certificate_unknown, certificate_not_issued, _over."""
    one = certificates.find(connection, id=id)
    if one is None or one.order != order.id:
        return Refusal("certificate_unknown")
    against = _why_not(one)
    return Refusal(against) if against else one


def _why_not(one: Certificate) -> RefusalCode | None:
    if one.state == "drafted":
        return "certificate_not_issued"
    return None if one.state == "issued" else "certificate_over"


def _held(connection: Connection, job: str, kiosk: Who) -> prints.Print | Refusal:
    held = prints.find(connection, job)
    if held is None or held.hall != kiosk.hall or held.device != kiosk.user:
        return Refusal("print_unknown")
    return held


def _end(ledger: Ledger, held: prints.Print, outcome: prints.Outcome, reason: str) -> None:
    ended = replace(held, outcome=outcome, reason=reason, ended_at=ledger.now)
    prints.save(ledger.connection, ended)
    one = certificates.find(ledger.connection, id=held.certificate)
    facts = {"certificate": held.certificate, "print": held.id, "device": held.device, "reason": reason}
    ledger.note(f"certificate.print_{outcome}", one.sample if one else held.certificate, facts)


def _lose(ledger: Ledger) -> str | Refusal:
    for held in prints.unheard(ledger.connection, ledger.floor.hall.id, ledger.now - LOST_AFTER):
        _end(ledger, held, "unknown", "kiosk_lost")
    return ""


def _file(connection: Connection, one: Certificate) -> Download | Refusal:
    against = _why_not(one)
    if against:
        return Refusal(against)
    file = files.find(connection, one.hall, one.file) if one.file else None
    return Download(one.number, file.content) if file else Refusal("certificate_not_issued")


def _or_refused(found: T | Refusal) -> T:
    if isinstance(found, Refusal):
        raise Refused(found)
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _view(connection: Connection, hall: Hall, order: orders.Order) -> p.CertificatesView:
    customer = bookings.find_customer(connection, order.customer) if order.customer else None
    pieces = {one.code: one for one in orders.samples(connection, order.id)}
    present: dict[str, Certificate] = {}
    for one in certificates.of_order(connection, order.id):
        if one.state != "drafted" and one.issued_at is None:
            # Replaced before it was out: nobody has ever seen it.
            continue
        # Until the new one is out, the old one is what counts.
        if one.state != "drafted" or one.sample not in present:
            present[one.sample] = one
    shown = sorted(
        (one for one in present.values() if one.sample in pieces), key=lambda one: pieces[one.sample].position
    )
    most = hall.offer.papers.most_prints
    counts = prints.counted(connection, [one.id for one in shown])
    views = tuple(
        _one(hall, one, pieces[one.sample], _left(most, counts.get(one.id, {})), most) for one in shown[:MOST]
    )
    out = {one.sample for one in present.values() if one.state == "issued"}
    staying = [one for one in pieces.values() if one.state not in ("refused_at_intake", "returned_untested")]
    return p.CertificatesView(
        number=order.number,
        who=customers.mask(customer.type, customer.name, customer.company) if customer else "",
        certificates=views,
        pending=sum(one.code not in out for one in staying),
    )


def _left(most: int, outcomes: dict[prints.Outcome, int]) -> int:
    return max(0, most - sum(outcomes.get(outcome, 0) for outcome in prints.COUNTED))


def _one(hall: Hall, one: Certificate, piece: orders.Sample, left: int, most: int) -> p.CertificateView:
    against = _why_not(one)
    why: Text | None = None
    if against:
        why = both("server", s.REFUSALS[against][1])
    elif left == 0:
        sentence = s.REFUSALS["quota_used"][1]
        why = both("server", sentence, most=most)
    return p.CertificateView(
        id=one.id,
        number=one.number,
        kind=one.kind,
        kind_name=both("server", CERTIFICATE_KINDS[one.kind]),
        state=one.state,
        item=one.content.item,
        serial=one.content.serial,
        index=piece.position,
        conclusion=one.content.conclusion,
        conclusion_name=both("server", CONCLUSIONS[one.content.conclusion]),
        issued_at=hall.local(one.issued_at) if one.issued_at else None,
        valid_until=one.valid_until,
        specimen=one.state != "drafted" and not one.signed,
        prints_left=left,
        may_print=why is None,
        why=why,
    )
