"""Each rule of the queue by itself, with its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import commands as c
from server.domain import events as e
from server.domain.hall import HEAD_STARTS, Hours, Rules, minutes
from server.domain.refusal import Refusal
from server.protocol.words import TicketState

from .storm import Day, counter, hall, must_hold, service

# The state table -----------------------------------------------------------------------------------


def ticket_in(state: str) -> tuple[Day, str]:
    """A day with one ticket in ``state``, its undo past, at counter 1 where it is at one."""
    day = Day().open("1")
    id = day.issue()
    if state == "cancelled":
        day.done(c.Cancel(id, "staff1"))
    elif state == "expired":
        day.done(c.EndDay())
        day.open("1")
    elif state != "waiting":
        day.call()
        if state == "missed":
            day.done(c.Miss(id, "staff1"))
        elif state != "called":
            day.done(c.Start(id, "staff1"))
            if state == "done":
                day.done(c.Done(id, "staff1"))
            elif state == "parked":
                day.done(c.Park(id, "staff1"))
    return day.later(1), id


COMMANDS: dict[str, Callable[[str], c.Command]] = {
    "call_ticket": lambda id: c.CallTicket("1", "staff1", id, "call-x"),
    "recall": lambda id: c.Recall(id, "staff1", "call-x"),
    "start": lambda id: c.Start(id, "staff1"),
    "done": lambda id: c.Done(id, "staff1"),
    "miss": lambda id: c.Miss(id, "staff1"),
    "park": lambda id: c.Park(id, "staff1"),
    "resume": lambda id: c.Resume(id, "staff1"),
    "transfer": lambda id: c.Transfer(id, "staff1", "pickup"),
    "cancel": lambda id: c.Cancel(id, "staff1"),
    "undo": lambda id: c.Undo(id, "staff1"),
}
TABLE = {
    ("waiting", "cancel"): "cancelled",
    ("called", "recall"): "called",
    ("called", "start"): "serving",
    ("called", "miss"): "missed",
    ("serving", "done"): "done",
    ("serving", "park"): "parked",
    ("serving", "transfer"): "waiting",
    ("parked", "resume"): "waiting",
    ("parked", "call_ticket"): "called",
    ("missed", "resume"): "waiting",
    ("missed", "call_ticket"): "called",
}
"""All that domain.md lists (call-next aside, which takes no ticket by name)."""


def test_every_command_on_a_ticket_stands_in_the_table() -> None:
    named = {type(make("x")) for make in COMMANDS.values()}
    others = {c.Issue, c.OpenCounter, c.CloseCounter, c.PauseCounter, c.ResumeCounter, c.CallNext, c.EndDay}
    others |= {c.IssueOffline, c.LendNumbers, c.TakeBackNumbers}
    assert named | others == set(get_args(c.Command))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", get_args(TicketState))
def test_what_the_state_table_does_not_list_is_refused(state: str, command: str) -> None:
    day, id = ticket_in(state)
    listed = TABLE.get((state, command))
    asked = COMMANDS[command](id)
    if listed is None:
        assert day.refused(asked)
    else:
        day.done(asked)
        assert day.ticket(id).state == listed
    must_hold(day.floor)


@pytest.mark.parametrize("state", ["waiting", "parked", "missed", "done", "cancelled", "expired"])
def test_call_next_takes_only_waiting_tickets(state: str) -> None:
    day, _ = ticket_in(state)
    called = day.call()
    assert (called is not None) == (state == "waiting")


@pytest.mark.parametrize(
    ("state", "command", "code"),
    [
        ("waiting", "start", "ticket_not_called"),
        ("waiting", "done", "ticket_not_serving"),
        ("called", "done", "ticket_not_serving"),
        ("called", "call_ticket", "counter_busy"),
        ("serving", "recall", "ticket_not_called"),
        ("serving", "cancel", "ticket_not_waiting"),
        ("waiting", "resume", "ticket_not_parked"),
        ("waiting", "undo", "undo_too_late"),
        ("done", "undo", "undo_too_late"),
        ("done", "start", "ticket_over"),
        ("cancelled", "cancel", "ticket_over"),
    ],
)
def test_a_refusal_names_its_reason(state: str, command: str, code: str) -> None:
    day, id = ticket_in(state)
    assert day.refused(COMMANDS[command](id)) == code


@pytest.mark.parametrize("command", COMMANDS)
def test_a_ticket_that_never_was_is_unknown(command: str) -> None:
    assert Day().open("1").refused(COMMANDS[command]("nobody")) == "ticket_unknown"


@pytest.mark.parametrize("command", ["recall", "start", "miss", "done", "park", "transfer"])
def test_only_the_person_at_its_counter_may_step_a_ticket(command: str) -> None:
    state = next(state for (state, named) in TABLE if named == command)
    day, id = ticket_in(state)
    theirs = replace(COMMANDS[command](id), staff="staff2")  # type: ignore[type-var]
    day.open("2")
    assert day.refused(theirs) == "not_your_counter"


# Counters ------------------------------------------------------------------------------------------


def test_one_person_a_counter_and_one_counter_a_person() -> None:
    day = Day().open("1")
    assert day.refused(c.OpenCounter("1", "staff2")) == "counter_taken"
    assert day.refused(c.OpenCounter("2", "staff1")) == "staff_elsewhere"
    assert day.done(c.OpenCounter("1", "staff1")) == []


def test_a_counter_with_a_ticket_neither_closes_nor_pauses_nor_calls() -> None:
    day = Day().open("1")
    day.issue()
    day.issue()
    day.call()
    for command in (
        c.CloseCounter("1", "staff1"),
        c.PauseCounter("1", "staff1"),
        c.CallNext("1", "staff1", "x"),
    ):
        assert day.refused(command) == "counter_busy"


def test_a_paused_counter_calls_nobody_until_it_goes_on() -> None:
    day = Day().open("1")
    day.issue()
    day.done(c.PauseCounter("1", "staff1"))
    assert day.refused(c.CallNext("1", "staff1", "x")) == "counter_paused"
    assert day.refused(c.PauseCounter("1", "staff1")) == "counter_paused"
    day.done(c.ResumeCounter("1", "staff1"))
    assert day.refused(c.ResumeCounter("1", "staff1")) == "counter_not_paused"
    assert day.call()


def test_calling_at_a_counter_needs_its_person() -> None:
    day = Day()
    assert day.refused(c.CallNext("1", "staff1", "x")) == "counter_closed"
    assert day.refused(c.CallNext("9", "staff1", "x")) == "counter_unknown"
    day.open("1", "2")
    assert day.refused(c.CallNext("1", "staff2", "x")) == "not_your_counter"


def test_call_next_on_an_empty_queue_calls_nobody() -> None:
    assert Day().open("1").call() is None


# Numbers -------------------------------------------------------------------------------------------


def test_numbers_run_by_prefix_and_grow_a_digit_when_busy() -> None:
    day = Day()
    numbers = [day.ticket(day.issue()).number for _ in range(3)]
    assert numbers == ["A001", "A002", "A003"]
    assert day.ticket(day.issue("pickup")).number == "C001"
    day.floor = replace(day.floor, issued={"A": 999})
    assert day.ticket(day.issue()).number == "A1000"


def test_a_cancelled_number_is_not_given_again() -> None:
    day = Day()
    id = day.issue()
    day.done(c.Cancel(id, "staff1"))
    assert day.ticket(day.issue()).number == "A002"


def test_several_services_keep_one_number_and_prefix() -> None:
    day = Day().open("1", "2")
    id = day.issue(later=("pickup",))
    assert day.serve("1") == id
    day.done(c.Done(id, "staff1"))
    assert (day.ticket(id).state, day.ticket(id).service, day.ticket(id).later) == ("waiting", "pickup", ())
    assert day.serve("2") == id
    assert day.ticket(id).number == "A001"
    day.done(c.Transfer(id, "staff2", "accept"))
    assert (day.ticket(id).number, day.ticket(id).prefix) == ("A001", "A")
    day.serve("1")
    day.done(c.Done(id, "staff1"))
    assert day.ticket(id).state == "done"


def test_a_transfer_keeps_the_services_that_were_to_follow() -> None:
    day = Day(hall([service("accept", "A"), service("pickup", "C"), service("consult", "D")])).open("1")
    id = day.issue(later=("consult",))
    day.serve()
    day.done(c.Transfer(id, "staff1", "pickup"))
    assert day.ticket(id).later == ("consult",)
    assert day.ticket(id).service == "pickup"


def test_transfers_to_nowhere_are_refused() -> None:
    day = Day(hall([service("accept", "A"), service("old", "O", active=False)])).open("1")
    id = day.issue()
    day.serve()
    assert day.refused(c.Transfer(id, "staff1", "nothing")) == "service_unknown"
    assert day.refused(c.Transfer(id, "staff1", "old")) == "service_closed"
    assert day.refused(c.Transfer(id, "staff1", "accept")) == "same_service"


def test_no_number_for_an_unknown_or_closed_service() -> None:
    day = Day(hall([service("accept", "A"), service("old", "O", active=False)]))
    assert day.refused(c.Issue("x", "X", "nothing")) == "service_unknown"
    assert day.refused(c.Issue("x", "X", "accept", later=("nothing",))) == "service_unknown"
    assert day.refused(c.Issue("x", "X", "old")) == "service_closed"
    assert day.refused(c.Issue("x", "X", "accept", later=("old",))) == "service_closed"
    assert day.refused(c.Issue("x", "X", "accept", "appointment")) == "priority_forbidden"


def test_a_full_hall_gives_no_more_numbers() -> None:
    day = Day(hall(rules=Rules(most_waiting=2))).open("1")
    day.issue()
    day.issue("pickup")
    assert day.refused(c.Issue("x", "X", "accept")) == "queue_full"
    day.call()
    day.issue()


# Hours and the business day ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        (datetime(2026, 11, 20, 0, 29, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 20, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 8, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 2, 0, tzinfo=UTC), False),  # a Saturday
    ],
)
def test_numbers_are_given_in_the_halls_own_hours(at: datetime, open_: bool) -> None:
    hours = Hours(time(8, 30), time(17, 0), frozenset(range(5)))
    day = Day(replace(hall(), hours=hours), at)
    answer = day.ask(c.Issue("x", "X", "accept"))
    assert isinstance(answer, Refusal) != open_
    if isinstance(answer, Refusal):
        assert (answer.code, answer.places) == ("hall_closed", {"hours": "08:30–17:00"})


def test_a_hall_shut_by_hand_gives_no_number_at_any_hour() -> None:
    day = Day(replace(hall(), shut=True))
    assert day.refused(c.Issue("x", "X", "accept")) == "hall_closed"


def test_who_waits_at_closing_time_is_still_called() -> None:
    day = Day(replace(hall(), hours=Hours(time(8), time(10)))).open("1")
    id = day.issue()
    day.later(120)
    assert day.refused(c.Issue("x", "X", "accept")) == "hall_closed"
    assert day.called() == id


@pytest.mark.parametrize(
    ("zone", "at", "local_day"),
    [
        ("Asia/Shanghai", datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC), date(2026, 11, 20)),
        ("Asia/Shanghai", datetime(2026, 11, 20, 16, 0, tzinfo=UTC), date(2026, 11, 21)),
        ("Asia/Shanghai", datetime(2026, 11, 20, 17, 30, tzinfo=UTC), date(2026, 11, 21)),
        ("UTC", datetime(2026, 11, 20, 17, 30, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_the_business_day_is_the_halls_local_date(zone: str, at: datetime, local_day: date) -> None:
    assert replace(hall(), zone=zone).day(at) == local_day


def test_the_end_of_the_day_expires_all_that_is_open() -> None:
    day = Day().open("1", "2")
    ids = [day.issue() for _ in range(6)]
    day.done(c.Miss(day.called("1"), "staff1"))
    day.done(c.Park(day.serve("1"), "staff1"))
    day.serve("1")
    day.call("2")
    events = day.done(c.EndDay())
    assert {event.ticket for event in events if isinstance(event, e.TicketExpired)} == set(ids)
    assert not day.floor.tickets
    assert day.refused(c.CallNext("1", "staff1", "x")) == "counter_closed"
    must_hold(day.floor)


# Recall, miss, return ------------------------------------------------------------------------------


def test_three_recalls_and_no_fourth() -> None:
    day = Day().open("1")
    id = day.issue()
    day.call()
    calls = []
    for n in range(3):
        (event,) = day.done(c.Recall(id, "staff1", f"again{n}"))
        assert isinstance(event, e.TicketRecalled)
        calls.append((event.call.id, event.call.number, event.call.counter))
    assert calls == [(f"again{n}", "A001", "1") for n in range(3)]
    assert day.refused(c.Recall(id, "staff1", "again3")) == "recall_limit"
    assert [call.id for call in day.floor.calls[-3:]] == ["again0", "again1", "again2"]


def test_two_returns_and_no_third() -> None:
    day = Day().open("1")
    id = day.issue()
    for _ in range(2):
        assert day.called() == id
        day.done(c.Miss(id, "staff1"))
        day.done(c.Resume(id, "staff1"))
    assert day.called() == id
    day.done(c.Miss(id, "staff1"))
    assert day.refused(c.Resume(id, "staff1")) == "return_limit"
    assert day.refused(c.CallTicket("1", "staff1", id, "x")) == "return_limit"


@given(waiting=st.integers(0, 8), later=st.integers(0, 4), behind=st.integers(0, 5))
def test_a_missed_ticket_returns_behind_exactly_so_many_tickets(
    waiting: int, later: int, behind: int
) -> None:
    """``waiting`` are there when it returns; ``later`` come after it; k go first when so many wait."""
    day = Day(hall(rules=Rules(return_behind=behind))).open("1")
    id = day.issue()
    day.later(1)
    others = [day.issue() for _ in range(waiting)]
    day.called()
    day.done(c.Miss(id, "staff1"))
    day.later(2).done(c.Resume(id, "staff1"))
    assert day.floor.ahead(day.ticket(id)) == min(behind, waiting)
    others += [day.later(1).issue() for _ in range(later)]
    order = []
    while called := day.call():
        order.append(called.call.ticket)
        day.finish()
    assert order.index(id) == min(behind, waiting + later)
    assert [one for one in order if one != id] == others


def test_only_the_last_five_missed_can_be_called_again() -> None:
    day = Day().open("1")
    ids = [day.issue() for _ in range(6)]
    for _ in ids:
        day.done(c.Miss(day.called(), "staff1"))
        day.later(1)
    assert day.refused(c.CallTicket("1", "staff1", ids[0], "x")) == "ticket_not_missed"
    called = day.done(c.CallTicket("1", "staff1", ids[1], "x"))[-1]
    assert isinstance(called, e.TicketCalled)
    assert called.why.reason == "called_again"
    assert day.ticket(ids[1]).state == "called"
    day.finish()
    day.done(c.Resume(ids[0], "staff1"))
    assert day.called() == ids[0]


# Parking, transfers and rank -----------------------------------------------------------------------


def test_a_parked_ticket_returns_with_priority() -> None:
    day = Day().open("1")
    id = day.issue()
    day.serve()
    day.done(c.Park(id, "staff1", "papers"))
    for _ in range(3):
        day.later(4).issue()
    day.later(1).done(c.Resume(id, "staff1"))
    assert day.called() == id


@pytest.mark.parametrize("hold", ["papers", "waiting", "in_place"])
def test_the_time_of_a_hold_does_not_count(hold: str) -> None:
    day = Day().open("1")
    id = day.issue()
    day.serve()
    day.later(5).done(c.Park(id, "staff1", hold))  # type: ignore[arg-type]
    assert day.ticket(id).hold == hold
    assert day.floor.post("1").ticket is None
    day.later(40).done(c.Resume(id, "staff1"))
    assert (day.ticket(id).held_seconds, day.ticket(id).hold) == (2400, None)
    day.serve()
    (done,) = day.later(7).done(c.Done(id, "staff1"))
    assert isinstance(done, e.TicketDone)
    assert done.minutes == 7
    assert day.floor.paces["accept"].total == 7


def test_a_pickup_ticket_is_never_called_at_an_acceptance_counter() -> None:
    day = Day().open("1", "2")
    id = day.issue("pickup", priority="military")
    assert day.later(600).call("1") is None
    assert day.called("2") == id


def test_priority_classes_have_a_head_start_and_no_more() -> None:
    day = Day().open("1")
    first = day.issue()
    day.later(19)
    elderly = day.issue(priority="elderly")
    day.later(2)
    too_late = day.issue(priority="elderly")
    assert [day.called(), day.finish(), day.called(), day.finish(), day.called()][::2] == [
        elderly,
        first,
        too_late,
    ]


def test_the_lower_tier_goes_first_until_patience_ends() -> None:
    day = Day().open("2")  # accept at tier 2, pickup at tier 1
    slow = day.issue("accept")
    day.later(44)
    quick = day.issue("pickup")
    called = day.call("2")
    assert called is not None
    assert (called.call.ticket, called.why.reason) == (quick, "first_function")
    day.finish("2")
    day.later(1).issue("pickup")
    called = day.call("2")
    assert called is not None
    assert (called.call.ticket, called.why.reason, called.why.waited) == (slow, "patience", 45)


@given(cap=st.integers(1, 5), calls=st.integers(4, 14))
def test_the_green_channel_gets_one_call_in_n_while_others_wait(cap: int, calls: int) -> None:
    services = [service("accept", "A"), service("green", "G", green=True)]
    counters = [counter("1", ("accept", 1), ("green", 1))]
    day = Day(hall(services, counters, Rules(green_cap=cap))).open("1")
    for _ in range(calls):
        day.issue("accept")
        day.issue("green")
    greens = []
    for _ in range(calls):
        called = day.call()
        assert called is not None
        greens.append(called.green)
        day.finish()
    assert greens == [n % cap == 0 for n in range(calls)]


def test_the_green_channel_is_called_at_once_when_nobody_else_waits() -> None:
    services = [service("accept", "A"), service("green", "G", green=True)]
    day = Day(hall(services, [counter("1", ("accept", 1), ("green", 1))])).open("1")
    ids = [day.issue("green") for _ in range(4)]
    assert [(day.called(), day.finish())[0] for _ in ids] == ids


def test_a_number_of_the_green_service_is_green_whatever_it_asked_for() -> None:
    day = Day(hall([service("green", "G", green=True)]))
    assert day.ticket(day.issue("green")).priority == "green"


# Taking back ---------------------------------------------------------------------------------------


def test_a_step_can_be_taken_back_for_ten_seconds() -> None:
    day = Day().open("1")
    id = day.issue()
    day.call()
    day.done(c.Miss(id, "staff1"))
    day.later(seconds=10).done(c.Undo(id, "staff1"))
    assert (day.ticket(id).state, day.floor.post("1").ticket) == ("called", id)
    day.done(c.Miss(id, "staff1"))
    assert day.later(seconds=10.001).refused(c.Undo(id, "staff1")) == "undo_too_late"


def test_a_step_is_taken_back_only_where_it_was_made() -> None:
    day = Day().open("1", "2")
    id = day.issue()
    day.issue()
    day.serve("1")
    day.done(c.Done(id, "staff1"))
    assert day.refused(c.Undo(id, "staff2")) == "not_your_counter"
    day.call("1")
    assert day.refused(c.Undo(id, "staff1")) == "counter_busy"
    day.finish("1")
    day.done(c.PauseCounter("1", "staff1"))
    assert day.refused(c.Undo(id, "staff1")) == "counter_paused"


def test_a_cancelled_ticket_gets_its_place_back_by_anybody() -> None:
    day = Day().open("1")
    first = day.issue()
    day.issue()
    day.done(c.Miss(day.called(), "staff1"))
    day.done(c.Resume(first, "staff1"))
    place = day.ticket(first).place
    day.done(c.Cancel(first, "staff1"))
    day.done(c.Undo(first, "somebody"))
    assert (day.ticket(first).state, day.ticket(first).place) == ("waiting", place)
    must_hold(day.floor)


def test_a_visit_taken_back_counts_once() -> None:
    day = Day().open("1")
    id = day.issue()
    day.serve()
    day.later(5).done(c.Done(id, "staff1"))
    day.later(seconds=6).done(c.Undo(id, "staff1"))
    day.later(seconds=54).done(c.Done(id, "staff1"))
    pace = day.floor.paces["accept"]
    assert (pace.visits, pace.total) == (1, pytest.approx(6))


def test_an_appointment_is_called_from_its_time_on_with_its_head_start() -> None:
    day = Day().open("1")
    slot = day.now + minutes(20)
    day.done(c.Issue("early", "CODE-EARLY", "accept", "appointment", callable_from=slot))
    booked = day.floor.tickets["early"]
    assert booked.callable_at == slot
    assert booked.ranked_at == slot - minutes(HEAD_STARTS["appointment"])
    assert booked.promised[0] >= 20
    assert day.call() is None
    walk_in = day.later(8).issue()
    assert day.floor.ahead(day.floor.tickets[walk_in]) == 1
    day.later(12).call()
    assert day.floor.posts["1"].ticket == "early"


def test_a_time_from_which_to_call_belongs_to_appointments_only() -> None:
    day = Day().open("1")
    assert day.refused(c.Issue("x", "X", "accept", callable_from=day.now)) == "priority_forbidden"
