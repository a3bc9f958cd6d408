"""What this kiosk offers now: a tile whose feature is not there is absent, never dead."""

from __future__ import annotations

from dataclasses import replace

from kiosk import model as m
from kiosk import visit as v
from server.protocol.booking import FieldView, ItemView


def purposes(state: m.State) -> tuple[v.Purpose, ...]:
    """What a code can be shown for here. The hall must take something, and labels need a printer."""
    if not takes_something(state):
        return ()
    printed: tuple[v.Purpose, ...] = ("check_in", "labels") if state.rules.labels != "none" else ("check_in",)
    return (*printed, *state.rules.errands)


def bookable(state: m.State) -> bool:
    """Whether appointments are made here."""
    return state.rules.booking and takes_something(state)


def takes_something(state: m.State) -> bool:
    return state.catalogue is not None and any(item.taken for item in state.catalogue.items)


def folded(state: m.State) -> bool:
    """Whether home has one tile for taking a number, with the services behind it: where it has others too."""
    return bool(purposes(state))


def restricted(state: m.State) -> bool:
    """Whether some item is taken from some kinds of customers only, so that they must be asked."""
    if state.catalogue is None:
        return False
    everybody = set(state.catalogue.customer_types)
    return any(set(item.for_whom) < everybody for item in state.catalogue.items if item.taken)


def fields(state: m.State) -> tuple[FieldView, ...]:
    """The fields that have items, in the hall's order."""
    if state.catalogue is None:
        return ()
    used = {item.field for item in state.catalogue.items}
    return tuple(field for field in state.catalogue.fields if field.id in used)


def items(state: m.State, field: str) -> tuple[ItemView, ...]:
    return tuple(item for item in state.catalogue.items if item.field == field) if state.catalogue else ()


def takes(item: ItemView, draft: v.Draft) -> bool:
    """Whether ``item`` is taken from whoever chooses."""
    return item.taken and (draft.customer is None or draft.customer in item.for_whom)


def register(state: m.State) -> m.State:
    """The first screen of registering instruments; unchanged where nothing is taken."""
    if not takes_something(state):
        return state
    if restricted(state):
        return replace(state, screen=v.ChoosingCustomer())
    return replace(state, screen=first_choice(state, v.Draft()))


def first_choice(state: m.State, draft: v.Draft) -> v.ChoosingField | v.ChoosingItem:
    """The fields; or at once the items, where there is one field only."""
    known = fields(state)
    return v.ChoosingItem(draft, known[0].id) if len(known) == 1 else v.ChoosingField(draft)
