"""The live line of one case: open only while somebody looks, opened again when it is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from kiosk import collecting as c
from kiosk import model as m
from kiosk.following import Follower, read
from tests.ui import kiosk_returning as back
from tests.waiting import eventually


def frame(topic: str = f"case:{back.CASE}") -> str:
    view = back.progress().model_dump(mode="json")
    return json.dumps({"topic": topic, "seq": 1, "at": "2026-11-20T09:41:00+08:00", "view": view})


async def test_a_frame_is_fed_and_nothing_more_after_the_person_has_gone() -> None:
    heard: list[m.Input] = []
    opened: list[str] = []
    closed = asyncio.Event()

    async def line(code: str) -> AsyncIterator[str]:
        opened.append(code)
        try:
            yield frame()
            await asyncio.Event().wait()
        finally:
            closed.set()

    follower = Follower(line, heard.append, pause=0)
    follower.follow(back.CASE)
    follower.follow(back.CASE)
    await eventually(lambda: len(heard) == 1)
    assert heard == [c.ProgressSeen(back.CASE, back.progress())]
    follower.follow(None)
    await asyncio.wait_for(closed.wait(), 5)
    assert opened == [back.CASE]


async def test_a_lost_line_is_opened_again() -> None:
    heard: list[m.Input] = []
    tries = 0

    async def line(code: str) -> AsyncIterator[str]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError("gone")
        yield frame()
        await asyncio.Event().wait()

    follower = Follower(line, heard.append, pause=0)
    follower.follow(back.CASE)
    await eventually(lambda: len(heard) == 1)
    assert tries == 3
    follower.follow(None)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"topic": "case:X", "view": {}}', frame("heartbeat")])
def test_what_shows_no_case_changes_nothing(text: str) -> None:
    assert read(text) is None


async def test_without_a_line_nothing_is_opened() -> None:
    follower = Follower(None, lambda _event: None)
    follower.follow(back.CASE)
    follower.follow(None)
