"""This kiosk's own state, told to the server: when it changes, and now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from server.protocol.commands import DeviceStatus

from . import model as m
from .certificates import CertificateWork
from .label_work import LabelWork
from .ports import Server

log = logging.getLogger(__name__)

STATUS_EVERY = 30.0
VERSION = "0.1.0"


class Reporter:
    """``seen`` gives the present state. Nothing raises."""

    def __init__(
        self, server: Server, labels: LabelWork, certificates: CertificateWork, seen: Callable[[], m.State]
    ) -> None:
        self._server = server
        self._labels = labels
        self._certificates = certificates
        self._seen = seen
        self._details: dict[str, str] = {}

    def note(self, device: str, detail: str) -> None:
        """What a device says of its state beyond the word for it; the ticket printer's name is empty."""
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
        state = self._seen()
        status = DeviceStatus(
            version=VERSION,
            printer=state.printer,
            certificates=state.documents,
            detail=self._all_details(state)[:200],
        )
        try:
            await asyncio.to_thread(self._server.tell_status, status)
        except Exception:
            log.exception("telling this kiosk's status failed")

    def _all_details(self, state: m.State) -> str:
        """How all devices are but the ticket printer, whose state has a place of its own; for the staff."""
        others = {
            "labels": state.label_printer,
            "certificates": state.documents,
            "scanner": state.scanner,
        }
        told = [self._details.get("", "")]
        told += [
            f"{name} {how}" + (f" ({detail})" if (detail := self._details.get(name)) else "")
            for name, how in others.items()
            if how != "none"
        ]
        return "; ".join(part for part in told if part)
