"""One request to the server over HTTP, with nothing but the standard library. Blocks: for threads."""

from __future__ import annotations

import http.client
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pydantic import BaseModel

from .keys import Keys
from .secure import ADVICE, Fault, context_of, fault_of
from .where import ServerPart

log = logging.getLogger(__name__)

TIME_OUT = 5.0
LARGEST = 1 << 20
"""Bytes of an answer; the rest is not read."""
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """``at``: the server's time, where it told it."""

    status: int
    body: bytes
    at: datetime | None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Line:
    """The way to the server that ``part`` names. ``fault``: what is wrong with its certificate, or empty."""

    def __init__(self, part: ServerPart, *, time_out: float = TIME_OUT) -> None:
        """Raises secure.CaFileError."""
        self._parts = urlsplit(part.url)
        self._context = context_of(part.url, part.ca_file)
        self._time_out = time_out
        self.fault: Fault = ""

    def ask(
        self,
        method: str,
        path: str,
        body: BaseModel | bytes | None = None,
        *,
        token: str = "",
        key: str = "",
        kind: str = JSON,
    ) -> Reply | None:
        """The answer; None when none came. Never raises."""
        headers = {"Accept": f"{JSON}, application/problem+json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        sent = body.model_dump_json().encode() if isinstance(body, BaseModel) else body
        if sent is not None:
            headers["Content-Type"] = kind
        try:
            line = self._open()
            try:
                line.request(method, self._parts.path.rstrip("/") + path, body=sent, headers=headers)
                answer = line.getresponse()
                reply = Reply(answer.status, answer.read(LARGEST), _time(answer.getheader("Date")))
            finally:
                line.close()
        except (OSError, ValueError, http.client.HTTPException) as error:
            # ValueError: a token with signs that no header takes, as of a file that somebody edited.
            self._failed(error)
            return None
        self.fault = ""
        return reply

    def ask_as(
        self, keys: Keys, method: str, path: str, body: BaseModel | bytes | None = None, **more: str
    ) -> Reply | None:
        """``ask`` with the device's token; with its older one if the server does not know the newer."""
        token = keys.token
        reply = self.ask(method, path, body, token=token, **more)
        if reply is not None and reply.status == 401 and keys.unknown(token):
            token = keys.token
            reply = self.ask(method, path, body, token=token, **more)
            if reply is not None and reply.status == 401:
                keys.unknown(token)
        if reply is not None and reply.status < 500 and reply.status != 401:
            keys.worked(token)
        return reply

    def _open(self) -> http.client.HTTPConnection:
        host = self._parts.hostname or ""
        if self._context is not None:
            return http.client.HTTPSConnection(
                host, self._parts.port, timeout=self._time_out, context=self._context
            )
        return http.client.HTTPConnection(host, self._parts.port, timeout=self._time_out)

    def _failed(self, error: Exception) -> None:
        fault = fault_of(error)
        if fault and fault != self.fault:
            log.error("%s", ADVICE[fault])
        self.fault = fault


def _time(told: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(told).astimezone(UTC) if told else None
    except ValueError:
        return None
