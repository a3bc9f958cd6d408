"""Every rule of the kiosk's screens, pure: ``step(state, what happened, now) -> (state, effects)``.

No screen, no network, no clock, no randomness: ``now`` is passed in, a press brings its own key.

    home ── service ──► choosing ── take ──► issuing ──► holding ──► home
                                               │  └────► refused ──► home
                                               └───────► unreached ── retry, same key ──► issuing

What is shown over a screen (an emergency, a closed hall, a lost link) is decided by ``shown``.
Staff rules are in ``staff``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import assert_never

from server.protocol.views import TicketIssued

from . import model as m
from . import staff

Step = tuple[m.State, tuple[m.Effect, ...]]

NOTHING: tuple[m.Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Emergency:
    """The hall's emergency text fills the screen."""


@dataclass(frozen=True, slots=True)
class Loading:
    """The first view has not come yet. ``lost``: and the server can't be reached."""

    lost: bool


@dataclass(frozen=True, slots=True)
class HallClosed:
    """The hall is closed: its hours and phone instead of services."""


Shown = m.Screen | Emergency | Loading | HallClosed


def shown(state: m.State) -> Shown:
    """What stands on the screen now: the state's screen, or what must be shown in its place.

    An emergency stands above all but the staff corner. A number that was given stands above a closed
    hall and a lost link.
    """
    screen = state.screen
    if isinstance(screen, m.StaffScreen):
        return screen
    if state.home is not None and state.home.hall.emergency is not None:
        return Emergency()
    if isinstance(screen, m.Home):
        if state.home is None:
            return Loading(lost=state.link == "lost")
        if state.home.hall.state == "closed":
            return HallClosed()
    return screen


def stale(state: m.State) -> bool:
    """The figures on the screen may be old: nothing was heard of the server for too long."""
    return state.link == "lost"


def step(state: m.State, event: m.Input, now: float) -> Step:
    """What ``event`` at ``now`` makes of ``state``, and what must be done."""
    after, effects = _step(state, event, now)
    if type(after.screen) is not type(state.screen):
        after = replace(after, screen_since=now)
    if after.voice and _spoken(after) != _spoken(state):
        effects = (*effects, m.Speak())
    return after, effects


def _spoken(state: m.State) -> object:
    """What makes the kiosk speak again when it changes."""
    at = shown(state)
    paper = at.paper if isinstance(at, m.Holding) else ""
    return (type(at), paper, state.language, state.voice)


def _step(state: m.State, event: m.Input, now: float) -> Step:
    match event:
        case m.Tick():
            return _tick(state, now)
        case m.Touched():
            return _touch_anywhere(state, now)
        case m.CornerPressed():
            return replace(state, corner_since=now), NOTHING
        case m.CornerReleased():
            return replace(state, corner_since=None), NOTHING
        case m.PrinterChanged():
            return replace(state, printer=event.state), NOTHING
        case m.Heard():
            return replace(state, link="live" if state.home else state.link, heard_at=now), NOTHING
        case m.LinkBroken():
            return _link_broken(state), NOTHING
        case m.HomeSeen():
            return _home_seen(state, event, now), NOTHING
        case m.Issued():
            return _issued(state, event, now)
        case m.WasRefused():
            return _was_refused(state, event, now)
        case m.Unanswered():
            return _unanswered(state, event, now)
        case m.PaperEnded():
            return _paper_ended(state, event, now)
        case m.LookedUp() | m.Tested():
            return staff.answered(state, event)
        case _:
            if now - state.screen_since < state.rules.settle:
                return state, NOTHING
            state = replace(state, touched_at=now)
            if isinstance(state.screen, m.StaffScreen):
                return staff.touched(state, event, now)
            return _touched(state, event, now)


# ---- time ------------------------------------------------------------------------------------------


def _tick(state: m.State, now: float) -> Step:
    if state.home and state.link != "lost" and now - state.heard_at >= state.rules.stale:
        state = replace(state, link="lost")
    state = staff.unlock(state, now)
    if state.corner_since is not None and now - state.corner_since >= state.rules.hold:
        if _may_go_to_staff(state.screen):
            return replace(
                state, screen=m.StaffSignIn(), corner_since=None, touched_at=now, language="zh", large=False
            ), NOTHING
        state = replace(state, corner_since=None)
    if isinstance(shown(state), Emergency):
        return _wait_out_emergency(state, now), NOTHING
    return _tick_screen(state, state.screen, now)


def _may_go_to_staff(screen: m.Screen) -> bool:
    """Screens that the staff corner opens from: none on which a person's number or question stands."""
    if isinstance(screen, m.Guidance):
        return isinstance(screen.under, m.Home | m.Refused)
    return isinstance(screen, m.Home | m.Refused | m.Notices)


