"""What this kiosk offers now: a tile whose feature is not there is absent, never dead."""

from __future__ import annotations

from dataclasses import replace

from kiosk import model as m
from kiosk import visit as v
from server.protocol.booking import FieldView, ItemView

from . import alone


def purposes(state: m.State) -> tuple[v.Purpose, ...]:
    """What a code can be shown for here. The hall must take something, and labels need a printer."""
    if not takes_something(state):
        # Started without the server: what the hall takes is not known, but who is expected is.
        return ("check_in",) if alone.cut_off(state) and state.alone.vouchers else ()
    printed: tuple[v.Purpose, ...] = ("check_in", "labels") if state.rules.labels != "none" else ("check_in",)
    return (*printed, *state.rules.errands)


def usable(state: m.State) -> tuple[v.Purpose, ...]:
    """Those of them that can be used just now: while cut off most cannot."""
    return tuple(one for one in purposes(state) if not alone.needs_server(state, one))


def open_now(state: m.State, service: str) -> bool:
    """Whether ``service`` is one of the hall's, and a number of it can be had."""
    return state.service(service) is not None and alone.to_be_had(state, service)


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
    if not takes_something(state) or alone.cut_off(state):
        return state
    if restricted(state):
        return replace(state, screen=v.ChoosingCustomer())
    return replace(state, screen=first_choice(state, v.Draft()))


def first_choice(state: m.State, draft: v.Draft) -> v.ChoosingField | v.ChoosingItem:
    """The fields; or at once the items, where there is one field only."""
    known = fields(state)
    return v.ChoosingItem(draft, known[0].id) if len(known) == 1 else v.ChoosingField(draft)
