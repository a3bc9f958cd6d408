"""Who is asking: sign-in, sessions, device tokens, and the limits on guessing.

Passwords and device tokens are kept as argon2 hashes. A device's token is checked against its hash once a
process and then remembered by its SHA-256 (a 256-bit random token needs no slow hash twice); whether the
device or the person is still active is asked of the table again every ``TRUST`` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from server.protocol.views import Text
from server.protocol.words import Role
from server.store import pairings, people
from server.store.engine import reading

from .clients import client_of
from .limits import Guesses
from .passwords import hashed, matches
from .refused import Refused, refuse

SESSION = timedelta(hours=12)
"""A working day and no more."""
TRUST = timedelta(seconds=10)
SEEN = timedelta(minutes=5)
"""How fine it is kept when a session was last used."""
REMEMBERED = 4096
TRIES = {"user": 5, "client": 20}
"""Wrong passwords in a row before the wait begins: for one user name, and from one address (a whole hall may
have the same)."""
LINE = 64
"""Passwords and new tokens that may wait to be checked: about four seconds' work."""


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in person or a device."""

    id: str
    """``staff:USER`` or ``device:NAME``: the actor in the journal."""
    user: str
    hall: str
    roles: tuple[Role, ...]
    name: str = ""
    badge: str = ""
    duty: Text = Text(zh="", en="")  # noqa: RUF009 - frozen
    csrf: str = ""
    token: str = ""
    """SHA-256 of the session's token."""

    def is_(self, *roles: Role) -> bool:
        return not set(roles).isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    who: Who


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Turn:
    """At the slow hashing: two at a time, the others in line, and a line that has an end."""

    def __init__(self) -> None:
        self._at_work = asyncio.Semaphore(2)
        self._in_line = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Raises Refused: too_many_requests, when too many stand in line."""
        if self._in_line >= LINE:
            raise refuse("too_many_requests", seconds="2")
        self._in_line += 1
        try:
            async with self._at_work:
                yield
        finally:
            self._in_line -= 1


class People:
    """Signs in and recognises. Slow hashing runs in threads; what is remembered is bounded."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._known: OrderedDict[str, tuple[Who, datetime]] = OrderedDict()
        self._proven: OrderedDict[str, str] = OrderedDict()
        self._refuted: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._guesses = Guesses(clock, TRIES, "too_many_attempts")
        # Apart: a flood of wrong tokens keeps no clerk from signing in, nor one of passwords a device.
        self._signing_in, self._proving = Turn(), Turn()
        self.rights_changed = asyncio.Event()
        """Somebody has signed out or lost a right here: live links must be looked through."""
        self._nobody = hashed(secrets.token_hex(8))

    async def sign_in(self, user: str, password: str, client: str, agent: str = "") -> SignedIn:
        """A new session. ``agent``: what the browser calls itself.

        Raises Refused: wrong_password, too_many_attempts."""
        member = await self.prove(user, password, client)
        token = secrets.token_urlsafe(32)
        now = self._clock()
        session = people.Session(
            digest(token),
            user,
            secrets.token_urlsafe(24),
            now,
            now + SESSION,
            name=secrets.token_hex(16),
            client=client_of(client, agent),
            seen_at=now,
        )
        await asyncio.to_thread(self._add_session, session, now)
        return SignedIn(token, _who(member, session))

    async def prove(self, user: str, password: str, client: str) -> people.StaffMember:
        """Whose password it is. Raises Refused: wrong_password, too_many_attempts."""
        guessers = (f"user:{user}", f"client:{client}")
        self._guesses.must_not_wait(*guessers)
        member = await asyncio.to_thread(self._member, user)
        # An unknown user costs the same time as a known one, so that names cannot be probed by the clock.
        kept = member.password if member and member.active else self._nobody
        async with self._signing_in.taken():
            # Asked again: others may have guessed wrong while this one stood in line.
            self._guesses.must_not_wait(*guessers)
            right = await asyncio.to_thread(matches, kept, password)
            if not right or member is None or not member.active:
                self._guesses.missed(*guessers)
                raise refuse("wrong_password")
        self._guesses.right(*guessers)
        return member

    async def sign_out(self, who: Who) -> None:
        await asyncio.to_thread(self._end_session, who.token)
        self._known.pop(who.token, None)
        self.rights_changed.set()

    async def recognise(self, token: str) -> Who | None:
        """Whose token this is; None when nobody's (or ended, or revoked)."""
        key = digest(token)
        now = self._clock()
        known = self._known.get(key)
        if known is not None and now - known[1] < TRUST:
            return known[0]
        who = await (self._device(token, key) if token.startswith("device.") else self._session(key, now))
        if who is None:
            self._known.pop(key, None)
            return None
        self._known[key] = (who, now)
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return who

    def forget(self) -> None:
        """Ask the tables anew at the next request: somebody's rights have changed."""
        self._known.clear()
        self.rights_changed.set()

    async def gone(self, some: Iterable[Who]) -> set[str]:
        """Of ``some``, the tokens of those who have signed out, were revoked, or have other roles."""
        return await asyncio.to_thread(self._gone, list(some), self._clock())

    async def _session(self, key: str, now: datetime) -> Who | None:
        return await asyncio.to_thread(self._find_session, key, now)

    async def _device(self, token: str, key: str) -> Who | None:
        _, _, rest = token.partition(".")
        name, _, secret = rest.partition(".")
        device = await asyncio.to_thread(self._find_device, name)
        if device is None or not device.active or not secret:
            return None
        hashes = (device.token, device.token_next)
        if self._refuted.get(key) == hashes:
            # A machine whose token has ended may ask for months: that is found out once.
            return None
        if self._proven.get(key) != device.token:
            async with self._proving.taken():
                # Asked again: a device that starts sends several requests at once, and one proof serves all.
                kept = device.token
                if self._proven.get(key) != kept:
                    kept, moved_on = await asyncio.to_thread(self._prove, device, token)
                    if moved_on:
                        self.forget()
                if not kept:
                    self._refuted[key] = hashes
                    if len(self._refuted) > REMEMBERED:
                        self._refuted.popitem(last=False)
                    return None
            self._proven[key] = kept
            if len(self._proven) > REMEMBERED:
                self._proven.popitem(last=False)
        return Who(id=f"device:{name}", user=name, hall=device.hall, roles=(device.kind,), token=key)

    # Below: in worker threads.

    def _member(self, user: str) -> people.StaffMember | None:
        with reading(self._engine).begin() as connection:
            return people.find_staff(connection, user)

    def _add_session(self, session: people.Session, now: datetime) -> None:
        with self._engine.begin() as connection:
            people.forget_ended(connection, now)
            people.add_session(connection, session)

    def _end_session(self, token: str) -> None:
        with self._engine.begin() as connection:
            people.end_session(connection, token)

    def _find_session(self, key: str, now: datetime) -> Who | None:
        with reading(self._engine).begin() as connection:
            session = people.find_session(connection, key)
            if session is None or session.ends_at <= now:
                return None
            member = people.find_staff(connection, session.user)
        if session.seen_at is None or now - session.seen_at >= SEEN:
            # For lists alone: whoever works goes on working where it cannot be written.
            with contextlib.suppress(SQLAlchemyError), self._engine.begin() as connection:
                people.session_seen(connection, key, now)
        return _who(member, session) if member and member.active else None

    def _gone(self, some: list[Who], now: datetime) -> set[str]:
        gone = set()
        with reading(self._engine).begin() as connection:
            for who in some:
                if who.id.startswith("device:"):
                    device = people.find_device(connection, who.user)
                    proven = self._proven.get(who.token)
                    stands = device is not None and device.active and device.token == proven
                else:
                    session = people.find_session(connection, who.token)
                    member = people.find_staff(connection, who.user)
                    ended = session is None or session.ends_at <= now
                    stands = not ended and member is not None and member.active and member.roles == who.roles
                if not stands:
                    gone.add(who.token)
        return gone

    def _prove(self, device: people.Device, token: str) -> tuple[str, bool]:
        """The hash that ``token`` is of, empty when it is none of the device's; whether anything changed.

        A new token's first use ends the one before it; a first one's first use ends the telling of it.
        """
        kept = next((one for one in (device.token, device.token_next) if one and matches(one, token)), "")
        with reading(self._engine).begin() as connection:
            at_rest = kept == device.token and not pairings.undelivered(connection, device.name)
        if not kept or at_rest:
            return kept, False
        with self._engine.begin() as connection:
            people.promote_token(connection, device.name, kept, self._clock())
            pairings.close(connection, device.name)
            now = people.find_device(connection, device.name)
        stands = now is not None and now.active and now.token == kept
        return (kept if stands else ""), True

    def _find_device(self, name: str) -> people.Device | None:
        with reading(self._engine).begin() as connection:
            return people.find_device(connection, name)


def new_device_token(name: str) -> str:
    """A device's token: it names the device, so that its hash can be found."""
    return f"device.{name}.{secrets.token_urlsafe(32)}"


def _who(member: people.StaffMember, session: people.Session) -> Who:
    return Who(
        id=f"staff:{member.user}",
        user=member.user,
        hall=member.hall,
        roles=member.roles,
        name=member.name,
        badge=member.badge,
        duty=member.duty,
        csrf=session.csrf,
        token=session.token,
    )


__all__ = ["People", "Refused", "SignedIn", "Who", "new_device_token"]
