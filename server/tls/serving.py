"""The certificate while it is served: taken anew when it was renewed, without losing a connection."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from . import folder
from .folder import CERTIFICATE, FOLDER, KEY, TlsError

log = logging.getLogger(__name__)

LOOK: Final = 60.0
"""Seconds between two looks at the files."""
SAID_AGAIN: Final = timedelta(days=1)
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2, each with forward secrecy; those of 1.3 all are sound."""


class ServedTls:
    """Makes the context that connections are taken with, and keeps its certificate up to date.

    Raises TlsError when what is in the folder cannot be served.
    """

    def __init__(self, data: Path, clock: Callable[[], datetime]) -> None:
        self._data = data
        self._clock = clock
        self._seen = self._stamp()
        self._said: datetime | None = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_ciphers(CIPHERS)
        self.context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        self.context.set_alpn_protocols(["http/1.1"])
        self.now = self._load()

    @property
    def until(self) -> datetime:
        """When the certificate ends that is served now."""
        return self.now.until

    def look_again(self) -> None:
        """The files are not as they were: take them now."""
        try:
            self._seen = self._stamp()
            self.now = self._load()
        except (TlsError, OSError) as error:
            log.error("the renewed certificate cannot be served, the one before it is: %s", error)
            return
        self._said = None
        log.info("the certificate was taken anew: it holds until %s", f"{self.until:%Y-%m-%d}")

    async def run(self) -> None:
        """Take each renewed certificate, and say that one ends, until cancelled."""
        while True:
            self.warn()
            await asyncio.sleep(LOOK)
            try:
                changed = self._stamp() != self._seen
            except OSError:
                continue
            if changed:
                self.look_again()

    def _load(self) -> folder.Served:
        served = folder.look(self._data)
        place = self._data / FOLDER
        # Tried aside first: a context that refuses a key halfway would serve nobody.
        for context in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self.context):
            try:
                context.load_cert_chain(place / CERTIFICATE, place / KEY)
            except ssl.SSLError as error:
                raise TlsError(f"{place / KEY} is not the key of {place / CERTIFICATE}") from error
        return served

    def warn(self) -> None:
        """Say once a day that the certificate ends soon."""
        now = self._clock()
        left = self.now.days_left(now)
        if left >= folder.WARNED_DAYS or (self._said is not None and now - self._said < SAID_AGAIN):
            return
        self._said = now
        what = "liqu-server tls --renew" if self.now.own else "give a new one to liqu-server tls"
        if self.until <= now:
            log.error("the certificate ended on %s: nobody can connect. %s", f"{self.until:%Y-%m-%d}", what)
        else:
            log.warning("the certificate ends in %d days, on %s: %s", left, f"{self.until:%Y-%m-%d}", what)

    def _stamp(self) -> tuple[int, int]:
        place = self._data / FOLDER
        return (place / CERTIFICATE).stat().st_mtime_ns, (place / KEY).stat().st_mtime_ns
