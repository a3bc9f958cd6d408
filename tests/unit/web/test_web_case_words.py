"""The words of the staff's pages cover what the wire may say."""

from __future__ import annotations

from server.protocol.words import ORDER_STATES, SAMPLE_STATES
from server.web.cases_words import CASES
from server.web.visits_words import VISITS


def test_every_state_of_a_piece_and_of_a_case_has_its_word() -> None:
    assert {f"sample_{state}" for state in SAMPLE_STATES} <= set(VISITS)
    assert {f"case_state_{state}" for state in ORDER_STATES} <= set(CASES)
