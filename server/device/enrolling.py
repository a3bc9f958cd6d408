"""A device that is nobody's yet, or no longer: it pairs, and hears if the server takes it back."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from server.protocol.commands import DeviceStatus

from .keys import DeviceFile, Identity, digest
from .line import Line
from .pairing import Pairing, Show
from .settings import ConfigError, user
from .where import ServerPart

log = logging.getLogger(__name__)

LOOK = 15.0
"""Seconds between two looks whether the server knows the old token again."""


class Enrolling:
    """``done`` is called once, on the loop, when this device may begin its work."""

    def __init__(
        self,
        part: ServerPart,
        file: DeviceFile,
        kind: Literal["kiosk", "display"],
        show: Show,
        done: Callable[[], None],
        *,
        before: Identity | None = None,
        look: float = LOOK,
    ) -> None:
        """``before``: who it was until the server forgot it. Raises secure.CaFileError and ConfigError."""
        self._part = part
        self._file = file
        self._line = Line(part)
        self._pairing = Pairing(self._line, kind, show)
        self._done = done
        self._before = before
        self._look = look
        writable(file)

    async def pair(self) -> None:
        """Until paired, and that is written down."""
        while True:
            identity = await self._pairing.run()
            identity = replace(identity, instead_of=digest(self._part.token))
            try:
                await asyncio.to_thread(self._file.write, identity)
            except OSError as error:
                log.error("can't write %s, so it pairs again: %s", self._file.path, error.strerror)
                continue
            self._done()
            return

    async def watch(self) -> None:
        """Until the server knows the old token again; for ever where there was none."""
        if self._before is None or not self._before.token:
            return
        line = Line(self._part)
        while True:
            await asyncio.sleep(self._look)
            reply = await asyncio.to_thread(
                line.ask,
                "POST",
                "/api/v1/devices/self/status",
                DeviceStatus(),
                token=self._before.token,
                key=str(uuid.uuid4()),
            )
            if reply is not None and reply.ok:
                log.info("the server knows this device again")
                self._done()
                return


def writable(file: DeviceFile) -> None:
    """Raises ConfigError when what a pairing brings could not be kept."""
    folder = file.path.parent
    trial = folder / ".trial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        raise ConfigError(
            f"[state] dir {folder} can't be written by the user {user()}: {error.strerror}"
        ) from error
