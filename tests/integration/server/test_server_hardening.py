"""What a hostile visitor, another hall or a broken client tries; none of it comes through."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
import requests
from PIL import Image
from sqlalchemy import insert
from websockets.exceptions import ConnectionClosed

from server.live import hub as live_hub
from server.protocol import codes
from server.store import tables as t
from server.store.engine import open_engine
from tests.certified import certify
from tests.servers import ServerThread
from tests.waiting import until

from .benches import Bench
from .cases import handed_in, labels, pickup, ready
from .counter import Counter
from .visits import HALL, TAIL, booked, booking, checked_in, kiosk

SOON = 10


def closed_with(hall: ServerThread, *topics: str) -> int:
    with hall.live(*topics) as link:
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(SOON)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


# Another hall -----------------------------------------------------------------------------------


def test_another_halls_people_reach_nothing_by_its_name(hall: ServerThread) -> None:
    """Every id of one hall, asked for in the other by whoever leads that."""
    bench = Bench(hall)
    sample, question = bench.held()
    result = bench.tested(bench.testing(bench.received()[0]))
    clerk = Counter(hall)
    case = clerk.open(hall.ask("POST", f"{HALL}/walk-ins", walk_in(), kiosk(hall))["order"]["number"])
    photo = clerk.photo(case).json()["id"]
    told = clerk.do("POST", f"{HALL}/cases/{case['id']}/notices", {"missing": ["说明书"]})
    notice = told["demands"][0]["id"]
    body = {"way": "section", "to": "电学室", "reason": "转", "due": "2026-12-01", "order": case["id"]}
    referral = clerk.do("POST", f"{HALL}/referrals", body)["id"]
    piece = case["pieces"][0]["code"]
    _, order = ready(hall)
    one = pickup(hall, order)
    paper = hall.ask("GET", f"{HALL}/certificates", token=hall.sign_in("clerk1"))["lines"][0]
    device = bench.do("GET", "/equipment")[0]["code"]
    east, lead = "/halls/east", hall.sign_in("east-manager")
    papers, lab = f"{east}/certificates/{paper['id']}", f"{east}/lab"
    case_at = f"{east}/cases/{case['id']}"
    asked: list[tuple[str, str, Any]] = [
        ("GET", case_at, None),
        ("GET", f"{case_at}/photos/{photo}", None),
        ("POST", f"{east}/cases/open", {"code": case["number"]}),
        ("POST", f"{east}/cases/open", {"code": piece}),
        ("POST", f"{case_at}/close", None),
        ("POST", f"{case_at}/reject", {"reason": "不"}),
        ("POST", f"{case_at}/notices/{notice}/answered", None),
        ("PUT", f"{case_at}/fulfilment", {"way": "post", "address": "某处"}),
        ("DELETE", f"{case_at}/pieces/{piece}", None),
        ("POST", f"{east}/referrals", body),
        ("POST", f"{east}/referrals/{referral}/receipt", None),
        ("POST", f"{east}/referrals/{referral}/close", {"outcome": "办结"}),
        ("POST", f"{east}/handovers/whose", {"code": piece}),
        ("POST", f"{east}/handovers", {"taker": "clerk1", "samples": [piece]}),
        ("POST", f"{east}/handovers", {"taker": "east-clerk1", "samples": [piece]}),
        ("GET", f"{papers}/pdf", None),
        ("POST", f"{papers}/revoke", {"reason": "试试看"}),
        ("POST", f"{papers}/retry", None),
        ("GET", f"{east}/status-labels/{paper['sample']}", None),
        ("GET", f"{lab}/samples/{sample}", None),
        ("GET", f"{lab}/orders/{case['number']}", None),
        ("POST", f"{lab}/samples/{piece}/rest", None),
        ("POST", f"{lab}/samples/{piece}/start", None),
        ("POST", f"{lab}/results/{result}/review", None),
        ("POST", f"{lab}/results/{result}/approve", None),
        ("POST", f"{lab}/results/{result}/send-back", {"reason": "再测"}),
        ("POST", f"{lab}/negotiations/{question}/sign", {"role": "supervisor"}),
        ("POST", f"{lab}/negotiations/{question}/execute", None),
        ("POST", f"{lab}/negotiations/{question}/propose", {"options": ["reschedule"]}),
        ("GET", f"{lab}/equipment/{device}", None),
        ("POST", f"{east}/releases", {"code": one.code, "samples": [piece]}),
        ("POST", f"{east}/pickups", {"code": one.code, "tail": TAIL}),
        ("POST", f"{east}/pickups/reissue", {"order": case["number"], "proof": "identity_card"}),
        ("POST", f"{east}/progress", {"code": one.code, "tail": TAIL}),
        ("POST", f"{east}/certificates/find", {"code": one.code, "tail": TAIL}),
        ("POST", f"/certificates/{paper['id']}/links", {"code": one.code, "tail": TAIL}),
        ("POST", f"/negotiations/{question}/answer", {"option": "conclude_unqualified"}),
    ]
    for method, path, body in asked:
        answer = hall.request(method, f"/api/v1{path}", body, lead, Idempotency_Key=str(uuid.uuid4()))
        said = answer.json()["code"] if answer.status_code >= 400 else answer.text
        assert said.endswith("_unknown") or said in ("not_found", "taker_bad"), (method, path, said)
    assert clerk.case(case["id"])["state"] == "supplement_required"
    assert bench.state(sample) == "fault_hold"


def walk_in() -> dict[str, Any]:
    return {"lines": [{"item": "price-scale", "pieces": 2}]}


def test_another_halls_kiosk_prints_and_reads_nothing(hall: ServerThread) -> None:
    voucher = booked(hall)
    order = checked_in(hall, voucher["code"])["order"]
    certificate = certify(hall, order["id"])
    proof = {"code": voucher["code"], "tail": TAIL}
    until("it being issued", lambda: found(hall, proof))
    ours, theirs = kiosk(hall), hall.credentials["devices"]["east-kiosk-1"]
    job = hall.ask("POST", f"/certificates/{certificate.id}/prints", proof, ours)["id"]
    asked = [
        ("POST", f"/certificates/{certificate.id}/prints", proof),
        ("GET", f"/prints/{job}/pdf", None),
        ("POST", f"/prints/{job}", {"outcome": "failed"}),
    ]
    for method, path, body in asked:
        answer = hall.request(method, f"/api/v1{path}", body, theirs, Idempotency_Key=str(uuid.uuid4()))
        assert answer.json()["code"] in ("pickup_unknown", "print_unknown"), path
    assert hall.request("GET", f"/api/v1/prints/{job}/pdf", token=ours).ok


def found(hall: ServerThread, proof: dict[str, str]) -> bool:
    seen = hall.ask("POST", f"{HALL}/certificates/find", proof)["certificates"]
    return bool(seen) and seen[0]["state"] == "issued"


# Roles ------------------------------------------------------------------------------------------


def test_who_works_at_the_benches_books_nothing_in_another_systems_name(hall: ServerThread) -> None:
    token = hall.sign_in("verifier1")
    for said in ({}, {"channel": "partner"}, {"channel": "counter"}):
        answer = hall.request("POST", f"/api/v1{HALL}/appointments", booking(**said), token)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


# Live -------------------------------------------------------------------------------------------


def test_one_link_follows_a_handful_of_cases(hall: ServerThread) -> None:
    strange = [f"case:{codes.code_of('C', n)}" for n in range(live_hub.CASES_A_CLIENT + 1)]
    assert closed_with(hall, *strange) == 4404


def test_one_address_does_not_take_all_the_links(hall: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.live.FOLLOWERS_OF_AN_ADDRESS", 2)
    topic = f"case:{handed_in(hall)['order']['code']}"
    with hall.live(topic) as one, hall.live(topic) as other:
        assert one.recv(SOON)
        assert other.recv(SOON)
        assert closed_with(hall, topic) == 1013
        with hall.live("board:main") as board:
            assert board.recv(SOON)

    def again() -> bool:
        with hall.live(topic) as link:
            try:
                return bool(link.recv(SOON))
            except ConnectionClosed:
                return False

    until("the links that ended being counted no more", again)


# What is sent in --------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["2026-11-24/A B", "2026-11-24/../x", "9999-12-31/accept-0830"])
def test_a_slot_that_is_none_is_said_to_be_none(hall: ServerThread, when: str) -> None:
    case, _ = ready(hall)
    url = f"{hall.url}/again/{labels(case)[0]}"
    answer = requests.post(url, data={"tail": TAIL, "when": when}, timeout=20, allow_redirects=False)
    assert 400 <= answer.status_code < 500


def test_a_picture_that_unpacks_to_more_than_a_photo_has_is_not_unpacked(hall: ServerThread) -> None:
    clerk = Counter(hall)
    case = clerk.open(hall.ask("POST", f"{HALL}/walk-ins", walk_in(), kiosk(hall))["order"]["number"])
    bomb = io.BytesIO()
    Image.new("L", (9000, 9000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 200_000
    answer = clerk.photo(case, 0, bomb.getvalue())
    assert (answer.status_code, answer.json()["code"]) == (422, "file_bad")


def test_who_sends_one_file_after_another_is_turned_away_unread(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set()
    for _ in range(310):
        answer = requests.post(f"{hall.url}/check", data={"number": " "}, timeout=20, allow_redirects=False)
        said.add(answer.status_code)
    assert said == {303, 429}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "cases/places", {"shelves": [{"id": "a", "zh": "一\x00"}], "sites": []}),
        ("PUT", "cases/places", {"shelves": [], "sites": [{"id": "a", "zh": "一", "en": "a\nb"}]}),
        ("POST", "referrals", {"way": "section", "to": "a\x00b", "reason": "转", "due": "2026-12-01"}),
        ("POST", "referrals", {"way": "section", "to": " ", "reason": "转", "due": "2026-12-01"}),
    ],
)
def test_names_are_lines_without_control_characters(
    hall: ServerThread, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = hall.request(method, f"/api/v1{HALL}/{path}", body, hall.sign_in("manager"))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


# What is told -----------------------------------------------------------------------------------


def test_files_behind_a_proof_are_kept_by_nobody_on_the_way(hall: ServerThread) -> None:
    voucher = booked(hall)
    order = checked_in(hall, voucher["code"])["order"]
    certificate = certify(hall, order["id"])
    proof = {"code": voucher["code"], "tail": TAIL}
    until("it being issued", lambda: found(hall, proof))
    link = hall.ask("POST", f"/certificates/{certificate.id}/links", proof)["url"]
    job = hall.ask("POST", f"/certificates/{certificate.id}/prints", proof, kiosk(hall))["id"]
    clerk = hall.sign_in("clerk1")
    files = [
        hall.request("GET", "/d/" + link.rsplit("/", 1)[1]),
        hall.request("GET", f"/api/v1/prints/{job}/pdf", token=kiosk(hall)),
        hall.request("GET", f"/api/v1{HALL}/certificates/{certificate.id}/pdf", token=clerk),
        hall.request("GET", f"/v/{voucher['code']}.pdf"),
    ]
    for one in files:
        assert one.ok
        assert one.content.startswith(b"%PDF")
        assert "no-store" in one.headers["Cache-Control"]
        assert "noindex" in one.headers["X-Robots-Tag"]
        assert one.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert one.headers["Content-Disposition"].isascii()


def test_what_went_into_a_statement_is_in_no_error() -> None:
    engine = open_engine("sqlite+pysqlite:///:memory:")
    with engine.begin() as connection:
        t.customers.create(connection)
        row = {name: "13800005678" for name in t.customers.c.keys()}
        with pytest.raises(Exception) as error:  # noqa: PT011 - whichever way it fails
            connection.execute(insert(t.customers).values(row | {"id": None}))
    assert "13800005678" not in str(error.value)
