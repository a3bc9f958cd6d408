"""The outbox as a manager sees it: how many messages are where, and those that may be sent once more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from server.domain.hall import Hall
from server.domain.messages import KINDS
from server.domain.refusal import Refusal
from server.protocol import outbox as o
from server.store import outbox
from server.store.engine import reading

from .halls import Halls
from .outbox import Channels
from .people import Who
from .work import Ledger, Once, Record

STORED: dict[o.MessageState, outbox.State] = {
    "waiting": "waiting",
    "sending": "waiting",
    "no_channel": "waiting",
    "sent": "sent",
    "given_up": "given_up",
    "no_address": "no_address",
    "withdrawn": "withdrawn",
    "expired": "expired",
}


class Messages:
    def __init__(self, halls: Halls, channels: Channels) -> None:
        self._halls = halls
        self._channels = channels

    async def listed(
        self, hall: str, states: Sequence[o.MessageState], kinds: Sequence[o.MessageKind], limit: int
    ) -> o.MessagesView:
        """Counts of all, and the newest of the states and kinds asked for."""
        of = self._halls.floor(hall).hall

        def look() -> o.MessagesView:
            with reading(self._halls.engine).begin() as connection:
                return self._view(connection, of, states, kinds, limit)

        return await asyncio.to_thread(look)

    async def retry(self, hall: str, id: str, who: Who, once: Once | None) -> None:
        """Let a message that was given up begin anew, under its own id.

        Raises Refused: message_unknown, message_not_over.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = outbox.find(ledger.connection, id)
            if found is None or found.message.hall != hall:
                return Refusal("message_unknown")
            if not outbox.retry(ledger.connection, id, ledger.now):
                return Refusal("message_not_over")
            ledger.note("message.retried", found.message.subject, {"message": id})
            return ""

        await self._halls.writer(hall).perform(Record(who.id, change, 204, once))

    def _view(
        self,
        connection: Connection,
        hall: Hall,
        states: Sequence[o.MessageState],
        kinds: Sequence[o.MessageKind],
        limit: int,
    ) -> o.MessagesView:
        counts: dict[o.MessageState, int] = dict.fromkeys(STORED, 0)
        for (state, kind, claimed), many in outbox.counts(connection, hall.id).items():
            counts[self._shown(state, kind, claimed)] += many
        stored = sorted({STORED[state] for state in states})
        wanted = set(kinds or KINDS)
        if set(states) == {"no_channel"}:
            wanted -= set(self._channels.kinds())
        found = outbox.listed(connection, hall.id, states=stored, kinds=sorted(wanted), limit=limit)
        now = self._halls.now()
        shown = [self._line(hall, one, now) for one in found]
        return o.MessagesView(
            counts=counts,
            channels={kind: self._channels.routes.get(kind, ()) for kind in KINDS},
            messages=tuple(one for one in shown if not states or one.state in states),
        )

    def _shown(self, state: outbox.State, kind: o.MessageKind, claimed: bool) -> o.MessageState:
        if state != "waiting":
            return state
        if claimed:
            return "sending"
        return "waiting" if kind in self._channels.kinds() else "no_channel"

    def _line(self, hall: Hall, one: outbox.Entry, now: datetime) -> o.MessageView:
        waits = one.state == "waiting"
        return o.MessageView(
            id=one.message.id,
            kind=one.message.kind,
            state=self._shown(one.state, one.message.kind, one.claim is not None),
            channel=one.channel,
            tries=one.tries,
            reason=one.reason,
            due_at=hall.local(one.message.due_at),
            next_at=hall.local(one.next_at) if waits else None,
            ended_at=hall.local(one.ended_at) if one.ended_at else None,
            may_retry=one.state in outbox.AGAIN and now < one.message.expires_at,
        )
