"""Nothing leaves that is not done: the guard at the counter, and the life of a pick-up code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.domain.pickup import (
    HAVE_CODES,
    STEPS,
    Pickup,
    Scanned,
    Step,
    after,
    left,
    may_hand_out,
    refused,
)
from server.domain.progress import OF_LINES, WAY, moments, to_come
from server.domain.refusal import Refusal
from server.domain.samples import GONE, MOVES, Move, Releasable, order_state
from server.domain.samples import after as moved
from server.protocol.words import (
    ORDER_STATES,
    SAMPLE_STATES,
    CertificateState,
    Conclusion,
    PickupState,
    SampleState,
)

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
STATES: tuple[PickupState, ...] = get_args(PickupState)
ONE = Pickup("p1", "main", "o1", "P0", "1", "active", NOW, "staff:clerk1")
GOOD = Releasable("ready", "qualified", "issued")


def code(state: PickupState) -> Pickup:
    return replace(ONE, state=state)


@given(
    st.sampled_from(STATES),
    st.lists(
        st.builds(
            Scanned,
            st.just("S1"),
            st.sampled_from(("o1", "o2")),
            st.builds(
                Releasable,
                st.sampled_from(SAMPLE_STATES),
                st.sampled_from((None, *get_args(Conclusion))),
                st.sampled_from((None, *get_args(CertificateState))),
            ),
        ),
        max_size=4,
    ),
)
@settings(max_examples=400)
def test_a_release_needs_a_good_code_and_every_piece_done_with_its_certificate(
    state: PickupState, pieces: list[Scanned]
) -> None:
    allowed = may_hand_out(code(state), pieces) is None
    done = all(
        one.order == "o1"
        and one.sample.state == "ready"
        and one.sample.conclusion is not None
        and one.sample.certificate == "issued"
        for one in pieces
    )
    assert allowed == (state == "active" and bool(pieces) and done)


@pytest.mark.parametrize(
    ("state", "why"), [("consumed", "used"), ("revoked", "revoked"), ("expired", "expired")]
)
def test_a_code_that_is_over_says_how_it_ended_whatever_is_scanned(state: PickupState, why: str) -> None:
    against = may_hand_out(code(state), [Scanned("S1", "o2", GOOD)])
    assert against == Refusal(f"pickup_{why}")  # type: ignore[arg-type]


def test_a_piece_that_is_not_ready_is_told_before_a_code_that_is_not_active() -> None:
    piece = Scanned("S1", "o1", Releasable("testing", None, None))
    assert may_hand_out(code("issued"), [piece]) == Refusal("not_ready", {"state": "testing"})
    assert may_hand_out(code("issued"), [Scanned("S1", "o1", GOOD)]) == Refusal("pickup_not_valid")


@given(st.sampled_from(STATES), st.sampled_from(sorted(STEPS)))
def test_a_code_moves_only_by_its_table_and_never_out_of_its_end(state: PickupState, step: Step) -> None:
    froms, to = STEPS[step]
    got = after(code(state), step, NOW)
    if state in froms:
        assert isinstance(got, Pickup)
        assert got.state == to
        assert (got.ended_at is None) == (to == "active")
    else:
        assert isinstance(got, Refusal)
    assert (refused(state) is not None) == (state in ("consumed", "revoked", "expired"))


class House(RuleBasedStateMachine):
    """Any order of moves, certificates, codes and releases that people could come to.

    Acceptance, the lab, the press and the counter do what they like; only the tables hold them back.
    """

    @initialize(pieces=st.integers(1, 3))
    def hand_in(self, pieces: int) -> None:
        self.states: list[SampleState] = ["registered"] * pieces
        self.conclusions: list[Conclusion | None] = [None] * pieces
        self.papers: list[CertificateState | None] = [None] * pieces
        self.codes = [replace(ONE, id="p0", state="issued")]
        self.used: list[str] = []
        self.released: list[int] = []

    @rule(data=st.data(), what=st.sampled_from(sorted(set(MOVES) - {"release"})))
    def move(self, data: st.DataObject, what: Move) -> None:
        n = data.draw(st.integers(0, len(self.states) - 1))
        state = moved(self.states[n], what)
        if isinstance(state, Refusal):
            return
        if what == "conclude":
            self.conclusions[n] = data.draw(st.sampled_from(get_args(Conclusion)))
            self.papers[n] = "drafted"
        if what == "issue":
            # The press issues the certificate in the transaction of the move.
            self.papers[n] = "issued"
            self.codes = [
                self._stepped(one, "activate") if one.state == "issued" else one for one in self.codes
            ]
        if what == "correct":
            self.papers[n] = "superseded"
        self.states[n] = state

    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        n = data.draw(st.integers(0, len(self.states) - 1))
        if self.papers[n] == "issued":
            self.papers[n] = "revoked"

    @rule()
    def lose(self) -> None:
        present = next((one for one in self.codes if not one.over), None)
        if present is not None:
            self.codes = [self._stepped(one, "revoke") if one is present else one for one in self.codes]
            self._new(present.state)

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """With any code that there ever was, and any pieces."""
        one = data.draw(st.sampled_from(self.codes))
        some = sorted(data.draw(st.sets(st.integers(0, len(self.states) - 1))))
        pieces = [
            Scanned(str(n), "o1", Releasable(self.states[n], self.conclusions[n], self.papers[n]))
            for n in some
        ]
        if may_hand_out(one, pieces) is not None:
            return
        before = [(self.states[n], self.conclusions[n], self.papers[n]) for n in some]
        assert all(
            state == "ready" and said is not None and paper == "issued" for state, said, paper in before
        )
        assert one.state == "active"
        assert one.id not in self.used, "a code is good once"
        self.used.append(one.id)
        self.codes = [self._stepped(other, "consume") if other is one else other for other in self.codes]
        for n in some:
            state = moved(self.states[n], "release")
            assert state == "released"
            self.states[n] = "released"
            self.released.append(n)
        if left(self.states):
            self._new("active" if "ready" in self.states else "issued")

    def _new(self, state: PickupState) -> None:
        self.codes.append(replace(ONE, id=f"p{len(self.codes)}", state=state))

    @staticmethod
    def _stepped(one: Pickup, step: Step) -> Pickup:
        got = after(one, step, NOW)
        assert isinstance(got, Pickup)
        return got

    @invariant()
    def what_left_is_gone_for_good_and_counted_once(self) -> None:
        if not hasattr(self, "states"):
            return
        assert len(self.released) == len(set(self.released))
        assert sorted(self.released) == [n for n, state in enumerate(self.states) if state == "released"]
        assert sum(not one.over for one in self.codes) <= 1, "one code is good at a time"
        assert left(self.states) == sum(state not in GONE for state in self.states)


TestHouse = House.TestCase
TestHouse.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)


# Stages -----------------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from(sorted(OF_LINES)), max_size=12),
    st.sampled_from(ORDER_STATES),
    st.booleans(),
)
def test_stages_are_past_first_then_to_come_and_each_to_come_once(
    kinds: list[str], state: str, collected: bool
) -> None:
    lines = [(kind, NOW + timedelta(minutes=n)) for n, kind in enumerate(kinds)]
    told = moments(lines, state, collected=collected)  # type: ignore[arg-type]
    past = [one for one in told if one.at is not None]
    assert list(told[: len(past)]) == past
    coming = [one.stage for one in told if one.at is None]
    assert coming == list(to_come(state))  # type: ignore[arg-type]
    assert coming == sorted(coming, key=WAY.index)
    assert [one.at for one in past] == sorted(one.at for one in past if one.at)


def test_what_went_back_untested_was_not_collected() -> None:
    lines = [("order.accepted", NOW), ("order.in_progress", NOW), ("order.closed", NOW)]
    assert [one.stage for one in moments(lines, "closed", collected=False)][-1] == "closed"
    assert [one.stage for one in moments(lines, "closed", collected=True)][-1] == "released"


@given(st.lists(st.sampled_from(SAMPLE_STATES), max_size=6))
def test_an_order_has_a_code_as_long_as_something_of_it_is_in_the_house(samples: list[SampleState]) -> None:
    state = order_state("accepted", samples)
    assert (state in HAVE_CODES) == (left(samples) > 0)
