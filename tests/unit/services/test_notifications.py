"""What customers read: every kind in both languages, complete, short, with a link and nobody's name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain import messages as m
from server.protocol.outbox import MessageKind
from server.services.notifications import letter
from tests.contract.floors import demo_hall
from tests.unit.domain.bookings import DAY, NOW, ZONE, appointment, lines

HALL = demo_hall()
URL = "https://hall.example"
ONE = appointment(lines=lines(lensmeter=2, sphygmomanometer=1), number="202611230017", code="V7K2M9QXH4TBW")
BOOKED, EVE, MORNING = m.of_booking(ONE, ZONE, NOW - timedelta(days=3))
(MOVED, *_) = m.of_moving(ONE, ZONE, NOW)
(CANCELLED,) = m.of_cancelling(ONE, ZONE, NOW)
FACTS = {"item": "price-scale", "pieces": "3", "day": DAY.isoformat()}
DUE = m.of_due("i1", "main", DAY, (30,), ZONE, NOW, FACTS)
assert DUE is not None
CASE = {
    "code": "C0123456789ABCXY",
    "number": "202611230017",
    "pieces": "3",
    "left": "2",
    "due": DAY.isoformat(),
    "pickup": "987654321093",
    "item": "price-scale",
    "piece": "2",
}
CASES = [
    m.of_case("o1", "main", kind, "c1", kind, ZONE, NOW, CASE) for kind in m.KINDS if kind.startswith("case_")
]
TROUBLE = {
    "alarm": "a1",
    "device": "kiosk-1",
    "of": "kiosk",
    "part": "printer",
    "trouble": "out_of_paper",
    "at": NOW.isoformat(),
}
MACHINES = [m.of_machine("a1", "main", kind, NOW, TROUBLE) for kind in m.OF_MACHINES]
ALL: dict[MessageKind, m.Message] = {
    one.kind: one for one in (BOOKED, EVE, MORNING, MOVED, CANCELLED, DUE, *CASES, *MACHINES)
}


def told(message: m.Message) -> m.Letter:
    return letter(message, m.Address("13812345678"), HALL, URL)


def test_every_kind_has_its_words() -> None:
    assert set(ALL) == set(m.KINDS)


@pytest.mark.parametrize("kind", m.KINDS)
def test_words_are_whole_in_both_languages_and_name_the_hall(kind: MessageKind) -> None:
    words = told(ALL[kind])
    for text in (words.subject, words.body):
        assert text.zh
        assert text.en
        assert not re.search(r"[{}]", text.zh + text.en), "a place was left open"
        assert not re.search(r"[\u4e00-\u9fff]", text.en), "Chinese in the English text"
    assert HALL.name.zh in words.body.zh
    assert HALL.name.en in words.body.en
    assert kind in m.OF_MACHINES or HALL.complaint_phone in words.body.zh


@pytest.mark.parametrize("kind", m.KINDS)
def test_words_fit_a_few_text_messages(kind: MessageKind) -> None:
    words = told(ALL[kind])
    assert len(words.body.zh) <= 3 * 67, "a long SMS of Chinese has 67 signs a part"
    assert "\n" not in words.subject.zh + words.subject.en


def test_a_booking_says_when_what_and_by_which_number() -> None:
    words = told(BOOKED)
    for part in ("11月23日（星期一）", "09:00–10:00", "焦度计2件、血压计/血压表1件", "2026 1123 0017"):
        assert part in words.body.zh
    for part in ("Mon 23 Nov", "09:00–10:00", "Lensmeter × 2, Sphygmomanometer × 1", "2026 1123 0017"):
        assert part in words.body.en
    assert words.link == f"{URL}/v/V7K2M9QXH4TBW"


@pytest.mark.parametrize("message", [EVE, MORNING], ids=["eve", "morning"])
def test_a_reminder_says_what_to_bring(message: m.Message) -> None:
    assert HALL.services["accept"].bring.zh in told(message).body.zh
    assert "请备好" not in told(BOOKED).body.zh


def test_who_cancelled_is_led_to_a_new_booking_not_to_the_old_voucher() -> None:
    assert told(CANCELLED).link == f"{URL}/book/main"


def test_a_due_item_leads_to_the_booking_page_with_its_pieces_entered() -> None:
    assert DUE is not None
    assert told(DUE).link == f"{URL}/book/main?p.price-scale=3"
    assert "电子计价秤（3件）" in told(DUE).body.zh


@pytest.mark.parametrize("message", CASES, ids=lambda one: one.kind)
def test_news_of_a_case_leads_to_its_page(message: m.Message) -> None:
    assert told(message).link == f"{URL}/c/C0123456789ABCXY"


def test_who_may_collect_is_told_the_number_to_type_and_who_may_not_is_not() -> None:
    for kind, message in ALL.items():
        named = "9876 5432 1093" in told(message).body.zh
        assert named == (kind in ("case_ready", "case_partly_released")), kind


def test_news_of_the_night_is_told_in_the_morning() -> None:
    for hour, due in ((12, 12), (8, 9), (3, 9), (21, 33)):
        now = NOW.astimezone(ZoneInfo(ZONE)).replace(hour=hour, minute=0)
        message = m.of_case("o1", "main", "case_ready", "c1", "x", ZONE, now, CASE)
        assert message.due_at - now == timedelta(hours=due - hour)


def test_an_item_or_service_that_has_left_the_hall_is_still_named_somehow() -> None:
    bare = replace(
        HALL, services={}, offer=replace(HALL.offer, catalogue=replace(HALL.offer.catalogue, items={}))
    )
    words = letter(EVE, m.Address("13812345678"), bare, URL)
    assert "lensmeter2件" in words.body.zh
    assert "accept" in words.body.en


def test_the_same_message_gives_the_same_letter() -> None:
    assert told(BOOKED) == told(BOOKED)
