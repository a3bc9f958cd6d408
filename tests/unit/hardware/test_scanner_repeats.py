"""The same code held before a scanner is one scan."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.repeats import Repeats


def test_a_code_held_before_the_camera_for_a_minute_is_one_scan() -> None:
    repeats = Repeats(quiet=2)
    assert [repeats.is_new("A", tick / 10) for tick in range(600)].count(True) == 1


def test_a_code_counts_again_after_it_was_away() -> None:
    repeats = Repeats(quiet=2)
    assert repeats.is_new("A", 0)
    assert not repeats.is_new("A", 1.9)
    assert not repeats.is_new("A", 3.8)
    assert repeats.is_new("A", 5.8)


def test_another_code_is_told_at_once() -> None:
    repeats = Repeats(quiet=2)
    assert [repeats.is_new(text, 0.1 * n) for n, text in enumerate("ABAB")] == [True, True, False, False]


def test_no_quiet_time_lets_every_sighting_through() -> None:
    repeats = Repeats(quiet=0)
    assert repeats.is_new("A", 1)
    assert repeats.is_new("A", 1)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 3)), max_size=60))
def test_a_sighting_is_new_exactly_when_its_code_was_away(steps: list[tuple[str, float]]) -> None:
    repeats, last, now = Repeats(quiet=2), dict[str, float](), 0.0
    for text, wait in steps:
        now += wait
        assert repeats.is_new(text, now) == (text not in last or now - last[text] >= 2)
        last[text] = now


def test_few_codes_are_kept_in_mind_however_many_come() -> None:
    repeats = Repeats(quiet=2, remembered=3)
    for text in "ABCD":
        repeats.is_new(text, 0)
    assert repeats.is_new("A", 0.1), "the one seen longest ago is forgotten"
    assert not repeats.is_new("D", 0.1)
