"""Problems as they cross the wire (RFC 9457), with a stable code and a sentence in both languages.

Chinese is the source text; English comes from the ``server`` catalogue. ``{name}`` is filled from the
problem's parameters. The detail says what to do about it.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

RefusalCode = Literal[
    "bad_request",
    "not_signed_in",
    "wrong_password",
    "too_many_attempts",
    "too_many_requests",
    "forbidden",
    "not_your_counter",
    "csrf_failed",
    "not_found",
    "hall_unknown",
    "service_unknown",
    "counter_unknown",
    "ticket_unknown",
    "staff_unknown",
    "device_unknown",
    "hall_closed",
    "service_closed",
    "queue_full",
    "counter_busy",
    "counter_closed",
    "counter_paused",
    "counter_not_paused",
    "counter_taken",
    "staff_elsewhere",
    "ticket_not_waiting",
    "ticket_not_called",
    "ticket_not_serving",
    "ticket_not_missed",
    "ticket_not_parked",
    "ticket_over",
    "recall_limit",
    "return_limit",
    "undo_too_late",
    "same_service",
    "priority_forbidden",
    "idempotency_key_needed",
    "idempotency_key_bad",
    "idempotency_key_reused",
    "appointment_unknown",
    "code_unreadable",
    "code_torn",
    "code_mistyped",
    "code_foreign",
    "slot_unknown",
    "slot_not_held",
    "slot_begun",
    "slot_full",
    "too_far",
    "lines_bad",
    "not_taken",
    "notices_unread",
    "consent_needed",
    "name_needed",
    "phone_bad",
    "email_bad",
    "company_needed",
    "uscc_bad",
    "too_many_open",
    "not_booked",
    "cut_off",
    "reason_needed",
    "wrong_day",
    "wrong_hall",
    "already_checked_in",
    "appointment_cancelled",
    "appointment_over",
    "order_unknown",
    "customer_unknown",
    "sample_unknown",
    "label_bound",
    "item_unknown",
    "still_used",
    "sheet_bad",
    "message_unknown",
    "message_not_over",
    "due_item_unknown",
    "already_exists",
    "in_use",
    "busy",
    "unavailable",
]

CODES: tuple[RefusalCode, ...] = get_args(RefusalCode)


class Problem(BaseModel):
    """``application/problem+json``."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
