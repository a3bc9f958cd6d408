"""Blocks of numbers lent to kiosks (预留号段), for the time when one of them is cut off. Pure.

Lent are numbers from the high end, so that ordinary numbering goes on without visible gaps; once it gets
there it goes on after what was lent. A number that was ever lent is given by that kiosk or by nobody: also
when its block is taken back, for the kiosk may have given it without having told yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.protocol.offline import BLOCK

BELOW = 900
"""Numbers up to this are given one after another; the first block begins after it."""
HIGHEST = 9999
"""Four digits: a higher number fits no board."""
FEW = BLOCK // 2
"""With fewer unused numbers than this a kiosk gets another block."""
MOST_BLOCKS = 50
"""Blocks of one service that one kiosk gets on one day: a kiosk gone wrong does not eat up the numbers."""


@dataclass(frozen=True, slots=True)
class Block:
    """``first`` to ``last`` with ``prefix``, lent to ``device`` for ``service`` on the floor's day."""

    id: str
    device: str
    service: str
    prefix: str
    first: int
    last: int
    made_at: datetime
    used: frozenset[int] = frozenset()
    """The numbers handed in so far."""
    returned_at: datetime | None = None
    """Taken back: its kiosk is offered none of its numbers any more. What it has given still counts."""

    @property
    def unused(self) -> int:
        return self.last - self.first + 1 - len(self.used)

    def with_used(self, n: int) -> Block:
        return replace(self, used=self.used | {n})

    def true_time(self, told: datetime, now: datetime) -> datetime:
        """When a number of this block was given, if its kiosk says ``told``: not before it had the block, and
        not in the future."""
        return min(max(told, self.made_at), now)


Blocks = Mapping[str, Block]
"""The day's blocks by id; of each prefix the lower numbers come first."""


def next_number(blocks: Blocks, prefix: str, last: int) -> int:
    """The number after ``last`` that is nobody's."""
    n = last + 1
    if n <= BELOW:
        return n
    for block in blocks.values():
        if block.prefix == prefix and block.first <= n <= block.last:
            n = block.last + 1
    return n


def first_to_lend(blocks: Blocks, prefix: str, last: int) -> int | None:
    """The first number of the next block when ``last`` was given; None when no whole block is left."""
    lent = (block.last for block in blocks.values() if block.prefix == prefix)
    first = max(BELOW, last, *lent) + 1
    return first if first + BLOCK - 1 <= HIGHEST else None


def held(blocks: Blocks, device: str) -> Iterable[Block]:
    """The blocks from which ``device`` may still give numbers."""
    for block in blocks.values():
        if block.device == device and block.returned_at is None and block.unused:
            yield block


def needs_more(blocks: Blocks, device: str, service: str, prefix: str) -> bool:
    """Whether the kiosk is to get another block for ``service``, whose letter is ``prefix``."""
    own = [one for one in blocks.values() if (one.device, one.service) == (device, service)]
    left = sum(one.unused for one in held(blocks, device) if (one.service, one.prefix) == (service, prefix))
    return left < FEW and len(own) < MOST_BLOCKS
