"""Numbers lent, taken back, and handed in after they were given without the server. Pure.

Where a handed-in number ranks: by its true time, as if the server had given it then; but not before anybody
who waits and whose promise it would break. A waiting person's promise is broken when, with one more in front,
the longest wait that they are told passes the upper end of what they were told when they took their number.
Who waits beyond that end already is told no longer wait for it either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import Literal, TypeAlias

from server.protocol.offline import BLOCK

from . import commands as c
from . import events as e
from .estimate import Outlook, not_before
from .floor import Floor, Place, Ticket
from .hall import minutes
from .leases import Block, first_to_lend, held, needs_more
from .refusal import Refusal

Bad: TypeAlias = Literal["no_block", "not_in_block", "used"]
"""Why a number can't be handed in: the block is not that kiosk's, the number not of it, or it came before."""


def lend(floor: Floor, command: c.LendNumbers, now: datetime) -> list[e.NumbersLent]:
    """Another block for a kiosk with too few numbers left; nothing when it has enough, or none is left."""
    service = floor.hall.services.get(command.service)
    if service is None or not service.active:
        return []
    if not needs_more(floor.lent, command.device, service.id, service.prefix):
        return []
    first = first_to_lend(floor.lent, service.prefix, floor.issued.get(service.prefix, 0))
    if first is None:
        return []
    last = first + BLOCK - 1
    return [e.NumbersLent(Block(command.id, command.device, service.id, service.prefix, first, last, now))]


def take_back(floor: Floor, command: c.TakeBackNumbers, now: datetime) -> list[e.NumbersTakenBack]:
    """The blocks of a kiosk, all or those that it does not know of."""
    return [
        e.NumbersTakenBack(block.id, now)
        for block in held(floor.lent, command.device)
        if command.known is None or block.id not in command.known
    ]


def fault(floor: Floor, command: c.IssueOffline) -> Bad | None:
    """What is wrong with a number that is handed in."""
    block = floor.lent.get(command.block)
    if block is None or block.device != command.device or block.service not in floor.hall.services:
        return "no_block"
    if not block.first <= command.n <= block.last:
        return "not_in_block"
    return "used" if command.n in block.used else None


def hand_in(floor: Floor, command: c.IssueOffline, now: datetime) -> list[e.TicketHandedIn] | Refusal:
    """The number stands in the queue, with its true time. Hours and limits stand against nobody who was given
    a number already."""
    wrong = fault(floor, command)
    if wrong is not None:
        return Refusal("bad_request", {"where": wrong})
    block = floor.lent[command.block]
    service = floor.hall.services[block.service]
    issued_at = block.true_time(command.issued_at, now)
    priority = "green" if service.green else command.priority
    callable_at = max(issued_at, command.callable_from or issued_at)
    ranked_at = callable_at - minutes(floor.hall.rules.head_starts.get(priority, 0))
    order = floor.orders + 1
    ticket = Ticket(
        id=command.id,
        code=command.code,
        number=f"{block.prefix}{command.n:03d}",
        prefix=block.prefix,
        order=order,
        service=service.id,
        later=(),
        state="waiting",
        priority=priority,
        language=command.language,
        issued_at=issued_at,
        callable_at=callable_at,
        ranked_at=earliest(floor, service.id, (ranked_at, order, command.id), now),
        promised=(0, 0),
        handed_in_at=now,
    )
    return [e.TicketHandedIn(ticket, block.id, command.n)]


def earliest(floor: Floor, service: str, true: Place, now: datetime) -> datetime:
    """The rank of a number of ``service`` whose true place is ``true``.

    It is behind the last of those whose promise it would break, of whatever service; the order of issue keeps
    it behind one of the same rank.
    """
    outlooks = {id: Outlook(floor, id, now) for id, queue in floor.queues.items() if queue}
    for ticket in _behind(floor, true):
        if breaks(outlooks[ticket.service], service, ticket, now):
            return max(true[0], ticket.ranked_at)
    return true[0]


def _behind(floor: Floor, true: Place) -> Iterator[Ticket]:
    """Everybody who waits and ranks behind ``true``, the last first."""
    queues = (reversed(queue[bisect_right(queue, true) :]) for queue in floor.queues.values())
    for _, _, id in merge(*queues, reverse=True):
        yield floor.tickets[id]


def breaks(outlook: Outlook, service: str, ticket: Ticket, now: datetime) -> bool:
    """Whether one more of ``service`` before a waiting ``ticket`` breaks what was promised to it."""
    if ticket.handed_in_at is not None or ticket.called_at is not None:
        # The one was promised no range; the other was called, and its promise was kept.
        return False
    waited = (now - ticket.issued_at).total_seconds() / 60
    longest = _longest(outlook, ticket, now, service)
    return waited + longest > ticket.promised[1] and longest > _longest(outlook, ticket, now)


def _longest(outlook: Outlook, ticket: Ticket, now: datetime, one_more: str = "") -> int:
    """The longest wait that is told to who has ``ticket``."""
    wait = outlook.wait(ticket.place, ticket.skip, one_more)
    return not_before(wait, ticket.callable_at, now)[1]
