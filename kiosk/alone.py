"""A kiosk that is cut off, as values: the numbers it may still give, and the rule by which it gives them.

The server lends blocks of numbers beforehand (``server.protocol.offline``); nobody else gives those, so a
number given here never stands on two tickets. Nothing is done here: ``standby`` keeps, ``alone_work`` acts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.protocol.offline import Lease, LeasesView, ListedVoucher
from server.protocol.views import HallHead, TicketIssued
from server.protocol.words import Language, Priority

DAY = timedelta(days=1)

Slot = tuple[datetime, datetime]
"""When an appointment begins and ends."""


class GivenAlone(TicketIssued):
    """A number given while cut off. Its figures are nobody's: ``ahead`` and ``wait`` are not known.

    ``slot``: of the appointment that was checked in with it; its labels come later.
    """

    alone: Literal[True] = True
    slot: Slot | None = None


def number_of(lease: Lease, n: int) -> str:
    """As tickets write it."""
    return f"{lease.prefix}{n:03}"


# ---- what can be given -----------------------------------------------------------------------------


def holds(view: LeasesView, at: datetime) -> bool:
    """Whether ``at`` lies in the business day that these blocks are for."""
    return view.ends_at - DAY <= at < view.ends_at


def free(
    view: LeasesView | None, given: Collection[str], service: str, at: datetime
) -> Iterator[tuple[Lease, int]]:
    """The numbers of ``service`` that may still be given at ``at``, in order; ``given``: those of the day."""
    if view is None or not holds(view, at):
        return
    for lease in view.leases:
        if lease.service != service or lease.day != view.day:
            continue
        for n in range(lease.first, lease.last + 1):
            if n not in lease.used and number_of(lease, n) not in given:
                yield lease, n


def hours_over(hall: HallHead, local: datetime) -> bool:
    """Whether the hall's hours of today, as last known, are over at ``local``, its own time.

    A hall that was shut when last heard of stays shut; that is its state, and not asked here.
    """
    if not hall.hours:
        return False
    closes = hall.hours.replace("-", "–").rpartition("–")[2].strip()
    return f"{local:%H:%M}" >= closes


@dataclass(frozen=True, slots=True)
class Standing:
    """What this kiosk can do by itself now, and what waits to be handed in."""

    lent: bool = False
    """It has blocks for today."""
    services: tuple[str, ...] = ()
    """Services whose block has a number left."""
    over: bool = False
    """The hall's hours are over, by the last that was heard of it."""
    vouchers: bool = False
    """The day's list is here, so that vouchers can be checked in."""
    left: int = 0
    given: int = 0
    """Numbers given while cut off, today."""
    waiting: int = 0
    """Numbers not handed in yet."""
    bad: tuple[str, ...] = ()
    """Numbers that the server did not take; for the staff."""
    since: datetime | None = None
    """Cut off since, in the hall's time; None: not cut off."""
    damaged: bool = False
    """A record of what was given could not be read, and waits for a technician."""


# ---- screens, touches, what happens, what is asked for ---------------------------------------------


@dataclass(frozen=True, slots=True)
class ArrivedAlone:
    """What the day's list says of a voucher. ``listed`` None: it is not in it, or was ``used`` here for the
    number that stands there."""

    code: str
    listed: ListedVoucher | None = None
    used: str = ""


@dataclass(frozen=True, slots=True)
class AloneTouched:
    """The server's answer is waited for no longer: a number from here."""


@dataclass(frozen=True, slots=True)
class AloneStands:
    standing: Standing


@dataclass(frozen=True, slots=True)
class VouchedAlone:
    """The answer to LookAlone."""

    key: str
    listed: ListedVoucher | None
    used: str = ""


@dataclass(frozen=True, slots=True)
class GiveAlone:
    """Give the next number of ``service`` from the block, kept before it is shown; Issued answers.

    ``instead_of``: the key of a request for it that may have reached the server.
    """

    key: str
    service: str
    language: Language
    priority: Priority = "ordinary"
    voucher: str = ""
    slot: Slot | None = None
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class LookAlone:
    """What does the day's list say of this voucher?"""

    key: str
    code: str


Input = AloneStands | VouchedAlone
Effect = GiveAlone | LookAlone
