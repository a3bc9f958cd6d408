"""Referrals (转办): to an own section, another institution, or as another matter; each is answered for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

Way: TypeAlias = Literal["section", "institution", "matter"]
"""本单位科室 · 其他机构 · 其他事项"""
State: TypeAlias = Literal["sent", "received", "overdue", "closed"]


@dataclass(frozen=True, slots=True)
class Referral:
    id: str
    hall: str
    order: str | None
    way: Way
    to: str
    reason: str
    due: date
    """The last day for the answer."""
    made_at: datetime
    made_by: str
    receipt_at: datetime | None = None
    """When the other side said that it has it."""
    receipt_by: str = ""
    outcome: str = ""
    closed_at: datetime | None = None

    def state(self, today: date) -> State:
        if self.closed_at is not None:
            return "closed"
        if today > self.due:
            return "overdue"
        return "sent" if self.receipt_at is None else "received"
