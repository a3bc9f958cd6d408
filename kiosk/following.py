"""The live view of one case, for as long as somebody looks at it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

from server.device.keys import Keys
from server.device.secure import context_of
from server.protocol.frames import HEARTBEAT, read_frame
from server.protocol.pickup import ProgressView

from . import collecting as c
from . import model as m
from .config import ServerPart
from .live import SILENCE, address

log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds between tries."""

Line = Callable[[str], AsyncIterator[str | bytes]]
"""The frames of a case's topic, by the case's code; ends, or raises OSError, when the line is lost."""


def open_line(part: ServerPart, keys: Keys | None = None, *, silence: float = SILENCE) -> Line:
    """The line to the server that ``part`` names."""

    async def frames(code: str) -> AsyncIterator[str | bytes]:
        try:
            async with connect(
                address(part, f"case:{code}"),
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
                    yield text
        except (WebSocketException, InvalidHandshake, InvalidURI, TimeoutError) as error:
            raise OSError(str(error)) from error

    return frames


class Follower:
    """Follows one case at a time. ``feed`` is called on the loop."""

    def __init__(self, line: Line | None, feed: Callable[[m.Input], None], *, pause: float = PAUSE) -> None:
        self._line = line
        self._feed = feed
        self._pause = pause
        self._code: str | None = None
        self._task: asyncio.Task[None] | None = None

    def follow(self, code: str | None) -> None:
        """From now on the case with ``code``, or none. Saying the same again changes nothing."""
        if code == self._code:
            return
        self._code = code
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if code is not None and self._line is not None:
            self._task = asyncio.ensure_future(self._listen(self._line, code))

    async def _listen(self, line: Line, code: str) -> None:
        failed = False
        while True:
            try:
                async for text in line(code):
                    failed = False
                    view = read(text)
                    if view is not None:
                        self._feed(c.ProgressSeen(code, view))
            except OSError as error:
                if not failed:
                    # The address names the case: only what went wrong is logged.
                    log.warning(
                        "the live view of a case is lost: %s", type(error.__cause__ or error).__name__
                    )
                failed = True
            await asyncio.sleep(self._pause)


def read(text: str | bytes) -> ProgressView | None:
    """What a frame shows of the case; None for a heartbeat, and for what can't be understood."""
    try:
        frame = read_frame(text)
        return None if frame.topic == HEARTBEAT else ProgressView.model_validate(frame.view)
    except ValueError as error:
        log.error("a live frame of a case can't be understood: %s", type(error).__name__)
        return None
