"""A sample's way through the house: every step of the table, and no other."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.refusal import Refusal
from server.domain.samples import GONE, MOVES, Move, after, order_state
from server.protocol.words import SAMPLE_STATES, SampleState

WAYS: set[tuple[SampleState, SampleState]] = {
    ("registered", "labelled"),
    ("registered", "received"),
    ("labelled", "received"),
    ("registered", "refused_at_intake"),
    ("labelled", "refused_at_intake"),
    ("received", "refused_at_intake"),
    ("received", "acclimatising"),
    ("received", "queued"),
    ("acclimatising", "queued"),
    ("queued", "testing"),
    ("testing", "fault_hold"),
    ("fault_hold", "testing"),
    ("fault_hold", "tested"),
    ("fault_hold", "returned_untested"),
    ("testing", "tested"),
    ("tested", "reviewed"),
    ("tested", "testing"),
    ("reviewed", "testing"),
    ("reviewed", "concluded"),
    ("concluded", "ready"),
    ("ready", "concluded"),
    ("ready", "released"),
}
"""From where to where a sample goes, as the house's rules have it."""


def test_a_sample_goes_these_ways_and_no_others() -> None:
    reached = {
        (state, to)
        for state, move in product(SAMPLE_STATES, MOVES)
        if not isinstance(to := after(state, move), Refusal)
    }
    assert reached == WAYS


@given(st.sampled_from(SAMPLE_STATES), st.sampled_from(sorted(MOVES)))
def test_what_the_table_does_not_list_is_refused_with_where_the_sample_is(
    state: SampleState, move: Move
) -> None:
    froms, to = MOVES[move]
    said = after(state, move)
    assert said == (to if state in froms else Refusal("sample_state", {"state": state}))


def test_what_has_left_the_house_never_comes_back_under_its_old_label() -> None:
    assert not [way for way in WAYS if way[0] in GONE]


@pytest.mark.parametrize(
    ("samples", "state"),
    [
        (["received", "received"], "accepted"),
        (["received", "queued"], "in_progress"),
        (["ready", "received"], "in_progress"),
        (["ready", "ready"], "ready"),
        (["ready", "refused_at_intake", "returned_untested"], "ready"),
        (["released", "ready"], "partly_released"),
        (["released", "testing"], "partly_released"),
        (["released", "released"], "closed"),
        (["released", "returned_untested"], "closed"),
        (["refused_at_intake", "returned_untested"], "closed"),
    ],
)
def test_what_an_order_has_come_to_follows_from_its_samples(samples: list[SampleState], state: str) -> None:
    assert order_state("accepted", samples) == state


def test_a_parcel_keeps_a_released_order_open_until_it_has_its_number() -> None:
    assert order_state("accepted", ["released"], fulfilled=False) == "released"


@given(st.lists(st.sampled_from(SAMPLE_STATES), max_size=6))
def test_before_acceptance_no_sample_says_what_an_order_is(samples: list[SampleState]) -> None:
    for said in ("registered", "supplement_required", "rejected"):
        assert order_state(said, samples) == said
