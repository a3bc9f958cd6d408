"""The rules of the staff corner: the PIN and its lock, the tests, a reprint by number, and closing. Pure."""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest

from . import model as m

Step = tuple[m.State, tuple[m.Effect, ...]]

NOTHING: tuple[m.Effect, ...] = ()
PIN_LENGTH = 12
NUMBER_LENGTH = 4


def unlock(state: m.State, now: float) -> m.State:
    """Let the PIN pad work again once its lock ran out."""
    if state.pin_locked_until is not None and now >= state.pin_locked_until:
        return replace(state, pin_locked_until=None, pin_wrong=0)
    return state


def touched(state: m.State, event: m.Touch, now: float) -> Step:
    """A touch on a staff screen; one that the screen does not offer changes nothing."""
    screen = state.screen
    if isinstance(event, m.HomeTouched):
        return replace(state, screen=m.Home()), NOTHING
    match screen:
        case m.StaffSignIn():
            return _sign_in(state, screen, event, now)
        case m.StaffMenu():
            return _menu(state, screen, event)
        case m.Reprinting():
            return _reprint(state, screen, event)
        case m.ScreenTest():
            if isinstance(event, m.PageTouched):
                return replace(state, screen=m.ScreenTest(event.page)), NOTHING
        case m.Closing():
            if event == m.StaffTouched("closed"):
                return state, (m.Close(),)
    if event == m.StaffTouched("menu"):
        return replace(state, screen=m.StaffMenu()), NOTHING
    return state, NOTHING


def _sign_in(state: m.State, screen: m.StaffSignIn, event: m.Touch, now: float) -> Step:
    if state.pin_locked_until is not None:
        return state, NOTHING
    if isinstance(event, m.KeyTouched):
        return replace(state, screen=m.StaffSignIn(typed(screen.digits, event.key, PIN_LENGTH))), NOTHING
    if not isinstance(event, m.EnterTouched) or not screen.digits:
        return state, NOTHING
    if compare_digest(screen.digits, state.rules.pin):
        return replace(state, screen=m.StaffMenu(), pin_wrong=0), NOTHING
    wrong = state.pin_wrong + 1
    locked = now + state.rules.pin_lock if wrong >= state.rules.pin_tries else None
    return replace(state, screen=m.StaffSignIn(wrong=True), pin_wrong=wrong, pin_locked_until=locked), NOTHING


def _menu(state: m.State, screen: m.StaffMenu, event: m.Touch) -> Step:
    match event:
        case m.TestTouched() if dict(screen.tests).get(event.test) != "busy":
            return replace(state, screen=_noted(screen, event.test, "busy")), (m.RunTest(event.test),)
        case m.StaffTouched(to="reprint"):
            return replace(state, screen=m.Reprinting(prefix=_first_prefix(state))), NOTHING
        case m.StaffTouched(to="screen"):
            return replace(state, screen=m.ScreenTest()), NOTHING
        case m.StaffTouched(to="close"):
            return replace(state, screen=m.Closing()), NOTHING
    return state, NOTHING


def prefixes(state: m.State) -> tuple[str, ...]:
    """The letters that the hall's numbers begin with, in the hall's order."""
    services = state.home.services if state.home else ()
    return tuple(dict.fromkeys(service.prefix for service in services))


def _first_prefix(state: m.State) -> str:
    return next(iter(prefixes(state)), "")


def _reprint(state: m.State, screen: m.Reprinting, event: m.Touch) -> Step:
    if screen.note in ("looking", "printing"):
        return state, NOTHING
    match event:
        case m.PrefixTouched():
            return replace(state, screen=replace(screen, prefix=event.prefix, note="")), NOTHING
        case m.KeyTouched():
            digits = typed(screen.digits, event.key, NUMBER_LENGTH)
            return replace(state, screen=replace(screen, digits=digits, note="")), NOTHING
        case m.EnterTouched() if screen.digits:
            number = number_of(screen)
            return replace(state, screen=replace(screen, note="looking")), (m.LookUp(number),)
        case m.StaffTouched(to="menu"):
            return replace(state, screen=m.StaffMenu()), NOTHING
    return state, NOTHING


def number_of(screen: m.Reprinting) -> str:
    """The number typed, as tickets write it: at least three digits."""
    return f"{screen.prefix}{screen.digits.zfill(3)}"


def answered(state: m.State, event: m.LookedUp | m.Tested) -> Step:
    """The answer to a look-up or a device test; one that nobody waits for any more changes nothing."""
    screen = state.screen
    if isinstance(event, m.Tested):
        if isinstance(screen, m.StaffMenu):
            return replace(state, screen=_noted(screen, event.test, "good" if event.good else "bad")), NOTHING
        return state, NOTHING
    if not (
        isinstance(screen, m.Reprinting) and screen.note == "looking" and number_of(screen) == event.number
    ):
        return state, NOTHING
    if event.ticket is None:
        return replace(state, screen=replace(screen, note=event.why or "not_found")), NOTHING
    if state.printer == "none":
        return replace(state, screen=replace(screen, note="none")), NOTHING
    return replace(state, screen=replace(screen, note="printing")), (m.Print(event.ticket, reprint=True),)


def paper_ended(state: m.State, event: m.PaperEnded) -> Step:
    """The end of a reprint that the staff asked for."""
    screen = state.screen
    if not isinstance(screen, m.Reprinting) or screen.note != "printing":
        return state, NOTHING
    return (
        replace(state, screen=replace(screen, note=event.paper, digits="")),
        (m.TellPaper(event.ticket, event.paper, reprint=True),),
    )


def _noted(screen: m.StaffMenu, test: m.Test, result: m.Result) -> m.StaffMenu:
    return m.StaffMenu(tuple({**dict(screen.tests), test: result}.items()))


def typed(digits: str, key: str, most: int) -> str:
    """``digits`` after ``key`` of the pad; no longer than ``most``."""
    if key == "delete":
        return digits[:-1]
    if key == "clear":
        return ""
    return (digits + key)[:most] if len(key) == 1 and key in "0123456789" else digits
