"""What every channel promises of a delivery, proved before real receivers that fail in every way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from server.domain.messages import Address, Delivered, Letter, Rejected, Unclear
from server.protocol.views import Text
from tests.contract.channel_rigs import Fault, Rig, http_rig, smtp_rig

LETTER = Letter(
    id="0123456789abcdef0123456789abcdef",
    hall="main",
    hall_name=Text(zh="计量大厅", en="Metrology Hall"),
    kind="booked",
    to=Address("13812345678", "zhang@example.org"),
    subject=Text(zh="预约成功", en="Booked"),
    body=Text(zh="您已预约明天9点。", en="You are booked for nine tomorrow."),
    link="https://hall.example/v/V123",
    at=datetime(2026, 11, 20, 4, tzinfo=UTC),
)
DOUBT: list[Fault] = [
    "not now",
    "busy",
    "silent",
    "cut before",
    "cut after taking it",
    "dripping",
    "nonsense",
]


@pytest.fixture(params=["webhook", "smtp"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with http_rig() if request.param == "webhook" else smtp_rig() as made:
        yield made


async def test_what_the_receiver_takes_is_delivered_once_with_its_id_and_text(rig: Rig) -> None:
    assert await rig.channel.send(LETTER) == Delivered()
    assert rig.taken == [LETTER.id]
    assert LETTER.body.zh in rig.known


async def test_a_definite_no_is_told_as_one_with_its_code(rig: Rig) -> None:
    rig.script = ["refused for good"]
    outcome = await rig.channel.send(LETTER)
    assert isinstance(outcome, Rejected)
    assert outcome.reason in ("http 410", "smtp 550")
    assert rig.taken == []


@pytest.mark.parametrize("fault", DOUBT)
async def test_whatever_else_the_receiver_does_is_doubt_and_the_next_try_has_the_same_id(
    rig: Rig, fault: Fault
) -> None:
    rig.script = [fault]
    channel = rig.hasty if fault in ("silent", "dripping") else rig.channel
    outcome = await channel.send(LETTER)
    assert isinstance(outcome, Unclear), outcome
    assert outcome.reason
    assert LETTER.to.phone not in outcome.reason
    assert LETTER.to.email not in outcome.reason
    assert await rig.channel.send(LETTER) == Delivered()
    assert set(rig.taken) == {LETTER.id}
    if fault in ("not now", "busy", "silent", "cut before", "nonsense"):
        assert len(rig.taken) == 1


async def test_where_nobody_listens_it_is_doubt(rig: Rig) -> None:
    await rig.away()
    outcome = await rig.channel.send(LETTER)
    assert outcome == Unclear("no link")


async def test_letters_at_the_same_time_do_not_mix(rig: Rig) -> None:
    letters = [replace(LETTER, id=f"{n:032x}") for n in range(12)]
    outcomes = await asyncio.gather(*(rig.channel.send(one) for one in letters))
    assert outcomes == [Delivered()] * 12
    assert sorted(rig.taken) == [one.id for one in letters]


async def test_a_try_that_was_called_off_does_no_harm_to_the_next(rig: Rig) -> None:
    rig.script = ["silent"]
    started = asyncio.create_task(rig.channel.send(LETTER))
    while rig.script:  # noqa: ASYNC110 - the receiver takes from its script when somebody knocks
        await asyncio.sleep(0.005)
    started.cancel()
    with pytest.raises(asyncio.CancelledError):
        await started
    assert await rig.channel.send(LETTER) == Delivered()


def test_a_channel_says_whom_it_can_reach(rig: Rig) -> None:
    assert rig.channel.reaches(LETTER.to)
    assert not rig.channel.reaches(Address())
    assert rig.channel.reaches(Address(phone="13812345678")) == (rig.channel.name == "hook")
