"""When a screen is left by itself, and what is left of the person then: nothing."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v

Dated = m.Holding | v.Labelling | c.Printing | b.Appointed
"""Screens on which something runs out."""


def idle(state: m.State) -> float:
    """Seconds without a touch before the kiosk asks whether somebody is there."""
    return state.rules.idle_large if state.large else state.rules.idle


def farewell(state: m.State) -> float:
    """Seconds that a printed ticket stays on the screen; longer where there is more to take along."""
    seconds = state.rules.farewell_large if state.large else state.rules.farewell
    longer = v.Labelling | c.Printing | b.Appointed
    return 2 * seconds if isinstance(state.screen, longer) else seconds


def changed_by_person(state: m.State) -> bool:
    return state.large or state.voice or state.language != state.rules.language or state.screen != m.Home()


def ask_still_there(state: m.State, under: m.PublicScreen, now: float) -> m.State:
    warning = state.rules.warning
    return replace(state, screen=m.StillThere(under, now + warning, ceil(warning)))


def go_home(state: m.State, now: float) -> m.State:
    """Home for the next person; nothing of the one before is left."""
    return replace(
        state,
        screen=m.Home(),
        touched_at=now,
        language=state.rules.language,
        large=False,
        voice=False,
        corner_since=None,
    )


def afresh(screen: m.PublicScreen, now: float) -> m.PublicScreen:
    """``screen`` as somebody comes back to it: what runs out begins to run anew."""
    return replace(screen, since=now) if isinstance(screen, Dated) else screen
