"""The server as the lender of numbers: blocks, the day's list, and what is handed in."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import requests
from pydantic import BaseModel, ValidationError

from server.protocol.offline import (
    HandedInView,
    HandIn,
    LeasesAsked,
    LeasesView,
    OfflineTicket,
    SignedDayList,
)

log = logging.getLogger(__name__)

View = TypeVar("View", bound=BaseModel)
Send = Callable[..., "requests.Response | None"]
"""One request: method, path, and ``body``, ``key``; None when no answer came."""

SAME = 120.0
"""Seconds for which blocks are asked for with the same key, so that an answer that was lost wastes none."""
NEVER = frozenset({400, 413, 422})
"""Answers that the same request will get again, whatever happens."""


class Lender(Protocol):
    """Calls may block for seconds: they run in threads. Nothing raises."""

    def leases(self, *, remembers: bool) -> LeasesView | None:
        """The blocks of this kiosk, topped up; others where it does not remember what it gave of them.

        None when they can't be had now.
        """

    def day_list(self) -> SignedDayList | None:
        """The day's vouchers; None when they can't be had now."""

    def hand_in(self, tickets: tuple[OfflineTicket, ...]) -> HandedInView | Literal["never"] | None:
        """Hand in numbers in their order. ``never``: these will not be taken like this; None: later."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for blocks that has had no answer yet."""

    key: str
    remembers: bool
    until: float


class HttpLender:
    """``Lender`` over HTTP; ``send`` makes one request of this kiosk."""

    def __init__(self, send: Send, hall: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._at = f"/api/v1/halls/{hall}"
        self._fault = ""
        self._clock = clock
        self._asked: _Asked | None = None

    def leases(self, *, remembers: bool) -> LeasesView | None:
        if self._asked is None or self._asked.remembers != remembers or self._clock() > self._asked.until:
            self._asked = _Asked(str(uuid.uuid4()), remembers, self._clock() + SAME)
        body = LeasesAsked(known=None if remembers else ()).model_dump(mode="json")
        view = self._read(
            self._send("POST", f"{self._at}/leases", body=body, key=self._asked.key), LeasesView
        )
        if view is not None:
            self._asked = None
        return view

    def day_list(self) -> SignedDayList | None:
        return self._read(self._send("GET", f"{self._at}/day-list"), SignedDayList)

    def hand_in(self, tickets: tuple[OfflineTicket, ...]) -> HandedInView | Literal["never"] | None:
        body = HandIn(tickets=tickets).model_dump(mode="json")
        # The same tickets have the same key, so that an answer that was lost is told again.
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, ",".join(one.id for one in tickets)))
        answer = self._send("POST", f"{self._at}/offline-tickets", body=body, key=key)
        if answer is not None and answer.status_code in NEVER:
            log.error("the server takes no numbers handed in like this: %d", answer.status_code)
            return "never"
        return self._read(answer, HandedInView)

    def _read(self, answer: requests.Response | None, view: type[View]) -> View | None:
        if answer is None:
            return None
        if answer.status_code not in (200, 201):
            self._say(f"the server answers {answer.status_code} instead of {view.__name__}")
            return None
        try:
            found = view.model_validate_json(answer.content)
        except ValidationError:
            self._say(f"the server's {view.__name__} can't be understood")
            return None
        self._say("")
        return found

    def _say(self, fault: str) -> None:
        """Log a fault once, however often it is met."""
        if fault and fault != self._fault:
            log.warning("%s", fault)
        self._fault = fault
