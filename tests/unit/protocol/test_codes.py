"""Scannable codes: every slip of a finger or a scanner is caught."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.protocol.codes import (
    ALPHABET,
    BODY,
    KINDS,
    Code,
    Kind,
    Number,
    code_of,
    could_be_ours,
    number_of,
    read,
    spaced,
)

CODES = st.builds(code_of, st.sampled_from(KINDS), st.integers(0, 2**65 - 1))
NUMBERS = st.builds(number_of, st.integers(0, 10**10 - 1))


@given(st.sampled_from(KINDS), st.integers(0, 2**65 - 1))
def test_what_is_made_is_read(kind: Kind, random: int) -> None:
    made = code_of(kind, random)
    assert read(made) == Code(kind, made)
    assert made.isascii()
    assert made == made.upper()
    assert len(made) == 3 + BODY[kind]


@given(st.sampled_from(KINDS), st.integers(0, 2**50 - 1), st.integers(0, 2**50 - 1))
def test_different_randoms_are_different_codes(kind: Kind, one: int, other: int) -> None:
    assume(one != other)
    assert code_of(kind, one) != code_of(kind, other)


@given(CODES, st.data())
def test_any_single_wrong_character_is_caught(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET).filter(lambda sign: sign != code[at]))
    assert isinstance(read(code[:at] + wrong + code[at + 1 :]), str)


@given(CODES, st.data())
def test_any_swap_of_neighbours_is_caught(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 2))
    assume(code[at] != code[at + 1])
    assert isinstance(read(code[:at] + code[at + 1] + code[at] + code[at + 2 :]), str)


@given(CODES, st.data())
def test_a_torn_code_is_said_to_be_torn(code: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(code) - 1))
    assert read(code[:cut]) == "torn"
    assert read(code + code[1:3]) == "torn"


@given(NUMBERS, st.data())
def test_a_number_is_checked_as_strictly(number: str, data: st.DataObject) -> None:
    assert read(number) == read(spaced(number)) == Number(number)
    at = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda sign: sign != number[at]))
    assert read(number[:at] + wrong + number[at + 1 :]) == "mistyped"
    at = data.draw(st.integers(0, len(number) - 2))
    if number[at] != number[at + 1]:
        assert read(number[:at] + number[at + 1] + number[at] + number[at + 2 :]) == "mistyped"
    assert read(number[:-1]) == "torn"


@given(CODES)
def test_the_way_it_is_typed_does_not_matter(code: str) -> None:
    as_typed = "-".join(code[at : at + 4] for at in range(0, len(code), 4)).lower()
    assert read(f"  {as_typed.replace('0', 'o').replace('1', 'l')}\r\n") == read(code)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" -\r\n", "empty"),
        ("6901234567892", "torn"),
        ("69012345678921", "foreign"),
        ("https://example.com/t/ABC", "foreign"),
        ("VOUCHER FOR YOU", "foreign"),
        ("S123", "torn"),
        ("样品", "foreign"),
        ("S7K2M9QXH4T\x1d00", "foreign"),
        ("V" * 4000, "foreign"),
        ("１２３４５６７８９０１２", "foreign"),
    ],
)
def test_each_fault_has_its_name(text: str, fault: str) -> None:
    assert read(text) == fault


@given(CODES, st.data())
def test_what_a_slip_makes_of_our_code_is_never_taken_for_another_institutions(
    code: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(code) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET))
    assert could_be_ours(code)
    assert could_be_ours(code[:at] + wrong + code[at + 1 :])
    assert could_be_ours(code[: max(at, 9)])


@pytest.mark.parametrize("label", ["PRE-0001", "C2026-118", "EQ 00017", "20240117", "Z-12", "6901234567892"])
def test_labels_of_others_may_begin_as_ours_do(label: str) -> None:
    assert not could_be_ours(label)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read(text), (str, Code, Number))
