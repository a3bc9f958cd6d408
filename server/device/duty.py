"""What a device owes the server beside its work: how it is, what it is asked to do, a fresh token in time."""

from __future__ import annotations

import asyncio
import logging
import random as random_module
import uuid
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from server.protocol.commands import DeviceStatus
from server.protocol.devices import DeviceTasks, TokenRenewed
from server.protocol.frames import HEARTBEAT, read_frame
from server.protocol.topics import CLOSE_BAD_TOPIC, CLOSE_NO_RIGHT

from .errands import Errands
from .keys import Keys
from .line import Line, Reply
from .secure import context_of, distrust
from .where import ServerPart

log = logging.getLogger(__name__)

STATUS_EVERY = 30.0
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 15.0)
REFUSED = 60.0
"""Seconds before the live line is tried again when the server knows no such topic: reports bring the same."""
SILENCE = 25.0


class Duty:
    """Everything on one loop; ``run`` goes on until cancelled. ``status`` gives how the device is now."""

    def __init__(
        self,
        part: ServerPart,
        keys: Keys,
        line: Line,
        errands: Errands,
        status: Callable[[], DeviceStatus],
        *,
        reports: bool = True,
        every: float = STATUS_EVERY,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        """Without ``reports`` somebody else does, and hands the answers to ``heard``."""
        self._part = part
        self._keys = keys
        self._line = line
        self._errands = errands
        self._status = status
        self._reports = reports
        self._every = every
        self._random = random
        self._changed = asyncio.Event()
        self._renewing = False
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self) -> None:
        """Something of the status did: it is told at once. On the loop."""
        self._changed.set()

    def heard(self, tasks: DeviceTasks) -> None:
        """On the loop."""
        self._errands.heard(tasks.errands)
        if tasks.renew_token and not self._renewing:
            self._renewing = True
            self._spawn(self._renew())

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for work in (self._errands.run, self._listen, self._report):
                    group.create_task(self._steadily(work))
        finally:
            for task in self._tasks:
                task.cancel()

    async def _steadily(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A mistake in one duty ends neither it nor the others."""
        while True:
            try:
                return await work()
            except Exception:
                log.exception("a duty towards the server failed, and is taken up again")
            await asyncio.sleep(self._every)

    async def _report(self) -> None:
        while True:
            wanted = self._reports or self._changed.is_set()
            self._changed.clear()
            if wanted:
                reply = await asyncio.to_thread(self._told, self._status())
                tasks = tasks_in(reply)
                if tasks is not None:
                    self.heard(tasks)
            await self._errands.tell()
            try:
                async with asyncio.timeout(self._every):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _told(self, status: DeviceStatus) -> Reply | None:
        return self._line.ask_as(
            self._keys, "POST", "/api/v1/devices/self/status", status, key=str(uuid.uuid4())
        )

    # -- a new token -------------------------------------------------------------------------------

    async def _renew(self) -> None:
        try:
            reply = await asyncio.to_thread(
                self._line.ask_as, self._keys, "POST", "/api/v1/devices/self/token", key=str(uuid.uuid4())
            )
            if reply is None or not reply.ok:
                log.warning("no new token came: %s", reply.status if reply else "no answer")
                return
            token = TokenRenewed.model_validate_json(reply.body).token
            if await asyncio.to_thread(self._keys.renewed, token):
                self.changed()
        except ValidationError:
            log.error("the server's new token can't be understood")
        finally:
            self._renewing = False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- the live line -----------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear of errands at once; what is missed here comes with the next report."""
        if not self._part.device:
            return
        failures = 0
        while True:
            heard, refused = await self._once()
            failures = 1 if heard else failures + 1
            pause = REFUSED if refused else BACK_OFF[min(failures, len(BACK_OFF)) - 1]
            await asyncio.sleep(pause * (1 - self._random() / 2))

    async def _once(self) -> tuple[bool, bool]:
        """One line from its making to its end: whether anything was heard, and whether the server refused."""
        heard = False
        try:
            async with connect(
                live_address(self._part.url, f"device:{self._part.device}"),
                additional_headers={"Authorization": f"Bearer {self._keys.token}"},
                ssl=context_of(self._part.url, self._part.ca_file),
                open_timeout=5,
                close_timeout=1,
                ping_interval=None,
                max_queue=4,
                max_size=1 << 20,
                proxy=None,
            ) as line:
                while True:
                    async with asyncio.timeout(SILENCE):
                        text = await line.recv()
                    tasks = read(text)
                    heard = True
                    if tasks is not None:
                        self.heard(tasks)
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd is not None else 0
            if code == CLOSE_NO_RIGHT and heard:
                # The token may have ended: a report hears it for certain.
                self.changed()
            return heard, code in (CLOSE_BAD_TOPIC, CLOSE_NO_RIGHT) and not heard
        except (OSError, TimeoutError, WebSocketException) as error:
            fault = distrust(error)
            log.debug("no live line for errands: %s", fault or error)
        return heard, False


def live_address(url: str, topic: str) -> str:
    """Where the live view of ``topic`` is."""
    return f"{url.replace('http', 'ws', 1)}/api/v1/live?topic={quote(topic)}"


def tasks_in(reply: Reply | None) -> DeviceTasks | None:
    """What the answer to a report asks for; None where there is none, as of an older server."""
    if reply is None or not reply.ok or not reply.body.strip():
        return None
    return tasks_of(reply.body)


def tasks_of(body: bytes) -> DeviceTasks | None:
    try:
        return DeviceTasks.model_validate_json(body)
    except ValidationError as error:
        log.error("what the server asks of this device can't be understood: %d faults", error.error_count())
        return None


def read(text: str | bytes) -> DeviceTasks | None:
    """What a frame asks for; None for a heartbeat, and for what can't be understood."""
    try:
        frame = read_frame(text)
        return None if frame.topic == HEARTBEAT else DeviceTasks.model_validate(frame.view)
    except ValueError as error:
        log.error("a live frame can't be understood: %s", type(error).__name__)
        return None
