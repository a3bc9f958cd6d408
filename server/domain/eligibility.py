"""May it be done while the customer waits (立等可取), or must it be left (普通)? With the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, sqrt
from typing import Literal, TypeAlias

from server.protocol.words import CustomerType

from .catalogue import Catalogue, Item
from .slots import Line

Against: TypeAlias = Literal[
    "not_offered",
    "stopped",
    "not_authorised",
    "on_site_only",
    "customer_not_served",
    "too_many",
]
"""Why a line can't be taken in the hall at all."""
Reason: TypeAlias = Literal["kind", "rest", "quantity", "materials", "load", "closing"]
"""Why it is 普通: its kind is never done while one waits; it must stand longer than that; so many pieces take
longer; papers or parts are missing; so much waits at the bench already; the work would not be done before the
hall closes."""

WAITED = 120
"""Minutes that are still waiting and not leaving it there."""
SPREAD = 0.35
"""Standard deviation of a piece's bench time over its mean: a first figure, until the lab's own exists."""
NINE_IN_TEN = 1.2816


@dataclass(frozen=True, slots=True)
class Refused:
    item: str
    why: Against
    most: int = 0
    """Pieces that one order may have, where that is the reason."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``while_you_wait`` with the range of minutes until it is ready; ``reasons`` when it is not."""

    while_you_wait: bool
    reasons: tuple[tuple[str, Reason], ...]
    """(item id, why)."""
    ready: tuple[int, int]
    """Minutes from hand-in until ready, half to nine in ten; what a person is told."""


def refused(
    catalogue: Catalogue, lines: Sequence[Line], customer: CustomerType, day: date
) -> tuple[Refused, ...]:
    """Every line that can't be taken, with its reason: all of them at once (一次性告知)."""
    found = []
    for line in lines:
        item = catalogue.items.get(line.item)
        if item is None or item.regulation(day) is None:
            found.append(Refused(line.item, "not_offered"))
        elif not item.active:
            found.append(Refused(item.id, "stopped"))
        elif not catalogue.authorised(item.id, day):
            found.append(Refused(item.id, "not_authorised"))
        elif item.mode == "on_site":
            found.append(Refused(item.id, "on_site_only"))
        elif customer not in item.for_whom:
            found.append(Refused(item.id, "customer_not_served"))
        elif line.pieces > item.caps.order:
            found.append(Refused(item.id, "too_many", item.caps.order))
    return tuple(found)


def ready_in(items: Sequence[tuple[Item, int]], bench: float) -> tuple[int, int]:
    """Minutes until all pieces are ready, half to nine in ten, rounded outward by fives.

    The longer of the queue at the bench and the rest in the lab's air; then set-up, the pieces one after
    another, and the review. ``bench``: minutes of work that wait at the bench already. The spread is that of
    the bench work alone: nobody can shorten a rest, so neither figure is below it.
    """
    if not items:
        return 0, 0
    rest = max(item.rest_minutes for item, _ in items)
    review = max(item.review_minutes for item, _ in items)
    own = sum(item.work_minutes(pieces) for item, pieces in items)
    low = max(bench, rest) + own + review
    variance = sum(
        item.setup_minutes**2 + pieces * item.unit_minutes**2 for item, pieces in items
    ) + bench * max(item.unit_minutes for item, _ in items)
    high = low + NINE_IN_TEN * SPREAD * sqrt(variance)
    return int(low // 5) * 5, max(ceil(high / 5) * 5, int(low // 5) * 5 + 5)


def bench_queue(jobs: Iterable[tuple[datetime, float]], now: datetime) -> float:
    """Minutes of work that wait at a bench now, which takes its jobs one after another.

    ``jobs``: (handed in at, minutes of work) in order of time. A first figure: once the lab tells what it has
    finished, that takes its place.
    """
    free = None
    for at, work in jobs:
        free = max(free or at, at) + timedelta(minutes=work)
    return max(0.0, (free - now).total_seconds() / 60) if free else 0.0


def verdict(
    catalogue: Catalogue,
    lines: Sequence[Line],
    bench: float,
    now: datetime,
    closes: datetime | None,
    complete: bool = True,
) -> Verdict:
    """While the customer waits, or left. ``closes``: when the counters close today; None: they don't.

    ``complete``: papers and parts are all there. The lines have passed ``refused``.
    """
    items = [(catalogue.items[line.item], line.pieces) for line in lines]
    low, high = ready_in(items, bench)
    reasons: list[tuple[str, Reason]] = []
    for item, _ in items:
        if not item.while_you_wait:
            reasons.append((item.id, "kind"))
        elif item.rest_minutes > WAITED:
            reasons.append((item.id, "rest"))
        elif not complete:
            reasons.append((item.id, "materials"))
    work = sum(item.work_minutes(pieces) for item, pieces in items)
    if not reasons and work > WAITED:
        longest = max(items, key=lambda one: one[0].work_minutes(one[1]))[0]
        reasons = [(longest.id, "quantity")]
    if not reasons and bench + work > WAITED:
        reasons = [(item.id, "load") for item, _ in items]
    if not reasons and closes is not None and (closes - now).total_seconds() < high * 60:
        reasons = [(item.id, "closing") for item, _ in items]
    return Verdict(not reasons, tuple(reasons), (low, high))
