"""Who joins a topic gets its newest view, and takes nothing away from those who follow it already."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from server.live.hub import Client, Hub
from server.protocol.topics import parse_topic
from server.protocol.views import Text
from server.services import views as make
from server.services.floor import Change
from tests.unit.domain.storm import Day

BOARD, TICKET = "board:main", "ticket:0123456789ABCDEF"


class Hall:
    """Views of a day, as the hub asks for them."""

    def __init__(self) -> None:
        self.day = Day()
        self.over: Any = None
        """The followed ticket's last view, when it has left the floor."""

    def board(self, hall: str) -> Any:
        return make.board(self.day.floor, self.day.now)

    def head(self, hall: str) -> Any:
        return make.head(self.day.floor, self.day.now)

    def live_ticket(self, code: str) -> Any:
        return None

    def hall_of_code(self, code: str) -> str:
        return ""

    async def ticket(self, code: str) -> Any:
        return self.over

    def now(self) -> datetime:
        return self.day.now

    def ids(self) -> list[str]:
        return ["main"]

    panel = kiosk = desk = lambda self, *_: None


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def hub(hall: Hall) -> Hub:
    return Hub(hall)


def join(hub: Hub, topic: str = BOARD) -> Client:
    parsed = parse_topic(topic)
    assert parsed is not None
    return hub.join([parsed])


def got(client: Client, topic: str = BOARD) -> Any:
    """The frame that waits for the client, taken; None when there is none."""
    frame = client.slots.pop(topic, None)
    return frame and json.loads(frame.text)


def waiting(frame: Any) -> int:
    return sum(service["waiting"] for service in frame["view"]["services"])


def test_who_joins_gets_the_newest_view_at_once(hub: Hub, hall: Hall) -> None:
    hall.day.issue()
    assert waiting(got(join(hub))) == 1


def test_who_joins_between_a_change_and_its_publishing_takes_it_from_nobody(hub: Hub, hall: Hall) -> None:
    early = join(hub)
    assert waiting(got(early)) == 0
    hall.day.issue()
    hub.changed(Change("main", None))
    late = join(hub)
    hub.publish_hall("main")
    assert waiting(got(late)) == 1
    assert waiting(got(early)) == 1


def test_who_joins_after_time_alone_has_moved_the_view_takes_it_from_nobody(hub: Hub, hall: Hall) -> None:
    hall.day.open("1").issue()
    hall.day.call()
    early = join(hub)
    assert len(got(early)["view"]["calls"]) == 1
    hall.day.later(5)
    late = join(hub)
    hub.publish_hall("main")
    assert got(late)["view"]["calls"] == got(early)["view"]["calls"] == []


def test_an_unchanged_view_is_sent_to_who_joins_and_to_nobody_else(hub: Hub) -> None:
    early = join(hub)
    first = got(early)
    late = join(hub)
    hub.publish_hall("main")
    assert got(early) is None
    again = got(late)
    assert again["view"] == first["view"]
    assert again["seq"] > first["seq"]


def test_who_follows_the_head_of_a_hall_hears_of_it_alone(hub: Hub, hall: Hall) -> None:
    reader = join(hub, "hall:main")
    assert got(reader, "hall:main")["view"]["emergency"] is None
    hall.day.open("1").issue()
    hub.publish_hall("main")
    assert got(reader, "hall:main") is None
    words = Text(zh="请离开。", en="Please leave.")
    hall.day.floor = replace(hall.day.floor, hall=replace(hall.day.floor.hall, emergency=words))
    hub.publish_hall("main")
    assert got(reader, "hall:main")["view"]["emergency"] == {"zh": "请离开。", "en": "Please leave."}


def test_a_newer_frame_replaces_one_not_yet_sent(hub: Hub, hall: Hall) -> None:
    slow = join(hub)
    for _ in range(5):
        hall.day.issue()
        hub.publish_hall("main")
    assert len(slow.slots) == 1
    assert waiting(got(slow)) == 5
    assert hub.conflated == 5


async def test_a_ticket_that_is_over_is_shown_to_each_who_follows_it(hub: Hub, hall: Hall) -> None:
    id = hall.day.issue()
    hall.over = make.ticket(hall.day.floor, hall.day.ticket(id), hall.day.now)
    first = join(hub, TICKET)
    await hub._last_words([TICKET])
    assert got(first, TICKET)["view"]["number"] == "A001"
    second = join(hub, TICKET)
    await hub._last_words([TICKET])
    assert got(second, TICKET)["view"]["number"] == "A001"
    assert got(first, TICKET) is None


def test_a_topic_that_nobody_follows_is_forgotten(hub: Hub) -> None:
    client = join(hub)
    hub.leave(client)
    assert hub._topics == {}
    assert hub.clients == set()
