"""A message as a signed HTTP POST: for an SMS gateway, a relay to WeCom, or any system of the house's own.

The body is JSON; ``Idempotency-Key`` is the message's id, the same at every try, so that a receiver that has
it already answers 2xx and does nothing. Redirects are not followed: the signature is for one address.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from server import __version__
from server.domain.messages import Address, Delivered, Letter, Outcome, Rejected, Unclear

from .signing import SIGNATURE, TIMESTAMP, sign

NOT_NOW: Final = frozenset({408, 425, 429})
"""Refusals that are none for good."""
BODY_READ: Final = 16 * 1024
BODY_SECONDS: Final = 2.0
"""Of an answer's body no more is read, and no longer waited for: the status has said all, and a body read to
its end keeps the link for the next message."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where and how to knock. ``timeout``: seconds for all of it. ``ca_file``: the house's own authority."""

    url: str
    secret: bytes
    timeout: float = 15.0
    ca_file: str = ""
    proxy: str = ""


class Webhook:
    """Posts letters. ``clock``: seconds since 1970, for the signature."""

    def __init__(self, name: str, door: Door, clock: Callable[[], float]) -> None:
        self.name = name
        self._door = door
        self._clock = clock
        self._client = httpx.AsyncClient(
            verify=ssl.create_default_context(cafile=door.ca_file) if door.ca_file else True,
            proxy=door.proxy or None,
            timeout=door.timeout,
            follow_redirects=False,
            # The machine's own proxy settings are for browsers.
            trust_env=False,
        )

    def reaches(self, address: Address) -> bool:
        """The receiver picks the way: by phone or by e-mail."""
        return bool(address.phone or address.email)

    async def send(self, letter: Letter) -> Outcome:
        body = body_of(letter)
        timestamp = int(self._clock())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"Liqu/{__version__}",
            "Idempotency-Key": letter.id,
            TIMESTAMP: str(timestamp),
            SIGNATURE: sign(self._door.secret, timestamp, body),
        }
        outcome: Outcome | None = None
        try:
            async with (
                asyncio.timeout(self._door.timeout),
                self._client.stream("POST", self._door.url, content=body, headers=headers) as response,
            ):
                outcome = judged(response.status_code, response.headers.get("retry-after", ""))
                await _skim(response)
        except (httpx.TimeoutException, TimeoutError):
            # Once the status is there, what becomes of the rest does not matter.
            return outcome or Unclear("timeout")
        except httpx.ConnectError as error:
            return Unclear("tls" if _is_tls(error) else "no link")
        except httpx.HTTPError:
            return outcome or Unclear("link broken")
        return outcome

    async def close(self) -> None:
        await self._client.aclose()


class NoticeHook(Webhook):
    """Posts news of machines to the one address that is there for them: nobody is named in them."""

    def reaches(self, address: Address) -> bool:
        return True


def body_of(letter: Letter) -> bytes:
    """The JSON of a letter: the same bytes at every try."""
    told = {
        "id": letter.id,
        "hall": letter.hall,
        "hall_name": {"zh": letter.hall_name.zh, "en": letter.hall_name.en},
        "kind": letter.kind,
        "to": {"phone": letter.to.phone, "email": letter.to.email},
        "language": letter.to.language,
        "subject": {"zh": letter.subject.zh, "en": letter.subject.en},
        "text": {"zh": letter.body.zh, "en": letter.body.en},
        "link": letter.link,
        "at": letter.at.isoformat(),
    } | ({"facts": dict(letter.facts)} if letter.facts else {})
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def judged(status: int, retry_after: str) -> Outcome:
    """What an HTTP status means for a message."""
    if 200 <= status < 300:
        return Delivered()
    reason = f"http {status}"
    if 400 <= status < 500 and status not in NOT_NOW:
        return Rejected(reason)
    wait = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
    return Unclear(reason, wait)


def _is_tls(error: BaseException | None) -> bool:
    """Whether it came of the certificate or the talk about it, however wrapped."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _skim(response: httpx.Response) -> None:
    """Read a short body to its end; leave a long or slow one."""
    read = 0
    async with asyncio.timeout(BODY_SECONDS):
        async for piece in response.aiter_raw(4096):
            read += len(piece)
            if read > BODY_READ:
                return
