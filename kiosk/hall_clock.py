"""The server's time, kept here between its frames.

From the last frame on it goes by the steady clock: a jump of this machine's own clock moves nothing. After a
start without the server it is this machine's clock and the difference that was last kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class HallClock:
    """``steady``: seconds that only go forward; ``wall``: this machine's own time, with an offset."""

    def __init__(
        self,
        steady: Callable[[], float],
        wall: Callable[[], datetime],
        ahead: timedelta = timedelta(),
    ) -> None:
        self._steady = steady
        self._wall = wall
        self._ahead = ahead
        self._heard: tuple[datetime, float] | None = None

    def hear(self, at: datetime) -> None:
        """The server says that it is ``at``."""
        self._heard = (at, self._steady())
        self._ahead = at - self._wall()

    def now(self) -> datetime:
        """The server's time, as near as it is known here."""
        if self._heard is None:
            return self._wall() + self._ahead
        at, since = self._heard
        return at + timedelta(seconds=self._steady() - since)

    @property
    def ahead(self) -> timedelta:
        """By how much the server's clock was before this machine's when it was last heard."""
        return self._ahead
