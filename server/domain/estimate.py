"""How long until a ticket is called: a range, half to nine in ten, from the day's own pace.

The model is a fluid one. Before a ticket of service *s* is called, the counters that serve *s* must get
through the visits in progress and the tickets that rank before it: those of *s* itself, and of each
other service the part that falls on counters shared with *s*. The first of the *c* open counters to be
free calls it; by then the others are part way through visits whose rest it need not wait for (renewal
theory: half of a visit's mean square over its mean). The mean wait is the work less those rests, over
*c*. Visits vary, so the work's spread is the root of the sum of their variances, and the wait is taken as
gamma-distributed with that mean and spread (Wilson-Hilferty's approximation gives its quantiles without
a library).

A service's mean visit is the day's own, drawn towards its prior (``Service.minutes``) which weighs as
much as ``PRIOR_WEIGHT`` visits; so before the day has data the prior alone speaks. With no counter open
for the service the figure supposes that one opens now.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from math import ceil, sqrt

from .floor import Floor, Pace, Place

PRIOR_WEIGHT = 5.0
"""Visits that the prior is worth."""
PRIOR_SPREAD = 0.6
"""Standard deviation of one visit over its mean, before the day tells."""
NINE_IN_TEN = 1.2816
"""The normal quantile of 0.9."""
WIDEST = 1.5
"""Deviation over mean up to which Wilson-Hilferty's approximation is of use."""


def visit(prior_minutes: float, pace: Pace) -> tuple[float, float]:
    """(mean, variance) of one visit in minutes: the day's pace drawn towards the prior."""
    weight = PRIOR_WEIGHT + pace.visits
    mean = (PRIOR_WEIGHT * prior_minutes + pace.total) / weight
    prior_square = prior_minutes * prior_minutes * (1 + PRIOR_SPREAD * PRIOR_SPREAD)
    square = (PRIOR_WEIGHT * prior_square + pace.squares) / weight
    return mean, max(0.0, square - mean * mean)


def gamma_quantile(mean: float, deviation: float, normal: float) -> float:
    """The quantile of a gamma with ``mean`` and ``deviation`` at the standard normal's ``normal``."""
    if mean <= 0:
        return 0.0
    ninth = min(deviation / mean, WIDEST) ** 2 / 9
    return max(0.0, mean * (1 - ninth + normal * sqrt(ninth)) ** 3)


class Outlook:
    """What all waits for one service have in common at one moment; each of them is then quick to tell."""

    __slots__ = ("_busy_mean", "_busy_variance", "_counters", "_crowds", "_idle", "_rest", "_service")

    def __init__(self, floor: Floor, service: str, now: datetime) -> None:
        own = list(floor.open_posts(service))
        numbers = {post.counter for post in own}
        self._service = service
        self._counters = max(1, len(own))
        self._crowds: list[tuple[str, float, float, float, tuple[Place, ...]]] = []
        for other in floor.hall.services.values():
            share = 1.0
            if other.id != service:
                posts = [post.counter for post in floor.open_posts(other.id)]
                share = sum(post in numbers for post in posts) / max(1, len(posts))
            if share:
                one, spread = visit(other.minutes, floor.paces.get(other.id, Pace()))
                self._crowds.append((other.id, share, one, spread, floor.queue(other.id)))
        self._idle = 0
        self._busy_mean = self._busy_variance = 0.0
        for post in own:
            ticket = floor.tickets.get(post.ticket) if post.ticket else None
            if ticket is None:
                self._idle += 1
                continue
            known = floor.hall.services.get(ticket.service)
            one, spread = visit(known.minutes if known else 5.0, floor.paces.get(ticket.service, Pace()))
            spent = (now - (ticket.called_at or now)).total_seconds() / 60
            self._busy_mean += max(one / 4, one - spent)
            self._busy_variance += spread
        typical, spread = visit(floor.hall.services[service].minutes, floor.paces.get(service, Pace()))
        self._rest = (typical * typical + spread) / (2 * typical) if typical else 0.0

    def wait(self, place: Place | None, skip: int, one_more: str = "") -> tuple[int, int]:
        """As ``wait_range``. ``one_more``: a service of which one more is supposed to rank before it."""
        mean = variance = people = 0.0
        for id, share, one, spread, queue in self._crowds:
            more = id == one_more
            before = more + (len(queue) if place is None else bisect_left(queue, place))
            if id == self._service and skip:
                before = min(before + skip, len(queue) + more - 1)
            mean += share * before * one
            variance += share * before * spread
            people += share * before
        if self._idle > people:
            return rounded(0.0, 0.0)
        mean += self._busy_mean
        counters = self._counters
        mean = max(mean - (counters - 1) * self._rest, mean / counters) / counters
        deviation = sqrt(variance + self._busy_variance) / counters
        low, high = gamma_quantile(mean, deviation, 0.0), gamma_quantile(mean, deviation, NINE_IN_TEN)
        return rounded(low, high)


def wait_range(floor: Floor, service: str, place: Place | None, skip: int, now: datetime) -> tuple[int, int]:
    """(low, high) whole minutes until the ticket at ``place`` of ``service`` is called.

    ``place`` None stands for one who takes an ordinary number now.
    """
    return Outlook(floor, service, now).wait(place, skip)


def not_before(wait: tuple[int, int], callable_at: datetime, now: datetime) -> tuple[int, int]:
    """``wait`` of a ticket that is not called before ``callable_at``: that of an early appointment."""
    until = (callable_at - now).total_seconds() / 60
    low, high = wait
    return rounded(max(low, until), max(high, until)) if until > low else wait


def rounded(low: float, high: float) -> tuple[int, int]:
    """Whole minutes for people: outward, by fives from ten on; ``high`` is at least one step more."""
    step_low = 5 if low >= 10 else 1
    step_high = 5 if high > 10 else 1
    down = int(low // step_low) * step_low
    up = ceil(high / step_high) * step_high
    return down, max(up, down + (5 if down >= 10 else 1))
