"""What customers enter is checked as they type it; what is shown of it is masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.customers import (
    USCC_ALPHABET,
    mask_company,
    mask_person,
    mask_phone,
    phone,
    tail,
    uscc,
)


def completed(body: str) -> str:
    """``body`` with the check character that makes it right."""
    return next(body + sign for sign in USCC_ALPHABET if uscc(body + sign))


BODIES = st.text(alphabet=USCC_ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "914403001922038216"])
def test_codes_that_were_given_out_are_right(code: str) -> None:
    assert uscc(code) == code
    assert uscc(f" {code[:8].lower()} {code[8:]}") == code


@given(BODIES, st.data())
def test_exactly_one_check_character_is_right_and_any_slip_is_caught(body: str, data: st.DataObject) -> None:
    right = [body + sign for sign in USCC_ALPHABET if uscc(body + sign)]
    assert len(right) == 1
    code = right[0]
    at = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from(USCC_ALPHABET).filter(lambda sign: sign != code[at]))
    assert uscc(code[:at] + wrong + code[at + 1 :]) is None


@pytest.mark.parametrize("text", ["", "9135", "91350100M000100Y4O", "91350100M000100Y433", "样" * 18])
def test_what_is_no_code_is_refused(text: str) -> None:
    assert uscc(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0571-88888888", "057188888888"),
        ("010 12345678", "01012345678"),
        ("12345678901", None),
        ("1381234567", None),
        ("88888888", None),
        ("１３８１２３４５６７８", None),
        ("", None),
    ],
)
def test_phone_numbers_are_those_that_can_be_called(text: str, number: str | None) -> None:
    assert phone(text) == number


@pytest.mark.parametrize(
    ("mask", "plain", "shown"),
    [
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "1234567", "*******"),
        (mask_person, "张某", "张*"),
        (mask_person, "王某某", "王**"),
        (mask_person, "Someone", "S***"),
        (mask_person, "李", "李*"),
        (mask_person, "", ""),
        (mask_company, "杭州明视眼镜有限公司", "杭州******公司"),
        (mask_company, "老店", "老*"),
        (mask_company, "", ""),
    ],
)
def test_masks_are_as_the_trade_writes_them(mask: object, plain: str, shown: str) -> None:
    assert callable(mask)
    assert mask(plain) == shown


@given(st.text(min_size=1, max_size=40).filter(lambda name: "*" not in name))
def test_no_mask_shows_a_whole_name(name: str) -> None:
    for mask in (mask_person, mask_company):
        if name.strip():
            assert "*" in mask(name)
            assert mask(name) != name


def test_the_tail_is_the_last_four() -> None:
    assert tail("13812345678") == "5678"
