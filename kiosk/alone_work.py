"""Being cut off as work beside the screen: fetching what is lent, giving from it, handing in again."""

from __future__ import annotations

import asyncio
import logging
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from server.protocol import codes
from server.protocol.offline import HandedIn, HandedInView
from server.protocol.views import Text

from . import alone as a
from . import model as m
from .day_list import DayListFile, digest
from .hall_clock import HallClock
from .lender import HttpLender, Lender, Send
from .standby import Standby

log = logging.getLogger(__name__)

NOT_TAKEN = Text(zh="服务器不认这个号码。", en="The server does not take this number.")
EVERY = 300.0
AGAIN = 10.0
"""Seconds between tries while the server does not answer."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """What a kiosk has for the time without its server, and who lends it."""

    standby: Standby
    lists: DayListFile
    lender: Lender


def open_reserve(folder: Path, *, hall: str, key: str, send: Send) -> Reserve:
    """The one in ``folder``. ``key``: that the hall signs with, where known; ``send``: see ``HttpLender``.

    Raises OSError where the folder can't be made.
    """
    standby = Standby(
        folder,
        new_id=lambda: uuid.uuid4().hex,
        new_code=lambda: "".join(secrets.choice(codes.ALPHABET) for _ in range(16)),
    )
    return Reserve(standby, DayListFile(folder, hall=hall, key=key), HttpLender(send, hall))


class AloneWork:
    """Whatever may block runs in threads; nothing raises. ``seen`` gives the present state, ``local`` the
    hall's time. Without a ``reserve`` this kiosk gives nothing by itself."""

    def __init__(
        self,
        reserve: Reserve | None,
        clock: HallClock,
        *,
        feed: Callable[[m.Input], None],
        seen: Callable[[], m.State],
        local: Callable[[], datetime],
        every: float = EVERY,
        again: float = AGAIN,
    ) -> None:
        self._reserve = reserve
        self._clock = clock
        self._feed = feed
        self._seen = seen
        self._local = local
        self._every = every
        self._again = again
        self._back = asyncio.Event()
        self._since: datetime | None = None
        self._link: m.Link = "connecting"

    # -- what can be given -------------------------------------------------------------------------

    def look(self) -> None:
        """Tell the flow what can be given now, if that changed; notice that the link went or came."""
        if self._reserve is None:
            return
        state = self._seen()
        if state.link == "lost" and self._since is None:
            self._since = self._local()
        elif state.link == "live":
            self._since = None
            if self._link != "live":
                self._back.set()
        self._link = state.link
        standing = self._standing(state, self._reserve)
        if standing != state.alone:
            self._feed(a.AloneStands(standing))

    def _standing(self, state: m.State, reserve: Reserve) -> a.Standing:
        local, listed = self._local(), reserve.lists.listed
        known = reserve.standby.standing(state.home, local)
        there = listed is not None and listed.day == local.date()
        return replace(known, since=self._since, vouchers=there and known.lent)

    # -- giving ------------------------------------------------------------------------------------

    async def give(self, wish: a.GiveAlone) -> None:
        """Give the next number and show it; or say that there is none."""
        ticket = None
        home = self._seen().home
        try:
            if self._reserve is not None and home is not None:
                ticket = await asyncio.to_thread(self._reserve.standby.give, wish, home, self._local())
        except Exception:
            log.exception("a number could not be kept, and was not given")
        if ticket is None:
            self._feed(m.WasRefused(wish.key, "none_alone", "", ""))
        else:
            log.info("gave %s without the server", ticket.number)
            self._feed(m.Issued(wish.key, ticket))
        self.look()

    def find(self, asked: a.LookAlone) -> None:
        """Answer what the day's list says of a voucher."""
        listed, used = None, ""
        if self._reserve is not None:
            day, mark = self._reserve.lists.listed, digest(asked.code)
            if day is not None and day.day == self._local().date():
                listed = next((one for one in day.vouchers if one.digest == mark), None)
            used = self._reserve.standby.used(asked.code)
        self._feed(a.VouchedAlone(asked.key, listed, used))

    # -- with the server ---------------------------------------------------------------------------

    async def go_on(self) -> None:
        """Hand in and fetch: at once, now and then, and when the link is back; until cancelled."""
        if self._reserve is None:
            return
        while True:
            self._back.clear()
            well = False
            try:
                well = await self._once(self._reserve.standby, self._reserve.lender, self._reserve.lists)
            except Exception:
                log.exception("fetching what is lent failed")
            self.look()
            try:
                async with asyncio.timeout(self._every if well else self._again):
                    await self._back.wait()
            except TimeoutError:
                pass

    async def _once(self, standby: Standby, lender: Lender, lists: DayListFile) -> bool:
        if not await self._hand_in(standby, lender):
            return False
        view = await asyncio.to_thread(lender.leases, remembers=standby.remembers)
        if view is None:
            return False
        await asyncio.to_thread(standby.lend, view, self._clock.ahead)
        home = self._seen().home
        if home is not None and self._seen().link == "live":
            await asyncio.to_thread(standby.see, home)
        signed = await asyncio.to_thread(lender.day_list)
        if signed is None:
            return False
        await asyncio.to_thread(lists.keep, signed)
        # Before the first view there is no hall to keep: look again soon.
        return home is not None

    async def _hand_in(self, standby: Standby, lender: Lender) -> bool:
        """All that waits, in order; False when the server does not answer."""
        while tickets := standby.to_hand_in():
            answer = await asyncio.to_thread(lender.hand_in, tickets)
            if answer == "never" and len(tickets) > 1:
                # One of them spoils the rest: each by itself.
                tickets = tickets[:1]
                answer = await asyncio.to_thread(lender.hand_in, tickets)
            if answer == "never":
                # For a person to look at; those behind it shall not wait for that.
                refused = HandedIn(id=tickets[0].id, outcome="bad", number="", why=NOT_TAKEN)
                await asyncio.to_thread(standby.handed_in, (refused,))
                continue
            if not isinstance(answer, HandedInView):
                return False
            if not {one.id for one in answer.tickets} & {one.id for one in tickets}:
                log.error("the server's answer names none of the numbers handed in")
                return False
            await asyncio.to_thread(standby.handed_in, answer.tickets)
            log.info("handed in %d numbers", len(answer.tickets))
            self.look()
        return True
