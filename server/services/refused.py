"""A refusal on its way to the edge, where it becomes a problem in the person's language."""

from __future__ import annotations

from server.domain.refusal import Refusal
from server.protocol.errors import RefusalCode


class Refused(Exception):
    """The command was refused; nothing changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refuse(code: RefusalCode, **places: str) -> Refused:
    return Refused(Refusal(code, places))
