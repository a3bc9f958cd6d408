"""A kiosk that is cut off: the numbers it may give by itself, the day's vouchers, and what it hands in later.

Numbers are lent in blocks (预留号段), for one service and one business day; nobody else gives them, so that a
number never stands on two tickets. The day's list knows a voucher by its digest only and nobody by name: it
may lie on a kiosk's disk. It is signed, so that nobody adds a voucher to it there.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from .commands import Body, Name
from .views import Text, Wire
from .words import Language, Priority

BLOCK = 20
"""Numbers in a block."""
MOST_HANDED_IN = 50
"""Tickets handed in at once."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
TicketCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{16,26}$")]


class Lease(Wire):
    """A block of numbers lent to one kiosk: ``first`` to ``last`` with ``prefix``, on ``day`` only."""

    id: str
    service: str
    prefix: str
    first: int
    last: int
    day: date
    used: tuple[int, ...] = ()
    """The numbers handed in so far."""


class LeasesAsked(Body):
    """A kiosk asks for its numbers. ``known``: the ids of the blocks it remembers. Those of its blocks that
    it does not name (it lost its disk, or was exchanged) are taken back, for it cannot tell what it gave of
    them. Null, or no body at all: it remembers all."""

    known: Annotated[tuple[Id, ...], Field(max_length=1000)] | None = None


class LeasesView(Wire):
    """What a kiosk needs to go on by itself: its blocks, and all that a ticket says beside the number."""

    day: date
    """The hall's business day."""
    ends_at: datetime
    """When that day ends: no number of these after it."""
    leases: tuple[Lease, ...]
    hall_name: Text
    missed_rule: Text
    complaint_phone: str
    base_url: str
    """The address of tickets' pages is ``base_url`` and ``/t/CODE``."""


class LeaseLine(Wire):
    """A block as staff see it."""

    device: str
    lease: Lease
    service_name: Text
    made_at: datetime
    handed_in: int
    returned_at: datetime | None = None
    """When it was taken back; its unused numbers stay unused."""


class OfflineTicket(Body):
    """A number given while cut off. Id and code were made by the kiosk; ``issued_at``: by the server's clock
    as the kiosk knew it. ``voucher``: who took it checked in with this code."""

    id: Id
    code: TicketCode
    lease: Id
    n: Annotated[int, Field(ge=1, le=9999)]
    language: Language = "zh"
    issued_at: datetime
    voucher: Annotated[str, StringConstraints(max_length=64)] = ""
    priority: Priority = "ordinary"
    instead_of: Annotated[str, StringConstraints(max_length=64)] = ""
    """The idempotency key of this kiosk's request whose answer was lost, and in whose place this number was
    given. In the same transaction: a ticket that the request made is cancelled where it still waits, and
    the key makes none any more."""


class HandIn(Body):
    """Tickets given while cut off, in the order in which they were given. One handed in twice counts once."""

    tickets: Annotated[tuple[OfflineTicket, ...], Field(min_length=1, max_length=MOST_HANDED_IN)]


class HandedIn(Wire):
    """What became of one. ``taken``: it stands in the queue. ``known``: it was handed in before. ``late``:
    its day is over; it is kept in the journal, nobody waits. ``bad``: no number of that block, or another's;
    it is kept in the journal for the manager to look at."""

    id: str
    outcome: str
    """``taken``, ``known``, ``late``, ``bad``."""
    number: str
    why: Text


class HandedInView(Wire):
    tickets: tuple[HandedIn, ...]


class ListedVoucher(Wire):
    """One appointment of the day. ``digest``: SHA-256 of the voucher's code, hex; of the code as
    ``codes.read`` answers it (``Code.text``), UTF-8."""

    digest: str
    starts_at: datetime
    ends_at: datetime
    service: str
    who: str
    """The customer, masked, as boards show it."""
    pieces: int


class DayList(Wire):
    """The appointments of one hall and day that are still to come, as of ``made_at``."""

    hall: str
    day: date
    made_at: datetime
    vouchers: tuple[ListedVoucher, ...]


class SignedDayList(Wire):
    """``body``: the canonical JSON of a ``DayList``. ``signature``: Ed25519 over its UTF-8 bytes, hex.
    ``key``: the public key, hex, which a kiosk learns when it is paired and trusts from then on."""

    body: str
    signature: str
    key: str


class LeaseReturn(Body):
    """A kiosk that is taken away gives its unused blocks back."""

    device: Name
