"""Booking by touch: the day, the time, a phone number, what is to be read and agreed to, and the voucher.

basket ── when ──► day ──► time ──► phone ──► notices, one by one ──► confirm ── book ──► voucher
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import assert_never

from kiosk import appointing as b
from kiosk import model as m
from kiosk import visit as v
from kiosk.staff import typed
from server.protocol.booking import AppointmentView, ItemView

from . import asking, leaving, offers
from .step import NOTHING, Step

MOBILE = re.compile(r"1[3-9][0-9]{9}")


def begin(state: m.State) -> m.State:
    """The first screen of booking; unchanged where nothing can be booked."""
    return replace(state, screen=v.ChoosingCustomer(booking=True)) if offers.bookable(state) else state


def times(state: m.State, screen: v.Basket, now: float) -> Step:
    """From what was chosen to the days that have room for it."""
    state, key = asking.key(state)
    draft = screen.draft
    question = b.FindSlots(key, draft, draft.customer or "resident", state.language)
    return asking.ask(state, question, now)


def slots_found(state: m.State, event: b.SlotsFound, now: float) -> Step:
    press = asking.asked(state)
    if not isinstance(press, b.FindSlots) or press.key != event.key:
        return state, NOTHING
    return replace(state, screen=b.ChoosingDay(press.draft, event.view), touched_at=now), NOTHING


def notices(state: m.State, draft: v.Draft) -> tuple[ItemView, ...]:
    """The items chosen that have a notice to be read."""
    known = (state.item(pick.item) for pick in draft.picks)
    return tuple(item for item in known if item is not None and item.notice is not None)


def to_tick(state: m.State, draft: v.Draft) -> tuple[str, ...]:
    """What must be ticked, page by page; the statement on personal data last."""
    return (*(item.id for item in notices(state, draft)), b.CONSENT)


def draft_of(screen: b.Screen) -> v.Draft | None:
    """What is being booked."""
    match screen:
        case b.ChoosingDay():
            return screen.draft
        case b.ChoosingSlot() | b.Phoning() | b.Agreeing() | b.Confirming():
            return draft_of(screen.under)
        case b.Appointed():
            return None
        case _:
            assert_never(screen)


def touched(state: m.State, screen: b.Screen, event: m.Touch, now: float) -> Step:
    if isinstance(event, m.PageTouched) and isinstance(screen, b.ChoosingDay | b.ChoosingSlot | b.Agreeing):
        return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
    match screen:
        case b.ChoosingDay():
            if isinstance(event, b.DayTouched):
                chosen = b.ChoosingSlot(screen, event.day)
                if chosen.view is not None and any(slot.free for slot in chosen.view.slots):
                    return replace(state, screen=chosen), NOTHING
            if isinstance(event, m.BackTouched):
                return asking.weigh(state, v.Basket(screen.draft))
        case b.ChoosingSlot():
            if isinstance(event, b.SlotTouched):
                slots = screen.view.slots if screen.view else ()
                slot = next((one for one in slots if one.id == event.slot and one.free), None)
                if slot is not None:
                    return replace(state, screen=b.Phoning(screen, slot)), NOTHING
            if isinstance(event, m.BackTouched):
                return replace(state, screen=screen.under), NOTHING
        case b.Phoning():
            return _phoning(state, screen, event), NOTHING
        case b.Agreeing():
            return _agreeing(state, screen, event), NOTHING
        case b.Confirming():
            return _confirming(state, screen, event, now)
        case b.Appointed():
            return _appointed(state, screen, event, now)
        case _:
            assert_never(screen)
    return state, NOTHING


def _phoning(state: m.State, screen: b.Phoning, event: m.Touch) -> m.State:
    match event:
        case m.KeyTouched():
            digits = typed(screen.digits, event.key, b.PHONE)
            return replace(state, screen=replace(screen, digits=digits, fault=None))
        case m.EnterTouched():
            if len(screen.digits) < b.PHONE:
                return replace(state, screen=replace(screen, fault="short"))
            if not MOBILE.fullmatch(screen.digits):
                return replace(state, screen=replace(screen, fault="wrong"))
            return replace(state, screen=b.Agreeing(screen))
        case m.BackTouched():
            return replace(state, screen=screen.under)
        case _:
            return state


def _agreeing(state: m.State, screen: b.Agreeing, event: m.Touch) -> m.State:
    draft = screen.under.under.under.draft
    pages = to_tick(state, draft)
    match event:
        case b.TickTouched() if event.item in pages:
            ticked = tuple(dict.fromkeys((*screen.ticked, event.item)))
            if set(pages) <= set(ticked):
                return replace(state, screen=b.Confirming(replace(screen, ticked=ticked)))
            # On to the next page that is not ticked yet.
            page = next(index for index, item in enumerate(pages) if item not in ticked)
            return replace(state, screen=replace(screen, ticked=ticked, page=page))
        case m.BackTouched() if screen.page % len(pages) > 0:
            return replace(state, screen=replace(screen, page=screen.page % len(pages) - 1))
        case m.BackTouched():
            return replace(state, screen=screen.under)
        case _:
            return state


def _confirming(state: m.State, screen: b.Confirming, event: m.Touch, now: float) -> Step:
    agreeing = screen.under
    phoning = agreeing.under
    match event:
        case m.TakeTouched():
            draft = phoning.under.under.draft
            press = b.BookPress(
                key=event.key,
                picks=draft.picks,
                customer=draft.customer or "resident",
                day=phoning.under.day,
                slot=phoning.slot.id,
                phone=phoning.digits,
                acknowledged=tuple(
                    (item.id, item.notice.version) for item in notices(state, draft) if item.notice
                ),
                consent=state.catalogue.consent.version if state.catalogue else "",
                language=state.language,
            )
            return asking.ask(state, press, now)
        case m.BackTouched():
            # What was read may be read again; agreed to it stays.
            return replace(state, screen=replace(agreeing, page=0)), NOTHING
        case _:
            return state, NOTHING


def booked(state: m.State, event: b.Booked, now: float) -> Step:
    press = asking.asked(state)
    if not isinstance(press, b.BookPress) or press.key != event.key:
        return state, NOTHING
    return _print(state, event.view, now, reprint=False)


def _print(state: m.State, view: AppointmentView, now: float, *, reprint: bool) -> Step:
    if state.printer == "none":
        return replace(state, screen=b.Appointed(view, "none", now), touched_at=now), NOTHING
    screen = b.Appointed(view, "printing", now, reprint)
    return replace(state, screen=screen, touched_at=now), (b.PrintVoucher(view, reprint, state.language),)


def may_print_again(screen: b.Appointed) -> bool:
    return screen.paper in ("out_of_paper", "cover_open", "offline", "error", "unknown")


def _appointed(state: m.State, screen: b.Appointed, event: m.Touch, now: float) -> Step:
    match event:
        case m.DoneTouched() if screen.paper != "printing":
            return leaving.go_home(state, now), NOTHING
        case m.PrintAgainTouched() if may_print_again(screen):
            again = screen.reprint or screen.paper == "unknown"
            return _print(state, screen.view, now, reprint=again)
        case _:
            return state, NOTHING


def voucher_ended(state: m.State, event: b.VoucherEnded, now: float) -> Step:
    screen = state.screen
    if not isinstance(screen, b.Appointed) or screen.paper != "printing":
        return state, NOTHING
    if screen.view.code != event.code:
        return state, NOTHING
    return replace(state, screen=replace(screen, paper=event.paper, since=now), touched_at=now), NOTHING


def tick(state: m.State, screen: b.Appointed, now: float) -> Step:
    since = max(screen.since, state.touched_at)
    if screen.paper == "printing":
        if now - screen.since >= state.rules.paper_limit:
            return voucher_ended(state, b.VoucherEnded(screen.view.code, "unknown"), now)
    elif screen.paper == "printed":
        if now - since >= leaving.farewell(state):
            return leaving.go_home(state, now), NOTHING
    elif now - since >= leaving.idle(state):
        return leaving.ask_still_there(state, screen, now), NOTHING
    return state, NOTHING
