"""Exports: by managers alone, with a purpose, each with its line; safe to open, bounded, and no more personal
than their kind needs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest
import requests
from openpyxl import load_workbook
from sqlalchemy import select

from server.protocol.keeping import EXPORT_KINDS, WITH_PERSONS
from server.services.keeping_sentences import HEADS
from server.store import tables as t
from tests.servers import ServerThread

from . import cases
from .visits import DAY, HALL, PHONE, SHOP, booked

EXPORTS = f"/api/v1{HALL}/exports"
PURPOSE = "第三季度预约情况分析"
PERSON = (PHONE, SHOP["name"])


def asked(kind: str = "appointments", **other: Any) -> dict[str, Any]:
    return {"kind": kind, "from": "2026-11-01", "to": "2026-11-30", "purpose": PURPOSE} | other


def export(
    hall: ServerThread, body: dict[str, Any], user: str = "manager", **headers: str
) -> requests.Response:
    return hall.request("POST", EXPORTS, body, hall.sign_in(user), **headers)


def table(answer: requests.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def lines(hall: ServerThread) -> list[Any]:
    about = t.journal.c
    found = cases.rows(hall, select(t.journal).where(about.kind == "exported").order_by(about.seq))
    return [(row.actor, json.loads(row.payload)) for row in found]


def test_a_file_leaves_with_its_line_in_the_journal(either: ServerThread) -> None:
    hall = either
    voucher = booked(hall)
    answer = export(hall, asked())
    head, row = table(answer)
    assert (head[0], head[1], head[-1]) == ("日期", "预约号", "电话")
    assert (row[0], row[1], row[-1], row[-2]) == (DAY, voucher["number"], PHONE, SHOP["name"])
    assert answer.headers["Content-Disposition"].endswith('appointments-main-2026-11-01-2026-11-30.csv"')
    assert answer.headers["Cache-Control"] == "no-store"
    [(actor, told)] = lines(hall)
    assert actor == "staff:manager"
    assert told["purpose"] == PURPOSE
    assert (told["kind"], told["from"], told["to"], told["count"]) == (
        "appointments",
        "2026-11-01",
        "2026-11-30",
        1,
    )
    assert told["sha256"] == hashlib.sha256(answer.content).hexdigest()
    [listed] = hall.ask("GET", f"{HALL}/exports", token=hall.sign_in("manager"))
    assert (listed["by"], listed["sha256"], listed["persons"]) == ("staff:manager", told["sha256"], True)


def test_each_kind_has_a_heading_for_each_column_and_persons_only_where_needed(hall: ServerThread) -> None:
    cases.ready(hall)
    hall.take_number()
    for kind in EXPORT_KINDS:
        hall.clock.advance(minutes=2)
        head, *rows = table(export(hall, asked(kind), Accept_Language="zh"))
        assert len(head) == len(HEADS[kind]), kind
        assert all(len(row) == len(head) for row in rows), kind
        assert bool(rows) == (kind != "upkeep"), kind
        said = json.dumps(rows, ensure_ascii=False)
        named = [secret for secret in (*PERSON, SHOP["company"]) if secret in said]
        assert named == [] or kind in WITH_PERSONS, kind
        english = table(export(hall, asked(kind), Accept_Language="en"))[0]
        assert not any("\u4e00" <= sign <= "\u9fff" for name in english for sign in name), english


def test_a_workbook_says_the_same(hall: ServerThread) -> None:
    booked(hall)
    plain = table(export(hall, asked()))
    book = load_workbook(io.BytesIO(export(hall, asked(format="xlsx")).content))
    found = [[str(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert found == plain


def test_what_a_customer_typed_is_never_a_formula(hall: ServerThread) -> None:
    evil = '=HYPERLINK("http://elsewhere.example","x")'
    booked(hall, customer=SHOP | {"company": evil, "name": "@SUM(A1)"})
    row = table(export(hall, asked("customers")))[1]
    assert [row[2], row[4]] == [f"'{evil}", "'@SUM(A1)"]
    book = load_workbook(io.BytesIO(export(hall, asked("customers", format="xlsx")).content))
    cells = next(iter(book.worksheets[0].iter_rows(min_row=2)))
    assert [cells[2].value, cells[2].data_type] == [evil, "s"]


def test_the_same_key_again_is_another_file_with_its_own_line(hall: ServerThread) -> None:
    """A file is not kept for a second asking: whoever gets one stands in the journal."""
    token = hall.sign_in("manager")
    for _ in range(2):
        answer = hall.request("POST", EXPORTS, asked("tickets"), token, Idempotency_Key="one-press-of-it")
        assert answer.status_code == 200
    assert len(lines(hall)) == 2
    assert cases.rows(hall, select(t.answers.c.key).where(t.answers.c.key == "one-press-of-it")) == []


def test_too_much_at_once_is_refused_in_a_sentence(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.exports.MOST", {"csv": 1, "xlsx": 1})
    for _ in range(2):
        hall.take_number()
    answer = export(hall, asked("tickets"))
    assert (answer.status_code, answer.json()["code"]) == (409, "export_too_large")
    assert "2行" in answer.json()["detail"]
    english = export(hall, asked("tickets"), Accept_Language="en").json()
    assert "at most" in english["detail"]
    assert lines(hall) == []


def test_who_asks_for_file_after_file_must_wait(hall: ServerThread) -> None:
    token = hall.sign_in("manager")
    told = [hall.request("POST", EXPORTS, asked("upkeep"), token).status_code for _ in range(11)]
    assert told == [200] * 10 + [429]
    assert len(lines(hall)) == 10


@pytest.mark.parametrize("wrong", [{"purpose": "看看"}, {"purpose": " 1 2 "}, {"from": "2026-12-01"}])
def test_no_purpose_no_file(hall: ServerThread, wrong: dict[str, str]) -> None:
    answer = export(hall, asked() | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert lines(hall) == []


def test_a_clerk_exports_nothing(hall: ServerThread) -> None:
    assert export(hall, asked(), "clerk1").status_code == 403


def test_what_is_cleared_is_in_no_later_export(hall: ServerThread) -> None:
    code = booked(hall)["code"]
    manager = hall.sign_in("manager")
    hall.ask("POST", "/appointments/cancel", {"code": code}, manager)
    hall.ask("POST", f"{HALL}/erasures", {"phone": PHONE, "reason": "客户书面要求"}, manager)
    for kind in EXPORT_KINDS:
        answer = export(hall, asked(kind))
        assert not any(secret in answer.text for secret in (*PERSON, SHOP["company"])), kind
