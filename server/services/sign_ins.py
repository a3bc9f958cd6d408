"""Who is signed in where: all see and end their own, a manager those of the hall; and one's own password."""

from __future__ import annotations

import asyncio
import uuid

from sqlalchemy import Connection

from server.domain.refusal import Refusal
from server.protocol.devices import PasswordChange, SessionLine
from server.store import answers, people

from .halls import Halls
from .passwords import hashed, weak
from .people import People, Who
from .refused import Refused, refuse
from .work import Ledger, Once, Record


class SignIns:
    def __init__(self, halls: Halls, people_: People) -> None:
        self._halls = halls
        self._people = people_

    async def own(self, who: Who) -> list[SessionLine]:
        """The newest first."""
        return await asyncio.to_thread(self._halls.read, lambda at: self._lines(at, who, user=who.user))

    async def of_hall(self, hall: str, who: Who) -> list[SessionLine]:
        return await asyncio.to_thread(self._halls.read, lambda at: self._lines(at, who, hall=hall))

    async def end_own(self, who: Who, name: str) -> None:
        """Raises Refused: session_unknown."""
        ended = await asyncio.to_thread(
            self._halls.write, lambda at: people.end_session_named(at, name, who.user)
        )
        if not ended:
            raise refuse("session_unknown")
        self._people.forget()

    async def end_others(self, who: Who) -> None:
        """All of one's own but the one that asks."""
        await asyncio.to_thread(
            self._halls.write, lambda at: people.end_sessions_of(at, who.user, but=who.token)
        )
        self._people.forget()

    async def end_in_hall(self, hall: str, name: str, who: Who) -> None:
        """Somebody's of the hall. Raises Refused: session_unknown; forbidden, to who is no administrator, for
        an administrator's."""

        def write(ledger: Ledger) -> str | Refusal:
            found = people.find_session_named(ledger.connection, name)
            member = people.find_staff(ledger.connection, found.user) if found else None
            if found is None or member is None or member.hall != hall:
                return Refusal("session_unknown")
            if "admin" in member.roles and not who.is_("admin"):
                return Refusal("forbidden")
            people.end_session(ledger.connection, found.token)
            ledger.note("session.ended", member.user, {})
            return ""

        await self._halls.writer(hall).perform(Record(who.id, write, 204))
        self._people.forget()

    async def change_password(
        self, who: Who, body: PasswordChange, address: str, once: Once | None = None
    ) -> None:
        """One's own, by who knows the old one; whoever else is signed in by it is no longer.

        Raises Refused: old_password_wrong, password_weak, too_many_attempts.
        """
        key = once or Once.of(uuid.uuid4().hex)
        if await asyncio.to_thread(self._halls.read, lambda at: _done(at, who, key)):
            # The answer was lost on the way; by now the old password is the old one.
            return
        try:
            await self._people.prove(who.user, body.old, address)
        except Refused as refused:
            raise (
                refuse("old_password_wrong") if refused.refusal.code == "wrong_password" else refused
            ) from None
        if weak(body.new, who.user, body.old):
            raise refuse("password_weak")
        kept = await asyncio.to_thread(hashed, body.new)

        def write(ledger: Ledger) -> str | Refusal:
            people.set_password(ledger.connection, who.user, kept)
            people.end_sessions_of(ledger.connection, who.user, but=who.token)
            ledger.note("staff.password_changed", who.user, {})
            return ""

        await self._halls.writer(who.hall).perform(Record(who.id, write, 204, key))
        self._people.forget()

    # Below: in worker threads.

    def _lines(
        self, connection: Connection, who: Who, *, hall: str = "", user: str = ""
    ) -> list[SessionLine]:
        found = people.list_sessions(connection, self._halls.now(), hall=hall, user=user)
        local = self._halls.floor(who.hall).hall.local
        return [
            SessionLine(
                name=one.name,
                user=one.user,
                begun_at=local(one.made_at),
                seen_at=local(one.seen_at) if one.seen_at else None,
                ends_at=local(one.ends_at),
                client=one.client,
                own=one.token == who.token,
            )
            for one in found
        ]


def _done(connection: Connection, who: Who, once: Once) -> bool:
    found = answers.find(connection, who.id, once.key)
    return found is not None and found.digest == once.digest