def _wait_out_emergency(state: m.State, now: float) -> m.State:
    """Nothing runs out while an emergency hides it: a number given is still there afterwards."""
    screen = state.screen
    if isinstance(screen, m.StillThere):
        screen = screen.under
    if isinstance(screen, m.Holding) and screen.paper != "printing":
        screen = replace(screen, since=now)
    return replace(state, screen=screen, touched_at=now)


def _tick_screen(state: m.State, screen: m.Screen, now: float) -> Step:
    quiet = now - state.touched_at
    rules = state.rules
    match screen:
        case m.Home():
            if quiet >= _idle(state) and _changed_by_person(state):
                return go_home(state, now), NOTHING
        case m.Issuing():
            waited = now - screen.since
            patience = 2 if waited >= rules.very_slow else 1 if waited >= rules.slow else 0
            if patience > screen.patience:
                return replace(state, screen=replace(screen, patience=patience)), NOTHING
        case m.Holding():
            if screen.paper == "printing":
                if now - screen.since >= rules.paper_limit:
                    return _paper_ended(state, m.PaperEnded(screen.ticket.id, "unknown"), now)
            elif screen.paper == "printed":
                if now - max(screen.since, state.touched_at) >= farewell(state):
                    return go_home(state, now), NOTHING
            elif quiet >= _idle(state):
                return _ask(state, screen, now), NOTHING
        case m.StillThere():
            left = ceil(screen.until - now)
            if left <= 0:
                return go_home(state, now), NOTHING
            if left < screen.left:
                return replace(state, screen=replace(screen, left=left)), NOTHING
        case m.Choosing() | m.Unreached() | m.Refused() | m.Notices() | m.Guidance():
            if quiet >= _idle(state):
                return _ask(state, screen, now), NOTHING
        case m.StaffSignIn() | m.StaffMenu() | m.Reprinting() | m.ScreenTest() | m.Closing():
            if quiet >= rules.staff_idle:
                return go_home(state, now), NOTHING
        case _:
            assert_never(screen)
    return state, NOTHING


def _idle(state: m.State) -> float:
    return state.rules.idle_large if state.large else state.rules.idle


def farewell(state: m.State) -> float:
    """Seconds that a printed ticket stays on the screen."""
    return state.rules.farewell_large if state.large else state.rules.farewell


def _changed_by_person(state: m.State) -> bool:
    return state.large or state.voice or state.language != state.rules.language or state.screen != m.Home()


def _ask(state: m.State, under: m.PublicScreen, now: float) -> m.State:
    warning = state.rules.warning
    return replace(state, screen=m.StillThere(under, now + warning, ceil(warning)))


def go_home(state: m.State, now: float) -> m.State:
    """Home for the next person; nothing of the one before is left."""
    return replace(
        state,
        screen=m.Home(),
        touched_at=now,
        language=state.rules.language,
        large=False,
        voice=False,
        corner_since=None,
    )


# ---- fingers ---------------------------------------------------------------------------------------


def _touch_anywhere(state: m.State, now: float) -> Step:
    return replace(state, touched_at=now), NOTHING


def _touched(state: m.State, event: m.Touch, now: float) -> Step:
    """A touch on a public screen; one that the screen does not offer changes nothing."""
    if isinstance(shown(state), Emergency):
        return state, NOTHING
    screen = state.screen
    match event:
        case m.LanguageTouched() if not isinstance(screen, m.StillThere):
            return replace(state, language="en" if state.language == "zh" else "zh"), NOTHING
        case m.LargeTouched() if not isinstance(screen, m.StillThere):
            return replace(state, large=not state.large), NOTHING
        case m.VoiceTouched() if state.rules.voice_offered:
            return replace(state, voice=not state.voice), NOTHING
        case m.HomeTouched() if _may_leave(screen):
            return replace(state, screen=m.Home()), NOTHING
        case m.NoticesTouched() if isinstance(screen, m.Home):
            return replace(state, screen=m.Notices()), NOTHING
        case m.HomeTouched() if isinstance(screen, m.StillThere):
            return go_home(state, now), NOTHING
        case m.HelpTouched() if isinstance(screen, m.Home | m.Choosing | m.Unreached | m.Refused):
            return replace(state, screen=m.Guidance(under=screen)), NOTHING
        case m.HelpTouched() if isinstance(screen, m.Holding) and screen.paper != "printing":
            return replace(state, screen=m.Guidance(under=screen)), NOTHING
        case m.BackTouched() if isinstance(screen, m.Guidance):
            return replace(state, screen=_afresh(screen.under, now)), NOTHING
        case m.PageTouched() if isinstance(screen, m.Home | m.Notices | m.Guidance):
            return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
        case m.ServiceTouched() if isinstance(shown(state), m.Home) and state.service(event.service):
            return replace(state, screen=m.Choosing(event.service)), NOTHING
        case m.PriorityTouched() if isinstance(screen, m.Choosing):
            return replace(state, screen=replace(screen, priority=event.priority)), NOTHING
        case m.TakeTouched() if isinstance(screen, m.Choosing):
            return _ask_server(
                state, m.Press(event.key, screen.service, screen.priority, state.language), now
            )
        case m.RetryTouched() if isinstance(screen, m.Unreached):
            return _ask_server(state, screen.press, now)
        case m.PrintAgainTouched() if isinstance(screen, m.Holding) and may_print_again(screen):
            # After an unknown end a first sheet may exist: the second one says that it is a second one.
            return _print(state, screen.ticket, now, reprint=screen.reprint or screen.paper == "unknown")
        case m.DoneTouched() if isinstance(screen, m.Holding) and screen.paper != "printing":
            return go_home(state, now), NOTHING
        case m.StayTouched() if isinstance(screen, m.StillThere):
            return replace(state, screen=_afresh(screen.under, now)), NOTHING
        case _:
            return state, NOTHING


