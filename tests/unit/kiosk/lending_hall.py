"""A server that lends numbers and takes them back, whose answers get lost as a test says."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from server.protocol.offline import (
    BLOCK,
    HandedIn,
    HandedInView,
    Lease,
    LeasesView,
    OfflineTicket,
    SignedDayList,
)
from server.protocol.views import Text
from tests.ui.kiosk_states import SERVICES, WALL

EMPTY = Text(zh="", en="")
MIDNIGHT = WALL.replace(hour=0, minute=0)


class LendingHall:
    """``Lender`` with rules like the server's. ``there``: it answers; ``lose``: it hears, and its answer to
    handing in is lost."""

    def __init__(self, day: datetime = MIDNIGHT, most: int = BLOCK) -> None:
        self.ends_at = day.replace(day=day.day + 1)
        self.most = most
        """Numbers in a block."""
        self.blocks: dict[str, Lease] = {}
        self.returned: set[str] = set()
        self.queue: list[tuple[str, str]] = []
        """(id, number) in the order in which they were handed in."""
        self.tickets: dict[str, OfflineTicket] = {}
        self.requests: list[tuple[str, ...]] = []
        """The ids of each request to hand in."""
        self.there = True
        self.lose = False
        self.poison: set[str] = set()
        """Codes with which a request is no request."""
        self.unknown: set[str] = set()
        """Codes of tickets that are taken for bad."""
        self.signed: SignedDayList | None = None

    def leases(self, *, remembers: bool) -> LeasesView | None:
        if not self.there:
            return None
        if not remembers:
            self.returned |= set(self.blocks)
        for service in SERVICES:
            mine = self._held(service.id)
            if sum(lease.last - lease.first + 1 - len(lease.used) for lease in mine) < self.most // 2:
                first = (
                    1 + sum(1 for lease in self.blocks.values() if lease.prefix == service.prefix) * self.most
                )
                name = f"{len(self.blocks):032x}"
                self.blocks[name] = Lease(
                    id=name,
                    service=service.id,
                    prefix=service.prefix,
                    first=first,
                    last=first + self.most - 1,
                    day=MIDNIGHT.date(),
                )
        held = tuple(lease for service in SERVICES for lease in self._held(service.id))
        return LeasesView(
            day=MIDNIGHT.date(),
            ends_at=self.ends_at,
            leases=held,
            hall_name=Text(zh="计量检定服务大厅", en="Metrology Service Hall"),
            missed_rule=Text(zh="过号请找窗口工作人员。", en="If you miss your call, tell the staff."),
            complaint_phone="12345",
            base_url="https://hall.example",
        )

    def day_list(self) -> SignedDayList | None:
        return self.signed if self.there else None

    def hand_in(self, tickets: tuple[OfflineTicket, ...]) -> HandedInView | Literal["never"] | None:
        if not self.there:
            return None
        assert 1 <= len(tickets) <= 50
        self.requests.append(tuple(ticket.id for ticket in tickets))
        if any(ticket.code in self.poison for ticket in tickets):
            return "never"
        answers = tuple(self._take(ticket) for ticket in tickets)
        if self.lose:
            self.lose = False
            return None
        return HandedInView(tickets=answers)

    def _held(self, service: str) -> list[Lease]:
        return [
            lease
            for lease in self.blocks.values()
            if lease.service == service and lease.id not in self.returned
        ]

    def _take(self, ticket: OfflineTicket) -> HandedIn:
        lease = self.blocks[ticket.lease]
        number = f"{lease.prefix}{ticket.n:03}"
        outcome = "taken"
        if ticket.code in self.unknown:
            outcome = "bad"
        elif ticket.id in self.tickets:
            outcome = "known"
        else:
            assert ticket.n not in lease.used, f"{number} was given twice"
            self.tickets[ticket.id] = ticket
            self.queue.append((ticket.id, number))
            self.blocks[lease.id] = lease.model_copy(update={"used": (*lease.used, ticket.n)})
        return HandedIn(id=ticket.id, outcome=outcome, number=number, why=EMPTY)
