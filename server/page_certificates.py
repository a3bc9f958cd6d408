"""The core as the pages around certificates see it (``server.web.certificate_ports``)."""

from __future__ import annotations

from server.api.asking import Core
from server.api.problems import problem_of
from server.domain.refusal import Refusal
from server.page_booking import answered
from server.protocol.certificates import CheckView, StatusLabelView
from server.protocol.errors import Problem
from server.protocol.words import Language
from server.services.checking import MOST_BYTES
from server.services.refused import Refused
from server.web.certificate_ports import Sheet


class PagesCertificates:
    _core: Core

    async def check(self, text: str, address: str, language: Language) -> CheckView | Problem:
        return await answered(self._core.checking.code_or_number(text, address), language)

    async def check_file(self, content: bytes, address: str, language: Language) -> CheckView | Problem:
        return await answered(self._core.checking.file(content, address), language)

    def check_turn(self, address: str, language: Language) -> Problem | None:
        try:
            self._core.checking.count(address)
        except Refused as refused:
            return problem_of(refused.refusal, language)
        return None

    def check_too_large(self, language: Language) -> Problem:
        return problem_of(Refusal("file_too_large", {"most": str(MOST_BYTES // 1024 // 1024)}), language)

    async def equipment_status(
        self, code: str, address: str, language: Language
    ) -> StatusLabelView | Problem | None:
        against = self.check_turn(address, language)
        if against is not None:
            return against
        return await self._core.status_labels.of_any_hall(code)

    async def status_label(self, hall: str, code: str, language: Language) -> StatusLabelView | Problem:
        return await answered(self._core.status_labels.of(hall, code), language)

    async def download(self, token: str, address: str, language: Language) -> Sheet | Problem:
        found = await answered(self._core.certificate_prints.download(token, address), language)
        return found if isinstance(found, Problem) else Sheet(found.number, found.content)
