"""Numbers for kiosks that are cut off: lent beforehand, handed in afterwards, each exactly once.

With them goes the list of the day's vouchers, for checking in without the server.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from server.domain.commands import LendNumbers, TakeBackNumbers
from server.domain.customers import mask
from server.domain.eligibility import bench_queue
from server.domain.floor import Floor
from server.domain.leases import Block, held
from server.domain.refusal import Refusal
from server.protocol import offline as o
from server.protocol.views import Text
from server.store import bookings, orders, people
from server.store.halls import pack

from . import sentences
from .checkins import CheckIns
from .halls import Halls
from .hand_ins import take
from .offering import bench_of, judge, service_for
from .people import Who
from .seal import Seal
from .work import Answer, Ledger, Once, Record


class Leases:
    """``tells``: whether there is anybody to be told of an alarm by a message."""

    def __init__(self, halls: Halls, checkins: CheckIns, seal: Seal, tells: bool) -> None:
        self._halls = halls
        self._checkins = checkins
        self._seal = seal
        self._tells = tells

    # Blocks ------------------------------------------------------------------------------------

    async def lend(self, hall: str, body: o.LeasesAsked, who: Who, once: Once | None) -> Answer:
        """Give a kiosk its blocks for today, or top them up; answers LeasesView."""

        def change(ledger: Ledger) -> str | Refusal:
            if body.known is not None:
                ledger.act(TakeBackNumbers(who.user, frozenset(body.known)))
            for service in ledger.floor.hall.services:
                ledger.act(LendNumbers(uuid.uuid4().hex, who.user, service))
            return view(ledger.floor, who.user, self._halls.base_url).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    def lines(self, hall: str) -> list[o.LeaseLine]:
        """Who holds which numbers today, by device."""
        floor = self._halls.floor(hall)
        blocks = sorted(floor.lent.values(), key=lambda one: (one.device, one.prefix, one.first))
        return [line(floor, block) for block in blocks]

    async def take_back(self, hall: str, body: o.LeaseReturn, who: Who, once: Once | None) -> Answer:
        """The kiosk is taken away or exchanged: nobody gives its unused numbers from now on."""

        def change(ledger: Ledger) -> str | Refusal:
            device = people.find_device(ledger.connection, body.device)
            if device is None or device.hall != hall:
                return Refusal("device_unknown")
            ledger.act(TakeBackNumbers(body.device))
            return ""

        return await self._halls.writer(hall).perform(Record(who.id, change, 204, once))

    # Handing in --------------------------------------------------------------------------------

    async def hand_in(self, hall: str, body: o.HandIn, who: Who, once: Once | None) -> Answer:
        """Take what a kiosk gave while it was cut off, in its order; answers HandedInView."""

        def change(ledger: Ledger) -> str | Refusal:
            told = take(ledger, self._checkins, body.tickets, who, self._tells)
            return o.HandedInView(tickets=told).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    # The day's list ----------------------------------------------------------------------------

    async def day_list(self, hall: str) -> o.SignedDayList:
        """Today's appointments that nobody has come with yet: masks for names, digests for codes."""
        floor, now = self._halls.floor(hall), self._halls.now()
        vouchers = await asyncio.to_thread(self._halls.read, lambda at: _vouchers(at, floor, now))
        told = o.DayList(
            hall=hall, day=floor.hall.day(now), made_at=floor.hall.local(now), vouchers=tuple(vouchers)
        )
        body = pack(told.model_dump(mode="json"))
        return o.SignedDayList(body=body, signature=self._seal.sign(body.encode()), key=self._seal.public)


def view(floor: Floor, device: str, base_url: str) -> o.LeasesView:
    """The blocks from which ``device`` may give numbers: of open services, with the letters they have now."""
    hall = floor.hall
    letters = {one.id: one.prefix for one in hall.services.values() if one.active}
    midnight = datetime.combine(floor.day + timedelta(days=1), time(), ZoneInfo(hall.zone))
    return o.LeasesView(
        day=floor.day,
        ends_at=midnight,
        leases=tuple(
            lease(floor, one) for one in held(floor.lent, device) if letters.get(one.service) == one.prefix
        ),
        hall_name=hall.name,
        missed_rule=sentences.missed_rule(hall.rules),
        complaint_phone=hall.complaint_phone,
        base_url=base_url,
    )


def lease(floor: Floor, block: Block) -> o.Lease:
    return o.Lease(
        id=block.id,
        service=block.service,
        prefix=block.prefix,
        first=block.first,
        last=block.last,
        day=floor.day,
        used=tuple(sorted(block.used)),
    )


def line(floor: Floor, block: Block) -> o.LeaseLine:
    hall = floor.hall
    known = hall.services.get(block.service)
    return o.LeaseLine(
        device=block.device,
        lease=lease(floor, block),
        service_name=known.name if known else Text(zh=block.service, en=block.service),
        made_at=hall.local(block.made_at),
        handed_in=len(block.used),
        returned_at=hall.local(block.returned_at) if block.returned_at else None,
    )


def _vouchers(connection: Connection, floor: Floor, now: datetime) -> list[o.ListedVoucher]:
    hall, today = floor.hall, floor.hall.day(now)
    items = hall.offer.catalogue.items
    jobs = bench_of(floor, orders.work_of_day(connection, hall.id, today))
    found = []
    for one, type_, name, company in bookings.open_of_day(connection, hall.id, today):
        service = one.service
        if all(entry.item in items for entry in one.lines):
            sections = {items[entry.item].section for entry in one.lines}
            bench = max((bench_queue(jobs.get(section, ()), now) for section in sections), default=0.0)
            said = judge(hall, one.lines, bench, one.starts_at, True, today=True)
            service = service_for(hall, one.lines, said)
        found.append(
            o.ListedVoucher(
                digest=hashlib.sha256(one.code.encode()).hexdigest(),
                starts_at=hall.local(one.starts_at),
                ends_at=hall.local(one.ends_at),
                service=service,
                who=mask(type_, name, company),
                pieces=sum(entry.pieces for entry in one.lines),
            )
        )
    return found
