"""What the tables hold about people, column by column: how it is classed, and what becomes of it. Pure.

One list for everything that clears or hands out personal data. A column of text stands either here or among
``HARMLESS``; a test walks the tables and fails for one that stands in neither.

What is kept no longer than needed (个人信息保护法 第十九条) is cleared ``contact_days`` after the last that
was done for somebody, or at once when they ask and nothing of theirs is open (第四十七条). What the law on
metrology wants kept (certificates, original records, the journal) stays, and says no more than it must.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

Held: TypeAlias = Literal["contact", "words", "photo", "record", "staff", "passing", "secret"]
"""``contact``: how a customer is reached. ``words``: what somebody wrote in their own words about a matter.
``photo``: a picture in which more may be seen than was meant. ``record``: what must be kept by law.
``staff``: who works here, for as long as records name them. ``passing``: forgotten by itself within days.
``secret``: not personal, but never shown."""

CLEARED: Final[frozenset[Held]] = frozenset({"contact", "words", "photo"})
"""What retention and an erasure empty."""

PERSONAL: Final[Mapping[str, Held]] = {
    "customers.name": "contact",
    "customers.company": "contact",
    "customers.uscc": "contact",
    "customers.phone": "contact",
    "customers.email": "contact",
    "due_items.name": "contact",
    "due_items.company": "contact",
    "due_items.phone": "contact",
    "due_items.email": "contact",
    "due_items.digest": "contact",  # made from the five before it: guessed, it confirms them
    "fulfilments.address": "contact",
    "fulfilments.tracking": "contact",
    "negotiations.remark": "words",
    "pickups.reason": "words",
    "referrals.reason": "words",
    "referrals.outcome": "words",
    "files.content": "photo",  # of photos; certificates stay
    "certificates.content": "record",  # names the client
    "certificates.reason": "record",
    "acceptances.sheet": "record",
    "demands.missing": "record",
    "negotiations.fault": "record",
    "negotiations.signatures": "record",
    "results.content": "record",
    "journal.payload": "record",  # no names; free text without numbers: ``without_numbers``
    "orders.ecqs": "record",
    "samples.serial": "record",
    "samples.foreign": "record",
    "referrals.to": "record",
    "staff.user": "staff",
    "staff.name": "staff",
    "staff.badge": "staff",
    "staff.duty": "staff",
    "posts.staff_name": "staff",
    "posts.badge": "staff",
    "posts.duty_zh": "staff",
    "posts.duty_en": "staff",
    "credentials.number": "staff",
    "credentials.title": "staff",
    "upkeep.remark": "staff",
    "errands.remark": "staff",
    "errands.picture": "passing",  # of a screen: a day
    "answers.body": "passing",  # 48 hours; masked as on the wire
    "sessions.client": "passing",  # as long as the sign-in
    "devices.status": "passing",  # until the next report
    "outbox.parameters": "passing",  # facts without names; 90 days
    "outbox.reason": "passing",
    "staff.password": "secret",
    "devices.token": "secret",
    "devices.token_next": "secret",
    "sessions.token": "secret",
    "sessions.csrf": "secret",
    "pairings.code": "secret",
    "pairings.secret": "secret",
    "pairings.token": "secret",
    "links.token": "secret",
}

HARMLESS: Final[Mapping[str, tuple[str, ...]]] = {
    "what a thing is called by the house: made by us, means nothing to others": (
        "*.id",
        "*.code",
        "*.flow",
        "*.hall",
        "*.order",
        "*.sample",
        "*.ticket",
        "*.customer",
        "*.device",
        "*.alarm",
        "*.claim",
        "*.successor",
        "*.subject",
        "*.key",
        "answers.digest",
        "tickets.number",
        "calls.number",
        "counters.number",
        "appointments.number",
        "orders.number",
        "pickups.number",
        "certificates.number",
        "equipment.number",
        "sequences.name",
        "sessions.name",
        "devices.name",
        "handovers.samples",
        "leases.used",
    ),
    "who did it, by user name or device": (
        "*.actor",
        "*.by",
        "*.seen_by",
        "*.made_by",
        "*.changed_by",
        "*.signed_by",
        "*.opened_by",
        "*.answered_by",
        "*.receipt_by",
        "*.giver",
        "*.taker",
        "*.holder",
        "*.handler",
        "*.handler_section",
        "*.verifier",
        "*.reviewer",
        "*.approver",
        "posts.staff",
    ),
    "a word out of a closed set, or a figure": (
        "*.kind",
        "*.state",
        "*.type",
        "*.customer_type",
        "*.channel",
        "*.language",
        "*.priority",
        "*.way",
        "*.mode",
        "*.outcome",
        "*.conclusion",
        "*.answer",
        "*.options",
        "*.hold",
        "*.undo",
        "*.undo_counter",
        "*.later",
        "*.prefix",
        "*.part",
        "*.media",
        "*.size",
        "*.version",
        "*.items",
        "*.roles",
        "*.notices",
        "customers.consent_to",
        "customers.erased_why",
        "pauses.reason",
        "prints.reason",
        "certificates.fault",
        "devices.part_since",
    ),
    "the hall's own set-up": (
        "*.service",
        "*.counter",
        "*.slot",
        "*.item",
        "*.section",
        "*.site",
        "*.regulation",
        "halls.settings",
        "counters.name",
        "counters.functions",
        "services.texts",
        "offers.content",
        "equipment.content",
        "fulfilments.carrier",
        "results.source",
        "due_items.source",
        "due_items.reference",
    ),
    "a digest or a signature of what stands elsewhere": (
        "*.hash",
        "*.journal_hash",
        "*.sha256",
        "*.before",
        "*.signature",
    ),
}
"""Why it says nothing of anybody → columns; ``*`` stands for any table."""


def held(column: str) -> Held | Literal["harmless"] | None:
    """How ``table.column`` is classed; None: nobody has said."""
    found = PERSONAL.get(column)
    if found is not None:
        return found
    any_table = f"*.{column.partition('.')[2]}"
    known = any(column in columns or any_table in columns for columns in HARMLESS.values())
    return "harmless" if known else None


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long personal data is kept after the last that was done for somebody: a hall's setting."""

    contact_days: int = 180
    """Half a year: for questions about a certificate, and for complaints, after the instrument is back."""
    photo_days: int = 365
    """A year: a dispute about damage comes with the next verification at the latest."""


FREE_TEXT: Final[frozenset[str]] = frozenset({"reason", "remark", "fault", "purpose", "outcome", "note"})
"""Fields of the journal's lines that somebody typed."""
HIDDEN: Final = "***"
NUMBERS: Final = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}|0[0-9]{2,3}[ -]?[0-9]{7,8}|[0-9]{17}[0-9Xx])"
    r"(?![0-9A-Za-z])"
    r"|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,128}\.[A-Za-z]{2,24}"
)
"""A phone number, an identity number, an e-mail address."""


def without_numbers(text: str) -> str:
    """``text`` without what is plainly somebody's number or address: what is typed into the journal stays
    there for ever."""
    return NUMBERS.sub(HIDDEN, text)


def for_the_journal(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A line's payload with its free text as the journal may keep it."""
    return {
        name: without_numbers(value) if name in FREE_TEXT and isinstance(value, str) else value
        for name, value in payload.items()
    }
