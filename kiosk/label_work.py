"""Labels as work beside the screen: put down, printed, ended; and told to the server until it has heard."""

from __future__ import annotations

import asyncio
import logging

from . import model as m
from . import visit as v
from .ports import LabelMemory, Labels, Server

log = logging.getLogger(__name__)


class LabelWork:
    """Whatever may block runs in threads; nothing raises."""

    def __init__(self, labels: Labels, memory: LabelMemory, server: Server) -> None:
        self._labels = labels
        self._memory = memory
        self._server = server
        self._telling = asyncio.Lock()

    async def print(self, effect: v.PrintLabel) -> m.Paper:
        """Print one label; what became of it, remembered before it is answered."""
        try:
            return await asyncio.to_thread(self._put, effect)
        except Exception:
            log.exception("printing a label failed")
            return "unknown"

    def seen(self, effect: v.LabelSeen) -> None:
        """A person saw it come out."""
        self._memory.seen(effect.order, effect.code, reprint=effect.reprint)

    def here(self, order: str) -> tuple[str, ...]:
        """The codes of this order that came out here for certain."""
        return self._memory.here(order)

    async def tell(self) -> None:
        """Tell the server of each label that it has not heard of; what fails now is told later."""
        async with self._telling:
            try:
                for report in self._memory.untold():
                    if not await asyncio.to_thread(self._server.tell_labels, report):
                        return
                    await asyncio.to_thread(self._memory.told, report)
            except Exception:
                log.exception("telling what became of labels failed")

    def _put(self, effect: v.PrintLabel) -> m.Paper:
        line = self._memory.begun(effect.order, effect.label.code, reprint=effect.reprint)
        paper: m.Paper = "unknown"
        try:
            paper = self._labels.print_label(effect.label)
        finally:
            self._memory.ended(line, paper)
        return paper
