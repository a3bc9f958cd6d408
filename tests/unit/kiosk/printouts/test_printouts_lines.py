"""How lines are broken, and which signs can be drawn."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printouts.glyphs import BOXED, coverage, printable
from kiosk.printouts.lines import CLOSING, OPENING, balanced_lines, break_lines
from kiosk.printouts.page import Type
from server.protocol.places import FONT_BOLD, FONT_REGULAR

CHINESE = st.text(alphabet="请备好送检器具铭牌清晰联系电话，。、；：（）《》“”A1 8", max_size=80)


def cells(text: str) -> float:
    """A Chinese sign is two wide, others one."""
    return sum(2 if ord(sign) > 0x2000 else 1 for sign in text)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(CHINESE, st.integers(6, 40))
def test_no_sign_is_lost_and_none_added(text: str, width: int) -> None:
    assert bare("".join(break_lines(text, width, cells))) == bare(text)
    assert bare("".join(balanced_lines(text, width, cells))) == bare(text)


@given(CHINESE, st.integers(6, 40))
def test_no_line_is_wider_than_the_paper(text: str, width: int) -> None:
    for wrap in (break_lines, balanced_lines):
        assert all(cells(line) <= width for line in wrap(text, width, cells))


@given(
    st.text(alphabet="请备好送检器具，。（）A1", max_size=60).filter(
        lambda t: not re.search("[，。（）]{2}", t)
    )
)
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(text: str) -> None:
    lines = break_lines(text, 24, cells)
    assert not any(line[0] in CLOSING for line in lines[1:])
    assert not any(line[-1] in OPENING for line in lines[:-1])


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("请备好器具。", 10, ["请备好", "器具。"]),
        ("送检器具、铭牌清晰、联系电话。", 24, ["送检器具、铭牌清晰、", "联系电话。"]),
        ("过号了请告诉工作人员，再叫3位就轮到您。", 34, ["过号了请告诉工作人员，", "再叫3位就轮到您。"]),
        ("费用120元", 8, ["费用", "120元"]),
        ("Have ready: the instrument", 12, ["Have ready:", "the", "instrument"]),
        ("one\ntwo", 40, ["one", "two"]),
        ("", 10, []),
        ("  \n ", 10, []),
        ("ABCDEFGHIJKL", 5, ["ABCDE", "FGHIJ", "KL"]),
    ],
)
def test_lines_break_where_a_typesetter_would(text: str, width: int, lines: list[str]) -> None:
    assert break_lines(text, width, cells) == lines


def test_a_heading_has_lines_of_about_one_length() -> None:
    assert balanced_lines("计量检定服务大厅东区一号厅", 20, cells) == ["计量检定服务大", "厅东区一号厅"]


@pytest.mark.parametrize("bold", [False, True])
def test_the_measured_width_is_that_of_the_font(bold: bool) -> None:
    kind = Type(29, bold=bold)
    text = "请备好：AVA To 10–15 分钟"
    assert kind.width(text) == kind.font.getlength(text)


@pytest.mark.parametrize("font", [FONT_REGULAR, FONT_BOLD])
def test_the_font_has_what_halls_write(font: Path) -> None:
    have = coverage(font)
    assert all(have.has(sign) for sign in "计量检定服务大厅，。：；（）《》—…·–℃Ω±²A16 □")
    assert not have.has("😀")


def test_a_missing_sign_is_boxed_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert printable("号😎😎", FONT_REGULAR) == f"号{BOXED}{BOXED}"
        assert printable("😎", FONT_REGULAR) == BOXED
    assert [record.getMessage() for record in caplog.records] == [
        "the ticket font has no sign for U+1F60E; a box is printed"
    ]


@pytest.mark.parametrize(
    ("typed", "seen"),
    [("¥120", "120元"), ("￥ 8.50 起", "8.50元 起"), ("a\u00a0b\tc", "a b c"), ("\u200b\x07好", "好")],
)
def test_what_printers_mangle_is_written_otherwise(typed: str, seen: str) -> None:
    assert printable(typed, FONT_REGULAR) == seen
