"""A frame made once is the same to every client, and nobody gets one that they cannot take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from server.live.hub import Client
from server.live.wire import Frame, writer


def read(raw: bytes) -> list[str]:
    """What a websocket client reads from ``raw``."""
    protocol = ClientProtocol(parse_uri("ws://hall/"), state=OPEN)
    protocol.receive_data(raw)
    frames = [event for event in protocol.events_received() if hasattr(event, "opcode")]
    assert all(frame.opcode is Opcode.TEXT and frame.fin for frame in frames)
    return [bytes(frame.data).decode() for frame in frames]


@given(st.lists(st.text(), max_size=4))
def test_the_bytes_are_one_text_frame_each(texts: list[str]) -> None:
    assert read(b"".join(Frame(text).raw for text in texts)) == texts


@pytest.mark.parametrize("size", [125, 126, 65535, 65536])
def test_any_length_is_framed(size: int) -> None:
    assert (
        read(Frame("号" * (size // 3) + "x" * (size % 3)).raw)[0].encode()
        == ("号" * (size // 3) + "x" * (size % 3)).encode()
    )


def test_who_can_take_a_frame_gets_it_at_once() -> None:
    written: list[Frame] = []
    client = Client(["board:main"], write=lambda frame: not written.append(frame))
    frame = Frame("a")
    client.put("board:main", frame)
    assert written == [frame]
    assert client.slots == {}
    assert not client.bell.is_set()


def test_who_cannot_keeps_the_newest_and_nothing_overtakes_it() -> None:
    able = False
    written: list[str] = []

    def write(frame: Frame) -> bool:
        if able:
            written.append(frame.text)
        return able

    client = Client(["a", "b"], write=write)
    client.put("a", Frame("a1"))
    client.put("a", Frame("a2"))
    able = True
    client.put("b", Frame("b1"))
    assert written == [], "the first is still on its way"
    assert {topic: frame.text for topic, frame in client.slots.items()} == {"a": "a2", "b": "b1"}
    assert client.bell.is_set()


async def test_what_waits_is_sent_in_order_and_a_newer_frame_meanwhile_is_not_lost() -> None:
    sent: list[str] = []
    client = Client(["a", "b"])
    client.put("a", Frame("a1"))
    client.put("b", Frame("b1"))

    async def send(text: str) -> None:
        if text == "a1":
            client.put("a", Frame("a2"))
        sent.append(text)
        if len(sent) == 3:
            client.dismiss()

    await client.send_all(send)
    assert sent == ["a1", "a2", "b1"]
    assert client.slots == {}


def test_where_the_server_has_no_such_way_nothing_is_written() -> None:
    assert not writer({})(Frame("a"))
    assert not writer({"extensions": None})(Frame("a"))
