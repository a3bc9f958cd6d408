"""Time on each screen: progress that is shown, ends that are given up, and who is asked for."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import assert_never

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v

from . import alone, appointing, certifying, labelling, paper
from .leaving import ask_still_there, changed_by_person, farewell, go_home, idle
from .step import NOTHING, Step


def tick(state: m.State, screen: m.Screen, now: float) -> Step:
    quiet = now - state.touched_at
    rules = state.rules
    match screen:
        case m.Home():
            if quiet >= idle(state) and changed_by_person(state):
                return go_home(state, now), NOTHING
        case m.Issuing():
            waited = now - screen.since
            patience = 2 if waited >= rules.very_slow else 1 if waited >= rules.slow else 0
            if patience > screen.patience:
                return replace(state, screen=replace(screen, patience=patience)), NOTHING
            if waited >= rules.alone_after and alone.may_be_had(state, screen):
                return replace(state, screen=m.Unreached(screen.press), touched_at=now), NOTHING
        case m.Holding():
            if screen.paper == "printing":
                if now - screen.since >= rules.paper_limit:
                    return paper.ended(state, m.PaperEnded(screen.ticket.id, "unknown"), now)
            elif screen.paper == "printed":
                if now - max(screen.since, state.touched_at) >= farewell(state):
                    return go_home(state, now), NOTHING
            elif quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case m.StillThere():
            left = ceil(screen.until - now)
            if left <= 0:
                return go_home(state, now), certifying.left(screen)
            if left < screen.left:
                return replace(state, screen=replace(screen, left=left)), NOTHING
        case v.Labelling():
            return _tick_labels(state, screen, now)
        case m.Choosing() | m.Unreached() | m.Refused() | m.Notices() | m.Guidance():
            if quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case v.Services() | v.Showing() | v.Arrived() | a.ArrivedAlone() | v.LabelsFound():
            if quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case v.ChoosingCustomer() | v.ChoosingPriority() | v.ChoosingField() | v.ChoosingItem():
            if quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case v.Counting() | v.Basket():
            if quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case c.Printing():
            return certifying.tick(state, screen, now)
        case c.Tail() | c.Collecting() | c.Following() | c.Certificates() | c.Downloading():
            if quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case b.Appointed():
            return appointing.tick(state, screen, now)
        case b.ChoosingDay() | b.ChoosingSlot() | b.Phoning() | b.Agreeing() | b.Confirming():
            if quiet >= idle(state):
                return ask_still_there(state, screen, now), NOTHING
        case m.StaffSignIn() | m.StaffMenu() | m.Reprinting() | m.ScreenTest() | m.Closing():
            if quiet >= rules.staff_idle:
                return go_home(state, now), NOTHING
        case _:
            assert_never(screen)
    return state, NOTHING


def _tick_labels(state: m.State, screen: v.Labelling, now: float) -> Step:
    since = max(screen.since, state.touched_at)
    if labelling.done(screen):
        if now - since >= farewell(state):
            return go_home(state, now), NOTHING
    elif screen.paper == "printing":
        if now - screen.since >= state.rules.paper_limit:
            return labelling.ended(state, v.LabelEnded(screen.left[0], "unknown"), now)
    elif now - since >= idle(state):
        return ask_still_there(state, screen, now), NOTHING
    return state, NOTHING
