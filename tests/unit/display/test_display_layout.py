"""The picture fits its screen, and a called number can be read from ten metres."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.draw import draw
from display.layout import NINTH, Box, layout
from display.marks import Mark, Words
from display.wrap import NOT_FIRST, wrap
from tests.ui.display_states import STATES

SIZES = [(1920, 1080), (1080, 1920), (1280, 720), (3840, 2160), (1366, 768), (1024, 768)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", STATES)
def test_every_mark_lies_on_the_screen_and_has_its_own_key(name: str, size: tuple[int, int]) -> None:
    place = layout(*size)
    picture = draw(STATES[name](place), place)
    keys = [mark.key for mark in picture.marks]
    assert len(keys) == len(set(keys))
    for mark in picture.marks:
        assert mark.box.w > 0, mark
        assert mark.box.h > 0, mark
        assert place.screen.holds(mark.box), mark


@given(st.integers(600, 4000), st.integers(600, 4000))
def test_the_parts_of_a_board_never_overlap(width: int, height: int) -> None:
    place = layout(width, height)
    parts = [place.head, place.stage, place.table, place.queues, place.foot]
    for index, part in enumerate(parts):
        assert place.screen.holds(part)
        assert not any(part.meets(other) for other in parts[index + 1 :])
    assert 1 <= place.room.rows <= 8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["busy-lit", "many-counters", "long-number", "lost"])
def test_called_numbers_have_a_ninth_of_the_shorter_side(name: str, size: tuple[int, int]) -> None:
    place = layout(*size)
    picture = draw(STATES[name](place), place)
    numbers = [mark for mark in picture.marks if is_number(mark)]
    assert numbers
    for mark in numbers:
        assert isinstance(mark, Words)
        text = mark.spans[0].text
        # A sign of this typeface is half an em wide and a little more: so far the number is shrunk to fit.
        fits = min(mark.spans[0].size, mark.box.w / (0.56 * len(text)))
        assert fits >= min(size) / NINTH - 0.01, text


def is_number(mark: Mark) -> bool:
    return isinstance(mark, Words) and mark.key.endswith(".number") and mark.key != "table.number"


@given(st.text(st.sampled_from("请留意叫号，。 abc12 窗口（）\n"), max_size=80), st.integers(4, 30))
def test_lines_fit_and_lose_no_sign(text: str, width: int) -> None:
    lines = wrap(text, width, len)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_line_does_not_begin_with_a_closing_sign() -> None:
    lines = wrap("一二三四，五六七八。", 4, len)
    assert not any(line[0] in NOT_FIRST for line in lines)


def test_boxes_cut_into_columns_and_lines_keep_their_area() -> None:
    box = Box(10, 20, 300, 100)
    columns = box.columns(1, 2)
    assert [column.w for column in columns] == [100, 200]
    assert all(box.holds(column) for column in columns)
    assert [line.y for line in box.lines(30, 70)] == [20, 50]
