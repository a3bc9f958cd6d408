"""A line that is slow, thin, cut, held up or half-open: boards and kiosks are right again by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from display.client import Timing
from kiosk import model as m
from kiosk.client import HttpServer
from kiosk.config import ServerPart
from tests.proxy import Proxy
from tests.servers import ServerThread
from tests.waiting import until

from .boards import Board

BRISK = Timing(ping=0.5, waits=(0.05, 0.1, 0.2), first=2.0)
"""As the display, with less of a wait between two pings: for tests, in which nothing else is slow."""


@contextmanager
def board(line: Proxy, timing: Timing = BRISK) -> Iterator[Board]:
    made = Board(line.url, timing)
    try:
        until("the first frame", lambda: made.view)
        yield made
    finally:
        made.end()


def held(line: Proxy) -> None:
    line.held = True


def refusing(line: Proxy) -> None:
    line.refusing = True
    line.reset()


def well_again(line: Proxy) -> None:
    line.held = line.refusing = False
    line.delay = line.rate = 0.0
    line.heal()


@pytest.mark.parametrize("fault", [Proxy.reset, Proxy.deafen, held, refusing], ids=lambda one: one.__name__)
def test_a_board_is_right_again_once_its_line_is(
    fault: Callable[[Proxy], None], hall: ServerThread, line: Proxy
) -> None:
    with board(line) as shown:
        fault(line)
        number = hall.take_number()["number"]
        well_again(line)
        until(f"{number} on the board", lambda: number in shown.next_numbers())
        # And it goes on from there.
        other = hall.take_number()["number"]
        until(f"{other} on the board", lambda: other in shown.next_numbers())


def test_a_board_on_a_slow_and_thin_line_is_behind_but_right(hall: ServerThread, line: Proxy) -> None:
    line.delay, line.rate = 0.1, 40_000
    # A busy machine is no slow line: its own pauses may outlast a screen's patience.
    with board(line, Timing(open=10, ping=15, first=25, silence=60)) as shown:
        numbers = [hall.take_number()["number"] for _ in range(5)]
        until("all on the board", lambda: set(numbers) <= set(shown.next_numbers()))
        assert shown.breaks == 0


@pytest.mark.usefixtures("impatient")
def test_a_half_open_link_is_noticed_and_given_up_by_the_server(hall: ServerThread, line: Proxy) -> None:
    hub = hall.app.state.core.hub
    with hall.live("board:main") as sound, board(line, Timing(ping=60, silence=60)) as shown:
        until("both links", lambda: len(hub.clients) == 2)
        line.deafen()
        until("the dead one given up", lambda: len(hub.clients) == 1)
        assert shown.breaks == 0, "its own end has noticed nothing: that is what half-open means"
        number = hall.take_number()["number"]
        assert number in seen(sound, number)
        line.heal()
        line.reset()
        until(f"{number} on the board", lambda: number in shown.next_numbers())


def seen(link: Any, number: str) -> str:
    """The first frame that holds the number."""
    while f'"{number}"' not in (text := str(link.recv(10))):
        pass
    return text


@pytest.mark.parametrize("fault", [Proxy.reset, Proxy.deafen, refusing], ids=lambda one: one.__name__)
def test_a_press_on_a_line_that_fails_is_one_ticket_once_the_line_is_well(
    fault: Callable[[Proxy], None], hall: ServerThread, line: Proxy
) -> None:
    token = hall.credentials["devices"]["kiosk-1"]
    part = ServerPart(url=line.url, hall="main", device="kiosk-1", token=token)
    kiosk = HttpServer(part, time_out=(0.5, 0.5), sleep=lambda seconds: well_again(line))
    try:
        first = kiosk.issue(m.Press("a" * 32, "accept", "ordinary", "zh"))
        assert isinstance(first, m.Issued)
        fault(line)
        second = kiosk.issue(m.Press("b" * 32, "accept", "ordinary", "zh"))
        again = kiosk.issue(m.Press("b" * 32, "accept", "ordinary", "zh"))
    finally:
        kiosk.close()
    assert isinstance(second, m.Issued)
    assert again == second
    assert [first.ticket.number, second.ticket.number] == ["A001", "A002"]
    assert hall.take_number()["number"] == "A003"
