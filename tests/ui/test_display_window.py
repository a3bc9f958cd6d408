"""The real program in a real window, driven by frames and watched through its door for scripts."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from server.protocol.places import ICONS, VOICE
from tests.conftest import need
from tests.ui.display_fake_hall import FakeHall, calling
from tests.ui.display_states import RED, board
from tests.waiting import free_port

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A virtual screen; its name."""
    need(shutil.which("Xvfb"), "Xvfb is not installed")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        name = f":{told.readline().strip()}"
    yield name
    server.terminate()
    server.wait(10)


class Display:
    """The program, seen through its door."""

    def __init__(self, port: int) -> None:
        self._port = port

    def _ask(self, method: str, path: str) -> Any:
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            link.request(method, path)
            return json.loads(link.getresponse().read())
        finally:
            link.close()

    async def scene(self) -> dict[str, Any]:
        return dict(await asyncio.to_thread(self._ask, "GET", "/scene") or {})

    async def spoken(self) -> list[dict[str, Any]]:
        return list(await asyncio.to_thread(self._ask, "GET", "/spoken"))

    async def picture(self, path: Path) -> bytes:
        await asyncio.to_thread(self._ask, "POST", f"/screenshot?path={path}")
        return await asyncio.to_thread(path.read_bytes)

    async def until(self, holds: Callable[[dict[str, Any]], Any], limit: float = 30.0) -> dict[str, Any]:
        """The first scene that ``holds``; asks until then."""
        seen: dict[str, Any] = {}
        async with asyncio.timeout(limit):
            while True:
                try:
                    seen = await self.scene()
                except OSError:
                    seen = {}
                if seen and holds(seen):
                    return seen
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(screen: str, folder: Path, hall: int, more: str = "") -> AsyncIterator[Display]:
    need((VOICE / "manifest.json").is_file(), "the voice pack is not made: run 'make setup'")
    need((ICONS / "offline.png").is_file(), "the icons are not made: run 'make setup'")
    door = free_port()
    config = folder / "display.toml"
    config.write_text(
        f'[server]\nurl = "http://127.0.0.1:{hall}"\nhall = "main"\n'
        f"[screen]\nwidth = 1280\nheight = 720\n{more}\n"
        f'[voice]\nspeaker = "file"\npack = "{VOICE}"\nout = "said"\n'
        f"[script]\ncontrol_port = {door}\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "display.main", "--config", str(config),
        env=os.environ | {"DISPLAY": screen, "SDL_AUDIODRIVER": "dummy"},
    )  # fmt: skip
    try:
        yield Display(door)
    finally:
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_call_is_shown_said_lost_found_and_overridden(screen: str, tmp_path: Path) -> None:
    port = free_port()
    hall = FakeHall(board())
    async with running(screen, tmp_path, port) as display:
        await display.until(lambda seen: seen["kind"] == "connecting")

        async with hall.open(port):
            quiet = await display.until(lambda seen: seen["kind"] == "board")
            assert [row["number"] for row in quiet["rows"]] == ["A014", "C003", "A016", ""]
            before = await display.picture(tmp_path / "quiet.png")

            called = board(calls=(calling("A016", "3", "c1"),))
            await hall.show(called)
            await display.until(lambda seen: seen["stage"].get("number") == "A016")
            during = await display.picture(tmp_path / "call.png")
            assert before[:8] == b"\x89PNG\r\n\x1a\n"
            assert before != during
            async with asyncio.timeout(10):
                while not (said := await display.spoken()):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)
            assert [(line["text"], line["times"], line["fault"]) for line in said] == [
                ("请A零一六号到三号窗口办理", 2, "")
            ]
            assert (tmp_path / "said" / "0001.wav").stat().st_size > 100_000

        lost = await display.until(lambda seen: seen.get("stale") and seen["stage"].get("kind") == "lost")
        assert lost["stage"]["title"]["zh"] == "连接中断，请留意工作人员呼叫"

        async with hall.open(port):
            await display.until(lambda seen: seen.get("stale") is False, limit=10)
            assert len(await display.spoken()) == 1
            await hall.show(called.model_copy(update={"hall": RED}))
            await display.until(lambda seen: seen["kind"] == "emergency")
            assert await display.picture(tmp_path / "emergency.png") != during
