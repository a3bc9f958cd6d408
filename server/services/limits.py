"""Limits on guessing and on asking too often: by name, by address, by number. Bounded, in memory."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from server.protocol.errors import RefusalCode

from .refused import refuse

REMEMBERED = 4096
FIRST_WAIT = 15.0
LONGEST_WAIT = 900.0
OF_ADDRESSES = ("address", "client")
"""Kinds of guessers that are named by their address."""


@lru_cache(REMEMBERED)
def network(address: str) -> str:
    """Whose address it is: of IPv6 the first 64 bits, as whoever has one has all that share them."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.IPv6Network((known, 64), strict=False))
    return str(known)


def _name(guesser: str) -> str:
    kind, _, rest = guesser.partition(":")
    return f"{kind}:{network(rest)}" if kind in OF_ADDRESSES else guesser


class Guesses:
    """Who guesses wrong too often must wait, longer each time.

    ``tries``: kind of guesser (``user`` of ``user:NAME``) → wrong guesses in a row before the wait begins.
    """

    def __init__(self, clock: Callable[[], datetime], tries: Mapping[str, int], code: RefusalCode) -> None:
        self._clock = clock
        self._tries = tries
        self._code: RefusalCode = code
        self._misses: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def must_not_wait(self, *guessers: str) -> None:
        """Raises Refused while one of them must wait."""
        for guesser in map(_name, guessers):
            count, last = self._misses.get(guesser, (0, self._clock()))
            over = count - self._tries[guesser.partition(":")[0]]
            if over < 0:
                continue
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0**over)
            left = wait - (self._clock() - last).total_seconds()
            if left > 0:
                raise refuse(self._code, seconds=str(math.ceil(left)))

    def missed(self, *guessers: str) -> None:
        now = self._clock()
        for guesser in map(_name, guessers):
            count, last = self._misses.get(guesser, (0, now))
            if (now - last).total_seconds() > LONGEST_WAIT:
                count = 0
            self._misses[guesser] = (min(count + 1, 64), now)
            self._misses.move_to_end(guesser)
            if len(self._misses) > REMEMBERED:
                self._misses.popitem(last=False)

    def right(self, *guessers: str) -> None:
        for guesser in map(_name, guessers):
            self._misses.pop(guesser, None)


class Turns:
    """So many requests at once from one address, and so many a minute after that."""

    def __init__(self, clock: Callable[[], datetime], burst: int, a_minute: float) -> None:
        self._clock = clock
        self._burst = burst
        self._rate = a_minute / 60
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, address: str) -> None:
        """Raises Refused: too_many_requests."""
        now, address = self._clock(), network(address)
        left, last = self._left.get(address, (float(self._burst), now))
        left = min(float(self._burst), left + self._rate * max(0.0, (now - last).total_seconds()))
        if left < 1:
            raise refuse("too_many_requests", seconds=str(math.ceil((1 - left) / self._rate)))
        self._left[address] = (left - 1, now)
        self._left.move_to_end(address)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
