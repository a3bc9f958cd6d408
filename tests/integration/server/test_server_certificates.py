"""Certificates over HTTP: made, found by proof, printed, downloaded, checked, replaced, revoked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from server.certificates.making import Maker
from server.domain.certificates import Made, Sheet
from server.domain.refusal import Refusal
from server.domain.results import StandardUsed
from server.protocol.views import Text
from server.store import journal
from server.store.certificates import Certificate
from server.store.engine import reading
from tests.certified import certify, content
from tests.servers import NOON, ServerThread
from tests.waiting import until

from .visits import HALL, PHONE, SHOP, TAIL, booked, checked_in, kiosk

TODAY = NOON.date()


def a_case(hall: ServerThread, pieces: int = 2) -> Any:
    """A booked visit that has checked in: its voucher's view and its order."""
    voucher = booked(hall, lines=[{"item": "lensmeter", "pieces": pieces}])
    return voucher, checked_in(hall, voucher["code"])["order"]


def status(hall: ServerThread, code: str) -> Any:
    answer = hall.request("GET", f"/api/v1/certificates/{code}")
    return answer.json() if answer.ok else None


def issued(
    hall: ServerThread, order: str, position: int = 1, conclusion: Any = "qualified", **other: Any
) -> Any:
    """A certificate's status, with its id, once the press has issued it."""
    drafted = certify(hall, order, position, conclusion, **other)
    assert isinstance(drafted, Certificate), drafted
    return until("the certificate being issued", lambda: status(hall, drafted.code)) | {"id": drafted.id}


def proof(voucher: Any, tail: str = TAIL) -> dict[str, str]:
    return {"code": voucher["code"], "tail": tail}


def found(hall: ServerThread, voucher: Any) -> Any:
    return hall.ask("POST", f"{HALL}/certificates/find", proof(voucher), kiosk(hall))


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def post(hall: ServerThread, path: str, body: object, token: str = "", key: str = "") -> requests.Response:
    keys = {"Idempotency_Key": key} if key else {}
    return hall.request("POST", f"/api/v1{path}", body, token, **keys)


def print_once(hall: ServerThread, one: Any, voucher: Any, outcome: str = "printed") -> str:
    job = hall.ask("POST", f"/certificates/{one['id']}/prints", proof(voucher), kiosk(hall))
    hall.ask("POST", f"/prints/{job['id']}", {"outcome": outcome}, kiosk(hall))
    return str(job["id"])


