"""What the staff try out from their corner, and the voice that reads the screen: work beside the screen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import assert_never

from server.protocol.language import catalogue

from . import model as m
from .certificates import Documents
from .ports import Labels, Paper, Server, Voice
from .screens import words

log = logging.getLogger(__name__)


class Trials:
    """Whatever may block runs in threads. ``seen`` gives the present state; ``feed`` hears how it went."""

    def __init__(
        self,
        server: Server,
        paper: Paper,
        labels: Labels,
        documents: Documents,
        voice: Voice | None,
        *,
        seen: Callable[[], m.State],
        feed: Callable[[m.Input], None],
    ) -> None:
        self._server = server
        self._paper = paper
        self._labels = labels
        self._documents = documents
        self._voice = voice
        self._seen = seen
        self._feed = feed

    async def test(self, test: m.Test) -> None:
        match test:
            case "printer":
                good = await asyncio.to_thread(self._paper.print_test)
            case "labels":
                good = await asyncio.to_thread(self._labels.print_test)
            case "certificates":
                good = await asyncio.to_thread(self._documents.print_test)
            case "scanner":
                good = self._seen().scanner == "ready"
            case "link":
                good = await asyncio.to_thread(self._server.well)
            case "speaker":
                _ = catalogue("kiosk", self._seen().language)
                good = await self._say(_("这是语音测试。"))
            case _:
                assert_never(test)
        self._feed(m.Tested(test, good))

    async def speak(self) -> None:
        """Say the title of the screen."""
        state = self._seen()
        await self._say(words.speech(catalogue("kiosk", state.language), state))

    def hush(self) -> None:
        if self._voice is not None:
            self._voice.stop()

    async def _say(self, sentence: str) -> bool:
        if self._voice is None:
            return False
        try:
            self._voice.stop()
            return await asyncio.to_thread(self._voice.say, sentence, self._seen().language)
        except Exception:
            log.exception("saying a sentence failed")
            return False
