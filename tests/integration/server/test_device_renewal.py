"""A device on duty, with the real server: its token grows old, it fetches another, and nobody notices."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.device.duty import Duty
from server.device.errands import ErrandBook, Errands
from server.device.keys import DeviceFile, Keys, employed, identity_of
from server.device.line import Line
from server.device.where import ServerPart
from server.protocol.commands import DeviceStatus
from tests.servers import Clock, ServerThread, furnished_copy, served
from tests.unit.device.test_device_errands import Hands
from tests.waiting import eventually


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServerThread]:
    with served(*furnished_copy(tmp_path), Clock()) as made:
        yield made


async def test_a_token_that_has_grown_old_is_exchanged_while_the_device_works(
    hall: ServerThread, tmp_path: Path
) -> None:
    first = hall.credentials["devices"]["kiosk-1"]
    part = ServerPart(hall.url, "main", first, "kiosk-1")
    file = DeviceFile(tmp_path / "state")
    identity = identity_of(part, file)
    assert identity is not None
    keys = Keys(identity, file)
    line, hands = Line(employed(part, identity)), Hands()
    errands = Errands(line, keys, ErrandBook(tmp_path / "state"), hands)
    duty = Duty(part, keys, line, errands, lambda: DeviceStatus(version="0.1.0"), every=0.05)
    task = asyncio.create_task(duty.run())
    try:
        await asyncio.sleep(0)
        assert keys.token == first
        hall.clock.advance(days=31)
        await eventually(lambda: keys.token != first and not keys.identity.old_token)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not keys.revoked
    kept = json.loads(file.path.read_text(encoding="utf-8"))
    assert (kept["token"], kept["old_token"]) == (keys.token, "")
    report = ("POST", "/api/v1/devices/self/status", {})
    assert hall.request(*report, keys.token).status_code == 200
    assert hall.request(*report, first).status_code == 401
    # The settings still hold the first token; who reads them now is the device with the new one.
    again = identity_of(part, file)
    assert again is not None
    assert again.token == keys.token
