"""The live link: who may follow what, whole frames in rising order, slow readers, and rights that end."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from server.live import hub as hub_module
from server.live import rights
from server.protocol import views as v
from tests.integration.server.stage import Stage
from tests.servers import ServerThread, furnished_copy, served
from tests.waiting import LIMIT, until

Frame = dict[str, Any]
VIEWS = {
    "board": v.Board,
    "hall": v.HallHead,
    "counter": v.CounterPanel,
    "desk": v.Desk,
    "kiosk": v.KioskHome,
    "ticket": v.TicketView,
}


def frame(link: ClientConnection, holds: Callable[[Frame], object] = lambda frame: True) -> Frame:
    """The next frame that ``holds``."""
    while True:
        told: Frame = json.loads(link.recv(timeout=LIMIT))
        if holds(told):
            return told


def calls(number: str) -> Callable[[Frame], bool]:
    return lambda told: any(call["number"] == number for call in told.get("view", {}).get("calls", ()))


def closed_with(link: ClientConnection) -> int:
    """The code with which the server closes, after whatever it still sends."""
    with pytest.raises(ConnectionClosed) as closed:
        all(link.recv(timeout=LIMIT) for _ in itertools.count())
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def same(told: Frame, view: type[Any]) -> bool:
    """Whether the frame's view is whole: nothing missing, nothing beside what the type says."""
    return bool(json.loads(view.model_validate(told["view"]).model_dump_json()) == told["view"])


# Who may follow what ---------------------------------------------------------------------------

STAFF = ("clerk1", "manager", "admin")
PRIVATE = {
    "kiosk:main": {"kiosk-1", *STAFF},
    "desk:main:1": set(STAFF),
}
EVERYBODY = ("", "display-1", "kiosk-1", *STAFF, "east-kiosk-1", "east-clerk1", "east-manager")


@pytest.fixture(scope="module")
def tokens(shared: ServerThread) -> dict[str, str]:
    known = shared.credentials
    return {"": "", **known["devices"]} | {
        user: shared.sign_in(user) for user in EVERYBODY if user in known["users"]
    }


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who or "anonymous")
def test_private_topics_are_for_those_of_the_hall_and_public_ones_for_all(
    shared: ServerThread, tokens: dict[str, str], who: str
) -> None:
    code = shared.take_number()["code"]
    for topic in ("board:main", "hall:main", "counter:main:1", f"ticket:{code}", *PRIVATE):
        with shared.live(topic, token=tokens[who]) as link:
            if topic not in PRIVATE or who in PRIVATE[topic]:
                first = frame(link)
                assert first["topic"] == topic
                assert same(first, VIEWS[topic.partition(":")[0]])
            else:
                assert closed_with(link) == 4401, topic


@pytest.mark.parametrize("token", ["device.kiosk-1.wrong", "nonsense"])
def test_a_wrong_token_is_turned_away_even_from_public_topics(shared: ServerThread, token: str) -> None:
    with shared.live("board:main", token=token) as link:
        assert closed_with(link) == 4401


@pytest.mark.parametrize(
    "topics",
    [
        (),
        ("board",),
        ("board:",),
        ("board:none",),
        ("counter:main:99",),
        ("counter:main",),
        ("nonsense:main",),
        ("ticket:0123456789ABCDEF",),
        ("ticket:short",),
        ("board:main", "board:none"),
        ("heartbeat",),
        tuple(f"counter:main:{n}" for n in range(65)),
    ],
    ids=lambda topics: f"{len(topics)} {' '.join(topics)[:24]}",
)
def test_a_topic_of_nothing_is_refused(shared: ServerThread, topics: tuple[str, ...]) -> None:
    with shared.live(*topics) as link:
        assert closed_with(link) == 4404


def test_a_desk_of_nothing_tells_strangers_nothing(shared: ServerThread) -> None:
    with shared.live("desk:main:99") as link:
        assert closed_with(link) == 4401


@pytest.mark.parametrize(
    ("origin", "welcome"), [("same", True), ("none", True), ("https://evil.example", False)]
)
def test_another_sites_page_cannot_use_our_cookie(
    shared: ServerThread, tokens: dict[str, str], origin: str, welcome: bool
) -> None:
    headers = {"Cookie": f"liqu_session={tokens['clerk1']}"}
    if origin != "none":
        headers["Origin"] = shared.url if origin == "same" else origin
    with shared.live("desk:main:1", **headers) as link:
        if welcome:
            assert frame(link)["topic"] == "desk:main:1"
        else:
            assert closed_with(link) == 4401


