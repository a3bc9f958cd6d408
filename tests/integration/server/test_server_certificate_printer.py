"""The printer of certificates before the manager: what keeps it from printing is an alarm, and noted."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from server.store import tables as t
from tests.servers import ServerThread

from .visits import kiosk


def report(hall: ServerThread, printer: str, certificates: str) -> None:
    body = {"version": "1", "printer": printer, "certificates": certificates, "detail": ""}
    answer = hall.request(
        "POST", "/api/v1/devices/self/status", body, kiosk(hall), Idempotency_Key=str(uuid.uuid4())
    )
    assert answer.status_code == 200, answer.text


def alarm(hall: ServerThread) -> Any:
    devices = hall.ask("GET", "/halls/main/devices", token=hall.sign_in("manager"))
    return next(one["alarm"] for one in devices if one["name"] == "kiosk-1")


@pytest.mark.parametrize(
    ("printer", "certificates", "told"),
    [
        ("ready", "none", None),
        ("ready", "ready", None),
        ("ready", "out_of_paper", "out_of_paper"),
        ("ready", "offline", "printer_offline"),
        ("paper_low", "ready", "paper_low"),
        ("paper_low", "error", "error"),
        ("cover_open", "out_of_paper", "cover_open"),
    ],
)
def test_the_worse_of_both_printers_is_the_alarm(
    hall: ServerThread, printer: str, certificates: str, told: str | None
) -> None:
    report(hall, printer, certificates)
    assert alarm(hall) == told


def test_each_change_of_either_printer_is_noted_once(hall: ServerThread) -> None:
    for certificates in ("ready", "ready", "out_of_paper", "ready"):
        report(hall, "none", certificates)
    with hall.app.state.core.halls.engine.begin() as connection:
        rows = connection.execute(
            select(t.journal.c.payload)
            .where(t.journal.c.kind == "device.certificates")
            .order_by(t.journal.c.seq)
        ).scalars()
        noted = [json.loads(row) for row in rows]
    assert [(one["was"], one["is"]) for one in noted] == [
        ("none", "ready"),
        ("ready", "out_of_paper"),
        ("out_of_paper", "ready"),
    ]
