"""Checking a certificate: anybody, by its code, by its number, or by the file itself, byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from server.protocol import certificates as c
from server.protocol import codes
from server.protocol.language import both
from server.store import certificates, files
from server.store.certificates import Certificate

from .case_sentences import CERTIFICATE_KINDS, CONCLUSIONS
from .certificate_sentences import FINDINGS
from .halls import Halls
from .limits import Turns
from .refused import refuse

BURST, A_MINUTE = 30, 20.0
"""Checks by number or file from one address: numbers follow each other, and nobody shall read them all."""
CODES_AT_ONCE, CODES_A_MINUTE = 300, 300.0
"""Checks by code, which nobody can guess: against a flood alone."""
MOST_BYTES = 5 * 1024 * 1024
CODES = re.compile(rb"(?<![0-9A-Z])Z[0-9A-Z]{15}(?![0-9A-Z])")
LOOKED_AT = 8
"""Codes in a foreign file that are looked up at most."""
RANK: Sequence[c.Finding] = ("genuine", "past", "specimen", "superseded", "revoked")


class Checking:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._turns = Turns(halls.now, BURST, A_MINUTE)
        self._codes = Turns(halls.now, CODES_AT_ONCE, CODES_A_MINUTE)

    def count(self, address: str) -> None:
        """One more check from this address. Raises Refused: too_many_requests."""
        self._codes.take(address)

    async def status(self, text: str, address: str) -> c.CertificateStatus:
        """The certificate with this code. Raises Refused: certificate_unknown, too_many_requests."""
        self._codes.take(address)
        found = await self._by_code(text)
        if not found:
            raise refuse("certificate_unknown")
        return found[0]

    async def code_or_number(self, text: str, address: str) -> c.CheckView:
        """The certificate with this code or number, or that there is none."""
        self._codes.take(address)
        plain = text.strip().split("?")[0].rstrip("/").rsplit("/check/", 1)[-1][:64]
        found = await self._by_code(plain)
        if found or isinstance(codes.read(plain), codes.Code):
            return _view("code", found)
        self._turns.take(address)
        number = re.sub(r"\s+", "", plain)
        hits = await asyncio.to_thread(
            self._halls.read, lambda at: self._statuses(at, certificates.numbered(at, number))
        )
        return _view("number", hits)

    async def file(self, content: bytes, address: str) -> c.CheckView:
        """Whether this very file was issued here. Raises Refused: file_too_large, too_many_requests."""
        self._turns.take(address)
        if len(content) > MOST_BYTES:
            raise refuse("file_too_large", most=str(MOST_BYTES // 1024 // 1024))
        return await asyncio.to_thread(self._halls.read, lambda at: self._compared(at, content))

    async def _by_code(self, text: str) -> list[c.CertificateStatus]:
        read = codes.read(text)
        if not isinstance(read, codes.Code) or read.kind != "Z":
            return []
        code = read.text

        def look(connection: Connection) -> list[c.CertificateStatus]:
            one = certificates.find(connection, code=code)
            return self._statuses(connection, [one] if one else [])

        return await asyncio.to_thread(self._halls.read, look)

    # Below: in worker threads.

    def _compared(self, connection: Connection, content: bytes) -> c.CheckView:
        digest = hashlib.sha256(content).hexdigest()
        for hall in self._halls.ids():
            held = files.holding(connection, hall, digest)
            if held is not None and held[0] == "certificate":
                one = certificates.find(connection, id=held[1])
                return _view("file", self._statuses(connection, [one] if one else []))
        # Not ours as it is. Where it names one of ours it was made from it, or made up.
        for named in list(dict.fromkeys(CODES.findall(content)))[:LOOKED_AT]:
            read = codes.read(named.decode("ascii"))
            one = certificates.find(connection, code=read.text) if isinstance(read, codes.Code) else None
            statuses = self._statuses(connection, [one] if one else [])
            if statuses:
                return _said("file", "altered", statuses)
        return _view("file", [])

    def _statuses(self, connection: Connection, found: Sequence[Certificate]) -> list[c.CertificateStatus]:
        """Of those that were ever issued, in halls of this server."""
        halls = self._halls.ids()
        return [
            self._status(connection, one) for one in found if one.issued_at is not None and one.hall in halls
        ]

    def _status(self, connection: Connection, one: Certificate) -> c.CertificateStatus:
        hall = self._halls.floor(one.hall).hall
        after = certificates.find(connection, id=one.successor) if one.successor else None
        file = files.find(connection, one.hall, one.file) if one.file else None
        said = one.content
        return c.CertificateStatus(
            number=one.number,
            code=one.code,
            finding=finding(one, hall.day(self._halls.now())),
            state=one.state,
            kind=one.kind,
            kind_name=both("server", CERTIFICATE_KINDS[one.kind]),
            institution=said.institution,
            item=said.item,
            model=said.model,
            serial=said.serial,
            who=said.who,
            conclusion=said.conclusion,
            conclusion_name=both("server", CONCLUSIONS[said.conclusion]),
            tested_on=said.tested_on,
            issued_at=hall.local(one.issued_at) if one.issued_at else None,
            valid_until=one.valid_until,
            ended_at=hall.local(one.ended_at) if one.ended_at else None,
            successor=after.number if after else "",
            signed=one.signed,
            sha256=file.sha256 if file else "",
        )


def finding(one: Certificate, today: date) -> c.Finding:
    """What an issued certificate is worth on ``today``."""
    if one.state == "revoked":
        return "revoked"
    if one.state == "superseded":
        return "superseded"
    if not one.signed:
        return "specimen"
    return "past" if one.valid_until is not None and one.valid_until < today else "genuine"


def _view(asked: str, found: Sequence[c.CertificateStatus]) -> c.CheckView:
    worth = [one.finding for one in found]
    best: c.Finding = min(worth, key=RANK.index) if worth else "unknown"
    return _said(asked, best, found)


def _said(asked: str, what: c.Finding, found: Sequence[c.CertificateStatus]) -> c.CheckView:
    title, advice = FINDINGS[what]
    return c.CheckView.model_validate(
        {
            "finding": what,
            "title": both("server", title),
            "advice": both("server", advice),
            "found": tuple(found),
            "asked": asked,
        }
    )
