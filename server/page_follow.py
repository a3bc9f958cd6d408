"""The core as the pages of who follows a case see it (``server.web.follow_ports.FollowServices``)."""

from __future__ import annotations

from datetime import date

from server.api.asking import Core
from server.api.problems import problem_of
from server.domain.negotiation import OPTIONS
from server.domain.refusal import Refusal
from server.page_booking import answered
from server.protocol import booking as b
from server.protocol import pickup as p
from server.protocol.again import AgainView
from server.protocol.errors import Problem
from server.protocol.lab import AnswerBody
from server.protocol.words import Language
from server.services.bookings import Asker
from server.services.refused import Refused
from server.services.work import Once


class PagesFollow:
    _core: Core

    async def case(self, code: str, tail: str, address: str, language: Language) -> p.ProgressView | Problem:
        return await answered(self._core.progress.page(code, tail, address), language)

    async def case_of_ticket(self, ticket: str) -> str:
        return await self._core.progress.of_ticket(ticket)

    async def case_of_number(self, number: str) -> str:
        return await self._core.progress.of_appointment(number)

    async def case_certificates(
        self, view: p.ProgressView, tail: str, address: str, language: Language
    ) -> p.CertificatesView | Problem:
        proof = b.Proof(code=view.code, tail=tail)
        found = self._core.certificate_prints.find(view.hall, proof, Asker(None, address))
        return await answered(found, language)

    async def case_download(
        self, id: str, code: str, tail: str, address: str, language: Language
    ) -> p.DownloadLink | Problem:
        proof = b.Proof(code=code, tail=tail)
        made = await answered(
            self._core.certificate_prints.link(id, proof, Asker(None, address), None), language
        )
        return made if isinstance(made, Problem) else p.DownloadLink.model_validate_json(made.body)

    async def case_answer(
        self, id: str, code: str, tail: str, option: str, remark: str, address: str, language: Language
    ) -> Problem | None:
        known = next((one for one in (*OPTIONS, "decline") if one == option), None)
        if known is None:
            return problem_of(Refusal("option_unknown"), language)
        body = AnswerBody.model_validate({"code": code, "tail": tail, "option": known, "remark": remark})
        try:
            await self._core.negotiations.answer(id, body, Asker(None, address), None)
        except Refused as refused:
            return problem_of(refused.refusal, language)
        return None

    async def again(self, code: str, language: Language) -> AgainView | None:
        try:
            return await self._core.again.look(code)
        except Refused:
            return None

    async def book_again(
        self, code: str, tail: str, day: date, slot: str, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        once = Once.of(key, "again", code, day.isoformat(), slot)
        made = await answered(
            self._core.again.book(code, tail, day, slot, Asker(None, address), once), language
        )
        return made if isinstance(made, Problem) else b.AppointmentView.model_validate_json(made.body)