def test_a_token_in_the_address_is_worth_nothing(shared: ServerThread, tokens: dict[str, str]) -> None:
    with shared.live(f"desk:main:1&token={tokens['clerk1']}") as link:
        assert closed_with(link) == 4401


# Frames ----------------------------------------------------------------------------------------


def test_a_change_comes_as_a_whole_newer_frame_on_each_topic_that_it_touches(either: ServerThread) -> None:
    stage = Stage(either)
    issued = either.take_number("accept")
    topics = ("board:main", "counter:main:1", "counter:main:2", f"ticket:{issued['code']}", "desk:main:1")
    with either.live(*topics, token=stage.as_("clerk1")) as link:
        last: dict[str, Frame] = {}
        while len(last) < len(topics):
            told = frame(link)
            last[told["topic"]] = told
        assert set(last) == set(topics)
        stage.counter("open")
        stage.call(issued["id"])

        def shown(topic: str) -> object:
            view = last[topic]["view"]
            return view.get("number") or [call["number"] for call in view.get("calls", ())]

        while (
            shown("board:main") != ["A001"] or last[f"ticket:{issued['code']}"]["view"]["state"] != "called"
        ):
            told = frame(link)
            assert told["seq"] > last[told["topic"]]["seq"]
            assert same(told, VIEWS[told["topic"].partition(":")[0]])
            last[told["topic"]] = told
        until_panel = (
            last["counter:main:1"]["view"]["number"]
            or frame(link, lambda told: told["topic"] == "counter:main:1" and told["view"]["number"])["view"][
                "number"
            ]
        )
        assert until_panel == "A001"
        assert last["counter:main:2"]["view"]["number"] is None


def test_nothing_is_sent_when_nothing_changed(hall: ServerThread) -> None:
    hub = hall.app.state.core.hub
    stage = Stage(hall)
    with hall.live("counter:main:2") as link:
        first = frame(link)
        sent = hub.sent
        stage.take()  # The board changes; the screen above counter 2 does not.
        stage.counter("open", "2", "clerk2")
        second = frame(link)
        assert (first["view"]["state"], second["view"]["state"]) == ("closed", "open")
        assert hub.sent == sent + 1


def test_who_comes_back_gets_the_state_of_now_and_a_higher_seq(hall: ServerThread) -> None:
    stage = Stage(hall)
    with hall.live("board:main") as link:
        before = frame(link)
    hall.clock.advance(seconds=1)
    stage.called()
    with hall.live("board:main") as link:
        after = frame(link)
    assert calls("A001")(after)
    assert not calls("A001")(before)
    assert after["seq"] > before["seq"]


def test_a_recall_is_a_new_call_of_the_same_number(hall: ServerThread) -> None:
    stage = Stage(hall)
    ticket = stage.called()
    with hall.live("board:main") as link:
        first = frame(link, calls("A001"))["view"]["calls"]
        stage.step(ticket, "recall")
        both = frame(link, lambda told: len(told["view"]["calls"]) == 2)["view"]["calls"]
    assert [call["number"] for call in both] == ["A001", "A001"]
    assert both[0] == first[0]
    assert both[0]["id"] != both[1]["id"]


def test_every_reader_of_a_ticket_that_is_over_is_told_so_at_once(either: ServerThread) -> None:
    stage = Stage(either)
    issued = either.take_number("accept")
    stage.counter("open")
    stage.step(stage.call(issued["id"]), "start", "done")
    either.clock.advance(days=1)
    until(
        "the new day",
        lambda: either.app.state.core.hub.view(hub_module.Topic("ticket", issued["code"])) is None,
    )
    topic = f"ticket:{issued['code']}"
    with either.live(topic) as one, either.live(topic) as other:
        assert frame(one)["view"]["state"] == "done"
        assert frame(other)["view"]["state"] == "done"


def test_a_heartbeat_says_the_servers_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT", 0.05)
    with served(*furnished_copy(tmp_path)) as server, server.live("board:main") as link:
        beat = frame(link, lambda told: told["topic"] == "heartbeat")
        assert set(beat) == {"topic", "at"}
        assert v.Heartbeat.model_validate(beat).at == server.clock()


