"""What a manager asks of this device from afar (远程任务): each done once, however often it is heard of.

An errand is written down before it is begun, and so is its end, so that neither a second hearing nor a
restart repeats it. A restart is told ``done`` by the app that came up after it; what a power cut interrupted
is told ``failed``.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

from pydantic import TypeAdapter

from server.protocol.devices import Errand, ErrandEnded

from .files import write_whole
from .keys import Keys
from .line import Line

log = logging.getLogger(__name__)

FILE = "errands.json"
REMEMBERED = 100
LIMIT = 120.0
"""Seconds after which an errand is given up."""

Outcome = Literal["done", "failed"]


@dataclass(frozen=True, slots=True)
class Ended:
    outcome: Outcome
    remark: str = ""


DONE = Ended("done")


@dataclass(frozen=True, slots=True)
class Known:
    """An errand that was begun here. ``outcome``: empty while it is under way."""

    id: str
    kind: str
    outcome: Literal["", "done", "failed"] = ""
    remark: str = ""
    told: bool = False


_LINES: TypeAdapter[list[Known]] = TypeAdapter(list[Known])


class ErrandBook:
    """The errands begun here, in a small file; the newest ``REMEMBERED`` of them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._known: list[Known] = self._read()
        # What was under way when the app ended: a restart has come about, all else has not.
        for one in self._known:
            if not one.outcome:
                good = one.kind == "restart"
                self._put(Known(one.id, one.kind, "done" if good else "failed", "" if good else INTERRUPTED))

    def begin(self, errand: Errand) -> bool:
        """Whether it is new, and now written down. Raises OSError when it can't be: it is not to be begun."""
        if any(one.id == errand.id for one in self._known):
            return False
        before = self._known
        self._put(Known(errand.id, errand.kind))
        try:
            self._write()
        except OSError:
            self._known = before
            raise
        return True

    def end(self, errand: Errand, ended: Ended) -> None:
        self._keep(Known(errand.id, errand.kind, ended.outcome, ended.remark))

    def untold(self) -> tuple[Known, ...]:
        return tuple(one for one in self._known if one.outcome and not one.told)

    def told(self, one: Known) -> None:
        self._keep(Known(one.id, one.kind, one.outcome, one.remark, told=True))

    def _put(self, line: Known) -> None:
        others = [one for one in self._known if one.id != line.id]
        self._known = [*others, line][-REMEMBERED:]

    def _keep(self, line: Known) -> None:
        self._put(line)
        try:
            self._write()
        except OSError as error:
            log.error("can't write %s: %s", self._path, error.strerror)

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, json.dumps([asdict(one) for one in self._known], ensure_ascii=False))

    def _read(self) -> list[Known]:
        try:
            return _LINES.validate_json(self._path.read_bytes())[-REMEMBERED:]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            log.error("%s can't be read and is left out: %s", self._path, type(error).__name__)
            return []


INTERRUPTED = "the app ended before it was through"
UNWRITABLE = "the state folder can't be written"


class Worker(Protocol):
    """What a device can do of what is asked. All on the loop; none raises but by mistake."""

    async def reprint(self, number: str) -> Ended: ...
    async def test_print(self) -> Ended: ...
    async def picture(self) -> bytes | Ended:
        """A PNG of the screen; why not, where that may not be."""

    async def free(self) -> None:
        """Come back when nobody is in the middle of anything."""

    def restart(self) -> None:
        """End, to begin anew."""


class Errands:
    """Does one errand after another. ``heard`` takes those of a report's answer or of the live line."""

    def __init__(
        self, line: Line, keys: Keys, book: ErrandBook, worker: Worker, *, limit: float = LIMIT
    ) -> None:
        self._line = line
        self._keys = keys
        self._book = book
        self._worker = worker
        self._limit = limit
        self._waiting: asyncio.Queue[Errand] = asyncio.Queue()
        self._telling = asyncio.Lock()

    def heard(self, errands: tuple[Errand, ...]) -> None:
        """On the loop. One that was heard of before is left alone."""
        for errand in errands:
            try:
                if self._book.begin(errand):
                    log.info("asked to do: %s", errand.kind)
                    self._waiting.put_nowait(errand)
            except OSError as error:
                log.error("an errand is not begun: %s (%s)", UNWRITABLE, error.strerror)
                self._book.end(errand, Ended("failed", UNWRITABLE))

    async def run(self) -> None:
        """Until cancelled."""
        await self.tell()
        async with asyncio.TaskGroup() as group:
            while True:
                errand = await self._waiting.get()
                if errand.kind == "restart":
                    # It waits until nobody is in the middle of anything; all else goes on meanwhile.
                    group.create_task(self._restart())
                else:
                    self._book.end(errand, await self._do(errand))
                    await self.tell()
                self._waiting.task_done()

    async def _restart(self) -> None:
        await self._worker.free()
        await self._waiting.join()
        self._worker.restart()

    async def tell(self) -> None:
        """Tell the server how errands ended; what fails now is told later."""
        async with self._telling:
            for one in self._book.untold():
                body = ErrandEnded.model_validate({"outcome": one.outcome, "remark": one.remark})
                path = f"/api/v1/devices/self/errands/{one.id}"
                if not await self._sent("POST", path, body, f"{one.id}-ended"):
                    return
                self._book.told(one)

    async def _do(self, errand: Errand) -> Ended:
        try:
            async with asyncio.timeout(self._limit):
                match errand.kind:
                    case "reprint":
                        return await self._worker.reprint(errand.subject)
                    case "test_print":
                        return await self._worker.test_print()
                    case "screenshot":
                        return await self._photograph(errand)
                    case _:
                        return Ended("failed", "this device can't do that")
        except TimeoutError:
            return Ended("failed", "it took too long")
        except Exception:
            log.exception("an errand failed")
            return Ended("failed", "the app made a mistake; see its log")

    async def _photograph(self, errand: Errand) -> Ended:
        picture = await self._worker.picture()
        if isinstance(picture, Ended):
            return picture
        path = f"/api/v1/devices/self/errands/{errand.id}/picture"
        if not await self._sent("PUT", path, picture, f"{errand.id}-picture", kind="image/png"):
            return Ended("failed", "the picture could not be handed over")
        return DONE

    async def _sent(
        self, method: str, path: str, body: ErrandEnded | bytes, key: str, kind: str = "application/json"
    ) -> bool:
        """Whether the server has it, or will never take it."""

        def ask() -> bool:
            reply = self._line.ask_as(self._keys, method, path, body, key=key, kind=kind)
            if reply is None or reply.status >= 500 or reply.status in (401, 425, 429):
                return False
            if not reply.ok:
                log.warning("the server does not take how an errand ended: %d", reply.status)
            return reply.ok or method == "POST"

        return await asyncio.to_thread(ask)