def _may_leave(screen: m.Screen) -> bool:
    """Screens that a person may leave for home without losing anything."""
    if isinstance(screen, m.Guidance):
        return not isinstance(screen.under, m.Holding)
    return isinstance(screen, m.Choosing | m.Unreached | m.Refused | m.Notices)


def may_print_again(screen: m.Holding) -> bool:
    """Printing again is offered when the last try is over and is not known to have come out."""
    return screen.paper in ("out_of_paper", "cover_open", "offline", "error", "unknown")


def _afresh(screen: m.PublicScreen, now: float) -> m.PublicScreen:
    return replace(screen, since=now) if isinstance(screen, m.Holding) else screen


# ---- the server ------------------------------------------------------------------------------------


def _ask_server(state: m.State, press: m.Press, now: float) -> Step:
    return replace(state, screen=m.Issuing(press, now)), (m.Issue(press),)


def _asked(state: m.State) -> m.Press | None:
    """The press whose answer the person in front still waits for."""
    screen = state.screen.under if isinstance(state.screen, m.StillThere) else state.screen
    return screen.press if isinstance(screen, m.Issuing | m.Unreached) else None


def _issued(state: m.State, event: m.Issued, now: float) -> Step:
    press = _asked(state)
    if press is None or press.key != event.key:
        # Whoever asked is gone: the number is not shown to somebody else, the staff can print it.
        return state, (m.Remember(event.ticket),)
    state, effects = _print(state, event.ticket, now, reprint=False)
    return replace(state, touched_at=now), (m.Remember(event.ticket), *effects)


def _was_refused(state: m.State, event: m.WasRefused, now: float) -> Step:
    press = _asked(state)
    if press is None or press.key != event.key:
        return state, NOTHING
    return replace(state, screen=m.Refused(event.code, event.title, event.detail), touched_at=now), NOTHING


def _unanswered(state: m.State, event: m.Unanswered, now: float) -> Step:
    if isinstance(state.screen, m.Issuing) and state.screen.press.key == event.key:
        return replace(state, screen=m.Unreached(state.screen.press), touched_at=now), NOTHING
    return state, NOTHING


def _link_broken(state: m.State) -> m.State:
    """The connection ended. What was heard stays good until it is too old; with nothing heard, say so."""
    return replace(state, link="lost" if state.home is None or state.link == "lost" else "connecting")


def _home_seen(state: m.State, event: m.HomeSeen, now: float) -> m.State:
    state = replace(state, home=event.home, link="live", heard_at=now)
    screen = state.screen
    if isinstance(screen, m.Choosing) and (
        event.home.hall.state == "closed" or state.service(screen.service) is None
    ):
        return replace(state, screen=m.Home())
    return state


# ---- paper -----------------------------------------------------------------------------------------


def _print(state: m.State, ticket: TicketIssued, now: float, *, reprint: bool) -> Step:
    if state.printer == "none":
        return replace(state, screen=m.Holding(ticket, "none", now, reprint)), NOTHING
    return (
        replace(state, screen=m.Holding(ticket, "printing", now, reprint)),
        (m.Print(ticket, reprint),),
    )


def _paper_ended(state: m.State, event: m.PaperEnded, now: float) -> Step:
    screen = state.screen
    if isinstance(screen, m.Reprinting):
        return staff.paper_ended(state, event)
    if not (
        isinstance(screen, m.Holding) and screen.ticket.id == event.ticket and screen.paper == "printing"
    ):
        return state, NOTHING
    return (
        replace(state, screen=replace(screen, paper=event.paper, since=now), touched_at=now),
        (m.TellPaper(event.ticket, event.paper, screen.reprint),),
    )
