"""The sender over both databases: retried until somebody answers for certain, and never knowingly twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from server.domain import messages as m
from server.protocol.outbox import MessageKind
from server.services import outbox as sender_module
from server.services.halls import Halls
from server.services.outbox import Channels, Sender
from server.store import bookings, halls, journal, outbox
from server.store import tables as t
from server.store.engine import reading
from tests.contract.floors import demo_hall
from tests.servers import Clock
from tests.unit.domain.bookings import DAY, NOW, ZONE, appointment
from tests.waiting import eventually

EARLY = NOW - timedelta(days=3)
HALL = demo_hall()
CUSTOMER = bookings.Customer(
    "c1", HALL.id, "company", "某甲", "某公司", "", "13812345678", EARLY, "1", "zhang@example.org"
)
FIRST, EVE, MORNING = m.of_booking(appointment(), ZONE, EARLY)


class Fake:
    """A channel that answers as it is told, then yes; it keeps what it was given."""

    def __init__(self, name: str = "sms", *, mail: bool = False) -> None:
        self.name = name
        self.answers: list[m.Outcome | Exception] = []
        self.sent: list[m.Letter] = []
        self.closed = False
        self.gate: asyncio.Event | None = None
        self._mail = mail

    def reaches(self, address: m.Address) -> bool:
        return bool(address.email if self._mail else address.phone)

    async def send(self, letter: m.Letter) -> m.Outcome:
        self.sent.append(letter)
        answer = self.answers.pop(0) if self.answers else m.Delivered()
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self.closed = True


def routed(*channels: Fake, kinds: tuple[MessageKind, ...] = m.KINDS) -> Channels:
    names = tuple(one.name for one in channels)
    return Channels({one.name: one for one in channels}, dict.fromkeys(kinds, names), (30, 7))


@pytest.fixture
def told(engine: Engine) -> Engine:
    """A hall with a customer who has just booked."""
    with engine.begin() as connection:
        halls.make_hall(connection, HALL, DAY - timedelta(days=3))
        bookings.add_customer(connection, CUSTOMER)
        outbox.put(connection, [FIRST, EVE, MORNING])
    return engine


@asynccontextmanager
async def at_work(engine: Engine, channels: Channels, clock: Clock) -> AsyncIterator[Sender]:
    hall = Halls(engine, clock, "https://hall.example")
    await hall.start()
    try:
        yield Sender(hall, channels, dice=lambda: 0.5)
    finally:
        await hall.stop()


def entry(engine: Engine, message: m.Message = FIRST) -> outbox.Entry:
    with reading(engine).begin() as connection:
        found = outbox.find(connection, message.id)
    assert found is not None
    return found


def lines(engine: Engine) -> list[tuple[str, str]]:
    """(kind, payload) of the journal's lines about messages; the journal is whole."""
    with reading(engine).begin() as connection:
        assert journal.check(connection, HALL.id) is None
        rows = connection.execute(select(t.journal.c.kind, t.journal.c.payload).order_by(t.journal.c.seq))
        return [(row.kind, row.payload) for row in rows if row.kind.startswith("message.")]


async def test_what_is_due_is_sent_once_in_both_languages_and_its_end_is_in_the_journal(told: Engine) -> None:
    sms = Fake()
    async with at_work(told, routed(sms), Clock(EARLY)) as sender:
        await sender.settle()
        await sender.settle()
    (letter,) = sms.sent
    assert letter.id == FIRST.id
    assert letter.to == m.Address("13812345678", "zhang@example.org", "zh")
    assert "11月23日（星期一） 09:00–10:00" in letter.body.zh
    assert "Mon 23 Nov, 09:00–10:00" in letter.body.en
    assert letter.link == "https://hall.example/v/V"
    assert (entry(told).state, entry(told).channel, entry(told).tries) == ("sent", "sms", 1)
    ((kind, payload),) = lines(told)
    assert kind == "message.sent"
    assert FIRST.id in payload
    for personal in ("张", "138", "example.org", "某公司"):
        assert personal not in payload


async def test_reminders_go_out_at_their_time_and_name_the_day(told: Engine) -> None:
    sms, clock = Fake(), Clock(EARLY)
    async with at_work(told, routed(sms), clock) as sender:
        for moment in (EARLY, EVE.due_at - timedelta(seconds=1), EVE.due_at, MORNING.due_at):
            clock.now = moment
            await sender.settle()
    assert [one.id for one in sms.sent] == [FIRST.id, EVE.id, MORNING.id]
    assert "明天11月23日" in sms.sent[1].body.zh
    assert "今天09:00–10:00" in sms.sent[2].body.zh


