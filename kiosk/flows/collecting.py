"""Coming back with a code: the phone's last digits, what there is to collect, how far a case is."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v
from kiosk.staff import typed

from . import asking, certifying, paper
from .step import NOTHING, Step, beneath, put_beneath


def proved(state: m.State, errand: c.Errand, code: str, *, needs_tail: bool, now: float) -> Step:
    """A code was read for ``errand``: ask for the phone's tail, or at once the server."""
    if needs_tail:
        return replace(state, screen=c.Tail(errand, code), touched_at=now), NOTHING
    return find(state, errand, c.Proof(code), now)


def find(state: m.State, errand: c.Errand, proof: c.Proof, now: float) -> Step:
    state, key = asking.key(state)
    question: c.Question
    match errand:
        case "pickup":
            question = c.FindPickup(key, proof, state.language)
        case "progress":
            question = c.FindProgress(key, proof, state.language)
        case "certificates":
            question = c.FindCertificates(key, proof, state.language)
        case _:
            assert_never(errand)
    return asking.ask(state, question, now)


def tail(state: m.State, screen: c.Tail, event: m.Touch, now: float) -> Step:
    match event:
        case m.KeyTouched():
            digits = typed(screen.digits, event.key, c.TAIL)
            return replace(state, screen=replace(screen, digits=digits, short=False)), NOTHING
        case m.EnterTouched() if len(screen.digits) < c.TAIL:
            return replace(state, screen=replace(screen, short=True)), NOTHING
        case m.EnterTouched():
            return find(state, screen.errand, c.Proof(screen.code, screen.digits), now)
        case m.BackTouched():
            return replace(state, screen=v.Showing(screen.errand)), NOTHING
        case _:
            return state, NOTHING


# ---- collecting ------------------------------------------------------------------------------------


def pickup_found(state: m.State, event: c.PickupFound, now: float) -> Step:
    press = asking.asked(state)
    if not isinstance(press, c.FindPickup) or press.key != event.key:
        return state, NOTHING
    return replace(state, screen=c.Collecting(press.proof, event.view), touched_at=now), NOTHING


def collecting(state: m.State, screen: c.Collecting, event: m.Touch, now: float) -> Step:
    match event:
        case m.TakeTouched() if may_take(screen):
            return asking.ask(state, c.CollectPress(event.key, screen.proof, state.language), now)
        case m.PageTouched():
            return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
        case m.BackTouched():
            return replace(state, screen=v.Showing("pickup")), NOTHING
        case _:
            return state, NOTHING


def may_take(screen: c.Collecting) -> bool:
    """Whether a number for the pick-up counter is offered: something is ready, and none was taken today."""
    return screen.view.may_collect and not screen.view.ticket


def given(state: m.State, event: c.NumberGiven, now: float) -> Step:
    press = asking.asked(state)
    if not isinstance(press, c.CollectPress) or press.key != event.key:
        return state, (m.Remember(event.ticket),)
    state, effects = paper.print_ticket(
        state, event.ticket, now, reprint=False, visit=c.Collection(event.pickup)
    )
    return replace(state, touched_at=now), (m.Remember(event.ticket), *effects)


# ---- following -------------------------------------------------------------------------------------


def progress_found(state: m.State, event: c.ProgressFound, now: float) -> Step:
    screen = beneath(state.screen)
    if isinstance(screen, c.Following) and screen.asking == event.key and event.key:
        newer = replace(screen, view=event.view, asking="")
        return replace(state, screen=put_beneath(state.screen, newer)), NOTHING
    press = asking.asked(state)
    if not isinstance(press, c.FindProgress) or press.key != event.key:
        return state, NOTHING
    return replace(state, screen=c.Following(press.proof, event.view), touched_at=now), NOTHING


def progress_seen(state: m.State, event: c.ProgressSeen) -> Step:
    """Show what changed at once; what only proof shows is asked for behind the screen."""
    screen = beneath(state.screen)
    if not isinstance(screen, c.Following) or screen.view.code != event.code:
        return state, NOTHING
    kept = {"number": screen.view.number}
    if not event.view.pickup_code:
        kept |= {"pickup_code": screen.view.pickup_code, "pickup_number": screen.view.pickup_number}
    view = event.view.model_copy(update=kept)
    if view == screen.view:
        return state, NOTHING
    newer = replace(screen, view=view)
    if screen.question is not None and open_question(newer) is None:
        newer = replace(newer, question=None)
    if not screen.proof.tail:
        return replace(state, screen=put_beneath(state.screen, newer)), NOTHING
    state, key = asking.key(state)
    newer = replace(newer, asking=key)
    question = c.FindProgress(key, screen.proof, state.language)
    return replace(state, screen=put_beneath(state.screen, newer)), (m.Issue(question),)


def following(state: m.State, screen: c.Following, event: m.Touch, now: float) -> Step:
    match event:
        case m.PageTouched():
            return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
        case c.QuestionTouched():
            wanted = replace(screen, question=event.question)
            if event.question is None or open_question(wanted) is not None:
                return replace(state, screen=wanted), NOTHING
            return state, NOTHING
        case m.BackTouched() if screen.question is not None:
            return replace(state, screen=replace(screen, question=None)), NOTHING
        case m.BackTouched():
            return replace(state, screen=v.Showing("progress")), NOTHING
        case _:
            return state, NOTHING


def open_question(screen: c.Following) -> str | None:
    """The question that is shown, if it still waits for an answer."""
    return next(
        (one.id for one in screen.view.questions if one.id == screen.question and not one.answer), None
    )


def followed(state: m.State) -> str | None:
    """The case whose changes are wanted now: only while somebody looks at it."""
    screen = beneath(state.screen)
    return screen.view.code if isinstance(screen, c.Following) else None


def touched(state: m.State, screen: c.Screen, event: m.Touch, now: float) -> Step:
    match screen:
        case c.Tail():
            return tail(state, screen, event, now)
        case c.Collecting():
            return collecting(state, screen, event, now)
        case c.Following():
            return following(state, screen, event, now)
        case c.Certificates():
            return certifying.listed(state, screen, event, now)
        case c.Downloading():
            return certifying.downloading(state, screen, event)
        case c.Printing():
            return certifying.printing(state, screen, event, now)
        case _:
            assert_never(screen)
