"""The labels of an order, one after another: each printed at most once unasked, each end told.

printing ── printed ──► the next ──► … ──► all done ──► home
    └── failed or unknown ──► stopped ── continue ──► printing
                                 ├── it did come out ──► the next
                                 └── done ──► home; the rest can be printed at any kiosk
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import model as m
from kiosk import visit as v
from server.protocol.booking import OrderView
from server.protocol.views import TicketIssued

from . import leaving
from .step import NOTHING, Step

MOST = 120
"""Labels that a kiosk prints for one person: more would keep the others waiting, and the desk prints them."""


def follow(state: m.State, screen: m.Holding) -> bool:
    """Whether labels are printed after the ticket."""
    return isinstance(screen.visit, v.Visit) and state.rules.labels != "none" and few(screen.visit.order)


def few(order: OrderView) -> bool:
    """Whether the labels of ``order`` are few enough for a kiosk; and there are some."""
    return 0 < len(order.labels) <= MOST


def after_ticket(state: m.State, screen: m.Holding, now: float) -> Step:
    """The labels of what the ticket was taken for. Only where ``follow``."""
    order = screen.visit.order if isinstance(screen.visit, v.Visit) else None
    if order is None:
        return state, NOTHING
    codes = tuple(label.code for label in order.labels)
    return begin(state, order, codes, now, ticket=screen.ticket, reprint=order.again)


def begin(
    state: m.State,
    order: OrderView,
    codes: tuple[str, ...],
    now: float,
    *,
    ticket: TicketIssued | None = None,
    reprint: bool = False,
) -> Step:
    if not codes:
        return state, NOTHING
    return _print(state, v.Labelling(order, codes, "printing", now, ticket, reprint), now)


def done(screen: v.Labelling) -> bool:
    """Every label has come out, or is said to have."""
    return not screen.left


def ended(state: m.State, event: v.LabelEnded, now: float) -> Step:
    screen = state.screen
    if not isinstance(screen, v.Labelling) or screen.paper != "printing":
        return state, (v.TellLabels(),)
    if not screen.left or screen.left[0] != event.code:
        return state, (v.TellLabels(),)
    screen = replace(screen, ends=(*screen.ends, v.LabelEnd(event.code, event.paper)))
    state = replace(state, touched_at=now)
    if event.paper == "printed":
        return _next(state, screen, now)
    return replace(state, screen=replace(screen, paper=event.paper, since=now)), (v.TellLabels(),)


def touched(state: m.State, screen: v.Labelling, event: m.Touch, now: float) -> Step:
    if screen.paper == "printing":
        return state, NOTHING
    match event:
        case m.DoneTouched():
            return leaving.go_home(state, now), NOTHING
        case v.ContinueTouched() if screen.left:
            return _print(state, replace(screen, paper="printing", since=now), now)
        case v.SkipTouched() if screen.left and screen.paper == "unknown":
            code = screen.left[0]
            tries = sum(end == v.LabelEnd(code, "unknown") for end in screen.ends)
            seen = v.LabelSeen(screen.order.id, code, screen.reprint or tries > 1)
            screen = replace(screen, ends=(*screen.ends, v.LabelEnd(code, "printed")))
            state, effects = _next(state, screen, now)
            return state, (seen, *effects)
        case _:
            return state, NOTHING


def chosen(state: m.State, screen: v.LabelsFound, event: v.PrintLabelsTouched, now: float) -> Step:
    """Print the labels that were looked up: all, or those that this kiosk has not printed."""
    if not few(screen.order):
        return state, NOTHING
    codes = tuple(label.code for label in screen.order.labels if event.all or label.code not in screen.here)
    # The rest of what this kiosk began has never come out: it is no reprint.
    again = event.all if screen.here else screen.order.again
    return begin(state, screen.order, codes, now, reprint=again)


def _next(state: m.State, screen: v.Labelling, now: float) -> Step:
    """On with the label after the one that came out; the server hears of them when the last is out."""
    screen = replace(screen, left=screen.left[1:])
    if screen.left:
        return _print(state, replace(screen, paper="printing", since=now), now)
    return replace(state, screen=replace(screen, paper="printed", since=now)), (v.TellLabels(),)


def _print(state: m.State, screen: v.Labelling, now: float) -> Step:
    state = replace(state, screen=screen, touched_at=now)
    label = screen.at
    if label is None:
        return state, NOTHING
    return state, (v.PrintLabel(screen.order.id, label, _again(screen, label.code)),)


def _again(screen: v.Labelling, code: str) -> bool:
    """Whether a first label with this code may exist."""
    return screen.reprint or any(end == v.LabelEnd(code, "unknown") for end in screen.ends)
