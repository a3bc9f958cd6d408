"""The time that the halls go by: the machine's clock, never back, and never a leap that nobody vouches for.

A machine's clock is set by time servers, by people, and by a battery that is empty. Ours follows it as far as
it can be believed (docs/decisions/017-a-clock-that-never-goes-back.md):

- ahead by up to ``LEAP``: followed at once;
- behind by up to ``LEAP``: ours goes on at half its pace until both agree;
- further off: ours goes on at the pace of the monotonic clock, *held*, until the two agree again, a time
  server vouches for the machine's clock, a person does (``liqu-server clock --right``), or that clock,
  which had been in the past, is set to a time after all that is known.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

NOTICED = timedelta(seconds=2)
"""A jump shorter than this is a correction."""
LEAP = timedelta(hours=1)
FURTHEST = timedelta(days=366)
"""Later than this after the last that is known, no start believes the clock by itself."""
UNVOUCHED = (-1, 5)
"""What adjtimex(2) answers when it may not be asked, and when no time server vouches for the clock."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def since_boot() -> float:
    """Seconds that have passed, those of a sleeping machine too, whatever becomes of its clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def vouched_for() -> bool:
    """Whether the kernel holds that a time server set the machine's clock. A clock set by hand is not."""
    ask = getattr(ctypes.CDLL(None), "adjtimex", None)
    # Modes 0 at its beginning: nothing is set. It is longer than the structure on any machine.
    return ask is not None and ask(ctypes.byref((ctypes.c_long * 64)())) not in UNVOUCHED


def nobody() -> bool:
    return False


class SteadyClock:
    """Called for the time. ``known``: the last instant that the database knows of, so certainly past.

    ``confirmed``: whether a person vouches for the machine's clock now; asked only while ours is held.
    From any thread.
    """

    def __init__(
        self,
        known: datetime | None = None,
        wall: Callable[[], datetime] = utc_now,
        passed: Callable[[], float] = since_boot,
        vouched: Callable[[], bool] = vouched_for,
        confirmed: Callable[[], bool] = nobody,
    ) -> None:
        self._wall, self._passed, self._vouched, self._confirmed = wall, passed, vouched, confirmed
        self._lock = threading.Lock()
        self._at = passed()
        self._seen = wall()
        self._told = self._seen if known is None else known
        self._behind = False
        """The machine's clock stood before what is known: it is certainly wrong."""
        self._asked: float | None = None
        """When it was last asked whether anybody vouches for the clock: not at every command."""
        self._jumped: timedelta | None = None
        self.held = False
        """Ours does not follow the machine's clock."""
        if known is not None and timedelta() <= self._seen - known <= FURTHEST:
            self._told = self._seen
        elif known is not None and self._seen < known - NOTICED:
            log.error("the machine's clock is %s before the last line of the journal", known - self._seen)
        self()

    def __call__(self) -> datetime:
        with self._lock:
            wall, at = self._wall(), self._passed()
            passed = timedelta(seconds=max(0.0, at - self._at))
            due = self._told + passed
            self._notice(wall - self._seen - passed)
            self._seen, self._at = wall, at
            if abs(wall - due) <= LEAP or self._believed(wall - due):
                self._follow()
                # Behind: ours goes slower until both agree. Behind by more only where a person said so.
                self._told = max(wall, self._told + passed / 2)
            else:
                self._hold(wall - due)
                self._told = due
            return self._told

    @property
    def off(self) -> float | None:
        """Seconds that the machine's clock is ahead of ours; else by how much it jumped last; None: never."""
        told = self()
        with self._lock:
            apart = self._seen - told
            if abs(apart) > NOTICED:
                return apart.total_seconds()
            return None if self._jumped is None else self._jumped.total_seconds()

    def _believed(self, ahead: timedelta) -> bool:
        """Whether to go by a clock that is far off."""
        if ahead < timedelta():
            # Never back: held until it is set right. What is past cannot come again.
            return False
        if self._behind and ahead <= FURTHEST:
            return True
        if self._asked is not None and self._at - self._asked < 1:
            return False
        self._asked = self._at
        return self._vouched() or self._confirmed()

    def _notice(self, jump: timedelta) -> None:
        if abs(jump) > NOTICED:
            self._jumped = jump
            log.warning("the machine's clock jumped by %+.0f s", jump.total_seconds())

    def _hold(self, ahead: timedelta) -> None:
        self._behind = ahead < timedelta()
        if not self.held:
            log.error(
                "the machine's clock is off by %+.0f s and is not gone by: set it right, or, where it is,"
                " tell so by 'liqu-server clock --right'",
                ahead.total_seconds(),
            )
        self.held = True

    def _follow(self) -> None:
        if self.held:
            log.warning("the machine's clock is gone by again")
        self.held = self._behind = False
