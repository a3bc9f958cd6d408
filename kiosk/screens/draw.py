"""Draws what is shown: one drawing for each screen, none left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from kiosk import flow
from kiosk import model as m
from kiosk.widgets.pen import Pen

from . import choosing, holding, home, message, reading, staff


def draw(pen: Pen, state: m.State, *, wall: datetime, now: float, new_key: Callable[[], str]) -> None:
    """Place the widgets of what ``state`` shows. ``wall`` is the time in the hall's zone."""
    at = flow.shown(state)
    match at:
        case flow.Emergency():
            message.emergency(pen, state)
        case flow.Loading():
            message.loading(pen, state, at, wall)
        case flow.HallClosed():
            message.hall_closed(pen, state, wall)
        case m.Home():
            home.draw(pen, state, at, wall)
        case m.Choosing():
            choosing.draw(pen, state, at, wall, new_key)
        case m.Issuing(patience=0):
            # Most answers come at once: the screen touched stays until a wait is worth telling.
            press = at.press
            chosen = m.Choosing(press.service, _choice(press))
            choosing.draw(pen, state, chosen, wall, new_key)
        case m.Issuing():
            message.issuing(pen, state, at, wall)
        case m.Unreached():
            message.unreached(pen, state, at, wall)
        case m.Refused():
            message.refused(pen, state, at, wall)
        case m.Holding():
            holding.draw(pen, state, at, wall)
        case m.Notices() | m.Guidance():
            reading.draw(pen, state, at, wall)
        case m.StillThere():
            message.still_there(pen, state, at, wall)
        case m.StaffSignIn():
            staff.sign_in(pen, state, at, wall, now)
        case m.StaffMenu():
            staff.menu(pen, state, at, wall)
        case m.Reprinting():
            staff.reprint(pen, state, at, wall)
        case m.ScreenTest():
            staff.screen_test(pen, at)
        case m.Closing():
            staff.closing(pen, state, wall)
        case _:
            assert_never(at)


def _choice(press: m.Press) -> m.Choice:
    return next((choice for choice in m.CHOICES if choice == press.priority), "ordinary")
