"""How this display is, as it tells the server; and what it can do of what is asked from afar."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server import __version__
from server.device.errands import Ended
from server.device.picture import small_png
from server.protocol.commands import DeviceStatus, PartWord

LONGEST_WAIT = 60.0
"""Seconds that a restart waits for the end of a call at most."""
NO_PRINTER = Ended("failed", "a display has no printer")


@dataclass(frozen=True, slots=True)
class Health:
    """What there is to tell. ``fault``: of the voice, empty when it is well; ``heard``: the last sign of life
    of the server, in the hall's time."""

    silent: bool
    fault: str
    size: tuple[int, int]
    heard: datetime | None

    @property
    def sound(self) -> PartWord:
        return "none" if self.silent else "error" if self.fault else "ready"


def status(health: Health) -> DeviceStatus:
    details = {"screen": f"{health.size[0]} × {health.size[1]}"}
    if health.fault and not health.silent:
        details["sound"] = health.fault[:200]
    heard = f"last frame {health.heard:%H:%M:%S}" if health.heard is not None else "no frame yet"
    return DeviceStatus.model_validate(
        {
            "version": __version__,
            "sound": health.sound,
            "screen": "ready",
            "detail": heard,
            "details": details,
        }
    )


class DisplayWorker:
    """``errands.Worker``. ``calling``: a call has the stage; ``photograph`` writes what is on the glass."""

    def __init__(
        self,
        calling: Callable[[], bool],
        photograph: Callable[[Path], None],
        restart: Callable[[], None],
        *,
        longest: float = LONGEST_WAIT,
    ) -> None:
        self._calling = calling
        self._photograph = photograph
        self._restart = restart
        self._longest = longest

    async def reprint(self, number: str) -> Ended:
        return NO_PRINTER

    async def test_print(self) -> Ended:
        return NO_PRINTER

    async def picture(self) -> bytes | Ended:
        """A board shows nothing that is not for everybody: it is photographed as it stands."""
        with tempfile.TemporaryDirectory(prefix="liqu-") as folder:
            path = Path(folder) / "screen.png"
            try:
                self._photograph(path)
                return await asyncio.to_thread(small_png, path)
            except OSError as error:
                return Ended("failed", f"no picture came: {error}"[:200])

    async def free(self) -> None:
        try:
            async with asyncio.timeout(self._longest):
                while self._calling():  # noqa: ASYNC110 - looked at, as the screen is
                    await asyncio.sleep(0.2)
        except TimeoutError:
            return

    def restart(self) -> None:
        self._restart()
