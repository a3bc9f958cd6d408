"""Certificates: a list to print or take away from, and one after another through the printer.

asking ──► sending ──► printing ── completed ──► the next ──► … ──► all done
   │           └── no paper, jam, cover, offline: waits in the printer until mended ──► printing
   │           └── called off, given up, end unknown ──┐
   └── refused, or no answer ──────────────────────────┴──► stopped: again, the next one, the list

A copy counts as printed only when the printer said that its job has completed; every other end is told
as what it is, and a copy that nobody waits for any more is given back.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v
from kiosk.devices import TROUBLES, UNDER_WAY, PrintStage
from server.protocol.pickup import CertificateView

from . import asking, leaving
from .step import NOTHING, Step, beneath, put_beneath


def found(state: m.State, event: c.CertificatesFound, now: float) -> Step:
    press = asking.asked(state)
    if not isinstance(press, c.FindCertificates) or press.key != event.key:
        return state, NOTHING
    return replace(state, screen=c.Certificates(press.proof, event.view), touched_at=now), NOTHING


def printable(state: m.State, screen: c.Certificates) -> tuple[CertificateView, ...]:
    """What may be printed here now."""
    if state.documents == "none":
        return ()
    return tuple(one for one in screen.view.certificates if may_print(one))


def may_print(one: CertificateView) -> bool:
    return one.may_print and one.prints_left > 0


def may_download(one: CertificateView) -> bool:
    return one.state == "issued"


def listed(state: m.State, screen: c.Certificates, event: m.Touch, now: float) -> Step:
    match event:
        case c.PrintTouched():
            names = tuple(one.id for one in printable(state, screen) if event.certificate in (None, one.id))
            if not names:
                return state, NOTHING
            return _ask(state, c.Printing(screen, names, "asking", now), event.key, now)
        case c.DownloadTouched():
            one = next((one for one in screen.view.certificates if one.id == event.certificate), None)
            if one is None or not may_download(one):
                return state, NOTHING
            state, key = asking.key(state)
            question = c.AskLink(key, one.id, screen.proof, state.language)
            return replace(state, screen=c.Downloading(screen, one, key)), (m.Issue(question),)
        case m.PageTouched():
            return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
        case m.BackTouched():
            return replace(state, screen=v.Showing("certificates")), NOTHING
        case _:
            return state, NOTHING


# ---- for the phone ---------------------------------------------------------------------------------


def downloading(state: m.State, screen: c.Downloading, event: m.Touch) -> Step:
    match event:
        case m.BackTouched():
            return replace(state, screen=screen.under), NOTHING
        case m.RetryTouched() if screen.link is None and not screen.asking:
            state, key = asking.key(state)
            question = c.AskLink(key, screen.certificate.id, screen.under.proof, state.language)
            return replace(state, screen=replace(screen, asking=key, why="")), (m.Issue(question),)
        case _:
            return state, NOTHING


def link_given(state: m.State, event: c.LinkGiven) -> Step:
    screen = beneath(state.screen)
    if not isinstance(screen, c.Downloading) or screen.asking != event.key or not event.key:
        return state, NOTHING
    newer = replace(screen, asking="", link=event.link, why="")
    return replace(state, screen=put_beneath(state.screen, newer)), NOTHING


# ---- paper -----------------------------------------------------------------------------------------


def busy(screen: c.Printing) -> bool:
    """Whether something is under way: nobody leaves without calling it off."""
    return screen.stage in UNDER_WAY


def done(screen: c.Printing) -> bool:
    return not screen.left


def printing(state: m.State, screen: c.Printing, event: m.Touch, now: float) -> Step:
    if busy(screen):
        if isinstance(event, c.StopTouched) and screen.stage != "stopping" and screen.job is not None:
            stopping = replace(screen, stage="stopping", since=now)
            return replace(state, screen=stopping), (c.StopDocument(screen.job.id),)
        return state, NOTHING
    match event:
        case m.DoneTouched():
            return leaving.go_home(state, now), NOTHING
        case m.BackTouched():
            return _list_again(state, screen, now)
        case c.AgainTouched() if screen.left and screen.stage != "refused":
            if screen.stage == "unreached" and screen.press is not None:
                # No answer came: the same press brings the copy that may be set aside already.
                asked = replace(screen, stage="asking", since=now)
                return replace(state, screen=asked), (m.Issue(screen.press),)
            return _ask(state, screen, event.key, now)
        case c.NextTouched() if len(screen.left) > 1:
            return _ask(state, replace(screen, left=screen.left[1:]), event.key, now)
        case _:
            return state, NOTHING


def granted(state: m.State, event: c.PrintGranted, now: float) -> Step:
    screen = beneath(state.screen)
    if not _asked_by(screen, event.key):
        # Whoever asked is gone: the copy goes back.
        return state, (c.TellPrint(event.job.id, "failed", "left"),)
    assert isinstance(screen, c.Printing)  # noqa: S101  # a narrowing that the checker can't see
    newer = replace(screen, stage="sending", since=now, job=event.job, pages=0)
    return _on_screen(state, newer, now), (c.PrintDocument(event.job),)


def staged(state: m.State, event: c.DocumentStaged, now: float) -> Step:
    screen = beneath(state.screen)
    if not isinstance(screen, c.Printing) or screen.job is None or screen.job.id != event.job:
        return state, NOTHING
    if not busy(screen) or screen.stage == "stopping" or event.stage not in UNDER_WAY:
        return state, NOTHING
    newer = replace(screen, stage=event.stage, since=now, pages=max(screen.pages, event.pages))
    mended = screen.stage in TROUBLES and event.stage not in TROUBLES
    if mended:
        return _on_screen(state, newer, now), NOTHING
    return replace(state, screen=put_beneath(state.screen, newer)), NOTHING


def ended(state: m.State, event: c.DocumentEnded, now: float) -> Step:
    tell = c.TellPrint(event.job, event.end, event.reason)
    screen = beneath(state.screen)
    if not isinstance(screen, c.Printing) or screen.job is None or screen.job.id != event.job:
        return state, (tell,)
    if not busy(screen):
        return state, (tell,)
    state, effects = _ended(state, screen, event.end, now)
    return state, (tell, *effects)


def was_refused(state: m.State, event: m.WasRefused, now: float) -> Step | None:
    """None where it was no question of these screens."""
    screen = beneath(state.screen)
    if isinstance(screen, c.Downloading) and screen.asking == event.key and event.key:
        newer: m.Visiting = replace(screen, asking="", why=event.detail or event.title or event.code)
        return replace(state, screen=put_beneath(state.screen, newer)), NOTHING
    if not _asked_by(screen, event.key):
        return None
    assert isinstance(screen, c.Printing)  # noqa: S101  # a narrowing that the checker can't see
    refused = replace(screen, title=event.title, why=event.detail)
    return _stopped(state, refused, "refused", now), NOTHING


def unanswered(state: m.State, event: m.Unanswered, now: float) -> Step | None:
    screen = beneath(state.screen)
    if isinstance(screen, c.Downloading) and screen.asking == event.key and event.key:
        newer: m.Visiting = replace(screen, asking="")
        return replace(state, screen=put_beneath(state.screen, newer)), NOTHING
    if not _asked_by(screen, event.key):
        return None
    assert isinstance(screen, c.Printing)  # noqa: S101  # a narrowing that the checker can't see
    return _stopped(state, screen, "unreached", now), NOTHING


def tick(state: m.State, screen: c.Printing, now: float) -> Step:
    since = max(screen.since, state.touched_at)
    rules = state.rules
    if screen.stage in TROUBLES:
        if now - since >= rules.mending:
            return leaving.ask_still_there(state, screen, now), NOTHING
    elif busy(screen):
        if now - screen.since >= rules.print_limit:
            effects: tuple[m.Effect, ...] = (c.StopDocument(screen.job.id),) if screen.job else ()
            return _stopped(state, screen, "unknown", now), effects
    elif done(screen):
        if now - since >= leaving.farewell(state):
            return leaving.go_home(state, now), NOTHING
    elif now - since >= leaving.idle(state):
        return leaving.ask_still_there(state, screen, now), NOTHING
    return state, NOTHING


def left(screen: m.Screen) -> tuple[m.Effect, ...]:
    """What must be called off when a person leaves ``screen``: nothing of theirs comes out behind them."""
    under = beneath(screen)
    if isinstance(under, c.Printing) and busy(under) and under.job is not None:
        return (c.StopDocument(under.job.id),)
    return NOTHING


def _asked_by(screen: m.Screen, key: str) -> bool:
    return (
        isinstance(screen, c.Printing)
        and screen.stage == "asking"
        and screen.press is not None
        and screen.press.key == key
    )


def _ask(state: m.State, screen: c.Printing, key: str, now: float) -> Step:
    """Ask for a copy of the certificate that is first."""
    press = c.AskPrint(key, screen.left[0], screen.under.proof, state.language)
    newer = replace(screen, stage="asking", since=now, press=press, job=None, pages=0, title="", why="")
    return replace(state, screen=newer), (m.Issue(press),)


def _ended(state: m.State, screen: c.Printing, end: c.End, now: float) -> Step:
    if end != "printed":
        return _stopped(state, screen, end, now), NOTHING
    state = _stopped(state, screen, "printed", now)
    newer = beneath(state.screen)
    assert isinstance(newer, c.Printing) and screen.job  # noqa: S101, PT018  # as just put there
    newer = replace(newer, left=newer.left[1:])
    if not newer.left:
        return replace(state, screen=newer), NOTHING
    # The key of the next copy follows from the one before: each copy still has one of its own.
    return _ask(state, newer, f"{screen.job.id}-next", now)


def _stopped(state: m.State, screen: c.Printing, stage: PrintStage, now: float) -> m.State:
    end = c.CertificateEnd(screen.left[0] if screen.left else "", stage)
    newer = replace(screen, stage=stage, since=now, ends=(*screen.ends, end), pages=0)
    return _on_screen(state, newer, now)


def _on_screen(state: m.State, screen: c.Printing, now: float) -> m.State:
    """Something happened that the person must see: help and "still there?" give way."""
    return replace(state, screen=screen, touched_at=now)


def _list_again(state: m.State, screen: c.Printing, now: float) -> Step:
    """Back to the list, as it is now: copies were used."""
    state, key = asking.key(state)
    question = c.FindCertificates(key, screen.under.proof, state.language)
    return asking.ask(state, question, now)
