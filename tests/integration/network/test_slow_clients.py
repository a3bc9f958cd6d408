"""Clients that ask a byte a second, never stop, or never read: each costs its socket, and not for long."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from server import patience
from tests.servers import ServerThread
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("impatient")

SLOW = 500
"""Connections that send a byte now and then."""
DEAF = 100
"""Live links whose other end never reads."""
UPGRADE = (
    b"GET /api/v1/live?topic=board:main HTTP/1.1\r\nHost: hall\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@contextmanager
def links(hall: ServerThread, count: int, first: bytes, window: int = 0) -> Iterator[list[socket.socket]]:
    """So many connections that have said ``first``; ``window``: bytes that they take at most unread."""
    with contextlib.ExitStack() as ends:
        made = []
        for _ in range(count):
            link = ends.enter_context(socket.socket())
            if window:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            link.connect(("127.0.0.1", hall.port))
            link.sendall(first)
            made.append(link)
        yield made


def ended(link: socket.socket) -> bool:
    """Whether the server has closed it; what it said before is thrown away."""
    link.setblocking(False)
    try:
        while link.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def said(link: socket.socket) -> bytes:
    """All that the server says until it closes."""
    link.settimeout(20)
    text = b""
    with contextlib.suppress(ConnectionResetError):
        while more := link.recv(65536):
            text += more
    return text


def standing(hall: ServerThread) -> int:
    return len(hall._server.server_state.connections)


def test_five_hundred_who_send_a_byte_now_and_then_hold_up_nobody(hall: ServerThread) -> None:
    with links(hall, SLOW, b"POST /api/v1/halls/main/tickets HTTP/1.1\r\nHost: h") as slow:
        alive = list(slow)

        def a_byte_more() -> bool:
            for link in alive:
                with contextlib.suppress(OSError):
                    link.send(b"a")
            alive[:] = [link for link in alive if not ended(link)]
            return not alive

        numbers = [hall.take_number()["number"] for _ in range(3)]
        assert numbers == ["A001", "A002", "A003"]
        until("all of them turned away", a_byte_more)
        assert hall.take_number()["number"] == "A004"


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"", id="nothing at all"),
        pytest.param(b"\r\n", id="an empty line"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost", id="half a head"),
        pytest.param(
            b"POST /api/v1/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n{", id="half a body"
        ),
        pytest.param(
            b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\nGET /healthz HTTP/1.1\r\n", id="half of a second one"
        ),
    ],
)
def test_who_does_not_finish_is_not_waited_for(hall: ServerThread, first: bytes) -> None:
    with links(hall, 1, first) as [link]:
        answer = said(link)
        assert (b"408" in answer.rsplit(b"HTTP/1.1", 1)[-1]) == bool(first), answer
    until("nobody there", lambda: standing(hall) == 0)


def test_a_head_without_end_is_refused_before_it_fills_the_memory(hall: ServerThread) -> None:
    for endless in (b"GET /" + b"a" * 300_000, b"GET / HTTP/1.1\r\nX: " + b"a" * 300_000):
        with links(hall, 1, b"") as [link]:
            with contextlib.suppress(ConnectionError):
                link.sendall(endless)
            assert said(link).startswith(b"HTTP/1.1 431")
    many = b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(20_000))
    with links(hall, 1, b"") as [link]:
        with contextlib.suppress(ConnectionError):
            link.sendall(many)
        assert b"431" in said(link)[:13]
    assert hall.request("GET", "/healthz").status_code == 200


def test_who_asks_for_much_and_takes_nothing_is_cut_off(hall: ServerThread) -> None:
    asked = b"GET /static/fonts/NotoSansSC-Regular.ttf HTTP/1.1\r\nHost: h\r\n\r\n"
    with links(hall, 20, asked, window=4096):
        until("them being served", lambda: standing(hall) == 20)
        until("them being cut off", lambda: standing(hall) == 0)
    assert hall.request("GET", "/healthz").status_code == 200


def test_more_connections_than_there_is_room_for_are_turned_away(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CONNECTIONS", 20)
    with links(hall, 20, b"G"), links(hall, 5, b"") as late:
        until("the late ones turned away", lambda: all(ended(link) for link in late))
    until("room again", lambda: standing(hall) == 0)
    assert hall.request("GET", "/healthz").status_code == 200


def test_a_hundred_readers_that_never_read_hold_no_memory_and_are_given_up(hall: ServerThread) -> None:
    hub = hall.app.state.core.hub
    # The system's own buffers for a link are small, so that they are full before the link is given up.
    hall._door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with links(hall, DEAF, UPGRADE, window=4096), hall.live("board:main") as sound:

        def a_number_more() -> None:
            """Taken, and on the board of the one who reads."""
            hall.take_number()
            taken = hall.app.state.core.halls.floor("main").orders
            while f'"waiting":{taken}' not in str(sound.recv(10)):
                pass

        until("all links", lambda: len(hub.clients) == DEAF + 1)
        most = 0
        while len(hub.clients) > 1:
            a_number_more()
            # One frame a topic at most waits for each, however many were made.
            most = max([most, *(len(client.slots) for client in tuple(hub.clients))])
        assert most in (1, 2), "nothing was left unread, or more than the topic and the heartbeat"
        until("their connections gone", lambda: standing(hall) <= 2)
        a_number_more()
