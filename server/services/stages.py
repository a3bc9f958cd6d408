"""Moving samples through the house: the one place that changes a sample's state and what its order came to.

Every use case calls ``move`` for each sample and ``settle`` once for their order, in its own transaction. The
lines that they leave in the journal (``sample.MOVE``, ``order.STATE``) are the case's timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from server.domain.refusal import Refusal
from server.domain.samples import Move, after, order_state, said_at_the_counter
from server.store import orders

from . import ready
from .work import Ledger


def move(ledger: Ledger, sample: orders.Sample, what: Move, **facts: Any) -> orders.Sample | Refusal:
    """``sample`` after ``what``, written with its line in the journal. Refused: sample_state.

    ``facts`` go into the line: ids, codes and figures; never a name or a phone number of a customer.
    Whatever else the caller changed of ``sample`` (its holder, its conclusion) is written too.
    """
    state = after(sample.state, what)
    if isinstance(state, Refusal):
        return state
    moved = replace(sample, state=state, changed_at=ledger.now)
    orders.save_sample(ledger.connection, moved)
    ledger.note(f"sample.{what}", sample.code, {"from": sample.state, "to": state, **facts})
    ledger.touch(sample.order)
    ready.moved(ledger, moved, what)
    return moved


def move_alike(
    ledger: Ledger, samples: Sequence[orders.Sample], what: Move
) -> tuple[orders.Sample, ...] | Refusal:
    """``move`` of many at once, of which nothing else changed: thousands of labels come out of a printer.

    Refused: sample_state, where it may not be done to one of them.
    """
    moved = []
    for sample in samples:
        state = after(sample.state, what)
        if isinstance(state, Refusal):
            return state
        moved.append(replace(sample, state=state, changed_at=ledger.now))
    orders.save_states(ledger.connection, moved)
    for before, sample in zip(samples, moved, strict=True):
        ledger.note(f"sample.{what}", sample.code, {"from": before.state, "to": sample.state})
        ledger.touch(sample.order)
        ready.moved(ledger, sample, what)
    return tuple(moved)


def settle(ledger: Ledger, order: orders.Order, *, fulfilled: bool = True) -> orders.Order:
    """What ``order`` has come to, written where it changed; whoever waits for that is told.

    The order as it is given is written too where its state changes: acceptance sets its own fields first, its
    state among them, which is why the state before is asked of the table.
    """
    states = orders.states(ledger.connection, order.id)
    before = orders.state(ledger.connection, order.id)
    state = order_state(said_at_the_counter(order.state), states, fulfilled=fulfilled)
    ledger.touch(order.id)
    if state == before:
        return order
    settled = replace(order, state=state)
    orders.save(ledger.connection, settled)
    ledger.note(f"order.{state}", order.id, {"from": before})
    ready.changed(ledger, replace(order, state=before), settled)
    return settled
