"""The kiosk's HTTP side against a real socket that loses answers, stays silent, refuses and goes away."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kiosk import collecting as c
from kiosk import model as m
from kiosk.client import HttpServer
from kiosk.config import ServerPart
from server.protocol.commands import DeviceStatus
from tests.ui.kiosk_states import TICKET
from tests.unit.kiosk.fake_server import Asked, Behaviour, FakeServer, Issuer, Reply, problem

PRESS = m.Press("the-key", "accept", "elderly", "en")


class Naps(list[float]):
    """Pauses that were asked for, and not slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@contextmanager
def client(url: str, naps: Naps | None = None) -> Iterator[HttpServer]:
    http = HttpServer(
        ServerPart(url, "main", "the-token", "kiosk-1"),
        time_out=(2.0, 0.3),
        sleep=naps if naps is not None else Naps(),
    )
    try:
        yield http
    finally:
        http.close()


def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def always(behaviour: Behaviour) -> FakeServer:
    return FakeServer(lambda _asked: behaviour)


def test_a_press_asks_with_its_key_its_token_and_the_persons_language() -> None:
    server = FakeServer(Issuer())
    with server.open() as url, client(url) as http:
        answer = http.issue(PRESS)
    assert isinstance(answer, m.Issued)
    assert (answer.key, answer.ticket.number) == ("the-key", "A001")
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/api/v1/halls/main/tickets")
    assert asked.headers["Authorization"] == "Bearer the-token"
    assert asked.headers["Idempotency-Key"] == "the-key"
    assert asked.headers["Accept-Language"] == "en"
    assert asked.body == {
        **{"service": "accept", "priority": "elderly", "language": "en"},
        **{"then": [], "reason": ""},
    }


@pytest.mark.parametrize("loss", ["silent", "hang up", problem(503, "unavailable"), problem(500, "oops")])
def test_a_lost_answer_asked_for_again_brings_the_same_ticket(loss: Behaviour) -> None:
    issuer = Issuer(loss, loss)
    server = FakeServer(issuer)
    naps = Naps()
    with server.open() as url, client(url, naps) as http:
        answer = http.issue(PRESS)
    assert answer == m.Issued("the-key", issuer.given["the-key"])
    assert len(issuer.given) == 1
    assert [asked.headers["Idempotency-Key"] for asked in server.asked] == ["the-key"] * 3
    assert naps == [0.3, 0.8]


def test_four_tries_without_an_answer_end_in_the_unreached_screen_and_its_retry_in_the_same_ticket() -> None:
    issuer = Issuer(*["hang up"] * 4)  # type: ignore[list-item]
    server = FakeServer(issuer)
    with server.open() as url, client(url) as http:
        assert http.issue(PRESS) == m.Unanswered("the-key")
        assert len(server.asked) == 4
        answer = http.issue(PRESS)
    assert isinstance(answer, m.Issued)
    assert list(issuer.given.values()) == [answer.ticket]


def test_a_server_that_is_away_is_said_to_be_and_found_again() -> None:
    url = nobody()
    with client(url) as http:
        assert http.issue(PRESS) == m.Unanswered("the-key", sent=False)
        assert not http.well()
        with FakeServer(Issuer()).open(int(url.rpartition(":")[2])):
            assert isinstance(http.issue(PRESS), m.Issued)


def test_a_refusal_for_the_person_comes_in_the_servers_words_and_is_not_repeated() -> None:
    server = always(problem(409, "queue_full", "今天的号已取完", "请明天再来"))
    with server.open() as url, client(url) as http:
        assert http.issue(PRESS) == m.WasRefused("the-key", "queue_full", "今天的号已取完", "请明天再来")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        problem(401, "not_signed_in", "请先登录", "请用您的账号登录"),
        problem(403, "forbidden", "没有权限", ""),
        problem(422, "bad_request", "请求有误", "then.0"),
        Reply(404, {"detail": "Not Found"}),
        Reply(302, None, {"Location": "http://portal.example/login"}),
        Reply(400, b"<html>proxy</html>"),
    ],
)
def test_a_wrong_token_or_a_wrong_server_is_logged_and_no_words_for_technicians_reach_the_person(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    with always(reply).open() as url, client(url) as http:
        answer = http.issue(PRESS)
    assert isinstance(answer, m.WasRefused)
    assert (answer.title, answer.detail) == ("", "")
    assert "refuses this kiosk" in caplog.text
    assert "the-token" not in caplog.text


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": "t1"}', b"\xff\xfe"])
def test_a_ticket_that_cannot_be_understood_counts_as_no_answer(body: bytes) -> None:
    with always(Reply(201, body)).open() as url, client(url) as http:
        assert http.issue(PRESS) == m.Unanswered("the-key")


def test_a_number_is_looked_up_and_a_missing_one_told_from_a_missing_server() -> None:
    def answer(asked: Asked) -> Behaviour:
        if asked.path == "/api/v1/halls/main/tickets/A017":
            return Reply(200, TICKET.model_dump(mode="json"))
        return problem(404, "ticket_unknown")

    with FakeServer(answer).open() as url, client(url) as http:
        assert http.look_up("A017") == m.LookedUp("A017", TICKET)
        assert http.look_up("A018") == m.LookedUp("A018", None, "not_found")
    with client(nobody()) as http:
        assert http.look_up("A017") == m.LookedUp("A017", None, "unreached")
    with always(problem(503, "unavailable")).open() as url, client(url) as http:
        assert http.look_up("A017") == m.LookedUp("A017", None, "unreached")


@pytest.mark.parametrize(
    ("paper", "outcome"),
    [("printed", "printed"), ("unknown", "unknown"), ("out_of_paper", "failed"), ("offline", "failed")],
)
def test_what_became_of_the_paper_is_told_until_the_server_hears_it(paper: m.Paper, outcome: str) -> None:
    fates: list[Behaviour] = ["hang up", Reply(204, b"")]
    server = FakeServer(lambda _asked: fates.pop(0))
    with server.open() as url, client(url) as http:
        http.tell_paper(m.TellPaper("t1", paper, reprint=True))
    assert [asked.path for asked in server.asked] == ["/api/v1/tickets/t1/prints"] * 2
    assert {asked.headers["Idempotency-Key"] for asked in server.asked} == {
        server.asked[0].headers["Idempotency-Key"]
    }
    assert server.asked[1].body == {"outcome": outcome, "reprint": True}


def test_when_the_program_ends_one_try_is_all_and_nothing_is_waited_for() -> None:
    naps = Naps()
    server = always("hang up")
    with server.open() as url, client(url, naps) as http:
        http.hurry()
        assert not http.tell_print(c.TellPrint("p1", "printed"))
    assert len(server.asked) == 1
    assert naps == []


def test_a_status_is_told_once_and_says_whether_it_was_heard() -> None:
    status = DeviceStatus(version="1", printer="paper_low", detail="")
    server = always(Reply(204, b""))
    with server.open() as url, client(url) as http:
        assert http.tell_status(status)
        assert http.well() is False  # 204 is not the answer of a server that is well
    assert DeviceStatus.model_validate(server.asked[0].body) == status
    refusing = always(problem(401, "not_signed_in"))
    with refusing.open() as url, client(url) as http:
        assert not http.tell_status(status)
    assert len(refusing.asked) == 1


def test_no_proxy_and_no_netrc_of_the_machine_come_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", nobody())
    monkeypatch.setenv("HTTP_PROXY", nobody())
    with always(Reply(200, {"status": "ok"})).open() as url, client(url) as http:
        assert http.well()
