"""What goes on while the server can't be reached: numbers from the block, and vouchers by the day's list.

A number is given here only when the link is known to be lost, or the request for it never left: otherwise one
is asked for with the same key as before, until the person would rather have one from here. That one names the
key, so that the server lets go of what the lost request may have made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk import alone as a
from kiosk import model as m
from kiosk import visit as v

from .step import NOTHING, Step

NONE = "none_alone"
"""The refusal of this kiosk itself: the number that was left is not there, or could not be kept."""


def seen(state: m.State, event: a.Input, press: m.Asked | None, now: float) -> Step:
    """News of what can be given, or of a voucher."""
    match event:
        case a.AloneStands():
            return replace(state, alone=event.standing), NOTHING
        case a.VouchedAlone():
            return vouched(state, event, press, now)
        case _:
            assert_never(event)


def cut_off(state: m.State) -> bool:
    """Whether this kiosk stands on its own: the link is lost, and it was lent numbers for today."""
    return state.link == "lost" and state.alone.lent


def closed(state: m.State) -> bool:
    """Whether no number is given by the clock, as nobody else can say so now."""
    return cut_off(state) and state.alone.over


def gives(state: m.State, service: str) -> bool:
    """Whether a number of ``service`` can be given from here."""
    return not state.alone.over and service in state.alone.services


def to_be_had(state: m.State, service: str) -> bool:
    """Whether ``service`` can be touched now: it can always be asked of the server, but from a block that is
    used up there is nothing to give."""
    return not cut_off(state) or gives(state, service)


def needs_server(state: m.State, purpose: v.Purpose) -> bool:
    """Whether a code can't be shown for ``purpose`` just now."""
    if not cut_off(state):
        return False
    return not (purpose == "check_in" and state.alone.vouchers and state.alone.services)


def link_broken(state: m.State, fault: m.LinkFault) -> m.State:
    """The connection ended. What was heard stays good until it is too old; with nothing heard since the
    start, the hall as it was last seen stands in, where numbers can be given by it; else it is said."""
    if state.home is None and state.kept is not None and state.alone.lent:
        return replace(state, home=state.kept, link="lost", link_fault=fault)
    link: m.Link = "lost" if state.home is None or state.link == "lost" else "connecting"
    return replace(state, link=link, link_fault=fault)


def instead(state: m.State, press: m.Asked, *, asked: bool) -> tuple[m.Effect, ...]:
    """What is done instead of asking the server; nothing where it must be asked. ``asked``: with this key it
    was asked already."""
    match press:
        case m.Press() if gives(state, press.service):
            before = press.key if asked else ""
            return (give(press, before),)
        case v.Look() | v.CheckInPress() if state.alone.vouchers and not state.alone.over:
            return (a.LookAlone(press.key, press.code),)
        case _:
            return NOTHING


def give(press: m.Press, instead_of: str) -> a.GiveAlone:
    return a.GiveAlone(press.key, press.service, press.language, press.priority, instead_of=instead_of)


def may_be_had(state: m.State, screen: m.Issuing) -> bool:
    """Whether a number from here may be offered in place of the one that is waited for."""
    return not screen.alone and isinstance(screen.press, m.Press) and gives(state, screen.press.service)


def instead_of_waiting(state: m.State, screen: m.Unreached, now: float) -> Step:
    """The person would rather have a number from here than wait for the answer."""
    if not isinstance(screen.press, m.Press) or not gives(state, screen.press.service):
        return state, NOTHING
    waiting = m.Issuing(screen.press, now, alone=True)
    return replace(state, screen=waiting), (give(screen.press, screen.press.key),)


def unanswered(state: m.State, screen: m.Issuing, event: m.Unanswered, now: float) -> Step | None:
    """What takes the place of an answer; None: nothing can."""
    press = screen.press
    if screen.alone:
        return None
    if not event.sent and state.link == "connecting":
        # Nothing is there to connect to, and the live view is gone as well.
        state = replace(state, link="lost")
    if event.sent and not isinstance(press, v.Look):
        return None
    effects = instead(state, press, asked=True)
    return (replace(state, screen=replace(screen, alone=True)), effects) if effects else None


def vouched(state: m.State, event: a.VouchedAlone, press: m.Asked | None, now: float) -> Step:
    """What the day's list says of the voucher that somebody shows."""
    if press is None or press.key != event.key:
        return state, NOTHING
    match press:
        case v.Look():
            screen = a.ArrivedAlone(press.code, event.listed, event.used)
            return replace(state, screen=screen, touched_at=now), NOTHING
        case v.CheckInPress():
            if event.listed is None or event.used or not gives(state, event.listed.service):
                return replace(state, screen=m.Unreached(press), touched_at=now), NOTHING
            return state, (_checked_in(press, event.listed.service, press.place, asked=True),)
        case _:
            return state, NOTHING


def arrived(state: m.State, screen: a.ArrivedAlone, event: m.Touch, now: float) -> Step:
    """A touch on what the list says."""
    match event:
        case m.TakeTouched() if may_check_in(state, screen) and screen.listed is not None:
            listed = screen.listed
            place = v.Place(listed.starts_at, listed.ends_at)
            press = v.CheckInPress(event.key, screen.code, None, True, state.language, place)
            waiting = m.Issuing(press, now, before=screen, alone=True)
            return replace(state, screen=waiting), (_checked_in(press, listed.service, place, asked=False),)
        case m.BackTouched():
            return replace(state, screen=v.Showing("check_in")), NOTHING
        case v.ServicesTouched():
            return replace(state, screen=v.Services()), NOTHING
        case _:
            return state, NOTHING


def may_check_in(state: m.State, screen: a.ArrivedAlone) -> bool:
    return screen.listed is not None and not screen.used and gives(state, screen.listed.service)


def _checked_in(press: v.CheckInPress, service: str, place: v.Place | None, *, asked: bool) -> a.GiveAlone:
    slot = (place.starts_at, place.ends_at) if place else None
    return a.GiveAlone(
        press.key,
        service,
        press.language,
        "appointment",
        voucher=press.code,
        slot=slot,
        instead_of=press.key if asked else "",
    )
