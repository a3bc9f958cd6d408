"""Who is called next, and why: pure and explainable.

Candidates of a counter are the waiting tickets of its functions. They rank by

1. tickets that still let others go first (after a missed call) come last;
2. the tier of the service at this counter, where a ticket that has waited longer than the hall's
   patience counts as the first tier;
3. effective waiting time, longest first: the head start of a ticket's class is part of it. A number that
   was handed in later ranks where it breaks no promise (``handing_in``).

The green channel's cap is laid over that order: at most one call in ``green_cap`` while others wait.
So nobody starves: after ``patience`` no tier stands before a ticket, and after the longest head start
no later arrival does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from server.protocol.words import Priority

from .floor import Floor, Ticket
from .hall import Counter, minutes

Reason = Literal[
    "longest_wait",
    "only_one",
    "head_start",
    "first_function",
    "patience",
    "green_cap",
    "others_let_first",
    "came_back",
    "called_again",
    "promise_kept",
    "nobody",
    "nobody_yet",
]


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for a choice, as facts; the sentence is made where languages are known."""

    reason: Reason
    number: str = ""
    waited: int = 0
    """Whole minutes."""
    head_start: int = 0
    """Whole minutes of head start."""
    priority: Priority = "ordinary"
    passed_over: str = ""
    """The number that the cap made wait."""


@dataclass(frozen=True, slots=True)
class Choice:
    ticket: Ticket
    why: Why
    passed: tuple[str, ...]
    """Returned tickets among the candidates, which have now let one more go first."""


Rank: TypeAlias = tuple[bool, int, datetime, int]


def is_green(floor: Floor, ticket: Ticket) -> bool:
    service = floor.hall.services.get(ticket.service)
    return ticket.priority == "green" or (service is not None and service.green)


def rank(floor: Floor, counter: Counter, ticket: Ticket, now: datetime) -> Rank:
    """The sort key of ``ticket`` at ``counter``: the smallest is called next."""
    tier = counter.tier(ticket.service)
    first = min((tier for _, tier in counter.functions), default=0)
    patient = now - ticket.ranked_at >= minutes(floor.hall.rules.patience)
    return (ticket.skip > 0, first if patient or tier is None else tier, ticket.ranked_at, ticket.order)


def callable_now(floor: Floor, service: str, now: datetime) -> Iterator[Ticket]:
    """Waiting tickets of ``service`` that may be called, best first."""
    for _, _, id in floor.queue(service):
        ticket = floor.tickets[id]
        if ticket.callable_at <= now:
            yield ticket


def heads(floor: Floor, counter: Counter, now: datetime) -> tuple[list[Ticket], list[str]]:
    """The candidates that can be best at ``counter``, and the ids of returned tickets met on the way.

    Of each queue only the front matters: the first green and the first other ticket that let nobody
    go first, and the first of those that do.
    """
    found: list[Ticket] = []
    returned: list[str] = []
    for service, _ in counter.functions:
        seen: set[tuple[bool, bool]] = set()
        for ticket in callable_now(floor, service, now):
            kind = (ticket.skip > 0, is_green(floor, ticket))
            if ticket.skip:
                returned.append(ticket.id)
            if kind not in seen:
                seen.add(kind)
                found.append(ticket)
            if (False, False) in seen:
                break
    return found, returned


def choose(floor: Floor, counter: Counter, now: datetime) -> Choice | Why:
    """The next ticket for ``counter``, or why there is none."""
    candidates, returned = heads(floor, counter, now)
    if not candidates:
        later = any(floor.queue(service) for service, _ in counter.functions)
        return Why("nobody_yet" if later else "nobody")
    ranked = sorted(candidates, key=lambda ticket: rank(floor, counter, ticket, now))
    best = ranked[0]
    others = [ticket for ticket in ranked if not is_green(floor, ticket)]
    capped = is_green(floor, best) and floor.since_green < floor.hall.rules.green_cap - 1 and bool(others)
    chosen = others[0] if capped else best
    passed = tuple(id for id in returned if id != chosen.id)
    why = explain(floor, counter, chosen, ranked, now, passed_over=best.number if capped else "")
    return Choice(chosen, why, passed)


def explain(
    floor: Floor,
    counter: Counter,
    ticket: Ticket,
    heads: Sequence[Ticket],
    now: datetime,
    *,
    passed_over: str = "",
) -> Why:
    """Why ``ticket`` is next at ``counter``, before the other ``heads`` of its queues."""
    # One who came back from a miss keeps its old rank: that is no head start.
    came_back = ticket.missed_at is not None
    head_start = 0 if came_back else int((ticket.callable_at - ticket.ranked_at).total_seconds() // 60)
    tiers = {tier for _, tier in counter.functions}
    tier = counter.tier(ticket.service)
    mine = rank(floor, counter, ticket, now)[1]
    in_line = [other for other in heads if not other.skip]
    reason: Reason
    if passed_over:
        reason = "green_cap"
    elif ticket.skip:
        reason = "others_let_first"
    elif sum(len(floor.queue(service)) for service, _ in counter.functions) == 1:
        reason = "only_one"
    elif came_back:
        reason = "came_back"
    elif head_start > 0:
        reason = "head_start"
    elif tier != mine:
        reason = "patience"
    elif mine < max(tiers) and any(counter.tier(other.service) != mine for other in in_line):
        reason = "first_function"
    else:
        reason = "longest_wait"
    if reason in ("first_function", "longest_wait") and _others_handed_in(floor, counter, ticket, mine, now):
        reason = "promise_kept"
    return Why(
        reason,
        number=ticket.number,
        waited=max(0, int((now - ticket.callable_at).total_seconds() // 60)),
        head_start=head_start,
        priority=ticket.priority,
        passed_over=passed_over,
    )


def _others_handed_in(floor: Floor, counter: Counter, ticket: Ticket, tier: int, now: datetime) -> bool:
    """Whether somebody came before ``ticket``, by a number that was handed in too late to rank before it."""
    if not any(block.used for block in floor.lent.values()):
        return False
    return any(
        one.handed_in_at is not None
        and one.skip == 0
        and one.callable_at < ticket.callable_at
        and rank(floor, counter, one, now)[1] <= tier
        for service, _ in counter.functions
        for one in callable_now(floor, service, now)
    )


def line_up(floor: Floor, counter: Counter, now: datetime, limit: int) -> list[Ticket]:
    """The first ``limit`` candidates of ``counter`` in rank order (the green cap left aside)."""
    front: list[Ticket] = []
    for service, _ in counter.functions:
        for count, ticket in enumerate(callable_now(floor, service, now)):
            if count >= limit:
                break
            front.append(ticket)
    front.sort(key=lambda ticket: rank(floor, counter, ticket, now))
    return front[:limit]
