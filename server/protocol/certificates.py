"""What crosses the wire of certificates towards staff and towards whoever checks one.

The customer's own side (finding, printing, downloading) is in ``pickup``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from .admin import Told
from .commands import Body
from .views import Text, Wire
from .words import CertificateKind, CertificateState, Conclusion

Why = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]

Finding: TypeAlias = Literal["genuine", "past", "specimen", "superseded", "revoked", "altered", "unknown"]
"""真 · 真但已过有效期 · 样张（未签名）· 已被替代 · 已撤销 · 内容被改动 · 查无此证"""

# Checking ---------------------------------------------------------------------------------------


class CertificateStatus(Wire):
    """What anybody who holds a certificate may learn of it: nothing that does not stand on it, and less."""

    number: str
    code: str
    finding: Finding
    state: CertificateState
    kind: CertificateKind
    kind_name: Text
    institution: Text
    item: Text
    model: str
    serial: str
    who: str
    """The client, masked."""
    conclusion: Conclusion
    conclusion_name: Text
    tested_on: date
    issued_at: datetime | None
    valid_until: date | None
    ended_at: datetime | None
    """When it was superseded or revoked."""
    successor: str
    """The number of the certificate that took its place; empty: none."""
    signed: bool
    sha256: str
    """Of the file as it was issued: one that differs in a single byte is not that file."""


class CheckView(Wire):
    """The answer to a check. ``found`` has more than one where two halls gave out the same number."""

    finding: Finding
    title: Text
    advice: Text
    found: tuple[CertificateStatus, ...]
    asked: Literal["code", "number", "file"]


class StatusLabelView(Wire):
    """What the status label (状态标识) of a piece says now, and what it would say if it were printed anew."""

    kind: Literal["sample", "equipment"]
    code: str
    """S… or E…"""
    state: Literal["good", "limited", "stopped"]
    """合格 · 准用 · 停用"""
    word: Text
    why: Text | None
    """Why it is not 合格, such as that its day has passed."""
    name: Text
    number: str
    """Of its certificate; of equipment the institution's own."""
    on: date | None
    """When it was tested."""
    until: date | None
    hall: str
    institution: Text
    url: str
    """Absolute address behind its QR code."""


# Staff ------------------------------------------------------------------------------------------


class CertificateLine(Wire):
    """A certificate in the staff's list."""

    id: str
    number: str
    code: str
    kind: CertificateKind
    kind_name: Text
    state: CertificateState
    state_name: Text
    order: str
    """The case number."""
    sample: str
    item: Text
    serial: str
    who: str
    """The client, masked."""
    made_at: datetime
    issued_at: datetime | None
    valid_until: date | None
    signed: bool
    reason: str
    """Why it was revoked."""
    successor: str
    tries: int
    fault: Text | None
    """Why it could not be made so far."""
    next_at: datetime | None
    """When it is tried again."""
    prints: int
    """Copies that were printed, or of which nobody knows."""
    prints_unknown: int


class CertificatesList(Wire):
    counts: dict[CertificateState, int]
    lines: tuple[CertificateLine, ...]
    failures: tuple[CertificateLine, ...]
    """Drafts that could not be made so far, whatever day was asked for."""
    signing: bool
    """Whether there is a key; without one every certificate is a 样张."""


class Revoke(Body):
    """Withdraw a certificate for ever. Whoever checks it is told from now on."""

    reason: Why


class PapersBody(Body):
    """What the institution's papers say of it. ``name`` empty: the hall's.

    ``last_day``: 有效期至 is the day before the next verification is due; else that day itself.
    """

    name: Told = Told()
    address: Told = Told()
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,6}$")] = ""
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9 ()+-]{0,32}$")] = ""
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/-]{0,16}$")] = ""
    last_day: bool = True
    most_prints: Annotated[int, Field(ge=0, le=20)] = 3
