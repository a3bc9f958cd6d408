"""The core as the pages see it (``server.web.ports.PageServices``)."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from server.api.asking import COOKIE
from server.api.problems import problem_of
from server.page_booking import PagesBooking
from server.page_cases import PagesCases
from server.page_certificates import PagesCertificates
from server.page_follow import PagesFollow
from server.protocol.errors import Problem
from server.protocol.offer import AboutView
from server.protocol.views import Board, CounterPanel, Desk, HallHead, TicketView
from server.protocol.words import Language
from server.services import disclosure
from server.services.people import SESSION, Who
from server.services.refused import Refused
from server.web.ports import SignedIn, WhoIsIn


class PagesCore(PagesBooking, PagesCertificates, PagesCases, PagesFollow):
    async def halls(self) -> Sequence[HallHead]:
        return [self._core.halls.head(id) for id in self._core.halls.ids()]

    def head(self, hall: str) -> HallHead | None:
        return self._core.halls.head(hall) if hall in self._core.halls.ids() else None

    async def board(self, hall: str) -> Board | None:
        return self._core.halls.board(hall) if hall in self._core.halls.ids() else None

    async def about(self, hall: str) -> AboutView | None:
        halls = self._core.halls
        if hall not in halls.ids():
            return None
        return disclosure.about(halls.floor(hall).hall, halls.head(hall), halls.now())

    async def counter_panel(self, hall: str, counter: str) -> CounterPanel | None:
        return self._core.halls.panel(hall, counter) if hall in self._core.halls.ids() else None

    async def desk(self, hall: str, counter: str) -> Desk | None:
        return self._core.halls.desk(hall, counter) if hall in self._core.halls.ids() else None

    async def ticket(self, code: str) -> TicketView | None:
        return await self._core.halls.ticket(code)

    async def signed_in(self, request: Request) -> WhoIsIn | None:
        cookie = request.cookies.get(COOKIE)
        who = await self._core.people.recognise(cookie) if cookie else None
        return self._who(who) if who and who.id.startswith("staff:") else None

    async def sign_in(
        self, user: str, password: str, address: str, language: Language, agent: str = ""
    ) -> SignedIn | Problem:
        try:
            signed = await self._core.people.sign_in(user, password, address, agent)
        except Refused as refused:
            return problem_of(refused.refusal, language)
        return SignedIn(signed.token, int(SESSION.total_seconds()), self._who(signed.who))

    async def sign_out(self, request: Request) -> None:
        cookie = request.cookies.get(COOKIE)
        who = await self._core.people.recognise(cookie) if cookie else None
        if who is not None:
            await self._core.people.sign_out(who)

    def _who(self, who: Who) -> WhoIsIn:
        halls = self._core.halls
        post = halls.floor(who.hall).post_of(who.user) if who.hall in halls.ids() else None
        return WhoIsIn(
            user=who.user,
            name=who.name,
            roles=frozenset(who.roles),
            hall=who.hall,
            csrf=who.csrf,
            counter=post.counter if post else None,
        )
