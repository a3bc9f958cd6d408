"""What the kiosk says: for every state, in both languages, and never half of it in the other one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import assume, given

from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import offers
from kiosk.screens import words
from server.protocol.language import catalogue
from server.protocol.places import LOCALES
from server.protocol.views import WaitRange
from server.protocol.words import LANGUAGES
from tests.conftest import need
from tests.ui.kiosk_states import TICKET, WALL, at
from tests.unit.kiosk.flow_world import PAPERS, states

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    need(
        (LOCALES / "en" / "LC_MESSAGES" / "kiosk.mo").is_file(),
        "the catalogues are not compiled: run 'make setup'",
    )


@given(states)
def test_every_state_has_a_title_and_voice_help_says_it(state: m.State) -> None:
    shown = flow.shown(state)
    assume(not (isinstance(shown, m.Choosing) and state.service(shown.service) is None))
    assume(not (isinstance(shown, v.Counting) and state.item(shown.item) is None))
    assume(not (isinstance(shown, v.ChoosingItem) and not offers.items(state, shown.field)))
    # What is wrong with a code is said in place of the title, which was said before.
    assume(not (isinstance(shown, v.Showing) and shown.fault is not None))
    for language in ("zh", "en"):
        spoken = replace(state, language=language)  # type: ignore[arg-type]
        title = words.title(catalogue("kiosk", spoken.language), spoken)
        assert title
        assert title in words.speech(catalogue("kiosk", spoken.language), spoken)
        own_words = not isinstance(shown, m.Refused | flow.Emergency)
        if language == "en" and own_words:
            assert not CHINESE.search(title)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_number_is_spoken_sign_by_sign(paper: m.Paper) -> None:
    state = m.State(m.Rules(pin="0000"), screen=m.Holding(TICKET, paper, 0.0))
    assert words.speech(catalogue("kiosk", "zh"), state).endswith("您的号码是A零一七。")
    english = replace(state, language="en")
    assert words.speech(catalogue("kiosk", "en"), english).endswith("Your number is A 0 1 7.")


@pytest.mark.parametrize(
    ("low", "high", "chinese", "english"),
    [
        (0, 0, "无需等候", "No wait"),
        (0, 5, "5分钟以内", "Within 5 min"),
        (10, 10, "约10分钟", "About 10 min"),
        (10, 15, "约10–15分钟", "About 10–15 min"),
    ],
)
def test_a_wait_is_told_as_people_would(low: int, high: int, chinese: str, english: str) -> None:
    range_ = WaitRange(low=low, high=high)
    assert words.wait(catalogue("kiosk", "zh"), range_) == chinese
    assert words.wait(catalogue("kiosk", "en"), range_) == english


def test_a_date_is_written_as_each_language_writes_it() -> None:
    assert words.day(catalogue("kiosk", "zh"), WALL) == "11月20日 周五"
    assert words.day(catalogue("kiosk", "en"), WALL) == "Fri, 20 Nov"


@pytest.mark.parametrize("purpose", get_args(v.Purpose))
@pytest.mark.parametrize("fault", get_args(v.ShownFault))
def test_each_fault_of_a_code_has_its_own_sentence_and_voice_help_says_it(
    purpose: v.Purpose, fault: v.ShownFault
) -> None:
    said = {
        words.speech(catalogue("kiosk", language), at(v.Showing(purpose, "", fault), language=language))
        for language in LANGUAGES
    }
    others = {words.wrong(str, purpose, other) for other in get_args(v.ShownFault) if other != fault}
    assert words.wrong(str, purpose, fault) not in others
    assert len(said) == 2
    assert any(words.wrong(str, purpose, fault)[0] in sentence for sentence in said)
