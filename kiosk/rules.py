"""What the technician sets for a kiosk: times, places of paper, what is offered."""

from __future__ import annotations

from dataclasses import dataclass

from server.protocol.words import Language

from . import collecting as c
from .devices import LabelPlace


@dataclass(frozen=True, slots=True)
class Rules:
    """What the technician sets. Seconds."""

    pin: str
    language: Language = "zh"
    idle: float = 45.0
    idle_large: float = 75.0
    warning: float = 20.0
    """How long "still there?" waits; at least 20 s, extended by a single touch."""
    farewell: float = 10.0
    farewell_large: float = 18.0
    """How long a printed ticket stays on the screen."""
    staff_idle: float = 120.0
    slow: float = 0.3
    """A wait longer than this shows progress."""
    very_slow: float = 4.0
    alone_after: float = 12.0
    """An answer that takes longer need not be waited for, where a number can be given without it."""
    stale: float = 25.0
    paper_limit: float = 30.0
    """A printer that has not ended a job by then leaves its end unknown."""
    settle: float = 0.25
    """A touch this soon after the screen changed was meant for the screen before."""
    hold: float = 5.0
    pin_tries: int = 5
    pin_lock: float = 300.0
    voice_offered: bool = False
    labels: LabelPlace = "none"
    """Where the labels of instruments come out."""
    viewfinder: bool = False
    """The scanner is a camera, and shows what it sees."""
    errands: tuple[c.Errand, ...] = c.ERRANDS
    """What one may come back for here."""
    booking: bool = True
    """Whether appointments are made here."""
    mending: float = 150.0
    """How long a printer without paper (or worse) may keep somebody waiting before they are asked for."""
    print_limit: float = 300.0
    """A certificate that has not moved by then leaves its end unknown; its driver gives up earlier."""
