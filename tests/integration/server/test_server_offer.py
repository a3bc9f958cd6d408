"""A manager changes what the hall offers; every change is whole, journalled, and there at once."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from server.store import journal
from server.store.engine import reading
from server.store.halls import load_hall
from tests.integration.server.stage import Stage
from tests.integration.server.visits import DAY, booking
from tests.integration.server.visits import SLOT as SLOT_BOOKED
from tests.servers import ServerThread

HALL = "/api/v1/halls/main"
OFFER = f"{HALL}/offer"
ITEM = {
    "id": "thermometer",
    "name": {"zh": "体温计", "en": "Thermometer"},
    "field": "medical",
    "section": "热工室",
    "service": "submit",
    "regulations": [{"since": "2026-01-01", "value": "JJG 111-2019"}],
    "caps": {"order": 10, "slot": 10, "day": 50},
    "unit_minutes": 2,
}
SLOT = {"id": "late", "service": "accept", "opens": "16:30", "closes": "17:00", "minutes": 60, "pieces": 9}


def refused(stage: Stage, method: str, path: str, body: object) -> tuple[int, str, str]:
    answer = stage.server.request(method, f"{OFFER}{path}", body, stage.as_("manager"))
    problem = answer.json()
    return answer.status_code, problem["code"], problem["detail"]


def get(stage: Stage, path: str = "") -> Any:
    return stage.do("GET", f"/halls/main/offer{path}", user="manager")


def put(stage: Stage, path: str, body: object) -> Any:
    return stage.do("PUT", f"/halls/main/offer{path}", body, "manager")


def item(stage: Stage, id: str) -> Any:
    return next(one for one in get(stage, "/items") if one["id"] == id)


def asked(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The body that asks for what was answered."""
    notice = answer["notice"] and answer["notice"]["text"]
    return {key: value for key, value in answer.items() if key != "authorised_until"} | {"notice": notice}


def send(stage: Stage, content: bytes, *, look: bool = False, user: str = "manager") -> httpx.Response:
    headers = {"Authorization": f"Bearer {stage.as_(user)}", "Content-Type": "application/octet-stream"}
    query = "?look=true" if look else ""
    return httpx.post(f"{stage.server.url}{OFFER}/sheet{query}", content=content, headers=headers, timeout=60)


def sheet(stage: Stage, ending: str = "csv") -> bytes:
    headers = {"Authorization": f"Bearer {stage.as_('manager')}"}
    answer = httpx.get(f"{stage.server.url}{OFFER}/sheet.{ending}", headers=headers, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="catalogue-main-2026-11-20.{ending}"'
    )
    return answer.content


def journal_of(server: ServerThread, subject: str) -> list[Any]:
    with reading(server.app.state.core.halls.engine).begin() as connection:
        return journal.history(connection, "main", subject)


def test_an_item_is_added_changed_and_taken_out(either: ServerThread) -> None:
    stage = Stage(either)
    made = stage.do("POST", "/halls/main/offer/items", ITEM, "manager")
    assert (made["cycle_months"], made["notice"], made["authorised_until"]) == (12, None, None)
    put(stage, "/items/thermometer", ITEM | {"unit_minutes": 3.5})
    assert item(stage, "thermometer")["unit_minutes"] == 3.5
    stage.do("DELETE", "/halls/main/offer/items/thermometer", user="manager")
    assert item(stage, "thermometer")["active"] is False
    assert [line.kind for line in journal_of(either, "thermometer")] == [
        "item.added",
        "item.changed",
        "item.deactivated",
    ]


def test_an_item_is_told_back_as_it_was_set(shared: ServerThread) -> None:
    stage = Stage(shared)
    for one in get(stage, "/items"):
        assert put(stage, f"/items/{one['id']}", asked(one)) == one


