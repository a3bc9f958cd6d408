"""A kiosk, its server and a bad line between them: whatever is lost on the way, one number counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from kiosk import alone as a
from kiosk import model as m
from kiosk import visit as v
from kiosk.alone_work import open_reserve
from kiosk.client import HttpServer
from kiosk.config import ServerPart
from kiosk.day_list import digest
from kiosk.standby import Standby
from server.protocol.offline import HandedIn, HandedInView
from server.protocol.views import KioskHome
from tests.proxy import Proxy
from tests.servers import LIMIT, Clock, ServerThread
from tests.waiting import free_port, until

from .visits import booked
from .visits import kiosk as token_of

LATE = 0.6
"""Seconds each way: a request arrives, its answer comes when nobody waits any more."""
PRESS = m.Press("the-key-of-a-press", "accept", "elderly", "zh")


class Kiosk:
    """What a kiosk is towards its server. ``line`` is what its presses go over; it hands in past it."""

    def __init__(self, hall: ServerThread, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self.line = Proxy(hall.port)
        self._bad = self._http(hall, self.line.url, 0.3)
        self.straight = self._http(hall, hall.url, 10.0)
        reserve = open_reserve(folder, hall="main", key="", send=self.straight.once)
        self.standby: Standby = reserve.standby
        self.lender, self.lists = reserve.lender, reserve.lists
        with hall.live("kiosk:main", token=token_of(hall)) as live:
            self.home = KioskHome.model_validate(json.loads(live.recv(LIMIT))["view"])
        lent = self.lender.leases(remembers=False)
        assert lent is not None
        self.standby.lend(lent, timedelta())

    def _http(self, hall: ServerThread, url: str, patience: float) -> HttpServer:
        part = ServerPart(url, "main", token_of(hall), "kiosk-1")
        return HttpServer(part, pauses=(), time_out=(2.0, patience))

    def press(self, press: m.Asked = PRESS) -> m.Input:
        return self._bad.issue(press)

    def give(self, wish: a.GiveAlone) -> a.GivenAlone:
        given = self.standby.give(wish, self.home, self._clock.now.astimezone(ZoneInfo("Asia/Shanghai")))
        assert given is not None
        return given

    def hand_in(self) -> tuple[HandedIn, ...]:
        answer = self.lender.hand_in(self.standby.to_hand_in())
        assert isinstance(answer, HandedInView)
        self.standby.handed_in(answer.tickets)
        return answer.tickets

    def close(self) -> None:
        self.line.end()
        self._bad.close()
        self.straight.close()


@pytest.fixture
def kiosk(hall: ServerThread, tmp_path: Path, clock: Clock) -> Iterator[Kiosk]:
    made = Kiosk(hall, tmp_path / "kiosk", clock)
    yield made
    made.close()


def waiting(hall: ServerThread) -> list[str]:
    """The numbers that can be called, in order."""
    hall.ask("POST", "/halls/main/counters/1/open", {}, hall.sign_in("clerk1"))
    numbers = []
    while True:
        path = "/halls/main/counters/1/call-next"
        ticket = hall.ask("POST", path, {}, hall.sign_in("clerk1"))["ticket"]
        if ticket is None:
            return numbers
        numbers.append(ticket["number"])
        for step in ("start", "done"):
            hall.ask("POST", f"/tickets/{ticket['id']}/{step}", {}, hall.sign_in("clerk1"))


INSTEAD = a.GiveAlone(PRESS.key, "accept", "zh", "elderly", instead_of=PRESS.key)


def test_an_answer_lost_on_the_way_and_a_number_from_the_block_are_one_in_the_end(
    hall: ServerThread, kiosk: Kiosk
) -> None:
    kiosk.line.delay = LATE
    assert kiosk.press() == m.Unanswered(PRESS.key, sent=True)
    token = hall.sign_in("clerk1")
    until(
        "the number that nobody saw",
        lambda: hall.request("GET", "/api/v1/halls/main/tickets/A001", None, token).status_code == 200,
    )
    given = kiosk.give(INSTEAD)
    assert [(one.outcome, one.number) for one in kiosk.hand_in()] == [("taken", given.number)]
    assert waiting(hall) == [given.number]
    assert hall.ask("GET", f"/tickets/{given.code}")["priority"] == "elderly"


def test_a_request_that_arrives_after_its_number_was_given_elsewhere_makes_none(
    hall: ServerThread, kiosk: Kiosk
) -> None:
    kiosk.line.held = True
    assert kiosk.press() == m.Unanswered(PRESS.key, sent=True)
    given = kiosk.give(INSTEAD)
    kiosk.hand_in()
    kiosk.line.held = False
    again = kiosk.straight.issue(PRESS)
    assert isinstance(again, m.WasRefused)
    assert waiting(hall) == [given.number]


def test_the_same_press_again_brings_the_number_that_was_lost(hall: ServerThread, kiosk: Kiosk) -> None:
    kiosk.line.delay = LATE
    assert kiosk.press() == m.Unanswered(PRESS.key, sent=True)
    kiosk.line.delay = 0.0
    answer = until(
        "the number",
        lambda: found if isinstance(found := kiosk.straight.issue(PRESS), m.Issued) else None,
    )
    assert waiting(hall) == [answer.ticket.number]


def test_where_there_is_no_connection_nothing_was_sent(hall: ServerThread) -> None:
    part = ServerPart(f"http://127.0.0.1:{free_port()}", "main", token_of(hall), "kiosk-1")
    assert HttpServer(part, pauses=()).issue(PRESS) == m.Unanswered(PRESS.key, sent=False)
    assert waiting(hall) == []


def test_a_check_in_whose_answer_was_lost_goes_on_under_the_number_on_paper(
    hall: ServerThread, kiosk: Kiosk, clock: Clock
) -> None:
    one = booked(hall)
    signed = kiosk.lender.day_list()
    assert signed is not None
    assert kiosk.lists.keep(signed)
    assert kiosk.lists.listed is not None
    [listed] = [one_ for one_ in kiosk.lists.listed.vouchers if one_.digest == digest(one["code"])]
    kiosk.line.delay = LATE
    press = v.CheckInPress("the-key-of-a-check-in", one["code"], None, True, "zh")
    assert kiosk.press(press) == m.Unanswered(press.key, sent=True)
    until(
        "the check-in",
        lambda: (
            hall.ask("POST", "/halls/main/arrivals", {"code": one["code"]}, token_of(hall))["arrival"]
            == "already_used"
        ),
    )
    given = kiosk.give(
        a.GiveAlone(press.key, listed.service, "zh", "appointment", one["code"], instead_of=press.key)
    )
    [told] = kiosk.hand_in()
    assert told.outcome == "taken"
    clock.advance(hours=2)
    assert waiting(hall) == [given.number]
    order = hall.ask("POST", "/halls/main/labels", {"code": given.code}, token_of(hall))
    assert len(order["labels"]) == 2


def test_every_number_that_was_given_while_requests_were_lost_counts_once(
    hall: ServerThread, kiosk: Kiosk
) -> None:
    """Ten people at once over a line that loses every answer; each takes a number from the block instead."""
    kiosk.line.delay = LATE
    presses = [m.Press(f"the-key-of-press-{n}", "accept", "ordinary", "zh") for n in range(10)]
    threads = [Thread(target=kiosk.press, args=(press,)) for press in presses]
    for thread in threads:
        thread.start()
    given = [
        kiosk.give(a.GiveAlone(press.key, "accept", "zh", instead_of=press.key)).number for press in presses
    ]
    kiosk.hand_in()
    for thread in threads:
        thread.join()
    assert waiting(hall) == given
