"""Thousands of instruments at once: every piece its own code, none twice, and nothing half-registered."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
import requests
from openpyxl import Workbook

from server.protocol import codes
from tests.servers import ServerThread
from tests.waiting import LIMIT

from .visits import HALL, PHONE, SHOP, booked, walked_in

MARKET = {"type": "company", "name": "某某", "phone": PHONE, "company": "某某农贸市场管理公司"}


def sheet(*rows: tuple[str, str], heads: str = "器具,出厂编号") -> bytes:
    return "\n".join([heads, *(",".join(row) for row in rows)]).encode("utf-8-sig")


def scales(count: int, start: int = 1) -> bytes:
    return sheet(*(("电子计价秤", f"SN{n:06d}") for n in range(start, start + count)))


def sent(hall: ServerThread, path: str, content: bytes, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    return requests.post(f"{hall.url}/api/v1{path}", content, headers=headers, timeout=LIMIT)


def introduced(hall: ServerThread, token: str) -> str:
    id: str = hall.ask("POST", f"{HALL}/customers", {"customer": MARKET, "consent": "1"}, token)["id"]
    return id


def test_three_and_a_half_thousand_scales_are_registered_once(either: ServerThread) -> None:
    hall = either
    clerk = hall.sign_in("clerk1")
    customer = introduced(hall, clerk)
    checked = sent(hall, f"{HALL}/fleets/check?customer={customer}", scales(3500), clerk).json()
    assert (checked["pieces"], checked["faults"], checked["number"]) == (3500, [], "")
    made = sent(hall, f"{HALL}/fleets/import?customer={customer}", scales(3500), clerk)
    assert made.status_code == 201, made.text
    report = made.json()
    assert report["by_item"] == {"price-scale": 3500}
    found: set[str] = set()
    for first in range(1, 3501, 500):
        path = f"{HALL}/orders/{report['number']}/labels?first={first}&most=500"
        part = hall.ask("GET", path, token=clerk)
        assert part["count"] == 3500
        assert [label["index"] for label in part["labels"]] == list(range(first, first + 500))
        found |= {label["code"] for label in part["labels"]}
    assert len(found) == 3500
    assert all(codes.read(code) == codes.Code("S", code) for code in found)
    again = sent(hall, f"{HALL}/fleets/check?customer={customer}", scales(3, 3499), clerk).json()
    assert [fault["row"] for fault in again["faults"]] == [2, 3]
    assert report["number"] in again["faults"][0]["wrong"]["zh"]
    refused = sent(hall, f"{HALL}/fleets/import?customer={customer}", scales(3, 3499), clerk).json()
    assert refused["code"] == "sheet_bad"
    listed = hall.ask("GET", f"{HALL}/orders", token=clerk)["orders"]
    assert [one["pieces"] for one in listed] == [3500], "nothing was half-registered"
    assert MARKET["company"] not in str(listed)


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


BAD: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 0, ""),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), 0, ""),
    "half a workbook": (xlsx(("器具", "出厂编号"), ("电子计价秤", "1"))[:200], 0, ""),
    "no column for the number": (sheet(("电子计价秤", "1"), heads="器具,备注"), 1, "出厂编号"),
    "a column twice": (sheet(("电子计价秤", "1"), heads="器具,器具名称"), 1, ""),
    "an unknown item": (sheet(("电子计价秤", "1"), ("飞船", "2")), 3, "飞船"),
    "no item": (sheet(("", "1")), 2, "没有填写"),
    "no number": (sheet(("电子计价秤", "")), 2, "没有填写"),
    "a number twice": (sheet(("电子计价秤", "7"), ("焦度计", "7"), ("电子计价秤", "7")), 4, "第2行"),
    "a number too long": (sheet(("电子计价秤", "7" * 65)), 2, "太长"),
    "an item done on site": (xlsx(("item", "serial"), ("燃油加油机", 1)), 2, ""),
}


@pytest.mark.parametrize("name", BAD)
def test_every_bad_sheet_is_told_by_its_line_and_nothing_is_registered(
    shared: ServerThread, name: str
) -> None:
    content, row, words = BAD[name]
    clerk = shared.sign_in("clerk2")
    customer = introduced(shared, clerk)
    report = sent(shared, f"{HALL}/fleets/check?customer={customer}", content, clerk).json()
    fault = report["faults"][0]
    assert fault["row"] == row
    for sentence in (fault["wrong"], fault["write"]):
        assert sentence["zh"]
        assert sentence["en"]
    assert words in fault["wrong"]["zh"] + fault["column"]
    before = shared.ask("GET", f"{HALL}/orders", token=clerk)
    taken = sent(shared, f"{HALL}/fleets/import?customer={customer}", content, clerk)
    assert taken.json()["code"] == "sheet_bad"
    assert shared.ask("GET", f"{HALL}/orders", token=clerk) == before


def test_orders_are_listed_by_type_and_channel_and_sources_are_counted(hall: ServerThread) -> None:
    clerk = hall.sign_in("clerk1")
    walked_in(hall, customer="company")
    walked_in(hall, customer="resident")
    booked(hall)
    booked(hall, clerk, channel="phone", customer=SHOP | {"type": "company"})

    def listed(query: str) -> list[Any]:
        found: list[Any] = hall.ask("GET", f"{HALL}/orders{query}", token=clerk)["orders"]
        return sorted(one["customer_type"] for one in found)

    assert listed("") == ["company", "resident"]
    assert listed("?customer_type=resident") == ["resident"]
    assert listed("?channel=counter") == []
    sources = hall.ask("GET", f"{HALL}/sources?first=2026-11-01&last=2026-11-30", token=clerk)
    assert sources["by_channel"] == {"web": 1, "phone": 1}
    assert sources["by_type"] == {"sole_trader": 1, "company": 1}
