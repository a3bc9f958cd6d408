"""A device's own end of pairing and renewal against the real server, by https of the hall's own authority."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from server.device.keys import DeviceFile, Identity, Keys
from server.device.line import Line
from server.device.pairing import Pairing, Showing, Stage
from server.device.where import ServerPart
from server.protocol.commands import DeviceStatus
from server.protocol.devices import TokenRenewed
from server.tls import folder
from server.tls.serving import ServedTls
from tests.servers import Clock, ServerThread, furnished_copy, served
from tests.waiting import LIMIT


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServerThread]:
    folder.make(tmp_path, ["127.0.0.1"], datetime.now(UTC))
    with served(*furnished_copy(tmp_path), tls=ServedTls(tmp_path, Clock())) as made:
        yield made


def part(hall: ServerThread, place: Path) -> ServerPart:
    return ServerPart(hall.url, "", "", "", place / "tls/ca.pem")


def take(hall: ServerThread, place: Path, code: str, name: str) -> None:
    """A manager types the code."""
    authority = str(place / "tls/ca.pem")

    def ask(path: str, body: dict[str, str], token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{hall.url}/api/v1{path}"
        return requests.post(url, json=body, headers=headers, verify=authority, timeout=LIMIT)

    who = {"user": "manager", "password": hall.credentials["users"]["manager"]}
    token = ask("/sessions", who).json()["token"]
    assert ask("/halls/main/pairings", {"code": code, "name": name}, token).status_code == 201


async def paired(hall: ServerThread, place: Path, name: str) -> Identity:
    tasks: list[asyncio.Task[None]] = []

    def show(stage: Stage) -> None:
        if isinstance(stage, Showing) and not tasks:
            tasks.append(asyncio.create_task(asyncio.to_thread(take, hall, place, stage.code, name)))

    async def soon(seconds: float) -> None:
        await asyncio.sleep(0.05)

    identity = await asyncio.wait_for(
        Pairing(Line(part(hall, place)), "kiosk", show, sleep=soon).run(), LIMIT
    )
    await tasks[0]
    return identity


async def test_a_device_pairs_itself_and_works_and_renews_its_token(
    hall: ServerThread, tmp_path: Path
) -> None:
    identity = await paired(hall, tmp_path, "kiosk-7")
    assert (identity.hall, identity.name) == ("main", "kiosk-7")
    assert identity.seal_key == hall.app.state.core.seal.public
    line, keys = Line(part(hall, tmp_path)), Keys(identity, DeviceFile(tmp_path / "device"))

    def reported() -> dict[str, object]:
        reply = line.ask_as(keys, "POST", "/api/v1/devices/self/status", DeviceStatus(version="0.1.0"))
        assert reply is not None
        assert reply.ok, reply
        told: dict[str, object] = json.loads(reply.body)
        return told

    assert (await asyncio.to_thread(reported))["renew_token"] is False
    hall.clock.advance(days=31)
    assert (await asyncio.to_thread(reported))["renew_token"] is True

    def renew() -> str:
        reply = line.ask_as(keys, "POST", "/api/v1/devices/self/token", key="renewal-of-a-kiosk")
        assert reply is not None
        return TokenRenewed.model_validate_json(reply.body).token

    token = await asyncio.to_thread(renew)
    assert keys.renewed(token)
    assert (await asyncio.to_thread(reported))["renew_token"] is False
    assert DeviceFile(tmp_path / "device").read() == keys.identity
    assert keys.identity.old_token == ""
    old = Keys(identity)
    reply = await asyncio.to_thread(line.ask_as, old, "POST", "/api/v1/devices/self/status", DeviceStatus())
    assert reply is not None
    assert reply.status == 401
    assert old.revoked


async def test_a_device_that_does_not_trust_the_server_says_why(hall: ServerThread, tmp_path: Path) -> None:
    folder.make(tmp_path / "other", ["127.0.0.1"], datetime.now(UTC))
    line = Line(part(hall, tmp_path / "other"))
    assert await asyncio.to_thread(line.ask, "GET", "/healthz") is None
    assert line.fault == "authority"
