"""Instruments without an appointment, chosen by touch: whose, which field, which item, how many, and on.

(whose) ──► field ──► item ──► how many, its notice and parts ──► all that was chosen ── take ──► number
              ▲                                                       │
              └─────────────────────── something else too ────────────┘
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import appointing as b
from kiosk import model as m
from kiosk import visit as v

from . import appointing, arriving, asking, offers
from .step import NOTHING, Step

Choosing = v.ChoosingCustomer | v.ChoosingPriority | v.ChoosingField | v.ChoosingItem | v.Counting | v.Basket


def touched(state: m.State, screen: Choosing, event: m.Touch, now: float) -> Step:
    """A touch while choosing; one that the screen does not offer changes nothing."""
    if isinstance(event, m.PageTouched) and not isinstance(screen, v.Counting):
        return replace(state, screen=replace(screen, page=max(0, event.page))), NOTHING
    match screen:
        case v.ChoosingCustomer():
            if isinstance(event, v.CustomerTouched):
                draft = v.Draft(event.customer, booking=screen.booking)
                return replace(state, screen=offers.first_choice(state, draft)), NOTHING
            if isinstance(event, m.BackTouched):
                home = m.Home() if screen.booking else _start(state)
                return replace(state, screen=home), NOTHING
        case v.ChoosingPriority():
            if isinstance(event, m.PriorityTouched):
                draft = replace(screen.draft, priority=event.priority)
                return asking.weigh(state, v.Basket(draft))
            if isinstance(event, m.BackTouched):
                return asking.weigh(state, v.Basket(screen.draft))
        case v.ChoosingField():
            if isinstance(event, v.FieldTouched) and offers.items(state, event.field):
                return replace(state, screen=v.ChoosingItem(screen.draft, event.field)), NOTHING
            if isinstance(event, m.BackTouched):
                return _before_fields(state, screen.draft)
        case v.ChoosingItem():
            return _item(state, screen, event)
        case v.Counting():
            return _counting(state, screen, event)
        case v.Basket():
            return _basket(state, screen, event, now)
    return state, NOTHING


def _item(state: m.State, screen: v.ChoosingItem, event: m.Touch) -> Step:
    if isinstance(event, m.BackTouched):
        if len(offers.fields(state)) == 1:
            return _before_fields(state, screen.draft)
        return replace(state, screen=v.ChoosingField(screen.draft)), NOTHING
    item = state.item(event.item) if isinstance(event, v.ItemTouched) else None
    if item is None or not offers.takes(item, screen.draft):
        return state, NOTHING
    before = next((pick for pick in screen.draft.picks if pick.item == item.id), None)
    complete = None if item.accessories else True
    counting = v.Counting(screen.draft, item.id, before.pieces if before else 1, complete)
    return replace(state, screen=counting), NOTHING


def _counting(state: m.State, screen: v.Counting, event: m.Touch) -> Step:
    item = state.item(screen.item)
    if item is None:
        return replace(state, screen=offers.first_choice(state, screen.draft)), NOTHING
    match event:
        case v.PiecesTouched() if event.item == screen.item:
            pieces = min(max(1, screen.pieces + event.by), max(1, item.most_in_order))
            return replace(state, screen=replace(screen, pieces=pieces)), NOTHING
        case v.CompleteTouched() if event.item == screen.item:
            return replace(state, screen=replace(screen, complete=event.complete)), NOTHING
        case v.TermTouched():
            return replace(state, screen=replace(screen, term=event.term)), NOTHING
        case m.BackTouched() if screen.term is not None:
            return replace(state, screen=replace(screen, term=None)), NOTHING
        case m.BackTouched():
            return replace(state, screen=v.ChoosingItem(screen.draft, item.field)), NOTHING
        case v.AddTouched() if screen.complete is not None and screen.term is None:
            pick = v.Pick(screen.item, screen.pieces, screen.complete)
            known = any(one.item == pick.item for one in screen.draft.picks)
            picks = (
                tuple(pick if one.item == pick.item else one for one in screen.draft.picks)
                if known
                else (*screen.draft.picks, pick)
            )
            return asking.weigh(state, v.Basket(replace(screen.draft, picks=picks)))
        case _:
            return state, NOTHING


def _basket(state: m.State, screen: v.Basket, event: m.Touch, now: float) -> Step:
    draft = screen.draft
    match event:
        case v.PiecesTouched():
            picks = tuple(pick for pick in arriving.counted(state, draft.picks, event) if pick.pieces)
            if picks == draft.picks:
                return state, NOTHING
            draft = replace(draft, picks=picks)
            if not picks:
                return replace(state, screen=offers.first_choice(state, draft)), NOTHING
            return asking.weigh(state, replace(screen, draft=draft))
        case v.FirstTouched() if not draft.booking:
            return replace(state, screen=v.ChoosingPriority(draft)), NOTHING
        case v.MoreTouched() if may_add(state, screen):
            return replace(state, screen=offers.first_choice(state, draft)), NOTHING
        case m.BackTouched():
            return replace(state, screen=offers.first_choice(state, draft)), NOTHING
        case b.TimesTouched() if draft.booking and not screen.why:
            return appointing.times(state, screen, now)
        case m.TakeTouched() if not screen.why and not draft.booking:
            press = v.RegisterPress(
                event.key, draft.picks, draft.customer or "resident", draft.priority, state.language
            )
            return asking.ask(state, press, now)
        case _:
            return state, NOTHING


def may_add(state: m.State, screen: v.Basket) -> bool:
    """Whether one order may have another line."""
    return state.catalogue is not None and len(screen.draft.picks) < state.catalogue.rules.most_lines


def _before_fields(state: m.State, draft: v.Draft) -> Step:
    """Back from the first choice: to what was chosen already, to whose it is, or out."""
    if draft.picks:
        return asking.weigh(state, v.Basket(draft))
    if draft.booking or offers.restricted(state):
        return replace(state, screen=v.ChoosingCustomer(booking=draft.booking)), NOTHING
    return replace(state, screen=_start(state)), NOTHING


def _start(state: m.State) -> m.Screen:
    return v.Services() if offers.folded(state) else m.Home()
