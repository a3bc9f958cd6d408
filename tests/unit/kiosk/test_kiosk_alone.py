"""Being cut off beside the screen: the day's list, the clock, handing in, and what the server answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import alone as a
from kiosk import flow
from kiosk import model as m
from kiosk.alone_work import AloneWork, Reserve, open_reserve
from kiosk.client import HttpServer
from kiosk.config import ConfigError, ServerPart, parse
from kiosk.day_list import FILE, KEY_FILE, DayListFile
from kiosk.hall_clock import HallClock
from kiosk.lender import HttpLender
from kiosk.memory import TicketFile
from kiosk.standby import Standby
from server.protocol.offline import DayList, OfflineTicket, SignedDayList
from tests.ui import kiosk_alone as cut_off
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import EQUIPPED, HOME, TICKET, WALL
from tests.unit.kiosk.fake_server import Asked, Behaviour, FakeServer, Reply, problem
from tests.unit.kiosk.lending_hall import LendingHall
from tests.unit.kiosk.test_kiosk_standby import standby
from tests.waiting import eventually

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> str:
    raw, as_is = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return key.public_key().public_bytes(raw, as_is).hex()


def signed(key: Ed25519PrivateKey = KEY, *, hall: str = "main", day: datetime = WALL) -> SignedDayList:
    listed = DayList(hall=hall, day=day.date(), made_at=WALL, vouchers=(cut_off.listed(WALL),))
    body = listed.model_dump_json()
    return SignedDayList(body=body, signature=key.sign(body.encode()).hex(), key=public(key))


# ---- the day's list --------------------------------------------------------------------------------


def test_the_key_of_the_first_list_is_kept_and_no_other_is_believed_afterwards(tmp_path: Path) -> None:
    lists = DayListFile(tmp_path, hall="main")
    assert lists.keep(signed())
    assert (tmp_path / KEY_FILE).read_text() == public(KEY)
    assert not lists.keep(signed(OTHER))
    assert not DayListFile(tmp_path, hall="main").keep(signed(OTHER))
    kept = DayListFile(tmp_path, hall="main").listed
    assert kept is not None
    assert kept.vouchers == (cut_off.listed(WALL),)


def test_the_key_learnt_when_the_kiosk_was_paired_is_the_only_one(tmp_path: Path) -> None:
    assert not DayListFile(tmp_path, hall="main", key=public(OTHER)).keep(signed())
    assert DayListFile(tmp_path, hall="main", key=public(KEY)).keep(signed())


def test_the_key_may_stand_in_the_settings(tmp_path: Path) -> None:
    server = {"url": "http://hall", "hall": "main", "token": "t", "seal_key": public(KEY).upper()}
    parts: dict[str, object] = {"server": server, "staff": {"pin": "246810"}}
    assert parse(parts, tmp_path).server.seal_key == public(KEY)
    server["seal_key"] = "no key"
    with pytest.raises(ConfigError, match="64 digits"):
        parse(parts, tmp_path)


def test_a_list_that_somebody_changed_is_not_used(tmp_path: Path) -> None:
    lists = DayListFile(tmp_path, hall="main")
    good = signed()
    body = good.body.replace('"pieces":3', '"pieces":9')
    assert body != good.body
    assert not lists.keep(good.model_copy(update={"body": body}))
    assert lists.keep(good)
    (tmp_path / FILE).write_text(good.model_copy(update={"body": body}).model_dump_json(), encoding="utf-8")
    assert DayListFile(tmp_path, hall="main").listed is None


def test_the_list_of_another_hall_is_not_used(tmp_path: Path) -> None:
    assert not DayListFile(tmp_path, hall="main").keep(signed(hall="other"))


def test_nobodys_name_or_number_stands_in_the_files(tmp_path: Path) -> None:
    DayListFile(tmp_path, hall="main").keep(signed())
    assert visits.CODE not in (tmp_path / FILE).read_text(encoding="utf-8")


# ---- the clock -------------------------------------------------------------------------------------


class Clocks:
    def __init__(self) -> None:
        self.steady, self.wall = 100.0, WALL

    def both(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += timedelta(seconds=seconds)


def test_a_jump_of_this_machines_clock_moves_nothing_while_it_runs() -> None:
    clocks = Clocks()
    clock = HallClock(lambda: clocks.steady, lambda: clocks.wall)
    clock.hear(WALL + timedelta(minutes=3))
    clocks.both(60)
    clocks.wall -= timedelta(days=400)
    assert clock.now() == WALL + timedelta(minutes=4)


def test_after_a_start_without_the_server_the_last_difference_holds() -> None:
    clocks = Clocks()
    clock = HallClock(lambda: clocks.steady, lambda: clocks.wall, timedelta(minutes=-5))
    clocks.both(30)
    assert clock.now() == WALL + timedelta(minutes=-5, seconds=30)


# ---- the work --------------------------------------------------------------------------------------


class Desk:
    """The work with a flow of its own, as the app has them."""

    def __init__(self, folder: Path, hall: LendingHall, *, again: float = 0.01) -> None:
        self.clocks = Clocks()
        self.store = standby(folder)
        self.reserve = Reserve(self.store, DayListFile(folder, hall="main"), hall)
        self.state = replace(EQUIPPED, kept=self.store.home)
        self.effects: list[m.Effect] = []
        self.work = AloneWork(
            self.reserve,
            HallClock(lambda: self.clocks.steady, lambda: self.clocks.wall),
            feed=self.feed,
            seen=lambda: self.state,
            local=lambda: self.clocks.wall,
            every=60.0,
            again=again,
        )

    def feed(self, event: m.Input) -> None:
        self.state, effects = flow.step(self.state, event, 2000.0)
        self.effects += effects

    async def running(self, until: Callable[[], bool]) -> None:
        task = asyncio.create_task(self.work.go_on())
        try:
            await eventually(until)
        finally:
            task.cancel()

    async def take(self, key: str, service: str = "accept") -> a.GivenAlone:
        await self.work.give(a.GiveAlone(key, service, "zh"))
        (ticket,) = [e.ticket for e in self.effects if isinstance(e, m.Remember)][-1:]
        assert isinstance(ticket, a.GivenAlone)
        return ticket


async def test_what_is_lent_is_fetched_and_told_to_the_flow(tmp_path: Path) -> None:
    hall = LendingHall()
    hall.signed = signed()
    desk = Desk(tmp_path, hall)
    await desk.running(lambda: desk.state.alone.lent and desk.state.alone.vouchers)
    assert desk.state.alone.services == ("accept", "submit", "pickup", "consult", "green")
    assert desk.state.alone.left == 100
    assert desk.store.home is not None, "the hall is kept for a start without the server"


async def test_numbers_are_handed_in_when_the_link_is_back(tmp_path: Path) -> None:
    hall = LendingHall()
    hall.signed = signed()
    desk = Desk(tmp_path, hall, again=60.0)
    await desk.running(lambda: desk.state.alone.vouchers)
    hall.there = False
    desk.state = replace(desk.state, link="lost")
    desk.work.look()
    assert desk.state.alone.since == WALL
    given = [(await desk.take(f"k{n}")).number for n in range(3)]
    assert desk.state.alone.waiting == 3

    async def back() -> None:
        await asyncio.sleep(0.02)
        hall.there = True
        desk.feed(m.HomeSeen(HOME))
        desk.work.look()

    task = asyncio.create_task(back())
    await desk.running(lambda: desk.state.alone.waiting == 0)
    await task
    assert [number for _, number in hall.queue] == given
    assert desk.state.alone.since is None


async def test_one_ticket_that_spoils_a_request_does_not_hold_the_others_back(tmp_path: Path) -> None:
    hall = LendingHall()
    desk = Desk(tmp_path, hall)
    await desk.running(lambda: desk.state.alone.lent)
    first, second, third = [await desk.take(f"k{n}") for n in range(3)]
    hall.poison.add(second.code)
    await desk.running(lambda: desk.state.alone.waiting == 0)
    assert [number for _, number in hall.queue] == [first.number, third.number]
    assert desk.state.alone.bad == (second.number,)


async def test_a_list_of_yesterday_checks_nobody_in(tmp_path: Path) -> None:
    hall = LendingHall()
    hall.signed = signed(day=WALL - timedelta(days=1))
    desk = Desk(tmp_path, hall)
    await desk.running(lambda: desk.reserve.lists.listed is not None and desk.state.alone.lent)
    assert not desk.state.alone.vouchers
    desk.state = replace(desk.state, screen=m.Issuing(visits_look(), 0.0, alone=True))
    desk.work.find(a.LookAlone("question-1", visits.CODE))
    assert desk.state.screen == a.ArrivedAlone(visits.CODE)


async def test_a_voucher_is_found_by_its_digest(tmp_path: Path) -> None:
    hall = LendingHall()
    hall.signed = signed()
    desk = Desk(tmp_path, hall)
    await desk.running(lambda: desk.state.alone.vouchers)
    desk.state = replace(desk.state, screen=m.Issuing(visits_look(), 0.0, alone=True))
    desk.work.find(a.LookAlone("question-1", visits.CODE))
    assert desk.state.screen == a.ArrivedAlone(visits.CODE, cut_off.listed(WALL))


async def test_a_number_that_can_not_be_kept_is_not_given(tmp_path: Path) -> None:
    hall = LendingHall()
    desk = Desk(tmp_path, hall)
    await desk.running(lambda: desk.state.alone.lent)
    press = m.Press("k1", "accept", "ordinary", "zh")
    desk.state = replace(desk.state, screen=m.Issuing(press, 0.0, alone=True))

    def full(_path: Path, _text: str) -> None:
        raise OSError("no space left on device")

    broken = Standby(tmp_path, new_id=lambda: "0" * 32, new_code=lambda: "0" * 16, write=full)
    desk.work._reserve = replace(desk.reserve, standby=broken)
    await desk.work.give(a.GiveAlone("k1", "accept", "zh"))
    assert isinstance(desk.state.screen, m.Refused)


def visits_look() -> m.Asked:
    from kiosk import visit as v

    return v.Look("question-1", visits.CODE, "zh")


# ---- over HTTP -------------------------------------------------------------------------------------


def ticket(n: int) -> OfflineTicket:
    return OfflineTicket(id=f"{n:032x}", code=f"{n:016}", lease="0" * 32, n=n, issued_at=WALL)


def handed(asked: Asked) -> Behaviour:
    told = [
        {"id": one["id"], "outcome": "taken", "number": f"A{one['n']:03}", "why": {"zh": "", "en": ""}}
        for one in asked.body["tickets"]
    ]
    return Reply(201, {"tickets": told})


def over_http(url: str) -> HttpLender:
    http = HttpServer(ServerPart(url, "main", "the-token", "kiosk-1"), time_out=(2.0, 0.3))
    return HttpLender(http.once, "main")


def test_the_same_tickets_are_handed_in_with_the_same_key() -> None:
    server = FakeServer(handed)
    with server.open() as url:
        lender = over_http(url)
        for tickets in ((ticket(1), ticket(2)), (ticket(1), ticket(2)), (ticket(1),)):
            answer = lender.hand_in(tickets)
            assert answer not in (None, "never")
    first, second, other = (asked.headers["Idempotency-Key"] for asked in server.asked)
    assert first == second != other


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (problem(422, "bad_request"), "never"),
        (problem(404, "not_found"), None),
        (problem(401, "unauthorized"), None),
        (problem(503, "unavailable"), None),
        (Reply(201, {"odd": 1}), None),
        ("hang up", None),
    ],
)
def test_numbers_are_kept_unless_the_server_has_them_or_can_never_take_them(
    reply: Behaviour, answer: object
) -> None:
    with FakeServer(lambda _asked: reply).open() as url:
        assert over_http(url).hand_in((ticket(1),)) == answer


def test_a_kiosk_that_remembers_nothing_says_so() -> None:
    server = FakeServer(lambda _asked: problem(503, "unavailable"))
    with server.open() as url:
        lender = over_http(url)
        assert lender.leases(remembers=False) is None
        assert lender.leases(remembers=True) is None
        assert lender.day_list() is None
    assert [asked.body for asked in server.asked] == [{"known": []}, {"known": None}, None]


def test_blocks_are_asked_for_with_the_same_key_until_an_answer_came() -> None:
    lent = LendingHall().leases(remembers=True)
    assert lent is not None
    replies = [problem(503, "unavailable"), Reply(201, lent.model_dump(mode="json")), problem(503, "busy")]
    server = FakeServer(lambda _asked: replies.pop(0))
    with server.open() as url:
        lender = over_http(url)
        found = [lender.leases(remembers=True) for _ in range(3)]
    assert found == [None, lent, None]
    first, second, third = (asked.headers["Idempotency-Key"] for asked in server.asked)
    assert first == second != third


def test_codes_are_such_as_the_server_takes(tmp_path: Path) -> None:
    reserve = open_reserve(tmp_path, hall="main", key="", send=lambda *_, **__: None)
    lent = LendingHall().leases(remembers=True)
    assert lent is not None
    reserve.standby.lend(lent, timedelta())
    given = reserve.standby.give(a.GiveAlone("k", "accept", "zh"), HOME, WALL)
    (waits,) = reserve.standby.to_hand_in()
    assert OfflineTicket.model_validate_json(waits.model_dump_json()) == waits
    assert given is not None
    assert given.code == waits.code


# ---- printing again --------------------------------------------------------------------------------


def test_a_number_given_while_cut_off_is_printed_again_as_one(tmp_path: Path) -> None:
    given = cut_off.given(TICKET, slot=True)
    memory = TicketFile(tmp_path, now=lambda: WALL)
    memory.keep(TICKET.model_copy(update={"id": "other", "number": "A018"}))
    memory.keep(given)
    again = TicketFile(tmp_path, now=lambda: WALL)
    assert again.find(given.number) == given
    found = again.find("A018")
    assert found is not None
    assert not isinstance(found, a.GivenAlone)
    assert json.loads((tmp_path / "tickets.json").read_text(encoding="utf-8"))[1]["alone"]
