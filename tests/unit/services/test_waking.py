"""Waiting for news: it comes, or the time is over; and whoever is told to end, ends."""

from __future__ import annotations

import asyncio

import pytest

from server.services.waking import news


async def test_news_are_heard_at_once_and_silence_ends() -> None:
    told = asyncio.Event()
    told.set()
    await asyncio.wait_for(news(told, 3600), 30)
    told.clear()
    await asyncio.wait_for(news(told, 0.01), 30)


@pytest.mark.parametrize("turns", range(6))
async def test_a_task_that_is_told_to_end_in_the_moment_of_the_news_ends(turns: int) -> None:
    told = asyncio.Event()
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        while True:
            await news(told, 3600)
            told.clear()
            rounds += 1

    task = asyncio.create_task(work())
    for _ in range(5):
        await asyncio.sleep(0)
    told.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    _, still = await asyncio.wait([task], timeout=5)
    assert not still, "it goes on as if it had not been told"
    assert task.cancelled()
    assert rounds <= 1
