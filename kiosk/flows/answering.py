"""Answers and news for who collects, follows, or prints certificates: each to its own rule."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk import collecting as c
from kiosk import model as m

from . import certifying, collecting
from .step import NOTHING, Step


def came_back(state: m.State, event: c.Input, now: float) -> Step:
    """An answer, or news of a printer, for who collects, follows or prints certificates."""
    match event:
        case c.PickupFound():
            return collecting.pickup_found(state, event, now)
        case c.NumberGiven():
            return collecting.given(state, event, now)
        case c.ProgressFound():
            return collecting.progress_found(state, event, now)
        case c.ProgressSeen():
            return collecting.progress_seen(state, event)
        case c.CertificatesFound():
            return certifying.found(state, event, now)
        case c.LinkGiven():
            return certifying.link_given(state, event)
        case c.PrintGranted():
            return certifying.granted(state, event, now)
        case c.DocumentStaged():
            return certifying.staged(state, event, now)
        case c.DocumentEnded():
            return certifying.ended(state, event, now)
        case c.DocumentPrinterChanged():
            return replace(state, documents=event.state), NOTHING
        case _:
            assert_never(event)
