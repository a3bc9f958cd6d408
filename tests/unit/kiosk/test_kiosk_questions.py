"""The routes of a visit over a real socket: what is asked with which key, and what the answers mean."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v
from kiosk.label_memory import Report
from server.protocol.booking import CheckedIn
from server.protocol.pickup import CollectNumber
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import TICKET
from tests.unit.kiosk.fake_server import Asked, Behaviour, FakeServer, Reply, problem
from tests.unit.kiosk.test_kiosk_client import Naps, always, client, nobody

PICKS = (v.Pick("price-scale", 2), v.Pick("electronic-sphygmomanometer", 1, False))
LINES = [{"item": "price-scale", "pieces": 2}, {"item": "electronic-sphygmomanometer", "pieces": 1}]
CHECKED_IN = CheckedIn(ticket=TICKET, order=visits.ORDER, arrival="on_time")
AT = "/api/v1/halls/main"

PROOF = {"code": back.PICKUP, "tail": "5678"}

CASES: dict[str, tuple[m.Said, str, dict[str, Any], Any, m.Input]] = {
    "look": (
        v.Look("k", visits.CODE, "en"),
        f"{AT}/arrivals",
        {"code": visits.CODE},
        visits.arrival("early"),
        v.Looked("k", visits.arrival("early")),
    ),
    "check-in": (
        v.CheckInPress("k", visits.CODE, None, True, "zh"),
        f"{AT}/check-ins",
        {"code": visits.CODE, "lines": None, "complete": True, "language": "zh"},
        CHECKED_IN,
        m.Issued("k", TICKET, visits.ORDER),
    ),
    "check-in-changed": (
        v.CheckInPress("k", visits.NUMBER, PICKS, False, "en"),
        f"{AT}/check-ins",
        {"code": visits.NUMBER, "lines": LINES, "complete": False, "language": "en"},
        CHECKED_IN,
        m.Issued("k", TICKET, visits.ORDER),
    ),
    "walk-in": (
        v.RegisterPress("k", PICKS, "company", "elderly", "zh"),
        f"{AT}/walk-ins",
        {
            **{"lines": LINES, "customer": "company", "complete": False},
            **{"priority": "elderly", "language": "zh", "reason": ""},
        },
        CHECKED_IN,
        m.Issued("k", TICKET, visits.ORDER),
    ),
    "labels": (
        v.FindLabels("k", visits.CODE, "zh"),
        f"{AT}/labels",
        {"code": visits.CODE},
        visits.ORDER,
        v.Found("k", visits.ORDER),
    ),
    "verdict": (
        v.Weigh("k", PICKS, "resident", "zh"),
        f"{AT}/verdicts",
        {"lines": LINES, "customer": "resident", "complete": False},
        visits.VERDICT,
        v.Weighed("k", visits.VERDICT),
    ),
    "pickup": (
        c.FindPickup("k", back.PROOF, "zh"),
        f"{AT}/pickups",
        PROOF,
        back.pickup(),
        c.PickupFound("k", back.pickup()),
    ),
    "collect": (
        c.CollectPress("k", back.PROOF, "en"),
        f"{AT}/pickups/tickets",
        {**PROOF, "language": "en"},
        CollectNumber(ticket=TICKET, pickup=back.pickup()),
        c.NumberGiven("k", TICKET, back.pickup()),
    ),
    "progress": (
        c.FindProgress("k", c.Proof(back.CASE), "zh"),
        f"{AT}/progress",
        {"code": back.CASE, "tail": ""},
        back.progress(),
        c.ProgressFound("k", back.progress()),
    ),
    "certificates": (
        c.FindCertificates("k", back.PROOF, "zh"),
        f"{AT}/certificates/find",
        PROOF,
        back.certificates(),
        c.CertificatesFound("k", back.certificates()),
    ),
    "copy": (
        c.AskPrint("k", "c1", back.PROOF, "zh"),
        "/api/v1/certificates/c1/prints",
        PROOF,
        back.JOB,
        c.PrintGranted("k", back.JOB),
    ),
    "link": (
        c.AskLink("k", "c1", back.PROOF, "en"),
        "/api/v1/certificates/c1/links",
        PROOF,
        back.LINK,
        c.LinkGiven("k", back.LINK),
    ),
    "slots": (
        b.FindSlots("k", back.DRAFT, "sole_trader", "zh"),
        f"{AT}/slots",
        {"lines": LINES, "customer": "sole_trader", "complete": True},
        back.SLOTS,
        b.SlotsFound("k", back.SLOTS),
    ),
    "book": (
        back.BOOK,
        f"{AT}/appointments",
        {
            **{"day": "2026-11-23", "slot": back.FREE.id, "lines": LINES, "acknowledged": {}},
            "customer": {
                **{"type": "sole_trader", "name": "", "phone": back.PHONE},
                **{"company": "", "uscc": "", "email": ""},
            },
            **{"consent": "1", "language": "zh", "channel": None},
        },
        back.VOUCHER,
        b.Booked("k", back.VOUCHER),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_question_goes_where_it_belongs_and_its_answer_is_understood(case: str) -> None:
    press, path, body, answer, meant = CASES[case]
    server = always(Reply(201, answer.model_dump(mode="json")))
    with server.open() as url, client(url) as http:
        assert http.issue(press) == meant
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", path, body)
    assert asked.headers["Authorization"] == "Bearer the-token"
    assert asked.headers["Accept-Language"] == press.language


@pytest.mark.parametrize("case", ["check-in", "walk-in", "collect", "copy", "book"])
def test_a_lost_answer_is_asked_for_with_the_key_of_the_press(case: str) -> None:
    press, _path, _body, answer, meant = CASES[case]
    fates: list[Behaviour] = ["hang up", problem(503, "busy"), Reply(201, answer.model_dump(mode="json"))]
    server = FakeServer(lambda _asked: fates.pop(0))
    with server.open() as url, client(url, Naps()) as http:
        assert http.issue(press) == meant
    assert [asked.headers["Idempotency-Key"] for asked in server.asked] == ["k"] * 3


def test_questions_of_two_kiosks_do_not_share_a_key() -> None:
    press, _path, _body, answer, _meant = CASES["look"]
    server = always(Reply(200, answer.model_dump(mode="json")))
    with server.open() as url, client(url) as http:
        http.issue(press)
        http.issue(press)
    first, second = (asked.headers["Idempotency-Key"] for asked in server.asked)
    assert first != second


@pytest.mark.parametrize(
    "code",
    ["appointment_unknown", "already_checked_in", "not_taken", "order_unknown", "not_checked_in"],
)
def test_a_refusal_for_the_person_comes_in_the_servers_words(code: str) -> None:
    server = always(problem(409, code, "标题", "做法"))
    with server.open() as url, client(url) as http:
        assert http.issue(CASES["check-in"][0]) == m.WasRefused("k", code, "标题", "做法")


@pytest.mark.parametrize("case", CASES)
def test_an_answer_that_cannot_be_understood_counts_as_none(case: str) -> None:
    with always(Reply(200, {"odd": 1})).open() as url, client(url) as http:
        assert http.issue(CASES[case][0]) == m.Unanswered("k")


def test_the_catalogue_comes_whole_or_not_at_all() -> None:
    with always(Reply(200, visits.CATALOGUE.model_dump(mode="json"))).open() as url, client(url) as http:
        assert http.catalogue() == v.CatalogueSeen(visits.CATALOGUE)
    with always(problem(404, "not_found")).open() as url, client(url) as http:
        assert http.catalogue() == v.CatalogueSeen(None)
    with always(Reply(200, {"odd": 1})).open() as url, client(url) as http:
        assert http.catalogue() == v.CatalogueSeen(None)
    with always(problem(503, "busy")).open() as url, client(url) as http:
        assert http.catalogue() is None
    with client(nobody()) as http:
        assert http.catalogue() is None


REPORT = Report(
    key="0b", order="o1", outcome="printed", codes=visits.CODES[:2], reprint=True, lines=("1", "2")
)


def test_what_became_of_labels_is_told_with_one_key_until_it_is_heard() -> None:
    fates: list[Behaviour] = ["hang up", Reply(204, b"")]
    server = FakeServer(lambda _asked: fates.pop(0))
    with server.open() as url, client(url) as http:
        assert http.tell_labels(REPORT)
    assert [asked.path for asked in server.asked] == ["/api/v1/orders/o1/prints"] * 2
    assert {asked.headers["Idempotency-Key"] for asked in server.asked} == {"0b"}
    assert server.asked[1].body == {
        **{"outcome": "printed", "codes": list(visits.CODES[:2])},
        "reprint": True,
    }


def test_what_the_server_will_never_take_is_not_told_for_ever_and_what_it_did_not_hear_is_kept() -> None:
    def gone(_asked: Asked) -> Behaviour:
        return problem(404, "order_unknown")

    with FakeServer(gone).open() as url, client(url) as http:
        assert http.tell_labels(REPORT)
    with client(nobody()) as http:
        assert not http.tell_labels(REPORT)


def test_a_certificate_is_fetched_from_the_server_itself_and_must_be_one() -> None:
    fates = [Reply(200, b"%PDF-1.7 whole"), Reply(200, b"<html>"), problem(409, "print_over")]
    server = FakeServer(lambda _asked: fates.pop(0))
    with server.open() as url, client(url) as http:
        assert http.document(back.JOB.pdf) == b"%PDF-1.7 whole"
        assert http.document(back.JOB.pdf) is None
        assert http.document(back.JOB.pdf) is None
        for elsewhere in ("https://elsewhere.example/x.pdf", "//elsewhere.example/x.pdf", "x.pdf"):
            assert http.document(elsewhere) is None
    assert [asked.path for asked in server.asked] == [back.JOB.pdf] * 3


@pytest.mark.parametrize(
    ("end", "outcome"),
    [("printed", "printed"), ("stopped", "failed"), ("failed", "failed"), ("unknown", "unknown")],
)
def test_how_a_copy_ended_is_told_until_it_is_heard(end: c.End, outcome: str) -> None:
    fates: list[Behaviour] = ["hang up", Reply(204, b"")]
    server = FakeServer(lambda _asked: fates.pop(0))
    with server.open() as url, client(url) as http:
        assert http.tell_print(c.TellPrint("p1", end, "why"))
    assert [asked.path for asked in server.asked] == ["/api/v1/prints/p1"] * 2
    assert {asked.headers["Idempotency-Key"] for asked in server.asked} == {f"p1-{end}"}
    assert server.asked[0].body == {"outcome": outcome, "reason": "why"}


def test_an_end_that_nobody_heard_is_kept_and_one_that_is_never_taken_is_not() -> None:
    with client(nobody()) as http:
        assert not http.tell_print(c.TellPrint("p1", "printed"))
    with always(problem(404, "print_unknown")).open() as url, client(url) as http:
        assert http.tell_print(c.TellPrint("p1", "printed"))
