"""Draws what is shown: one drawing for each screen, none left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.widgets.pen import Pen

from . import (
    alone,
    appointing,
    arrived,
    certifying,
    choosing,
    collecting,
    following,
    holding,
    home,
    labelling,
    message,
    printing,
    proving,
    reading,
    registering,
    showing,
    staff,
)


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
        case m.Issuing(patience=0) if isinstance(at.press, m.Press) or at.before is not None:
            # Most answers come at once: the screen touched stays until a wait is worth telling.
            before = _before(at)
            draw(pen, replace(state, screen=before), wall=wall, now=now, new_key=new_key)
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
        case v.Services():
            home.services(pen, state, at, wall)
        case v.Showing():
            showing.draw(pen, state, at, wall)
        case v.Arrived():
            arrived.draw(pen, state, at, wall, new_key)
        case a.ArrivedAlone():
            alone.arrived(pen, state, at, wall, new_key)
        case v.ChoosingCustomer():
            registering.customer(pen, state, at, wall)
        case v.ChoosingPriority():
            registering.priority(pen, state, at, wall)
        case v.ChoosingField():
            registering.fields(pen, state, at, wall)
        case v.ChoosingItem():
            registering.items(pen, state, at, wall)
        case v.Counting():
            registering.counting(pen, state, at, wall)
        case v.Basket():
            registering.basket(pen, state, at, wall, new_key)
        case v.LabelsFound():
            labelling.found(pen, state, at, wall)
        case v.Labelling():
            labelling.rolling(pen, state, at, wall)
        case c.Tail():
            proving.tail(pen, state, at, wall)
        case c.Collecting():
            collecting.draw(pen, state, at, wall, new_key)
        case c.Following():
            following.draw(pen, state, at, wall)
        case c.Certificates():
            certifying.listed(pen, state, at, wall, new_key)
        case c.Downloading():
            certifying.downloading(pen, state, at, wall)
        case c.Printing():
            printing.draw(pen, state, at, wall, new_key)
        case b.ChoosingDay():
            appointing.days(pen, state, at, wall)
        case b.ChoosingSlot():
            appointing.slots(pen, state, at, wall)
        case b.Phoning():
            proving.phone(pen, state, at, wall)
        case b.Agreeing():
            appointing.agreeing(pen, state, at, wall)
        case b.Confirming():
            appointing.confirming(pen, state, at, wall, new_key)
        case b.Appointed():
            appointing.appointed(pen, state, at, wall)
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


def _before(at: m.Issuing) -> m.Screen:
    """Where it was asked from."""
    if at.before is not None:
        return at.before
    press = at.press
    return m.Choosing(press.service, _choice(press)) if isinstance(press, m.Press) else m.Home()


def _choice(press: m.Press) -> m.Choice:
    return next((choice for choice in m.CHOICES if choice == press.priority), "ordinary")
