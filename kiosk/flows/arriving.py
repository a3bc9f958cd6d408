"""A code is shown or typed: read here, then asked about; and checking in with a voucher."""

from __future__ import annotations

from dataclasses import replace

from kiosk import alone as a
from kiosk import model as m
from kiosk import visit as v
from kiosk.staff import typed
from server.protocol.codes import NUMBER_DIGITS

from . import asking, collecting, labelling, offers, scanned
from .step import NOTHING, Step


def scan(state: m.State, event: v.Scanned, now: float) -> Step:
    """A scan counts where a code is wanted, at home, and where another voucher is shown in place of one."""
    screen = state.screen
    match screen:
        case v.Showing():
            return _shown(replace(state, touched_at=now), screen, event.text, now)
        case m.Home() | v.Services():
            # A camera sees all kinds of codes go by: only one of ours is meant for it.
            for purpose in offers.usable(state):
                found = scanned.read(event.text, purpose)
                if isinstance(found, scanned.Good):
                    return _ask(replace(state, touched_at=now), purpose, found, now)
        case v.Arrived() | a.ArrivedAlone():
            found = scanned.read(event.text, "check_in")
            if isinstance(found, scanned.Good) and found.code != screen.code:
                return _ask(replace(state, touched_at=now), "check_in", found, now)
        case _:
            pass
    return state, NOTHING


def showing(state: m.State, screen: v.Showing, event: m.Touch, now: float) -> Step:
    """The pad beside the viewfinder."""
    match event:
        case m.KeyTouched():
            digits = typed(screen.digits, event.key, NUMBER_DIGITS)
            return replace(state, screen=replace(screen, digits=digits, fault=None)), NOTHING
        case m.EnterTouched():
            return _shown(state, screen, screen.digits, now)
        case m.BackTouched():
            return replace(state, screen=m.Home()), NOTHING
        case v.RegisterTouched():
            return offers.register(state), NOTHING
        case _:
            return state, NOTHING


def arrived(state: m.State, screen: v.Arrived, event: m.Touch, now: float) -> Step:
    match event:
        case v.PiecesTouched() if screen.view.may_check_in:
            picks = counted(state, screen.picks, event)
            if picks == screen.picks or not any(pick.pieces for pick in picks):
                return state, NOTHING
            return asking.weigh(state, replace(screen, picks=picks))
        case v.CompleteTouched() if screen.view.may_check_in:
            picks = tuple(
                replace(pick, complete=event.complete) if event.item in ("", pick.item) else pick
                for pick in screen.picks
            )
            return asking.weigh(state, replace(screen, picks=picks)) if picks != screen.picks else (state, ())
        case m.PageTouched():
            return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
        case m.TakeTouched() if screen.view.may_check_in and not screen.why:
            return asking.ask(state, _press(state, screen, event.key), now)
        case m.BackTouched():
            return replace(state, screen=v.Showing("check_in")), NOTHING
        case v.PurposeTouched(purpose="labels") if "labels" in offers.purposes(state):
            return _ask(state, "labels", scanned.Good(screen.code), now)
        case v.ServicesTouched():
            return replace(state, screen=v.Services() if offers.folded(state) else m.Home()), NOTHING
        case _:
            return state, NOTHING


def labels_found(state: m.State, screen: v.LabelsFound, event: m.Touch, now: float) -> Step:
    match event:
        case v.PrintLabelsTouched():
            return labelling.chosen(state, screen, event, now)
        case m.BackTouched():
            return replace(state, screen=v.Showing("labels")), NOTHING
        case _:
            return state, NOTHING


def counted(state: m.State, picks: v.Picks, event: v.PiecesTouched) -> v.Picks:
    """``picks`` with more or fewer pieces of one item: from none to as many as one order may have."""
    item = state.item(event.item)
    most = item.most_in_order if item else 9999
    return tuple(
        replace(pick, pieces=min(max(0, pick.pieces + event.by), max(most, pick.pieces)))
        if pick.item == event.item
        else pick
        for pick in picks
    )


def _press(state: m.State, screen: v.Arrived, key: str) -> v.CheckInPress:
    one = screen.view.appointment
    booked = tuple((line.item, line.pieces) for line in one.lines) if one else ()
    came = tuple(pick for pick in screen.picks if pick.pieces)
    return v.CheckInPress(
        key,
        screen.code,
        None if tuple((pick.item, pick.pieces) for pick in came) == booked else came,
        all(pick.complete for pick in came),
        state.language,
        v.Place(one.starts_at, one.ends_at) if one and screen.view.arrival in ("on_time", "early") else None,
    )


def _shown(state: m.State, screen: v.Showing, text: str, now: float) -> Step:
    found = scanned.read(text, screen.purpose)
    if isinstance(found, scanned.Good):
        return _ask(state, screen.purpose, found, now)
    return replace(state, screen=replace(screen, fault=found)), NOTHING


def _ask(state: m.State, purpose: v.Purpose, found: scanned.Good, now: float) -> Step:
    if purpose != "check_in" and purpose != "labels":
        # Progress is shown to whoever has a code that nobody guesses; the rest needs the phone's tail too.
        needs_tail = purpose != "progress" or not found.secret
        return collecting.proved(state, purpose, found.code, needs_tail=needs_tail, now=now)
    state, key = asking.key(state)
    question = (
        v.Look(key, found.code, state.language)
        if purpose == "check_in"
        else v.FindLabels(key, found.code, state.language)
    )
    return asking.ask(state, question, now)