async def test_doubt_is_tried_again_later_with_the_same_id_and_words_until_a_yes(told: Engine) -> None:
    sms, clock = Fake(), Clock(EARLY)
    sms.answers = [m.Unclear("http 500"), m.Unclear("http 503", 600)]
    async with at_work(told, routed(sms), clock) as sender:
        await sender.settle()
        assert entry(told).next_at == EARLY + timedelta(minutes=1)
        await sender.settle()
        assert len(sms.sent) == 1, "it is not tried again at once"
        clock.advance(minutes=1)
        await sender.settle()
        assert entry(told).next_at == EARLY + timedelta(minutes=11)
        clock.advance(minutes=10)
        await sender.settle()
    assert sms.sent[0] == sms.sent[1] == sms.sent[2]
    assert (entry(told).state, entry(told).tries) == ("sent", 3)
    assert len(lines(told)) == 1


async def test_a_definite_no_gives_up_at_once_with_its_reason(
    told: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    sms = Fake()
    sms.answers = [m.Rejected("http 404")]
    with caplog.at_level(logging.INFO):
        async with at_work(told, routed(sms), Clock(EARLY)) as sender:
            await sender.settle()
    assert (entry(told).state, entry(told).reason) == ("given_up", "http 404")
    assert [kind for kind, _ in lines(told)] == ["message.given_up"]
    assert "http 404" in caplog.text
    for personal in ("张", "13812345678", "example.org"):
        assert personal not in caplog.text


async def test_it_is_given_up_after_so_many_tries_and_they_take_a_day(told: Engine) -> None:
    sms, clock = Fake(), Clock(EARLY)
    sms.answers = [m.Unclear("timeout")] * 100
    async with at_work(told, routed(sms, kinds=("booked",)), clock) as sender:
        while entry(told).state == "waiting":
            clock.now = max(clock.now, entry(told).next_at)
            await sender.settle()
    assert len(sms.sent) == m.MOST_TRIES
    assert (entry(told).state, entry(told).reason) == ("given_up", "timeout")
    assert timedelta(hours=12) < clock.now - EARLY < timedelta(days=2)


async def test_a_channel_that_breaks_is_no_end_for_the_message_nor_for_the_others(told: Engine) -> None:
    sms, clock = Fake(), Clock(EARLY)
    sms.answers = [ZeroDivisionError("a mistake of ours")]
    other = replace(FIRST, id="f" * 32, due_at=EARLY + timedelta(microseconds=1))
    with told.begin() as connection:
        outbox.put(connection, [other])
    clock.advance(seconds=1)
    async with at_work(told, routed(sms), clock) as sender:
        await sender.settle()
        # They are sent side by side: it breaks for whichever comes first.
        assert {entry(told, one).state for one in (FIRST, other)} == {"waiting", "sent"}
        clock.advance(seconds=sender_module.LEASE)
        await sender.settle()
    assert {entry(told, one).state for one in (FIRST, other)} == {"sent"}


async def test_the_first_channel_that_reaches_the_customer_is_taken_and_only_that(told: Engine) -> None:
    mail, sms = Fake("mail", mail=True), Fake()
    async with at_work(told, routed(mail, sms), Clock(EARLY)) as sender:
        await sender.settle()
    assert (len(mail.sent), len(sms.sent), entry(told).channel) == (1, 0, "mail")


async def test_who_has_no_such_address_is_reached_by_the_next_channel_or_counted_as_without(
    told: Engine,
) -> None:
    with told.begin() as connection:
        connection.execute(update(t.customers).values(email=""))
        outbox.put(connection, [replace(FIRST, id="f" * 32, kind="moved")])
    mail, sms = Fake("mail", mail=True), Fake()
    channels = Channels({"mail": mail, "sms": sms}, {"booked": ("mail", "sms"), "moved": ("mail",)})
    async with at_work(told, channels, Clock(EARLY)) as sender:
        await sender.settle()
    assert [one.id for one in sms.sent] == [FIRST.id]
    assert entry(told, replace(FIRST, id="f" * 32)).state == "no_address"
    assert sorted(kind for kind, _ in lines(told)) == ["message.no_address", "message.sent"]


async def test_a_phone_number_that_was_put_right_is_used_at_the_next_try(told: Engine) -> None:
    sms, clock = Fake(), Clock(EARLY)
    sms.answers = [m.Unclear("http 500")]
    async with at_work(told, routed(sms), clock) as sender:
        await sender.settle()
        with told.begin() as connection:
            connection.execute(update(t.customers).values(phone="13900000000"))
        clock.advance(minutes=1)
        await sender.settle()
    assert [one.to.phone for one in sms.sent] == ["13812345678", "13900000000"]


async def test_without_a_channel_messages_wait_and_go_out_once_there_is_one(told: Engine) -> None:
    async with at_work(told, Channels(), Clock(EARLY)) as sender:
        await sender.settle()
    assert (entry(told).state, entry(told).tries) == ("waiting", 0)
    sms = Fake()
    async with at_work(told, routed(sms), Clock(EARLY)) as sender:
        await sender.settle()
    assert entry(told).state == "sent"


async def test_no_more_are_on_their_way_at_once_than_allowed(told: Engine) -> None:
    sms = Fake()
    sms.gate = asyncio.Event()
    with told.begin() as connection:
        outbox.put(connection, [replace(FIRST, id=f"{n:032x}") for n in range(20)])
    async with at_work(told, routed(sms), Clock(EARLY)) as sender:
        running = asyncio.create_task(sender.run())
        await eventually(lambda: len(sms.sent) == sender_module.AT_ONCE)
        assert await sender.look()
        assert len(sms.sent) == sender_module.AT_ONCE
        sms.gate.set()
        await eventually(lambda: len(sms.sent) == 21)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert sms.closed
    assert len({one.id for one in sms.sent}) == 21


async def test_two_processes_at_one_outbox_send_each_message_once(told: Engine) -> None:
    ids = {f"{n:032x}" for n in range(40)}
    with told.begin() as connection:
        outbox.put(connection, [replace(FIRST, id=id) for id in ids])
    sms, clock = Fake(), Clock(EARLY)
    async with at_work(told, routed(sms), clock) as one, at_work(told, routed(sms), clock) as other:
        await asyncio.gather(one.settle(), other.settle())
        await one.settle()
    assert len(sms.sent) == 41
    assert {letter.id for letter in sms.sent} == ids | {FIRST.id}
    assert len(lines(told)) == 41


async def test_what_is_on_its_way_when_the_server_stops_is_still_written_down(told: Engine) -> None:
    sms = Fake()
    sms.gate = asyncio.Event()
    async with at_work(told, routed(sms), Clock(EARLY)) as sender:
        running = asyncio.create_task(sender.run())
        await eventually(lambda: len(sms.sent) == 1)
        running.cancel()
        sms.gate.set()
        await asyncio.gather(running, return_exceptions=True)
    assert entry(told).state == "sent"


async def test_an_outcome_that_could_not_be_written_is_sent_again_under_its_id(
    told: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms, clock = Fake(), Clock(EARLY)
    close: Callable[..., bool] = outbox.close

    def fails(*_: object) -> bool:
        raise OperationalError("close", {}, Exception("the database is gone"))

    async with at_work(told, routed(sms), clock) as sender:
        monkeypatch.setattr(outbox, "close", fails)
        await sender.settle()
        assert entry(told).state == "waiting"
        monkeypatch.setattr(outbox, "close", close)
        clock.advance(seconds=sender_module.LEASE)
        await sender.settle()
    assert [one.id for one in sms.sent] == [FIRST.id, FIRST.id]
    assert entry(told).state == "sent"
    assert len(lines(told)) == 1


async def test_a_message_that_kills_every_sender_is_given_up_at_last(told: Engine) -> None:
    with told.begin() as connection:
        connection.execute(update(t.outbox).where(t.outbox.c.id == FIRST.id).values(tries=m.MOST_TRIES))
    sms = Fake()
    async with at_work(told, routed(sms), Clock(EARLY)) as sender:
        await sender.settle()
    assert sms.sent == []
    assert (entry(told).state, entry(told).reason) == ("given_up", "no answer")


async def test_a_customer_who_is_gone_is_told_nothing(told: Engine) -> None:
    with told.begin() as connection:
        connection.execute(update(t.outbox).values(customer="nobody"))
    sms = Fake()
    async with at_work(told, routed(sms), Clock(EARLY)) as sender:
        await sender.settle()
    assert (sms.sent, entry(told).state) == ([], "no_address")