def slow_reader(server: ServerThread, topic: str) -> socket.socket:
    """A follower that reads nothing after the handshake, with as small a buffer as there is."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    link.connect(("127.0.0.1", server.port))
    link.sendall(
        f"GET /api/v1/live?topic={topic} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert link.recv(12) == b"HTTP/1.1 101"
    return link


def test_a_slow_reader_skips_to_the_newest_and_holds_no_memory(hall: ServerThread) -> None:
    stage = Stage(hall)
    hub = hall.app.state.core.hub
    # A board of some size fills what the kernel buffers soon.
    page = {"title": {"zh": "公示"}, "body": {"zh": "长" * 200, "en": "x" * 200}}
    stage.settings(notices=[page] * 20, guidance=[])
    link = slow_reader(hall, "board:main")
    try:
        until("the follower", lambda: len(hub.clients) == 1)
        (client,) = hub.clients
        changes = 0
        while hub.conflated < 20:
            stage.settings(complaint_phone=f"{changes}")
            changes += 1
            assert changes < 2000, "the slow reader was sent everything"
        assert len(client.slots) == 1
        newest = client.slots["board:main"].text
        assert json.loads(newest)["view"]["hall"]["complaint_phone"] == f"{changes - 1}"
        # It reads at last: old frames that were on their way, then the newest, and none between.
        link.settimeout(LIMIT)
        read = b""
        while newest.encode() not in read:
            read += link.recv(1 << 16)
        assert read.count(b'"topic":"board:main"') < changes - 15
    finally:
        link.close()
    until("its leaving", lambda: not hub.clients)
    assert hub._topics == {}


def test_what_a_follower_says_is_not_listened_to(hall: ServerThread) -> None:
    with hall.live("board:main") as link:
        frame(link)
        for said in ("hello", b"\x00\xff", json.dumps({"topic": "desk:main:1"})):
            link.send(said)
        Stage(hall).take()
        assert frame(link)["topic"] == "board:main"
    with hall.live("board:main") as link:
        link.send("x" * 5000)
        assert closed_with(link) == 1009


def test_one_connection_too_many_is_asked_to_come_later(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.live.CLIENTS", 1)
    with hall.live("board:main") as first:
        frame(first)
        with hall.live("board:main") as second:
            assert closed_with(second) == 1013


# Rights that end -------------------------------------------------------------------------------


def test_a_revoked_device_loses_its_link_at_once(either: ServerThread) -> None:
    stage = Stage(either)
    display = either.credentials["devices"]["display-1"]
    with either.live("board:main", token=display) as link, either.live("board:main") as other:
        frame(link)
        frame(other)
        stage.do("DELETE", "/halls/main/devices/display-1", user="manager")
        assert closed_with(link) == 4401
        stage.take()
        frame(other, lambda told: told["view"]["services"][0]["waiting"] == 1)
    with either.live("board:main", token=display) as link:
        assert closed_with(link) == 4401
    assert either.request("POST", "/api/v1/devices/self/status", {}, display).status_code == 401


def test_signing_out_ends_the_desks_link_and_no_other(hall: ServerThread) -> None:
    mine, theirs = hall.sign_in("clerk1"), hall.sign_in("clerk1")
    with hall.live("desk:main:1", token=mine) as link, hall.live("desk:main:1", token=theirs) as other:
        frame(link)
        frame(other)
        assert hall.request("DELETE", "/api/v1/sessions/current", token=mine).status_code == 204
        assert closed_with(link) == 4401
        Stage(hall).take()
        frame(other, lambda told: told["view"]["waiting_total"] == 1)


@pytest.mark.parametrize("change", [{"active": False}, {"new_password": True}, {"roles": ["manager"]}])
def test_a_change_of_somebodys_rights_ends_their_link(hall: ServerThread, change: dict[str, object]) -> None:
    stage = Stage(hall)
    with hall.live("desk:main:1", token=stage.as_("clerk2")) as link:
        frame(link)
        body = {"user": "clerk2", "name": "李", "roles": ["clerk"]} | change
        stage.do("PUT", "/halls/main/staff/clerk2", body, user="manager")
        assert closed_with(link) == 4401


def test_a_session_that_is_over_ends_its_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "LOOK", 0.05)
    with served(*furnished_copy(tmp_path)) as server:
        with server.live("desk:main:1", token=server.sign_in("clerk1")) as link:
            frame(link)
            server.clock.advance(hours=12, seconds=1)
            assert closed_with(link) == 4401


def test_a_right_that_ends_at_one_server_ends_at_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "LOOK", 0.05)
    database, credentials = furnished_copy(tmp_path)
    display = credentials["devices"]["display-1"]
    with served(database, credentials) as here, served(database, credentials) as there:
        status = there.request("POST", "/api/v1/devices/self/status", {}, display).status_code
        assert status == 200
        with there.live("board:main", token=display) as link:
            frame(link)
            Stage(here).do("DELETE", "/halls/main/devices/display-1", user="manager")
            assert closed_with(link) == 4401
        # A server trusts whom it knows for ten seconds, then asks the table again.
        there.clock.advance(seconds=10)
        assert there.request("POST", "/api/v1/devices/self/status", {}, display).status_code == 401