def test_a_changed_notice_is_the_next_version_for_whoever_books_then(hall: ServerThread) -> None:
    stage = Stage(hall)
    body = asked(item(stage, "balance"))
    same = put(stage, "/items/balance", body | {"unit_minutes": 26})
    assert same["notice"]["version"] == 1
    changed = put(stage, "/items/balance", body | {"notice": {"zh": "请带砝码。", "en": ""}})
    assert changed["notice"] == {"version": 2, "text": {"zh": "请带砝码。", "en": ""}}
    catalogue = hall.request("GET", f"{HALL}/catalogue").json()
    told = next(one for one in catalogue["items"] if one["id"] == "balance")
    assert told["notice"] == changed["notice"]


def test_what_is_dated_ahead_holds_from_its_day(hall: ServerThread) -> None:
    stage = Stage(hall)
    body = asked(item(stage, "balance"))
    later = {"since": "2026-12-01", "value": "JJG 1036-2026"}
    put(stage, "/items/balance", body | {"regulations": [later, *body["regulations"]]})

    def told() -> str:
        items = hall.request("GET", f"{HALL}/catalogue").json()["items"]
        return next(str(one["regulation"]) for one in items if one["id"] == "balance")

    assert told() == "JJG 1036-2022"
    hall.clock.advance(days=11)
    assert told() == "JJG 1036-2026"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"field": "none"}, "field"),
        ({"service": "none"}, "service"),
        ({"name": {"zh": ""}}, "name.zh"),
        ({"regulations": []}, "regulations"),
        ({"regulations": [{"since": "2026-13-01", "value": "x"}]}, "regulations.0.since"),
        ({"regulations": [{"since": 20260101, "value": "x"}]}, "regulations.0.since"),
        ({"regulations": [{"since": "2026-01-01", "value": v} for v in "ab"]}, "regulations"),
        ({"unit_minutes": 0}, "unit_minutes"),
        ({"caps": {"order": 1, "slot": 5, "day": 4}}, "caps"),
        ({"fees": [{"since": "2026-01-01", "yuan": "1,5"}]}, "fees.0.yuan"),
        ({"fees": [{"since": "2026-01-01", "yuan": "1", "percent": 101}]}, "fees.0.percent"),
        ({"for_whom": []}, "for_whom"),
        ({"contact": "call me"}, "contact"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_by_name(
    shared: ServerThread, change: dict[str, object], where: str
) -> None:
    status, code, detail = refused(Stage(shared), "POST", "/items", ITEM | change)
    assert (status, code) == (422, "bad_request")
    assert where in detail


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PUT", "/items/none", ITEM | {"id": "none"}, 404, "item_unknown"),
        ("PUT", "/items/balance", ITEM, 422, "bad_request"),
        ("DELETE", "/items/none", None, 404, "item_unknown"),
        ("POST", "/items", ITEM | {"id": "balance"}, 409, "already_exists"),
        ("POST", "/slots", SLOT | {"id": "accept-0830"}, 409, "already_exists"),
        ("POST", "/slots", SLOT | {"closes": "16:00"}, 422, "bad_request"),
        ("POST", "/slots", SLOT | {"service": "none"}, 404, "service_unknown"),
        ("PUT", "/slots/late", SLOT, 404, "slot_unknown"),
        ("PUT", "/calendar/days/2026-02-30", {"works": True}, 422, "bad_request"),
        ("PUT", "/calendar/years/1999", {"announced": True}, 422, "bad_request"),
        ("PUT", "/fields", [{"id": "medical", "name": {"zh": "医疗"}}], 409, "still_used"),
        ("PUT", "/fields", [{"id": n, "name": {"zh": "同"}} for n in "ab"], 422, "bad_request"),
        ("PUT", "/rules", {"horizon_days": 0}, 422, "bad_request"),
        ("PUT", "/promises", [{"id": "a", "title": {"zh": "题"}, "body": {"zh": "\n"}}], 422, "bad_request"),
        (
            "PUT",
            "/promises",
            [{"id": "a", "title": {"zh": "题"}, "body": {"zh": "文"}}] * 2,
            422,
            "bad_request",
        ),
        (
            "PUT",
            "/authorisations",
            [{"number": "1", "items": ["none"], "since": "2026-01-01", "until": "2026-12-31"}],
            422,
            "bad_request",
        ),
        (
            "PUT",
            "/authorisations",
            [{"number": "1", "items": ["balance"], "since": "2026-01-02", "until": "2026-01-01"}],
            422,
            "bad_request",
        ),
    ],
)
def test_what_cannot_be_offered_is_refused(
    shared: ServerThread, method: str, path: str, body: object, status: int, code: str
) -> None:
    stage = Stage(shared)
    before = (get(stage), get(stage, "/items"), get(stage, "/slots"), get(stage, "/calendar"))
    assert refused(stage, method, path, body)[:2] == (status, code)
    assert (get(stage), get(stage, "/items"), get(stage, "/slots"), get(stage, "/calendar")) == before


