"""The counters' own table: every command at a counter in every state that a counter can be in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.domain import commands as c
from server.domain import events as e
from server.domain.refusal import Refusal

from .storm import Day, must_hold

STATES = ("closed", "open", "paused", "called", "serving", "unknown")
COMMANDS: dict[str, Callable[[str, str, str], c.Command]] = {
    "open": lambda at, staff, parked: c.OpenCounter(at, staff),
    "close": lambda at, staff, parked: c.CloseCounter(at, staff),
    "pause": lambda at, staff, parked: c.PauseCounter(at, staff),
    "resume": lambda at, staff, parked: c.ResumeCounter(at, staff),
    "call_next": lambda at, staff, parked: c.CallNext(at, staff, "call-x"),
    "call_ticket": lambda at, staff, parked: c.CallTicket(at, staff, parked, "call-x"),
}
OWN: dict[tuple[str, str], list[type] | str] = {
    ("closed", "open"): [e.CounterOpened],
    ("closed", "close"): "counter_closed",
    ("closed", "pause"): "counter_closed",
    ("closed", "resume"): "counter_closed",
    ("closed", "call_next"): "counter_closed",
    ("closed", "call_ticket"): "counter_closed",
    ("open", "open"): [],
    ("open", "close"): [e.CounterClosed],
    ("open", "pause"): [e.CounterPaused],
    ("open", "resume"): "counter_not_paused",
    ("open", "call_next"): [e.TicketCalled],
    ("open", "call_ticket"): [e.TicketReturned, e.TicketCalled],
    ("paused", "open"): [],
    ("paused", "close"): [e.CounterClosed],
    ("paused", "pause"): "counter_paused",
    ("paused", "resume"): [e.CounterResumed],
    ("paused", "call_next"): "counter_paused",
    ("paused", "call_ticket"): "counter_paused",
    **{(state, "open"): [] for state in ("called", "serving")},
    **{(state, "resume"): "counter_not_paused" for state in ("called", "serving")},
    **{
        (state, command): "counter_busy"
        for state in ("called", "serving")
        for command in ("close", "pause", "call_next", "call_ticket")
    },
    **{("unknown", command): "counter_unknown" for command in COMMANDS},
}
"""What follows when the counter's own person asks (or, at a closed one, whoever sits nowhere)."""


def counter_in(state: str) -> tuple[Day, str]:
    """A day with counter 1 in ``state``, two waiting and a parked ticket, and somebody at counter 2."""
    day = Day().open("1", "2")
    parked = day.issue()
    day.serve()
    day.done(c.Park(parked, "staff1"))
    for _ in range(3):
        day.issue()
    if state == "closed":
        day.done(c.CloseCounter("1", "staff1"))
    elif state == "paused":
        day.done(c.PauseCounter("1", "staff1"))
    elif state == "called":
        day.called()
    elif state == "serving":
        day.serve()
    return day.later(1), parked


def test_every_pair_of_state_and_command_stands_in_the_table() -> None:
    assert OWN.keys() == {(state, command) for state in STATES for command in COMMANDS}


@pytest.mark.parametrize(("state", "command"), OWN)
def test_at_ones_own_counter_only_what_the_table_lists_happens(state: str, command: str) -> None:
    day, parked = counter_in(state)
    asked = COMMANDS[command]("9" if state == "unknown" else "1", "staff1", parked)
    wanted = OWN[state, command]
    if isinstance(wanted, str):
        assert day.refused(asked) == wanted
    else:
        assert [type(event) for event in day.done(asked)] == wanted
    must_hold(day.floor)


@pytest.mark.parametrize("state", ["closed", "open", "paused", "called", "serving"])
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("other", ["stranger", "staff2"])
def test_another_persons_counter_is_never_touched(state: str, command: str, other: str) -> None:
    day, parked = counter_in(state)
    asked = COMMANDS[command]("1", other, parked)
    if state == "closed" and command == "open" and other == "stranger":
        day.done(asked)
        assert day.floor.post("1").staff == "stranger"
        return
    code = day.refused(asked)
    if command == "open":
        assert code == ("staff_elsewhere" if state == "closed" else "counter_taken")
    else:
        assert code == ("counter_closed" if state == "closed" else "not_your_counter")


@pytest.mark.parametrize(
    ("state", "events"),
    [
        ("open", [e.CounterClosed]),
        ("paused", [e.CounterClosed]),
        ("called", [e.TicketMissed, e.CounterClosed]),
        ("serving", [e.TicketParked, e.CounterClosed]),
    ],
)
def test_a_manager_closes_a_counter_that_was_left_and_nobody_is_lost(
    state: str, events: list[type[e.Event]]
) -> None:
    day, _ = counter_in(state)
    there = day.floor.post("1").ticket
    asked = c.CloseCounter("1", "manager", for_another=True)
    assert [type(event) for event in day.done(asked)] == events
    must_hold(day.floor)
    assert day.floor.post("1").staff is None
    if there is not None:
        day.done(c.CallTicket("2", "staff2", there, "again"))
        assert day.floor.post("2").ticket == there
    assert day.refused(asked) == "counter_closed"


def test_a_manager_who_serves_leaves_as_anybody_does() -> None:
    day, _ = counter_in("serving")
    assert day.refused(c.CloseCounter("1", "staff1", for_another=True)) == "counter_busy"


UNDO: dict[str, str | None] = {
    "done": "serving",
    "missed": "called",
    "parked": "serving",
    "cancelled": "waiting",
    "waiting": None,
    "called": None,
    "serving": None,
    "expired": None,
}
"""State of a ticket → where taking back its last step leads, within ten seconds; None: refused."""


@pytest.mark.parametrize("seconds", [10, 11])
@pytest.mark.parametrize("state", UNDO)
def test_only_the_listed_steps_can_be_taken_back_and_only_in_time(state: str, seconds: int) -> None:
    day = Day().open("1")
    id = day.issue()
    if state == "cancelled":
        day.done(c.Cancel(id, "staff1"))
    elif state == "expired":
        day.done(c.EndDay())
    elif state != "waiting":
        day.called()
        if state == "missed":
            day.done(c.Miss(id, "staff1"))
        elif state != "called":
            day.done(c.Start(id, "staff1"))
            steps: dict[str, c.Command] = {"done": c.Done(id, "staff1"), "parked": c.Park(id, "staff1")}
            if state in steps:
                day.done(steps[state])
    day.later(seconds=seconds)
    back = UNDO[state]
    if back is None or seconds > 10:
        assert isinstance(day.ask(c.Undo(id, "staff1")), Refusal)
    else:
        day.done(c.Undo(id, "staff1"))
        assert day.ticket(id).state == back
    must_hold(day.floor)
