"""What the pages need from the core. ``server.app`` gives an implementation; tests give a small fake.

Everything a page shows comes from the same views that cross the wire, so the privacy filter stays in one
place. What a page *does* goes through the JSON API from its script; only signing in and out are plain forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import Request

from server.protocol.errors import Problem
from server.protocol.views import Board, CounterPanel, Desk, HallHead, TicketView
from server.protocol.words import Language, Role

COOKIE = "liqu_session"
"""Name of the session cookie: HttpOnly, SameSite=Strict, Path=/, Secure when the request came by https."""


@dataclass(frozen=True, slots=True)
class WhoIsIn:
    """The person behind the session cookie of a request."""

    user: str
    name: str
    roles: frozenset[Role]
    hall: str
    """The hall they work in."""
    csrf: str
    """What the page's script must send as ``X-CSRF-Token``."""
    counter: str | None = None
    """The counter they hold open now, if any."""

    @property
    def manages(self) -> bool:
        return bool(self.roles & {"manager", "admin"})

    @property
    def at_benches(self) -> bool:
        """Whether the benches' pages are theirs."""
        return bool(self.roles & {"lab", "manager", "admin"})

    @property
    def benches(self) -> bool:
        """Whether they work at the benches only, and hold no counter."""
        return "lab" in self.roles and not self.roles & {"clerk", "manager", "admin"}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was made: ``cookie`` is the value for ``COOKIE``, good for ``max_age`` seconds."""

    cookie: str
    max_age: int
    who: WhoIsIn


class PageServices(Protocol):
    """The core, as the pages see it. Nothing here raises for an unknown name: it answers None."""

    async def halls(self) -> Sequence[HallHead]:
        """Every hall, in the order to list them."""
        ...

    async def board(self, hall: str) -> Board | None:
        """The waiting area's view now."""
        ...

    async def counter_panel(self, hall: str, counter: str) -> CounterPanel | None:
        """The view of the screen above one window now, with who sits there."""
        ...

    async def desk(self, hall: str, counter: str) -> Desk | None:
        """The staff view of one counter now. The page asks only for someone signed in to that hall."""
        ...

    async def ticket(self, code: str) -> TicketView | None:
        """The ticket with this public code, as long as it is kept."""
        ...

    async def signed_in(self, request: Request) -> WhoIsIn | None:
        """Who the session cookie belongs to; None for no, an old or a wrong cookie."""
        ...

    async def sign_in(
        self, user: str, password: str, address: str, language: Language, agent: str = ""
    ) -> SignedIn | Problem:
        """A new session, or why not (``wrong_password``, ``too_many_attempts``), said in ``language``.
        ``agent``: what the browser calls itself."""
        ...

    async def sign_out(self, request: Request) -> None:
        """The session of the request's cookie ends at once; nothing happens when there is none."""
        ...