def test_a_slot_is_added_and_closed(either: ServerThread) -> None:
    stage = Stage(either)
    made = stage.do("POST", "/halls/main/offer/slots", SLOT, "manager")
    assert made == SLOT | {"weekdays": None, "active": True}
    put(stage, "/slots/late", SLOT | {"active": False, "weekdays": [5]})
    assert get(stage, "/slots")[-1] == SLOT | {"weekdays": [5], "active": False}


def test_a_week_tells_what_is_booked_in_each_slot(either: ServerThread) -> None:
    stage = Stage(either)
    body = booking(lines=[{"item": "lensmeter", "pieces": 3}])
    assert either.request("POST", f"{HALL}/appointments", body).status_code == 201
    week = get(stage, f"/week?first={DAY}")
    assert len(week["days"]) == 7
    slots = {(day["day"], slot["id"]): slot for day in week["days"] for slot in day["slots"]}
    # Set-up of five minutes, and twelve for each piece.
    told = slots[DAY, SLOT_BOOKED]
    assert (told["booked_pieces"], told["booked_minutes"]) == (3, 41)
    assert sum(slot["booked_pieces"] for slot in slots.values()) == 3
    assert [day["works"] for day in week["days"] if day["day"] in ("2026-11-21", "2026-11-22")] == [False] * 2
    assert not any(day["slots"] for day in week["days"] if not day["works"])
    assert get(stage, "/week")["first"] == "2026-11-20"


def test_the_calendar_says_which_days_are_worked_and_which_years_are_announced(hall: ServerThread) -> None:
    stage = Stage(hall)
    calendar = get(stage, "/calendar")
    assert calendar["announced"][-1] == 2026
    assert calendar["days"]["2026-10-10"] is True
    put(stage, "/calendar/days/2027-01-01", {"works": False})
    put(stage, "/calendar/days/2026-10-10", {"works": False})
    put(stage, "/calendar/years/2027", {"announced": True})
    after = get(stage, "/calendar")
    assert after["days"]["2027-01-01"] is False
    assert "2026-10-10" not in after["days"], "a Saturday off is as its weekday says"
    assert after["announced"][-1] == 2027
    put(stage, "/calendar/years/2027", {"announced": False})
    assert get(stage, "/calendar")["announced"][-1] == 2026


def test_without_an_authorisation_nothing_is_taken(hall: ServerThread) -> None:
    stage = Stage(hall)
    put(
        stage,
        "/authorisations",
        [{"number": "一", "items": ["balance"], "since": "2026-01-01", "until": "2026-11-20"}],
    )
    assert item(stage, "balance")["authorised_until"] == "2026-11-20"

    def taken() -> list[str]:
        catalogue = hall.request("GET", f"{HALL}/catalogue").json()
        assert catalogue["kinds"] == sum(one["taken"] for one in catalogue["items"])
        return [one["id"] for one in catalogue["items"] if one["taken"]]

    assert taken() == ["balance"]
    hall.clock.advance(days=1)
    assert taken() == []


def test_fields_terms_and_rules_are_told_back_as_they_were_set(either: ServerThread) -> None:
    stage = Stage(either)
    was = get(stage)
    fields = [*was["fields"], {"id": "sky", "name": {"zh": "航空", "en": "Aviation"}}]
    terms = [{"word": {"zh": "检定", "en": ""}, "note": {"zh": "一种检查。", "en": ""}}]
    rules = was["rules"] | {"horizon_days": 14, "cut_off_minutes": 120}
    assert put(stage, "/fields", fields)["fields"] == fields
    assert put(stage, "/terms", terms)["terms"] == terms
    assert put(stage, "/rules", rules)["rules"] == rules
    assert get(stage) == was | {"fields": fields, "terms": terms, "rules": rules}


