"""What is said of a call, word by word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.wording import call_sentence, counted, spelled
from hardware.speaker.pack import VoicePack
from server.protocol.places import VOICE
from server.protocol.views import Call
from server.protocol.words import Language
from tests.conftest import need


def said(number: str, counter: str, language: Language = "zh") -> str:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return call_sentence(Call(id="1", number=number, counter=counter, at=at, language=language))


def test_a_chinese_call_reads_its_digits_one_by_one() -> None:
    assert said("A001", "3") == "请A零零一号到三号窗口办理"


def test_an_english_call_does_so_too() -> None:
    assert said("A001", "3", "en") == "Ticket A zero zero one, please proceed to counter three."


@pytest.mark.parametrize(
    ("counter", "zh", "en"),
    [
        ("1", "一", "one"),
        ("10", "十", "ten"),
        ("12", "十二", "twelve"),
        ("20", "二十", "twenty"),
        ("21", "二十一", "twenty one"),
        ("100", "一百", "one hundred"),
        ("105", "一百零五", "one hundred five"),
        ("112", "一百一十二", "one hundred twelve"),
        ("A-3", "A三", "A three"),
        ("007", "七", "seven"),
        ("0", "零", "zero"),
    ],
)
def test_counters_are_counted_as_people_count(counter: str, zh: str, en: str) -> None:
    assert (counted(counter, "zh"), counted(counter, "en")) == (zh, en)


def test_a_number_of_five_signs_is_spelled_whole() -> None:
    assert spelled("B1024", "zh") == "B一零二四"


@given(
    st.from_regex(r"[A-Z]{1,2}[0-9]{3,4}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9-]{1,8}", fullmatch=True).filter(lambda name: any(c.isalnum() for c in name)),
    st.sampled_from(["zh", "en"]),
)
def test_the_shipped_voice_pack_has_a_clip_for_every_call(
    number: str, counter: str, language: Language
) -> None:
    need((VOICE / "manifest.json").is_file(), "the voice pack is not made: run 'make setup'")
    assert VoicePack(VOICE).render(said(number, counter, language), language).seconds > 1.0