def downloaded(hall: ServerThread, one: Any, voucher: Any) -> bytes:
    link = hall.ask("POST", f"/certificates/{one['id']}/links", proof(voucher))["url"]
    answer = requests.get(link, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content


def test_a_certificate_comes_with_the_last_signature_and_is_found_by_voucher_and_tail(
    hall: ServerThread,
) -> None:
    voucher, order = a_case(hall)
    one = issued(hall, order["id"])
    seen = found(hall, voucher)
    assert [each["number"] for each in seen["certificates"]] == [one["number"]]
    assert seen["pending"] == 1
    assert seen["certificates"][0]["may_print"]
    assert seen["certificates"][0]["valid_until"] == "2027-11-19"
    assert (seen["who"], PHONE in json.dumps(seen)) == ("明***店", False)


def test_each_conclusion_has_its_kind_and_only_a_qualified_one_a_last_valid_day(hall: ServerThread) -> None:
    _, order = a_case(hall, 4)
    kinds = {
        conclusion: issued(hall, order["id"], position, conclusion)
        for position, conclusion in enumerate(("qualified", "unqualified", "calibrated"), 1)
    }
    told = {conclusion: (one["kind"], one["valid_until"]) for conclusion, one in kinds.items()}
    assert told == {
        "qualified": ("verification", "2027-11-19"),
        "unqualified": ("failure_notice", None),
        "calibrated": ("calibration", None),
    }
    asked = issued(hall, order["id"], 4, "calibrated", content=content(TODAY, interval=True))
    assert asked["valid_until"] == "2027-11-19"


def test_numbers_of_a_kind_follow_each_other_without_a_gap(hall: ServerThread) -> None:
    _, order = a_case(hall, 4)
    numbers = [issued(hall, order["id"], position)["number"] for position in (1, 2, 3, 4)]
    assert numbers == [f"JD2026-0000{count}" for count in (1, 2, 3, 4)]


def test_nothing_is_drafted_after_the_authorisation_or_a_standard_has_ended(hall: ServerThread) -> None:
    _, order = a_case(hall)
    expired = StandardUsed(
        code="E1",
        name=Text(zh="标准镜片", en=""),
        model="",
        number="1",
        uncertainty="",
        certificate="",
        until=TODAY - timedelta(days=1),
    )
    old = certify(hall, order["id"], 1, content=content(TODAY, standards=(expired,)))
    assert isinstance(old, Refusal)
    assert old.code == "standard_expired"
    manager = hall.sign_in("manager")
    offer = hall.ask("GET", "/halls/main/offer", token=manager)["authorisations"]
    ended = [one | {"until": (TODAY - timedelta(days=1)).isoformat()} for one in offer]
    hall.ask("PUT", "/halls/main/offer/authorisations", ended, manager)
    none = certify(hall, order["id"], 1)
    assert isinstance(none, Refusal)
    assert none.code == "not_authorised"


def test_what_is_not_issued_can_be_had_by_nobody(hall: ServerThread) -> None:
    voucher, order = a_case(hall)
    seen = found(hall, voucher)
    assert (seen["certificates"], seen["pending"]) == ([], 2)
    one = issued(hall, order["id"])
    hall.ask("POST", f"{HALL}/certificates/{one['id']}/revoke", {"reason": "写错"}, hall.sign_in("manager"))
    wish = proof(voucher)
    print_ = post(hall, f"/certificates/{one['id']}/prints", wish, kiosk(hall), "key-of-this-copy")
    link = post(hall, f"/certificates/{one['id']}/links", wish)
    assert refusal(print_) == refusal(link) == (409, "certificate_over")
    shown = found(hall, voucher)["certificates"][0]
    assert (shown["state"], shown["may_print"]) == ("revoked", False)


def test_a_draft_that_could_not_be_made_is_shown_to_staff_and_given_to_nobody(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled(maker: Maker, sheet: Sheet) -> Made:
        raise OSError("the token was pulled")

    monkeypatch.setattr(Maker, "make", pulled)
    voucher, order = a_case(hall, 1)
    one = certify(hall, order["id"])
    assert isinstance(one, Certificate)
    clerk = hall.sign_in("clerk1")

    def failures() -> Any:
        return hall.ask("GET", f"{HALL}/certificates", token=clerk)["failures"]

    (line,) = until("the failure being told", lambda: failures() or None)
    assert (line["number"], line["state"]) == (one.number, "drafted")
    assert "令牌" in line["fault"]["zh"]
    wish = proof(voucher)
    asked = (
        post(hall, f"/certificates/{one.id}/prints", wish, kiosk(hall), "key-of-this-copy"),
        post(hall, f"/certificates/{one.id}/links", wish),
        hall.request("GET", f"/api/v1/halls/main/certificates/{one.id}/pdf", token=clerk),
    )
    assert [refusal(answer) for answer in asked] == [(409, "certificate_not_issued")] * 3
    assert status(hall, one.code) is None
    monkeypatch.undo()
    hall.ask("POST", f"{HALL}/certificates/{one.id}/retry", token=clerk)
    until("it being made after all", lambda: status(hall, one.code))
    assert failures() == []


def test_what_is_corrected_before_it_is_out_is_never_issued(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled(maker: Maker, sheet: Sheet) -> Made:
        raise OSError("the token was pulled")

    voucher, order = a_case(hall, 1)
    monkeypatch.setattr(Maker, "make", pulled)
    wrong = certify(hall, order["id"])
    assert isinstance(wrong, Certificate)
    right = certify(hall, order["id"])
    assert isinstance(right, Certificate)
    monkeypatch.undo()
    # It may have been tried by itself in this moment: then there is nothing to try again.
    hall.request("POST", f"/api/v1{HALL}/certificates/{right.id}/retry", token=hall.sign_in("clerk1"))
    until("the right one being issued", lambda: status(hall, right.code))
    assert status(hall, wrong.code) is None
    assert [one["number"] for one in found(hall, voucher)["certificates"]] == [right.number]
    lines = hall.ask("GET", f"{HALL}/certificates", token=hall.sign_in("clerk1"))["lines"]
    assert {one["number"]: (one["state"], one["issued_at"] is None) for one in lines} == {
        wrong.number: ("superseded", True),
        right.number: ("issued", False),
    }


def test_a_copy_counts_unless_it_is_known_to_have_failed(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])

    def left() -> int:
        return int(found(hall, voucher)["certificates"][0]["prints_left"])

    print_once(hall, one, voucher, "printed")
    print_once(hall, one, voucher, "failed")
    assert left() == 2
    print_once(hall, one, voucher, "unknown")
    assert left() == 1
    job = hall.ask("POST", f"/certificates/{one['id']}/prints", proof(voucher), kiosk(hall))
    assert left() == 0
    pdf = hall.request("GET", job["pdf"], token=kiosk(hall))
    assert (pdf.content[:5], job["pages"]) == (b"%PDF-", 2)
    again = post(hall, f"/certificates/{one['id']}/prints", proof(voucher), kiosk(hall), "another-key-of-it")
    assert refusal(again) == (409, "quota_used")
    hall.ask("POST", f"/prints/{job['id']}", {"outcome": "failed"}, kiosk(hall))
    assert left() == 1


def test_the_same_press_of_the_button_sets_one_copy_aside(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    path, wish = f"/certificates/{one['id']}/prints", proof(voucher)
    jobs = {post(hall, path, wish, kiosk(hall), "one-press-of-it").json()["id"] for _ in range(3)}
    assert len(jobs) == 1
    assert found(hall, voucher)["certificates"][0]["prints_left"] == 2


def test_a_kiosk_that_is_lost_leaves_its_copy_unknown_for_staff_to_see(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    job = hall.ask("POST", f"/certificates/{one['id']}/prints", proof(voucher), kiosk(hall))
    hall.clock.advance(minutes=16)
    hall.run(hall.app.state.core.certificate_prints.tidy())
    line = hall.ask("GET", f"{HALL}/certificates", token=hall.sign_in("clerk1"))["lines"][0]
    assert (line["prints"], line["prints_unknown"]) == (1, 1)
    pdf = hall.request("GET", job["pdf"], token=kiosk(hall))
    assert refusal(pdf) == (409, "print_over")
    hall.ask("POST", f"/prints/{job['id']}", {"outcome": "printed"}, kiosk(hall))
    line = hall.ask("GET", f"{HALL}/certificates", token=hall.sign_in("clerk1"))["lines"][0]
    assert (line["prints"], line["prints_unknown"]) == (1, 0)


def test_another_kiosk_knows_nothing_of_a_copy(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    job = hall.ask("POST", f"/certificates/{one['id']}/prints", proof(voucher), kiosk(hall))
    other = hall.credentials["devices"]["east-kiosk-1"]
    assert refusal(hall.request("GET", job["pdf"], token=other)) == (404, "print_unknown")


def test_guessing_a_tail_is_stopped_and_tells_nothing(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    issued(hall, order["id"])
    path = f"{HALL}/certificates/find"
    unknown = post(hall, path, {"code": "999999999951", "tail": "0000"})
    wrong = [post(hall, path, proof(voucher, f"{guess:04}")) for guess in range(5)]
    told = {(answer.status_code, answer.text) for answer in [unknown, *wrong]}
    assert len(told) == 1
    assert refusal(unknown) == (404, "pickup_unknown")
    assert refusal(post(hall, path, proof(voucher))) == (429, "too_many_requests")
    assert refusal(post(hall, path, proof(voucher), kiosk(hall))) == (429, "too_many_requests")


def test_a_link_opens_the_file_for_a_quarter_of_an_hour(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    link = hall.ask("POST", f"/certificates/{one['id']}/links", proof(voucher))["url"]
    first = requests.get(link, timeout=10)
    assert (first.status_code, first.content[:5]) == (200, b"%PDF-")
    hall.clock.advance(minutes=15)
    late = requests.get(link, timeout=10)
    assert (late.status_code, "下载链接已过期" in late.text) == (410, True)
    assert requests.get(f"{hall.url}/d/made-up", timeout=10).status_code == 410


def test_a_new_result_takes_the_old_certificates_place(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    old = issued(hall, order["id"])
    link = hall.ask("POST", f"/certificates/{old['id']}/links", proof(voucher))["url"]
    new = issued(hall, order["id"])
    over = status(hall, old["code"])
    assert (over["finding"], over["successor"]) == ("superseded", new["number"])
    assert [one["number"] for one in found(hall, voucher)["certificates"]] == [new["number"]]
    assert requests.get(link, timeout=10).status_code == 409


def test_a_revoked_certificate_takes_its_piece_back_from_the_shelf(hall: ServerThread) -> None:
    _, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    sample = order["labels"][0]["code"]
    body = {"reason": "标准器编号写错"}
    line = hall.ask("POST", f"{HALL}/certificates/{one['id']}/revoke", body, hall.sign_in("manager"))
    assert (line["state"], line["reason"]) == ("revoked", "标准器编号写错")
    assert status(hall, one["code"])["finding"] == "revoked"
    with reading(hall.app.state.core.halls.engine).begin() as connection:
        kinds = [row.kind for row in journal.history(connection, "main", sample)]
    assert kinds[-2:] == ["certificate.revoked", "sample.correct"]


def test_all_that_is_done_with_a_certificate_is_in_the_journal_and_no_customer_is(
    hall: ServerThread,
) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    print_once(hall, one, voucher)
    downloaded(hall, one, voucher)
    with reading(hall.app.state.core.halls.engine).begin() as connection:
        rows = journal.history(connection, "main", order["labels"][0]["code"], 100)
        assert journal.check(connection, "main") is None
    kinds = [row.kind for row in rows if row.kind.startswith("certificate.")]
    assert kinds == [
        "certificate.drafted",
        "certificate.issued",
        "certificate.print_asked",
        "certificate.print_printed",
        "certificate.link",
        "certificate.downloaded",
    ]
    told = "".join(row.payload for row in rows)
    assert not any(secret in told for secret in (PHONE, TAIL + '"', SHOP["company"], SHOP["name"]))


def test_the_check_page_tells_genuine_revoked_unknown_and_altered(hall: ServerThread) -> None:
    voucher, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    file = downloaded(hall, one, voucher)

    def page(path: str, **sent: Any) -> str:
        answer = requests.request("POST" if sent else "GET", hall.url + path, timeout=10, **sent)
        return answer.text

    # This server has no key: what it makes says so everywhere.
    assert "样张，没有签名" in page(f"/check/{one['code']}")
    assert "逐字节核对" in page("/check")
    assert one["number"] in page("/check", data={"number": one["number"]})
    assert "样张，没有签名" in page("/check", files={"file": ("a.pdf", file)})
    altered = file.replace(b"/Count 2", b"/Count 1")
    assert altered != file
    assert "内容被改动过" in page("/check", files={"file": ("a.pdf", altered)})
    assert "查无此证" in page("/check", files={"file": ("a.pdf", b"%PDF-1.7 nothing")})
    assert "查无此证" in page("/check", data={"number": "JD2026-99999"})
    assert SHOP["company"] not in page(f"/check/{one['code']}")
    hall.ask("POST", f"{HALL}/certificates/{one['id']}/revoke", {"reason": "写错"}, hall.sign_in("manager"))
    assert "已撤销" in page(f"/check/{one['code']}")


def test_a_file_that_is_too_large_is_refused_in_words(hall: ServerThread) -> None:
    answer = requests.post(
        f"{hall.url}/check", files={"file": ("a.pdf", b"%" * (5 * 1024 * 1024 + 1))}, timeout=20
    )
    assert (answer.status_code, "文件太大" in answer.text, "最大5MB" in answer.text) == (413, True, True)


def test_numbers_cannot_be_read_through_one_after_another(hall: ServerThread) -> None:
    sent = [
        requests.post(f"{hall.url}/check", data={"number": f"JD2026-{n:05}"}, timeout=10).status_code
        for n in range(31)
    ]
    assert set(sent[:30]) == {200}
    assert sent[30] == 429


def test_what_papers_say_can_be_changed_and_counts_from_the_next_draft_on(hall: ServerThread) -> None:
    manager = hall.sign_in("manager")
    papers = hall.ask("GET", f"{HALL}/papers", token=manager)
    said = papers | {"name": {"zh": "某某计量院", "en": "An Institute"}, "prefix": "XX", "last_day": False}
    hall.ask("PUT", f"{HALL}/papers", said, manager)
    _, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    assert (one["institution"]["zh"], one["number"], one["valid_until"]) == (
        "某某计量院",
        "XXJD2026-00001",
        "2027-11-20",
    )
    assert hall.ask("GET", f"{HALL}/papers", token=manager) == said


def test_a_status_label_tells_the_state_of_now(hall: ServerThread) -> None:
    _, order = a_case(hall, 2)
    issued(hall, order["id"], 1)
    issued(hall, order["id"], 2, "unqualified")
    good, bad = (one["code"] for one in order["labels"])

    def label(code: str) -> Any:
        return hall.ask("GET", f"{HALL}/status-labels/{code}", token=hall.sign_in("clerk1"))

    assert (label(good)["state"], label(good)["until"], label(bad)["state"]) == (
        "good",
        "2027-11-19",
        "stopped",
    )
    assert label(good)["url"] == f"{hall.url}/again/{good}"
    hall.clock.advance(days=365)
    assert label(good)["state"] == "stopped"


def test_the_file_is_handed_to_staff_of_the_hall_alone(hall: ServerThread, tmp_path: Path) -> None:
    _, order = a_case(hall, 1)
    one = issued(hall, order["id"])
    path = f"/api/v1/halls/main/certificates/{one['id']}/pdf"
    assert hall.request("GET", path, token=hall.sign_in("clerk1")).content[:5] == b"%PDF-"
    assert refusal(hall.request("GET", path, token=hall.sign_in("east-clerk1"))) == (403, "forbidden")
    assert refusal(hall.request("GET", path)) == (401, "not_signed_in")
