"""How the kiosk's screens break their lines and cut their areas: pure."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.area import Area, Metrics
from kiosk.widgets.wrap import NOT_FIRST, NOT_LAST, balance, narrow, wrap

SIGNS = st.text("取号请您到窗口办理AB12 ab，。；“”（）", max_size=60)


def measure(piece: str) -> float:
    """Chinese signs two wide, others one."""
    return float(sum(2 if ord(sign) >= 0x2E80 else 1 for sign in piece))


@given(SIGNS, st.integers(8, 40))
def test_no_sign_is_lost_or_moved_by_breaking_lines(text: str, width: int) -> None:
    for lines in (wrap(text, width, measure), balance(text, width, measure)):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(SIGNS, st.integers(8, 40))
def test_no_line_begins_with_a_stop_or_ends_with_an_opening_bracket(text: str, width: int) -> None:
    for lines in (wrap(text, width, measure), balance(text, width, measure)):
        for before, line in pairwise(lines):
            assert line[:1] not in NOT_FIRST
            assert before[-1:] not in NOT_LAST


def test_an_opening_bracket_with_a_space_behind_it_stays_with_what_follows() -> None:
    for lines in (wrap("取号请您（ 到窗口办理", 10, measure), balance("取号请您（ 到窗口办理", 10, measure)):
        assert not any(line.endswith("（") for line in lines)


@given(SIGNS, st.integers(8, 40))
def test_balancing_costs_no_further_line(text: str, width: int) -> None:
    assert len(balance(text, width, measure)) <= len(wrap(text, width, measure))


def test_chinese_breaks_after_a_comma_rather_than_inside_a_word() -> None:
    sentence = "请记住号码，或拍照保存，听到叫号后到窗口办理。"
    assert balance(sentence, 30, measure) == ["请记住号码，或拍照保存，", "听到叫号后到窗口办理。"]


def test_english_is_broken_between_words_into_lines_of_about_one_length() -> None:
    assert balance("Welcome. Please choose a service", 30, measure) == ["Welcome. Please", "choose a service"]


def test_the_wide_marks_of_the_chinese_typeface_become_narrow_in_english_only() -> None:
    assert narrow("“Try again” can’t fail…") == '"Try again" can\'t fail...'
    assert narrow("请点“再试一次”…") == "请点“再试一次”…"


areas = st.builds(Area, *[st.floats(0, 500)] * 2, *[st.floats(100, 900)] * 2)


@given(areas, st.floats(0, 1200), st.floats(0, 60))
def test_cutting_an_area_never_leaves_it(area: Area, size: float, gap: float) -> None:
    for parts in (area.top(size, gap), area.bottom(size, gap), area.left(size, gap), area.right(size, gap)):
        for part in (*parts, area.middle(size, size), area.inset(size)):
            assert part.width >= 0
            assert part.height >= 0
        for part in parts:
            assert area.x - 0.01 <= part.x
            assert part.right_edge <= area.right_edge + 0.01
            assert area.y - 0.01 <= part.y
            assert part.top_edge <= area.top_edge + 0.01


@given(st.floats(10, 65))
def test_the_least_target_is_twenty_millimetres_or_150_px_whichever_is_more(inches: float) -> None:
    metrics = Metrics(1080, 1920, inches)
    assert metrics.target >= 150
    assert metrics.target >= min(metrics.mm(20), 200)
    assert metrics.gap >= min(metrics.mm(3), 40)


def test_millimetres_are_those_of_the_glass() -> None:
    metrics = Metrics(1080, 1920, 32.0)
    assert round(metrics.mm(25.4) * 32.0) == round((1080**2 + 1920**2) ** 0.5)
