"""The outbox as a hall's manager meets it: what booking tells customers, counts, and one more try."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.domain.messages import KINDS, Address, Delivered, Letter, Outcome, Rejected
from server.services.outbox import Channels
from tests.integration.server.stage import Stage
from tests.integration.server.visits import PHONE, booked, checked_in
from tests.servers import Clock, furnished_copy, served
from tests.waiting import until

MESSAGES = "/halls/main/messages"
TOMORROW = {"day": "2026-11-23", "slot": "accept-1400"}
"""The next working day after the tests' Friday."""


class Door:
    """A channel for phones that says no as long as ``shut``."""

    name = "sms"

    def __init__(self) -> None:
        self.shut = False
        self.letters: list[Letter] = []

    def reaches(self, address: Address) -> bool:
        return bool(address.phone)

    async def send(self, letter: Letter) -> Outcome:
        if self.shut:
            return Rejected("http 403")
        self.letters.append(letter)
        return Delivered()

    async def close(self) -> None:
        pass

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.letters]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def stage(tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A hall that tells its customers everything by phone."""
    monkeypatch.setattr("server.services.outbox.POLL", 0.02)
    monkeypatch.setattr("server.services.due.LOOK", 0.02)
    channels = Channels({"sms": door}, dict.fromkeys(KINDS, ("sms",)), (30, 7))
    with served(*furnished_copy(tmp_path), Clock(), channels) as made:
        yield Stage(made)


@pytest.fixture
def mute(tmp_path: Path) -> Iterator[Stage]:
    """A hall without any channel."""
    with served(*furnished_copy(tmp_path), Clock()) as made:
        yield Stage(made)


def messages(stage: Stage, query: str = "") -> Any:
    return stage.do("GET", MESSAGES + query, user="manager")


def counts(stage: Stage) -> dict[str, int]:
    """The states that have any message."""
    return {state: many for state, many in messages(stage)["counts"].items() if many}


def proof(made: Any) -> dict[str, str]:
    return {"code": made["code"], "tail": PHONE[-4:]}


def test_a_booking_is_told_at_once_and_its_reminders_wait(stage: Stage, door: Door) -> None:
    made = booked(stage.server, **TOMORROW)
    until("the message", lambda: counts(stage) == {"sent": 1, "waiting": 2})
    (letter,) = door.letters
    assert letter.kind == "booked"
    assert letter.to.phone == PHONE
    assert letter.link == made["url"]
    assert made["number"] in letter.body.zh.replace(" ", "")
    waiting = messages(stage, "?state=waiting")["messages"]
    assert [(one["kind"], one["due_at"]) for one in sorted(waiting, key=lambda one: one["due_at"])] == [
        ("reminder_eve", "2026-11-22T18:00:00+08:00"),
        ("reminder_day", "2026-11-23T07:30:00+08:00"),
    ]


def test_a_move_takes_the_old_reminders_back_and_a_cancellation_all_of_them(stage: Stage, door: Door) -> None:
    made = booked(stage.server, **TOMORROW)
    until("the booking being told", lambda: door.kinds == ["booked"])
    moved = {"day": "2026-11-24", "slot": "accept-1400"}
    stage.server.ask("POST", "/appointments/reschedule", proof(made) | moved)
    until("the move being told", lambda: door.kinds == ["booked", "moved"])
    assert "11月24日" in door.letters[1].body.zh
    until("it being counted", lambda: counts(stage) == {"sent": 2, "waiting": 2, "withdrawn": 2})
    stage.server.ask("POST", "/appointments/cancel", proof(made))
    until("the cancellation being told", lambda: door.kinds == ["booked", "moved", "cancelled"])
    until("it being counted", lambda: counts(stage) == {"sent": 3, "withdrawn": 4})


def test_a_refused_move_withdraws_nothing(stage: Stage, door: Door) -> None:
    made = booked(stage.server, **TOMORROW)
    until("the booking being told", lambda: counts(stage) == {"sent": 1, "waiting": 2})
    body = proof(made) | {"day": "2026-11-22", "slot": "accept-1400"}
    answer = stage.server.request("POST", "/api/v1/appointments/reschedule", body)
    assert answer.status_code == 409
    assert counts(stage) == {"sent": 1, "waiting": 2}


def test_who_has_checked_in_is_not_reminded(stage: Stage, door: Door) -> None:
    made = booked(stage.server, day="2026-11-20", slot="accept-1400")
    until("the booking being told", lambda: counts(stage).get("sent") == 1)
    stage.server.clock.advance(hours=1, minutes=45)
    checked_in(stage.server, made["code"])
    assert "waiting" not in counts(stage)


def test_what_was_given_up_is_sent_once_more_when_a_manager_asks(stage: Stage, door: Door) -> None:
    door.shut = True
    booked(stage.server, **TOMORROW)
    until("it being given up", lambda: counts(stage).get("given_up") == 1)
    (given_up,) = messages(stage, "?state=given_up")["messages"]
    assert (given_up["reason"], given_up["channel"], given_up["tries"]) == ("http 403", "sms", 1)
    assert given_up["may_retry"]
    door.shut = False
    stage.do("POST", f"{MESSAGES}/{given_up['id']}/retry", user="manager")
    until("it being sent", lambda: counts(stage) == {"sent": 1, "waiting": 2})
    assert [one.id for one in door.letters] == [given_up["id"]]


@pytest.mark.parametrize(
    ("id", "status", "code"), [("none", 404, "message_unknown"), ("", 409, "message_not_over")]
)
def test_what_cannot_be_sent_once_more_says_why(
    stage: Stage, door: Door, id: str, status: int, code: str
) -> None:
    booked(stage.server, **TOMORROW)
    until("it being sent", lambda: counts(stage).get("sent") == 1)
    id = id or messages(stage, "?state=sent")["messages"][0]["id"]
    path = f"/api/v1{MESSAGES}/{id}/retry"
    answer = stage.server.request("POST", path, None, stage.as_("manager"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_manager_sees_no_customer_in_the_list(stage: Stage) -> None:
    booked(stage.server, **TOMORROW)
    until("it being sent", lambda: counts(stage).get("sent") == 1)
    shown = str(messages(stage))
    assert PHONE not in shown
    assert "某某甲" not in shown
    assert "明亮" not in shown


def test_without_a_channel_messages_wait_visibly_and_nothing_else_changes(mute: Stage) -> None:
    booked(mute.server, **TOMORROW)
    told = messages(mute)
    assert told["counts"]["no_channel"] == 3
    assert told["channels"]["booked"] == []
    assert {one["state"] for one in messages(mute, "?state=no_channel")["messages"]} == {"no_channel"}
    assert messages(mute, "?state=waiting")["messages"] == []


def test_reminders_that_nobody_sent_in_time_are_over_once_their_slot_has_begun(
    mute: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.due.LOOK", 0.02)
    booked(mute.server, **TOMORROW)
    mute.server.clock.advance(days=4)
    mute.sign_out()
    until("them being over", lambda: counts(mute) == {"expired": 3}, 20)


def test_the_list_is_narrowed_by_state_and_kind(stage: Stage) -> None:
    booked(stage.server, **TOMORROW)
    until("it being sent", lambda: counts(stage) == {"sent": 1, "waiting": 2})
    both = messages(stage, "?state=sent&state=waiting&kind=booked&kind=reminder_eve")["messages"]
    assert sorted(one["kind"] for one in both) == ["booked", "reminder_eve"]
    assert len(messages(stage, "?limit=1")["messages"]) == 1
    bad = stage.server.request("GET", f"/api/v1{MESSAGES}?state=lost", None, stage.as_("manager"))
    assert bad.status_code == 422
