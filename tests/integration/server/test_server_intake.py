"""Acceptance at the counter: nothing is signed that was not counted and looked at, and every edit is kept."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from server.store import tables as t
from server.store.engine import reading
from tests.servers import ServerThread

from . import cases
from .counter import CASES, Counter, picture
from .visits import PHONE, SHOP, booked, checked_in, walked_in


@pytest.fixture
def clerk(hall: ServerThread) -> Counter:
    return Counter(hall)


@pytest.fixture
def manager(hall: ServerThread) -> Counter:
    return Counter(hall, "manager")


def journal(hall: ServerThread) -> list[Any]:
    core = hall.app.state.core
    with reading(core.halls.engine).begin() as connection:
        return list(connection.execute(select(t.journal).where(t.journal.c.hall == "main")))


def lines(hall: ServerThread, kind: str) -> list[tuple[str, Any]]:
    return [(row.actor, json.loads(row.payload)) for row in journal(hall) if row.kind == kind]


# Finding it -----------------------------------------------------------------------------------------


def test_a_case_is_found_by_whatever_is_at_hand(hall: ServerThread, clerk: Counter) -> None:
    voucher = booked(hall)
    came = checked_in(hall, voucher["code"])
    order, label = came["order"]["id"], came["order"]["labels"][1]["code"]
    case = clerk.open(voucher["number"])
    flow = case["pieces"][0]["flow"]
    clerk.do("POST", f"/samples/{label}/bind", {"foreign": "690-0042-X"})
    told = [
        voucher["code"],
        came["ticket"]["number"],
        came["ticket"]["code"],
        came["ticket"]["url"],
        voucher["number"],
        case["code"],
        label,
        flow,
        "690-0042-X",
    ]
    assert {clerk.open(text)["id"] for text in told} == {order}
    assert clerk.open(label)["opened"] == 2
    assert clerk.open("690-0042-X")["opened"] == 2


def test_the_list_has_the_cases_of_the_day_by_state(hall: ServerThread, clerk: Counter) -> None:
    walked_in(hall)
    signed = clerk.accepted()
    seen = clerk.do("GET", CASES)
    assert seen["counts"] == {"registered": 1, "accepted": 1}
    assert [one["id"] for one in clerk.do("GET", f"{CASES}?state=accepted")["cases"]] == [signed["id"]]


# Row 26: declared against counted -------------------------------------------------------------------


def test_a_piece_too_few_blocks_the_signature_until_the_order_is_put_right(
    hall: ServerThread, clerk: Counter
) -> None:
    case = clerk.known(clerk.open(walked_in(hall, 3)["order"]["number"]))
    case = clerk.save(case, counted={"price-scale": 2})
    assert not case["may_sign"]
    assert clerk.refused("POST", f"{CASES}/{case['id']}/sign", {"version": case["version"]}) == (
        409,
        "counted_differs",
    )
    gone = case["pieces"][1]["code"]
    case = clerk.do("DELETE", f"{CASES}/{case['id']}/pieces/{gone}")
    assert [piece["index"] for piece in case["pieces"]] == [1, 2]
    assert gone not in [piece["code"] for piece in case["pieces"]]
    assert clerk.refused("GET", f"/samples/{gone}") == (404, "sample_unknown")
    assert clerk.sign(case)["state"] == "accepted"


def test_a_piece_too_many_is_registered_and_gets_its_own_label(hall: ServerThread, clerk: Counter) -> None:
    order = walked_in(hall, 1)["order"]
    case = clerk.known(clerk.open(order["number"]))
    case = clerk.save(case, counted={"price-scale": 2})
    assert not case["may_sign"]
    case = clerk.do("POST", f"{CASES}/{case['id']}/pieces", {"item": "price-scale", "pieces": 1})
    assert case["lines"][0]["declared"] == 2
    labels = clerk.do("POST", "/halls/main/labels", {"code": order["number"]})["labels"]
    assert [one["code"] for one in labels] == [piece["code"] for piece in case["pieces"]]
    assert case["labels_changed"]


def test_nothing_is_signed_before_every_piece_was_looked_at(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.known(clerk.open(walked_in(hall)["order"]["number"]))
    case = clerk.save(case, all_good=[])
    assert clerk.refused("POST", f"{CASES}/{case['id']}/sign", {"version": case["version"]}) == (
        422,
        "check_missing",
    )
    assert {gap["piece"] for gap in case["gaps"]} == {1, 2}
    case = clerk.save(case)
    first = case["pieces"][0]
    bad = {
        "seen": "scan",
        "looks": [{"good": False} for _ in first["looks"]],
        "accessories": ["here" for _ in first["accessories"]],
    }
    case = clerk.save(case, pieces={first["code"]: bad}, all_good=[])
    assert not case["may_sign"], "a defect without a word about it"
    bad["looks"] = [{"good": False, "remark": "左侧有划痕"} for _ in first["looks"]]
    case = clerk.save(case, pieces={first["code"]: bad}, all_good=[])
    assert case["may_sign"]


def test_a_photo_is_kept_small_and_without_where_it_was_taken(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    answer = clerk.photo(case)
    assert answer.status_code == 201, answer.text
    url = answer.json()["url"]
    seen = hall.request("GET", url, token=clerk.token)
    assert seen.headers["Content-Type"] == "image/jpeg"
    kept = Image.open(io.BytesIO(seen.content))
    assert max(kept.size) == 1600
    assert b"SECRET-PLACE" not in seen.content
    assert not kept.getexif()
    assert [step["photo"] for step in clerk.case(case["id"])["timeline"] if step["photo"]] == [url]
    assert hall.request("GET", url).status_code == 401
    assert hall.request("GET", url, token=hall.credentials["devices"]["kiosk-1"]).status_code == 403
    assert hall.request("GET", url, token=hall.sign_in("east-clerk1")).status_code == 403
    png = clerk.photo(case, 1, picture(300, 200, "PNG"))
    assert png.status_code == 201, png.text


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"%PDF-1.7 no picture", 422, "file_bad"),
        (picture()[:900], 422, "file_bad"),
        (b"\0" * (10 * 1024 * 1024 + 1), 413, "file_too_large"),
    ],
)
def test_what_is_no_photo_is_not_kept(
    hall: ServerThread, clerk: Counter, content: bytes, status: int, code: str
) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    answer = clerk.photo(case, 0, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert clerk.case(case["id"])["pieces"][0]["photos"] == []


# Row 8: the acceptor answers for the sheet ----------------------------------------------------------


def test_every_edit_leaves_who_old_and_new_in_the_journal(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.open(walked_in(hall, 1)["order"]["number"])
    code = case["pieces"][0]["code"]
    case = clerk.save(case, pieces={code: {"maker": "甲厂", "serial": "7"}}, all_good=[])
    other = Counter(hall, "clerk2")
    case = other.save(case, pieces={code: {"maker": "乙厂", "serial": "7"}}, all_good=[])
    who, told = lines(hall, "sheet.saved")[-1]
    assert who == "staff:clerk2"
    assert told["changes"] == [[f"pieces.{code}.maker", "甲厂", "乙厂"]]
    assert case["changed_by"] == other.do("GET", "/sessions/current")["name"]


def test_two_people_on_one_sheet_do_not_write_over_each_other(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    clerk.save(case)
    body = Counter(hall, "clerk2").sheet(case, remark="后来")
    assert clerk.refused("PUT", f"{CASES}/{case['id']}/sheet", body) == (409, "sheet_changed")
    assert clerk.refused("POST", f"{CASES}/{case['id']}/sign", {"version": 0}) == (422, "bad_request")
    assert clerk.refused("POST", f"{CASES}/{case['id']}/sign", {"version": 9}) == (409, "sheet_changed")


def test_a_signature_makes_samples_received_and_sets_the_promise(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.accepted(2, "price-scale")
    assert (case["state"], case["signed_by"]) == ("accepted", case["handler"]["name"])
    assert {piece["state"] for piece in case["pieces"]} == {"received"}
    assert {piece["holder"]["id"] for piece in case["pieces"]} == {"staff:clerk1"}
    # Noon of Friday 20 November: the first working day is Monday, the fifth the Friday after.
    assert {piece["due"] for piece in case["pieces"]} == {"2026-11-27"}
    assert case["code"].startswith("C")
    assert all(piece["section"] for piece in case["pieces"])
    assert clerk.refused("PUT", f"{CASES}/{case['id']}/sheet", clerk.sheet(case)) == (409, "order_state")


def test_a_piece_can_be_refused_at_intake_and_the_rest_accepted(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.known(clerk.open(walked_in(hall)["order"]["number"]))
    code = case["pieces"][1]["code"]
    case = clerk.save(case, pieces={code: {"seen": "scan", "refused": "铭牌缺失"}})
    case = clerk.sign(case)
    assert [piece["state"] for piece in case["pieces"]] == ["received", "refused_at_intake"]
    assert [piece["holder"]["id"] for piece in case["pieces"]] == ["staff:clerk1", "customer"]


def test_an_order_that_is_rejected_leaves_everything_with_the_customer(
    hall: ServerThread, clerk: Counter
) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    case = clerk.do("POST", f"{CASES}/{case['id']}/reject", {"reason": "不在授权范围"})
    assert (case["state"], case["rejected"]) == ("rejected", "不在授权范围")
    assert {piece["holder"]["id"] for piece in case["pieces"]} == {"customer"}
    assert {piece["state"] for piece in case["pieces"]} == {"refused_at_intake"}
    assert clerk.refused("POST", f"{CASES}/{case['id']}/sign", {"version": 1}) == (409, "order_state")


# Row 47: contract review, who hands in --------------------------------------------------------------


def test_a_wrong_check_digit_of_the_company_code_is_refused(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    path = f"{CASES}/{case['id']}/customer"
    bad = {"customer": SHOP | {"uscc": "91330106MA2CFLDG4X"}, "consent": "1"}
    assert clerk.refused("PUT", path, bad) == (422, "uscc_bad")
    assert clerk.refused("PUT", path, {"customer": SHOP | {"phone": "12"}, "consent": "1"}) == (
        422,
        "phone_bad",
    )
    assert clerk.known(case, uscc="91330106MA2CFLDG4R")["has_customer"]


def test_a_case_without_customer_or_without_review_is_not_signed(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.save(clerk.open(walked_in(hall)["order"]["number"]))
    sign = f"{CASES}/{case['id']}/sign"
    assert clerk.refused("POST", sign, {"version": case["version"]}) == (422, "customer_needed")
    clerk.known(case)
    case = clerk.save(case, reviewed=["demands"])
    assert clerk.refused("POST", sign, {"version": case["version"]}) == (422, "check_missing")


def test_the_journal_says_that_the_customer_changed_and_never_to_what(
    hall: ServerThread, clerk: Counter
) -> None:
    case = clerk.known(clerk.open(walked_in(hall)["order"]["number"]))
    body = {"way": "post", "address": "某某甲 13812345678 杭州市某路1号"}
    clerk.do("PUT", f"{CASES}/{case['id']}/fulfilment", body)
    told = " ".join(row.payload for row in journal(hall))
    for secret in (PHONE, SHOP["name"], SHOP["company"], "某路1号"):
        assert secret not in told
    assert lines(hall, "case.customer_changed")
    assert lines(hall, "fulfilment.changed")[0][1] == {"way": "post", "was": "collect", "address": True}


# Row 49: fees ---------------------------------------------------------------------------------------


def test_a_waiver_needs_its_reason_and_is_shown(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.open(walked_in(hall, 1, "balance", customer="company")["order"]["number"])
    assert clerk.refused(
        "PUT", f"{CASES}/{case['id']}/sheet", clerk.sheet(case, waived={"balance": " "})
    ) == (422, "bad_request")
    case = clerk.save(case, waived={"balance": "复检免费"})
    assert (case["lines"][0]["fee"]["due"], case["lines"][0]["waived"]) == ("0.00", "复检免费")


# Row 58: one complete notice ------------------------------------------------------------------------


def test_a_second_notice_with_something_new_is_flagged_as_a_breach(
    hall: ServerThread, clerk: Counter, manager: Counter
) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    path = f"{CASES}/{case['id']}/notices"
    case = clerk.do("POST", path, {"missing": ["营业执照复印件", "电源适配器"]})
    assert case["state"] == "supplement_required"
    assert not case["demands"][0]["late"]
    sign = f"{CASES}/{case['id']}/sign"
    clerk.known(case)
    case = clerk.save(case)
    assert clerk.refused("POST", sign, {"version": case["version"]}) == (409, "order_state")
    hall.clock.advance(minutes=5)
    again = clerk.do("POST", path, {"missing": ["电源适配器"]})
    hall.clock.advance(minutes=5)
    assert not again["demands"][1]["late"], "what was named before may be named again"
    late = clerk.do("POST", path, {"missing": ["电源适配器", "上次证书"]})
    assert late["demands"][2]["late"]
    assert late["demands"][2]["new"] == ["上次证书"]
    listed = manager.do("GET", f"{CASES}/late-notices")
    assert [(one["number"], one["new"]) for one in listed] == [(case["number"], ["上次证书"])]
    done = clerk.do("POST", f"{path}/{late['demands'][2]['id']}/answered")
    assert done["state"] == "registered"
    assert clerk.sign(done)["state"] == "accepted"


def test_a_notice_that_was_answered_is_answered_once(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.open(walked_in(hall)["order"]["number"])
    case = clerk.do("POST", f"{CASES}/{case['id']}/notices", {"missing": ["铭牌"]})
    path = f"{CASES}/{case['id']}/notices/{case['demands'][0]['id']}/answered"
    clerk.do("POST", path)
    assert clerk.refused("POST", path) == (409, "order_state")


# Row 56: the first handler --------------------------------------------------------------------------


def test_a_transfer_keeps_the_first_handler_and_only_a_manager_changes_them(
    hall: ServerThread, clerk: Counter, manager: Counter
) -> None:
    came = walked_in(hall)
    case = clerk.open(came["order"]["number"])
    assert (case["handler"]["user"], case["handler"]["section"]) == ("clerk1", "受理")
    for step in ("open", "call-next"):
        clerk.do("POST", f"/halls/main/counters/1/{step}")
    clerk.do("POST", f"/tickets/{came['ticket']['id']}/start")
    clerk.do("POST", f"/tickets/{came['ticket']['id']}/transfer", {"service": "consult"})
    other = Counter(hall, "clerk2")
    seen = other.open(came["order"]["number"])
    assert seen["handler"]["user"] == "clerk1"
    assert seen["ticket_service"]["zh"] == "咨询"
    body = {"user": "clerk2", "section": "受理二组", "reason": "休假"}
    path = f"{CASES}/{case['id']}/handler"
    assert clerk.refused("PUT", path, body) == (409, "handler_fixed")
    assert manager.do("PUT", path, body)["handler"]["user"] == "clerk2"
    assert manager.refused("PUT", path, body | {"reason": ""}) == (422, "bad_request")
    assert manager.refused("PUT", path, body | {"user": "nobody"}) == (404, "staff_unknown")
    assert lines(hall, "case.handler_changed")[0][1]["was"] == "clerk1"


# Row 57: referrals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["section", "institution", "matter"])
def test_each_path_of_a_referral_closes_the_loop(hall: ServerThread, clerk: Counter, way: str) -> None:
    case = clerk.accepted(1)
    body = {"order": case["id"], "way": way, "to": "省计量院", "reason": "量程超出", "due": "2026-11-24"}
    made = clerk.do("POST", "/halls/main/referrals", body)
    assert made["state"] == "sent"
    hall.clock.advance(days=5)
    again = Counter(hall)
    assert [one["state"] for one in again.do("GET", "/halls/main/referrals")] == ["overdue"]
    path = f"/halls/main/referrals/{made['id']}"
    assert again.do("POST", f"{path}/receipt")["receipt_at"]
    closed = again.do("POST", f"{path}/close", {"outcome": "已检定，证书寄回"})
    assert (closed["state"], closed["outcome"]) == ("closed", "已检定，证书寄回")
    assert again.refused("POST", f"{path}/close", {"outcome": "再来"}) == (409, "referral_over")
    assert again.do("GET", "/halls/main/referrals") == []
    kinds = [step["kind"] for step in again.case(case["id"])["timeline"]]
    assert [kind for kind in kinds if kind.startswith("referral.")] == [
        "referral.made",
        "referral.received",
        "referral.closed",
    ]


def test_the_section_that_a_matter_was_passed_to_receives_and_answers_it(
    hall: ServerThread, clerk: Counter
) -> None:
    case = clerk.accepted(1)
    body = {"order": case["id"], "to": "力学室", "reason": "量程超出", "due": "2026-11-24"}
    inner, outer = (
        clerk.do("POST", "/halls/main/referrals", body | {"way": way}) for way in ("section", "institution")
    )
    lab = Counter(hall, "verifier2")
    assert lab.refused("POST", "/halls/main/referrals", body | {"way": "section"}) == (403, "forbidden")
    assert [one["id"] for one in lab.do("GET", "/halls/main/referrals")] == [inner["id"]]
    path = f"/halls/main/referrals/{inner['id']}"
    received = lab.do("POST", f"{path}/receipt")
    assert (received["state"], received["receipt_by"]) == ("received", "二号检定员")
    assert lab.do("POST", f"{path}/close", {"outcome": "可以检定"})["state"] == "closed"
    strange = f"/halls/main/referrals/{outer['id']}/receipt"
    assert lab.refused("POST", strange) == (404, "referral_unknown")


# Row 60: mail requires tracking to close ------------------------------------------------------------


def test_what_is_posted_has_an_address_before_and_a_number_after(hall: ServerThread, clerk: Counter) -> None:
    case = clerk.save(clerk.known(clerk.open(walked_in(hall, 1)["order"]["number"])))
    path = f"{CASES}/{case['id']}"
    case = clerk.do("PUT", f"{path}/fulfilment", {"way": "post"})
    assert [gap["at"] for gap in case["gaps"]] == ["address"]
    assert clerk.refused("POST", f"{path}/sign", {"version": case["version"]}) == (422, "check_missing")
    case = clerk.do("PUT", f"{path}/fulfilment", {"way": "post", "address": "某路1号 甲收"})
    clerk.sign(case)
    assert clerk.refused("POST", f"{path}/sent", {"tracking": ""}) == (409, "tracking_needed")
    assert clerk.refused("POST", f"{path}/sent", {"tracking": "SF1"}) == (409, "order_state")
    released(hall, case)
    assert clerk.case(case["id"])["state"] == "released"
    assert clerk.refused("POST", f"{path}/close") == (409, "tracking_needed")
    done = clerk.do("POST", f"{path}/sent", {"carrier": "顺丰", "tracking": "SF1234567890"})
    assert (done["state"], done["fulfilment"]["tracking"]) == ("closed", "SF1234567890")


def released(hall: ServerThread, case: Any) -> None:
    """The lab has done its part, and the counter hands all pieces out."""
    cases.walked(hall, case["id"])
    code = cases.pickup(hall, case["id"]).code
    pieces = [piece["code"] for piece in case["pieces"]]
    hall.ask("POST", "/halls/main/releases", {"code": code, "samples": pieces}, hall.sign_in("clerk1"))


def test_what_was_to_be_posted_and_is_fetched_closes_when_that_is_said(
    hall: ServerThread, clerk: Counter
) -> None:
    case = clerk.save(clerk.known(clerk.open(walked_in(hall, 1)["order"]["number"])))
    path = f"{CASES}/{case['id']}"
    clerk.do("PUT", f"{path}/fulfilment", {"way": "post", "address": "某路1号 甲收"})
    released(hall, clerk.sign(case))
    assert clerk.case(case["id"])["state"] == "released"
    assert clerk.do("PUT", f"{path}/fulfilment", {"way": "collect"})["state"] == "closed"


# Rows 71 and 77: where and how ----------------------------------------------------------------------


def test_an_order_on_site_is_made_by_staff_without_a_kiosk(hall: ServerThread, clerk: Counter) -> None:
    body = {
        "lines": [{"item": "fuel-dispenser", "pieces": 2}],
        "mode": "on_site",
        "site": "van-1",
        "channel": "phone",
        "customer": SHOP | {"type": "company"},
        "consent": "1",
    }
    case = clerk.do("POST", CASES, body)
    assert (case["mode"], case["site"], case["channel"], case["ticket"]) == ("on_site", "van-1", "phone", "")
    assert len({piece["code"] for piece in case["pieces"]}) == 2
    case = clerk.sign(clerk.save(case, mode="on_site", site="van-1", ecqs="QJ-2026-1"))
    assert (case["state"], case["site"], case["ecqs"]) == ("accepted", "van-1", "QJ-2026-1")
    kinds = {one["id"]: one["kind"] for one in clerk.do("GET", f"{CASES}/places")["sites"]}
    assert kinds["van-1"] == "mobile"
    assert clerk.refused("POST", CASES, body | {"site": "moon"}) == (422, "bad_request")
    assert clerk.refused("POST", CASES, body | {"channel": "kiosk"}) == (403, "forbidden")


def test_a_ticket_without_an_order_gets_one_at_the_counter_and_only_one(
    hall: ServerThread, clerk: Counter
) -> None:
    number = hall.take_number("accept")["number"]
    assert clerk.refused("POST", f"{CASES}/open", {"code": number}) == (404, "order_unknown")
    body = {
        "lines": [{"item": "price-scale", "pieces": 1}],
        "customer": SHOP,
        "consent": "1",
        "ticket": number,
    }
    case = clerk.do("POST", CASES, body)
    assert case["ticket"] == number
    assert clerk.open(number)["id"] == case["id"]
    assert clerk.refused("POST", CASES, body) == (409, "already_exists")
    assert clerk.refused("POST", CASES, body | {"ticket": "A999"}) == (404, "ticket_unknown")


def test_a_manager_changes_shelves_and_sites(hall: ServerThread, manager: Counter) -> None:
    now = manager.do("GET", f"{CASES}/places")
    shelf = {"id": "z9", "zh": "Z9 新架", "en": "Z9", "fragile": True}
    site = {"id": "hall", "zh": "大厅", "en": "Hall", "kind": "fixed"}
    assert len(now["shelves"]) > 1
    seen = manager.do("PUT", f"{CASES}/places", {"shelves": [shelf], "sites": [site]})
    assert [(one["code"], one["fragile"]) for one in seen["shelves"]] == [("SHELF-Z9", True)]
    assert manager.refused("PUT", f"{CASES}/places", {"shelves": [shelf, shelf], "sites": []}) == (
        409,
        "already_exists",
    )


def test_a_fleet_is_accepted_in_one_go(hall: ServerThread, clerk: Counter) -> None:
    body = {"lines": [{"item": "price-scale", "pieces": 6}], "customer": SHOP, "consent": "1"}
    case = clerk.do("POST", CASES, body)
    assert len({gap["piece"] for gap in case["gaps"] if gap["at"] == "piece"}) > 1
    case = clerk.sign(clerk.save(case))
    assert {piece["state"] for piece in case["pieces"]} == {"received"}
    received = [step for step in case["timeline"] if step["kind"] == "sample.receive"]
    assert [step["text"]["en"] for step in received] == ["Samples taken in (6 pieces)"]
