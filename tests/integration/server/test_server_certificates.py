"""Certificates over HTTP: drafted, made, found by proof, printed, downloaded, checked, revoked."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.store.certificates import Certificate
from tests.certified import certify
from tests.servers import ServerThread
from tests.waiting import until

from .visits import HALL, TAIL, booked, checked_in, kiosk


def a_case(hall: ServerThread, pieces: int = 2) -> Any:
    """A booked visit that has checked in: its voucher's view and its order."""
    voucher = booked(hall, lines=[{"item": "lensmeter", "pieces": pieces}])
    return voucher, checked_in(hall, voucher["code"])["order"]


def issued(hall: ServerThread, order: str, position: int = 1, conclusion: Any = "qualified", **other: Any) -> Any:
    """The status of a certificate, once the press has issued it."""
    drafted = certify(hall, order, position, conclusion, **other)
    assert isinstance(drafted, Certificate), drafted

    def status() -> Any:
        answer = hall.request("GET", f"/api/v1/certificates/{drafted.code}")
        return answer.json() if answer.ok else None

    return until("the certificate being issued", status)


def found(hall: ServerThread, code: str, tail: str = TAIL) -> Any:
    return hall.ask("POST", f"{HALL}/certificates/find", {"code": code, "tail": tail}, kiosk(hall))


def test_a_certificate_is_made_with_the_last_signature_and_found_by_voucher_and_tail(hall: ServerThread) -> None:
    voucher, order = a_case(hall)
    status = issued(hall, order["order"])
    seen = found(hall, voucher["code"])
    assert [one["number"] for one in seen["certificates"]] == [status["number"]]
    assert seen["pending"] == 1
    assert seen["certificates"][0]["may_print"]
    assert seen["who"] == "明***店"
