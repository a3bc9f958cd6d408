"""The live view over a websocket: always trying, telling what was heard and when the line broke."""

from __future__ import annotations

import asyncio
import logging
import random as random_module
from collections.abc import Callable
from datetime import datetime

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI, WebSocketException

from server.device.duty import live_address
from server.device.keys import Keys
from server.device.secure import context_of, distrust
from server.protocol.frames import HEARTBEAT, read_frame
from server.protocol.topics import CLOSE_NO_RIGHT
from server.protocol.views import KioskHome

from . import model as m
from .config import ServerPart

log = logging.getLogger(__name__)

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries, each shortened by up to half at random."""
SILENCE = 25.0
"""A line that carried nothing for so long is dropped; the server speaks every 10 s."""

Tell = Callable[["m.HomeSeen | m.Heard | m.LinkBroken", "datetime | None"], None]
"""Hears each event, with the server's time where the frame carried one."""


def address(part: ServerPart, topic: str = "") -> str:
    """Where the live view of ``topic`` is; without one, that of the hall's kiosks."""
    return live_address(part.url, topic or f"kiosk:{part.hall}")


async def listen(
    part: ServerPart,
    tell: Tell,
    keys: Keys | None = None,
    *,
    back_off: tuple[float, ...] = BACK_OFF,
    silence: float = SILENCE,
    random: Callable[[], float] = random_module.random,
) -> None:
    """Stay connected for ever; end by cancelling."""
    failures = 0
    while True:
        heard = False
        fault: m.LinkFault = ""
        try:
            async with connect(
                address(part),
                additional_headers={"Authorization": f"Bearer {keys.token if keys else part.token}"},
                ssl=context_of(part.url, part.ca_file),
                open_timeout=5,
                close_timeout=1,
                ping_interval=None,
                max_queue=4,
                max_size=1 << 20,
                proxy=None,
            ) as line:
                while True:
                    async with asyncio.timeout(silence):
                        text = await line.recv()
                    event, at = read(text)
                    if event is None:
                        continue
                    if not heard:
                        log.info("the live view is connected")
                    heard = True
                    failures = 0
                    tell(event, at)
        except (OSError, TimeoutError, WebSocketException, InvalidHandshake, InvalidURI) as error:
            untrusted = distrust(error)
            fault = "certificate" if untrusted else "token" if _has_no_right(error) else ""
            if heard or failures == 0:
                log.warning("the live view is lost: %s", untrusted or error)
        tell(m.LinkBroken(fault), None)
        pause = back_off[min(failures, len(back_off) - 1)] * (1 - random() / 2)
        failures += 1
        await asyncio.sleep(pause)


def _has_no_right(error: Exception) -> bool:
    """Whether the server ended the line because it does not know the token."""
    closed = error.rcvd if isinstance(error, ConnectionClosed) else None
    return closed is not None and closed.code == CLOSE_NO_RIGHT


def read(text: str | bytes) -> tuple[m.HomeSeen | m.Heard | None, datetime | None]:
    """What a frame says and when; None for one that can't be understood."""
    try:
        frame = read_frame(text)
        if frame.topic == HEARTBEAT:
            return m.Heard(), frame.at
        return m.HomeSeen(KioskHome.model_validate(frame.view)), frame.at
    except ValueError as error:
        log.error("a live frame can't be understood: %s", error)
        return None, None
