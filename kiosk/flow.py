"""Every rule of the kiosk's screens, pure: ``step(state, what happened, now) -> (state, effects)``.

No screen, no network, no clock, no randomness: ``now`` is passed in, a press brings its own key.

    home ── service ──► choosing ── take ──► issuing ──► holding ──► labels ──► home
      ├── code shown ──► issuing ──► arrived ── check in ──┘│
      ├── instruments chosen ──► basket ── register ────────┤
      ├── code shown ──► labels found ──► labels            ├──► refused ──► home
      │                                                     └──► unreached ── retry, same key ──► issuing
      ├── code and phone's tail ──► what there is to collect ── number ──► holding
      ├── code ──► how far it is, live
      ├── code and phone's tail ──► certificates ──► printing, or an address for the phone
      └── instruments, day, time, phone, notices ── book ──► voucher

What is shown over a screen (an emergency, a closed hall, a lost link) is decided by ``shown``.
The rules of each part are in ``flows``, those of the staff in ``staff``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import alone as a
from . import appointing as b
from . import collecting as c
from . import model as m
from . import staff
from . import visit as v
from .devices import TROUBLES
from .flows import (
    alone,
    answering,
    appointing,
    arriving,
    asking,
    certifying,
    collecting,
    labelling,
    offers,
    paper,
    registering,
    waiting,
)
from .flows.leaving import Dated, afresh, farewell, go_home
from .flows.paper import may_print_again
from .flows.step import NOTHING, Step

__all__ = [
    "Emergency",
    "HallClosed",
    "Loading",
    "Shown",
    "farewell",
    "may_print_again",
    "shown",
    "stale",
    "step",
]


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
        if state.home.hall.state == "closed" or alone.closed(state):
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
    told: object = ""
    if isinstance(at, m.Holding):
        told = at.paper
    elif isinstance(at, v.Labelling):
        told = (at.paper, labelling.done(at))
    elif isinstance(at, v.Showing):
        told = at.fault
    elif isinstance(at, c.Printing):
        told = (at.stage, len(at.left))
    elif isinstance(at, b.Appointed):
        told = at.paper
    elif isinstance(at, b.Agreeing):
        told = at.page
    return (type(at), told, state.language, state.voice)


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
            return alone.link_broken(state, event.fault), NOTHING
        case m.HomeSeen():
            return _home_seen(state, event, now), NOTHING
        case m.Issued():
            return asking.issued(state, event, now)
        case m.WasRefused():
            return certifying.was_refused(state, event, now) or asking.was_refused(state, event, now)
        case m.Unanswered():
            return certifying.unanswered(state, event, now) or asking.unanswered(state, event, now)
        case b.SlotsFound():
            return appointing.slots_found(state, event, now)
        case b.Booked():
            return appointing.booked(state, event, now)
        case b.VoucherEnded():
            return appointing.voucher_ended(state, event, now)
        case v.Looked():
            return asking.looked(state, event, now)
        case v.Found():
            return asking.found(state, event, now)
        case v.Weighed():
            return asking.weighed(state, event), NOTHING
        case m.PaperEnded():
            return paper.ended(state, event, now)
        case v.LabelEnded():
            return labelling.ended(state, event, now)
        case v.ScannerChanged():
            return replace(state, scanner=event.state), NOTHING
        case v.LabelPrinterChanged():
            return replace(state, label_printer=event.state), NOTHING
        case v.CatalogueSeen():
            return _catalogue_seen(state, event), NOTHING
        case v.Scanned():
            if isinstance(shown(state), Emergency | Loading | HallClosed):
                return state, NOTHING
            return arriving.scan(state, event, now)
        case a.AloneStands() | a.VouchedAlone():
            return alone.seen(state, event, asking.asked(state), now)
        case m.LookedUp() | m.Tested():
            return staff.answered(state, event)
        case _ if isinstance(event, c.Input):
            return answering.came_back(state, event, now)
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
    return waiting.tick(state, state.screen, now)


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
    if isinstance(screen, c.Printing):
        screen = afresh(screen, now) if screen.stage in TROUBLES or not certifying.busy(screen) else screen
    elif isinstance(screen, Dated) and screen.paper != "printing":
        screen = afresh(screen, now)
    return replace(state, screen=screen, touched_at=now)


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
            return go_home(state, now), certifying.left(screen)
        case m.HelpTouched() if isinstance(screen, Dated):
            if _under_way(screen):
                return state, NOTHING
            return replace(state, screen=m.Guidance(under=screen)), NOTHING
        case m.HelpTouched() if isinstance(screen, m.Home | m.Choosing | m.Unreached | m.Refused):
            return replace(state, screen=m.Guidance(under=screen)), NOTHING
        case m.HelpTouched() if isinstance(screen, m.Visiting):
            return replace(state, screen=m.Guidance(under=screen)), NOTHING
        case m.BackTouched() if isinstance(screen, m.Guidance):
            return replace(state, screen=afresh(screen.under, now)), NOTHING
        case m.PageTouched() if isinstance(screen, m.Home | m.Notices | m.Guidance | v.Services):
            return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
        case m.ServiceTouched() if isinstance(shown(state), m.Home | v.Services) and offers.open_now(
            state, event.service
        ):
            return replace(state, screen=m.Choosing(event.service)), NOTHING
        case v.ServicesTouched() if isinstance(shown(state), m.Home) and offers.folded(state):
            return replace(state, screen=v.Services()), NOTHING
        case v.PurposeTouched() if isinstance(shown(state), m.Home) and event.purpose in offers.usable(state):
            return replace(state, screen=v.Showing(event.purpose)), NOTHING
        case v.RegisterTouched() if isinstance(shown(state), m.Home | v.Services):
            return offers.register(state), NOTHING
        case b.BookTouched() if isinstance(shown(state), m.Home) and not alone.cut_off(state):
            return appointing.begin(state), NOTHING
        case m.BackTouched() if isinstance(screen, m.Refused) and screen.back is not None:
            if isinstance(screen.back, v.Basket):
                return asking.weigh(state, screen.back)
            return replace(state, screen=screen.back), NOTHING
        case m.PriorityTouched() if isinstance(screen, m.Choosing):
            return replace(state, screen=replace(screen, priority=event.priority)), NOTHING
        case m.TakeTouched() if isinstance(screen, m.Choosing):
            press = m.Press(event.key, screen.service, screen.priority, state.language)
            return asking.ask(state, press, now)
        case m.RetryTouched() if isinstance(screen, m.Unreached):
            return asking.ask(state, screen.press, now)
        case a.AloneTouched() if isinstance(screen, m.Unreached):
            return alone.instead_of_waiting(state, screen, now)
        case m.PrintAgainTouched() if isinstance(screen, m.Holding) and may_print_again(screen):
            # After an unknown end a first sheet may exist: the second one says that it is a second one.
            again = screen.reprint or screen.paper == "unknown"
            return paper.print_ticket(state, screen.ticket, now, reprint=again, visit=screen.visit)
        case m.DoneTouched() if isinstance(screen, m.Holding) and screen.paper != "printing":
            if labelling.follow(state, screen):
                return labelling.after_ticket(state, screen, now)
            return go_home(state, now), NOTHING
        case m.StayTouched() if isinstance(screen, m.StillThere):
            return replace(state, screen=afresh(screen.under, now)), NOTHING
        case _:
            return _touched_visit(state, screen, event, now)


def _touched_visit(state: m.State, screen: m.Screen, event: m.Touch, now: float) -> Step:
    match screen:
        case v.Showing():
            return arriving.showing(state, screen, event, now)
        case v.Arrived():
            return arriving.arrived(state, screen, event, now)
        case a.ArrivedAlone():
            return alone.arrived(state, screen, event, now)
        case v.LabelsFound():
            return arriving.labels_found(state, screen, event, now)
        case v.Labelling():
            return labelling.touched(state, screen, event, now)
        case v.ChoosingCustomer() | v.ChoosingPriority() | v.ChoosingField() | v.ChoosingItem():
            return registering.touched(state, screen, event, now)
        case v.Counting() | v.Basket():
            return registering.touched(state, screen, event, now)
        case _ if isinstance(screen, c.Screen):
            return collecting.touched(state, screen, event, now)
        case _ if isinstance(screen, b.Screen):
            return appointing.touched(state, screen, event, now)
        case _:
            return state, NOTHING


def _under_way(screen: Dated) -> bool:
    """Whether paper is coming out, so that nothing may hide the screen."""
    return certifying.busy(screen) if isinstance(screen, c.Printing) else screen.paper == "printing"


def _may_leave(screen: m.Screen) -> bool:
    """Screens that a person may leave for home without losing anything."""
    if isinstance(screen, m.Guidance):
        return not isinstance(screen.under, Dated)
    if isinstance(screen, Dated):
        return False
    return isinstance(screen, m.Choosing | m.Unreached | m.Refused | m.Notices | m.Visiting)


OUTLASTS_HOURS = (
    v.Labelling | v.LabelsFound | c.Following | c.Certificates | c.Downloading | c.Printing | b.Appointed
)
"""What may be ended though the hall has closed meanwhile: nothing more is asked of a counter."""


# ---- the server ------------------------------------------------------------------------------------


def _home_seen(state: m.State, event: m.HomeSeen, now: float) -> m.State:
    state = replace(state, home=event.home, link="live", link_fault="", heard_at=now)
    screen = state.screen
    closed = event.home.hall.state == "closed"
    if isinstance(screen, m.Choosing) and (closed or state.service(screen.service) is None):
        return replace(state, screen=m.Home())
    if closed and isinstance(screen, m.Visiting) and not isinstance(screen, OUTLASTS_HOURS):
        return replace(state, screen=m.Home())
    return state


def _catalogue_seen(state: m.State, event: v.CatalogueSeen) -> m.State:
    """What is chosen from must be there: a choice whose items went begins anew at home."""
    state = replace(state, catalogue=event.catalogue)
    screen = state.screen
    if isinstance(screen, v.ChoosingItem) and not offers.items(state, screen.field):
        return replace(state, screen=m.Home())
    if isinstance(screen, v.Counting) and state.item(screen.item) is None:
        return replace(state, screen=m.Home())
    if isinstance(screen, b.Agreeing | b.Confirming) and event.catalogue is None:
        return replace(state, screen=m.Home())
    return state