def test_a_change_is_there_after_a_restart(hall: ServerThread) -> None:
    stage = Stage(hall)
    put(stage, "/rules", get(stage)["rules"] | {"horizon_days": 9})
    pages = [{"id": "area", "title": {"zh": "服务区域"}, "body": {"zh": "全市\n各县"}}]
    put(stage, "/promises", pages)
    with reading(hall.app.state.core.halls.engine).begin() as connection:
        stored = load_hall(connection, "main")
    assert stored is not None
    assert stored.offer == hall.app.state.core.halls.floor("main").hall.offer
    assert stored.offer.promises[0].version == 2


# Sheets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_exported_sheet_changes_nothing(either: ServerThread, ending: str) -> None:
    stage = Stage(either)
    before = get(stage, "/items")
    report = send(stage, sheet(stage, ending)).json()
    assert (report["new"], report["changed"], report["faults"]) == ([], [], [])
    assert (report["unchanged"], report["applied"]) == (14, True)
    assert get(stage, "/items") == before


def test_a_sheet_is_looked_at_before_it_is_taken(hall: ServerThread) -> None:
    stage = Stage(hall)
    before = get(stage, "/items")
    content = sheet(stage).decode("utf-8-sig").replace("焦度计", "镜片焦度计").encode("gbk")
    seen = send(stage, content, look=True).json()
    assert (seen["changed"], seen["applied"]) == (["lensmeter"], False)
    assert get(stage, "/items") == before
    taken = send(stage, content).json()
    assert taken == seen | {"applied": True}
    assert item(stage, "lensmeter")["name"]["zh"] == "镜片焦度计"
    (line,) = [one for one in journal_of(hall, "main") if one.kind == "catalogue.imported"]
    assert json.loads(line.payload)["changed"] == ["lensmeter"]


def test_a_sheet_with_a_fault_changes_nothing_at_all(either: ServerThread) -> None:
    stage = Stage(either)
    before = get(stage, "/items")
    told = sheet(stage).decode("utf-8-sig").replace("焦度计", "镜片焦度计")
    told = told.replace("，至 2026 年 12 月 31 日", "；乱写")
    content = told.encode("utf-8-sig")
    seen = send(stage, content, look=True).json()
    assert seen["faults"]
    assert all(fault["column"] == "收费" for fault in seen["faults"])
    answer = send(stage, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "sheet_bad")
    assert "收费" in answer.json()["detail"]
    assert get(stage, "/items") == before


def test_a_sheet_may_be_larger_than_other_bodies_but_not_without_limit(hall: ServerThread) -> None:
    stage = Stage(hall)
    content = sheet(stage)
    large = content + b",\r\n" * 40_000
    assert len(large) > 65536
    assert send(stage, large).json()["applied"] is True
    assert send(stage, b"x" * (4 * 1024 * 1024 + 1)).status_code == 413
    token = stage.as_("manager")
    long = hall.request("PUT", f"{OFFER}/terms", [{"word": {"zh": "长" * 40_000}}], token)
    assert long.status_code == 413


def test_a_workbook_opens_where_its_headings_stay_in_view(shared: ServerThread) -> None:
    book = load_workbook(io.BytesIO(sheet(Stage(shared), "xlsx")))
    page = book.worksheets[0]
    assert (page.title, page.freeze_panes, page["A1"].value, page["A2"].value) == (
        "检定目录",
        "C2",
        "编号",
        "lensmeter",
    )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04nonsense", b"a,b\r\n1,2"])
def test_a_file_that_is_no_sheet_is_told_in_the_asked_language(shared: ServerThread, content: bytes) -> None:
    stage = Stage(shared)
    report = send(stage, content, look=True).json()
    assert report["applied"] is False
    assert report["faults"][0]["wrong"]["zh"] != report["faults"][0]["wrong"]["en"]
    answer = send(stage, content)
    assert answer.status_code == 422
    assert json.loads(answer.content)["code"] == "sheet_bad"
