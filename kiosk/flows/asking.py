"""Asking the server, and its answers: what is asked waits on a screen, and is retried with its own key."""

from __future__ import annotations

from dataclasses import replace

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v
from server.protocol.booking import Verdict
from server.protocol.words import CustomerType

from . import alone, paper
from .step import NOTHING, Step, beneath, put_beneath


def ask(state: m.State, press: m.Asked, now: float) -> Step:
    """Ask the server; or, while the link is lost, answer from here what can be."""
    before = state.screen if isinstance(state.screen, m.Home | m.Visiting) else None
    waiting = m.Issuing(press, now, before=before)
    if alone.cut_off(state):
        own = alone.instead(state, press, asked=isinstance(state.screen, m.Unreached))
        if own:
            return replace(state, screen=replace(waiting, alone=True)), own
    return replace(state, screen=waiting), (m.Issue(press),)


def key(state: m.State) -> tuple[m.State, str]:
    """A fresh key for a question that changes nothing."""
    state = replace(state, questions=state.questions + 1)
    return state, f"question-{state.questions}"


def gives(press: m.Asked) -> bool:
    """Whether a number is asked for."""
    return isinstance(press, m.Giving)


def asked(state: m.State) -> m.Asked | None:
    """The press whose answer the person in front still waits for."""
    screen = state.screen.under if isinstance(state.screen, m.StillThere) else state.screen
    return screen.press if isinstance(screen, m.Issuing | m.Unreached) else None


def issued(state: m.State, event: m.Issued, now: float) -> Step:
    press = asked(state)
    if press is None or press.key != event.key:
        # Whoever asked is gone: the number is not shown to somebody else, the staff can print it.
        return state, (m.Remember(event.ticket),)
    if (
        isinstance(state.screen, m.Issuing)
        and state.screen.alone
        and not isinstance(event.ticket, a.GivenAlone)
    ):
        # Too late: a number is being given from here, and the server will let go of this one.
        return state, NOTHING
    visit = None
    if event.order is not None:
        visit = v.Visit(event.order, press.place if isinstance(press, v.CheckInPress) else None)
    state, effects = paper.print_ticket(state, event.ticket, now, reprint=False, visit=visit)
    return replace(state, touched_at=now), (m.Remember(event.ticket), *effects)


def looked(state: m.State, event: v.Looked, now: float) -> Step:
    press = asked(state)
    if not isinstance(press, v.Look) or press.key != event.key:
        return state, NOTHING
    one = event.view.appointment
    picks = tuple(v.Pick(line.item, line.pieces) for line in one.lines) if one else ()
    screen = v.Arrived(press.code, event.view, picks, one.verdict if one else None)
    return replace(state, screen=screen, touched_at=now), NOTHING


def found(state: m.State, event: v.Found, now: float) -> Step:
    press = asked(state)
    if not isinstance(press, v.FindLabels) or press.key != event.key:
        return state, NOTHING
    return replace(state, screen=v.LabelsFound(event.order, event.here), touched_at=now), NOTHING


def was_refused(state: m.State, event: m.WasRefused, now: float) -> Step:
    press = asked(state)
    if press is None or press.key != event.key:
        return _not_weighed(state, event.key, event.detail or event.title), NOTHING
    if isinstance(state.screen, m.Issuing) and state.screen.alone and event.code != alone.NONE:
        return state, NOTHING
    # Who is checked in already has a number: to say that there is none would be wrong.
    none_given = gives(press) and event.code != "already_checked_in"
    screen = m.Refused(event.code, event.title, event.detail, none_given, _otherwise(press, event.code))
    return replace(state, screen=screen, touched_at=now), NOTHING


def _otherwise(press: m.Asked, code: str) -> m.Visiting | None:
    """Where a person can do better after this refusal; None: nowhere."""
    if code in ("too_many_requests", "busy", "unavailable"):
        return None
    match press:
        case b.BookPress():
            draft = v.Draft(press.customer, press.picks, booking=True)
            return v.Basket(draft)
        case b.FindSlots():
            return v.Basket(press.draft)
        case c.FindPickup():
            return v.Showing("pickup")
        case c.FindProgress():
            return v.Showing("progress")
        case c.FindCertificates():
            return v.Showing("certificates")
        case _:
            return None


def unanswered(state: m.State, event: m.Unanswered, now: float) -> Step:
    if isinstance(state.screen, m.Issuing) and state.screen.press.key == event.key:
        own = alone.unanswered(state, state.screen, event, now)
        if own is not None or state.screen.alone:
            return own or (state, NOTHING)
        return replace(state, screen=m.Unreached(state.screen.press), touched_at=now), NOTHING
    return _not_weighed(state, event.key, ""), NOTHING


# ---- the verdict on what was chosen, asked for behind the screen -----------------------------------


def weigh(state: m.State, screen: v.Arrived | v.Basket) -> Step:
    """Show ``screen``, and ask what becomes of its pieces; the answer before is out of date."""
    state, fresh = key(state)
    if isinstance(screen, v.Basket):
        picks, customer = screen.draft.picks, screen.draft.customer
    else:
        picks, customer = screen.picks, _customer_of(screen)
    question = v.Weigh(
        fresh, tuple(pick for pick in picks if pick.pieces), customer or "resident", state.language
    )
    return (
        replace(state, screen=replace(screen, verdict=None, weighing=fresh, why="")),
        (m.Issue(question),),
    )


def _customer_of(screen: v.Arrived) -> CustomerType | None:
    return screen.view.appointment.customer_type if screen.view.appointment else None


def weighed(state: m.State, event: v.Weighed) -> m.State:
    return _with_verdict(state, event.key, event.verdict, "")


def _not_weighed(state: m.State, key: str, why: str) -> m.State:
    return _with_verdict(state, key, None, why)


def _with_verdict(state: m.State, key: str, verdict: Verdict | None, why: str) -> m.State:
    """The answer, where the screen that asked still stands, be it beneath help or "still there?"."""
    screen = beneath(state.screen)
    if not isinstance(screen, v.Arrived | v.Basket) or screen.weighing != key or not key:
        return state
    answered = replace(screen, verdict=verdict, weighing="", why=why)
    return replace(state, screen=put_beneath(state.screen, answered))
