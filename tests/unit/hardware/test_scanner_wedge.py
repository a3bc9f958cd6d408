"""Which keys are a scanner's and which a person's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.base import Scan
from hardware.scanners.wedge import ENTER, LONGEST, Burst, Held, Key, Pace, WedgeScanner, press, settle

PACE = Pace(gap=0.035, shortest=6)
FAST, SLOW = 0.01, 0.15


def sorted_out(keys: list[tuple[str, float]]) -> tuple[list[str], str]:
    """The scans, and the characters that are a person's, once all is quiet."""
    held: Held = ()
    out: list[Key | Burst] = []
    for char, at in keys:
        held, decided = press(held, char, at, PACE)
        out += decided
    held, decided = settle(held, 1e9, PACE)
    out += decided
    assert held == ()
    scans = [one.text for one in out if isinstance(one, Burst)]
    return scans, "".join(one.char for one in out if isinstance(one, Key))


def typed(text: str, gap: float, start: float = 0.0) -> list[tuple[str, float]]:
    return [(char, start + gap * n) for n, char in enumerate(text)]


def test_a_fast_burst_with_enter_is_a_scan() -> None:
    assert sorted_out(typed("LQV7K3M9\n", FAST)) == (["LQV7K3M9"], "")


def test_carriage_return_is_enter_too() -> None:
    assert sorted_out(typed("LQV7K3M9\r", FAST)) == (["LQV7K3M9"], "")


def test_a_person_types_keys_and_enter() -> None:
    assert sorted_out(typed("LQV7K3M9\n", SLOW)) == ([], "LQV7K3M9\n")


def test_a_burst_without_enter_is_keys() -> None:
    assert sorted_out(typed("LQV7K3M9", FAST)) == ([], "LQV7K3M9")


def test_a_burst_whose_enter_comes_late_is_keys() -> None:
    assert sorted_out([*typed("LQV7K3M9", FAST), ("\n", 1.0)]) == ([], "LQV7K3M9\n")


def test_a_short_burst_is_two_fingers() -> None:
    assert sorted_out(typed("12345\n", FAST)) == ([], "12345\n")


def test_keys_before_a_scan_stay_keys() -> None:
    assert sorted_out([*typed("12", SLOW), *typed("LQV7K3M9\n", FAST, start=1)]) == (["LQV7K3M9"], "12")


def test_scans_that_follow_at_once_stay_apart() -> None:
    assert sorted_out(typed("LQAAAA\nLQBBBB\n", FAST)) == (["LQAAAA", "LQBBBB"], "")


def test_a_burst_without_end_is_no_scan_and_not_kept() -> None:
    scans, keys = sorted_out(typed("X" * LONGEST + "ABC\n", 0.001))
    assert scans == []
    assert keys == "X" * LONGEST + "ABC\n"


GAPS = st.sampled_from([0.0, FAST, 0.035, 0.036, SLOW])


@given(st.lists(st.tuples(st.sampled_from("A1\n\r"), GAPS), max_size=60))
def test_no_key_is_lost_added_or_moved(steps: list[tuple[str, float]]) -> None:
    held: Held = ()
    out, now = "", 0.0
    for char, gap in steps:
        now += gap
        held, decided = press(held, char, now, PACE)
        out += "".join(one.text + ENTER if isinstance(one, Burst) else one.char for one in decided)
    out += "".join(key.char for key in held)
    assert out == "".join(char for char, _ in steps).replace("\r", ENTER)


@given(st.text("ABC123", max_size=30), st.floats(0.036, 2))
def test_nothing_a_person_types_is_a_scan(text: str, gap: float) -> None:
    assert sorted_out(typed(text + "\n", gap))[0] == []


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_window_gets_back_the_keys_that_are_not_a_scan() -> None:
    clock, scans = Clock(), list[Scan]()
    scanner = WedgeScanner(clock=clock)
    assert [key.char for key in scanner.feed("7")] == ["7"], "not started: all keys are a person's"
    scanner.start(scans.append)
    assert scanner.feed("8") == ()
    clock.now += scanner.gap * 2
    assert [key.char for key in scanner.flush()] == ["8"]
    for char in "LQV7K3M9\n":
        clock.now += FAST
        assert scanner.feed(char) == ()
    assert scans == [Scan("LQV7K3M9", "unknown", clock.now, "wedge")]
    scanner.stop()
    assert [key.char for key in scanner.feed("9")] == ["9"]
