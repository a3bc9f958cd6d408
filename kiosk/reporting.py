"""This kiosk's own state, told to the server: when it changes, and now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from server import __version__
from server.protocol.commands import DetailOf, DeviceStatus, PartWord

from . import model as m
from .certificates import CertificateWork
from .label_work import LabelWork
from .ports import Server, Voice

log = logging.getLogger(__name__)

STATUS_EVERY = 30.0


class Reporter:
    """``seen`` gives the present state; ``size``: of the glass, in px. Nothing raises."""

    def __init__(
        self,
        server: Server,
        labels: LabelWork,
        certificates: CertificateWork,
        seen: Callable[[], m.State],
        voice: Voice | None,
        size: tuple[int, int],
    ) -> None:
        self._server = server
        self._labels = labels
        self._certificates = certificates
        self._seen = seen
        self._voice = voice
        self._details: dict[str, str] = {"screen": f"{size[0]} × {size[1]}"}

    def note(self, device: DetailOf, detail: str) -> None:
        """What a device says of its state beyond the word for it."""
        self._details[device] = detail

    async def go_on(self) -> None:
        """Tell everything, again and again, until cancelled."""
        while True:
            await self.tell()
            await self._labels.tell()
            await self._certificates.tell()
            await asyncio.sleep(STATUS_EVERY)

    async def tell(self) -> None:
        """Tell how the devices are now."""
        try:
            await asyncio.to_thread(self._server.tell_status, self.status())
        except Exception:
            log.exception("telling this kiosk's status failed")

    def status(self) -> DeviceStatus:
        """How this kiosk is; the ticket printer's words stand in ``detail`` too, for an older server."""
        state = self._seen()
        sound: PartWord = "none" if self._voice is None else "error" if self._voice.failing else "ready"
        return DeviceStatus.model_validate(
            {
                "version": __version__,
                "printer": state.printer,
                "labels": state.label_printer,
                "certificates": state.documents,
                "scanner": state.scanner,
                "sound": sound,
                "screen": "ready",
                "detail": self._details.get("printer", "")[:200],
                "details": {part: told[:200] for part, told in self._details.items() if told},
            }
        )
