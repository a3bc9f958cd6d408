"""Certificates (证书) as values: what stands on one, when one may be drafted, and until when it is valid.

检定证书 for what is 合格, 检定结果通知书 for what is not, 校准证书 for a calibration, which says neither.
Only a 检定证书 has a 有效期; a 校准证书 names an interval only where the customer asked for one.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.protocol.views import Text
from server.protocol.words import CertificateKind, Conclusion

from .catalogue import Authorisation, Catalogue, Item
from .refusal import Refusal
from .results import Result, Room, StandardUsed, Value

KIND: Final[dict[Conclusion, CertificateKind]] = {
    "qualified": "verification",
    "unqualified": "failure_notice",
    "calibrated": "calibration",
}
SERIES: Final[dict[CertificateKind, str]] = {
    "verification": "JD",
    "failure_notice": "JT",
    "calibration": "JZ",
}
"""What a number begins with: each kind is numbered by itself, anew each year."""
NOTHING: Final = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class Papers:
    """What the institution's papers say of it, and the rules for handing them out: a hall's settings."""

    name: Text = NOTHING
    """The institution's full name; empty: the hall's."""
    address: Text = NOTHING
    postcode: str = ""
    phone: str = ""
    prefix: str = ""
    """Before each certificate's number."""
    last_day: bool = True
    """有效期至 is the last valid day (test date + cycle - 1 day); else the day of the year itself."""
    most_prints: int = 3
    """Copies of each certificate that a kiosk prints."""


@dataclass(frozen=True, slots=True)
class Content:
    """All that stands on one, as it was when it was drafted: no later change of a setting touches it."""

    institution: Text
    address: Text
    postcode: str
    phone: str
    authorisation: str
    """授权证书号"""
    client: str
    """送检单位 in full: this is the customer's own paper."""
    who: str
    """The client masked, for whoever checks it."""
    item: Text
    model: str
    serial: str
    maker: str
    regulation: str
    conclusion: Conclusion
    verifier: str
    reviewer: str
    approver: str
    """Names of those who signed: 检定员, 核验员, 批准人."""
    tested_on: date
    approved_on: date
    valid_until: date | None
    room: Room | None
    place: str
    standards: tuple[StandardUsed, ...] = ()
    values: tuple[Value, ...] = ()
    remark: str = ""
    replaces: str = ""
    """The number of the certificate that this one takes the place of."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One certificate as it is to be made."""

    number: str
    kind: CertificateKind
    code: str
    url: str
    """Where whoever reads it can check it: absolute, with its code."""
    at: datetime
    """When it is issued: the file's own time stamp."""
    content: Content


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file."""

    pdf: bytes
    pages: int
    signed: bool
    """Else 样张 stands across every page."""


def kind_of(conclusion: Conclusion) -> CertificateKind:
    return KIND[conclusion]


def series(kind: CertificateKind, day: date) -> str:
    """The sequence that numbers come from: ``JD2026``."""
    return f"{SERIES[kind]}{day.year}"


def number(prefix: str, of: str, count: int) -> str:
    """``JD2026-00042``, after the institution's own prefix."""
    return f"{prefix}{of}-{count:05d}"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    at = day.month - 1 + months
    year, month = day.year + at // 12, at % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def valid_until(
    kind: CertificateKind, tested_on: date, cycle_months: int | None, *, last_day: bool, asked: bool = False
) -> date | None:
    """What 有效期至 says; None: nothing is said.

    ``asked``: the customer of a calibration wants an interval named.
    """
    if cycle_months is None or kind == "failure_notice" or (kind == "calibration" and not asked):
        return None
    same = months_later(tested_on, cycle_months)
    return same - timedelta(days=1) if last_day else same


def authorisation(catalogue: Catalogue, item: str, day: date) -> Authorisation | None:
    """The authorisation (授权) under which ``item`` was tested on ``day``."""
    return next((one for one in catalogue.authorisations if one.covers(item, day)), None)


def may_draft(catalogue: Catalogue, item: Item, result: Result) -> Refusal | None:
    """Why no certificate may come of ``result``; None: one may. All that counts is the test date.

    Refused: result_state, same_person, not_authorised, not_in_force, standard_expired.
    """
    signed = result.verifier and result.reviewer and result.approver
    if result.state != "approved" or not signed or result.conclusion is None:
        return Refusal("result_state")
    if result.verifier == result.reviewer:
        return Refusal("same_person")
    day = result.tested_on
    if authorisation(catalogue, item.id, day) is None:
        return Refusal("not_authorised", {"item": item.name})
    in_force = item.regulation(day)
    if in_force is None or in_force != result.regulation:
        return Refusal("not_in_force", {"item": item.name, "regulation": in_force or "—"})
    for standard in result.content.standards:
        if standard.until < day:
            until = standard.until.isoformat()
            return Refusal("standard_expired", {"name": standard.name, "until": until})
    return None
