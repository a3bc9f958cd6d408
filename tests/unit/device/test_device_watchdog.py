"""What systemd hears of the kiosk."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from server.device.watchdog import beat, notify


async def test_ready_once_then_a_beat_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        beating = asyncio.create_task(beat(every=0.01))
        heard = [await asyncio.to_thread(systemd.recv, 64) for _ in range(4)]
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]


async def test_where_nobody_listens_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    await asyncio.wait_for(beat(), 5)
    assert not notify("READY=1")
    assert not notify("READY=1", address=str(tmp_path / "nobody"))
