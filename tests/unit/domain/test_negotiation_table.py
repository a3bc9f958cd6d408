"""Asking the customer about a fault: the machine against its table, written down here a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import negotiation as n
from server.domain.negotiation import Event, Negotiation, NegotiationState, Signature
from server.domain.refusal import Refusal

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ASKED = Negotiation(
    "1", "main", "o", "s", "proposed", "fault", n.OPTIONS, NOW, "verifier1", NOW + timedelta(days=4)
)
GOES: dict[str, dict[str, str]] = {
    "proposed": {"agree": "agreed", "decline": "declined", "time_out": "timed_out"},
    "timed_out": {"agree": "agreed", "decline": "declined", "propose": "proposed"},
    "declined": {"propose": "proposed"},
    "agreed": {"execute": "executed"},
    "executed": {},
}


@pytest.mark.parametrize("state", get_args(NegotiationState))
@pytest.mark.parametrize("event", get_args(Event))
def test_the_table_has_these_ways_and_no_others(state: NegotiationState, event: Event) -> None:
    found = n.after(state, event)
    wanted = GOES[state].get(event)
    assert (found if isinstance(found, str) else None) == wanted


@pytest.mark.parametrize("state", ["proposed", "timed_out", "declined"])
def test_nothing_is_done_before_the_customer_agreed(state: NegotiationState) -> None:
    found = n.executed(replace(ASKED, state=state), NOW)
    assert isinstance(found, Refusal)
    assert found.code == "negotiation_open"


@pytest.mark.parametrize(
    ("option", "move"),
    [
        ("repair_and_retest", "resume"),
        ("reschedule", "resume"),
        ("conclude_unqualified", "judge"),
        ("return_untested", "give_back"),
        ("other_institution", "give_back"),
    ],
)
def test_each_option_does_what_it_says(option: n.Option, move: str) -> None:
    said = n.answered(ASKED, option, "", "customer", NOW)
    assert isinstance(said, Negotiation)
    signed = replace(said, signatures=tuple(Signature(role, "x", NOW) for role in n.SIGNERS))
    done = n.executed(signed, NOW)
    assert not isinstance(done, Refusal)
    assert (done[0].state, done[1]) == ("executed", move)


@pytest.mark.parametrize("roles", [(), ("supervisor",), ("customer",)])
def test_nothing_goes_back_untested_without_both_signatures(roles: tuple[n.Signer, ...]) -> None:
    said = n.answered(ASKED, "return_untested", "", "customer", NOW)
    assert isinstance(said, Negotiation)
    done = n.executed(replace(said, signatures=tuple(Signature(role, "x", NOW) for role in roles)), NOW)
    assert isinstance(done, Refusal)
    assert done.code == "signature_needed"


def test_only_what_was_proposed_can_be_chosen() -> None:
    found = n.answered(replace(ASKED, options=("reschedule",)), "return_untested", "", "customer", NOW)
    assert isinstance(found, Refusal)
    assert found.code == "option_unknown"


def test_it_escalates_when_its_time_is_over_and_not_before() -> None:
    assert n.timed_out(ASKED, ASKED.due_at - timedelta(seconds=1)) is None
    late = n.timed_out(ASKED, ASKED.due_at)
    assert late is not None
    assert (late.state, late.escalated_at) == ("timed_out", ASKED.due_at)
    assert n.timed_out(late, ASKED.due_at) is None


STEPS = st.lists(st.sampled_from(["agree", "decline", "time_out", "propose", "execute"]), max_size=12)


@given(STEPS)
def test_whatever_is_tried_testing_goes_on_only_after_a_yes(steps: list[str]) -> None:
    one, moves, answer = ASKED, 0, ""
    for step in steps:
        made: object = None
        if step in ("agree", "decline"):
            made = n.answered(one, "repair_and_retest" if step == "agree" else "decline", "", "customer", NOW)
        elif step == "time_out":
            made = n.timed_out(one, one.due_at)
        elif step == "propose":
            made = n.proposed(one, "", n.OPTIONS, NOW + timedelta(days=2))
        elif step == "execute":
            done = n.executed(one, NOW)
            if not isinstance(done, Refusal):
                made, moves = done[0], moves + 1
                assert answer == "agree"
        if isinstance(made, Negotiation):
            answer = step if step in ("agree", "decline", "propose") else answer
            one = made
    assert moves <= 1
    assert (one.state == "executed") is (moves == 1)
