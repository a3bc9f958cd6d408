"""What this kiosk can do of what a manager asks from afar: never in a person's way, never with their data."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from server.device.errands import DONE, Ended
from server.device.picture import small_png

from . import appointing as b
from . import collecting as c
from . import flow
from . import model as m
from . import visit as v
from .flows import certifying
from .flows.step import beneath
from .ports import Memory, Paper, Server

log = logging.getLogger(__name__)

QUIET = 3.0
"""Seconds without a finger after which the home screen counts as nobody's."""
DESERTED = 60.0
"""The same for any other screen."""
DRAWN = 0.4
"""Seconds after which a screen stands on the glass."""

NOTHING_PERSONAL = (
    *(m.Home, m.Choosing, m.Unreached, m.Refused, m.Notices, m.Guidance, v.Services),
    *(v.ChoosingCustomer, v.ChoosingPriority, v.ChoosingField, v.ChoosingItem, v.Counting),
    *(b.ChoosingDay, b.ChoosingSlot, m.StaffMenu, m.Reprinting, m.ScreenTest, m.Closing),
)
"""Screens that may be photographed: no name, phone, code or face is ever on them. A new screen is not among
them until somebody says so."""
SHOWN_TO_ALL = (flow.Emergency, flow.Loading, flow.HallClosed)


def may_be_photographed(state: m.State) -> bool:
    """Whether nothing on the glass is anybody's."""
    at = flow.shown(state)
    if isinstance(at, SHOWN_TO_ALL):
        return True
    if isinstance(at, m.Refused | m.Unreached) and getattr(at, "back", None) is not None:
        return False
    if isinstance(at, m.Holding):
        return at.visit is None
    if isinstance(at, m.Guidance | m.StillThere):
        under = beneath(at)
        return isinstance(at, m.Guidance) and isinstance(under, NOTHING_PERSONAL)
    return isinstance(at, NOTHING_PERSONAL)


def left_alone(state: m.State, now: float) -> bool:
    """Whether nobody is in the middle of anything here, and nothing comes out of a printer."""
    under = beneath(state.screen)
    if isinstance(under, m.Issuing) or (isinstance(under, c.Printing) and certifying.busy(under)):
        return False
    if isinstance(under, m.Holding | v.Labelling | b.Appointed) and under.paper == "printing":
        return False
    quiet = now - state.touched_at
    at = flow.shown(state)
    return quiet >= (QUIET if isinstance(at, (m.Home, *SHOWN_TO_ALL)) else DESERTED)


class KioskWorker:
    """``errands.Worker``. ``seen`` gives the present state; ``photograph`` writes the glass to a file."""

    def __init__(
        self,
        *,
        seen: Callable[[], m.State],
        server: Server,
        paper: Paper,
        memory: Memory,
        photograph: Callable[[Path], None],
        restart: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seen = seen
        self._server = server
        self._paper = paper
        self._memory = memory
        self._photograph = photograph
        self._restart = restart
        self._clock = clock

    async def reprint(self, number: str) -> Ended:
        found = await asyncio.to_thread(self._server.look_up, number)
        ticket = found.ticket
        if ticket is None and found.why == "unreached":
            ticket = self._memory.find(number)
        if ticket is None:
            return Ended("failed", "no such number today")
        paper = await asyncio.to_thread(self._paper.print, ticket, reprint=True)
        if paper != "none":
            await asyncio.to_thread(self._server.tell_paper, m.TellPaper(ticket.id, paper, reprint=True))
        return DONE if paper == "printed" else Ended("failed", f"the paper: {paper}")

    async def test_print(self) -> Ended:
        if self._seen().printer == "none":
            return Ended("failed", "this kiosk has no printer")
        good = await asyncio.to_thread(self._paper.print_test)
        return DONE if good else Ended("failed", f"the printer: {self._seen().printer}")

    async def picture(self) -> bytes | Ended:
        # What stands on the glass may still be the screen before: it is given the time to be drawn over.
        while self._clock() - self._seen().screen_since < DRAWN:  # noqa: ASYNC110 - the clock decides
            await asyncio.sleep(DRAWN / 4)
        if not may_be_photographed(self._seen()):
            return Ended("failed", "a visitor's data is on the screen")
        with tempfile.TemporaryDirectory(prefix="liqu-") as folder:
            path = Path(folder) / "screen.png"
            try:
                self._photograph(path)
                return await asyncio.to_thread(small_png, path)
            except OSError as error:
                return Ended("failed", f"no picture came: {error}"[:200])

    async def free(self) -> None:
        while not left_alone(self._seen(), self._clock()):  # noqa: ASYNC110 - the clock decides too
            await asyncio.sleep(0.2)

    def restart(self) -> None:
        self._restart()
