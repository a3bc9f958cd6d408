"""What a screen knows of its link to the server, and whose time counts.

The server's time is the hall's time. It is carried on by the screen's monotonic clock, so that neither a
wrong nor a jumping clock of the box makes a fresh call look old or an old one fresh.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

SILENCE = 25.0
"""Seconds without any frame after which the link counts as lost (heartbeats come every 10)."""
GRACE = 1.5
"""Seconds that a broken link may take to come back before the screen says so."""
CLOCK_TOLERANCE = timedelta(seconds=60)

LinkState = Literal["connecting", "live", "lost"]


@dataclass(frozen=True, slots=True)
class Now:
    """One moment: the box's own clock (aware), and its monotonic seconds."""

    clock: datetime
    ticks: float


@dataclass(frozen=True, slots=True)
class Link:
    """``since``: ticks at which it was made or broke; ``heard``: ticks of the last frame of any kind."""

    connected: bool = False
    since: float = 0.0
    heard: float | None = None
    server_at: datetime | None = None
    server_ticks: float = 0.0

    def time(self, now: Now) -> datetime:
        """The hall's time: the server's, or the box's own before the server has told its time."""
        if self.server_at is None:
            return now.clock
        return self.server_at + timedelta(seconds=now.ticks - self.server_ticks)


def opened(link: Link, now: Now) -> Link:
    return replace(link, connected=True, since=now.ticks, heard=now.ticks)


def heard(link: Link, now: Now) -> Link:
    """A frame came."""
    return replace(link, heard=now.ticks)


def told_time(link: Link, server_at: datetime, now: Now) -> Link:
    """The server told its time, in a heartbeat or as it answered the handshake."""
    return replace(link, server_at=server_at, server_ticks=now.ticks)


def broke(link: Link, now: Now) -> Link:
    return replace(link, connected=False, since=now.ticks) if link.connected else link


def link_state(link: Link, now: Now) -> LinkState:
    if link.connected:
        silent = link.heard is not None and now.ticks - link.heard > SILENCE
        return "lost" if silent else "live"
    if now.ticks - link.since <= GRACE:
        return "live" if link.heard is not None else "connecting"
    return "lost"


def clock_is_wrong(link: Link, now: Now) -> bool:
    """Whether the box's own clock is more than a minute off the server's."""
    return link.server_at is not None and abs(link.time(now) - now.clock) > CLOCK_TOLERANCE
